//! What is covered.

use super::{BODY, accepted, refusal};
use crate::webhook::{BODILESS, DIGESTS, HOUSE, ID, NOW, TEMPLATES, key, send};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::webhook::{MAILGUN, Outgoing, SQUARE, STANDARD};
use creance_sigv::{Encoding, Error};

#[test]
fn bytes_that_are_no_text_cannot_be_swapped() {
    let bodies: [&[u8]; 5] = [b"a\xff", b"a\xfe", b"a\xef\xbf\xbd", b"a\xc0\x80", b"a\0"];
    for template in TEMPLATES.iter().filter(|template| template.signs_body()) {
        if template.name() == "linear" {
            continue;
        }
        let key = key(template, 0);
        for body in bodies {
            let sent = send(template, &key, ID, body, NOW);
            assert_eq!(accepted(&sent, template, &key), body);
            for other in bodies.iter().filter(|other| **other != body) {
                let mut swapped = sent.clone();
                swapped.body = other.to_vec();
                assert_eq!(refusal(&swapped, template, &key, NOW), Error::Mismatch);
            }
        }
    }
}

#[test]
fn an_id_cannot_be_shifted_into_what_follows_it() {
    let key = key(&STANDARD, 0);
    // Signed as id `a`, time 1700000000 and body `1700000000.b`, which nobody has forged.
    let (time, message) = ("1700000000", "a.1700000000.1700000000.b");
    let mut tag = String::from("v1,");
    key.sign(message.as_bytes()).write(Encoding::Base64, &mut tag).unwrap();
    let verify = |id: &str, body: &str| {
        let headers =
            [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", &tag)];
        let verdict = STANDARD.verify(&Received::webhook(&headers, body.as_bytes()), &key, NOW);
        verdict.map(|_| ()).map_err(|rejection| *rejection.error())
    };
    assert_eq!(verify("a", "1700000000.b"), Ok(()));
    assert_eq!(verify("a.1700000000", "b"), Err(Error::Malformed(Part::Id)));
    let outgoing = Outgoing::new(b"b").with_id("a.1700000000");
    let error = STANDARD.sign(&outgoing, &key, NOW).map(|_| ()).unwrap_err();
    assert_eq!(error, Error::Value(Part::Id));
}

#[test]
fn a_proof_has_no_body_where_the_body_is_not_signed() {
    for template in [MAILGUN, BODILESS] {
        let key = key(&template, 0);
        let mut sent = send(&template, &key, ID, b"", NOW);
        sent.body = b"put in by somebody else".to_vec();
        assert_eq!(accepted(&sent, &template, &key), b"");
        let begun = template.begin(&sent.received(), &key, 100, NOW).map(|_| ());
        assert_eq!(*begun.unwrap_err().error(), Error::Value(Part::Body));
    }
}

#[test]
fn a_url_that_was_not_given_is_the_callers_mistake() {
    for template in [SQUARE, HOUSE, DIGESTS] {
        let key = key(&template, 0);
        let mut sent = send(&template, &key, ID, BODY, NOW);
        for url in ["", "/hooks?a=1", "https://example.com/a b"] {
            sent.url = url.into();
            let error = refusal(&sent, &template, &key, NOW);
            if template.name() != "square" || url != "/hooks?a=1" {
                assert_eq!(error, Error::Value(Part::Url), "{}", template.name());
                assert_eq!(error.status(), 500);
            }
        }
    }
    let key = key(&HOUSE, 0);
    let mut sent = send(&HOUSE, &key, ID, BODY, NOW);
    sent.method.clear();
    assert_eq!(refusal(&sent, &HOUSE, &key, NOW), Error::Value(Part::Method));
}
