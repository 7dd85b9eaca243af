use arrayvec::{ArrayString, CapacityError};

use super::percent::Value;
use crate::Error;
use crate::scheme::Part;

/// Text of at most `N` bytes in a place of its own, so that nothing has to be allocated.
pub(super) type Text<const N: usize> = ArrayString<N>;

/// # Errors
/// [`Error::TooLong`], which names `part`.
pub(super) fn held<const N: usize>(text: &str, part: Part) -> Result<Text<N>, Error> {
    Text::from(text).map_err(|_| Error::TooLong { part, maximum: N })
}

/// What a value on the wire stands for.
///
/// # Errors
/// [`Error::TooLong`], and [`Error::Malformed`] for what is no visible ASCII text.
pub(super) fn collect<const N: usize>(value: Value<'_>, part: Part) -> Result<Text<N>, Error> {
    let mut held = Text::new();
    for byte in value.bytes() {
        if !byte.is_ascii_graphic() {
            return Err(Error::Malformed(part));
        }
        held.try_push(char::from(byte)).map_err(|_| Error::TooLong { part, maximum: N })?;
    }
    Ok(held)
}

/// Several texts, one behind the other.
///
/// # Errors
/// [`CapacityError`] where they are longer than `N` bytes together.
pub(super) fn joined<const N: usize>(texts: &[&str]) -> Result<Text<N>, CapacityError> {
    let mut held = Text::new();
    texts.iter().try_for_each(|text| held.try_push_str(text).map_err(CapacityError::simplify))?;
    Ok(held)
}
