//! Signed HTTP messages that are right, and ways to make others of them.
#![allow(dead_code, reason = "each test file is a program of its own and uses a part")]

use creance_sigv::http_signature::{Message, Policy, Signer};
use creance_sigv::keyring::{KeyEntry, KeyState, Keyring};
use creance_sigv::scheme::Received;
use creance_sigv::{Algorithm, Encoding, Error, Key, UnixTime, Window};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const URL: &str = "https://example.com/orders?draft=1";
pub(crate) const BODY: &[u8] = b"{\"a\": 1}";

pub(crate) type Headers = Vec<(String, Vec<u8>)>;

pub(crate) fn key(byte: u8) -> Key {
    Key::new(Algorithm::Sha256, &[byte; 32]).unwrap()
}

pub(crate) fn keys() -> Keyring<4> {
    let mut ring = Keyring::new();
    ring.insert(KeyEntry::new("old", key(1)).unwrap()).unwrap();
    ring.insert(KeyEntry::new("other", key(2)).unwrap().with_state(KeyState::VerifyOnly)).unwrap();
    let wide = Key::new(Algorithm::Sha512, &[3; 64]).unwrap();
    let wide = KeyEntry::new("wide", wide).unwrap().with_state(KeyState::VerifyOnly);
    ring.insert(wide).unwrap();
    let decoy = KeyEntry::new("decoy", Key::decoy(Algorithm::Sha256)).unwrap();
    ring.insert(decoy.with_state(KeyState::VerifyOnly)).unwrap();
    ring
}

pub(crate) fn window() -> Window {
    Window::new(300, 5)
}

pub(crate) fn policy() -> Policy {
    Policy::for_requests(window())
}

/// A policy that asks for little, for what is refused before that is looked at.
pub(crate) fn lenient() -> Policy {
    Policy::new(window(), ["@method"]).unwrap().without_body()
}

pub(crate) fn header(name: &str, value: impl AsRef<[u8]>) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_ref().to_vec())
}

/// A signed request as it should be.
pub(crate) fn signed() -> Headers {
    let own = [("Content-Type", "application/json")];
    let message = Message::request("POST", URL, &own, BODY);
    let signed = Signer::for_requests().with_nonce("n-1").sign(&message, &keys(), NOW).unwrap();
    let mut headers = vec![header("Content-Type", "application/json")];
    headers.extend(signed.headers().map(|(name, value)| header(name, value)));
    headers
}

/// Signs a base that was written by hand, as somebody who has the key may do.
pub(crate) fn by_hand(params: &str, base: &str, key: &Key, label: &str) -> Headers {
    let tag = key.sign(format!("{base}\"@signature-params\": {params}").as_bytes());
    let mut text = String::new();
    tag.write(Encoding::Base64, &mut text).unwrap();
    let input = header("Signature-Input", format!("{label}={params}"));
    vec![input, header("Signature", format!("{label}=:{text}:"))]
}

/// A GET whose method alone is covered, with these parameters of the signature.
pub(crate) fn with_params(params: &str) -> Headers {
    by_hand(&format!("(\"@method\"){params}"), "\"@method\": GET\n", &key(1), "s")
}

pub(crate) fn verdict(
    policy: &Policy,
    method: &str,
    headers: &Headers,
    body: &[u8],
) -> Result<(), Error> {
    let received = Received::new(method, URL, headers, body);
    let keys = keys();
    let verified = policy.verify(&received, &keys, NOW);
    verified.map(drop).map_err(|rejection| *rejection.error())
}

pub(crate) fn get(headers: &Headers) -> Result<(), Error> {
    verdict(&lenient(), "GET", headers, b"")
}

pub(crate) fn post(headers: &Headers) -> Result<(), Error> {
    verdict(&policy(), "POST", headers, BODY)
}

pub(crate) fn renamed(line: &(String, Vec<u8>), from: &str, to: &str) -> (String, Vec<u8>) {
    let text = String::from_utf8(line.1.clone()).unwrap();
    header(&line.0, text.replacen(from, to, 1))
}
