//! The whole road of a signed HTTP message: requests, responses, bodies in pieces, replays, rotation,
//! and why two sides disagree.
#![cfg(feature = "http-signature")]

use creance_sigv::content_digest::DigestAlgorithm;
use creance_sigv::http_signature::{Message, Policy, Signer};
use creance_sigv::keyring::{KeyEntry, KeyEvent, KeyState, Keyring};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::{Cause, Part, Received, SecretKind};
use creance_sigv::{Algorithm, Error, Key, UnixTime, Window};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const URL: &str = "https://example.com/orders?draft=1";

type Headers = Vec<(String, String)>;

fn key(byte: u8) -> Key {
    Key::new(Algorithm::Sha256, &[byte; 32]).unwrap()
}

fn ring(id: &str, key: Key) -> Keyring<2> {
    let mut ring = Keyring::new();
    ring.insert(KeyEntry::new(id, key).unwrap()).unwrap();
    ring
}

fn policy() -> Policy {
    Policy::for_requests(Window::new(300, 5))
}

fn store() -> MemoryStore {
    let started = UnixTime::from_secs(1_699_000_000);
    MemoryStore::new(Window::new(300, 5), Restart::Barrier { started }).unwrap()
}

fn sign(signer: &Signer<'_>, method: &str, url: &str, body: &[u8], at: UnixTime) -> Headers {
    let request = Message::request(method, url, &[("", ""); 0], body);
    signer.sign(request, &ring("a", key(1)), at).unwrap().to_headers()
}

#[test]
fn a_message_is_accepted_once() {
    let (keys, store) = (ring("a", key(1)), store());
    for nonce in [None, Some("n-1"), Some("with \"quotes\"")] {
        let mut signer = Signer::for_requests();
        if let Some(nonce) = nonce {
            signer = signer.with_nonce(nonce);
        }
        let headers = sign(&signer, "POST", URL, b"{}", NOW);
        let received = Received::new("POST", URL, &headers, b"{}");
        let verified = policy().accept(&received, &keys, &store, NOW).unwrap();
        assert_eq!((verified.body(), verified.shown().nonce()), (Some(b"{}".as_slice()), nonce));
        assert_eq!((verified.key().id(), verified.time()), ("a", Some(NOW)));
        // Also a minute later, and with another label and more headers, which are not covered.
        let mut relabelled: Headers = headers.clone();
        for (_, value) in &mut relabelled {
            *value = value.replace("sig1=", "sig2=");
        }
        relabelled.push(("X".to_owned(), "1".to_owned()));
        for (headers, later) in [(&headers, 0), (&headers, 60), (&relabelled, 0)] {
            let received = Received::new("POST", URL, headers, b"{}");
            let later = NOW.saturating_add(later);
            let refused = policy().accept(&received, &keys, &store, later).unwrap_err();
            assert_eq!(refused.error(), &Error::Replay, "{nonce:?}");
        }
        // Another message of that second is told apart by what is signed, or not at all by its nonce.
        let other = "https://example.com/another";
        let headers = sign(&signer, "POST", other, b"{}", NOW);
        let received = Received::new("POST", other, &headers, b"{}");
        let verified = policy().accept(&received, &keys, &store, NOW);
        assert_eq!(verified.is_ok(), nonce.is_none(), "{nonce:?}");
    }
}

/// What waits for a store across the network may be moved to another thread, whatever holds the headers.
#[test]
fn a_store_may_be_waited_for() {
    fn ready<T>(future: impl Future<Output = T> + Send) -> T {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => panic!("the store is in memory"),
        }
    }
    let (keys, store) = (ring("a", key(1)), store());
    let headers = sign(&Signer::for_requests(), "GET", URL, b"", NOW);
    let received = Received::new("GET", URL, &headers, b"");
    assert!(ready(policy().accept_async(&received, &keys, &store, NOW)).is_ok());
    let refused = ready(policy().accept_async(&received, &keys, &store, NOW)).unwrap_err();
    assert_eq!(refused.error(), &Error::Replay);
}

