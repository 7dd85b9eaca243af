//! OAuth 1.0a by hand: slow, simple, and without anything of the code under test but its HMAC.
#![allow(dead_code, reason = "each test file is a program of its own and uses a part")]

use creance_sigv::oauth1::{Credentials, RequestKey};
use creance_sigv::{Algorithm, Encoding, Key, UnixTime};

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
