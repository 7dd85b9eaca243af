use core::fmt;

use arrayvec::ArrayString;
use creance_sigv::{Algorithm, Encoding, Hasher, Tag};

use crate::Error;
use crate::grammar::trim;

/// A payload's hash as it stands in a header.
///
/// It covers the content type without its parameters, and every byte of the payload; an empty
/// payload has a hash too. It is a plain digest: only the header's MAC makes it proof.
///
/// ```
/// use creance_hawk::PayloadHash;
/// use creance_hawk::sigv::Algorithm;
///
/// let hash = PayloadHash::of(
///     Algorithm::Sha256,
///     Some("text/plain; charset=utf-8"),
///     b"Thank you for flying Hawk",
/// )?;
/// assert_eq!(hash.as_str(), "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=");
/// # Ok::<(), creance_hawk::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct PayloadHash {
    text: ArrayString<{ Self::MAX_LEN }>,
}

impl PayloadHash {
    /// The length of SHA-512's hash in Base64.
    const MAX_LEN: usize = Algorithm::MAX_OUTPUT_LEN.div_ceil(3) * 4;

    /// The hash of a payload in one piece. `content_type` is the header's value, if there is one.
    ///
    /// # Errors
    /// [`Error::ContentType`] where it holds a control character.
    pub fn of(
        algorithm: Algorithm,
        content_type: Option<&str>,
        payload: &[u8],
    ) -> Result<Self, Error> {
        let mut hasher = PayloadHasher::new(algorithm, content_type)?;
        hasher.update(payload);
        Ok(hasher.finish())
    }

    /// The text that stands in the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }
}

impl fmt::Display for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PayloadHash").field(&self.as_str()).finish()
    }
}

/// A payload's hash, computed piece by piece as the payload passes.
#[derive(Clone, Debug)]
pub struct PayloadHasher {
    hasher: Hasher,
}

impl PayloadHasher {
    /// Begins with the content type: the part before `;`, trimmed, in lower case; empty where
    /// there is none.
    ///
    /// # Errors
    /// [`Error::ContentType`] where it holds a control character: a line break in it would shift
    /// what is type and what is payload.
    pub fn new(algorithm: Algorithm, content_type: Option<&str>) -> Result<Self, Error> {
        let content_type = content_type.unwrap_or("");
        let essence = content_type.split(';').next().unwrap_or("");
        let essence = trim(essence);
        if essence.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(Error::ContentType);
        }
        // Outside ASCII there is no case here.
        Ok(Self::begin(algorithm, essence.bytes().map(|byte| byte.to_ascii_lowercase())))
    }

    /// Begins with a content type as it is given.
    pub(crate) fn begin(algorithm: Algorithm, content_type: impl Iterator<Item = u8>) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(b"hawk.1.payload\n");
        content_type.for_each(|byte| hasher.update(&[byte]));
        hasher.update(b"\n");
        Self { hasher }
    }

    /// Adds bytes of the payload.
    #[inline]
    pub fn update(&mut self, payload: &[u8]) {
        self.hasher.update(payload);
    }

    /// The hash of all that was added.
    #[must_use]
    pub fn finish(self) -> PayloadHash {
        let digest = self.digest();
        let mut hash = PayloadHash { text: ArrayString::new() };
        // It has the longest digest's length: writing into it cannot fail.
        let _ = digest.write(Encoding::Base64, &mut hash.text);
        hash
    }

    /// Compares with the text that stands in an authenticated header.
    pub(crate) fn verify(self, received: &str) -> Result<(), Error> {
        self.digest().verify_text(Encoding::Base64, received).map_err(|_| Error::BadHash)
    }

    fn digest(mut self) -> Tag {
        self.hasher.update(b"\n");
        self.hasher.finish()
    }
}
