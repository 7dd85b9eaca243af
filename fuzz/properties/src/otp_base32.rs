//! Secrets of one-time passwords: any bytes as a secret, any text as Base32.
//!
//! * Writing agrees with another implementation, and what is written is read to the same bytes, in
//!   every spelling.
//! * A text is read as another implementation reads it without separators and padding; what is read
//!   is written canonically.

use creance_totp::{Error, Secret};
use data_encoding::{BASE32, BASE32_NOPAD};

/// Checks the properties above for these bytes, taken as bytes and as text.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    match Secret::allow_weak_bytes(data) {
        Ok(secret) => writes(&secret, data),
        Err(error) => assert!(matches!(
            (error, data.len()),
            (Error::ShortSecret { bytes: 0 }, 0) | (Error::LongSecret { .. }, 129..)
        )),
    }
    if let Ok(text) = core::str::from_utf8(data) {
        reads(text);
    }
}

fn writes(secret: &Secret, bytes: &[u8]) {
    let text = written(secret);
    assert_eq!(text, BASE32_NOPAD.encode(bytes));
    let padded = BASE32.encode(bytes);
    let spaced: String = text.chars().flat_map(|character| [' ', character, '-']).collect();
    for spelling in [text.to_lowercase(), padded.to_lowercase(), padded, spaced, text] {
        let read = Secret::allow_weak_base32(&spelling).expect("a spelling of the secret");
        assert_eq!(read.expose(), bytes);
        let is_long_enough = bytes.len() >= Secret::MIN_BYTES;
        assert_eq!(Secret::from_base32(&spelling).is_ok(), is_long_enough);
    }
}

fn reads(text: &str) {
    let read = Secret::allow_weak_base32(text);
    let expected = oracle(text).filter(|bytes| (1..=Secret::MAX_BYTES).contains(&bytes.len()));
    assert_eq!(read.as_ref().ok().map(Secret::expose), expected.as_deref(), "{text:?}");
    match read {
        Ok(secret) => assert_eq!(written(&secret), BASE32_NOPAD.encode(secret.expose())),
        Err(error) => assert!(matches!(
            error,
            Error::SecretText | Error::ShortSecret { bytes: 0 } | Error::LongSecret { .. }
        )),
    }
}

fn oracle(text: &str) -> Option<Vec<u8>> {
    let is_separator = |c| matches!(c, ' ' | '-' | '\u{a0}' | '\t'..='\r');
    let joined: String = text.chars().filter(|c| !is_separator(*c)).collect();
    let upper = joined.to_ascii_uppercase();
    let codec = if upper.ends_with('=') { BASE32 } else { BASE32_NOPAD };
    // Groups that were padded one by one and joined are no secret of ours.
    let bare = upper.trim_end_matches('=');
    let is_one = !bare.contains('=') && (bare.len() == upper.len() || !bare.is_empty());
    codec.decode(upper.as_bytes()).ok().filter(|_| is_one)
}

fn written(secret: &Secret) -> String {
    let mut text = String::new();
    secret.write_base32(&mut text).expect("writing into a string");
    text
}
