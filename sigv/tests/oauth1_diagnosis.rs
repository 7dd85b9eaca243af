//! OAuth 1.0a: what a diagnosis finds, each usual cause made on purpose.

#[path = "common/oauth1.rs"]
mod by_hand;

use by_hand::{CONSUMER_KEY, NOW, Pairs, base_string, encoded, header, pairs, protocol};
use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, Server};
use creance_sigv::scheme::{Cause, Part, Received, SecretKind};
use creance_sigv::{Algorithm, Encoding, Error, Key, UnixTime};

const URI: &str = "https://example.com/a";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const SECRET: &str = "a secret & more+";
const TOKEN_SECRET: &str = "another secret: it";

/// What a signer did, perhaps wrongly.
struct Signer {
    method: &'static str,
    uri: &'static str,
    application: Pairs,
    key: String,
    algorithm: Algorithm,
    has_token: bool,
}

fn right() -> Signer {
    Signer {
        method: "POST",
        uri: URI,
        application: pairs(&[("q", "1"), ("text", "x y")]),
        key: format!("{}&", encoded(SECRET)),
        algorithm: Algorithm::Sha1,
        has_token: false,
    }
}

/// The request arrives at `https://example.com/a?q=1` with the form `text=x+y`.
fn causes_at(signer: &Signer, url: &str, secret: &str, time: &str) -> Vec<Cause> {
    let mut parameters = protocol("HMAC-SHA1");
    parameters.retain(|(name, _)| name != "oauth_timestamp");
    parameters.push(("oauth_timestamp".to_owned(), time.to_owned()));
    if signer.has_token {
        parameters.extend(pairs(&[("oauth_token", "t")]));
    }
    let all = [parameters.clone(), signer.application.clone()].concat();
    let base = base_string(signer.method, signer.uri, &all);
    let key = Key::allow_weak(signer.algorithm, signer.key.as_bytes()).unwrap();
    let mut tag = String::new();
    key.sign(base.as_bytes()).write(Encoding::Base64, &mut tag).unwrap();
    parameters.push(("oauth_signature".to_owned(), tag));
    let headers = [("Authorization", header(&parameters)), (FORM.0, FORM.1.to_owned())];
    let received = Received::new("POST", url, &headers, b"text=x+y");
    let client = Credentials::new(CONSUMER_KEY, secret).unwrap();
    let token = Credentials::new("t", TOKEN_SECRET).unwrap();
    let token = signer.has_token.then_some(&token);
    Server::new().diagnose(&received, &client, token, NOW).causes().to_vec()
}

fn causes(signer: &Signer) -> Vec<Cause> {
    causes_at(signer, "https://example.com/a?q=1", SECRET, by_hand::TIME)
}

#[test]
fn nothing_is_wrong() {
    assert_eq!(causes(&right()), [Cause::Right]);
}

#[test]
fn causes_in_the_url() {
    for (uri, cause) in [
        ("https://example.com:443/a", Cause::Port),
        ("https://example.com:8443/a", Cause::Port),
        ("http://example.com/a", Cause::UrlScheme),
        ("https://example.com/a/", Cause::TrailingSlash),
    ] {
        assert_eq!(causes(&Signer { uri, ..right() }), [cause], "{uri}");
    }
    let behind_proxy = causes_at(&right(), "http://example.com:8080/a?q=1", SECRET, by_hand::TIME);
    assert_eq!(behind_proxy, [Cause::UrlScheme]);
    let named_port = causes_at(&right(), "https://example.com:8443/a?q=1", SECRET, by_hand::TIME);
    assert_eq!(named_port, [Cause::Port]);
}

#[test]
fn causes_in_the_parameters() {
    for (application, cause) in [
        (&[("text", "x y")][..], Cause::QueryLeftOut),
        (&[("q", "1")], Cause::FormLeftOut),
        (&[("q", "1"), ("text", "x%20y")], Cause::EncodedTwice),
        (&[("q", "1"), ("text", "x+y")], Cause::PlusForSpace),
    ] {
        let signer = Signer { application: pairs(application), ..right() };
        assert_eq!(causes(&signer), [cause]);
    }
}

