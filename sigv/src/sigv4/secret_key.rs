use core::fmt;

use super::percent::Value;
use super::{Scope, SigningKey};
use crate::ct::{self, Choice};
use crate::keyring::KeyMaterial;
use crate::wiped::Wiped;
use crate::{Algorithm, Error, Hasher, Key, KeyBytes, Tag};

/// A secret access key, prepared: its text is not kept.
///
/// In a [`Keyring`](crate::keyring::Keyring) it stands under the access key id, by which a message
/// names it:
///
/// ```
/// use creance_sigv::keyring::{KeyEntry, Keyring};
/// use creance_sigv::sigv4::SecretKey;
///
/// let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")?;
/// let mut keys = Keyring::<2, SecretKey>::new();
/// keys.insert(KeyEntry::new("AKIDEXAMPLE", secret)?)?;
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct SecretKey {
    key: Key,
    /// The digest of the session token that goes with it.
    token: Option<Tag>,
}

impl SecretKey {
    /// A secret of at least 16 bytes; those of AWS have 40.
    ///
    /// # Errors
    /// [`Error::EmptyKey`], [`Error::ShortKey`] and [`Error::LongKey`].
    pub fn new(secret: &str) -> Result<Self, Error> {
        Self::with_minimum([secret, ""], Key::PROVIDER_MIN_BYTES)
    }

    /// A secret of at least one byte, however easily it is guessed.
    ///
    /// # Errors
    /// [`Error::EmptyKey`] and [`Error::LongKey`].
    pub fn allow_weak(secret: &str) -> Result<Self, Error> {
        Self::allow_weak_with(secret, "")
    }

    /// The same with `end` behind the secret, of which no copy is left.
    pub(super) fn allow_weak_with(secret: &str, end: &str) -> Result<Self, Error> {
        Self::with_minimum([secret, end], 1)
    }

    /// A temporary secret, which is valid together with this session token only. Without one, a message
    /// that has a token is refused.
    #[must_use]
    pub fn with_session_token(mut self, token: &str) -> Self {
        self.token = Some(token_digest(token));
        self
    }

    /// A stand-in that verifies nothing, see [`Key::decoy`].
    #[must_use]
    pub const fn decoy() -> Self {
        Self { key: Key::decoy(Algorithm::Sha256), token: None }
    }

    /// Derives the key of a scope: through its day, region and service to `aws4_request`.
    ///
    /// ```
    /// use creance_sigv::sigv4::{Scope, SecretKey, Timestamp};
    ///
    /// let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")?;
    /// let timestamp = Timestamp::parse("20120215T000000Z")?;
    /// let key = secret.signing_key(&Scope::new(&timestamp, "us-east-1", "iam")?);
    /// assert_eq!(key.date(), "20120215");
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[must_use]
    pub fn signing_key(&self, scope: &Scope<'_>) -> SigningKey {
        SigningKey::derive(&self.key, scope)
    }

    /// Whether the token that came, or that none came, is what goes with this key.
    pub(super) fn goes_with(&self, token: Option<&Tag>) -> Choice {
        match (&self.token, token) {
            (Some(expected), Some(token)) => ct::eq(expected.expose(), token.expose()),
            (None, None) => Choice::from(1),
            _ => Choice::from(0),
        }
    }

    fn with_minimum([secret, end]: [&str; 2], minimum: usize) -> Result<Self, Error> {
        let (algorithm, maximum) = (Algorithm::Sha256, KeyBytes::MAX_BYTES);
        let bytes = secret.len().saturating_add(end.len());
        if bytes == 0 {
            return Err(Error::EmptyKey);
        }
        if bytes < minimum {
            return Err(Error::ShortKey { algorithm, bytes, minimum });
        }
        let mut prefixed = Wiped([0; PREFIX.len() + KeyBytes::MAX_BYTES]);
        let too_long = Error::LongKey { bytes, maximum };
        let place = prefixed.0.get_mut(..PREFIX.len().saturating_add(bytes)).ok_or(too_long)?;
        place[..PREFIX.len()].copy_from_slice(PREFIX);
        let (first, second) = place[PREFIX.len()..].split_at_mut(secret.len());
        first.copy_from_slice(secret.as_bytes());
        second.copy_from_slice(end.as_bytes());
        Ok(Self { key: Key::allow_weak(algorithm, place)?, token: None })
    }
}

/// What stands before the secret in the first key of the chain.
const PREFIX: &[u8; 4] = b"AWS4";

/// Tokens are long; what is kept of one is enough to compare it.
pub(super) fn token_digest(token: &str) -> Tag {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(token.as_bytes());
    hasher.finish()
}

/// The same of a token that stands in a query.
pub(super) fn query_token_digest(token: Value<'_>) -> Tag {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    token.write_decoded(&mut hasher);
    hasher.finish()
}

impl KeyMaterial for SecretKey {
    fn is_same(&self, other: &Self) -> Choice {
        self.key.is_same(&other.key)
    }

    fn is_decoy(&self) -> bool {
        self.key.is_decoy()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").finish_non_exhaustive()
    }
}
