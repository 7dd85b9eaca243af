//! OAuth 1.0a, what is signed, and what is not.

#[path = "common/oauth1.rs"]
mod by_hand;

use by_hand::{CONSUMER_SECRET, NOW, client, client_key, token, token_key};
use creance_sigv::oauth1::{Outgoing, Request, RequestKey, Server};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::{Algorithm, Error, UnixTime};

const URL: &str = "https://photos.example.net/photos";

fn verify<'a>(received: &Received<'a>, key: &'a RequestKey) -> Result<Request<'a>, Error> {
    let authentic = Server::new().verify(received, key, NOW).map_err(|it| *it.error())?;
    Ok(authentic.dangerous_accept_replays().into_shown())
}

#[test]
fn what_cannot_be_sent_is_not_signed() {
    let key = client_key(Algorithm::Sha1);
    let sign = |outgoing: Outgoing<'_>| outgoing.sign(&key, NOW).map(drop);
    let right = Outgoing::new("GET", URL).with_nonce("1");
    assert_eq!(sign(right), Ok(()));
    for (outgoing, part) in [
        (Outgoing::new("GET", URL), Part::Id),
        (right.with_nonce(&"n".repeat(257)), Part::Id),
        (Outgoing::new("G T", URL).with_nonce("1"), Part::Method),
        (Outgoing::new("", URL).with_nonce("1"), Part::Method),
        (Outgoing::new("GET", "/photos").with_nonce("1"), Part::Url),
        (right.with_realm("a\nb"), Part::Header),
        (right.with_form("a").with_body(b"a"), Part::Body),
        (right.with_form("a=ä"), Part::Parameter),
        (right.with_form("oauth_nonce=1"), Part::Parameter),
        (Outgoing::new("GET", "https://h/?oauth_token=1").with_nonce("1"), Part::Parameter),
    ] {
        assert_eq!(sign(outgoing), Err(Error::Value(part)), "{outgoing:?} {part}");
    }
    let late = right.sign(&key, UnixTime::MAX).map(drop);
    assert_eq!(late, Err(Error::Value(Part::Timestamp)));
    let no_key: Option<RequestKey> = None;
    assert_eq!(right.sign(&no_key, NOW).map(drop), Err(Error::NoSigningKey));
    let hashed = right.with_body(b"{}").sign(&key, NOW).unwrap();
    assert_eq!(hashed.form(), Err(Error::Value(Part::Body)));
}

#[test]
fn a_realm_is_quoted_and_read_back() {
    let key = client_key(Algorithm::Sha1);
    for realm in ["", "Photos", "a \"b\", oauth_nonce=\"x\"", "\\", "\\\""] {
        let signed =
            Outgoing::new("GET", URL).with_nonce("1").with_realm(realm).sign(&key, NOW).unwrap();
        let headers = signed.to_headers();
        assert!(headers[0].1.starts_with("OAuth realm=\""));
        assert!(verify(&Received::new("GET", URL, &headers, b""), &key).is_ok(), "{realm}");
    }
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let key = token_key(Algorithm::Sha1);
    let url = format!("{URL}?password=hunter2");
    let signed = Outgoing::new("GET", &url).with_nonce("nonce-1").sign(&key, NOW).unwrap();
    let headers = signed.to_headers();
    let received = Received::new("GET", &url, &headers, b"");
    let incoming = Server::new().parse(&received).unwrap();
    let authentic = Server::new().verify(&received, &key, NOW).unwrap();
    let printed = format!("{:?} {:?}", client(), token())
        + &format!("{key:?} {signed:?} {incoming:?} {authentic:?} {received:?}")
        + &format!("{:?}", authentic.clone().dangerous_accept_replays().into_shown());
    let tag = headers[0].1.split("oauth_signature=\"").nth(1).unwrap();
    for secret in [CONSUMER_SECRET, by_hand::TOKEN_SECRET, "hunter2", "nonce-1", &tag[..9]] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
