use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use rand::CryptoRng;

use super::random::Random;
use crate::scheme::Part;
use crate::{Error, KeyBytes};

/// An identifier and the secret that belongs to it (RFC 5849, 1.1): a client's own, temporary ones, or
/// a token's. The secret is wiped on drop and not shown.
///
/// ```
/// use creance_sigv::oauth1::Credentials;
///
/// // Those that a provider has issued.
/// let client = Credentials::new("dpf43f3p2l4k3l03", "kd94hf93k423kf44")?;
/// assert!(!format!("{client:?}").contains("kd94"));
/// // Those that a provider issues: 128 bits of identifier, 256 of secret, in Base64url.
/// let issued = Credentials::generate(&mut creance_sigv::rand::rng());
/// assert_eq!((issued.identifier().len(), issued.expose_secret().len()), (22, 43));
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    identifier: Box<str>,
    secret: KeyBytes,
}

impl Credentials {
    /// The longest identifier, in bytes: of a consumer key, and of a token.
    pub const MAX_IDENTIFIER_BYTES: usize = 1024;

    /// Credentials as they were issued. The secret is text, as it stands: it is neither decoded nor
    /// encoded before.
    ///
    /// # Errors
    /// [`Error::Value`] for an identifier that is empty or too long, [`Error::EmptyKey`], and
    /// [`Error::LongKey`] for a secret of more than 256 bytes.
    pub fn new(identifier: &str, secret: &str) -> Result<Self, Error> {
        if identifier.is_empty() || identifier.len() > Self::MAX_IDENTIFIER_BYTES {
            return Err(Error::Value(Part::KeyId));
        }
        if secret.is_empty() {
            return Err(Error::EmptyKey);
        }
        let secret = KeyBytes::from_slice(secret.as_bytes())?;
        Ok(Self { identifier: identifier.into(), secret })
    }

    /// Fresh credentials: all of their characters are unreserved.
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let identifier = Random::<16>::generate(rng).to_text();
        Self { identifier: identifier.into(), secret: Random::<32>::generate(rng).to_secret() }
    }

    /// The identifier, which goes over the wire.
    #[must_use]
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The secret itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        core::str::from_utf8(self.secret.expose()).unwrap_or_default()
    }

    /// The secret.
    pub(super) const fn secret(&self) -> &KeyBytes {
        &self.secret
    }
}

/// The identifier only.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("identifier", &self.identifier).finish_non_exhaustive()
    }
}

/// A nonce for a request: 128 bits, in Base64url.
///
/// ```
/// let nonce = creance_sigv::oauth1::generate_nonce(&mut creance_sigv::rand::rng());
/// assert_eq!(nonce.len(), 22);
/// ```
#[must_use]
pub fn generate_nonce<R: CryptoRng + ?Sized>(rng: &mut R) -> String {
    Random::<16>::generate(rng).to_text()
}