/// The nonce counts under its key and time, not the message: a nonce that is used again is a replay,
/// and two requests alike but for it are not.
#[test]
fn messages_are_told_apart_by_their_nonce() {
    let (keys, store) = (ring("a", key(1)), store());
    let accept = |nonce: &str, url: &str, at: UnixTime| {
        let headers = sign(&Signer::for_requests().with_nonce(nonce), "GET", url, b"", at);
        let received = Received::new("GET", url, &headers, b"");
        let verified = policy().accept(&received, &keys, &store, NOW);
        verified.map(drop).map_err(|rejection| *rejection.error())
    };
    assert_eq!(accept("1", URL, NOW), Ok(()));
    assert_eq!(accept("2", URL, NOW), Ok(()));
    assert_eq!(accept("1", "https://example.com/another", NOW), Err(Error::Replay));
    assert_eq!(accept("1", URL, NOW.saturating_sub(1)), Ok(()));
    // Of another key's owner it is another one.
    let (other, signer) = (ring("b", key(2)), Signer::for_requests().with_nonce("1"));
    let request = Message::request("GET", URL, &[("", ""); 0], b"");
    let headers = signer.sign(request, &other, NOW).unwrap().to_headers();
    let received = Received::new("GET", URL, &headers, b"");
    assert!(policy().accept(&received, &other, &store, NOW).is_ok());
}

#[test]
fn a_response_is_bound_to_its_request() {
    let (keys, body) = (ring("a", key(1)), b"{\"ok\": true}");
    let sent = sign(&Signer::for_requests(), "POST", URL, b"{}", NOW);
    let received = Received::new("POST", URL, &sent, b"{}");
    let own = [("Content-Type", "application/json")];
    let list =
        ["@status", "\"@method\";req", "\"@target-uri\";req", "\"signature\";req;key=\"sig1\""];
    let signer = Signer::new(list).unwrap().with_digest(DigestAlgorithm::Sha512);
    let response = Message::response(201, &own, body).answering(&received);
    let headers = signer.sign(response, &keys, NOW).unwrap().to_headers();

    let policy = Policy::for_responses(Window::new(300, 5));
    let verify = |status, url: &str, sent: &Headers, body: &[u8]| {
        let request = Message::request("POST", url, sent, b"{}");
        let response = Message::response(status, &headers, body).answering(request);
        let verified = policy.verify(response, &keys, NOW);
        verified.map(drop).map_err(|rejection| *rejection.error())
    };
    assert_eq!(verify(201, URL, &sent, body), Ok(()));
    assert_eq!(verify(200, URL, &sent, body), Err(Error::Mismatch));
    assert_eq!(verify(201, "https://example.com/", &sent, body), Err(Error::Mismatch));
    assert_eq!(verify(201, URL, &sent, b"{}"), Err(Error::BodyMismatch));
    let another = sign(&Signer::for_requests(), "POST", URL, b"{1}", NOW);
    assert_eq!(verify(201, URL, &another, body), Err(Error::Mismatch));
    assert_eq!(verify(1000, URL, &sent, body), Err(Error::Malformed(Part::Status)));
    // Without the request there is nothing to compare with, and that is the caller's fault.
    let alone = Message::response(201, &headers, body);
    let refused = policy.verify(alone, &keys, NOW).unwrap_err();
    assert_eq!((refused.error(), refused.status()), (&Error::Value(Part::Method), 500));
    // The digest of the request is not that of the response.
    let list = ["@status", "\"content-digest\";req"];
    let made = Signer::new(list).unwrap().sign(response, &keys, NOW).unwrap().to_headers();
    let request = Message::request("POST", URL, &sent, b"{}");
    let bare = Policy::new(Window::new(300, 5), ["@status"]).unwrap();
    let response = Message::response(201, &made, body).answering(request);
    let refused = bare.verify(response, &keys, NOW).unwrap_err();
    assert_eq!(refused.error(), &Error::NotCovered(Part::Digest));
    // A request is no response.
    let request = Message::request("POST", URL, &sent, b"{}");
    let refused = policy.verify(request, &keys, NOW).unwrap_err();
    assert_eq!(refused.error(), &Error::NotCovered(Part::Status));
}

