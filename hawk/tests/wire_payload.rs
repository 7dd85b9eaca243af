//! Payloads of requests: hashed, signed, and verified or not.
#![cfg(feature = "std")]

mod support;

use creance_hawk::sigv::Algorithm;
use creance_hawk::{Accepted, Error, PayloadHash, PayloadHasher, Rejection, Request};
use support::{URL, authenticate, header_with, key};

const TEXT: &[u8] = b"Thank you for flying Hawk";

fn post() -> Request<'static> {
    Request::from_url("POST", URL).unwrap()
}

fn signed(content_type: Option<&str>, payload: &[u8]) -> String {
    header_with(&key(), &post(), |header| header.payload(content_type, payload).unwrap())
}

/// Accepts a header and hands what follows to `then`.
fn accepted<T>(header: &str, then: impl FnOnce(Accepted<'_>) -> T) -> T {
    let key = key();
    then(authenticate(header, &post(), &key).unwrap().dangerous_accept_replays())
}

fn verify(header: &str, content_type: Option<&str>, payload: &[u8]) -> Result<(), Rejection> {
    accepted(header, |accepted| accepted.verify_payload(content_type, payload).map(|_| ()))
}

#[test]
fn a_payload_is_verified_and_handed_back() {
    let header = signed(Some("text/plain"), TEXT);
    accepted(&header, |accepted| {
        let verified = accepted.verify_payload(Some("text/plain"), TEXT.to_vec()).unwrap();
        assert_eq!(verified.payload(), TEXT);
        assert_eq!(verified.accepted().id(), support::ID);
        assert_eq!(verified.into_payload(), TEXT);
    });
}

#[test]
fn another_payload_is_refused() {
    let header = signed(Some("text/plain"), TEXT);
    let mut flipped = TEXT.to_vec();
    flipped[0] ^= 1;
    for other in [&flipped[..], b"", &TEXT[1..], b"Thank you for flying Hawk\n"] {
        let rejection = verify(&header, Some("text/plain"), other).unwrap_err();
        assert_eq!((rejection.error(), rejection.status()), (&Error::BadHash, 401));
        assert_eq!(rejection.www_authenticate().unwrap().to_string(), "Hawk");
    }
}

#[test]
fn the_content_type_counts_without_parameters_and_case() {
    let header = signed(Some("text/plain"), TEXT);
    for same in [
        "text/plain",
        "TEXT/Plain",
        " text/plain ",
        "text/plain;charset=utf-8",
        "text/plain ; charset=utf-8; x",
        "\ttext/plain\t;",
        "text/plain;",
    ] {
        assert!(verify(&header, Some(same), TEXT).is_ok(), "{same:?}");
        assert_eq!(signed(Some(same), TEXT), header, "{same:?}");
    }
    for other in [Some("text/html"), Some("text/plainx"), Some("text /plain"), Some(""), None] {
        let rejection = verify(&header, other, TEXT).unwrap_err();
        assert_eq!(rejection.error(), &Error::BadHash, "{other:?}");
    }
}

#[test]
fn an_absent_content_type_is_an_empty_one() {
    let header = signed(None, TEXT);
    for same in [None, Some(""), Some("  "), Some(";charset=utf-8")] {
        assert!(verify(&header, same, TEXT).is_ok(), "{same:?}");
    }
}

/// A line break in the content type could move bytes from the type into the payload.
#[test]
fn a_content_type_with_a_control_character_is_refused() {
    for content_type in ["text/plain\nx", "text\r/plain", "text/\0plain", "te\u{7f}xt", "te\txt/x"]
    {
        let error = PayloadHash::of(Algorithm::Sha256, Some(content_type), TEXT).unwrap_err();
        assert_eq!((error, error.status()), (Error::ContentType, 400));
        let header = signed(None, TEXT);
        let rejection = verify(&header, Some(content_type), TEXT).unwrap_err();
        assert_eq!(rejection.error(), &Error::ContentType);
    }
}

#[test]
fn an_empty_payload_is_hashed_when_there_is_said_to_be_one() {
    let header = signed(Some("text/plain"), b"");
    assert!(header.contains("hash=\"q/t+NNAkQZNlq/aAD6PlexImwQTxwgT2MahfTa9XRLA=\""));
    assert!(verify(&header, Some("text/plain"), b"").is_ok());
    assert_eq!(verify(&header, Some("text/plain"), b"x").unwrap_err().error(), &Error::BadHash);
    let without = header_with(&key(), &post(), |header| header);
    assert!(!without.contains("hash="));
}

#[test]
fn a_header_with_hash_is_accepted_without_its_payload() {
    // What comes out is `Accepted`, not `Verified`: nobody has seen the payload.
    let header = signed(Some("text/plain"), TEXT);
    accepted(&header, |accepted: Accepted<'_>| {
        assert!(accepted.authorization().hash().is_some());
    });
}

