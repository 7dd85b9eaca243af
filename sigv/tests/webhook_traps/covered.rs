//! What is covered.

use super::{BODY, accepted, hex_tag, refusal};
use crate::webhook::{BODILESS, DIGESTS, HOUSE, ID, NOW, TEMPLATES, key, send};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::webhook::{MAILGUN, Outgoing, Piece, SQUARE, STANDARD, Source, Template};
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
        for url in ["", "/hooks?a=1", "/hooks?a=http://h"] {
            sent.url = url.into();
            let error = refusal(&sent, &template, &key, NOW);
            if template.name() != "square" || url.is_empty() {
                assert_eq!(error, Error::Value(Part::Url), "{}", template.name());
                assert_eq!(error.status(), 500);
            }
        }
    }
    // Path and query are the peer's, and so are their faults.
    let long = format!("https://h/{}", "a".repeat(8193 - 10));
    for template in [HOUSE, DIGESTS] {
        let key = key(&template, 0);
        let mut sent = send(&template, &key, ID, BODY, NOW);
        for (url, error) in [
            ("https://example.com/a b", Error::Malformed(Part::Url)),
            (long.as_str(), Error::TooLong { part: Part::Url, maximum: 8192 }),
        ] {
            sent.url = url.into();
            assert_eq!(refusal(&sent, &template, &key, NOW), error, "{}", template.name());
            assert_eq!(error.status(), 400);
        }
    }
    let key = key(&HOUSE, 0);
    let mut sent = send(&HOUSE, &key, ID, BODY, NOW);
    sent.method.clear();
    assert_eq!(refusal(&sent, &HOUSE, &key, NOW), Error::Value(Part::Method));
}

/// `{"v":1.5}` with the id `n1` is signed as `{"v":1` with the id `5}.n1` would be.
#[test]
fn a_body_cannot_be_shifted_into_what_follows_it() {
    const ID_BEHIND: Piece<'static> = Piece::Id(Source::Header("Acme-Id"));
    const DOT: Piece<'static> = Piece::Text(".");
    const TIME: Piece<'static> = Piece::Time(Source::Header("Acme-Time"));
    let template = |message| Template::new("acme", "Acme-Signature", message);
    let headers = |id, tag| [("Acme-Id", id), ("Acme-Time", "1700000000"), ("Acme-Signature", tag)];
    let acme = template(&[TIME, DOT, Piece::Body, DOT, ID_BEHIND]);
    let key = key(&acme, 0);
    let tag = hex_tag(&key, "1700000000.{\"v\":1.5}.n1");
    let verify = |id, body: &[u8]| {
        let headers = headers(id, tag.as_str());
        let received = Received::webhook(&headers, body);
        let verdict = acme.verify(&received, &key, NOW).map(|_| ()).map_err(|e| *e.error());
        let begun = acme.begin(&received, &key, 100, NOW);
        let pieces = begun.and_then(|mut running| {
            running.update(body)?;
            running.finish()
        });
        assert_eq!(pieces.map(|_| ()).map_err(|e| *e.error()), verdict);
        verdict
    };
    assert_eq!(verify("n1", b"{\"v\":1.5}"), Ok(()));
    assert_eq!(verify("5}.n1", b"{\"v\":1"), Err(Error::Malformed(Part::Id)));
    let outgoing = Outgoing::new(b"{}").with_id("a.b");
    let error = acme.sign(&outgoing, &key, NOW).map(|_| ()).unwrap_err();
    assert_eq!(error, Error::Value(Part::Id));

    let headers = headers("n1", "00");
    let received = Received::new("POST", "https://h/", &headers, b"{}");
    let refused = |message: &'static [Piece<'static>]| {
        let template = template(message);
        let verdict = template.verify(&received, &key, NOW).map(|_| ()).unwrap_err();
        let begun = template.begin(&received, &key, 100, NOW).map(|_| ());
        let begun = begun.map_or_else(|rejection| *rejection.error(), |()| Error::Mismatch);
        assert_eq!(begun, *verdict.error());
        *verdict.error()
    };
    for message in [
        &[TIME, DOT, Piece::Body, ID_BEHIND][..],
        &[TIME, DOT, Piece::Body, Piece::Text(""), ID_BEHIND],
        &[Piece::Body, TIME, ID_BEHIND],
        &[Piece::Body, DOT, TIME, Piece::Method],
    ] {
        assert_eq!(refused(message), Error::Value(Part::Body), "{message:?}");
    }
    for message in [&[Piece::Body, DOT, TIME][..], &[Piece::Body, TIME], &[Piece::Body, DOT]] {
        assert_eq!(refused(message), Error::Mismatch, "{message:?}");
    }
}

/// A text of which a part is at its begin and at its end may begin before it stands there.
#[test]
fn a_text_that_overlaps_itself_is_found_where_it_begins() {
    for (text, in_front, behind) in [
        ("abab", &["xab", "abab", "aababa"][..], &["abx", "xabab"][..]),
        ("--", &["n-", "--"], &["-n"]),
        ("aXa", &["naX"], &["Xan"]),
    ] {
        let pieces =
            [Piece::Id(Source::Header("I")), Piece::Text(text), Piece::Method, Piece::Text("|")];
        let front = Template::new("front", "S", &pieces);
        let pieces = [Piece::Body, Piece::Text(text), Piece::Id(Source::Header("I"))];
        let back = Template::new("back", "S", &pieces);
        let key = key(&SQUARE, 0);
        let verdict = |template: &Template<'_>, id| {
            let headers = [("I", id), ("S", "00")];
            let received = Received::new("POST", "", &headers, b"");
            let verdict = template.verify(&received, &key, NOW).map(|_| ());
            *verdict.unwrap_err().error()
        };
        for id in in_front {
            assert_eq!(verdict(&front, id), Error::Malformed(Part::Id), "{text} {id}");
        }
        for id in behind {
            assert_eq!(verdict(&back, id), Error::Malformed(Part::Id), "{text} {id}");
        }
        // Where its first character alone is there it has not begun.
        for id in ["a", "xa", "b", "-n"] {
            assert_eq!(verdict(&front, id), Error::Mismatch, "{text} {id}");
        }
    }
}
