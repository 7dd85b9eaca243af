use zeroize::Zeroize;

use crate::{Algorithm, Encoding, Error, Key, KeyBytes};

/// How a provider's secret, which is text, becomes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretForm<'t> {
    /// Its characters are the key, with any prefix that it has.
    Text,
    /// Base64 of the key behind a prefix, which may be left out.
    Base64 {
        /// The prefix.
        prefix: &'t str,
        /// The fewest bytes of a key.
        minimum: usize,
        /// The most bytes of a key.
        maximum: usize,
    },
    /// Hexadecimal of the key, in upper or lower case.
    Hex,
}

impl SecretForm<'_> {
    /// # Errors
    /// [`Error::EmptyKey`], [`Error::ShortKey`], [`Error::LongKey`] and [`Error::KeyEncoding`].
    pub(super) fn key(self, algorithm: Algorithm, secret: &str) -> Result<Key, Error> {
        match self {
            Self::Text => Key::from_provider(algorithm, secret.as_bytes()),
            _ => self.decode(secret).and_then(|bytes| {
                let bytes = bytes.expose();
                let key = Key::from_provider(algorithm, bytes)?;
                self.check_len(algorithm, bytes.len())?;
                Ok(key)
            }),
        }
    }

    /// The same without a minimum but one byte.
    pub(super) fn weak_key(self, algorithm: Algorithm, secret: &str) -> Result<Key, Error> {
        match self {
            Self::Text => Key::allow_weak(algorithm, secret.as_bytes()),
            _ => Key::allow_weak(algorithm, self.decode(secret)?.expose()),
        }
    }

    fn decode(self, secret: &str) -> Result<KeyBytes, Error> {
        match self {
            Self::Text => KeyBytes::from_slice(secret.as_bytes()),
            Self::Base64 { prefix, .. } => {
                let text = secret.strip_prefix(prefix).unwrap_or(secret);
                KeyBytes::decode(Encoding::Base64, text)
            }
            Self::Hex => decode_hex(secret),
        }
    }

    fn check_len(self, algorithm: Algorithm, bytes: usize) -> Result<(), Error> {
        match self {
            Self::Base64 { minimum, .. } if bytes < minimum => {
                Err(Error::ShortKey { algorithm, bytes, minimum })
            }
            Self::Base64 { maximum, .. } if bytes > maximum => {
                Err(Error::LongKey { bytes, maximum })
            }
            _ => Ok(()),
        }
    }
}

/// Either case. Letters are made lower-case by their sixth bit, which digits have set already.
fn decode_hex(secret: &str) -> Result<KeyBytes, Error> {
    const REFUSED: Error = Error::KeyEncoding { encoding: Encoding::Hex };
    let mut lower = Wiped([0; 2 * KeyBytes::MAX_BYTES]);
    let place = lower.0.get_mut(..secret.len());
    let place =
        place.ok_or(Error::LongKey { bytes: secret.len() / 2, maximum: KeyBytes::MAX_BYTES })?;
    for (place, byte) in place.iter_mut().zip(secret.bytes()) {
        // What is no hexadecimal digit must not become one: the sixth bit of control characters is
        // not set.
        let is_high = (byte & 0x40) >> 1;
        *place = byte | is_high;
    }
    let text = core::str::from_utf8(place).map_err(|_| REFUSED)?;
    KeyBytes::decode(Encoding::Hex, text)
}

/// A secret's text on its way.
struct Wiped([u8; 2 * KeyBytes::MAX_BYTES]);

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
