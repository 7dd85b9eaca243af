use core::fmt;
use core::hint::black_box;

use creance_sigv::KeyBytes;

/// Room for another spelling of a secret, overwritten when it is dropped.
pub(super) struct Scratch {
    bytes: [u8; Self::LEN],
    len: usize,
}

impl Scratch {
    /// The longest secret in hexadecimal, with a line break behind it.
    const LEN: usize = 2 * KeyBytes::MAX_BYTES + 2;

    pub(super) const fn new() -> Self {
        Self { bytes: [0; Self::LEN], len: 0 }
    }

    /// Adds bytes, as far as there is room: `None` where there is not.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.len + bytes.len();
        self.bytes.get_mut(self.len..end)?.copy_from_slice(bytes);
        self.len = end;
        Some(())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl fmt::Write for Scratch {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes()).ok_or(fmt::Error)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.bytes.fill(0);
        // The compiler has to suppose that the zeros are read.
        black_box(&self.bytes);
    }
}
