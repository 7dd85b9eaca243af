use core::fmt;

use rand::CryptoRng;

use crate::state::State;
use crate::stream::Stream;
use crate::wiped::Wiped;
use crate::{Algorithm, Error, KeyBytes, Mac, ReceivedTag, Tag, batch};

/// An HMAC key (RFC 2104), bound to its algorithm.
///
/// Held as the two hash states that follow the padded key, so that a MAC does not set them up
/// again. They are wiped when the key is dropped. There is no equality, no serialisation, and
/// `Debug` tells the algorithm only.
///
/// HMAC cannot tell some keys apart: a key and the same key with zero bytes appended, or a key
/// longer than a block and its digest, give the same tags.
///
/// ```
/// use creance_sigv::{Algorithm, Key, ReceivedTag};
///
/// let key = Key::new(Algorithm::Sha256, b"a secret of at least thirty-two bytes")?;
/// let tag = key.sign(b"message");
///
/// let received = ReceivedTag::from_slice(Algorithm::Sha256, tag.expose())?;
/// key.verify(b"message", &received)?;
/// assert!(key.verify(b"massage", &received).is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct Key {
    inner: State,
    outer: State,
    is_decoy: bool,
}

impl Key {
    /// The shortest secret that [`from_provider`](Self::from_provider) takes, in bytes.
    pub const PROVIDER_MIN_BYTES: usize = 16;

