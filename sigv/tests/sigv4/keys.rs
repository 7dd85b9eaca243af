//! Who signs, with which key, for which scope.

use crate::common::to_hex;
use crate::craft::{Craft, DATE, NOW, SECRET, TICKETS, code, keys, verifier};
use creance_sigv::keyring::{KeyEntry, KeyState, Keyring};
use creance_sigv::scheme::Received;
use creance_sigv::sigv4::{
    Credentials, Outgoing, Payload, Scope, SecretKey, Service, Signer, SigningKeys, Timestamp,
    Verifier,
};
use creance_sigv::{Error, UnixTime};

#[test]
fn the_scope_is_the_one_agreed_on() {
    for (scope, expected) in [
        ("20150829/r/tickets/aws4_request", "not-covered"),
        ("20150831/r/tickets/aws4_request", "not-covered"),
        ("20150830/s/tickets/aws4_request", "not-covered"),
        ("20150830/r/ticket/aws4_request", "not-covered"),
        ("20150830/R/tickets/aws4_request", "not-covered"),
        ("20150830/r/tickets/aws5_request", "malformed"),
        ("20150830/r/tickets/AWS4_REQUEST", "malformed"),
        ("20150830/r/tickets", "malformed"),
        ("20150830//tickets/aws4_request", "malformed"),
        ("2015083/r/tickets/aws4_request", "malformed"),
        ("2015-8-3/r/tickets/aws4_request", "malformed"),
    ] {
        assert_eq!(Craft::with(|it| it.scope = scope.to_owned()).code(), expected, "{scope}");
    }
    // More before the scope belongs to the id, and is none of ours.
    let more = Craft::with(|it| it.scope = "x/20150830/r/tickets/aws4_request".to_owned());
    assert_eq!(more.code(), "unknown-key");
}

#[test]
fn the_key_is_the_one_that_is_named() {
    for id in ["akid", "AKI", "AKID2", "AKID/x", "x/AKID", "other"] {
        let craft = Craft::with(|it| it.id = id.to_owned());
        let refusal = craft.verify(&verifier(), NOW).unwrap_err();
        assert_eq!((refusal.code(), refusal.status()), ("unknown-key", 401), "{id}");
    }
    for (id, expected) in [("", "malformed"), ("a b", "malformed"), (&"a".repeat(129), "too-long")]
    {
        assert_eq!(Craft::with(|it| it.id = id.to_owned()).code(), expected, "{id}");
    }

    let (url, headers) = Craft::new().signed();
    let received = Received::new("GET", &url, &headers, b"");
    let mut keys = keys();
    keys.insert(
        KeyEntry::new("OTHER", SecretKey::new("another secret, also long").unwrap()).unwrap(),
    )
    .unwrap();
    keys.set_state("AKID", KeyState::VerifyOnly).unwrap();
    let authentic = verifier().verify(&received, &keys, NOW).unwrap();
    assert!(authentic.key().event().is_some(), "an older key was used");
    keys.set_state("AKID", KeyState::Retired).unwrap();
    assert_eq!(code(verifier().verify(&received, &keys, NOW)), "unknown-key");

    // What a decoy signs anybody can sign.
    let decoy = SecretKey::decoy();
    assert_eq!(Credentials::new("AKID", &decoy).err(), Some(Error::NoSigningKey));
    let mut keys = Keyring::<1, SecretKey>::new();
    keys.insert(KeyEntry::new("AKID", decoy).unwrap()).unwrap();
    assert!(verifier().verify(&received, &keys, NOW).is_err());
}

#[test]
fn the_session_token_is_the_one_of_the_key() {
    let with_token = |token: &str| {
        Craft::with(|it| {
            it.names = "host;x-amz-date;x-amz-security-token".to_owned();
            it.header("X-Amz-Security-Token", token);
        })
        .signed()
    };
    let verify = |secret: SecretKey, (url, headers): &(String, Vec<(String, String)>)| {
        let mut keys = Keyring::<1, SecretKey>::new();
        keys.insert(KeyEntry::new("AKID", secret).unwrap()).unwrap();
        code(verifier().verify(&Received::new("GET", url, headers, b""), &keys, NOW))
    };
    let plain = || SecretKey::new(SECRET).unwrap();
    let temporary = || plain().with_session_token("token");
    assert_eq!(verify(temporary(), &with_token("token")), "ok");
    assert_eq!(verify(temporary(), &with_token("tokem")), "unknown-key");
    assert_eq!(verify(temporary(), &Craft::new().signed()), "unknown-key");
    assert_eq!(verify(plain(), &with_token("token")), "unknown-key");
}

