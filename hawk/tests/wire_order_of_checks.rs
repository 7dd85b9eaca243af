//! What a server checks first, what it stores and when, and what it answers.
#![cfg(feature = "std")]

mod support;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use creance_hawk::sigv::replay::{
    Claim, Entry, FixedStore, MemoryStore, Refusal, ReplayStore, Restart,
};
use creance_hawk::sigv::{Fault, Key, UnixTime};
use creance_hawk::{Authorization, Credentials, Error, Incoming, Rejection, Request, Scheme};
use support::{
    ID, NONCE, NOW, Recorder, TARGET, WINDOW, authenticate, earlier, header, header_at,
    header_with, incoming, key, key_of, later, request, server,
};

/// A server's answer to a header, from a store that records.
fn accept(header: &str, store: &Recorder) -> Result<(), Rejection> {
    let (server, key) = (server(), key());
    let lookup = |id: &str| (id == ID).then_some(&key);
    server.accept(&incoming(header), lookup, store, NOW).map(|_| ())
}

/// All that a peer can see of a refusal.
fn answer(rejection: &Rejection) -> (u16, Option<String>, String, Option<u64>) {
    let header = rejection.www_authenticate().map(|header| header.to_string());
    (rejection.status(), header, rejection.to_string(), rejection.retry_after(NOW))
}

#[test]
fn the_length_comes_before_everything() {
    let header = format!("{}{}", header(&key(), &request()), " ".repeat(4096));
    let error = Authorization::parse(&header).unwrap_err();
    assert_eq!(error, Error::HeaderTooLong { bytes: header.len() });
}

#[test]
fn nothing_malformed_gets_to_the_look_up() {
    let good = header(&key(), &request());
    let bad_ts = good.replace("ts=\"", "ts=\"x");
    let server = server();
    let refusal = |incoming: &Incoming<'_>| {
        let lookup = |id: &str| -> Option<&Key> { panic!("asked for the key of {id}") };
        server.authenticate(incoming, lookup, NOW).unwrap_err().code()
    };
    for malformed in ["Hawk", "Hawk id=\"i\"", &bad_ts, &good[..40]] {
        assert_ne!(refusal(&incoming(malformed)), "no-authorization");
    }
    assert_eq!(refusal(&incoming("Basic x")), "no-authorization");
    let mut without = Incoming::new("GET", TARGET, Scheme::Http);
    assert_eq!(refusal(&without), "no-authorization");
    without.header("Authorization", good.as_bytes()).unwrap();
    without.header("Host", b"user@example.com").unwrap();
    assert_eq!(refusal(&without), "host-syntax");
    let mut bad_method = Incoming::new("G ET", TARGET, Scheme::Http);
    bad_method.header("Authorization", good.as_bytes()).unwrap();
    assert_eq!(refusal(&bad_method), "method-syntax");
}

#[test]
fn the_key_is_looked_up_once_by_the_id_of_the_header() {
    let (key, header) = (key(), header(&key(), &request()));
    let (server, mut asked) = (server(), Vec::new());
    let lookup = |id: &str| {
        asked.push(id.to_owned());
        Some(&key)
    };
    let _ = server.authenticate(&incoming(&header), lookup, NOW).unwrap();
    assert_eq!(asked, [ID]);
}

#[test]
fn the_mac_comes_before_the_timestamp() {
    let stale = header_at(&key_of("another secret of at least 32 bytes!!"), earlier(999), NONCE);
    assert_eq!(accept(&stale, &Recorder::default()).unwrap_err().error(), &Error::BadMac);
}

#[test]
fn the_timestamp_comes_before_the_claim() {
    let (store, fresh) = (Recorder::default(), header(&key(), &request()));
    assert!(accept(&fresh, &store).is_ok());
    for stale in [earlier(61), later(61)] {
        let rejection = accept(&header_at(&key(), stale, NONCE), &store).unwrap_err();
        assert_eq!(rejection.code(), "stale-timestamp");
    }
    assert_eq!(store.asked().len(), 1);
}

#[test]
fn the_claim_comes_before_the_payload() {
    let (key, store) = (key(), Recorder::default());
    let request = Request::from_url("GET", support::URL).unwrap();
    let header = header_with(&key, &request, |header| header.payload(None, b"right").unwrap());
    let accepted = authenticate(&header, &request, &key).unwrap().claim(&store, NOW).unwrap();
    assert_eq!(accepted.verify_payload(None, "wrong").unwrap_err().error(), &Error::BadHash);
    // A nonce that was claimed stays claimed, whatever fails later.
    let again = authenticate(&header, &request, &key).unwrap().claim(&store, NOW).unwrap_err();
    assert_eq!(again.error(), &Error::Replay);
}