#[test]
fn a_body_comes_in_pieces() {
    let (keys, body) = (ring("a", key(1)), b"first, second, third");
    let finish = |headers: &Headers, policy: &Policy, pieces: &[&[u8]]| {
        let head = Message::request("PUT", URL, headers, b"");
        let authentic = policy.verify_head(head, &keys, 20, NOW).map_err(|error| *error.error())?;
        let mut streamed = authentic.dangerous_accept_replays().into_shown();
        for piece in pieces {
            streamed.update(piece).map_err(|error| *error.error())?;
        }
        streamed.finish().map(drop).map_err(|error| *error.error())
    };
    let headers = sign(&Signer::for_requests(), "PUT", URL, body, NOW);
    assert_eq!(finish(&headers, &policy(), &[b"first, ", b"", b"second, third"]), Ok(()));
    assert_eq!(finish(&headers, &policy(), &[b"first, "]), Err(Error::BodyMismatch));
    assert_eq!(finish(&headers, &policy(), &[]), Err(Error::BodyMismatch));
    let too_long = Err(Error::TooLong { part: Part::Body, maximum: 20 });
    assert_eq!(finish(&headers, &policy(), &[body, b"!"]), too_long);
    assert_eq!(finish(&headers, &policy(), &[&[0; 21]]), too_long);
    let not_covered = Err(Error::NotCovered(Part::Digest));
    let bare = sign(&Signer::for_requests(), "PUT", URL, b"", NOW);
    assert_eq!(finish(&bare, &policy(), &[b""]), Ok(()));
    assert_eq!(finish(&bare, &policy(), &[b"x"]), not_covered);
    assert_eq!(finish(&bare, &policy().requiring_digest(), &[]), not_covered);
    assert_eq!(finish(&headers, &policy().without_body(), &[body]), not_covered);
    // What is not looked at is not shown.
    let received = Received::new("PUT", URL, &headers, b"anything");
    let verified = policy().without_body().verify(&received, &keys, NOW).unwrap();
    assert_eq!(verified.dangerous_accept_replays().body(), None);
    // An empty body that is covered is told from that.
    let listed = Signer::new(["@method", "content-digest"]).unwrap();
    let listed = listed.with_digest(DigestAlgorithm::Sha256);
    for (signer, body) in [(listed, Some(b"".as_slice())), (Signer::for_requests(), None)] {
        let headers = sign(&signer, "PUT", URL, b"", NOW);
        let received = Received::new("PUT", URL, &headers, b"");
        let policy = Policy::new(Window::new(300, 5), ["@method"]).unwrap();
        let verified = policy.verify(&received, &keys, NOW).unwrap();
        assert_eq!(verified.dangerous_accept_replays().body(), body);
    }
}

#[test]
fn keys_are_replaced_while_messages_come() {
    let mut keys = ring("2026-10", key(1));
    let old = sign_with(&keys);
    keys.insert(KeyEntry::new("2026-11", key(2)).unwrap().with_state(KeyState::Pending)).unwrap();
    let verify = |keys: &Keyring<2>, headers: &Headers| {
        let received = Received::new("GET", URL, headers, b"");
        let verified = policy().verify(&received, keys, NOW);
        verified.map(|authentic| format!("{:?}", authentic.key().event())).ok()
    };
    assert_eq!(verify(&keys, &old).as_deref(), Some("None"));
    keys.set_state("2026-11", KeyState::Active).unwrap();
    let new = sign_with(&keys);
    assert!(new[0].1.contains("keyid=\"2026-11\""));
    let event = format!("{:?}", Some(KeyEvent::OldKeyUsed { id: "2026-10" }));
    assert_eq!(verify(&keys, &old), Some(event));
    assert_eq!(verify(&keys, &new).as_deref(), Some("None"));
    keys.set_state("2026-10", KeyState::Retired).unwrap();
    assert_eq!(verify(&keys, &old), None);
}

fn sign_with(keys: &Keyring<2>) -> Headers {
    let request = Message::request("GET", URL, &[("", ""); 0], b"");
    Signer::for_requests().sign(request, keys, NOW).unwrap().to_headers()
}

