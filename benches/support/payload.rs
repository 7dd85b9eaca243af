//! A payload's hash, by us, by rust-hawk, and by the hash function alone.

use creance_hawk::PayloadHash;
use creance_hawk::sigv::{Algorithm, Encoding};
use sha2::{Digest as _, Sha256};

const CONTENT_TYPE: &str = "application/json";

/// The hash, as the text that stands in a header.
pub fn hash(payload: &[u8]) -> PayloadHash {
    PayloadHash::of(Algorithm::Sha256, Some(CONTENT_TYPE), payload).expect("a content type")
}

/// The hash by rust-hawk (ring), as bytes.
pub fn hash_rival(payload: &[u8]) -> Vec<u8> {
    rust_hawk::PayloadHasher::hash(CONTENT_TYPE, rust_hawk::SHA256, payload).expect("a hash")
}

/// The hash of the same bytes by `sha2`.
pub fn digest(payload: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for piece in [b"hawk.1.payload\n", CONTENT_TYPE.as_bytes(), b"\n", payload, b"\n"] {
        hasher.update(piece);
    }
    hasher.finalize().into()
}

/// Checks that all three agree.
///
/// # Panics
/// Where they do not.
pub fn check(payload: &[u8]) {
    let mut text = String::new();
    Encoding::Base64.encode(&digest(payload), &mut text).expect("a string");
    assert_eq!(hash(payload).as_str(), text);
    assert_eq!(hash_rival(payload), digest(payload));
}
