//! Text has one spelling: both decoders, the one for public text and the one in constant time for
//! secrets, take exactly what the encoder prints.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::to_hex;
use creance_sigv::{Algorithm, Encoding, Error, Hasher, Key, KeyBytes, ReceivedTag};
use proptest::prelude::*;

const ALL: [Encoding; 3] = [Encoding::Base64, Encoding::Base64Url, Encoding::Hex];

fn encode(encoding: Encoding, bytes: &[u8]) -> String {
    let mut text = String::new();
    encoding.encode(bytes, &mut text).expect("a String takes everything");
    text
}

/// By the decoder for public text.
fn decode_public(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    let mut out = vec![0xa5; encoding.decoded_len(text)?];
    encoding.decode(text, &mut out).ok().map(|()| out)
}

/// By the decoder in constant time.
fn decode_secret(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    KeyBytes::decode(encoding, text).ok().map(|bytes| bytes.expose().to_vec())
}

/// Bit by bit, from the alphabets as RFC 4648 prints them.
mod naive {
    use super::Encoding;

    fn alphabet(encoding: Encoding) -> &'static str {
        match encoding {
            Encoding::Base64 => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            Encoding::Base64Url => {
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            }
            Encoding::Hex => "0123456789abcdef",
        }
    }

    pub(crate) fn encode(encoding: Encoding, bytes: &[u8]) -> String {
        let alphabet = alphabet(encoding).as_bytes();
        let width = alphabet.len().ilog2() as usize;
        let bits: Vec<u8> =
            bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1)).collect();
        let mut text: String = bits
            .chunks(width)
            .map(|bits| {
                let value = (0..width).fold(0, |v, i| v << 1 | bits.get(i).copied().unwrap_or(0));
                char::from(alphabet[usize::from(value)])
            })
            .collect();
        while encoding == Encoding::Base64 && !text.len().is_multiple_of(4) {
            text.push('=');
        }
        text
    }

    /// The bytes whose encoding is `text`, if there are any.
    pub(crate) fn decode(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
        let alphabet = alphabet(encoding);
        let width = alphabet.len().ilog2() as usize;
        let unpadded = if encoding == Encoding::Base64 { text.trim_end_matches('=') } else { text };
        let mut bits = Vec::new();
        for character in unpadded.chars() {
            let value = alphabet.find(character)?;
            bits.extend((0..width).rev().map(|i| u8::from(value >> i & 1 == 1)));
        }
        let bytes: Vec<u8> = bits
            .as_chunks::<8>()
            .0
            .iter()
            .map(|b| b.iter().fold(0, |v, bit| v << 1 | bit))
            .collect();
        (encode(encoding, &bytes) == text).then_some(bytes)
    }
}

/// Both decoders do with `text` what the definition says.
fn assert_strict(encoding: Encoding, text: &str) -> bool {
    let expected = naive::decode(encoding, text);
    assert_eq!(decode_public(encoding, text), expected, "{text:?} as {encoding}");
    assert_eq!(decode_secret(encoding, text), expected, "{text:?} as {encoding}");
    expected.is_some()
}

fn ascii() -> impl Iterator<Item = char> + Clone {
    (0..=0x7f).map(char::from)
}

#[test]
fn one_and_two_bytes_are_printed_and_read_back_in_every_encoding() {
    for encoding in ALL {
        for value in 0..=u16::MAX {
            let bytes = value.to_be_bytes();
            for bytes in [&bytes[1..], &bytes[..]] {
                let text = encode(encoding, bytes);
                assert_eq!(text, naive::encode(encoding, bytes));
                assert_eq!(decode_public(encoding, &text).as_deref(), Some(bytes), "{text}");
                assert_eq!(decode_secret(encoding, &text).as_deref(), Some(bytes), "{text}");
            }
        }
    }
}

#[test]
fn every_hexadecimal_pair_is_judged_by_its_definition() {
    let mut taken = 0;
    for first in ascii() {
        for second in ascii() {
            taken += u32::from(assert_strict(Encoding::Hex, &format!("{first}{second}")));
        }
    }
    assert_eq!(taken, 256);
}

