//! OAuth 1.0a by hand: slow, simple, and without anything of the code under test but its HMAC.
#![allow(dead_code, reason = "each test file is a program of its own and uses a part")]

use creance_sigv::oauth1::{Credentials, Request, RequestKey, Server};
use creance_sigv::scheme::Received;
use creance_sigv::{Algorithm, Encoding, Error, Key, UnixTime};

pub(crate) const URL: &str = "https://photos.example.net/photos";
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const TIME: &str = "1700000000";
pub(crate) const CONSUMER_KEY: &str = "dpf43f3p2l4k3l03";
pub(crate) const CONSUMER_SECRET: &str = "kd94hf93k423kf44";
pub(crate) const TOKEN: &str = "nnch734d00sl2jdk";
pub(crate) const TOKEN_SECRET: &str = "pfkkdhi9sl3r4s00";

pub(crate) fn client() -> Credentials {
    Credentials::new(CONSUMER_KEY, CONSUMER_SECRET).unwrap()
}

pub(crate) fn token() -> Credentials {
    Credentials::new(TOKEN, TOKEN_SECRET).unwrap()
}

/// The key of the client's own requests.
pub(crate) fn client_key(algorithm: Algorithm) -> RequestKey {
    RequestKey::new(algorithm, &client(), None).unwrap()
}

/// The key of requests with the token.
pub(crate) fn token_key(algorithm: Algorithm) -> RequestKey {
    RequestKey::new(algorithm, &client(), Some(&token())).unwrap()
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The parameters of the protocol but for the signature, without a token.
pub(crate) fn protocol(method: &str) -> Pairs {
    pairs(&[
        ("oauth_consumer_key", CONSUMER_KEY),
        ("oauth_signature_method", method),
        ("oauth_timestamp", TIME),
        ("oauth_nonce", "chapoH"),
    ])
}

pub(crate) fn base_string(method: &str, base_uri: &str, parameters: &Pairs) -> String {
    let mut sorted: Pairs =
        parameters.iter().map(|(name, value)| (encoded(name), encoded(value))).collect();
    sorted.sort();
    let joined: Vec<String> =
        sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{method}&{}&{}", encoded(base_uri), encoded(&joined.join("&")))
}

/// The signature under the client's secret alone.
pub(crate) fn signature(algorithm: Algorithm, base_string: &str) -> String {
    let key = Key::allow_weak(algorithm, format!("{CONSUMER_SECRET}&").as_bytes()).unwrap();
    let mut signature = String::new();
    key.sign(base_string.as_bytes()).write(Encoding::Base64, &mut signature).unwrap();
    signature
}

/// A header of these.
pub(crate) fn header(parameters: &Pairs) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}=\"{}\"", encoded(name), encoded(value)))
        .collect();
    format!("OAuth {}", pairs.join(", "))
}

/// A query or a form of these.
pub(crate) fn form(parameters: &Pairs) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.join("&")
}

pub(crate) fn verify<'a>(
    received: &Received<'a>,
    key: &'a RequestKey,
) -> Result<Request<'a>, Error> {
    let authentic = Server::new().verify(received, key, NOW).map_err(|it| *it.error())?;
    Ok(authentic.dangerous_accept_replays().into_shown())
}

/// The verdict on a request with this header.
pub(crate) fn verdict(authorization: &str) -> Result<(), Error> {
    let headers = [("Authorization", authorization)];
    let key = client_key(Algorithm::Sha1);
    verify(&Received::new("GET", URL, &headers, b""), &key).map(drop)
}

/// A header that is signed by hand, with these parameters besides or instead.
pub(crate) fn signed_with(changed: &[(&str, &str)]) -> String {
    let mut parameters = protocol("HMAC-SHA1");
    parameters.retain(|(name, _)| changed.iter().all(|(other, _)| other != name));
    parameters.extend(pairs(changed));
    let tag = signature(Algorithm::Sha1, &base_string("GET", URL, &parameters));
    parameters.push(("oauth_signature".to_owned(), tag));
    header(&parameters)
}
