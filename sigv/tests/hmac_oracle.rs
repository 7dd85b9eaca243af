//! Our own HMAC and digests beside those of the `hmac`, `sha1` and `sha2` crates. Only the
//! compression function is shared.

use std::fmt::Write as _;

use creance_sigv::{Algorithm, Hasher, Key};
use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
use sha2::Digest as _;

fn oracle_mac(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    macro_rules! mac {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).expect("any length");
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match algorithm {
        Algorithm::Sha1 => mac!(sha1::Sha1),
        Algorithm::Sha256 => mac!(sha2::Sha256),
        Algorithm::Sha384 => mac!(sha2::Sha384),
        Algorithm::Sha512 => mac!(sha2::Sha512),
    }
}

fn oracle_digest(algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Sha1 => sha1::Sha1::digest(message).to_vec(),
        Algorithm::Sha256 => sha2::Sha256::digest(message).to_vec(),
        Algorithm::Sha384 => sha2::Sha384::digest(message).to_vec(),
        Algorithm::Sha512 => sha2::Sha512::digest(message).to_vec(),
    }
}

fn key(algorithm: Algorithm, bytes: &[u8]) -> Key {
    Key::allow_weak(algorithm, bytes).expect("not empty")
}

/// The message in pieces that end at `ends`.
fn mac_in_pieces(key: &Key, message: &[u8], ends: &[usize]) -> Vec<u8> {
    let mut mac = key.begin();
    for piece in pieces(message, ends) {
        mac.update(piece);
    }
    mac.finish().expose().to_vec()
}

fn digest_in_pieces(algorithm: Algorithm, message: &[u8], ends: &[usize]) -> Vec<u8> {
    let mut hasher = Hasher::new(algorithm);
    for piece in pieces(message, ends) {
        hasher.update(piece);
    }
    hasher.finish().expose().to_vec()
}

/// Ends are taken modulo the message's length, in order; empty pieces happen.
fn pieces<'m>(message: &'m [u8], ends: &[usize]) -> Vec<&'m [u8]> {
    let mut ends: Vec<_> = ends.iter().map(|end| end % (message.len() + 1)).collect();
    ends.extend([0, message.len()]);
    ends.sort_unstable();
    let pieces: Vec<_> = ends.windows(2).map(|pair| &message[pair[0]..pair[1]]).collect();
    assert_eq!(pieces.concat(), message);
    pieces
}

/// Bytes that differ from their neighbours, and from those a block or a buffer away.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 131 + i / 7 + i / 64 * 3).to_le_bytes()[0]).collect()
}

/// The buffer inside holds 256 bytes and the padding falls differently at each length.
#[test]
fn every_length_around_the_buffer_agrees_at_every_kind_of_split() {
    let message = pattern(600);
    for algorithm in Algorithm::ALL {
        let key_bytes = pattern(40);
        let key = key(algorithm, &key_bytes);
        for len in 0..=message.len() {
            let message = &message[..len];
            let split = (len * 7 + 3) % (len + 1);
            let expected = oracle_mac(algorithm, &key_bytes, message);
            assert_eq!(key.sign(message).expose(), expected, "{algorithm}, {len} bytes");
            assert_eq!(
                mac_in_pieces(&key, message, &[split]),
                expected,
                "{algorithm}, {len} bytes, split at {split}"
            );
            let expected = oracle_digest(algorithm, message);
            assert_eq!(
                digest_in_pieces(algorithm, message, &[split]),
                expected,
                "{algorithm}, {len} bytes, split at {split}"
            );
        }
    }
}

#[test]
fn every_split_of_a_message_beyond_two_buffers_agrees() {
    let message = pattern(530);
    for algorithm in Algorithm::ALL {
        let key = key(algorithm, b"key");
        let mac = oracle_mac(algorithm, b"key", &message);
        let digest = oracle_digest(algorithm, &message);
        for split in 0..=message.len() {
            assert_eq!(mac_in_pieces(&key, &message, &[split]), mac, "{algorithm} at {split}");
            assert_eq!(digest_in_pieces(algorithm, &message, &[split]), digest);
        }
        let single: Vec<_> = (0..message.len()).collect();
        assert_eq!(mac_in_pieces(&key, &message, &single), mac, "{algorithm}, byte by byte");
    }
}

