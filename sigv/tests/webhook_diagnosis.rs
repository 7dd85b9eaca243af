//! Each cause that a diagnosis knows, found where it is the cause and nowhere else.
#![cfg(feature = "std")]

#[path = "common/webhook.rs"]
mod webhook;

use creance_sigv::scheme::{Cause, Diagnosis, Part, Received, SecretKind};
use creance_sigv::webhook::{
    ADYEN, GITHUB, LINEAR, Outgoing, Parts, SLACK, SQUARE, STANDARD, STRIPE, ShopifyQuery,
    Template, Twilio, WEBSUB,
};
use creance_sigv::{Algorithm, Error, UnixTime};
use webhook::{HOUSE, ID, NOW, Sent, TEMPLATES, URL, key, secret, send, tag};

const SECRET: &str = "6162636465666768696a6b6c6d6e6f70";
const BODY: &[u8] = br#"{"a":1,"b":"x, y"}"#;

fn signed_under(template: &Template<'static>, key_bytes: &[u8]) -> Sent {
    let key = creance_sigv::Key::allow_weak(key(template, 0).algorithm(), key_bytes).unwrap();
    send(template, &key, ID, BODY, NOW)
}

fn causes(template: &Template<'static>, sent: &Sent, secret: &str, now: UnixTime) -> Vec<Cause> {
    let diagnosis = template.diagnose(&sent.received(), secret, now);
    assert_no_secret(&diagnosis, secret);
    diagnosis.causes().to_vec()
}

fn assert_no_secret(diagnosis: &Diagnosis, secret: &str) {
    for text in [format!("{diagnosis}"), format!("{diagnosis:?}")] {
        assert!(secret.trim().len() < 8 || !text.contains(&secret.trim()[..8]), "{text}");
        assert!(!text.contains("msg_") && !text.contains("example.com"), "{text}");
    }
}

/// A message as it would have been signed with `body`, which we have otherwise.
fn with_body(template: &Template<'static>, signed: &[u8], received: &[u8]) -> Vec<Cause> {
    let mut sent = send(template, &key(template, 0), ID, signed, NOW);
    sent.body = received.to_vec();
    causes(template, &sent, &secret(template, 0), NOW)
}

#[test]
fn a_right_message_has_nothing_wrong() {
    for template in TEMPLATES {
        let sent = send(&template, &key(&template, 0), ID, BODY, NOW);
        if ["mailgun", "adyen"].contains(&template.name()) {
            let found = |secret: &str, now| {
                let parts = Parts::new(&template, &sent.signature).unwrap();
                let parts = parts.with_time(&sent.time).unwrap().with_id(&sent.id).unwrap();
                let parts = parts.with_body(&sent.body);
                template.diagnose_parts(parts, secret, now).causes().to_vec()
            };
            assert_eq!(found(&secret(&template, 0), NOW), [Cause::Right]);
            assert_eq!(found(&secret(&template, 1), NOW), []);
            let late = found(&secret(&template, 0), NOW.saturating_add(301));
            let skew = Cause::Skew { behind: 301 };
            assert_eq!(late, [if template.signs_time() { skew } else { Cause::Right }]);
            continue;
        }
        let causes = causes(&template, &sent, &secret(&template, 0), NOW);
        assert_eq!(causes, [Cause::Right], "{}", template.name());
    }
}

#[test]
fn another_secret_or_another_message_has_no_usual_cause() {
    for template in [STANDARD, STRIPE, GITHUB, SQUARE] {
        let mut sent = send(&template, &key(&template, 0), ID, BODY, NOW);
        assert_eq!(causes(&template, &sent, &secret(&template, 1), NOW), []);
        sent.body[2] ^= 1;
        assert_eq!(causes(&template, &sent, &secret(&template, 0), NOW), []);
    }
    let diagnosis = Diagnosis::default().to_string();
    assert!(diagnosis.starts_with("none of the usual causes"), "{diagnosis}");
}

