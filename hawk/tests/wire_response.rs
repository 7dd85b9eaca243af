//! The server's answer, and how a client knows that it is the server's and to its request.
#![cfg(feature = "std")]

mod support;

use creance_hawk::{Credentials, Error, Request, SignedHeader};
use support::{ID, NONCE, NOW, authenticate, header, key, key_of, later, request, text};

/// A request, what the server answers with, and what the client makes of it.
fn exchange(
    answer: impl FnOnce(creance_hawk::ResponseBuilder<'_>) -> String,
    check: impl FnOnce(&SignedHeader<'_>, &str),
) {
    let (key, request) = (key(), request());
    let credentials = Credentials::new(ID, &key).unwrap();
    let signed = credentials.header(&request).ext("asked").sign(NOW, NONCE).unwrap();
    let sent = signed.to_header();
    let accepted = authenticate(&sent, &request, &key).unwrap().dangerous_accept_replays();
    check(&signed, &answer(accepted.respond()));
}

#[test]
fn a_response_is_verified_with_its_payload() {
    exchange(
        |response| {
            let response = response.payload(Some("text/plain"), b"some reply").unwrap();
            response.ext("response-specific").sign().unwrap().to_string()
        },
        |signed, header| {
            let response = signed.verify_response(Some(header)).unwrap();
            assert_eq!(response.ext(), Some("response-specific"));
            assert!(response.hash().is_some());
            let verified = response.verify_payload(Some("text/plain; x"), "some reply").unwrap();
            assert_eq!(
                (*verified.payload(), verified.into_payload()),
                ("some reply", "some reply")
            );
            for (content_type, payload) in [
                (Some("text/plain"), "another reply"),
                (Some("text/html"), "some reply"),
                (None, "some reply"),
                (Some("text/plain"), ""),
            ] {
                let refused = response.verify_payload(content_type, payload).unwrap_err();
                assert_eq!(refused, Error::BadHash);
            }
        },
    );
}

#[test]
fn a_response_whose_payload_was_not_signed_does_not_prove_it() {
    exchange(
        |response| response.sign().unwrap().to_string(),
        |signed, header| {
            let response = signed.verify_response(Some(header)).unwrap();
            assert_eq!((response.hash(), response.ext()), (None, None));
            for payload in ["", "some reply"] {
                assert_eq!(response.verify_payload(None, payload).unwrap_err(), Error::MissingHash);
            }
        },
    );
}

#[test]
fn an_empty_response_payload_can_be_signed() {
    exchange(
        |response| response.payload(None, b"").unwrap().sign().unwrap().to_string(),
        |signed, header| {
            let response = signed.verify_response(Some(header)).unwrap();
            assert!(response.verify_payload(None, "").is_ok());
            assert_eq!(response.verify_payload(None, "x").unwrap_err(), Error::BadHash);
        },
    );
}

#[test]
fn a_response_does_not_take_over_ext_and_hash_of_its_request() {
    exchange(
        |response| {
            let signed = response.sign().unwrap();
            assert_eq!(
                text(|out| signed.write_canonical(out)),
                "hawk.1.response\n1353832234\nj4h3g2\nGET\n/resource/1?b=1&a=2\nexample.com\n\
                 8000\n\n\n"
            );
            signed.to_string()
        },
        |signed, header| assert!(signed.verify_response(Some(header)).is_ok()),
    );
}

#[test]
fn a_missing_or_malformed_response_header_is_an_error() {
    exchange(
        |response| response.sign().unwrap().to_string(),
        |signed, header| {
            for (received, error) in [
                (None, Error::NoServerAuthorization),
                (Some(""), Error::NoServerAuthorization),
                (Some("Basic x"), Error::NoServerAuthorization),
                (Some("Hawk"), Error::HeaderSyntax { at: 4 }),
                (Some("Hawk mac=\"x\""), Error::BadMac),
                (Some(&*header.replace("mac=\"", "mac=\"A")), Error::BadMac),
                (Some(&*format!("{header}, ext=\"added\"")), Error::BadMac),
                (Some(&*format!("{header}, hash=\"added\"")), Error::BadMac),
            ] {
                assert_eq!(signed.verify_response(received).unwrap_err(), error, "{received:?}");
            }
        },
    );
}

#[test]
fn a_response_belongs_to_one_request() {
    exchange(
        |response| response.sign().unwrap().to_string(),
        |_, header| {
            let (key, other_key) = (key(), key_of("another secret of at least 32 bytes!!"));
            let refuse = |key, url, method, now, nonce| {
                let request = Request::from_url(method, url).unwrap();
                let credentials = Credentials::new(ID, key).unwrap();
                let signed = credentials.header(&request).sign(now, nonce).unwrap();
                assert_eq!(signed.verify_response(Some(header)).unwrap_err(), Error::BadMac);
            };
            refuse(&other_key, support::URL, "GET", NOW, NONCE);
            refuse(&key, support::URL, "POST", NOW, NONCE);
            refuse(&key, support::URL, "GET", later(1), NONCE);
            refuse(&key, support::URL, "GET", NOW, "j4h3g3");
            refuse(&key, "http://example.com:8000/resource/1?b=1&a=3", "GET", NOW, NONCE);
            refuse(&key, "http://example.org:8000/resource/1?b=1&a=2", "GET", NOW, NONCE);
            refuse(&key, "http://example.com:8001/resource/1?b=1&a=2", "GET", NOW, NONCE);
        },
    );
}

#[test]
fn a_request_sent_back_is_no_response() {
    let (key, request) = (key(), request());
    let signed = Credentials::new(ID, &key).unwrap().header(&request).sign(NOW, NONCE).unwrap();
    let mac = header(&key, &request).split("mac=\"").nth(1).unwrap().replace('"', "");
    let reflected = format!("Hawk mac=\"{mac}\"");
    assert_eq!(signed.verify_response(Some(&reflected)).unwrap_err(), Error::BadMac);
}

#[test]
fn a_response_header_that_nobody_reads_is_not_written() {
    exchange(
        |response| {
            let refused = response.ext(Box::leak("x".repeat(4096).into_boxed_str())).sign();
            assert_eq!(refused.unwrap_err(), Error::TooLong);
            response.ext(Box::leak("x".repeat(3840).into_boxed_str())).sign().unwrap().to_string()
        },
        |signed, header| assert!(signed.verify_response(Some(header)).is_ok()),
    );
}
