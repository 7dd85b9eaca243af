//! Keys: reading their text, preparing them, generating them, signing.

use core::convert::Infallible;
use core::fmt::Write as _;

use creance_sigv::rand::{TryCryptoRng, TryRng};
use creance_sigv::{Algorithm, Encoding, Error, Key, KeyBytes};

use super::{for_each_algorithm, key_material, secret, shown};
use crate::{Case, Expected, memcheck};

const ENCODINGS: [(Encoding, &str); 3] =
    [(Encoding::Base64, "base64"), (Encoding::Base64Url, "base64url"), (Encoding::Hex, "hex")];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = ENCODINGS.into_iter().flat_map(decode_cases).collect();
    cases.extend(for_each_algorithm(key_cases));
    cases
}

fn decode_cases((encoding, name): (Encoding, &str)) -> Vec<Case> {
    vec![
        Case::new(format!("decode/{name}/valid"), Expected::Verdict, move || {
            for len in (0..=50).chain([64, 128, KeyBytes::MAX_BYTES]) {
                let bytes = key_material(len);
                let text = secret_text(encoding, text_of(encoding, &bytes));
                let decoded = KeyBytes::decode(encoding, &text).unwrap();
                assert_eq!(shown(decoded.expose()), bytes);
            }
        }),
        Case::new(format!("decode/{name}/every-character"), Expected::Verdict, move || {
            for character in '\0'..='\u{7f}' {
                for position in [0, 13, 41] {
                    let mut text = text_of(encoding, &key_material(32));
                    text.replace_range(position..=position, character.encode_utf8(&mut [0; 4]));
                    let oracle = encoding.decode(&text, &mut [0; 32]);
                    let verdict = KeyBytes::decode(encoding, &secret_text(encoding, text));
                    assert_eq!(verdict.is_ok(), oracle.is_ok(), "{character:?}");
                }
            }
        }),
        Case::new(format!("decode/{name}/other-length"), Expected::Silence, move || {
            let text = secret_text(encoding, "A".repeat(45));
            let refused = KeyBytes::decode(encoding, &text).unwrap_err();
            assert_eq!(refused, Error::KeyEncoding { encoding });
        }),
        Case::new(format!("encode/{name}"), Expected::Silence, move || {
            for len in (0..=50).chain([64, 128, KeyBytes::MAX_BYTES]) {
                let bytes = key_material(len);
                let mut text = String::new();
                encoding.encode(&secret(&bytes), &mut text).unwrap();
                assert_eq!(shown(text.as_bytes()), text_of(encoding, &bytes).into_bytes());
            }
        }),
    ]
}

fn text_of(encoding: Encoding, bytes: &[u8]) -> String {
    let mut text = String::new();
    encoding.encode(bytes, &mut text).unwrap();
    text
}

/// The text of a key as a secret. Of padded Base64 the last two characters stay public: whether
/// they are padding is part of the length.
pub(super) fn secret_text(encoding: Encoding, text: String) -> String {
    let mut bytes = text.into_bytes();
    let public = if encoding == Encoding::Base64 { 2 } else { 0 };
    let end = bytes.len().saturating_sub(public);
    memcheck::hide(&mut bytes[..end]);
    // SAFETY: these are the bytes of the string above. Checking them would branch on the secret.
    unsafe { String::from_utf8_unchecked(bytes) }
}

fn key_cases(algorithm: Algorithm) -> Vec<Case> {
    let block = algorithm.block_len();
    vec![
        Case::new(format!("key/{algorithm}/prepare-and-sign"), Expected::Silence, move || {
            for len in [algorithm.output_len(), block - 1, block] {
                sign_with(algorithm, len);
            }
        }),
        // RFC 2104, 2: a longer key is hashed.
        Case::new(format!("key/{algorithm}/long"), Expected::Silence, move || {
            for len in [block + 1, 2 * block, 256, 300, 1000] {
                sign_with(algorithm, len);
            }
        }),
        Case::new(format!("key/{algorithm}/provider-and-weak"), Expected::Silence, move || {
            let (short, tiny) = (secret(&key_material(16)), secret(&key_material(1)));
            let key = Key::from_provider(algorithm, &short).unwrap();
            shown(key.sign(b"message").expose());
            let key = Key::allow_weak(algorithm, &tiny).unwrap();
            shown(key.sign(b"message").expose());
        }),
        Case::new(format!("key/{algorithm}/generate"), Expected::Silence, move || {
            let (key, bytes) = Key::generate(algorithm, &mut SecretBytes(0));
            let expected = Key::new(algorithm, &shown(bytes.expose())).unwrap().sign(b"message");
            assert_eq!(shown(key.sign(b"message").expose()), expected.expose());
            let copied = KeyBytes::from_slice(bytes.expose()).unwrap();
            assert_eq!(shown(copied.expose()).len(), algorithm.output_len());
        }),
    ]
}

/// Signs with a secret key of `len` bytes, in one piece and in many, and with a secret message.
fn sign_with(algorithm: Algorithm, len: usize) {
    let material = key_material(len);
    let public = Key::new(algorithm, &material).unwrap();
    let key = Key::new(algorithm, &secret(&material)).unwrap();
    let message = key_material(600);
    let expected = public.sign(&message);
    assert_eq!(shown(key.sign(&message).expose()), expected.expose());
    assert_eq!(shown(key.clone().sign(&secret(&message)).expose()), expected.expose());

    let mut mac = key.begin();
    for piece in message.chunks(47) {
        mac.update(piece);
    }
    assert_eq!(shown(mac.finish().expose()), expected.expose());
    let mut mac = key.begin();
    write!(mac, "{}\nbody", 1_353_832_234).unwrap();
    assert_eq!(shown(mac.finish().expose()), public.sign(b"1353832234\nbody").expose());
}

/// A generator whose output is secret.
pub(super) struct SecretBytes(pub(super) u64);

impl TryRng for SecretBytes {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut word = [0; 8];
        self.try_fill_bytes(&mut word)?;
        Ok(u64::from_le_bytes(word))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes.iter_mut() {
            self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            *byte = self.0.to_be_bytes()[0];
        }
        memcheck::hide(bytes);
        Ok(())
    }
}

impl TryCryptoRng for SecretBytes {}
