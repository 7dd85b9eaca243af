//! RFC 9421: verifying with a secret key, under its id and without one.

use creance_sigv::http_signature::{Message, Policy, Signer};
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::Received;
use creance_sigv::{Algorithm, Error, Key, UnixTime, Window};

use super::{key_material, secret};
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const URL: &str = "https://example.com/orders?draft=1";
const BODY: &[u8] = b"{\"text\":\"not ASCII: \xc3\xa4\xff\"}";

pub(super) fn cases() -> Vec<Case> {
    let case =
        |name: &str, run: fn()| Case::new(format!("http-signature/{name}"), Expected::Verdict, run);
    vec![
        case("right", || assert_eq!(verify(1, "client", BODY), Ok(()))),
        case("wrong", || assert_eq!(verify(2, "client", BODY), Err(Error::Mismatch))),
        // Ids are public, and no secret is looked at for one that is not there.
        Case::new("http-signature/unknown-id", Expected::Silence, || {
            let mut keys = Keyring::new();
            keys.insert(KeyEntry::new("another", watched(1)).unwrap()).unwrap();
            assert_eq!(verdict(1, &keys, "client", BODY), Err(Error::UnknownKey));
        }),
        // The tag is right, and the body is not the one whose digest it covers.
        case("other-body", || assert_eq!(verify(1, "client", b"{}"), Err(Error::BodyMismatch))),
        case("no-id", || {
            assert_eq!(verify(1, "", BODY), Ok(()));
            assert_eq!(verify(3, "", BODY), Ok(()));
            assert_eq!(verify(2, "", BODY), Err(Error::Mismatch));
        }),
        case("streamed", || {
            assert_eq!(streamed(1, BODY), Ok(()));
            assert_eq!(streamed(1, b"{}"), Err(Error::BodyMismatch));
            assert_eq!(streamed(2, BODY), Err(Error::Mismatch));
        }),
    ]
}

fn material(number: u8) -> Vec<u8> {
    let mut bytes = key_material(32);
    bytes[0] = number;
    bytes
}

fn public(number: u8) -> Key {
    Key::new(Algorithm::Sha256, &material(number)).unwrap()
}

fn watched(number: u8) -> Key {
    Key::new(Algorithm::Sha256, &secret(&material(number))).unwrap()
}

/// The headers of a signed message, without an id where that is empty.
fn signed(key: &Key, id: &str) -> Vec<(String, String)> {
    let message = Message::request("POST", URL, &NO_HEADERS, BODY);
    let signer = Signer::for_requests().with_nonce("2d1f9a").naming_algorithm();
    let signer = if id.is_empty() { signer } else { signer.with_key_id(id) };
    signer.sign(message, key, NOW).unwrap().to_headers()
}

const NO_HEADERS: [(&str, &str); 0] = [];

fn policy() -> Policy {
    Policy::for_requests(Window::new(300, 5)).requiring_nonce().allowing_no_key_id()
}

/// The verdict on what the key of this number has signed, where ours are the first and the third.
fn verify(number: u8, id: &str, body: &[u8]) -> Result<(), Error> {
    verdict(number, &ours(), id, body)
}

fn ours() -> Keyring<2> {
    let mut keys = Keyring::new();
    for (id, number) in [("client", 1), ("second", 3)] {
        keys.insert(KeyEntry::new(id, watched(number)).unwrap()).unwrap();
    }
    keys
}

fn verdict(number: u8, keys: &Keyring<2>, id: &str, body: &[u8]) -> Result<(), Error> {
    let headers = signed(&public(number), id);
    let received = Received::new("POST", URL, &headers, body);
    let verdict = policy().verify(&received, keys, NOW);
    verdict.map(drop).map_err(|rejection| *rejection.error())
}

/// The same, of a body that comes in pieces.
fn streamed(number: u8, body: &[u8]) -> Result<(), Error> {
    let headers = signed(&public(number), "client");
    let received = Received::new("POST", URL, &headers, b"");
    let keys = ours();
    let authentic = policy().verify_head(&received, &keys, 1000, NOW);
    let authentic = authentic.map_err(|rejection| *rejection.error())?;
    let mut running = authentic.dangerous_accept_replays().into_shown();
    for piece in body.chunks(7) {
        running.update(piece).map_err(|rejection| *rejection.error())?;
    }
    running.finish().map(drop).map_err(|rejection| *rejection.error())
}
