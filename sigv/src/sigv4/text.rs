use arrayvec::ArrayString;

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