/// Padding and the bits left over are decided by the last four characters: with and without
/// bits left over in the second, every third and every fourth.
#[test]
fn every_base64_tail_is_judged_by_its_definition() {
    let (mut padded, mut unpadded) = (0, 0);
    for second in ['A', 'B', 'Q', 'f', '+', '=', '-', ' '] {
        for third in ascii() {
            for fourth in ascii() {
                let tail = format!("A{second}{third}{fourth}");
                padded += u32::from(assert_strict(Encoding::Base64, &tail));
                unpadded += u32::from(assert_strict(Encoding::Base64Url, &tail));
            }
        }
    }
    // Five seconds are in either alphabet. All 64 * 64 endings of those are canonical, padded
    // also the 16 with "=" whose third has two zero bits, and "==" after A and Q.
    assert_eq!((padded, unpadded), (5 * (64 * 64 + 16) + 2, 5 * 64 * 64));
}

#[test]
fn every_unpadded_tail_is_judged_by_its_definition() {
    let (mut one, mut two, mut three) = (0, 0, 0);
    for first in ascii() {
        one += u32::from(assert_strict(Encoding::Base64Url, &format!("{first}")));
        for second in ascii() {
            let tail = format!("{first}{second}");
            two += u32::from(assert_strict(Encoding::Base64Url, &tail));
            assert!(!assert_strict(Encoding::Base64, &tail), "{tail} is not padded");
            assert_strict(Encoding::Base64, &format!("{tail}=="));
            for third in ascii().filter(|_| first == 'A' || first == '-') {
                three += u32::from(assert_strict(Encoding::Base64Url, &format!("{tail}{third}")));
            }
        }
    }
    // Four bits are left over after two characters, two after three.
    assert_eq!((one, two, three), (0, 64 * 4, 2 * 64 * 16));
}

#[test]
fn other_spellings_are_refused() {
    let refused = [
        (Encoding::Base64, "Zm8"),
        (Encoding::Base64, "Zm8=="),
        (Encoding::Base64, "Zm8=Zm8="),
        (Encoding::Base64, "Zm8=\n"),
        (Encoding::Base64, " Zm8="),
        (Encoding::Base64, "Zm 8"),
        (Encoding::Base64, "Zm9v\r\nZm9v"),
        (Encoding::Base64, "Zm9v\r\n\r\n"),
        (Encoding::Base64, "Zm9="),
        (Encoding::Base64, "Zh=="),
        (Encoding::Base64, "_-_-"),
        (Encoding::Base64, "Z==="),
        (Encoding::Base64, "===="),
        (Encoding::Base64, "="),
        (Encoding::Base64, "Zm8\0"),
        (Encoding::Base64, "éé"),
        (Encoding::Base64, "Zmé"),
        (Encoding::Base64Url, "Zm8="),
        (Encoding::Base64Url, "Zg=="),
        (Encoding::Base64Url, "+/+/"),
        (Encoding::Base64Url, "Zm9"),
        (Encoding::Base64Url, "Zh"),
        (Encoding::Base64Url, "Z"),
        (Encoding::Base64Url, "Zm9vZ"),
        (Encoding::Base64Url, "Zm9v "),
        (Encoding::Base64Url, "éé"),
        (Encoding::Hex, "A0"),
        (Encoding::Hex, "a"),
        (Encoding::Hex, "0x00"),
        (Encoding::Hex, "00 11"),
        (Encoding::Hex, "00:11"),
        (Encoding::Hex, "0g"),
        (Encoding::Hex, "é"),
    ];
    for (encoding, text) in refused {
        assert!(!assert_strict(encoding, text), "{text:?} as {encoding}");
        let error = KeyBytes::decode(encoding, text).expect_err(text);
        assert_eq!(error, Error::KeyEncoding { encoding }, "{text:?}");
        let mut out = vec![0; encoding.decoded_len(text).unwrap_or(0)];
        assert_eq!(encoding.decode(text, &mut out), Err(Error::Encoding { encoding }), "{text:?}");
    }
}