#[test]
fn what_cannot_be_read_is_said() {
    let mut sent = send(&STANDARD, &key(&STANDARD, 0), ID, BODY, NOW);
    sent.headers.retain(|(name, _)| name != "webhook-timestamp");
    let error = Error::Missing(Part::Timestamp);
    assert_eq!(causes(&STANDARD, &sent, SECRET, NOW), [Cause::Unreadable(error)]);
    let text = STANDARD.diagnose(&sent.received(), SECRET, NOW).to_string();
    assert_eq!(text, "the signature was not looked at: the message has no timestamp\n");

    let sent = send(&GITHUB, &key(&GITHUB, 0), ID, b"{}", NOW);
    let headers = [("Linear-Signature", tag(&sent.signature))];
    let diagnosis = LINEAR.diagnose(&Received::webhook(&headers, b"{}"), &secret(&GITHUB, 0), NOW);
    assert_eq!(diagnosis.causes(), [Cause::Refused(error)]);
    let text = "the signature is right, and it was refused: the message has no timestamp\n";
    assert_eq!(diagnosis.to_string(), text);
}

#[test]
fn a_clock_that_is_off_is_seen_by_how_much() {
    for (template, late) in [(SLACK, 301), (LINEAR, 61), (HOUSE, 61)] {
        let sent = send(&template, &key(&template, 0), ID, BODY, NOW);
        let at = |now| causes(&template, &sent, &secret(&template, 0), now);
        let skew = |behind| [Cause::Skew { behind }];
        assert_eq!(at(NOW.saturating_add(late)), skew(i64::try_from(late).unwrap()));
        assert_eq!(at(NOW.saturating_sub(late)), skew(-i64::try_from(late).unwrap()));
        assert_eq!(at(NOW.saturating_add(late - 1)), [Cause::Right]);
        assert_eq!(at(UnixTime::MAX), skew(i64::MAX));
    }
}

#[test]
fn the_kind_of_secret_is_found() {
    let (text, prefixed) = ("NjE2MjYzNjQ2NTY2NjcyMTIz", "whsec_NjE2MjYzNjQ2NTY2NjcyMTIz");
    let decoded = b"616263646566672123";
    for (template, key, secret, kind) in [
        (&STANDARD, prefixed.as_bytes(), prefixed, SecretKind::Text),
        (&STANDARD, text.as_bytes(), prefixed, SecretKind::TextWithoutPrefix),
        (&STRIPE, text.as_bytes(), prefixed, SecretKind::TextWithoutPrefix),
        (&STRIPE, decoded, prefixed, SecretKind::Base64),
        (&GITHUB, decoded, text, SecretKind::Base64),
        (&GITHUB, b"abcdefghijklmnop", SECRET, SecretKind::Hex),
        (&GITHUB, b"\xfb\xff\xfe", "-__-", SecretKind::Base64),
    ] {
        let sent = signed_under(template, key);
        assert_eq!(causes(template, &sent, secret, NOW), [Cause::SecretKind(kind)], "{secret}");
    }
    let sent = signed_under(&GITHUB, b"abcdefghijklmnop");
    let upper = SECRET.to_ascii_uppercase();
    let hex = [Cause::SecretKind(SecretKind::Hex)];
    assert_eq!(causes(&GITHUB, &sent, &upper, NOW), hex);
    let key = ADYEN.key(SECRET).unwrap();
    let mut tag = String::new();
    ADYEN.sign(&Outgoing::new(b"a:b"), &key, NOW).unwrap().signature().write(&mut tag).unwrap();
    let template = ADYEN.with_source(creance_sigv::webhook::Source::Header("Sig"));
    let headers = [("Sig", tag)];
    let received = Received::webhook(&headers, b"a:b");
    assert_eq!(template.diagnose(&received, SECRET, NOW).causes(), [Cause::Right]);
}

