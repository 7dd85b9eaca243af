//! HKDF: the vectors of RFC 5869, the `hkdf` crate as oracle, and what labels keep apart.

mod common;

use common::{Fields, to_hex};
use creance_sigv::{Algorithm, Error, Fault, Hkdf, Key};
use proptest::collection::vec;
use proptest::prelude::*;

const ALL: [Algorithm; 4] = Algorithm::ALL;

fn expand(hkdf: &Hkdf, info: &[u8], len: usize) -> Vec<u8> {
    let mut out = vec![0xaa; len];
    hkdf.expand_info(info, &mut out).expect("short enough");
    out
}

fn derive(hkdf: &Hkdf, label: &str, context: &[u8], len: usize) -> Vec<u8> {
    let mut out = vec![0xaa; len];
    hkdf.derive_bytes(label, context, &mut out).expect("a label, and short enough");
    out
}

#[test]
fn rfc_5869_is_met() {
    let mut file = Fields::parse(include_str!("vectors/hkdf_rfc5869.json"));
    assert_eq!(file.text("source"), "RFC 5869 A.1, A.3");
    assert_eq!(file.text("alg"), "HKDF-SHA256");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 2);
    for mut case in cases {
        let name = case.text("name");
        let (salt, secret) = (case.bytes("salt_hex"), case.bytes("ikm_hex"));
        let (info, expected) = (case.bytes("info_hex"), case.bytes("okm_hex"));
        let len = case.take("len").as_u64().expect("a length");
        case.end();
        assert_eq!(expected.len() as u64, len, "{name}");
        let hkdf = Hkdf::extract(Algorithm::Sha256, &salt, &secret).expect("long enough");
        assert_eq!(to_hex(&expand(&hkdf, &info, expected.len())), to_hex(&expected), "{name}");
    }
    file.end();
}

/// What the `hkdf` crate makes of the same, after extraction and without it.
fn oracle(algorithm: Algorithm, salt: &[u8], secret: &[u8], info: &[u8], len: usize) -> Vec<u8> {
    let mut out = vec![0; len];
    let result = match algorithm {
        Algorithm::Sha1 => hkdf::Hkdf::<sha1::Sha1>::new(Some(salt), secret).expand(info, &mut out),
        Algorithm::Sha256 => {
            hkdf::Hkdf::<sha2::Sha256>::new(Some(salt), secret).expand(info, &mut out)
        }
        Algorithm::Sha384 => {
            hkdf::Hkdf::<sha2::Sha384>::new(Some(salt), secret).expand(info, &mut out)
        }
        Algorithm::Sha512 => {
            hkdf::Hkdf::<sha2::Sha512>::new(Some(salt), secret).expand(info, &mut out)
        }
    };
    result.expect("short enough");
    out
}

/// The bytes that the documentation of `derive_bytes` promises.
fn info(label: &str, context: &[u8], len: usize) -> Vec<u8> {
    let lengths = [len as u64, label.len() as u64].map(u64::to_be_bytes).concat();
    [&lengths, label.as_bytes(), context].concat()
}

proptest! {
    #[test]
    fn the_other_implementation_agrees(
        algorithm in prop::sample::select(&ALL[..]),
        salt in vec(any::<u8>(), 0..200),
        secret in vec(any::<u8>(), 1..200),
        raw in vec(any::<u8>(), 0..200),
        label in "[a-zA-Z0-9 ä.]{1,40}",
        len in prop_oneof![15 => 0..200usize, 1 => 4_000..5_000usize],
    ) {
        let hkdf = Hkdf::allow_weak(algorithm, &salt, &secret).unwrap();
        let expected = oracle(algorithm, &salt, &secret, &raw, len);
        prop_assert_eq!(expand(&hkdf, &raw, len), expected);
        let expected = oracle(algorithm, &salt, &secret, &info(&label, &raw, len), len);
        prop_assert_eq!(derive(&hkdf, &label, &raw, len), expected);
    }

    #[test]
    fn no_two_uses_share_bytes(
        first in ("[ab]{1,3}", vec(b'a'..=b'b', 0..3), 16..20usize),
        second in ("[ab]{1,3}", vec(b'a'..=b'b', 0..3), 16..20usize),
    ) {
        let hkdf = Hkdf::extract(Algorithm::Sha256, b"salt", &[7; 32]).unwrap();
        let of = |(label, context, len): &(String, Vec<u8>, usize)| {
            derive(&hkdf, label, context, *len)[..16].to_vec()
        };
        prop_assert_eq!(of(&first) == of(&second), first == second);
    }
}

