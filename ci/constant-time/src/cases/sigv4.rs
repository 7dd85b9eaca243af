//! Signature Version 4: preparing a secret, deriving from it, and verifying with it.

use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::Received;
use creance_sigv::sigv4::{
    ChunkLimits, Credentials, Outgoing, Payload, SecretKey, Service, Signed, SignedHeader, Signer,
    SigningKeys, Verifier,
};
use creance_sigv::{Encoding, Error, UnixTime};

use super::keys::secret_text;
use super::shown;
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const URL: &str = "https://bucket.example.com/photos/a%20b?list-type=2&prefix=J";
const REGION: &str = "eu-central-1";
const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const OTHER: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEy";
const TOKEN: &str = "a-session-token/which+goes/with-a-temporary-secret==";
const BODY: &[u8] = b"{\"text\":\"not ASCII: \xc3\xa4\xff\"}";

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str, run: fn()| Case::new(format!("sigv4/{name}"), Expected::Verdict, run);
    vec![
        Case::new("sigv4/secret-and-derivation", Expected::Silence, derivation),
        Case::new("sigv4/sign", Expected::Silence, sign),
        case("header/right", || assert_eq!(header(&ring(SECRET)), Ok(()))),
        case("header/wrong", || assert_eq!(header(&ring(OTHER)), Err(Error::Mismatch))),
        // Ids are public, and no secret is looked at for one that is not there.
        Case::new("sigv4/header/unknown-id", Expected::Silence, || {
            let mut ring = Keyring::<2, SecretKey>::new();
            ring.insert(KeyEntry::new("ANOTHER", watched(SECRET)).unwrap()).unwrap();
            assert_eq!(header(&ring), Err(Error::UnknownKey));
        }),
        case("session-token/right", || assert_eq!(with_token(Some(TOKEN)), Ok(()))),
        case("session-token/wrong", || {
            assert_eq!(with_token(Some("another")), Err(Error::UnknownKey));
            assert_eq!(with_token(None), Err(Error::UnknownKey));
        }),
        case("presigned/right", || assert_eq!(presigned(&ring(SECRET)), Ok(()))),
        case("presigned/wrong", || assert_eq!(presigned(&ring(OTHER)), Err(Error::Mismatch))),
        case("streamed/right", || assert_eq!(streamed(&ring(SECRET)), Ok(()))),
        case("streamed/wrong", || assert_eq!(streamed(&ring(OTHER)), Err(Error::Mismatch))),
        case("chunks/right", || assert_eq!(chunks("", |_| ()), Ok(BODY.repeat(2)))),
        case("chunks/trailer", || {
            assert_eq!(chunks("x-amz-checksum-crc32c", |_| ()), Ok(BODY.repeat(2)));
        }),
        case("chunks/wrong", || {
            for name in ["", "x-amz-checksum-crc32c"] {
                let verdict = chunks(name, |framed| {
                    let at = last_signature(framed);
                    framed[at] = if framed[at] == b'0' { b'1' } else { b'0' };
                });
                assert_eq!(verdict, Err(Error::Mismatch));
            }
        }),
    ]
}

/// All of the text is secret, whichever characters it has.
fn watched(secret: &str) -> SecretKey {
    SecretKey::new(&secret_text(Encoding::Base64Url, secret.to_owned())).unwrap()
}

/// A right or wrong secret under the id, and one more, with which it is compared.
fn ring(secret: &str) -> Keyring<2, SecretKey> {
    let mut ring = Keyring::new();
    for (id, key) in [(ID, watched(secret)), ("ANOTHER", watched("another secret of 27 bytes "))] {
        ring.insert(KeyEntry::new(id, key).unwrap()).unwrap();
    }
    ring
}

fn signer(secret: &SecretKey) -> Signer<'_> {
    Signer::new(Credentials::new(ID, secret).unwrap(), REGION, Service::S3).unwrap()
}

fn verifier() -> Verifier<'static> {
    Verifier::new(REGION, Service::S3).unwrap()
}

/// Secrets of which the first key of the chain is shorter and longer than a block.
fn derivation() {
    for len in [16, 40, 59, 60, 61, 64, 200, 256] {
        let text: String = SECRET.chars().cycle().take(len).collect();
        let (public, watched) = (SecretKey::new(&text).unwrap(), watched(&text));
        let outgoing = Outgoing::new("PUT", URL, Payload::Body(BODY));
        let scope = signer(&public).scope(NOW).unwrap();
        let mut kept = SigningKeys::<1>::new(&watched);
        for _ in 0..2 {
            let key = kept.get(&scope);
            let signed = signer(&public).sign_with(&outgoing, key, NOW).unwrap();
            let expected = signer(&public).sign(&outgoing, NOW).unwrap();
            assert_eq!(shown(signed.signature().expose()), expected.signature().expose());
        }
    }
}

fn sign() {
    let (public, watched) = (SecretKey::new(SECRET).unwrap(), watched(SECRET));
    let outgoing = Outgoing::new("PUT", URL, Payload::Body(BODY));
    let expected = headers_of(&signer(&public).sign(&outgoing, NOW).unwrap());
    let signed = headers_of(&signer(&watched).sign(&outgoing, NOW).unwrap());
    for ((name, value), (expected_name, expected)) in signed.iter().zip(&expected) {
        assert_eq!((name, shown(value.as_bytes())), (expected_name, expected.clone().into()));
    }
    let expected = signer(&public).presign(&outgoing, 60, NOW).unwrap().to_url().unwrap();
    let url = signer(&watched).presign(&outgoing, 60, NOW).unwrap().to_url().unwrap();
    assert_eq!(shown(url.as_bytes()), expected.as_bytes());
}