#[test]
fn white_space_around_the_secret_is_found_on_either_side() {
    for secret in
        ["a secret of text\n", " a secret of text", "a secret of text\r\n", "\ta secret of text "]
    {
        let sent = signed_under(&GITHUB, b"a secret of text");
        assert_eq!(causes(&GITHUB, &sent, secret, NOW), [Cause::SecretWhiteSpace], "{secret:?}");
    }
    let sent = signed_under(&GITHUB, b"a secret of text\n");
    assert_eq!(causes(&GITHUB, &sent, "a secret of text", NOW), [Cause::SecretWhiteSpace]);
    let sent = send(&STANDARD, &key(&STANDARD, 0), ID, BODY, NOW);
    let secret = format!("{}\n", secret(&STANDARD, 0));
    assert_eq!(causes(&STANDARD, &sent, &secret, NOW), [Cause::SecretWhiteSpace]);
    let sent = signed_under(&GITHUB, b"abcdefghijklmnop");
    let both = [Cause::SecretWhiteSpace, Cause::SecretKind(SecretKind::Hex)];
    assert_eq!(causes(&GITHUB, &sent, &format!(" {SECRET}"), NOW), both);
}

#[test]
fn a_changed_body_is_found() {
    for template in [GITHUB, SLACK, STANDARD, SQUARE, HOUSE] {
        let newline = [Cause::TrailingNewline];
        assert_eq!(with_body(&template, b"{}", b"{}\n"), newline);
        assert_eq!(with_body(&template, b"{}", b"{}\r\n"), newline);
        assert_eq!(with_body(&template, b"{}\n", b"{}"), newline);
        assert_eq!(with_body(&template, b"{}\r\n", b"{}"), newline);
        assert_eq!(with_body(&template, b"a\nb\nc", b"a\r\nb\r\nc"), [Cause::LineEnds]);
        assert_eq!(with_body(&template, b"a\r\nb\r\nc", b"a\nb\nc"), [Cause::LineEnds]);
        let forms = [
            br#"{"a":1,"b":[true,{"c":"x, y: \" z"}],"d":{},"e":[]}"#.to_vec(),
            br#"{"a": 1, "b": [true, {"c": "x, y: \" z"}], "d": {}, "e": []}"#.to_vec(),
            b"{\n  \"a\": 1,\n  \"b\": [\n    true,\n    {\n      \"c\": \"x, y: \\\" z\"\n    }\n  ],\n  \"d\": {},\n  \"e\": []\n}".to_vec(),
        ];
        for signed in &forms {
            for received in forms.iter().filter(|received| *received != signed) {
                let found = with_body(&template, signed, received);
                assert_eq!(found, [Cause::ReserializedBody], "{}", template.name());
            }
        }
    }
}

#[test]
fn a_url_that_was_signed_otherwise_is_found() {
    for (signed, received, cause) in [
        ("https://h/a?b=1", "https://h:443/a?b=1", Cause::Port),
        ("https://h:443/a", "https://h/a", Cause::Port),
        ("http://h:80/a", "http://h/a", Cause::Port),
        ("https://h/a", "https://h:8443/a", Cause::Port),
        ("https://h/a", "http://h/a", Cause::UrlScheme),
        ("http://h:8080/a", "https://h:8080/a", Cause::UrlScheme),
        ("https://h/a/?b", "https://h/a?b", Cause::TrailingSlash),
        ("https://h/a", "https://h/a/", Cause::TrailingSlash),
        ("https://h", "https://h/", Cause::TrailingSlash),
        ("https://h/a%2fb", "https://h/a%2Fb", Cause::PathEncoding),
        ("https://h/a%2Fb%c3", "https://h/a%2fb%c3", Cause::PathEncoding),
    ] {
        let key = key(&SQUARE, 0);
        let outgoing = Outgoing::new(BODY).with_url(signed);
        let headers = SQUARE.sign(&outgoing, &key, NOW).unwrap().to_headers();
        let found = Received::new("POST", received, &headers, BODY);
        let diagnosis = SQUARE.diagnose(&found, &secret(&SQUARE, 0), NOW);
        if signed.contains("%c3") {
            // Two cases in one URL: more than one usual cause.
            assert_eq!(diagnosis.causes(), [], "{signed}");
        } else {
            assert_eq!(diagnosis.causes(), [cause], "{signed}");
        }
    }
    let mut sent = send(&HOUSE, &key(&HOUSE, 0), ID, BODY, NOW);
    sent.method = "post".into();
    assert_eq!(causes(&HOUSE, &sent, &secret(&HOUSE, 0), NOW), [Cause::MethodCase]);
}