#[test]
fn causes_in_the_secrets() {
    let once = encoded(SECRET);
    for (key, cause) in [
        (format!("{SECRET}&"), Cause::SecretNotEncoded),
        (format!("{}&", encoded(&once)), Cause::SecretEncodedTwice),
    ] {
        assert_eq!(causes(&Signer { key, ..right() }), [cause]);
    }
    let key = format!("{once}&");
    let signer = Signer { key, has_token: true, ..right() };
    assert_eq!(causes(&signer), [Cause::TokenSecretLeftOut]);
    let key = format!("{once}&{}", encoded(TOKEN_SECRET));
    assert_eq!(causes(&Signer { key, has_token: true, ..right() }), [Cause::Right]);

    let spaced = format!(" {SECRET}\n");
    let at = |signer: &Signer, secret: &str| {
        causes_at(signer, "https://example.com/a?q=1", secret, by_hand::TIME)
    };
    assert_eq!(at(&right(), &spaced), [Cause::SecretWhiteSpace]);
    for (secret, kind) in
        [("YSBzZWNyZXQ=", SecretKind::Base64), ("6120736563726574", SecretKind::Hex)]
    {
        let signer = Signer { key: "a%20secret&".to_owned(), ..right() };
        assert_eq!(at(&signer, secret), [Cause::SecretKind(kind)]);
    }
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        assert_eq!(causes(&Signer { algorithm, ..right() }), [Cause::Algorithm(algorithm)]);
    }
}

#[test]
fn the_clock() {
    for (time, behind) in [("1699990000", 10_000), ("1700010000", -10_000)] {
        let causes = causes_at(&right(), "https://example.com/a?q=1", SECRET, time);
        assert_eq!(causes, [Cause::Skew { behind }]);
    }
    let causes = causes_at(&right(), "https://example.com/a?q=1", SECRET, "9999999999999999999");
    assert_eq!(causes, [Cause::Skew { behind: -i64::MAX }]);
}

/// The signature covers the hash of the body, so it stays right whatever becomes of the body.
#[test]
fn causes_in_a_body_that_is_signed_by_its_hash() {
    let client = Credentials::new(CONSUMER_KEY, SECRET).unwrap();
    let key = RequestKey::new(Algorithm::Sha256, &client, None).unwrap();
    let causes = |signed: &[u8], seen: &[u8], now: UnixTime| {
        let outgoing = Outgoing::new("POST", URI).with_nonce("1").with_body(signed);
        let headers = outgoing.sign(&key, NOW).unwrap().to_headers();
        let received = Received::new("POST", URI, &headers, seen);
        let diagnosis = Server::new().diagnose(&received, &client, None, now);
        diagnosis.causes().to_vec()
    };
    let json = b"{\"a\":1,\"b\":2}";
    assert_eq!(causes(json, json, NOW), [Cause::Right]);
    assert_eq!(causes(b"a", b"a\n", NOW), [Cause::TrailingNewline]);
    assert_eq!(causes(b"a\n", b"a", NOW), [Cause::TrailingNewline]);
    assert_eq!(causes(b"a\nb", b"a\r\nb", NOW), [Cause::LineEnds]);
    assert_eq!(causes(json, b"{\"a\": 1, \"b\": 2}", NOW), [Cause::ReserializedBody]);
    assert_eq!(causes(json, b"{}", NOW), [Cause::Refused(Error::BodyMismatch)]);
    let late = NOW.saturating_add(301);
    let both = [Cause::Skew { behind: 301 }, Cause::TrailingNewline];
    assert_eq!(causes(b"a", b"a\n", late), both);
}

#[test]
fn what_cannot_be_looked_at_and_what_none_of_it_explains() {
    let none = causes(&Signer { method: "PUT", ..right() });
    assert_eq!(none, []);
    let no_headers: [(&str, &str); 0] = [];
    let received = Received::new("GET", URI, &no_headers, b"");
    let client = Credentials::new(CONSUMER_KEY, SECRET).unwrap();
    let diagnosis = Server::new().diagnose(&received, &client, None, NOW);
    let error = Error::Missing(Part::Signature);
    assert_eq!(diagnosis.causes(), [Cause::Unreadable(error)]);
    assert_eq!(
        diagnosis.to_string(),
        "the signature was not looked at: the message has no signature\n"
    );
    let other = Credentials::new("somebody", SECRET).unwrap();
    let mut parameters = protocol("HMAC-SHA1");
    parameters.extend(pairs(&[("oauth_signature", "x")]));
    let headers = [("Authorization", header(&parameters))];
    let received = Received::new("GET", URI, &headers, b"");
    let diagnosis = Server::new().diagnose(&received, &other, None, NOW);
    assert_eq!(diagnosis.causes(), [Cause::Unreadable(Error::UnknownKey)]);
}
