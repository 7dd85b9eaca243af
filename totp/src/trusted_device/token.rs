use core::fmt;

use creance_sigv::Encoding;
use creance_sigv::rand::CryptoRng;
use zeroize::Zeroize;

use crate::Error;

/// What a trusted device shows instead of a code: 256 random bits, in a cookie.
///
/// Wiped when dropped; `Debug` hides it, there is no `Display`, no equality and no serialisation. It
/// leaves by [`write`](Self::write) only, once, to the device; the service keeps a hash of it.
///
/// ```
/// use creance_totp::DeviceToken;
///
/// let token = DeviceToken::generate(&mut creance_totp::rand::rng());
/// let mut value = String::new();
/// token.write(&mut value)?;
/// assert_eq!(value.len(), DeviceToken::TEXT_LEN);
/// assert!(DeviceToken::parse(&value).is_ok());
/// assert_eq!(format!("{token:?}"), "DeviceToken { .. }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct DeviceToken {
    bytes: [u8; Self::LEN],
}

impl DeviceToken {
    /// Its length in bytes.
    pub const LEN: usize = 32;

    /// The length of its text, in characters.
    pub const TEXT_LEN: usize = 43;

    /// A fresh token.
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut token = Self { bytes: [0; Self::LEN] };
        rng.fill_bytes(&mut token.bytes);
        token
    }

    /// Reads a token in its only spelling: 43 characters of Base64url without padding. The time
    /// depends on the text's length only.
    ///
    /// # Errors
    /// [`Error::DeviceToken`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut token = Self { bytes: [0; Self::LEN] };
        let decoded = Encoding::Base64Url.decode(text, &mut token.bytes);
        decoded.map_err(|_| Error::DeviceToken).map(|()| token)
    }

    /// Writes it as text: characters that a cookie's value may have as they are.
    ///
    /// # Errors
    /// [`Error::Write`] where `out` fails.
    pub fn write<W: fmt::Write + ?Sized>(&self, out: &mut W) -> Result<(), Error> {
        Encoding::Base64Url.encode(&self.bytes, out).map_err(|_| Error::Write)
    }

    pub(super) fn expose(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for DeviceToken {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceToken").finish_non_exhaustive()
    }
}