#[test]
fn what_cannot_be_signed_is_the_callers_mistake() {
    let secret = SecretKey::new(SECRET).unwrap();
    let credentials = Credentials::new("AKID", &secret).unwrap();
    let signer = Signer::new(credentials, "r", TICKETS).unwrap();
    let sign = |headers: &[(&str, &str)]| {
        let outgoing =
            Outgoing::new("GET", "https://h/", Payload::Body(b"")).with_headers(&headers);
        signer.sign(&outgoing, NOW).map(drop).map_err(|error| error.code())
    };
    assert_eq!(sign(&[("a", "1"), ("Host", "h"), ("Authorization", "old")]), Ok(()));
    assert_eq!(sign(&[("X-Amz-Date", DATE)]), Err("value"));
    assert_eq!(sign(&[("a", "1\n2")]), Err("value"));
    assert_eq!(sign(&[("a b", "1")]), Err("value"));
    assert_eq!(sign(&[("", "1")]), Err("value"));
    assert!(
        signer.sign(&Outgoing::new("GET", "https://h/", Payload::Unsigned), UnixTime::MAX).is_err()
    );
    for id in ["", "a b", "a,b", "ä"] {
        assert!(Credentials::new(id, &secret).is_err(), "{id}");
    }
    for name in ["", "a/b", "a b", &"a".repeat(65)] {
        assert!(Signer::new(credentials, name, TICKETS).is_err(), "{name}");
        assert!(Verifier::new("r", Service::new(name)).is_err(), "{name}");
    }
    assert_eq!(SecretKey::new("").err(), Some(Error::EmptyKey));
    assert_eq!(SecretKey::new("fifteen bytes..").err().map(|it| it.code()), Some("short-key"));
    assert_eq!(SecretKey::new(&"a".repeat(257)).err().map(|it| it.code()), Some("long-key"));
    assert!(SecretKey::allow_weak("a").is_ok());

    // A key for another day, region or service does not sign.
    let timestamp = Timestamp::new(NOW).unwrap();
    let mut cache = SigningKeys::<1>::new(&secret);
    let outgoing = Outgoing::new("GET", "https://h/", Payload::Body(b""));
    for (region, service) in [("s", "tickets"), ("r", "other")] {
        let key = cache.get(&Scope::new(&timestamp, region, service).unwrap());
        let verdict = signer.sign_with(&outgoing, key, NOW).map(drop);
        assert_eq!(verdict.map_err(|error| error.code()), Err("value"));
    }
    // Each cache is for the secret that it was made with.
    let other = SecretKey::new("another secret, also long").unwrap();
    let scope = signer.scope(NOW).unwrap();
    let mut others = SigningKeys::<1>::new(&other);
    for _ in 0..2 {
        let ours = signer.sign_with(&outgoing, cache.get(&scope), NOW).unwrap();
        let theirs = signer.sign_with(&outgoing, others.get(&scope), NOW).unwrap();
        let expected = signer.sign(&outgoing, NOW).unwrap();
        assert_eq!(ours.signature().expose(), expected.signature().expose());
        assert_ne!(theirs.signature().expose(), expected.signature().expose());
    }
    let key = cache.get(&scope).clone();
    let tomorrow = NOW.saturating_add(86_400);
    assert!(signer.sign_with(&outgoing, &key, NOW).is_ok());
    assert!(signer.sign_with(&outgoing, &key, tomorrow).is_err());
}

#[test]
fn one_secret_is_in_a_ring_once() {
    let mut keys = keys();
    let same = KeyEntry::new("AKID2", SecretKey::new(SECRET).unwrap()).unwrap();
    assert_eq!(keys.insert(same), Err(Error::DuplicateKey));
}

#[test]
fn secrets_are_not_shown() {
    let secret = SecretKey::new(SECRET).unwrap().with_session_token("session/token");
    let credentials =
        Credentials::new("AKID", &secret).unwrap().with_session_token("session/token");
    let signer = Signer::new(credentials, "r", TICKETS).unwrap();
    let outgoing = Outgoing::new("GET", "https://h/?private=1", Payload::Body(b"private"));
    let signed = signer.sign(&outgoing, NOW).unwrap();
    let presigned = signer.presign(&outgoing, 60, NOW).unwrap();
    let key = secret.signing_key(&signer.scope(NOW).unwrap());
    let explained = signer.explain(&outgoing, None, NOW).unwrap();
    let headers: Vec<String> = signed.headers().map(|header| format!("{header:?}")).collect();
    let shown = format!(
        "{secret:?} {credentials:?} {signer:?} {outgoing:?} {signed:?} {presigned:?} {key:?} {headers:?} {explained:?}"
    );
    let signature = to_hex(signed.signature().expose());
    for hidden in [SECRET, "session", "private", &signature] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    assert!(shown.contains("SecretKey") && shown.contains("x-amz-security-token"));
}
