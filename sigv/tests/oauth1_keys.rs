//! OAuth 1.0a, keys: which are tried, how they are made, and that none is told from another.

#[path = "common/oauth1.rs"]
mod by_hand;

use by_hand::{
    CONSUMER_KEY, CONSUMER_SECRET, NOW, TOKEN, URL, base_string, client, client_key, header,
    protocol, signed_with, token_key, verdict, verify,
};
use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeyState};
use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, Server};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::{Algorithm, Error};

/// RFC 5849, 3.3: a nonce is one of its client and token.
#[test]
fn clients_and_tokens_do_not_take_nonces_from_each_other() {
    let store = MemoryStore::new(Server::new().window(), Restart::DangerousNoBarrier).unwrap();
    let secret = "a secret of some length";
    let credentials = |name: &str| Credentials::new(name, secret).unwrap();
    // Names that would run into each other if they were only put together.
    let names =
        [("ab", Some("c")), ("a", Some("bc")), ("abc", None), ("ab", None), ("ab", Some("d"))];
    for (client, token) in names {
        let token = token.map(credentials);
        let key = RequestKey::new(Algorithm::Sha1, &credentials(client), token.as_ref()).unwrap();
        let signed = Outgoing::new("GET", URL).with_nonce("n").sign(&key, NOW).unwrap();
        let headers = signed.to_headers();
        let received = Received::new("GET", URL, &headers, b"");
        assert!(Server::new().accept(&received, &key, &store, NOW).is_ok(), "{client} {token:?}");
        assert!(Server::new().accept(&received, &key, &store, NOW).is_err(), "{client} {token:?}");
        let signed = Outgoing::new("GET", URL).with_nonce("m").sign(&key, NOW).unwrap();
        let headers = signed.to_headers();
        let received = Received::new("GET", URL, &headers, b"");
        assert!(Server::new().accept(&received, &key, &store, NOW).is_ok(), "another nonce");
    }
}

#[test]
fn the_method_is_the_one_of_the_key() {
    for method in
        ["PLAINTEXT", "RSA-SHA1", "RSA-SHA256", "hmac-sha1", "HMAC-SHA384", "HMAC-MD5", ""]
    {
        let header = signed_with(&[("oauth_signature_method", method)]);
        assert_eq!(verdict(&header), Err(Error::OtherAlgorithm), "{method}");
    }
    // Right by SHA-1, for a key that is agreed to be used with SHA-256.
    let headers = [("Authorization", signed_with(&[]))];
    let received = Received::new("GET", URL, &headers, b"");
    let key = client_key(Algorithm::Sha256);
    assert_eq!(verify(&received, &key).unwrap_err(), Error::OtherAlgorithm);
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let key = client_key(algorithm);
        let signed = Outgoing::new("GET", URL).with_nonce("1").sign(&key, NOW).unwrap();
        let headers = signed.to_headers();
        assert!(verify(&Received::new("GET", URL, &headers, b""), &key).is_ok());
    }
    let refused = RequestKey::new(Algorithm::Sha384, &client(), None);
    assert_eq!(refused.unwrap_err(), Error::OtherAlgorithm);
    // PLAINTEXT with the very secrets of the key.
    let plain = format!(
        "OAuth oauth_consumer_key=\"{CONSUMER_KEY}\", oauth_signature_method=\"PLAINTEXT\", \
         oauth_signature=\"{CONSUMER_SECRET}%26\", oauth_timestamp=\"1700000000\", oauth_nonce=\"1\""
    );
    assert_eq!(verdict(&plain), Err(Error::OtherAlgorithm));
}

#[test]
fn unknown_names_and_wrong_signatures_are_refused_alike() {
    let key = token_key(Algorithm::Sha1);
    let signed = Outgoing::new("GET", URL).with_nonce("1").sign(&key, NOW).unwrap();
    let headers = signed.to_headers();
    let received = Received::new("GET", URL, &headers, b"");
    let other = |name: &str, token: Option<&str>| {
        let credentials = |name| Credentials::new(name, "another secret that is long").unwrap();
        let token = token.map(credentials);
        RequestKey::new(Algorithm::Sha1, &credentials(name), token.as_ref()).unwrap()
    };
    let no_key: Option<RequestKey> = None;
    let mut messages = Vec::new();
    for (key, error) in [
        (no_key, Error::UnknownKey),
        (Some(other("nobody", Some(TOKEN))), Error::UnknownKey),
        (Some(other(CONSUMER_KEY, None)), Error::UnknownKey),
        (Some(other(CONSUMER_KEY, Some("other"))), Error::UnknownKey),
        (Some(other(CONSUMER_KEY, Some(TOKEN))), Error::Mismatch),
        (Some(token_key(Algorithm::Sha256)), Error::OtherAlgorithm),
    ] {
        let rejection = Server::new().verify(&received, &key, NOW).unwrap_err();
        assert_eq!(*rejection.error(), error);
        messages.push((rejection.status(), rejection.to_string()));
    }
    messages.dedup();
    assert_eq!(messages, [(401, "the message is not authenticated".to_owned())]);
}

