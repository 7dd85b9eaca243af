//! Codes, tokens, numbers and hashes are not shown, and are not compared by `==`.
#![cfg(feature = "std")]

mod common;

use std::cell::RefCell;

use common::code;
use common::out_of_band::{at, default, issued, login, request};
use creance_totp::{
    Algorithm, Delivery, Destination, DevicePolicy, DeviceToken, DeviceTrust, Dispatch, Error, Key,
    MemoryStateStore, Message, OutOfBand, OutOfBandAttempt, OutOfBandState, Revision, StateStore,
    Stored, Swap, TrustedDevices, Unavailable, Undelivered, rand,
};

/// Does not compile where the type has the trait.
macro_rules! lacks {
    ($type:ty: $trait:path) => {
        const _: fn() = || {
            trait AmbiguousIf<A> {
                fn holds() {}
            }
            impl<T: ?Sized> AmbiguousIf<()> for T {}
            struct Has;
            impl<T: ?Sized + $trait> AmbiguousIf<Has> for T {}
            let _ = <$type as AmbiguousIf<_>>::holds;
        };
    };
}

lacks!(DeviceToken: PartialEq);
lacks!(DeviceToken: std::fmt::Display);
lacks!(OutOfBandState: PartialEq);
lacks!(OutOfBandAttempt: PartialEq);
lacks!(TrustedDevices: PartialEq);
lacks!(Message<'static>: std::fmt::Display);
lacks!(Destination<'static>: std::fmt::Display);
#[cfg(feature = "serde")]
lacks!(DeviceToken: serde::Serialize);
#[cfg(feature = "serde")]
lacks!(OutOfBandAttempt: serde::Serialize);

#[test]
fn nothing_is_shown() {
    let key = || Key::new(Algorithm::Sha256, b"the key of the service: 32 bytes").unwrap();
    let trust = DeviceTrust::new(key(), DevicePolicy::default()).unwrap();
    let trust = trust.with_older(key()).unwrap();
    let token = DeviceToken::generate(&mut rand::rng());
    let (devices, _) = trust.issue(&TrustedDevices::new(), "alice", &token, "home", at(0)).unwrap();
    let trusted = trust.verify(&devices, "alice", &token, at(1)).unwrap();

    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "918273", 0);
    let attempt = codes.attempt(&login(), &code("918273"));
    let reserved = codes.reserve(&state, &attempt, at(1)).unwrap();
    let accepted = reserved.verify(reserved.state()).unwrap();
    let destination = Destination::sms("+4915112345678").unwrap();
    let dispatch = Dispatch::new(login(), destination, "Log in").unwrap();

    assert_eq!(format!("{token:?}"), "DeviceToken { .. }");
    assert_eq!(format!("{destination:?}"), "Destination { channel: Sms, .. }");
    assert_eq!(format!("{:?}", login()), r#"OutOfBandRequest { user: "alice", .. }"#);
    let attempt_shown = "OutOfBandAttempt { request: KeyedHash(..), code: KeyedHash(..) }";
    assert_eq!(format!("{attempt:?}"), attempt_shown);

    let mut text = String::new();
    token.write(&mut text).unwrap();
    for shown in [
        format!("{trust:?}{devices:?}{trusted:?}"),
        format!("{codes:?}{state:?}{reserved:?}{accepted:?}{dispatch:?}"),
        format!("{devices:#02x?}{state:#02x?}{reserved:#02x?}{dispatch:#02x?}"),
    ] {
        for secret in ["918273", "918, 273", "15112345678", "the key", &text[..6]] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[test]
fn a_message_that_is_logged_tells_neither_code_nor_number() {
    struct Logging;

    impl Delivery for Logging {
        fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
            let shown = format!("{message:?} {message:#?}");
            assert!(!shown.contains(message.code().expose()), "{shown}");
            assert!(!shown.contains("15112345678"), "{shown}");
            assert!(shown.contains("Log in"), "{shown}");
            Ok(())
        }
    }

    let destination = Destination::sms("+4915112345678").unwrap();
    let dispatch = Dispatch::new(login(), destination, "Log in").unwrap();
    let store = MemoryStateStore::new();
    let codes: OutOfBand = default();
    assert!(codes.send_stored(&store, &Logging, &dispatch, &mut rand::rng(), at(0)).is_ok());
}

/// A store that writes down what it is asked for.
struct Watched {
    inner: MemoryStateStore<OutOfBandState>,
    calls: RefCell<Vec<&'static str>>,
}

impl StateStore for Watched {
    type Record = OutOfBandState;

    fn load(&self, id: &str) -> Result<Option<Stored<OutOfBandState>>, Unavailable> {
        self.calls.borrow_mut().push("load");
        self.inner.load(id)
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &OutOfBandState,
    ) -> Result<Swap, Unavailable> {
        self.calls.borrow_mut().push("compare and set");
        self.inner.compare_and_set(id, expected, next)
    }
}

#[test]
fn the_store_is_asked_for_the_same_whoever_it_is() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    let inner = MemoryStateStore::new();
    let _ = inner.compare_and_set("alice", Revision::ABSENT, &state).expect("it stores");
    let store = Watched { inner, calls: RefCell::default() };
    for (user, id, secs, expected) in [
        ("nobody", "login", 1, Error::NotRequested),
        ("alice", "other", 1, Error::NotRequested),
        ("alice", "login", 1, Error::Mismatch),
        ("alice", "login", 300, Error::Expired),
        ("alice", "login", 301, Error::Expired),
    ] {
        let refused = codes.verify_stored(&store, &request(user, id), &code("000000"), at(secs));
        assert_eq!(refused.err(), Some(expected));
        assert_eq!(store.calls.take(), ["load", "compare and set", "load"], "{user} {id} {secs}");
    }
    assert_eq!(store.inner.len(), 1, "nothing is stored for a stranger");
}