#[test]
fn a_label_cannot_be_shifted_into_its_context() {
    let hkdf = Hkdf::extract(Algorithm::Sha256, b"", &[7; 32]).unwrap();
    let splits = [("a", "bc"), ("ab", "c"), ("abc", "")];
    let derived = splits.map(|(label, context)| derive(&hkdf, label, context.as_bytes(), 32));
    assert_ne!(derived[0], derived[1]);
    assert_ne!(derived[1], derived[2]);
    assert_ne!(derived[0], derived[2]);
    // Nor is a shorter result the beginning of a longer one.
    assert_ne!(derive(&hkdf, "a", b"", 31), derive(&hkdf, "a", b"", 32)[..31]);
}

#[test]
fn up_to_255_outputs_are_derived_and_not_one_byte_more() {
    for algorithm in ALL {
        let hkdf = Hkdf::extract(algorithm, b"salt", &[7; 32]).unwrap();
        let maximum = 255 * algorithm.output_len();
        assert_eq!(hkdf.max_bytes(), maximum);
        let expected = oracle(algorithm, b"salt", &[7; 32], b"info", maximum);
        assert_eq!(expand(&hkdf, b"info", maximum), expected);
        let mut out = vec![0xaa; maximum + 1];
        let refused = Error::DerivedLength { bytes: maximum + 1, maximum };
        assert_eq!(hkdf.expand_info(b"info", &mut out), Err(refused));
        assert_eq!(hkdf.derive_bytes("label", b"", &mut out), Err(refused));
        assert!(out.iter().all(|byte| *byte == 0xaa), "nothing is written");
        assert_eq!(refused.fault(), Fault::Caller);
    }
}

#[test]
fn a_derived_key_is_the_key_of_the_derived_bytes() {
    for algorithm in ALL {
        let hkdf = Hkdf::extract(algorithm, b"salt", &[7; 32]).unwrap();
        assert_eq!(hkdf.algorithm(), algorithm);
        let key = hkdf.derive("label", b"context").unwrap();
        let bytes = derive(&hkdf, "label", b"context", algorithm.output_len());
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(
            key.sign(b"message").expose(),
            Key::new(algorithm, &bytes).unwrap().sign(b"message").expose()
        );
    }
}

#[test]
fn a_random_key_needs_no_extraction() {
    for algorithm in ALL {
        let pseudorandom: Vec<u8> = (0..).take(algorithm.output_len()).collect();
        let hkdf = Hkdf::from_key(Key::new(algorithm, &pseudorandom).unwrap());
        let mut expected = vec![0; 100];
        let result = match algorithm {
            Algorithm::Sha1 => hkdf::Hkdf::<sha1::Sha1>::from_prk(&pseudorandom)
                .map(|oracle| oracle.expand(b"info", &mut expected)),
            Algorithm::Sha256 => hkdf::Hkdf::<sha2::Sha256>::from_prk(&pseudorandom)
                .map(|oracle| oracle.expand(b"info", &mut expected)),
            Algorithm::Sha384 => hkdf::Hkdf::<sha2::Sha384>::from_prk(&pseudorandom)
                .map(|oracle| oracle.expand(b"info", &mut expected)),
            Algorithm::Sha512 => hkdf::Hkdf::<sha2::Sha512>::from_prk(&pseudorandom)
                .map(|oracle| oracle.expand(b"info", &mut expected)),
        };
        result.expect("long enough").expect("short enough");
        assert_eq!(expand(&hkdf, b"info", 100), expected, "{algorithm}");
    }
}

#[test]
fn a_label_and_a_secret_are_needed() {
    let algorithm = Algorithm::Sha256;
    let hkdf = Hkdf::extract(algorithm, b"", &[7; 16]).unwrap();
    let mut out = [0xaa; 32];
    assert_eq!(hkdf.derive_bytes("", b"context", &mut out), Err(Error::EmptyLabel));
    assert_eq!(out, [0xaa; 32], "nothing is written");
    let error = hkdf.derive("", b"context").unwrap_err();
    assert_eq!(error.to_string(), "a derived key needs a label");

    let error = Hkdf::extract(algorithm, b"salt", &[7; 15]).unwrap_err();
    assert_eq!(error, Error::ShortKey { algorithm, bytes: 15, minimum: 16 });
    assert_eq!(Hkdf::extract(algorithm, b"salt", b"").unwrap_err(), Error::EmptyKey);
    assert_eq!(Hkdf::allow_weak(algorithm, b"salt", b"").unwrap_err(), Error::EmptyKey);
    assert!(Hkdf::allow_weak(algorithm, b"salt", &[7]).is_ok());
}