#[test]
fn nothing_is_stored_for_a_bad_mac() {
    let (store, good) = (Recorder::default(), header(&key(), &request()));
    let forged = good.replace("mac=\"", "mac=\"A");
    assert_eq!(accept(&forged, &store).unwrap_err().error(), &Error::BadMac);
    assert_eq!(store.asked(), []);
    // So the request itself still passes.
    assert!(accept(&good, &store).is_ok());
}

#[test]
fn nothing_is_stored_for_unknown_credentials_or_a_malformed_request() {
    let store = Recorder::default();
    let unknown = header(&key(), &request()).replace(ID, "nobody");
    assert_eq!(accept(&unknown, &store).unwrap_err().error(), &Error::UnknownCredentials);
    assert_eq!(accept("Hawk", &store).unwrap_err().status(), 400);
    assert_eq!(store.asked(), []);
}

#[test]
fn an_unknown_id_gets_the_same_answer() {
    let header = header(&key(), &request());
    let unknown = accept(&header.replace(ID, "nobody"), &Recorder::default()).unwrap_err();
    let forged = accept(&header.replace(NONCE, "j4h3g3"), &Recorder::default()).unwrap_err();
    assert_eq!((unknown.code(), forged.code()), ("unknown-credentials", "bad-mac"));
    assert_eq!(answer(&unknown), answer(&forged));
    let expected =
        (401, Some("Hawk".to_owned()), "the request is not authenticated".to_owned(), None);
    assert_eq!(answer(&unknown), expected);
    // Whatever the MAC looks like, and whether the time is right or not.
    for mac in ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", &"A".repeat(64), &"A".repeat(86)] {
        for ts in ["1353832234", "1"] {
            let header = format!("Hawk id=\"nobody\", ts=\"{ts}\", nonce=\"n\", mac=\"{mac}\"");
            let rejection = accept(&header, &Recorder::default()).unwrap_err();
            assert_eq!(answer(&rejection), answer(&forged));
        }
    }
}

/// The decoy that stands in for an unknown key is no secret: its MAC must not open anything.
#[test]
fn a_mac_that_is_right_under_the_decoy_does_not_let_in() {
    for algorithm in creance_hawk::sigv::Algorithm::ALL {
        let decoy = Key::decoy(algorithm);
        let header = header(&decoy, &request());
        let parsed = Authorization::parse(&header).unwrap();
        let rejection = parsed.authenticate(&request(), None, WINDOW, NOW).unwrap_err();
        assert_eq!(rejection.error(), &Error::UnknownCredentials);
    }
}

#[test]
fn the_replay_key_is_id_ts_and_nonce() {
    let store = Recorder::default();
    assert!(accept(&header(&key(), &request()), &store).is_ok());
    assert_eq!(store.asked(), [(ID.to_owned(), NONCE.to_owned(), NOW.as_secs())]);
    let replay = accept(&header(&key(), &request()), &store).unwrap_err();
    assert_eq!((replay.error(), answer(&replay).1.as_deref()), (&Error::Replay, Some("Hawk")));
    // Another second, another nonce, or other credentials are other requests.
    assert!(accept(&header_at(&key(), earlier(1), NONCE), &store).is_ok());
    assert!(accept(&header_at(&key(), NOW, "j4h3g3"), &store).is_ok());
    let (server, key) = (server(), key());
    let other = Credentials::new("other", &key).unwrap().header(&request()).sign(NOW, NONCE);
    let other = other.unwrap().to_header();
    assert!(server.accept(&incoming(&other), |_| Some(&key), &store, NOW).is_ok());
    // The same request to another resource has the same key.
    let elsewhere = Request::from_url("GET", "http://example.com:8000/elsewhere").unwrap();
    let elsewhere = header(&key, &elsewhere);
    let mut incoming = Incoming::new("GET", "/elsewhere", Scheme::Http);
    incoming.header("Authorization", elsewhere.as_bytes()).unwrap();
    let replay = server.accept(&incoming, |_| Some(&key), &store, NOW).unwrap_err();
    assert_eq!(replay.error(), &Error::Replay);
}

