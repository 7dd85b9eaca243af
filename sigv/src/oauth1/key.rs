use alloc::boxed::Box;
use alloc::format;
use core::fmt;

use super::Credentials;
use super::base::Base;
use super::percent::encode_secret;
use crate::ct::Choice;
use crate::keyring::{Entries, KeyMaterial, KeySet};
use crate::wiped::Wiped;
use crate::{Algorithm, Error, Key, KeyBytes, Tag};

/// The key of the requests that one client makes, with one token or without: the two names on the
/// wire, and a [`Key`] made of both secrets (RFC 5849, 3.4.2).
///
/// It is bound to its algorithm. It is a [`KeySet`] by itself; to replace secrets while running, put
/// several into a [`Keyring`](crate::keyring::Keyring), under ids of your own.
///
/// ```
/// use creance_sigv::Algorithm;
/// use creance_sigv::oauth1::{Credentials, RequestKey};
///
/// let client = Credentials::new("dpf43f3p2l4k3l03", "kd94hf93k423kf44")?;
/// let token = Credentials::new("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")?;
/// let two_legged = RequestKey::new(Algorithm::Sha256, &client, None)?;
/// let three_legged = RequestKey::new(Algorithm::Sha256, &client, Some(&token))?;
/// assert_eq!((two_legged.token(), three_legged.token()), (None, Some("nnch734d00sl2jdk")));
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct RequestKey {
    consumer_key: Box<str>,
    token: Option<Box<str>>,
    /// Both names in one, so that none can be shifted into the other.
    scope: Box<str>,
    key: Key,
}

impl RequestKey {
    /// A key for requests of `client`, with `token` or without one. Each secret has at least 16 bytes.
    ///
    /// The algorithm is SHA-1 (RFC 5849), SHA-256 or SHA-512 (extensions). `PLAINTEXT` and RSA do not
    /// exist here: the one sends the secrets, the other is no HMAC.
    ///
    /// # Errors
    /// [`Error::ShortKey`], and [`Error::OtherAlgorithm`] for SHA-384.
    pub fn new(
        algorithm: Algorithm,
        client: &Credentials,
        token: Option<&Credentials>,
    ) -> Result<Self, Error> {
        let minimum = Key::PROVIDER_MIN_BYTES;
        let mut secrets = [Some(client), token].into_iter().flatten().map(Credentials::secret);
        match secrets.find(|secret| secret.expose().len() < minimum) {
            Some(short) => Err(Error::ShortKey { algorithm, bytes: short.expose().len(), minimum }),
            None => Self::allow_weak(algorithm, client, token),
        }
    }

    /// The same with secrets of at least one byte, however easily they are guessed.
    ///
    /// # Errors
    /// [`Error::OtherAlgorithm`] for SHA-384.
    pub fn allow_weak(
        algorithm: Algorithm,
        client: &Credentials,
        token: Option<&Credentials>,
    ) -> Result<Self, Error> {
        let consumer_key = client.identifier();
        let token_name = token.map(Credentials::identifier);
        method_name(algorithm).ok_or(Error::OtherAlgorithm)?;
        let token_secret = token.map_or(&[][..], |token| token.secret().expose());
        Ok(Self {
            consumer_key: consumer_key.into(),
            token: token_name.map(Into::into),
            scope: scope(consumer_key, token_name),
            key: joined(client.secret().expose(), token_secret, encode_secret, |bytes| {
                Key::allow_weak(algorithm, bytes)
            })?,
        })
    }

    /// The client's identifier, `oauth_consumer_key`.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        &self.consumer_key
    }

    /// The token's identifier, `oauth_token`.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The algorithm that it is bound to.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// Under which nonces are claimed (RFC 5849, 3.3).
    pub(super) const fn scope(&self) -> &[u8] {
        self.scope.as_bytes()
    }

    pub(super) fn tag(&self, base: &Base<'_>) -> Tag {
        tag(&self.key, base)
    }
}

/// The tag of a message: every MAC of the scheme is made here.
pub(super) fn tag(key: &Key, base: &Base<'_>) -> Tag {
    key.sign_with(|mac| {
        // A MAC takes all that is written into it.
        let _ = base.write(mac);
    })
}

/// `HMAC-SHA1` and its like, in their only spelling.
pub(super) const fn method_name(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::Sha1 => Some("HMAC-SHA1"),
        Algorithm::Sha256 => Some("HMAC-SHA256"),
        Algorithm::Sha512 => Some("HMAC-SHA512"),
        Algorithm::Sha384 => None,
    }
}

/// The algorithm of a signature method.
///
/// # Errors
/// [`Error::OtherAlgorithm`], for `PLAINTEXT` and `RSA-SHA1` as for what nobody knows.
pub(super) fn algorithm_of(method: &str) -> Result<Algorithm, Error> {
    let mut known = Algorithm::ALL.into_iter();
    known.find(|known| method_name(*known) == Some(method)).ok_or(Error::OtherAlgorithm)
}

/// The two secrets, each encoded, with `&` between them, which is there without a token too.
pub(super) fn joined<T>(
    client: &[u8],
    token: &[u8],
    encode: fn(&[u8], &mut [u8]) -> Option<usize>,
    make: impl FnOnce(&[u8]) -> Result<T, Error>,
) -> Result<T, Error> {
    let maximum = KeyBytes::MAX_BYTES;
    let too_long = Error::LongKey { bytes: client.len().max(token.len()), maximum };
    let mut text = Wiped([0; MAX_TEXT]);
    let end = encode(client, &mut text.0).ok_or(too_long)?;
    *text.0.get_mut(end).ok_or(too_long)? = b'&';
    let rest = text.0.get_mut(end + 1..).ok_or(too_long)?;
    let len = encode(token, rest).ok_or(too_long)?;
    make(text.0.get(..end + 1 + len).ok_or(too_long)?)
}

/// Two secrets of which each byte is escaped.
const MAX_TEXT: usize = 2 * 3 * KeyBytes::MAX_BYTES + 1;

/// With the length of the first, so that two pairs of names never give the same.
fn scope(consumer_key: &str, token: Option<&str>) -> Box<str> {
    format!("{}:{consumer_key}{}", consumer_key.len(), token.unwrap_or_default()).into()
}

impl KeyMaterial for RequestKey {
    fn is_same(&self, other: &Self) -> Choice {
        self.key.is_same(&other.key)
    }

    fn is_decoy(&self) -> bool {
        self.key.is_decoy()
    }
}

impl KeySet<RequestKey> for RequestKey {
    fn entries(&self) -> Entries<'_, RequestKey> {
        Entries::one(self)
    }
}

/// The names and the algorithm.
impl fmt::Debug for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestKey")
            .field("consumer_key", &self.consumer_key)
            .field("token", &self.token)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}
