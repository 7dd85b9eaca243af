//! Headers.

use super::{BODY, accepted, refusal};
use crate::webhook::{ID, NOW, TEMPLATES, key, key as webhook_key, send};
use creance_sigv::Error;
use creance_sigv::scheme::{MAX_HEADER_BYTES, Part, Received};
use creance_sigv::webhook::{Parts, SLACK, STANDARD, STRIPE, SVIX};

#[test]
fn a_header_that_is_there_twice_is_refused() {
    for template in TEMPLATES {
        let key = key(&template, 0);
        let sent = send(&template, &key, ID, BODY, NOW);
        if sent.headers.len() == 1 {
            continue;
        }
        for (name, value) in &sent.headers {
            if name == "content-type" && template.name() != "house" {
                continue;
            }
            for (name, value) in [
                (name.clone(), value.clone()),
                (name.to_ascii_uppercase(), String::from("x")),
                (name.to_ascii_lowercase(), String::new()),
            ] {
                for at in [0, sent.headers.len()] {
                    let mut twice = sent.clone();
                    twice.headers.insert(at, (name.clone(), value.clone()));
                    let error = refusal(&twice, &template, &key, NOW);
                    assert!(matches!(error, Error::Duplicate(_)), "{name}: {error}");
                    assert_eq!(error.status(), 400);
                }
            }
        }
    }
}

#[test]
fn a_header_that_is_missing_is_named() {
    for template in TEMPLATES {
        let key = key(&template, 0);
        let sent = send(&template, &key, ID, BODY, NOW);
        for at in 0..sent.headers.len() {
            let mut without = sent.clone();
            let (name, value) = without.headers.remove(at);
            if name == "content-type" && template.name() != "house" {
                continue;
            }
            let part = match () {
                () if value == sent.signature => Part::Signature,
                () if value == sent.time => Part::Timestamp,
                () if value == ID => Part::Id,
                () => Part::Header,
            };
            assert_eq!(refusal(&without, &template, &key, NOW), Error::Missing(part), "{name}");
        }
    }
}

#[test]
fn a_header_of_4096_bytes_is_read_and_one_of_4097_is_not() {
    let key = key(&STRIPE, 0);
    let sent = send(&STRIPE, &key, ID, BODY, NOW);
    let filled = |len: usize| {
        let filler = "x".repeat(len - sent.signature.len() - 3);
        sent.with_signature(&format!("{},x={filler}", sent.signature))
    };
    accepted(&filled(MAX_HEADER_BYTES), &STRIPE, &key);
    let error = Error::TooLong { part: Part::Signature, maximum: MAX_HEADER_BYTES };
    assert_eq!(refusal(&filled(MAX_HEADER_BYTES + 1), &STRIPE, &key, NOW), error);
    let long = "x".repeat(MAX_HEADER_BYTES + 1);
    assert_eq!(Parts::new(&STRIPE, &long).map(|_| ()), Err(error));

    let key = webhook_key(&STANDARD, 0);
    let mut sent = send(&STANDARD, &key, &"i".repeat(256), BODY, NOW);
    accepted(&sent, &STANDARD, &key);
    sent.header("webhook-id").push('i');
    let error = Error::TooLong { part: Part::Id, maximum: 256 };
    assert_eq!(refusal(&sent, &STANDARD, &key, NOW), error);
}

#[test]
fn svix_takes_each_header_by_its_own_name_first() {
    let key = key(&SVIX, 0);
    let sent = send(&SVIX, &key, ID, BODY, NOW);
    // Each of the eight mixtures.
    for choice in 0_u8..8 {
        let mut mixed = sent.clone();
        for (at, name) in ["svix-id", "svix-timestamp", "svix-signature"].iter().enumerate() {
            if choice & 1 << at != 0 {
                let standard = name.replace("svix", "webhook");
                let header = mixed.headers.iter_mut().find(|(found, _)| found == name).unwrap();
                header.0 = standard;
            }
        }
        accepted(&mixed, &SVIX, &key);
    }
    let mut both = sent.clone();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        both.headers.push((name.into(), "another".into()));
    }
    accepted(&both, &SVIX, &key);
    for at in 0..3 {
        let mut emptied = both.clone();
        emptied.headers[at].1.clear();
        refusal(&emptied, &SVIX, &key, NOW);
    }
    // The standard's template does not know Svix's names.
    let standard = webhook_key(&STANDARD, 0);
    assert_eq!(refusal(&sent, &STANDARD, &standard, NOW), Error::Missing(Part::Signature));
}

#[test]
fn a_header_that_is_no_text_is_refused() {
    let key = key(&SLACK, 0);
    for bytes in [&b"v0=\xff"[..], b"v0=\xc3\xa9", b"v0=\0", b"v0=a\tb", b"v0=\r\n"] {
        let headers: [(&str, &[u8]); 2] =
            [("X-Slack-Request-Timestamp", b"1700000000"), ("X-Slack-Signature", bytes)];
        let rejection = SLACK.verify(&Received::webhook(&headers, b""), &key, NOW).map(|_| ());
        assert_eq!(*rejection.unwrap_err().error(), Error::Malformed(Part::Signature));
    }
}
