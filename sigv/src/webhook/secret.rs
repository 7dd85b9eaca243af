use crate::wiped::Wiped;
use crate::{Algorithm, Encoding, Error, Key, KeyBytes, ct};

/// How a provider's secret, which is text, becomes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretForm<'t> {
    /// Its characters are the key, with any prefix that it has.
    Text,
    /// The same for a provider whose secrets have less than the 16 bytes that are asked for otherwise.
    ShortText {
        /// The fewest bytes of a key.
        minimum: usize,
    },
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
            Self::ShortText { .. } => {
                let key = Key::allow_weak(algorithm, secret.as_bytes())?;
                self.check_len(algorithm, secret.len())?;
                Ok(key)
            }
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
            Self::Text | Self::ShortText { .. } => Key::allow_weak(algorithm, secret.as_bytes()),
            _ => Key::allow_weak(algorithm, self.decode(secret)?.expose()),
        }
    }

    fn decode(self, secret: &str) -> Result<KeyBytes, Error> {
        match self {
            Self::Text | Self::ShortText { .. } => KeyBytes::from_slice(secret.as_bytes()),
            Self::Base64 { prefix, .. } => {
                let text = without_prefix(secret.as_bytes(), prefix.as_bytes());
                KeyBytes::decode_bytes(Encoding::Base64, text)
            }
            Self::Hex => decode_hex(secret),
        }
    }

    fn check_len(self, algorithm: Algorithm, bytes: usize) -> Result<(), Error> {
        match self {
            Self::Base64 { minimum, .. } | Self::ShortText { minimum } if bytes < minimum => {
                Err(Error::ShortKey { algorithm, bytes, minimum })
            }
            Self::Base64 { maximum, .. } if bytes > maximum => {
                Err(Error::LongKey { bytes, maximum })
            }
            _ => Ok(()),
        }
    }
}

/// Whether the prefix is there becomes public; where a secret begins to differ from it does not.
fn without_prefix<'s>(secret: &'s [u8], prefix: &[u8]) -> &'s [u8] {
    match secret.split_at_checked(prefix.len()) {
        Some((first, rest)) if ct::verify(first, prefix).is_ok() => rest,
        _ => secret,
    }
}

/// Either case. Letters are made lower-case by their sixth bit, which digits have set already.
fn decode_hex(secret: &str) -> Result<KeyBytes, Error> {
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
    KeyBytes::decode_bytes(Encoding::Hex, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE64: SecretForm<'static> =
        SecretForm::Base64 { prefix: "whsec_", minimum: 24, maximum: 64 };

    fn tag(key: Result<Key, Error>) -> Result<[u8; 32], Error> {
        key.map(|key| key.sign(b"message").expose().try_into().expect("of SHA-256"))
    }

    #[test]
    fn a_prefix_may_be_left_out_and_not_changed() {
        let text = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let key = |secret: &str| tag(BASE64.key(Algorithm::Sha256, secret));
        let with_prefix = ["whsec_", text].concat();
        assert!(key(text).is_ok());
        assert_eq!(key(&with_prefix), key(text));
        let refused = Err(Error::KeyEncoding { encoding: Encoding::Base64 });
        for other in ["whsec-", "Whsec_", "whsec", "wh", "whsec_whsec_", " whsec_", "äwhsec_"] {
            assert_eq!(key(&[other, text].concat()), refused, "{other}");
        }
        assert_eq!(key("whsec_"), Err(Error::EmptyKey));
        assert_eq!(key("whsec"), refused);
        // Characters that would be cut in the middle.
        assert_eq!(key("whsecä"), refused);
    }

    #[test]
    fn hexadecimal_is_read_in_either_case_and_nothing_else_is() {
        let lower = "00112233445566778899aabbccddeeff";
        let key = |secret: &str| tag(SecretForm::Hex.key(Algorithm::Sha256, secret));
        assert!(key(lower).is_ok());
        assert_eq!(key(&lower.to_ascii_uppercase()), key(lower));
        for character in '\0'..='\u{ff}' {
            let text = [&lower[..30], character.encode_utf8(&mut [0; 4]), "0"].concat();
            assert_eq!(key(&text).is_ok(), character.is_ascii_hexdigit(), "{character:?}");
        }
        let too_long = "00".repeat(KeyBytes::MAX_BYTES + 1);
        assert_eq!(key(&too_long), Err(Error::LongKey { bytes: 257, maximum: 256 }));
    }
}