#[test]
fn a_required_payload_without_hash_is_refused() {
    let header = header_with(&key(), &post(), |header| header);
    for payload in [TEXT, b""] {
        let rejection = verify(&header, Some("text/plain"), payload).unwrap_err();
        assert_eq!((rejection.error(), rejection.status()), (&Error::MissingHash, 401));
    }
    accepted(&header, |accepted| {
        let rejection = accepted.payload_check(None, 10).unwrap_err();
        assert_eq!(rejection.error(), &Error::MissingHash);
    });
}

#[test]
fn the_check_is_not_skipped_when_the_body_is_absent() {
    let header = signed(Some("text/plain"), TEXT);
    assert_eq!(verify(&header, None, b"").unwrap_err().error(), &Error::BadHash);
    accepted(&header, |accepted| {
        let check = accepted.payload_check(Some("text/plain"), 100).unwrap();
        assert_eq!(check.finish().unwrap_err().error(), &Error::BadHash);
    });
}

#[test]
fn a_payload_in_pieces_is_the_payload_in_one() {
    let body: Vec<u8> = (0..1000_u32).map(|i| (i * 7).to_le_bytes()[0]).collect();
    let header = signed(Some("application/octet-stream"), &body);
    for size in [1, 3, 63, 64, 65, 128, 999, 1000] {
        accepted(&header, |accepted| {
            let check = accepted.payload_check(Some("application/octet-stream"), 1000);
            let mut check = check.unwrap();
            for piece in body.chunks(size) {
                check.update(piece).unwrap();
                check.update(b"").unwrap();
            }
            assert_eq!(check.finish().unwrap().payload(), &());
        });
    }
    let mut hasher =
        PayloadHasher::new(Algorithm::Sha256, Some("application/octet-stream")).unwrap();
    body.chunks(10).for_each(|piece| hasher.update(piece));
    assert!(header.contains(hasher.finish().as_str()));
}

#[test]
fn a_payload_has_at_most_the_bytes_that_the_caller_allows() {
    let header = signed(None, b"12345");
    let check = |maximum: u64, pieces: &[&[u8]]| {
        accepted(&header, |accepted| {
            let mut check = accepted.payload_check(None, maximum)?;
            pieces.iter().try_for_each(|piece| check.update(piece))?;
            check.finish().map(|_| ())
        })
    };
    assert!(check(5, &[b"12345"]).is_ok() && check(5, &[b"123", b"45"]).is_ok());
    for pieces in [&[&b"12345"[..]][..], &[b"1234", b"5"]] {
        let rejection = check(4, pieces).unwrap_err();
        assert_eq!(rejection.error(), &Error::PayloadTooLong { maximum: 4 });
        assert_eq!(rejection.status(), 413);
        assert!(rejection.www_authenticate().is_none());
    }
    // Told as soon as it is known, not at the end.
    accepted(&header, |accepted| {
        let mut check = accepted.payload_check(None, 0).unwrap();
        assert!(check.update(b"1").is_err());
    });
}

#[test]
fn the_hash_is_compared_as_text() {
    let right = "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=";
    assert!(signed(Some("text/plain"), TEXT).contains(right));
    for other in [
        "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY",
        "Yi9LfIIFRtBEPt74PVmbTF_xVAwPn7ub15ePICfgnuY=",
        "622f4b7c820546d0443edef83d599b4c5ff1540c0f9fbb9bd7978f2027e09ee6",
        "x",
    ] {
        let header = header_with(&key(), &post(), |header| {
            // A hash that is signed and spelled in another way.
            header.payload_hash_text(match other {
                "x" => "x",
                text => Box::leak(text.to_owned().into_boxed_str()),
            })
        });
        let rejection = verify(&header, Some("text/plain"), TEXT).unwrap_err();
        assert_eq!(rejection.error(), &Error::BadHash, "{other}");
    }
    let computed_elsewhere = header_with(&key(), &post(), |header| header.payload_hash_text(right));
    assert!(verify(&computed_elsewhere, Some("text/plain"), TEXT).is_ok());
}

#[test]
fn the_hash_is_covered_by_the_mac() {
    let header = signed(Some("text/plain"), TEXT);
    let other = signed(Some("text/plain"), b"Something else");
    let hash = |header: &str| header.split("hash=\"").nth(1).unwrap()[..44].to_owned();
    let key = key();
    for changed in [
        header.replace(&hash(&header), &hash(&other)),
        header.replace(&format!(", hash=\"{}\"", hash(&header)), ""),
    ] {
        let rejection = authenticate(&changed, &post(), &key).unwrap_err();
        assert_eq!(rejection.error(), &Error::BadMac);
    }
}