/// Of several signatures in several lines ours is found.
#[test]
fn others_may_have_signed_too() {
    let keys = ring("a", key(1));
    let mut headers = sign(&Signer::for_requests(), "GET", URL, b"", NOW);
    let proxy = Signer::new(["\"signature\";key=\"sig1\"", "@authority"]).unwrap();
    let proxy = proxy.with_label("proxy").with_tag("proxy");
    let request = Message::request("GET", URL, &headers, b"");
    let more = proxy.sign(request, &ring("p", key(2)), NOW).unwrap().to_headers();
    headers.extend(more);
    let received = Received::new("GET", URL, &headers, b"");
    assert_eq!(policy().verify(&received, &keys, NOW).unwrap().key().id(), "a");
    let of_proxy = Policy::new(Window::new(300, 5), ["\"signature\";key=\"sig1\""]).unwrap();
    let keys = ring("p", key(2));
    let verified = of_proxy.with_tag("proxy").verify(&received, &keys, NOW).unwrap();
    let covered = verified.dangerous_accept_replays().into_shown();
    assert_eq!((covered.label(), covered.tag()), ("proxy", Some("proxy")));
    assert_eq!(covered.covers("@authority"), Ok(true));
    assert_eq!(covered.covers("@method"), Ok(false));
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let keys = ring("a", key(1));
    let request = Message::request("GET", URL, &[("", ""); 0], b"body");
    let sign = |signer: Signer<'_>| signer.sign(request, &keys, NOW).map(drop);
    let some = || Signer::new(["@method"]).unwrap();
    assert_eq!(sign(some()), Ok(()));
    for (signer, part) in [
        (some().with_label("Sig"), Part::Signature),
        (some().with_label(""), Part::Signature),
        (some().with_label("a, b"), Part::Signature),
        (some().with_label(" a"), Part::Signature),
        (some().with_nonce(""), Part::Id),
        (some().with_nonce("a\n"), Part::Id),
        (some().with_key_id("\u{e4}"), Part::KeyId),
        (some().with_tag("\t"), Part::Parameter),
        (some().with_expiry(u64::MAX), Part::Timestamp),
        (Signer::new(["date"]).unwrap(), Part::Header),
        (Signer::new(["content-digest"]).unwrap(), Part::Digest),
        (Signer::new(["@status"]).unwrap(), Part::Component),
    ] {
        assert_eq!(sign(signer), Err(Error::Value(part)));
    }
    assert_eq!(Signer::new([]).unwrap_err(), Error::Value(Part::Coverage));
    assert_eq!(Signer::new(["a", "\"a\""]).unwrap_err(), Error::Duplicate(Part::Component));
    let long = "n".repeat(257);
    assert_eq!(sign(some().with_nonce(&long)), Err(Error::Value(Part::Id)));
    let many: Vec<String> = (0..33).map(|at| format!("a{at}")).collect();
    let refused = Signer::new(many.iter().map(String::as_str)).unwrap_err();
    assert_eq!(refused, Error::TooMany { part: Part::Component, maximum: 32 });
    let wide = Key::new(Algorithm::Sha512, &[1; 64]).unwrap();
    assert_eq!(some().sign(request, &wide, NOW).unwrap_err(), Error::OtherAlgorithm);
    let decoy = Key::decoy(Algorithm::Sha256);
    assert_eq!(some().sign(request, &decoy, NOW).unwrap_err(), Error::NoSigningKey);
    // A digest that is there already: made anew it would be a second one, and a wrong one is not signed.
    let there = [("Content-Digest", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:")];
    let request = Message::request("GET", URL, &there, b"body");
    let listed = Signer::new(["content-digest"]).unwrap();
    assert_eq!(listed.sign(request, &keys, NOW).unwrap_err(), Error::BodyMismatch);
    let made = listed.with_digest(DigestAlgorithm::Sha256);
    assert_eq!(made.sign(request, &keys, NOW).unwrap_err(), Error::Value(Part::Digest));
    // Time beyond what an integer of a structured field holds.
    let late = UnixTime::from_secs(1_000_000_000_000_000);
    assert_eq!(some().sign(request, &keys, late).unwrap_err(), Error::Value(Part::Timestamp));
}

#[test]
fn disagreement_is_explained() {
    let keys = ring("a", key(1));
    let all = Signer::new(["@method", "@target-uri", "@authority"]).unwrap();
    let all = all.with_digest(DigestAlgorithm::Sha256);
    let body = b"{\"a\":1,\"b\":[\" x, y: \"]}";
    let diagnose = |method: &str, url: &str, sent: (&str, &str), bodies: [&[u8]; 2], now| {
        let headers = sign(&all, method, url, bodies[0], NOW);
        let received = Received::new(sent.0, sent.1, &headers, bodies[1]);
        let policy = Policy::new(Window::new(300, 5), ["@method"]).unwrap();
        policy.diagnose(&received, &keys, None, now).causes().to_vec()
    };
    let urls = |signed, seen| diagnose("GET", signed, ("GET", seen), [body, body], NOW);
    assert_eq!(urls(URL, URL), [Cause::Right]);
    assert_eq!(urls("https://h:8443/a", "https://h/a"), []);
    assert_eq!(urls("https://h/a", "https://h:8443/a"), [Cause::Port]);
    let (plain, secure) = ("http://h/a?b", "https://h/a?b");
    assert_eq!(urls(plain, secure), [Cause::UrlScheme]);
    assert_eq!(urls("https://h/a?b", "https://h/a/?b"), [Cause::TrailingSlash]);
    assert_eq!(urls("https://h/a/", "https://h/a"), [Cause::TrailingSlash]);
    assert_eq!(urls("https://h/a~b", "https://h/a%7Eb"), [Cause::PathEncoding]);
    assert_eq!(urls("https://h/a%2520b", "https://h/a%20b"), [Cause::PathEncoding]);
    assert_eq!(diagnose("get", URL, ("GET", URL), [body, body], NOW), [Cause::MethodCase]);
    assert_eq!(diagnose("PUT", URL, ("GET", URL), [body, body], NOW), []);
    let later = NOW.saturating_add(400);
    let skewed = diagnose("GET", URL, ("GET", URL), [body, body], later);
    assert_eq!(skewed, [Cause::Skew { behind: 400 }]);
    let bodies =
        |signed: &[u8], seen: &[u8]| diagnose("GET", URL, ("GET", URL), [signed, seen], NOW);
    assert_eq!(bodies(b"a", b"a\n"), [Cause::TrailingNewline]);
    assert_eq!(bodies(b"a\n", b"a"), [Cause::TrailingNewline]);
    assert_eq!(bodies(b"a\nb", b"a\r\nb"), [Cause::LineEnds]);
    let spaced = b"{\"a\": 1, \"b\": [\" x, y: \"]}";
    assert_eq!(bodies(spaced, body), [Cause::ReserializedBody]);
    assert_eq!(bodies(body, spaced), [Cause::ReserializedBody]);
    assert_eq!(bodies(b"a", b"b"), [Cause::Refused(Error::BodyMismatch)]);
    // What is not covered, and what cannot be read.
    let headers = sign(&all, "GET", URL, body, NOW);
    let received = Received::new("GET", URL, &headers, body);
    let strict = Policy::new(Window::new(300, 5), ["date"]).unwrap();
    let found = strict.diagnose(&received, &keys, None, NOW);
    assert_eq!(found.causes(), [Cause::Refused(Error::NotCovered(Part::Header))]);
    let unknown = policy().diagnose(&received, &ring("b", key(1)), None, NOW);
    assert_eq!(unknown.causes(), [Cause::Unreadable(Error::UnknownKey)]);
    let text = policy().explain(&received, &keys, NOW).unwrap();
    assert!(
        text.starts_with("\"@method\": GET\n\"@target-uri\": https://example.com/orders?draft=1\n")
    );
}

/// The secret's text was read in another way, perhaps with another mistake besides.
#[test]
fn a_secret_that_was_read_in_another_way_is_found() {
    let text = "c2VjcmV0IHRoYXQgd2FzIG1hZGUgb2YgYnl0ZXM=";
    let raw = |bytes: &[u8]| Key::allow_weak(Algorithm::Sha256, bytes).unwrap();
    let decoded = raw(b"secret that was made of bytes");
    let causes = |theirs: &Key, ours: &Key, secret, url: &str, body: &[u8]| {
        let request = Message::request("POST", url, &[("", ""); 0], b"a");
        let made = Signer::for_requests().sign(request, &ring("a", theirs.clone()), NOW);
        let headers = made.unwrap().to_headers();
        let received = Received::new("POST", URL, &headers, body);
        let keys = ring("a", ours.clone());
        policy().diagnose(&received, &keys, secret, NOW).causes().to_vec()
    };
    let (text_key, base64) = (raw(text.as_bytes()), Cause::SecretKind(SecretKind::Base64));
    let as_text = Cause::SecretKind(SecretKind::Text);
    assert_eq!(causes(&decoded, &text_key, Some(text), URL, b"a"), [base64]);
    assert_eq!(causes(&decoded, &text_key, None, URL, b"a"), []);
    assert_eq!(causes(&text_key, &decoded, Some(text), URL, b"a"), [as_text]);
    assert_eq!(causes(&text_key, &text_key, Some(text), URL, b"a"), [Cause::Right]);
    let spaced = format!("{text}\n");
    let (line, space) = (raw(spaced.as_bytes()), Cause::SecretWhiteSpace);
    assert_eq!(causes(&line, &text_key, Some(text), URL, b"a"), [space]);
    assert_eq!(causes(&text_key, &line, Some(&spaced), URL, b"a"), [space]);
    let other_port = "https://example.com:8443/orders?draft=1";
    let both = causes(&decoded, &text_key, Some(text), "https://example.com:443/a", b"a");
    assert_eq!(both, [], "another path");
    assert_eq!(
        causes(&decoded, &text_key, Some(text), URL, b"a\n"),
        [base64, Cause::TrailingNewline]
    );
    let refused = Cause::Refused(Error::BodyMismatch);
    assert_eq!(causes(&decoded, &text_key, Some(text), URL, b"b"), [base64, refused]);
    assert_eq!(causes(&decoded, &text_key, Some(text), other_port, b"a"), []);
    let method = |theirs: &Key| {
        let request = Message::request("post", URL, &[("", ""); 0], b"");
        let made = Signer::for_requests().sign(request, &ring("a", theirs.clone()), NOW);
        let headers = made.unwrap().to_headers();
        let received = Received::new("POST", URL, &headers, b"");
        let keys = ring("a", text_key.clone());
        policy().diagnose(&received, &keys, Some(text), NOW).causes().to_vec()
    };
    assert_eq!(method(&decoded), [base64, Cause::MethodCase]);
}

/// Nobody signs what our own verifier refuses.
#[test]
fn what_is_signed_can_be_verified() {
    let keys = ring("a", key(1));
    let names: Vec<String> = (0..31).map(|at| format!("a{at}")).collect();
    let own: Headers = names.iter().map(|name| (name.clone(), "1".to_owned())).collect();
    let request = |body| Message::request("GET", URL, &own, body);
    let list = |count: usize| {
        let list = ["@method"].into_iter().chain(names.iter().map(String::as_str).take(count - 1));
        Signer::new(list).unwrap().with_digest(DigestAlgorithm::Sha256)
    };
    assert!(list(31).sign(request(b"a"), &keys, NOW).is_ok());
    assert!(list(32).sign(request(b""), &keys, NOW).is_ok());
    let refused = list(32).sign(request(b"a"), &keys, NOW).unwrap_err();
    assert_eq!(refused, Error::TooMany { part: Part::Component, maximum: 32 });

    // A second signature of the same label.
    let mut headers = sign(&Signer::for_requests(), "GET", URL, b"", NOW);
    let again = |headers: &Headers, label: &str| {
        let request = Message::request("GET", URL, headers, b"");
        Signer::for_requests().with_label(label).sign(request, &keys, NOW)
    };
    assert_eq!(again(&headers, "sig1").unwrap_err(), Error::Value(Part::Signature));
    for at in 2..=8 {
        headers.extend(again(&headers, &format!("sig{at}")).unwrap().to_headers());
        let received = Received::new("GET", URL, &headers, b"");
        assert!(policy().verify(&received, &keys, NOW).is_ok());
    }
    let refused = again(&headers, "sig9").unwrap_err();
    assert_eq!(refused, Error::TooMany { part: Part::Signature, maximum: 8 });
}

/// What is the peer's or a secret is not in what is printed.
#[test]
fn nothing_is_shown() {
    let secret_url = "https://example.com/?token=TOKEN";
    let headers = sign(&Signer::for_requests(), "POST", secret_url, b"BODY", NOW);
    let received = Message::request("POST", secret_url, &headers, b"BODY");
    let keys = ring("a", key(1));
    let authentic = policy().verify(received, &keys, NOW).unwrap();
    let request = Message::request("POST", secret_url, &[("", ""); 0], b"BODY");
    let signed = Signer::for_requests().sign(request, &keys, NOW).unwrap();
    let streamed = policy().verify_head(received, &keys, 4, NOW).unwrap();
    let texts = [
        format!("{received:?}"),
        format!("{authentic:?}"),
        format!("{signed:?}"),
        format!("{:?}", policy()),
        format!("{:?}", streamed.dangerous_accept_replays().shown()),
        format!("{:?}", authentic.dangerous_accept_replays().shown()),
    ];
    for text in texts {
        assert!(!text.contains("TOKEN") && !text.contains("BODY"), "{text}");
        assert!(!text.contains(signed.signature()), "{text}");
    }
}
