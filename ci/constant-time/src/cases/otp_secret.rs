//! The secrets of one-time passwords: reading their text, writing it, making keys of them.

use creance_totp::{Algorithm, Error, Secret};

use super::{key_material, secret, shown};
use crate::{Case, Expected, memcheck};

const LENGTHS: [usize; 10] = [16, 17, 18, 19, 20, 32, 33, 64, 127, 128];

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("base32/read", Expected::Verdict, || {
            for len in LENGTHS {
                let bytes = key_material(len);
                let text = text_of(&bytes);
                for spelling in [text.to_lowercase(), grouped(&text), padded(&text), text.clone()] {
                    let read = Secret::from_base32(&secret_text(spelling)).unwrap();
                    assert_eq!(shown(read.expose()), bytes);
                }
            }
        }),
        Case::new("base32/every-character", Expected::Verdict, || {
            for character in '\0'..='\u{7f}' {
                for position in [0, 3, 25] {
                    let mut text = text_of(&key_material(17));
                    text.replace_range(position..=position, character.encode_utf8(&mut [0; 4]));
                    let oracle = Secret::from_base32(&text).map(|_| ());
                    let verdict = Secret::from_base32(&secret_text(text)).map(|_| ());
                    assert_eq!(verdict, oracle, "{character:?}");
                }
            }
        }),
        Case::new("base32/impossible-length", Expected::Verdict, || {
            let text = secret_text("A".repeat(35));
            assert_eq!(Secret::from_base32(&text).map(|_| ()), Err(Error::SecretText));
        }),
        Case::new("base32/write", Expected::Silence, || {
            for len in LENGTHS {
                let bytes = key_material(len);
                let held = Secret::from_bytes(&secret(&bytes)).unwrap();
                let mut text = String::new();
                held.write_base32(&mut text).unwrap();
                assert_eq!(shown(text.as_bytes()), text_of(&bytes).into_bytes());
            }
        }),
        Case::new("otp-secret/key", Expected::Silence, || {
            for algorithm in Algorithm::ALL {
                let bytes = key_material(algorithm.output_len());
                let sign = |bytes: &[u8]| {
                    let key = Secret::from_bytes(bytes).unwrap().key(algorithm).unwrap();
                    shown(key.sign(b"message").expose())
                };
                assert_eq!(sign(&secret(&bytes)), sign(&bytes));
            }
        }),
    ]
}

fn text_of(bytes: &[u8]) -> String {
    let mut text = String::new();
    Secret::from_bytes(bytes).unwrap().write_base32(&mut text).unwrap();
    text
}

fn grouped(text: &str) -> String {
    let mut grouped = String::new();
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            grouped.push_str(if index % 8 == 0 { " " } else { "\u{a0}-" });
        }
        grouped.push(character);
    }
    grouped
}

fn padded(text: &str) -> String {
    format!("{text:=<width$}", width = text.len().next_multiple_of(8))
}

/// All of the text as a secret, separators and padding included.
fn secret_text(text: String) -> String {
    let mut bytes = text.into_bytes();
    memcheck::hide(&mut bytes);
    // SAFETY: these are the bytes of the string above. Checking them would branch on the secret.
    unsafe { String::from_utf8_unchecked(bytes) }
}
