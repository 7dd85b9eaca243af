use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use creance_sigv::Encoding;
use creance_sigv::rand::CryptoRng;

use crate::{Error, Secret};

/// Whose secret it is: what a sealed secret is bound to, so that it opens nowhere else.
///
/// Whoever can write to the store could otherwise give a user's secret to himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealContext<'a> {
    user: &'a str,
    credential: &'a str,
}

impl<'a> SealContext<'a> {
    /// The ids of the user and of the credential, which never change.
    #[must_use]
    pub const fn new(user: &'a str, credential: &'a str) -> Self {
        Self { user, credential }
    }

    /// The user's id.
    #[must_use]
    pub const fn user(&self) -> &'a str {
        self.user
    }

    /// The credential's id.
    #[must_use]
    pub const fn credential(&self) -> &'a str {
        self.credential
    }
}

/// Seals secrets before they are stored, and opens them for use (RFC 4226, 7.5).
///
/// `SealKeys`, behind the feature `seal`, is one. It is a seam for others: hardware in the machine,
/// or another cipher. It does not wait: with a key service across the network, let the service
/// unwrap a data key when the program starts, and seal with that key here; a call for each login
/// would make its outage an outage of all logins.
pub trait SecretSealer {
    /// Seals a secret. The same secret sealed twice gives two different results.
    ///
    /// Take nonces from `rng`, never keys: it may be derived from keys of the service and from what
    /// was sealed before, so whoever holds those can compute what it gives.
    ///
    /// # Errors
    /// [`Error::SealerUnavailable`] where the sealer cannot be reached.
    fn seal(
        &self,
        secret: &Secret,
        context: SealContext<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<SealedSecret, Error>;

    /// Opens a sealed secret.
    ///
    /// # Errors
    /// [`Error::Sealed`] where it is not a secret that was sealed in this context,
    /// [`Error::UnknownKey`] where its key is not here, [`Error::SealerUnavailable`].
    fn open(&self, sealed: &SealedSecret, context: SealContext<'_>) -> Result<Secret, Error>;

    /// Whether it was sealed with the key that seals now.
    fn is_current(&self, sealed: &SealedSecret) -> bool;

    /// Seals it anew with the key that seals now; `None` if that is the one it is sealed with. To be
    /// stored in the old one's place: after a login, or over all of the store.
    ///
    /// As for [`seal`](Self::seal), nonces are taken from `rng`, never keys.
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and [`seal`](Self::seal).
    fn reseal(
        &self,
        sealed: &SealedSecret,
        context: SealContext<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Option<SealedSecret>, Error> {
        if self.is_current(sealed) {
            return Ok(None);
        }
        self.seal(&self.open(sealed, context)?, context, rng).map(Some)
    }
}

/// A secret as it is stored: encrypted, and bound to its [context](SealContext).
///
/// It tells how long the secret is and which key it is sealed with, nothing more. What the bytes mean
/// is up to the [sealer](SecretSealer). As text it is Base64url without padding, by `Display`,
/// `FromStr` and `serde`.
///
/// ```
/// use creance_totp::SealedSecret;
///
/// let sealed = SealedSecret::from_bytes(&[0xff, 0xfe, 0xfd])?;
/// assert_eq!(sealed.to_string(), "__79");
/// assert_eq!("__79".parse::<SealedSecret>()?, sealed);
/// assert_eq!(format!("{sealed:?}"), "SealedSecret { bytes: 3, .. }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    bytes: Vec<u8>,
}

impl SealedSecret {
    /// The most bytes: room for a secret and for what the key services of today add to it.
    pub const MAX_BYTES: usize = 1_024;

    /// What a sealer has made, 1 to 1,024 bytes.
    ///
    /// # Errors
    /// [`Error::Sealed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        match bytes.len() {
            1..=Self::MAX_BYTES => Ok(Self { bytes: bytes.to_vec() }),
            _ => Err(Error::Sealed),
        }
    }

    /// The bytes, to be stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        Encoding::Base64Url.encode(&self.bytes, &mut text)?;
        f.pad(&text)
    }
}

impl FromStr for SealedSecret {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let len = Encoding::Base64Url.decoded_len(text).ok_or(Error::Sealed)?;
        if len > Self::MAX_BYTES {
            return Err(Error::Sealed);
        }
        let mut bytes = vec![0; len];
        Encoding::Base64Url.decode(text, &mut bytes).map_err(|_| Error::Sealed)?;
        Self::from_bytes(&bytes)
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedSecret").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}
