//! The text codecs: any bytes to encode, any text to decode.
//!
//! * Encoding agrees with another implementation, and what is encoded is decoded to the same bytes.
//! * Decoding agrees with another implementation on every text, and accepts one spelling only.
//! * A key's text and a tag's text are read alike; a tag compared as text is a tag compared as bytes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use creance_sigv::{Algorithm, Encoding, Error, KeyBytes, ReceivedTag};

use crate::keys::key;

/// Checks the properties above for these bytes, taken as bytes and as text.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    for encoding in [Encoding::Base64, Encoding::Base64Url, Encoding::Hex] {
        encodes(encoding, data);
        if let Ok(text) = core::str::from_utf8(data) {
            decodes(encoding, text);
            compares(encoding, text);
        }
    }
}

fn encodes(encoding: Encoding, bytes: &[u8]) {
    let text = encoded(encoding, bytes);
    assert_eq!(text, oracle_encoded(encoding, bytes));
    assert_eq!(decoded(encoding, &text).as_deref(), Ok(bytes));
    for other in other_spellings(&text) {
        decodes(encoding, &other);
    }
}

/// What a lenient reader would take for the same.
fn other_spellings(text: &str) -> [String; 9] {
    let mut last = text.as_bytes().to_vec();
    if let Some(last) = last.last_mut() {
        *last = last.wrapping_add(1) & 0x7f;
    }
    [
        text.to_ascii_uppercase(),
        text.to_ascii_lowercase(),
        text.trim_end_matches('=').to_owned(),
        format!("{text}="),
        format!("{text}=="),
        format!("{text}\n"),
        format!(" {text}"),
        text.replace(['+', '-'], " "),
        String::from_utf8_lossy(&last).into_owned(),
    ]
}

fn decodes(encoding: Encoding, text: &str) {
    let verdict = decoded(encoding, text);
    assert_eq!(verdict.as_ref().ok(), oracle_decoded(encoding, text).as_ref(), "{text:?}");
    match &verdict {
        Ok(bytes) => assert_eq!(encoded(encoding, bytes), text, "the only spelling"),
        Err(error) => assert_eq!(*error, Error::Encoding { encoding }),
    }
    as_key(encoding, text, &verdict);
}

fn as_key(encoding: Encoding, text: &str, verdict: &Result<Vec<u8>, Error>) {
    let key = KeyBytes::decode(encoding, text);
    let too_long = encoding.decoded_len(text).filter(|len| *len > KeyBytes::MAX_BYTES);
    match (key, too_long) {
        (Ok(key), None) => {
            assert_eq!(verdict.as_deref(), Ok(key.expose()));
            let mut written = String::new();
            key.write(encoding, &mut written).expect("writing into a string");
            assert_eq!(written, text);
        }
        (Err(error), Some(bytes)) => {
            assert_eq!(error, Error::LongKey { bytes, maximum: KeyBytes::MAX_BYTES });
        }
        (key, _) => {
            assert_eq!(key.err(), Some(Error::KeyEncoding { encoding }), "{text:?}");
            assert!(verdict.is_err());
        }
    }
}

/// The text as a tag, and a right tag with the text laid over its front.
fn compares(encoding: Encoding, text: &str) {
    let algorithm = Algorithm::ALL[text.len() % 4];
    let tag = key(algorithm).sign(text.as_bytes());
    let own = encoded(encoding, tag.expose());
    assert_eq!(tag.verify_text(encoding, &own), Ok(()));
    let received = ReceivedTag::decode(algorithm, encoding, &own).expect("its own text");
    assert_eq!(tag.verify(&received), Ok(()));

    let mut forged = own.into_bytes();
    for (place, byte) in forged.iter_mut().zip(text.bytes()) {
        *place = byte;
    }
    let forged = String::from_utf8_lossy(&forged);
    for candidate in [text, &forged] {
        let as_bytes = ReceivedTag::decode(algorithm, encoding, candidate)
            .and_then(|received| tag.verify(&received));
        let as_text = tag.verify_text(encoding, candidate);
        assert_eq!(as_text.is_ok(), as_bytes.is_ok(), "{candidate:?}");
    }
}

fn encoded(encoding: Encoding, bytes: &[u8]) -> String {
    let mut text = String::new();
    encoding.encode(bytes, &mut text).expect("writing into a string");
    text
}

fn decoded(encoding: Encoding, text: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0x55; encoding.decoded_len(text).unwrap_or(0)];
    encoding.decode(text, &mut bytes)?;
    Ok(bytes)
}

fn oracle_encoded(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Base64 => STANDARD.encode(bytes),
        Encoding::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
        Encoding::Hex => {
            let digit = |value: u8| char::from_digit(value.into(), 16).expect("four bits");
            bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
        }
    }
}

fn oracle_decoded(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Base64 => STANDARD.decode(text).ok(),
        Encoding::Base64Url => URL_SAFE_NO_PAD.decode(text).ok(),
        Encoding::Hex => {
            let digit = |c: char| c.to_digit(16).filter(|_| !c.is_ascii_uppercase());
            let digits: Vec<u32> = text.chars().map(digit).collect::<Option<_>>()?;
            let pair = |pair: &[u32]| match pair {
                [high, low] => u8::try_from(high * 16 + low).ok(),
                _ => None,
            };
            digits.chunks(2).map(pair).collect()
        }
    }
}
