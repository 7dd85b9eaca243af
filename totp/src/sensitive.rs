use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use zeroize::Zeroize;

use crate::Error;

/// Text or bytes that hold a secret: a key URI, or an image of its QR code.
///
/// Wiped when dropped; `Debug` hides it, and there is no `Display`, no equality and no
/// serialisation. What [`expose`](Self::expose) gives is meant for the one person whom it belongs
/// to: send it once, over TLS, with `Cache-Control: no-store`, and keep it out of logs. Copies of
/// it are the caller's to wipe.
///
/// ```
/// use creance_totp::{KeyUri, Secret};
///
/// let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
/// let text = KeyUri::new(secret, "alice")?.to_text()?;
/// assert!(text.expose().starts_with("otpauth://totp/alice?secret=GEZDG"));
/// assert_eq!(format!("{text:?}"), "Sensitive { .. }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct Sensitive<T: Zeroize = String>(T);

impl<T: Zeroize + Deref> Sensitive<T> {
    /// What is hidden: text as `&str`, bytes as `&[u8]`.
    #[must_use]
    pub fn expose(&self) -> &T::Target {
        &self.0
    }
}

impl<T: Zeroize> Sensitive<T> {
    #[cfg(feature = "qr")]
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }
}

impl Sensitive {
    /// What `write` writes. It is asked twice: first for the length, since text that grows moves,
    /// and leaves behind what nobody wipes.
    pub(crate) fn written(
        write: impl Fn(&mut dyn fmt::Write) -> fmt::Result,
    ) -> Result<Self, Error> {
        let mut text = Self(String::with_capacity(written_len(&write)?));
        write(&mut text.0).map_err(|_| Error::Write)?;
        Ok(text)
    }
}

impl<T: Zeroize> Drop for Sensitive<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sensitive").finish_non_exhaustive()
    }
}

/// How many bytes `write` writes.
pub(crate) fn written_len(
    write: impl Fn(&mut dyn fmt::Write) -> fmt::Result,
) -> Result<usize, Error> {
    let mut length = Length(0);
    write(&mut length).map_err(|_| Error::Write)?;
    Ok(length.0)
}

/// Counts the bytes that are written to it.
struct Length(usize);

impl fmt::Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_does_not_move_while_it_is_written() {
        let text = Sensitive::written(|out| (0..100).try_for_each(|_| out.write_str("abc")));
        let text = text.expect("text");
        assert_eq!(text.0.capacity(), 300);
        assert_eq!(text.expose().len(), 300);
    }
}