#[test]
fn a_tag_that_was_spelled_otherwise_or_cut_off_is_found() {
    for template in [GITHUB, STANDARD, STRIPE, HOUSE] {
        let sent = send(&template, &key(&template, 0), ID, BODY, NOW);
        let right = tag(&sent.signature);
        let front = sent.signature.strip_suffix(right).unwrap();
        let found = |tag: &str| {
            let sent = sent.with_signature(&format!("{front}{tag}"));
            causes(&template, &sent, &secret(&template, 0), NOW)
        };
        assert_eq!(found(&right[..right.len() - 3]), [Cause::Truncated]);
        assert_eq!(found(&right[..16]), [Cause::Truncated]);
        assert_eq!(found(&right[..15]), []);
        assert_eq!(found(&right[1..]), []);
        for encoding in [
            creance_sigv::Encoding::Hex,
            creance_sigv::Encoding::Base64,
            creance_sigv::Encoding::Base64Url,
        ] {
            let own = match template.name() {
                "standard" => creance_sigv::Encoding::Base64,
                "house" => creance_sigv::Encoding::Base64Url,
                _ => creance_sigv::Encoding::Hex,
            };
            let tag = creance_sigv::ReceivedTag::decode(key(&template, 0).algorithm(), own, right);
            assert!(tag.is_ok());
            let mut bytes = vec![0; own.decoded_len(right).unwrap()];
            own.decode(right, &mut bytes).unwrap();
            let mut text = String::new();
            encoding.encode(&bytes, &mut text).unwrap();
            let expected = if encoding == own { Cause::Right } else { Cause::Spelling };
            assert_eq!(found(&text), [expected], "{text}");
        }
    }
    let sent = send(&GITHUB, &key(&GITHUB, 0), ID, BODY, NOW);
    let (prefix, right) = sent.signature.split_once('=').unwrap();
    let sent = sent.with_signature(&format!("{prefix}={}", right.to_ascii_uppercase()));
    assert_eq!(causes(&GITHUB, &sent, &secret(&GITHUB, 0), NOW), [Cause::Spelling]);
}

