use core::fmt;

use creance_sigv::ct::Choice;
use creance_sigv::rand::CryptoRng;
use creance_sigv::{KeyBytes, ct};
use zeroize::Zeroize;

use crate::{Algorithm, Error, Key, base32};

/// The secret that an authenticator and a service share.
///
/// Wiped when dropped; `Debug` hides it, there is no `Display`, no equality and no serialisation: it
/// leaves by [`expose`](Self::expose) and [`write_base32`](Self::write_base32) only.
///
/// ```
/// use creance_totp::{Algorithm, Secret};
///
/// let secret = Secret::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")?;
/// assert_eq!(secret.expose(), b"12345678901234567890");
/// assert_eq!(format!("{secret:?}"), "Secret { bytes: 20, .. }");
///
/// let fresh = Secret::generate(Algorithm::Sha1, &mut creance_totp::rand::rng());
/// assert_eq!(fresh.expose().len(), 20);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    bytes: KeyBytes,
}

impl Secret {
    /// The shortest secret that is taken without being asked by name, in bytes (RFC 4226, 4, R6).
    pub const MIN_BYTES: usize = 16;

    /// The longest secret, in bytes: a block of SHA-512. HMAC hashes what is longer.
    pub const MAX_BYTES: usize = 128;

    /// A fresh secret as long as the algorithm's output (RFC 4226, 4, R6; RFC 6238, 5.1): 160 bits
    /// for SHA-1, 256 for SHA-256, 512 for SHA-512.
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(algorithm: Algorithm, rng: &mut R) -> Self {
        Self { bytes: KeyBytes::generate(algorithm, rng) }
    }

    /// A secret from raw bytes, 16 to 128 of them.
    ///
    /// # Errors
    /// [`Error::ShortSecret`] and [`Error::LongSecret`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::allow_weak_bytes(bytes)?.with_minimum()
    }

    /// A secret from raw bytes, 1 to 128 of them, however easily it is guessed. Secrets of 80 bits
    /// are in use.
    ///
    /// # Errors
    /// [`Error::ShortSecret`] without any bytes, and [`Error::LongSecret`].
    pub fn allow_weak_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.is_empty() {
            return Err(Error::ShortSecret { bytes: 0 });
        }
        let too_long = Error::LongSecret { bytes: bytes.len() };
        if bytes.len() > Self::MAX_BYTES {
            return Err(too_long);
        }
        KeyBytes::from_slice(bytes).map(|bytes| Self { bytes }).map_err(|_| too_long)
    }

    /// A secret from Base32 as it is found in the wild: in either case, with or without padding,
    /// with white space, no-break spaces included, and dashes anywhere. At least 128 bits.
    ///
    /// The time depends on where such separators stand and not on what the characters say. Strict
    /// where a typing error would show: in the number of characters, in the padding if there is any,
    /// and in the bits behind the last byte, which have to be zero.
    ///
    /// ```
    /// use creance_totp::{Error, Secret};
    ///
    /// for text in [
    ///     "GEZDGNBVGY3TQOJQGEZDGNBVGY",
    ///     "gezdgnbvgy3tqojqgezdgnbvgy======",
    ///     "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY",
    ///     "gezd gnbv gy3t qojq\n gezd gnbv gy\n",
    /// ] {
    ///     assert_eq!(Secret::from_base32(text)?.expose(), b"1234567890123456");
    /// }
    /// // A character is missing at the end, or is too many.
    /// for text in ["GEZDGNBVGY3TQOJQGEZDGNBVG", "GEZDGNBVGY3TQOJQGEZDGNBVGYA"] {
    ///     assert_eq!(Secret::from_base32(text).unwrap_err(), Error::SecretText);
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SecretText`], [`Error::ShortSecret`] and [`Error::LongSecret`].
    pub fn from_base32(text: &str) -> Result<Self, Error> {
        Self::allow_weak_base32(text)?.with_minimum()
    }

    /// The same for a secret of at least one byte, however easily it is guessed.
    ///
    /// # Errors
    /// [`Error::SecretText`], [`Error::ShortSecret`] without any characters, and
    /// [`Error::LongSecret`].
    pub fn allow_weak_base32(text: &str) -> Result<Self, Error> {
        let mut values = Wiped([0; MAX_TEXT]);
        let values = read_values(text, &mut values.0)?;
        let len = base32::decoded_len(values.len()).ok_or(Error::SecretText)?;
        let mut bytes = Wiped([0; Self::MAX_BYTES]);
        let out = bytes.0.get_mut(..len).ok_or(Error::LongSecret { bytes: len })?;
        let wrong = base32::decode(values, out);
        ct::decide(ct::eq(&[wrong], &[0])).map_err(|_| Error::SecretText)?;
        Self::allow_weak_bytes(&bytes.0[..len])
    }

    /// The bytes themselves: to seal and store them, never to log or send them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.bytes.expose()
    }

    /// Writes it as authenticator apps take it: Base32, upper case, without padding.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_base32<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        let mut text = Wiped([0u8; MAX_TEXT]);
        let mut len = 0;
        base32::encode(self.expose(), |character| {
            // The mask clears what the compiler cannot know to be clear: whether bytes are UTF-8
            // must not depend on a secret.
            text.0[len] = core::hint::black_box(character) & 0x7f;
            len += 1;
        });
        out.write_str(core::str::from_utf8(&text.0[..len]).map_err(|_| fmt::Error)?)
    }

    /// The HMAC key that it is for `algorithm`.
    ///
    /// # Errors
    /// None that can occur: a secret is never empty.
    pub fn key(&self, algorithm: Algorithm) -> Result<Key, Error> {
        // How strong it has to be was decided where the secret was made.
        let empty = Error::ShortSecret { bytes: 0 };
        Key::allow_weak(algorithm, self.expose()).map_err(|_| empty)
    }

    fn with_minimum(self) -> Result<Self, Error> {
        match self.expose().len() {
            bytes @ ..Self::MIN_BYTES => Err(Error::ShortSecret { bytes }),
            _ => Ok(self),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("bytes", &self.expose().len()).finish_non_exhaustive()
    }
}

const MAX_TEXT: usize = base32::encoded_len(Secret::MAX_BYTES);

/// Reads the five-bit values of the characters that count into `values`, in place: what is moved
/// leaves a copy behind. Separators are left out, and padding at the end.
fn read_values<'v>(text: &str, values: &'v mut [u8; MAX_TEXT]) -> Result<&'v [u8], Error> {
    let too_long = Error::LongSecret { bytes: text.len() / 8 * 5 };
    let (mut len, mut padding, mut before) = (0, 0, 0);
    for character in text.bytes() {
        let is_separator = reveal(base32::is_separator([before, character]));
        match is_separator || reveal(base32::is_padding(character)) {
            true if is_separator => {}
            true => padding += 1,
            false if padding > 0 => return Err(Error::SecretText),
            false => {
                *values.get_mut(len).ok_or(too_long)? = base32::value_of(character);
                len += 1;
            }
        }
        before = character;
    }
    let is_padded_right = padding == 0 || (len + padding) % 8 == 0 && padding < 8;
    values.get(..len).filter(|_| is_padded_right).ok_or(Error::SecretText)
}

/// Makes public what kind a character is of. Which one it is stays secret.
fn reveal(mask: u8) -> bool {
    ct::decide(Choice::from(mask & 1)).is_ok()
}

struct Wiped<const N: usize>([u8; N]);

impl<const N: usize> Drop for Wiped<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