/// What everybody can compute, because the decoy is no secret, is refused.
#[test]
fn nobody_gets_in_by_the_decoy() {
    let no_key: Option<RequestKey> = None;
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let method = format!("HMAC-{}", algorithm.name().to_uppercase());
        let mut parameters = protocol(&method);
        let base_string = base_string("GET", URL, &parameters);
        let decoy = creance_sigv::Key::decoy(algorithm).sign(base_string.as_bytes());
        let mut tag = String::new();
        decoy.write(creance_sigv::Encoding::Base64, &mut tag).unwrap();
        parameters.push(("oauth_signature".to_owned(), tag));
        let headers = [("Authorization", header(&parameters))];
        let received = Received::new("GET", URL, &headers, b"");
        let rejection = Server::new().verify(&received, &no_key, NOW).unwrap_err();
        assert_eq!(*rejection.error(), Error::UnknownKey);
    }
}

#[test]
fn secrets_are_replaced_without_a_moment_of_refusal() {
    let (old, new) = ("an old secret of a client", "a new secret of a client");
    let key = |secret: &str| {
        let client = Credentials::new(CONSUMER_KEY, secret).unwrap();
        RequestKey::new(Algorithm::Sha256, &client, None).unwrap()
    };
    let mut ring = GrowingKeyring::new();
    ring.insert(KeyEntry::new("old", key(old)).unwrap()).unwrap();
    let new_entry = KeyEntry::new("new", key(new)).unwrap();
    ring.insert(new_entry.with_state(KeyState::Pending)).unwrap();
    let other = Credentials::new("somebody", "a secret of somebody else").unwrap();
    let other = RequestKey::new(Algorithm::Sha256, &other, None).unwrap();
    ring.insert(KeyEntry::new("other", other).unwrap().with_state(KeyState::Pending)).unwrap();

    let used = |ring: &GrowingKeyring<RequestKey>, secret: &str| {
        let signed = Outgoing::new("GET", URL).with_nonce("1").sign(&key(secret), NOW).unwrap();
        let headers = signed.to_headers();
        let received = Received::new("GET", URL, &headers, b"");
        let authentic = Server::new().verify(&received, ring, NOW);
        authentic.map(|it| it.key().id().to_owned()).map_err(|it| *it.error())
    };
    assert_eq!(used(&ring, old), Ok("old".to_owned()));
    assert_eq!(used(&ring, new), Ok("new".to_owned()));
    ring.set_state("new", KeyState::Active).unwrap();
    ring.set_state("old", KeyState::Retired).unwrap();
    assert_eq!(used(&ring, old), Err(Error::Mismatch));
    assert_eq!(used(&ring, new), Ok("new".to_owned()));
    let signed = Outgoing::new("GET", URL).with_nonce("1").sign(&ring, NOW).unwrap();
    assert!(signed.authorization().contains(CONSUMER_KEY));
    assert_eq!(ring.insert(KeyEntry::new("again", key(new)).unwrap()), Err(Error::DuplicateKey));
}

#[test]
fn short_and_empty_secrets_are_refused() {
    let short = Credentials::new("a", "fifteen bytes..").unwrap();
    let long = Credentials::new("a", "sixteen bytes...").unwrap();
    let too_short = Error::ShortKey { algorithm: Algorithm::Sha1, bytes: 15, minimum: 16 };
    assert_eq!(RequestKey::new(Algorithm::Sha1, &short, None).unwrap_err(), too_short);
    assert_eq!(RequestKey::new(Algorithm::Sha1, &long, Some(&short)).unwrap_err(), too_short);
    assert!(RequestKey::new(Algorithm::Sha1, &long, Some(&long)).is_ok());
    assert!(RequestKey::allow_weak(Algorithm::Sha1, &short, Some(&short)).is_ok());
    assert_eq!(Credentials::new("a", "").unwrap_err(), Error::EmptyKey);
    let long = Error::LongKey { bytes: 257, maximum: 256 };
    assert_eq!(Credentials::new("a", &"s".repeat(257)).unwrap_err(), long);
    assert_eq!(Credentials::new("", "s").unwrap_err(), Error::Value(Part::KeyId));
    assert!(Credentials::new(&"n".repeat(1025), "s").is_err());
    // Of 256 bytes that are all escaped, too.
    let escaped = Credentials::new("a", &"€".repeat(85)).unwrap();
    assert!(RequestKey::new(Algorithm::Sha1, &escaped, Some(&escaped)).is_ok());
}

/// The secrets are encoded before they are joined, so `&` in one of them is no border.
#[test]
fn secrets_cannot_be_shifted_into_each_other() {
    let key = |client: &str, token: &str| {
        let client = Credentials::new("a", client).unwrap();
        let token = Credentials::new("b", token).unwrap();
        RequestKey::allow_weak(Algorithm::Sha1, &client, Some(&token)).unwrap()
    };
    let tag = |key: &RequestKey| {
        let signed = Outgoing::new("GET", URL).with_nonce("1").sign(key, NOW).unwrap();
        signed.authorization()
    };
    assert_ne!(tag(&key("x&y", "z")), tag(&key("x", "y&z")));
    assert_ne!(tag(&key("x%26y", "z")), tag(&key("x&y", "z")));
    assert_ne!(tag(&key("x+y", "z")), tag(&key("x y", "z")));
}
