use core::fmt;

use crate::Error;
use crate::scheme::Part;

/// Text of at most `N` bytes in a place of its own, so that nothing has to be allocated.
#[derive(Clone, Copy)]
pub(super) struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    /// # Errors
    /// [`Error::TooLong`], which names `part`.
    pub(super) fn of(text: &str, part: Part) -> Result<Self, Error> {
        let mut held = Self::new();
        held.push(text.as_bytes()).ok_or(Error::TooLong { part, maximum: N })?;
        Ok(held)
    }

    /// Collects bytes that are to be text: what a value on the wire stands for.
    ///
    /// # Errors
    /// [`Error::TooLong`], and [`Error::Malformed`] for what is no visible ASCII text.
    pub(super) fn collect(bytes: impl Iterator<Item = u8>, part: Part) -> Result<Self, Error> {
        let mut held = Self::new();
        for byte in bytes {
            if !byte.is_ascii_graphic() {
                return Err(Error::Malformed(part));
            }
            held.push(&[byte]).ok_or(Error::TooLong { part, maximum: N })?;
        }
        Ok(held)
    }

    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    fn push(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.len.checked_add(bytes.len())?;
        self.bytes.get_mut(self.len..end)?.copy_from_slice(bytes);
        self.len = end;
        Some(())
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes()).ok_or(fmt::Error)
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