#[test]
fn nothing_stands_for_nothing() {
    for encoding in ALL {
        assert_eq!(encode(encoding, b""), "");
        assert_eq!(encoding.decoded_len(""), Some(0));
        assert!(assert_strict(encoding, ""));
    }
}

#[test]
fn a_buffer_of_another_length_is_refused() {
    for (encoding, text) in
        [(Encoding::Base64, "Zm8="), (Encoding::Base64Url, "Zm8"), (Encoding::Hex, "666f")]
    {
        assert_eq!(encoding.decode(text, &mut [0; 2]), Ok(()));
        for bytes in [0, 1, 3, 100] {
            let error = encoding.decode(text, &mut vec![0; bytes]).expect_err(text);
            assert_eq!(error, Error::Buffer { bytes, needed: 2 });
            assert_eq!(error.to_string(), format!("the buffer has {bytes} bytes, 2 are needed"));
        }
    }
}

#[test]
fn keys_of_256_bytes_are_taken_and_longer_ones_refused() {
    for encoding in ALL {
        let text = encode(encoding, &[0xa5; KeyBytes::MAX_BYTES]);
        assert_eq!(decode_secret(encoding, &text), Some(vec![0xa5; 256]), "{encoding}");
        for bytes in [257, 258, 259, 5000] {
            let text = encode(encoding, &vec![0xa5; bytes]);
            let error = KeyBytes::decode(encoding, &text).expect_err("too long");
            assert_eq!(error, Error::LongKey { bytes, maximum: 256 }, "{encoding}");
            assert_eq!(
                error.to_string(),
                format!("the key has {bytes} bytes, at most 256 are taken")
            );
        }
    }
    assert_eq!(KeyBytes::from_slice(&[1; 256]).expect("fits").expose(), [1; 256]);
    let error = KeyBytes::from_slice(&[1; 257]).expect_err("too long");
    assert_eq!(error, Error::LongKey { bytes: 257, maximum: 256 });
}

#[test]
fn messages_name_the_spelling_that_was_expected() {
    let message = |encoding: Encoding, text| {
        let mut out = [0; 64];
        let len = encoding.decoded_len(text).unwrap_or(0);
        encoding.decode(text, &mut out[..len]).unwrap_err().to_string()
    };
    let base64 = "Base64 (standard alphabet, padded)";
    let base64_url = "Base64url (URL-safe alphabet, unpadded)";
    let hex = "lower-case hexadecimal";
    assert_eq!(message(Encoding::Base64, "Zg"), format!("not strict {base64}"));
    assert_eq!(message(Encoding::Base64Url, "Zg=="), format!("not strict {base64_url}"));
    assert_eq!(message(Encoding::Hex, "AA"), format!("not strict {hex}"));

    let message = |encoding, text| KeyBytes::decode(encoding, text).unwrap_err().to_string();
    assert_eq!(message(Encoding::Base64, "Zg"), format!("the key is not strict {base64}"));
    assert_eq!(message(Encoding::Base64Url, "Zg=="), format!("the key is not strict {base64_url}"));
    assert_eq!(message(Encoding::Hex, "AA"), format!("the key is not strict {hex}"));
}

#[test]
fn a_received_tag_is_canonical_and_has_its_algorithms_length() {
    for algorithm in Algorithm::ALL {
        let key = Key::allow_weak(algorithm, b"key").expect("not empty");
        let expected = algorithm.output_len();
        for encoding in ALL {
            let tag = key.sign(b"message");
            let mut text = String::new();
            tag.write(encoding, &mut text).expect("a String takes everything");
            assert_eq!(text, encode(encoding, tag.expose()));
            let received = ReceivedTag::decode(algorithm, encoding, &text).expect("canonical");
            assert_eq!(key.verify(b"message", &received), Ok(()));

            for bytes in [0, 1, expected - 1, expected + 1, 2 * expected, 1000] {
                let text = encode(encoding, &vec![7; bytes]);
                let error = ReceivedTag::decode(algorithm, encoding, &text).expect_err("length");
                assert_eq!(error, Error::TagLength { algorithm, bytes, expected });
            }
            // The length comes first: text that is too long is not even looked at.
            let text = "!".repeat(4000);
            let error = ReceivedTag::decode(algorithm, encoding, &text).expect_err("length");
            assert!(matches!(error, Error::TagLength { bytes: 2000.., .. }), "{error}");
        }
    }
}