#[test]
fn a_nonce_is_remembered_until_its_timestamp_leaves_the_window() {
    let mut random = creance_hawk::sigv::rand::rng();
    let window = server().window();
    let restart = Restart::DangerousNoBarrier;
    let stores: [Box<dyn ReplayStore>; 2] = [
        Box::new(MemoryStore::new(window, restart).unwrap()),
        Box::new(FixedStore::<64>::new(window, restart, &mut random)),
    ];
    for store in stores {
        let (server, key) = (server(), key());
        // A minute ahead: it stays fresh for two minutes, not for one.
        let ahead = header_at(&key, later(60), NONCE);
        let accept = |now| {
            let accepted = server.accept(&incoming(&ahead), |_| Some(&key), &*store, now);
            accepted.map(|_| ()).map_err(|rejection| rejection.code())
        };
        assert_eq!(accept(NOW), Ok(()));
        for secs in [0, 59, 60, 61, 119, 120] {
            assert_eq!(accept(later(secs)), Err("replay"), "{secs} s later");
        }
        assert_eq!(accept(later(121)), Err("stale-timestamp"));
    }
}

/// A store that has one answer.
struct Always(Claim);

impl ReplayStore for Always {
    fn claim(&self, _entry: &Entry<'_>, _now: UnixTime) -> Claim {
        self.0
    }
}

#[test]
fn a_store_that_cannot_tell_is_an_outage_and_no_acceptance() {
    let (key, header) = (key(), header(&key(), &request()));
    let until = later(5);
    for (refusal, status, code, fault, retry_after) in [
        (Refusal::Full, 503, "store-unavailable", Fault::Outage, Some(1)),
        (Refusal::Unavailable, 503, "store-unavailable", Fault::Outage, Some(1)),
        (Refusal::Restarted { until }, 503, "store-unavailable", Fault::Outage, Some(6)),
        (Refusal::ClockBehind { mark: until }, 503, "store-unavailable", Fault::Outage, Some(6)),
        (Refusal::Quota, 429, "quota", Fault::Peer, Some(1)),
        (Refusal::OutsideWindow, 500, "store-window", Fault::Caller, Some(1)),
    ] {
        let authentic = authenticate(&header, &request(), &key).unwrap();
        let rejection = authentic.claim(&Always(Claim::Unknown(refusal)), NOW).unwrap_err();
        assert_eq!(rejection.error(), &Error::Store(refusal));
        assert_eq!((rejection.status(), rejection.code()), (status, code));
        assert_eq!(rejection.error().fault(), fault, "{refusal:?}");
        assert_eq!(rejection.retry_after(NOW), retry_after, "{refusal:?}");
        assert!(rejection.www_authenticate().is_none());
    }
}

/// Runs what never has to wait.
fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a store in the process answers at once"),
    }
}

#[test]
fn a_store_across_the_network_is_asked_the_same() {
    let (key, header) = (key(), header(&key(), &request()));
    let store = MemoryStore::new(WINDOW, Restart::DangerousNoBarrier).unwrap();
    let authentic = authenticate(&header, &request(), &key).unwrap();
    assert_eq!(run(authentic.claim_async(&store, NOW)).unwrap().id(), ID);
    assert_eq!(run(authentic.claim_async(&store, NOW)).unwrap_err().error(), &Error::Replay);
    let outage = MemoryStore::builder(WINDOW, Restart::Barrier { started: NOW }).build().unwrap();
    assert_eq!(run(authentic.claim_async(&outage, NOW)).unwrap_err().status(), 503);
    let entry = authentic.entry();
    assert_eq!(
        (entry.credential(), entry.nonce(), entry.timestamp()),
        (ID.as_bytes(), NONCE.as_bytes(), NOW)
    );
}

#[test]
fn each_step_hands_on_what_was_proven() {
    let (key, request) = (key(), request());
    let header = header_with(&key, &request, |header| {
        header.payload(Some("text/plain"), b"x").unwrap().ext("e").app("a").dlg("d")
    });
    let authentic = authenticate(&header, &request, &key).unwrap();
    assert_eq!(authentic.authorization().ext(), Some("e"));
    let accepted = authentic.claim(&Recorder::default(), NOW).unwrap();
    assert_eq!((accepted.id(), accepted.authorization().app()), (ID, Some("a")));
    assert_eq!((accepted.request().host(), accepted.request().port()), ("example.com", 8000));
    let verified = accepted.verify_payload(Some("text/plain"), "x").unwrap();
    assert_eq!((verified.accepted().id(), *verified.payload()), (ID, "x"));
}

#[test]
fn replays_are_accepted_only_by_a_name_that_says_so() {
    let (key, header) = (key(), header(&key(), &request()));
    for _ in 0..2 {
        let authentic = authenticate(&header, &request(), &key).unwrap();
        assert_eq!(authentic.dangerous_accept_replays().id(), ID);
    }
}
