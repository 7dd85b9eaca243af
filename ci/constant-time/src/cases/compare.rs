//! Comparisons: of byte strings, and of tags.

use core::hint::black_box;

use creance_sigv::{Algorithm, Encoding, Error, Key, ReceivedTag, ct};

use super::{for_each_algorithm, key_material, secret};
use crate::{Case, Expected};

/// Around words, blocks and the lengths of tags.
const LENGTHS: [usize; 14] = [0, 1, 7, 8, 9, 15, 16, 20, 31, 32, 33, 48, 64, 257];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("compare/verify/equal", Expected::Verdict, || {
            for len in LENGTHS {
                let bytes = key_material(len);
                assert_eq!(ct::verify(&secret(&bytes), &bytes), Ok(()));
                assert_eq!(ct::verify(&bytes, &secret(&bytes)), Ok(()));
            }
        }),
        Case::new("compare/verify/unequal", Expected::Verdict, || {
            for len in LENGTHS {
                for changed in [0, len / 2, len.saturating_sub(1)].into_iter().filter(|i| *i < len)
                {
                    let bytes = key_material(len);
                    let mut other = bytes.clone();
                    other[changed] ^= 0x10;
                    assert_eq!(ct::verify(&secret(&bytes), &other), Err(Error::Mismatch));
                }
            }
        }),
        // Lengths are public: the verdict follows from them alone, and nothing has to be revealed.
        Case::new("compare/verify/other-length", Expected::Silence, || {
            let bytes = key_material(33);
            assert_eq!(ct::verify(&secret(&bytes), &bytes[..32]), Err(Error::Mismatch));
            assert_eq!(ct::verify(&secret(&bytes[..32]), &bytes), Err(Error::Mismatch));
        }),
        Case::new("compare/eq/undecided", Expected::Silence, || {
            for len in LENGTHS {
                let bytes = key_material(len);
                let verdict = ct::eq(&secret(&bytes), &bytes) & ct::eq(&bytes, &secret(&bytes));
                black_box(!verdict | verdict);
            }
        }),
        Case::new("compare/eq/one-decision-for-many", Expected::Verdict, || {
            let (first, second) = (key_material(32), key_material(48));
            let verdict = ct::eq(&secret(&first), &first) | ct::eq(&secret(&second), &first);
            assert_eq!(ct::decide(verdict), Ok(()));
            let verdict = ct::eq(&secret(&first), &second[..32]) & ct::eq(&secret(&second), &first);
            assert_eq!(ct::decide(verdict), Err(Error::Mismatch));
        }),
    ];
    cases.extend(for_each_algorithm(tag_cases));
    cases
}

fn tag_cases(algorithm: Algorithm) -> Vec<Case> {
    vec![
        Case::new(format!("tag/{algorithm}/right"), Expected::Verdict, move || {
            let (key, received) = key_and_tag(algorithm);
            assert_eq!(key.sign(b"message").verify(&received), Ok(()));
            assert_eq!(key.verify(b"message", &received), Ok(()));
        }),
        Case::new(format!("tag/{algorithm}/wrong"), Expected::Verdict, move || {
            let (key, received) = key_and_tag(algorithm);
            assert_eq!(key.sign(b"massage").verify(&received), Err(Error::Mismatch));
            assert_eq!(key.verify(b"massage", &received), Err(Error::Mismatch));
        }),
        Case::new(format!("tag/{algorithm}/text"), Expected::Verdict, move || {
            let material = key_material(algorithm.output_len());
            let tag = Key::new(algorithm, &secret(&material)).unwrap().sign(b"message");
            let sent = Key::new(algorithm, &material).unwrap();
            for encoding in [Encoding::Base64, Encoding::Base64Url, Encoding::Hex] {
                for (message, verdict) in [(b"message", Ok(())), (b"massage", Err(Error::Mismatch))]
                {
                    let mut text = String::new();
                    sent.sign(message).write(encoding, &mut text).unwrap();
                    assert_eq!(tag.verify_text(encoding, &text), verdict);
                    assert_eq!(tag.verify_text(encoding, &text[1..]), Err(Error::Mismatch));
                }
            }
        }),
        Case::new(format!("tag/{algorithm}/of-another-algorithm"), Expected::Silence, move || {
            let (key, _) = key_and_tag(algorithm);
            for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
                let received = ReceivedTag::from_slice(other, &key_material(other.output_len()));
                let verdict = key.verify(b"message", &received.unwrap());
                assert_eq!(verdict, Err(Error::Mismatch));
            }
        }),
    ]
}

/// A key of secret bytes, and the public tag that its holder sent for `message`.
fn key_and_tag(algorithm: Algorithm) -> (Key, ReceivedTag) {
    let material = key_material(algorithm.output_len());
    let sent = Key::new(algorithm, &material).unwrap().sign(b"message");
    let received = ReceivedTag::from_slice(algorithm, sent.expose()).unwrap();
    (Key::new(algorithm, &secret(&material)).unwrap(), received)
}
