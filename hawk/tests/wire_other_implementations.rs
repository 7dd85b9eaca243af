//! What other implementations got wrong.
#![cfg(feature = "std")]

mod support;

use std::marker::PhantomData;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use creance_hawk::sigv::replay::{FixedStore, MemoryStore, Restart};
use creance_hawk::sigv::{Encoding, Key, Tag};
use creance_hawk::{
    Attribute, Authorization, Credentials, Error, Field, Incoming, PayloadHash, Rejection, Request,
    Scheme, SignedHeader,
};
use support::{
    ID, NONCE, NOW, Recorder, TARGET, WINDOW, authenticate, by_hand, earlier, header, header_at,
    header_with, incoming, key, key_of, later, request, server, text,
};

#[test]
fn a_timestamp_beyond_2_63_does_not_panic() {
    for ts in ["9223372036854775808", "9999999999999999999", "18446744073709551616"] {
        let header = format!("Hawk id=\"{ID}\", ts=\"{ts}\", nonce=\"n\", mac=\"m\"");
        let key = key();
        assert!(server().authenticate(&incoming(&header), |_| Some(&key), NOW).is_err());
    }
}

#[test]
fn app_and_dlg_are_in_the_mac() {
    let without =
        format!("hawk.1.header\n1353832234\nj4h3g2\nGET\n{TARGET}\nexample.com\n8000\n\n\n");
    let attributes = "ts=\"1353832234\", nonce=\"j4h3g2\", app=\"admin\", dlg=\"admin\"";
    let (key, header) = (key(), by_hand(attributes, &without));
    assert_eq!(authenticate(&header, &request(), &key).unwrap_err().error(), &Error::BadMac);
    let header = by_hand(attributes, &format!("{without}admin\nadmin\n"));
    assert!(authenticate(&header, &request(), &key).is_ok());
}

#[test]
fn no_line_break_gets_into_a_header_or_a_mac() {
    let key = key();
    for line_break in ["\r", "\n", "\r\n"] {
        let value = format!("a{line_break}b");
        let refused = |field| Some(Error::Value { field });
        assert_eq!(Credentials::new(&value, &key).err(), refused(Field::Id));
        let request = request();
        let header = || Credentials::new(ID, &key).unwrap().header(&request);
        assert_eq!(header().ext(&value).sign(NOW, NONCE).err(), refused(Field::Ext));
        assert_eq!(header().app(&value).sign(NOW, NONCE).err(), refused(Field::App));
        assert_eq!(header().sign(NOW, &value).err(), refused(Field::Nonce));
        assert_eq!(Request::new(&value, "/", "a", 80).unwrap_err(), Error::Method);
        assert_eq!(
            Request::new("GET", &format!("/{value}"), "a", 80).unwrap_err(),
            Error::Resource
        );
        assert_eq!(Request::new("GET", "/", &value, 80).unwrap_err(), Error::Host);
        let received = format!("Hawk id=\"{value}\"");
        let refused = Authorization::parse(&received).unwrap_err();
        assert_eq!(refused, Error::ForbiddenCharacter { at: 10 });
    }
}

#[test]
fn a_duplicate_attribute_does_not_win() {
    let header = header(&key(), &request()) + ", id=\"admin\"";
    let refused = Authorization::parse(&header).unwrap_err();
    assert_eq!(refused, Error::DuplicateAttribute(Attribute::Id));
}

#[test]
fn parameters_of_the_path_are_signed() {
    let key = key();
    let header =
        header(&key, &Request::from_url("GET", "http://example.com:8000/a;admin=0").unwrap());
    for (target, is_right) in [("/a;admin=0", true), ("/a", false), ("/a;admin=1", false)] {
        let request = Request::new("GET", target, "example.com", 8000).unwrap();
        assert_eq!(authenticate(&header, &request, &key).is_ok(), is_right, "{target}");
    }
}

