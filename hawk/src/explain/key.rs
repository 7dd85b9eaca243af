use alloc::boxed::Box;
use alloc::vec::Vec;

use creance_sigv::{Algorithm, Encoding, Key, KeyBytes};

use super::Cause;
use super::scratch::Scratch;
use super::suspect::{Change, Suspect};

/// The key that follows from another reading of the secret, and from another algorithm.
pub(super) fn suspects(algorithm: Algorithm, secret: &[u8]) -> Vec<Suspect> {
    let mut suspects = Vec::new();
    let mut push = |cause, algorithm, secret: &[u8]| {
        if let Ok(key) = Key::allow_weak(algorithm, secret) {
            suspects.push(Suspect { cause, change: Change::Key(Box::new(key)) });
        }
    };
    for encoding in [Encoding::Hex, Encoding::Base64] {
        if let Some(bytes) = decoded(encoding, secret) {
            push(Cause::KeyDecoded { encoding }, algorithm, bytes.expose());
        }
    }
    for encoding in [Encoding::Hex, Encoding::Base64, Encoding::Base64Url] {
        if let Some(text) = encoded(encoding, secret) {
            push(Cause::KeyEncoded { encoding }, algorithm, text.as_bytes());
        }
    }
    for end in [&b"\n"[..], b"\r\n", b" "] {
        if let Some(text) = joined(secret, end) {
            push(Cause::KeySpace, algorithm, text.as_bytes());
        }
    }
    if secret.trim_ascii().len() < secret.len() {
        push(Cause::KeySpace, algorithm, secret.trim_ascii());
    }
    for signed in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
        push(Cause::Algorithm { signed }, signed, secret);
    }
    suspects
}

/// What the secret's text stands for, in whatever spelling: either alphabet of Base64 with or
/// without padding, or hexadecimal in either case.
fn decoded(encoding: Encoding, secret: &[u8]) -> Option<KeyBytes> {
    let text = secret.trim_ascii();
    let mut canonical = Scratch::new();
    match encoding {
        Encoding::Hex => {
            text.iter().try_for_each(|byte| canonical.push(&[byte.to_ascii_lowercase()]))?;
        }
        Encoding::Base64 | Encoding::Base64Url => {
            let len = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
            text[..len].iter().try_for_each(|byte| canonical.push(&[standard(*byte)]))?;
            let padding = len.next_multiple_of(4) - len;
            canonical.push(&b"==="[..padding])?;
        }
    }
    let encoding = if encoding == Encoding::Hex { encoding } else { Encoding::Base64 };
    KeyBytes::decode(encoding, canonical.as_str()).ok()
}

/// A character of the standard alphabet.
const fn standard(character: u8) -> u8 {
    match character {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    }
}

fn encoded(encoding: Encoding, secret: &[u8]) -> Option<Scratch> {
    let mut text = Scratch::new();
    encoding.encode(secret, &mut text).ok()?;
    Some(text)
}

fn joined(secret: &[u8], end: &[u8]) -> Option<Scratch> {
    let mut text = Scratch::new();
    text.push(secret)?;
    text.push(end)?;
    Some(text)
}