#[test]
fn every_key_length_agrees() {
    for algorithm in Algorithm::ALL {
        for len in 1..=300 {
            let bytes = pattern(len);
            let expected = oracle_mac(algorithm, &bytes, b"message");
            let tag = key(algorithm, &bytes).sign(b"message");
            assert_eq!(tag.expose(), expected, "{algorithm}, {len} bytes of key");
        }
    }
}

/// Facts of RFC 2104 which a look-up of duplicate keys has to know.
#[test]
fn keys_that_hmac_cannot_tell_apart_give_the_same_tags() {
    for algorithm in Algorithm::ALL {
        let sign = |bytes: &[u8]| key(algorithm, bytes).sign(b"message").expose().to_vec();
        let short = pattern(20);
        for zeros in 1..=algorithm.block_len() - short.len() {
            let padded = [&short[..], &vec![0; zeros]].concat();
            assert_eq!(sign(&padded), sign(&short), "{algorithm}, {zeros} zero bytes");
        }
        // One zero byte more does not fit the block: the key is another one.
        let beyond = [&short[..], &vec![0; algorithm.block_len() - short.len() + 1]].concat();
        assert_ne!(sign(&beyond), sign(&short), "{algorithm}");

        for len in [algorithm.block_len() + 1, 300, 5000] {
            let long = pattern(len);
            assert_eq!(sign(&long), sign(&oracle_digest(algorithm, &long)), "{algorithm}, {len}");
        }
        // A key of exactly one block is not hashed.
        let block = pattern(algorithm.block_len());
        assert_ne!(sign(&block), sign(&oracle_digest(algorithm, &block)), "{algorithm}");
    }
}

#[test]
fn a_running_mac_can_be_copied_and_goes_two_ways() {
    for algorithm in Algorithm::ALL {
        for common in [0, 1, 255, 256, 257, 511, 512] {
            let common = pattern(common);
            let mut one = key(algorithm, b"key").begin();
            one.update(&common);
            let mut other = one.clone();
            one.update(b"one");
            other.update(b"the other");
            let whole = |end: &[u8]| oracle_mac(algorithm, b"key", &[&common[..], end].concat());
            assert_eq!(one.finish().expose(), whole(b"one"), "{algorithm}");
            assert_eq!(other.finish().expose(), whole(b"the other"), "{algorithm}");
        }
    }
}

fn any_algorithm() -> impl Strategy<Value = Algorithm> {
    proptest::sample::select(&Algorithm::ALL[..])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mac_agrees_in_any_pieces(
        algorithm in any_algorithm(),
        key_bytes in prop::collection::vec(any::<u8>(), 1..300),
        message in prop::collection::vec(any::<u8>(), 0..2000),
        ends in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let key = key(algorithm, &key_bytes);
        let expected = oracle_mac(algorithm, &key_bytes, &message);
        assert_eq!(key.sign(&message).expose(), &expected[..]);
        assert_eq!(mac_in_pieces(&key, &message, &ends), expected);
    }

    #[test]
    fn any_digest_agrees_in_any_pieces(
        algorithm in any_algorithm(),
        message in prop::collection::vec(any::<u8>(), 0..2000),
        ends in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let expected = oracle_digest(algorithm, &message);
        assert_eq!(digest_in_pieces(algorithm, &message, &ends), expected);
    }

    #[test]
    fn formatted_text_counts_as_its_bytes(
        algorithm in any_algorithm(),
        parts in prop::collection::vec(any::<String>(), 0..8),
        number in any::<u64>(),
    ) {
        let mut mac = key(algorithm, b"key").begin();
        let mut hasher = Hasher::new(algorithm);
        let mut text = String::new();
        for part in &parts {
            write!(mac, "{part}\n{number}").unwrap();
            write!(hasher, "{part}\n{number}").unwrap();
            write!(text, "{part}\n{number}").unwrap();
        }
        assert_eq!(mac.finish().expose(), oracle_mac(algorithm, b"key", text.as_bytes()));
        assert_eq!(hasher.finish().expose(), oracle_digest(algorithm, text.as_bytes()));
    }
}