/// No text but one is taken for a tag: all characters at all places of one tag.
#[test]
fn a_tag_has_the_same_text_as_bytes() {
    for algorithm in Algorithm::ALL {
        let tag = Key::allow_weak(algorithm, b"key").unwrap().sign(b"message");
        for encoding in [Encoding::Base64, Encoding::Base64Url, Encoding::Hex] {
            let mut text = String::new();
            tag.write(encoding, &mut text).unwrap();
            assert_eq!(tag.text(encoding).expose(), text.as_bytes(), "{algorithm}, {encoding}");
        }
    }
}

#[test]
fn no_second_text_verifies_as_the_same_tag() {
    let mut hasher = Hasher::new(Algorithm::Sha1);
    hasher.update(b"message");
    let tag = hasher.finish();
    for encoding in ALL {
        let text = encode(encoding, tag.expose());
        for place in 0..text.len() {
            for character in ascii().filter(|c| !text[place..].starts_with(*c)) {
                let mut other = text.clone();
                other.replace_range(place..=place, &character.to_string());
                let verified = ReceivedTag::decode(Algorithm::Sha1, encoding, &other)
                    .and_then(|received| tag.verify(&received));
                assert!(verified.is_err(), "{other} was taken for {text}");
            }
        }
    }
}

/// Text that is nearly right: characters of the alphabet, now and then another one.
fn nearly_canonical() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9+/]{0,120}={0,3}",
        "[A-Za-z0-9_-]{0,120}={0,1}",
        "[0-9a-f]{0,120}",
        "[0-9a-fA-F]{0,40}",
        "[A-Za-z0-9+/=_ -]{0,12}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1024,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_printed_as_the_oracle_does_and_read_back(
        bytes in prop::collection::vec(any::<u8>(), 0..256),
    ) {
        let mut buffer = [0; 400];
        let len = STANDARD.encode_slice(&bytes, &mut buffer).expect("it fits");
        assert_eq!(encode(Encoding::Base64, &bytes).as_bytes(), &buffer[..len]);
        let len = URL_SAFE_NO_PAD.encode_slice(&bytes, &mut buffer).expect("it fits");
        assert_eq!(encode(Encoding::Base64Url, &bytes).as_bytes(), &buffer[..len]);
        assert_eq!(encode(Encoding::Hex, &bytes), to_hex(&bytes));
        for encoding in ALL {
            let text = encode(encoding, &bytes);
            assert_eq!(text, naive::encode(encoding, &bytes));
            assert!(assert_strict(encoding, &text));
        }
    }

    #[test]
    fn any_text_is_taken_exactly_where_it_is_what_the_encoder_prints(text in nearly_canonical()) {
        for encoding in ALL {
            if let Some(bytes) = decode_public(encoding, &text) {
                assert_eq!(encode(encoding, &bytes), text);
            }
            if encoding.decoded_len(&text).is_none_or(|len| len <= KeyBytes::MAX_BYTES) {
                assert_strict(encoding, &text);
            }
        }
    }

    #[test]
    fn the_oracle_reads_the_same_base64(text in nearly_canonical()) {
        let mut buffer = [0; 1024];
        prop_assume!(text.len() < buffer.len());
        let mut oracle = |engine: &base64::engine::GeneralPurpose| {
            engine.decode_slice(&text, &mut buffer).ok().map(|len| buffer[..len].to_vec())
        };
        let (standard, url_safe) = (oracle(&STANDARD), oracle(&URL_SAFE_NO_PAD));
        assert_eq!(decode_secret(Encoding::Base64, &text), standard.filter(|b| b.len() <= 256));
        assert_eq!(decode_secret(Encoding::Base64Url, &text), url_safe.filter(|b| b.len() <= 256));
    }
}