    /// A key of one's own making: at least as long as the algorithm's output (20, 32, 48 or 64
    /// bytes), as RFC 2104, 3 advises.
    ///
    /// # Errors
    /// [`Error::EmptyKey`] and [`Error::ShortKey`].
    pub fn new(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, Error> {
        Self::with_minimum(algorithm, bytes, algorithm.output_len())
    }

    /// A secret that somebody else issued and that cannot be chosen: at least 16 bytes.
    ///
    /// # Errors
    /// [`Error::EmptyKey`] and [`Error::ShortKey`].
    pub fn from_provider(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, Error> {
        Self::with_minimum(algorithm, bytes, Self::PROVIDER_MIN_BYTES)
    }

    /// Any secret of at least one byte, however easily it is guessed.
    ///
    /// # Errors
    /// [`Error::EmptyKey`].
    pub fn allow_weak(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, Error> {
        Self::with_minimum(algorithm, bytes, 1)
    }

    /// A fresh key of the algorithm's output length, and its bytes: to be handed to the other
    /// side once, and stored.
    ///
    /// ```
    /// use creance_sigv::{Algorithm, Encoding, Key};
    ///
    /// let (key, bytes) = Key::generate(Algorithm::Sha256, &mut creance_sigv::rand::rng());
    /// let mut to_hand_over = String::new();
    /// bytes.write(Encoding::Base64, &mut to_hand_over)?;
    /// assert_eq!(to_hand_over.len(), 44);
    /// # let _ = key;
    /// # Ok::<(), core::fmt::Error>(())
    /// ```
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(algorithm: Algorithm, rng: &mut R) -> (Self, KeyBytes) {
        let bytes = KeyBytes::generate(algorithm, rng);
        let key = Self::prepare(algorithm, bytes.expose());
        (key, bytes)
    }

    /// A key that verifies nothing, for doing the work of a verification whose credentials are
    /// unknown.
    ///
    /// It is not secret, so whoever verifies has to refuse what it signs: [`verify`](Self::verify)
    /// does, after all the work, and who compares tags by himself asks
    /// [`is_decoy`](Self::is_decoy).
    #[must_use]
    pub const fn decoy(algorithm: Algorithm) -> Self {
        let state = State::initial(algorithm);
        Self { inner: state, outer: state, is_decoy: true }
    }

    /// Whether this is a [`decoy`](Self::decoy), whose tags prove nothing.
    #[must_use]
    #[inline]
    pub const fn is_decoy(&self) -> bool {
        self.is_decoy
    }

    /// The algorithm that the key is bound to.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.inner.algorithm()
    }

    /// Begins a MAC that takes its message piece by piece.
    #[inline]
    #[must_use]
    pub fn begin(&self) -> Mac {
        Mac::new(Stream::resume(self.inner, self.algorithm().block_len()), self.outer)
    }

    /// The tag of a message that lies in one piece.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Tag {
        self.sign_with(|mac| mac.update(message))
    }

    /// The tag of a message that `write` writes piece by piece: the fastest way, because the
    /// running MAC is never moved.
    ///
    /// ```
    /// use creance_sigv::{Algorithm, Key};
    ///
    /// let key = Key::allow_weak(Algorithm::Sha256, b"key")?;
    /// let tag = key.sign_with(|mac| {
    ///     mac.update(b"1353832234");
    ///     mac.update(b".body");
    /// });
    /// assert_eq!(tag.expose(), key.sign(b"1353832234.body").expose());
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn sign_with(&self, write: impl FnOnce(&mut Mac)) -> Tag {
        let mut mac = self.begin();
        write(&mut mac);
        mac.finish_in_place()
    }

    /// The tags of several counters, each a message of eight bytes, big-endian: faster than
    /// one by one, because the processor works on more than one at a time.
    ///
    /// ```
    /// use creance_sigv::{Algorithm, Key};
    ///
    /// let key = Key::allow_weak(Algorithm::Sha1, b"key")?;
    /// let [first, second] = key.sign_counters(&[41, 42]);
    /// assert_eq!(first.expose(), key.sign(&41_u64.to_be_bytes()).expose());
    /// assert_eq!(second.expose(), key.sign(&42_u64.to_be_bytes()).expose());
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn sign_counters<const N: usize>(&self, counters: &[u64; N]) -> [Tag; N] {
        batch::sign([&self.inner, &self.outer], counters)
    }

    /// Verifies the tag of a message that lies in one piece, in constant time.
    ///
    /// # Errors
    /// [`Error::Mismatch`], also where the tag belongs to another algorithm.
    pub fn verify(&self, message: &[u8], received: &ReceivedTag) -> Result<(), Error> {
        let verdict = self.sign(message).verify(received);
        if self.is_decoy { Err(Error::Mismatch) } else { verdict }
    }

    fn with_minimum(algorithm: Algorithm, bytes: &[u8], minimum: usize) -> Result<Self, Error> {
        Self::check_len(algorithm, bytes, minimum)?;
        Ok(Self::prepare(algorithm, bytes))
    }

    pub(crate) fn check_len(
        algorithm: Algorithm,
        bytes: &[u8],
        minimum: usize,
    ) -> Result<(), Error> {
        match bytes.len() {
            0 => Err(Error::EmptyKey),
            bytes if bytes < minimum => Err(Error::ShortKey { algorithm, bytes, minimum }),
            _ => Ok(()),
        }
    }

    /// RFC 2104, 2: the states after `key ^ ipad` and `key ^ opad`.
    pub(crate) fn prepare(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut block = Wiped([0; MAX_BLOCK_LEN]);
        if bytes.len() > algorithm.block_len() {
            digest(algorithm, bytes, &mut block.0[..algorithm.output_len()]);
        } else {
            block.0[..bytes.len()].copy_from_slice(bytes);
        }
        Self {
            inner: padded(&block, algorithm, 0x36),
            outer: padded(&block, algorithm, 0x5c),
            is_decoy: false,
        }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.inner.wipe();
        self.outer.wipe();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

/// Writes the digest that stands for a key longer than a block. The digest is as good as the key,
/// and the stream gathers the key's last bytes: both are wiped where they lie, without a move.
fn digest(algorithm: Algorithm, bytes: &[u8], out: &mut [u8]) {
    let mut stream = Stream::resume(State::initial(algorithm), 0);
    stream.update(bytes);
    stream.finish().write_digest(out);
    stream.wipe();
}

const MAX_BLOCK_LEN: usize = 128;

/// The state after a key that was filled up with zeros to a block, and padded.
fn padded(block: &Wiped<MAX_BLOCK_LEN>, algorithm: Algorithm, pad: u8) -> State {
    let block = Wiped(block.0.map(|byte| byte ^ pad));
    let mut state = State::initial(algorithm);
    state.compress(&block.0[..algorithm.block_len()]);
    state
}
