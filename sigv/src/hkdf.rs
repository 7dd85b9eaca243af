use core::fmt;

use crate::wiped::Wiped;
use crate::{Algorithm, Error, Key, Mac};

/// Keys derived from one secret, each for one use (HKDF, RFC 5869).
///
/// A derivation names its use by a label, so that no two uses share a key; what the key is for beyond
/// that (a tenant, a device, a peer) goes into the context. Both are public.
///
/// ```
/// use creance_sigv::{Algorithm, Hkdf};
///
/// let hkdf = Hkdf::extract(Algorithm::Sha256, b"", b"thirty-two bytes of randomness..")?;
/// let key = hkdf.derive("example.com webhooks", b"tenant 42")?;
/// let other = hkdf.derive("example.com sessions", b"tenant 42")?;
/// assert_ne!(key.sign(b"").expose(), other.sign(b"").expose());
/// assert!(hkdf.derive("", b"tenant 42").is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
///
/// The pseudorandom key is held as a prepared [`Key`], wiped on drop and not shown by `Debug`.
#[derive(Clone)]
pub struct Hkdf {
    pseudorandom: Key,
}

impl Hkdf {
    /// The pseudorandom key of a secret (RFC 5869, 2.2): at least 16 bytes that nobody can guess, as of
    /// a random generator or a key agreement. A password is no such secret, whatever its length.
    ///
    /// The salt need not be secret and may be empty; a random one of one's own makes the result better.
    ///
    /// # Errors
    /// [`Error::EmptyKey`] and [`Error::ShortKey`].
    pub fn extract(algorithm: Algorithm, salt: &[u8], secret: &[u8]) -> Result<Self, Error> {
        Key::check_len(algorithm, secret, Key::PROVIDER_MIN_BYTES)?;
        Ok(Self::extract_any(algorithm, salt, secret))
    }

    /// The same of any secret of at least one byte, however easily it is guessed.
    ///
    /// # Errors
    /// [`Error::EmptyKey`].
    pub fn allow_weak(algorithm: Algorithm, salt: &[u8], secret: &[u8]) -> Result<Self, Error> {
        Key::check_len(algorithm, secret, 1)?;
        Ok(Self::extract_any(algorithm, salt, secret))
    }

    /// Takes a key as the pseudorandom key (RFC 5869, 3.3): one that was made of bytes of a random
    /// generator, as by [`Key::generate`], or the result of another extraction.
    #[must_use]
    pub const fn from_key(pseudorandom: Key) -> Self {
        Self { pseudorandom }
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.pseudorandom.algorithm()
    }

    /// The most bytes that one derivation gives: 255 times the algorithm's output (RFC 5869, 2.3).
    #[must_use]
    pub const fn max_bytes(&self) -> usize {
        255 * self.algorithm().output_len()
    }

    /// The key for one use, of the same algorithm and as long as its output. It is the key of the bytes
    /// that [`derive_bytes`](Self::derive_bytes) gives for that length.
    ///
    /// # Errors
    /// [`Error::EmptyLabel`].
    pub fn derive(&self, label: &str, context: &[u8]) -> Result<Key, Error> {
        let mut bytes = Wiped([0; Algorithm::MAX_OUTPUT_LEN]);
        let bytes = &mut bytes.0[..self.algorithm().output_len()];
        self.derive_bytes(label, context, bytes)?;
        Ok(Key::prepare(self.algorithm(), bytes))
    }

    /// Fills `out` with the bytes for one use. Who does not need them any more wipes them.
    ///
    /// The `info` of RFC 5869 is, one after the other and without anything between them:
    ///
    /// 1. the length of `out` in bytes, as eight bytes, big-endian;
    /// 2. the length of the label in bytes, as eight bytes, big-endian;
    /// 3. the label, in UTF-8;
    /// 4. the context, to the end.
    ///
    /// So no two pairs of label and context have the same `info`, and what is derived in one length is
    /// not the beginning of what is derived in another.
    ///
    /// # Errors
    /// [`Error::EmptyLabel`]; [`Error::DerivedLength`] above [`max_bytes`](Self::max_bytes).
    pub fn derive_bytes(&self, label: &str, context: &[u8], out: &mut [u8]) -> Result<(), Error> {
        if label.is_empty() {
            return Err(Error::EmptyLabel);
        }
        let lengths = [out.len(), label.len()].map(|len| (len as u64).to_be_bytes());
        self.expand(out, |mac| {
            mac.update(lengths.as_flattened());
            mac.update(label.as_bytes());
            mac.update(context);
        })
    }

    /// Fills `out` under an `info` that is fixed by somebody else's protocol (RFC 5869, 2.3): here no
    /// label keeps two uses apart. For one's own uses there is [`derive_bytes`](Self::derive_bytes).
    ///
    /// # Errors
    /// [`Error::DerivedLength`] above [`max_bytes`](Self::max_bytes).
    pub fn expand_info(&self, info: &[u8], out: &mut [u8]) -> Result<(), Error> {
        self.expand(out, |mac| mac.update(info))
    }

    /// RFC 5869, 2.2. An absent salt is a block of zeros, as an empty key is to HMAC.
    fn extract_any(algorithm: Algorithm, salt: &[u8], secret: &[u8]) -> Self {
        let mut pseudorandom = Wiped([0; Algorithm::MAX_OUTPUT_LEN]);
        let mut mac = Key::prepare(algorithm, salt).begin();
        mac.update(secret);
        mac.finish_secret(&mut pseudorandom.0);
        Self::from_key(Key::prepare(algorithm, &pseudorandom.0[..algorithm.output_len()]))
    }

    /// RFC 5869, 2.3: each block is the MAC of the one before it, the info and a count from 1.
    fn expand(&self, out: &mut [u8], write_info: impl Fn(&mut Mac)) -> Result<(), Error> {
        let (bytes, maximum) = (out.len(), self.max_bytes());
        if bytes > maximum {
            return Err(Error::DerivedLength { bytes, maximum });
        }
        let len = self.algorithm().output_len();
        let mut block = Wiped([0; Algorithm::MAX_OUTPUT_LEN]);
        for (count, place) in (1..=u8::MAX).zip(out.chunks_mut(len)) {
            let mut mac = self.pseudorandom.begin();
            if count > 1 {
                mac.update(&block.0[..len]);
            }
            write_info(&mut mac);
            mac.update(&[count]);
            mac.finish_secret(&mut block.0);
            place.copy_from_slice(&block.0[..place.len()]);
        }
        Ok(())
    }
}

impl fmt::Debug for Hkdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hkdf").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}
