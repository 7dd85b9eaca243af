//! Published vectors of HTTP message signatures: RFC 9421 and RFC 9530.
#![cfg(feature = "http-signature")]

mod common;

use common::Fields;
use creance_sigv::content_digest::{ContentDigest, DigestAlgorithm};
use creance_sigv::http_signature::{Message, Policy, Signer};
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::{Algorithm, Encoding, Error, Key, KeyBytes, UnixTime, Window};
use serde_json::Value;

const NOW: UnixTime = UnixTime::from_secs(1_618_884_480);
const URL: &str = "https://example.com/foo?param=Value&Pet=dog";

fn window() -> Window {
    Window::new(60, 0)
}

fn ring(id: &str, secret_base64: &str) -> Keyring<1> {
    let bytes = KeyBytes::decode(Encoding::Base64, secret_base64).expect("a secret");
    let key = Key::new(Algorithm::Sha256, bytes.expose()).expect("a key");
    let mut ring = Keyring::new();
    ring.insert(KeyEntry::new(id, key).expect("an id")).expect("a place");
    ring
}

#[test]
fn the_signature_of_rfc_9421_is_met() {
    let mut file = Fields::parse(include_str!("vectors/rfc9421.json"));
    assert!(file.text("source").contains("B.2.5"));
    let mut count = 0;
    for mut case in file.objects("vectors") {
        let (id, secret) = (case.text("keyid"), case.text("key_b64"));
        let (base, input) = (case.text("signature_base"), case.text("signature_input"));
        let signature = case.text("signature");
        case.end();
        let keys = ring(&id, &secret);
        let own = [("Date", "Tue, 20 Apr 2021 02:07:55 GMT"), ("Content-Type", "application/json")];
        let components = ["date", "@authority", "content-type"];
        let signer = Signer::new(components).unwrap().with_label("sig-b25");
        let created = UnixTime::from_secs(1_618_884_473);
        let unsigned = Message::request("POST", URL, &own, b"{\"hello\": \"world\"}");
        let made = signer.sign(unsigned, &keys, created).unwrap();
        assert_eq!(made.signature_input(), input);
        assert_eq!(made.signature(), signature);

        let headers =
            [own[0], own[1], ("Signature-Input", input.as_str()), ("Signature", &signature)];
        let message = Message::request("POST", URL, &headers, b"{\"hello\": \"world\"}");
        let policy = Policy::new(window(), components).unwrap().without_body();
        assert_eq!(policy.explain(message, &keys, NOW).unwrap(), base);
        let authentic = policy.verify(message, &keys, NOW).unwrap();
        assert_eq!((authentic.key().id(), authentic.time()), (id.as_str(), Some(created)));
        // The body is not covered, so there is none.
        assert_eq!(authentic.dangerous_accept_replays().body(), None);
        let strict = Policy::new(window(), components).unwrap();
        let refused = strict.verify(message, &keys, NOW).unwrap_err();
        assert_eq!(
            refused.error().to_string(),
            "the signature does not cover the digest of the body"
        );
        count += 1;
    }
    assert_eq!(count, 1);
    assert_eq!(digests(&mut file), 3);
    file.end();
}

fn digests(file: &mut Fields) -> usize {
    let mut count = 0;
    for mut case in file.objects("content_digest") {
        let (name, body, header) = (case.text("alg"), case.text("body"), case.text("header"));
        case.end();
        let algorithm = match name.as_str() {
            "sha-256" => DigestAlgorithm::Sha256,
            "sha-512" => DigestAlgorithm::Sha512,
            other => panic!("{other}"),
        };
        let (field, value) = header.split_once(": ").expect("a header");
        assert_eq!(field, ContentDigest::HEADER);
        assert_eq!(ContentDigest::of(algorithm, body.as_bytes()).to_string(), value);
        let headers = [(field, value)];
        let received = ContentDigest::parse(&headers).expect(value);
        assert_eq!(received.verify(body.as_bytes()), Ok(()));
        assert_eq!(received.verify(format!("{body} ").as_bytes()), Err(Error::BodyMismatch));
        count += 1;
    }
    count
}

struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    fn read(mut fields: Fields) -> Self {
        let request = Self {
            method: fields.text("method"),
            url: fields.text("url"),
            headers: headers(&fields.take("headers")),
            body: fields.text("body"),
        };
        fields.end();
        request
    }

    fn message(&self) -> Message<'_> {
        Message::request(&self.method, &self.url, &self.headers, self.body.as_bytes())
    }
}

fn headers(value: &Value) -> Vec<(String, String)> {
    serde_json::from_value(value.clone()).expect("pairs of texts")
}

/// Headers of a signature of these parameters, whose tag is not looked at.
fn with_signature(mut headers: Vec<(String, String)>, params: &str) -> Vec<(String, String)> {
    headers.push(("Signature-Input".to_owned(), format!("sig={params}")));
    headers.push(("Signature".to_owned(), format!("sig=:{}=:", "A".repeat(43))));
    headers
}

/// The bases of the other algorithms' examples are those of ours.
#[test]
fn the_bases_of_rfc_9421_are_met() {
    let mut file = Fields::parse(include_str!("vectors/rfc9421_bases.json"));
    assert!(file.text("source").contains("RFC 9421"));
    let keys = Key::new(Algorithm::Sha256, &[7; 32]).unwrap();
    let policy = Policy::for_requests(window());
    let mut count = 0;
    for mut case in file.objects("requests") {
        let name = case.text("name");
        let mut request = Request::read(Fields::of(case.take("request")));
        let (params, base) = (case.text("signature_params"), case.text("base"));
        case.end();
        request.headers = with_signature(request.headers, &params);
        let found = policy.explain(request.message(), &keys, NOW);
        assert_eq!(found.expect(&name), base, "{name}");
        count += 1;
    }
    for mut case in file.objects("responses") {
        let name = case.text("name");
        let request = match case.take("request") {
            Value::Null => None,
            request => Some(Request::read(Fields::of(request))),
        };
        let status = case.take("status").as_u64().and_then(|status| status.try_into().ok());
        let own = headers(&case.take("headers"));
        let (body, params) = (case.text("body"), case.text("signature_params"));
        let base = case.text("base");
        case.end();
        let own = with_signature(own, &params);
        let mut response = Message::response(status.expect("a status"), &own, body.as_bytes());
        if let Some(request) = &request {
            response = response.answering(request.message());
        }
        let found = policy.explain(response, &keys, NOW);
        assert_eq!(found.expect(&name), base, "{name}");
        count += 1;
    }
    file.end();
    assert_eq!(count, 20);
}
