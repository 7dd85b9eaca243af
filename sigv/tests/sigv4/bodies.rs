//! Bodies, and requests that come again.

use crate::craft::{Craft, EMPTY, NOW, code, keys, verifier};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::Received;
use creance_sigv::sigv4::{Credentials, Outgoing, Payload, Service, Signer, Verifier};
use creance_sigv::{Algorithm, Hasher};

#[test]
fn a_body_is_had_only_where_it_is_signed() {
    let with_digest = |value: &str, body: &[u8]| {
        Craft::with(|it| {
            it.names = "host;x-amz-content-sha256;x-amz-date".to_owned();
            it.header("x-amz-content-sha256", value);
            it.payload = value.to_owned();
            it.body = body.to_vec();
        })
    };
    assert_eq!(with_digest(EMPTY, b"").code(), "ok");
    let refusal = with_digest(EMPTY, b"x").verify(&verifier(), NOW).unwrap_err();
    assert_eq!((refusal.code(), refusal.status()), ("body-mismatch", 401));
    assert_eq!(Craft::with(|it| it.body = b"x".to_vec()).code(), "mismatch");
    assert_eq!(with_digest(&EMPTY.to_uppercase(), b"").code(), "malformed");
    assert_eq!(with_digest("", b"").code(), "malformed");
    assert_eq!(with_digest("STREAMING-UNSIGNED-PAYLOAD-TRAILER", b"").code(), "other-algorithm");
    assert_eq!(with_digest("STREAMING-AWS4-HMAC-SHA256-EVENTS", b"").code(), "other-algorithm");

    let unsigned = with_digest("UNSIGNED-PAYLOAD", b"x");
    assert_eq!(unsigned.code(), "not-covered");
    let lax = verifier().allow_unsigned_payload();
    let ((url, headers), keys) = (unsigned.signed(), keys());
    let received = Received::new("GET", &url, &headers, b"x");
    let verified = lax.verify(&received, &keys, NOW).unwrap().dangerous_accept_replays();
    assert_eq!(verified.shown().body(), None);
    assert_eq!(verified.shown().dangerous_unsigned_body(), Some(b"x".as_slice()));

    // S3 has the digest in a header always.
    let s3 = Verifier::new("r", Service::S3.named("tickets")).unwrap();
    assert_eq!(code(Craft::new().verify(&s3, NOW)), "missing");
    assert_eq!(code(with_digest(EMPTY, b"").verify(&s3, NOW)), "ok");
}

#[test]
fn a_body_in_pieces_is_the_one_that_was_signed() {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", Service::S3).unwrap();
    let url = "https://h/o";
    let headers =
        signer.sign(&Outgoing::new("PUT", url, Payload::Body(b"hello")), NOW).unwrap().to_headers();
    let received = Received::new("PUT", url, &headers, b"");
    let verifier = Verifier::new("r", Service::S3).unwrap().allow_unsigned_payload();
    let finish = |pieces: &[&[u8]], maximum| {
        let authentic = verifier.begin(&received, &keys, maximum, NOW).unwrap();
        let mut body = authentic.dangerous_accept_replays().into_shown();
        let mut verdict = Ok(());
        for piece in pieces {
            verdict = body.update(piece);
        }
        let end = body.finish();
        verdict.and(end)
    };
    assert_eq!(finish(&[b"he", b"", b"llo"], 5), Ok(5));
    assert_eq!(code(finish(&[b"hello!"], 6)), "body-mismatch");
    assert_eq!(code(finish(&[b"hell"], 5)), "body-mismatch");
    assert_eq!(code(finish(&[b"hello"], 4)), "body-too-long");
    assert_eq!(code(finish(&[b"hello", b""], 4)), "body-too-long");

    let unsigned = signer.sign(&Outgoing::new("PUT", url, Payload::Unsigned), NOW).unwrap();
    let headers = unsigned.to_headers();
    let received = Received::new("PUT", url, &headers, b"");
    assert_eq!(code(verifier.begin(&received, &keys, 5, NOW)), "not-covered");
    let (url, headers) = Craft::new().signed();
    let received = Received::new("GET", &url, &headers, b"");
    assert_eq!(code(self::verifier().begin(&received, &keys, 5, NOW)), "missing");
}

/// The same under a digest that was computed elsewhere.
#[test]
fn a_digest_can_be_given_instead_of_the_body() {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", Service::S3).unwrap();
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(b"hello");
    let digest = Payload::Digest(hasher.finish().expose().try_into().unwrap());
    let sign = |payload| {
        signer.sign(&Outgoing::new("PUT", "https://h/o", payload), NOW).unwrap().to_headers()
    };
    assert_eq!(sign(digest), sign(Payload::Body(b"hello")));
}

#[test]
fn a_request_is_accepted_once() {
    let store = MemoryStore::new(verifier().window(), Restart::DangerousNoBarrier).unwrap();
    let keys = keys();
    let accept = |verifier: Verifier<'_>, craft: &Craft, body: &[u8]| {
        let (url, headers) = craft.signed();
        let received = Received::new("GET", &url, &headers, body);
        code(verifier.accept(&received, &keys, &store, NOW))
    };
    let first = Craft::new();
    assert_eq!(accept(verifier(), &first, b""), "ok");
    assert_eq!(accept(verifier(), &first, b""), "replay");
    // Under a header that is not signed, or in another spelling, it is the same.
    let spelled = Craft::with(|it| it.header("other", "1"));
    assert_eq!(accept(verifier(), &spelled, b""), "replay");
    let other = Craft::with(|it| it.query = ["a=1".to_owned(), "a=1".to_owned()]);
    assert_eq!(accept(verifier(), &other, b""), "ok");
    // A second later it is another one.
    let later = Craft::with(|it| {
        it.date = "20150830T123601Z".to_owned();
        it.headers[1].1.clone_from(&it.date);
    });
    assert_eq!(accept(verifier(), &later, b""), "ok");
    // A body that is not signed cannot make it another one.
    let unsigned = Craft::with(|it| {
        it.names = "host;x-amz-content-sha256;x-amz-date".to_owned();
        it.payload = "UNSIGNED-PAYLOAD".to_owned();
        it.header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    });
    assert_eq!(accept(verifier().allow_unsigned_payload(), &unsigned, b"1"), "ok");
    assert_eq!(accept(verifier().allow_unsigned_payload(), &unsigned, b"2"), "replay");
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
    let store = MemoryStore::new(verifier().window(), Restart::DangerousNoBarrier).unwrap();
    let (keys, (url, headers)) = (keys(), Craft::new().signed());
    let received = Received::new("GET", &url, &headers, b"");
    assert_eq!(code(ready(verifier().accept_async(&received, &keys, &store, NOW))), "ok");
    assert_eq!(code(ready(verifier().accept_async(&received, &keys, &store, NOW))), "replay");
}