#[test]
fn neither_a_parameter_nor_a_header_switches_the_method() {
    let key = key();
    let target = "/resource?_method=DELETE&method=DELETE&X-HTTP-Method-Override=DELETE";
    let request = Request::new("DELETE", target, "example.com", 8000).unwrap();
    let header = header(&key, &request);
    let accept = |method| {
        let mut incoming = Incoming::new(method, target, Scheme::Http);
        incoming.header("X-HTTP-Method-Override", b"DELETE").unwrap();
        incoming.header("X-HTTP-Method", b"DELETE").unwrap();
        incoming.header("X-Method-Override", b"DELETE").unwrap();
        incoming.header("Authorization", header.as_bytes()).unwrap();
        server().authenticate(&incoming, |_| Some(&key), NOW).is_ok()
    };
    assert!(accept("DELETE"));
    assert!(!accept("GET") && !accept("POST"));
}

/// Everything that a refusal can print.
fn printed(rejection: &Rejection) -> String {
    let error = rejection.error();
    let header = rejection.www_authenticate().map(|header| header.to_string());
    let fields = [rejection.code(), error.code()];
    format!("{rejection} {rejection:?} {rejection:#?} {error} {error:?} {header:?} {fields:?}")
}

#[test]
fn the_expected_mac_is_in_no_error_and_no_log() {
    let key = key();
    let right = Credentials::new(ID, &key).unwrap().header(&request()).sign(NOW, NONCE).unwrap();
    let expected = [Encoding::Base64, Encoding::Base64Url, Encoding::Hex]
        .map(|encoding| text(|out| right.mac().write(encoding, out)));
    let forged =
        right.to_header().replace(&expected[0], "A0000000000000000000000000000000000000000A0=");
    for rejection in [
        authenticate(&forged, &request(), &key).unwrap_err(),
        Authorization::parse(&forged)
            .unwrap()
            .authenticate(&request(), None, WINDOW, NOW)
            .unwrap_err(),
        authenticate(&right.to_header(), &request(), &key_of("x")).unwrap_err(),
    ] {
        let printed = printed(&rejection);
        for expected in &expected {
            assert!(!printed.contains(&expected[..8]), "{printed}");
        }
        let bytes = format!("{:?}", right.mac().expose());
        assert!(!printed.contains(bytes.trim_matches(['[', ']'])), "{printed}");
    }
    // Nor the expected hash of a payload.
    let hash = PayloadHash::of(key.algorithm(), None, b"received").unwrap();
    let header = header_with(&key, &request(), |header| header.payload(None, b"signed").unwrap());
    let accepted = authenticate(&header, &request(), &key).unwrap().dangerous_accept_replays();
    let rejection = accepted.verify_payload(None, "received").unwrap_err();
    assert!(!printed(&rejection).contains(&hash.as_str()[..8]));
}