#[test]
fn mistakes_on_both_sides_are_found_together() {
    let mut sent = signed_under(&STRIPE, b"abcdefghijklmnop");
    sent.body = br#"{"a": 1, "b": "x, y"}"#.to_vec();
    let all =
        [Cause::SecretKind(SecretKind::Hex), Cause::ReserializedBody, Cause::Skew { behind: 1000 }];
    let now = NOW.saturating_add(1000);
    assert_eq!(causes(&STRIPE, &sent, SECRET, now), all);
    let text = STRIPE.diagnose(&sent.received(), SECRET, now).to_string();
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[test]
fn twilio_is_diagnosed_too() {
    let twilio = Twilio::forms();
    let token = "0123456789abcdef0123456789abcdef";
    let key = twilio.key(token).unwrap();
    let outgoing = Outgoing::new(b"A=1").with_url("https://h:8443/a");
    let mut headers = twilio.sign(&outgoing, &key, NOW).unwrap().to_headers();
    let found = |headers: &Vec<(String, String)>, url: &str, token: &str| {
        let received = Received::new("POST", url, headers, b"A=1");
        let diagnosis = twilio.diagnose(&received, token);
        assert_no_secret(&diagnosis, token);
        diagnosis.causes().to_vec()
    };
    let url = "https://h:8443/a";
    assert_eq!(found(&headers, url, token), [Cause::Right]);
    assert_eq!(found(&headers, "http://h:8443/a", token), [Cause::UrlScheme]);
    assert_eq!(found(&headers, "https://h:8443/a/", token), [Cause::TrailingSlash]);
    assert_eq!(found(&headers, url, &format!("{token}\n")), [Cause::SecretWhiteSpace]);
    assert_eq!(found(&headers, url, "fedcba9876543210"), []);
    assert_eq!(found(&headers, "https://h/a", token), []);
    let unpadded = headers[0].1.trim_end_matches('=').to_owned();
    headers[0].1 = unpadded;
    assert_eq!(found(&headers, url, token), [Cause::Spelling]);
    headers.clear();
    let error = Error::Missing(Part::Signature);
    assert_eq!(found(&headers, URL, token), [Cause::Unreadable(error)]);

    let outgoing = Outgoing::new(b"A=1").with_url("https://h/a");
    let headers = twilio.sign(&outgoing, &key, NOW).unwrap().to_headers();
    assert_eq!(found(&headers, "https://h:8443/a", token), [Cause::Port]);
    assert_eq!(found(&headers, "https://h:443/a", token), [Cause::Right]);
}

/// A diagnosis must not say that all is right where the verification refuses.
#[test]
fn what_twilio_is_refused_for_beside_the_signature_is_said() {
    let (twilio, token) = (Twilio::digests(), "0123456789abcdef0123456789abcdef");
    let key = twilio.key(token).unwrap();
    let url = Twilio::url_with_digest(URL, BODY).unwrap();
    let outgoing = Outgoing::new(BODY).with_url(&url);
    let headers = twilio.sign(&outgoing, &key, NOW).unwrap().to_headers();
    let found = |twilio: Twilio, url: &str, body| {
        let received = Received::new("POST", url, &headers, body);
        let verdict = twilio.verify(&received, &key, NOW);
        let causes = twilio.diagnose(&received, token).causes().to_vec();
        assert_eq!(causes == [Cause::Right], verdict.is_ok(), "{url}");
        causes
    };
    assert_eq!(found(twilio, &url, BODY), [Cause::Right]);
    assert_eq!(found(twilio, &url, b"{}"), [Cause::Refused(Error::BodyMismatch)]);
    let error = Error::Value(Part::Url);
    assert_eq!(found(twilio, "/hooks", BODY), [Cause::Unreadable(error)]);
    let error = Error::Malformed(Part::Parameter);
    assert_eq!(found(Twilio::forms(), &url, b"%"), [Cause::Unreadable(error)]);
    let outgoing = Outgoing::new(b"").with_url(URL);
    let headers = Twilio::forms().sign(&outgoing, &key, NOW).unwrap().to_headers();
    let received = Received::new("POST", URL, &headers, b"");
    let error = Error::NotCovered(Part::Body);
    assert_eq!(twilio.diagnose(&received, token).causes(), [Cause::Refused(error)]);
}

#[test]
fn an_algorithm_that_there_is_no_key_for_is_found() {
    let sha1 = WEBSUB.with_algorithm(Algorithm::Sha1);
    let key = sha1.key(SECRET).unwrap();
    let headers = WEBSUB.sign(&Outgoing::new(BODY), &key, NOW).unwrap().to_headers();
    let received = Received::webhook(&headers, BODY);
    let causes = |template: &Template<'_>| template.diagnose(&received, SECRET, NOW);
    assert_eq!(causes(&WEBSUB).causes(), [Cause::Algorithm(Algorithm::Sha1)]);
    assert_eq!(causes(&sha1).causes(), [Cause::Right]);
}

#[test]
fn shopifys_queries_are_diagnosed_too() {
    let secret = "6162636465666768696a6b6c6d6e6f70";
    for scheme in [ShopifyQuery::oauth(), ShopifyQuery::app_proxy()] {
        let key = scheme.key(secret).unwrap();
        let url = scheme.sign("https://h/?shop=a&code=1", &key, NOW).unwrap();
        let none: [(&str, &str); 0] = [];
        let found = |url: &str, secret: &str, now| {
            let diagnosis = scheme.diagnose(&Received::new("GET", url, &none, b""), secret, now);
            assert_no_secret(&diagnosis, secret);
            diagnosis.causes().to_vec()
        };
        assert_eq!(found(&url, secret, NOW), [Cause::Right]);
        assert_eq!(found(&url, secret, NOW.saturating_add(91)), [Cause::Skew { behind: 91 }]);
        assert_eq!(found(&url, &format!("{secret}\n"), NOW), [Cause::SecretWhiteSpace]);
        assert_eq!(found(&url, "fedcba9876543210", NOW), []);
        assert_eq!(found(&url.replace("code=1", "code=2"), secret, NOW), []);
        let error = Cause::Unreadable(Error::Missing(Part::Signature));
        assert_eq!(found("https://h/?shop=a", secret, NOW), [error]);
    }
}
