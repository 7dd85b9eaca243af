use core::fmt;

use rand::CryptoRng;

use crate::wiped::wipe;
use crate::{Algorithm, Encoding, Error};

/// The bytes of a secret: decoded in constant time, wiped on drop, shown only on request.
///
/// ```
/// use creance_sigv::{Algorithm, Encoding, Key, KeyBytes};
///
/// let bytes = KeyBytes::decode(Encoding::Hex, "00112233445566778899aabbccddeeff")?;
/// let key = Key::from_provider(Algorithm::Sha256, bytes.expose())?;
/// # let _ = key;
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct KeyBytes {
    bytes: [u8; Self::MAX_BYTES],
    len: usize,
}

impl KeyBytes {
    /// The longest secret held, in bytes. HMAC hashes a key longer than a block (64 or 128
    /// bytes) anyway.
    pub const MAX_BYTES: usize = 256;

    /// As many random bytes as the algorithm's output has.
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(algorithm: Algorithm, rng: &mut R) -> Self {
        let mut secret = Self { bytes: [0; Self::MAX_BYTES], len: algorithm.output_len() };
        rng.fill_bytes(&mut secret.bytes[..algorithm.output_len()]);
        secret
    }

    /// Copies a secret that is held as raw bytes.
    ///
    /// # Errors
    /// [`Error::LongKey`] above [`MAX_BYTES`](Self::MAX_BYTES).
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        let mut secret = Self { bytes: [0; Self::MAX_BYTES], len: bytes.len() };
        secret
            .bytes
            .get_mut(..bytes.len())
            .ok_or(Error::LongKey { bytes: bytes.len(), maximum: Self::MAX_BYTES })?
            .copy_from_slice(bytes);
        Ok(secret)
    }

    /// Decodes a secret from its text. The time depends on the text's length only.
    ///
    /// The text has to be canonical: padded standard Base64, unpadded Base64url or lower-case
    /// hexadecimal, without white space.
    ///
    /// # Errors
    /// [`Error::KeyEncoding`], and [`Error::LongKey`] above [`MAX_BYTES`](Self::MAX_BYTES).
    pub fn decode(encoding: Encoding, text: &str) -> Result<Self, Error> {
        Self::decode_bytes(encoding, text.as_bytes())
    }

    pub(crate) fn decode_bytes(encoding: Encoding, text: &[u8]) -> Result<Self, Error> {
        let mut secret = Self { bytes: [0; Self::MAX_BYTES], len: 0 };
        let maximum = Self::MAX_BYTES;
        let needed = encoding.decoded_len_of_bytes(text).ok_or(Error::KeyEncoding { encoding })?;
        let out =
            secret.bytes.get_mut(..needed).ok_or(Error::LongKey { bytes: needed, maximum })?;
        encoding.decode_bytes(text, out).map_err(|_| Error::KeyEncoding { encoding })?;
        secret.len = needed;
        Ok(secret)
    }

    /// A secret that is the text of a few bytes, for protocols whose secrets are text.
    #[cfg(feature = "alloc")]
    pub(crate) fn of_text<const N: usize>(encoding: Encoding, bytes: &[u8; N]) -> Self {
        const { assert!(2 * N + 16 <= Self::MAX_BYTES) };
        let mut secret = Self { bytes: [0; Self::MAX_BYTES], len: 0 };
        secret.len = encoding.encode_to(bytes, &mut secret.bytes);
        secret
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Writes the secret as text, to hand it to the other side.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write<W: fmt::Write + ?Sized>(&self, encoding: Encoding, out: &mut W) -> fmt::Result {
        encoding.encode(self.expose(), out)
    }
}

impl Drop for KeyBytes {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyBytes").finish_non_exhaustive()
    }
}