#[test]
fn a_header_of_twelve_kilobytes_takes_no_time() {
    let start = Instant::now();
    for unit in ["a=\"b\", ", "a", ",", "\"", "id=\"", " ", "=\"\\"] {
        let header = format!("Hawk {}", unit.repeat(12_288 / unit.len()));
        for _ in 0..10_000 {
            let refused = Authorization::parse(&header).unwrap_err();
            assert_eq!(refused, Error::HeaderTooLong { bytes: header.len() });
        }
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

fn memory() -> MemoryStore {
    MemoryStore::new(WINDOW, Restart::DangerousNoBarrier).unwrap()
}

#[test]
fn one_client_s_nonce_does_not_shut_out_another_s_request() {
    let (store, server, key) = (memory(), server(), key());
    for id in ["alice", "bob"] {
        let signed = Credentials::new(id, &key).unwrap().header(&request()).sign(NOW, NONCE);
        let header = signed.unwrap().to_header();
        assert!(server.accept(&incoming(&header), |_| Some(&key), &store, NOW).is_ok(), "{id}");
    }
    let other_second = header_at(&key, earlier(1), NONCE);
    assert!(server.accept(&incoming(&other_second), |_| Some(&key), &store, NOW).is_ok());
}

#[test]
fn a_full_store_refuses_and_does_not_forget() {
    let mut random = creance_hawk::sigv::rand::rng();
    let store = FixedStore::<16>::new(WINDOW, Restart::DangerousNoBarrier, &mut random);
    let (server, key) = (server(), key());
    let accept = |nonce: &str, ts, now| {
        let header = header_at(&key, ts, nonce);
        let accepted = server.accept(&incoming(&header), |_| Some(&key), &store, now);
        accepted.map(|_| ()).map_err(|rejection| rejection.status())
    };
    let nonces: Vec<_> = (0..200).map(|number| format!("nonce-{number}")).collect();
    let answers = nonces.iter().map(|nonce| (nonce, accept(nonce, NOW, NOW)));
    let (taken, refused): (Vec<_>, Vec<_>) = answers.partition(|(_, answer)| answer.is_ok());
    assert!(!taken.is_empty() && taken.len() <= 16);
    assert!(refused.iter().all(|(_, answer)| *answer == Err(503)));
    // In the last second in which they are fresh, too, however many others want their places.
    let last = later(60);
    for nonce in &nonces {
        let _ = accept(&format!("other-{nonce}"), last, last);
    }
    for (nonce, _) in taken {
        assert_eq!(accept(nonce, NOW, last), Err(401), "{nonce} was forgotten");
    }
}

#[test]
fn of_requests_at_the_same_time_one_passes() {
    let (store, server, key) = (memory(), server(), key());
    for round in 0..50 {
        let header = header_at(&key, NOW, &format!("nonce-{round}"));
        let barrier = Barrier::new(4);
        let passed: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let incoming = incoming(&header);
                        barrier.wait();
                        let accepted = server.accept(&incoming, |_| Some(&key), &store, NOW);
                        usize::from(accepted.is_ok())
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(passed, 1, "round {round}");
    }
}

#[test]
fn a_nonce_lives_as_long_as_its_timestamp_and_not_as_long_as_the_window() {
    let (store, server, key) = (memory(), server(), key());
    let ahead = header_at(&key, later(60), NONCE);
    let accept = |now| server.accept(&incoming(&ahead), |_| Some(&key), &store, now).map(|_| ());
    assert!(accept(NOW).is_ok());
    // 61 s after its arrival a window's life would be over, and the request is still fresh.
    for secs in [61, 119, 120] {
        assert_eq!(accept(later(secs)).unwrap_err().error(), &Error::Replay, "{secs}");
    }
}

#[test]
fn no_nonce_is_stored_before_the_mac_was_checked() {
    let (store, server, key) = (Recorder::default(), server(), key());
    let forged = header_at(&key_of("x"), NOW, NONCE);
    assert!(server.accept(&incoming(&forged), |_| Some(&key), &store, NOW).is_err());
    assert_eq!(store.asked(), []);
}

#[test]
fn the_content_type_is_normalised() {
    let of = |content_type| {
        let hash = PayloadHash::of(key().algorithm(), Some(content_type), b"x").unwrap();
        hash.as_str().to_owned()
    };
    assert_eq!(of("Application/JSON; charset=utf-8"), of("application/json"));
    assert_ne!(of("application/json"), of("application/xml"));
}

#[test]
fn an_absent_body_is_checked_too() {
    let key = key();
    let header = header_with(&key, &request(), |header| header.payload(None, b"signed").unwrap());
    let accepted = authenticate(&header, &request(), &key).unwrap().dangerous_accept_replays();
    assert_eq!(accepted.verify_payload(None, "").unwrap_err().error(), &Error::BadHash);
}

/// Whether a type has `==`: an item of the type itself comes before one of a trait.
struct Equality<T>(PhantomData<T>);

impl<T: PartialEq> Equality<T> {
    const IS_THERE: bool = true;
}

trait Otherwise {
    const IS_THERE: bool = false;
}

impl<T> Otherwise for Equality<T> {}

#[test]
fn nothing_secret_can_be_compared_with_the_equality_operator() {
    let secrets = [
        Equality::<Tag>::IS_THERE,
        Equality::<Key>::IS_THERE,
        Equality::<SignedHeader<'_>>::IS_THERE,
        Equality::<Authorization<'_>>::IS_THERE,
        Equality::<PayloadHash>::IS_THERE,
    ];
    assert_eq!(secrets, [false; 5]);
    // And it would be noticed.
    assert_eq!([Equality::<Error>::IS_THERE], [true]);
}