fn headers_of(signed: &Signed<'_>) -> Vec<(String, String)> {
    let text = |header: SignedHeader<'_>| {
        let mut value = String::new();
        header.write(&mut value).unwrap();
        (header.name().to_owned(), value)
    };
    signed.headers().map(text).collect()
}

fn header(keys: &Keyring<2, SecretKey>) -> Result<(), Error> {
    let secret = SecretKey::new(SECRET).unwrap();
    let outgoing = Outgoing::new("PUT", URL, Payload::Body(BODY));
    let headers = headers_of(&signer(&secret).sign(&outgoing, NOW).unwrap());
    verdict(&verifier(), &Received::new("PUT", URL, &headers, BODY), keys)
}

fn presigned(keys: &Keyring<2, SecretKey>) -> Result<(), Error> {
    let secret = SecretKey::new(SECRET).unwrap();
    let outgoing = Outgoing::new("GET", URL, Payload::Unsigned);
    let url = signer(&secret).presign(&outgoing, 60, NOW).unwrap().to_url().unwrap();
    let verifier = verifier().with_presigned(60).allow_unsigned_payload();
    let no_headers: [(&str, &str); 0] = [];
    verdict(&verifier, &Received::new("GET", &url, &no_headers, b""), keys)
}

fn verdict(
    verifier: &Verifier<'_>,
    received: &Received<'_>,
    keys: &Keyring<2, SecretKey>,
) -> Result<(), Error> {
    let verdict = verifier.verify(received, keys, NOW);
    verdict.map(drop).map_err(|rejection| *rejection.error())
}

/// The verdict on a message that has this token, or none; the token of the key is secret.
fn with_token(sent: Option<&str>) -> Result<(), Error> {
    let secret = SecretKey::new(SECRET).unwrap();
    let credentials = Credentials::new(ID, &secret).unwrap();
    let credentials = sent.map_or(credentials, |token| credentials.with_session_token(token));
    let signer = Signer::new(credentials, REGION, Service::S3).unwrap();
    let outgoing = Outgoing::new("PUT", URL, Payload::Body(BODY));
    let headers = headers_of(&signer.sign(&outgoing, NOW).unwrap());

    let token = secret_text(Encoding::Base64Url, TOKEN.to_owned());
    let mut ring = Keyring::new();
    let key = watched(SECRET).with_session_token(&token);
    ring.insert(KeyEntry::new(ID, key).unwrap()).unwrap();
    verdict(&verifier(), &Received::new("PUT", URL, &headers, BODY), &ring)
}

fn streamed(keys: &Keyring<2, SecretKey>) -> Result<(), Error> {
    let secret = SecretKey::new(SECRET).unwrap();
    let outgoing = Outgoing::new("PUT", URL, Payload::Body(BODY));
    let headers = headers_of(&signer(&secret).sign(&outgoing, NOW).unwrap());
    let received = Received::new("PUT", URL, &headers, b"");
    let authentic = verifier().begin(&received, keys, 1000, NOW);
    let authentic = authentic.map_err(|rejection| *rejection.error())?;
    let mut running = authentic.dangerous_accept_replays().into_shown();
    for piece in BODY.chunks(7) {
        running.update(piece).unwrap();
    }
    assert_eq!(running.finish().unwrap(), BODY.len() as u64);
    Ok(())
}

/// What is read of a body in two chunks after a change, with a trailer of this name or with none.
fn chunks(name: &'static str, change: fn(&mut Vec<u8>)) -> Result<Vec<u8>, Error> {
    let secret = SecretKey::new(SECRET).unwrap();
    let payload = Payload::Chunks { bytes: 2 * BODY.len() as u64, trailer: name };
    let signed = signer(&secret).sign(&Outgoing::new("PUT", URL, payload), NOW).unwrap();
    let headers = headers_of(&signed);
    let mut framed = Vec::new();
    let mut chunks = signed.into_chunks().unwrap();
    chunks.write(BODY, &mut framed).unwrap();
    chunks.write(BODY, &mut framed).unwrap();
    if name.is_empty() {
        chunks.finish(&mut framed).unwrap();
    } else {
        chunks.finish_with_trailer(&[(name, "sOO8/Q==")], &mut framed).unwrap();
    }
    change(&mut framed);

    let keys = ring(SECRET);
    let received = Received::new("PUT", URL, &headers, b"");
    let authentic = verifier().with_chunks().verify(&received, &keys, NOW).unwrap();
    let request = authentic.dangerous_accept_replays().into_shown();
    let mut decoder = request.into_chunks(ChunkLimits::new(1000, 1000)).unwrap().unwrap();
    let mut read = Vec::new();
    for piece in framed.chunks(33) {
        let updated = decoder.update(piece, |data| read.extend_from_slice(data));
        updated.map_err(|rejection| *rejection.error())?;
    }
    decoder.finish().map_err(|rejection| *rejection.error())?;
    Ok(read)
}

/// Where the last digit of the last signature is.
fn last_signature(framed: &[u8]) -> usize {
    framed.iter().rposition(u8::is_ascii_hexdigit).unwrap()
}
