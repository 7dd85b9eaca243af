use core::fmt;

use crate::Error;

/// The name of a key: 1 to 64 visible ASCII characters. It is public, and goes over the wire in schemes
/// that name the key.
///
/// Choose it freely, a date or a serial number; never derive it from the secret.
///
/// ```
/// use creance_sigv::keyring::KeyId;
///
/// assert_eq!(KeyId::new("2026-11")?.as_str(), "2026-11");
/// assert!(KeyId::new("").is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId {
    bytes: [u8; Self::MAX_BYTES],
    len: u8,
}

impl KeyId {
    /// The longest id, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// An id of this text.
    ///
    /// # Errors
    /// [`Error::KeyId`].
    pub fn new(id: &str) -> Result<Self, Error> {
        let visible = id.bytes().all(|byte| byte.is_ascii_graphic());
        let len = u8::try_from(id.len()).map_err(|_| Error::KeyId)?;
        let mut bytes = [0; Self::MAX_BYTES];
        match bytes.get_mut(..id.len()) {
            Some(place) if visible && len > 0 => place.copy_from_slice(id.as_bytes()),
            _ => return Err(Error::KeyId),
        }
        Ok(Self { bytes, len })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
