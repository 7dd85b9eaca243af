//! Recovery codes on a store: each lets somebody in once, whoever asks at the same time, and nobody
//! where the store fails.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use creance_totp::rand::rng;
use creance_totp::{
    Algorithm, Error, HashKeys, Key, MemoryStateStore, PasswordHasher, RecoveryCode, RecoveryCodes,
    RecoveryPolicy, RecoverySet, RecoverySetParts, Revision, StateStore, Stored, Stretch, Swap,
    Throttle, Unavailable, UnixTime,
};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);

fn keys() -> HashKeys {
    let key = Key::new(Algorithm::Sha256, &[1; 32]).expect("long enough");
    HashKeys::new(1, key).expect("a key of SHA-256")
}

fn code(text: &str) -> RecoveryCode {
    RecoveryCode::parse(text).expect("a recovery code")
}

#[test]
fn one_code_typed_everywhere_at_once_lets_one_in() {
    let recovery =
        RecoveryCodes::new(keys()).with_throttle(Throttle::new(100, 1, 1, 100).expect("one"));
    let (set, codes) = recovery.generate("alice", &mut rng()).expect("codes");
    let store = MemoryStateStore::new();
    let _ = store.compare_and_set("alice", Revision::ABSENT, &set).expect("it stores");
    let accepted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| match recovery.redeem_stored(&store, "alice", &codes[0], NOW) {
                Ok(redeemed) => {
                    assert_eq!(redeemed.remaining(), 9);
                    accepted.fetch_add(1, Ordering::SeqCst);
                }
                Err(error) => assert_eq!(error, Error::Replayed),
            });
        }
    });
    assert_eq!(accepted.into_inner(), 1);
    let left = store.load("alice").expect("it is there").map(|stored| stored.record.remaining());
    assert_eq!(left, Some(9));
}

#[test]
fn guesses_at_once_are_counted_before_they_are_looked_at() {
    let recovery =
        RecoveryCodes::new(keys()).with_throttle(Throttle::new(5, 60, 60, 100).expect("one"));
    let (set, _) = recovery.generate("alice", &mut rng()).expect("codes");
    let store = MemoryStateStore::new();
    let _ = store.compare_and_set("alice", Revision::ABSENT, &set).expect("it stores");
    let looked_at = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let guess = code("0000 0000");
                match recovery.redeem_stored(&store, "alice", &guess, NOW).expect_err("a guess") {
                    Error::Mismatch => looked_at.fetch_add(1, Ordering::SeqCst),
                    error => {
                        assert!(matches!(error, Error::Throttled { .. }), "{error}");
                        0
                    }
                };
            });
        }
    });
    assert_eq!(looked_at.into_inner(), 5);
}

#[test]
fn what_the_service_lacks_is_no_failure_of_the_person() {
    struct Broken;
    impl PasswordHasher for Broken {
        fn id(&self) -> u32 {
            1
        }
        fn hash(&self, _: &[u8], _: &[u8; 16], _: &mut [u8; 32]) -> Result<(), Unavailable> {
            Err(Unavailable)
        }
    }
    let stretch = Some(Stretch { hasher: 1, salt: [2; 16] });
    let parts = |key, stretch| RecoverySetParts {
        key,
        stretch,
        hashes: vec![[0; 32]],
        used: 0,
        failures: 0,
        locked_until: UnixTime::from_secs(0),
    };
    let plain = || RecoveryCodes::new(keys());
    for (recovery, parts, expected) in [
        (plain(), parts(2, None), Error::UnknownKey { id: 2 }),
        (plain(), parts(1, stretch), Error::NoPasswordHasher),
        (plain().with_hasher(Broken), parts(1, stretch), Error::HasherUnavailable),
    ] {
        let (store, set) = (MemoryStateStore::new(), RecoverySet::from_parts(parts));
        let _ = store.compare_and_set("alice", Revision::ABSENT, &set.expect("in range"));
        let refused = recovery.redeem_stored(&store, "alice", &code("0000 0000"), NOW).err();
        assert_eq!(refused, Some(expected));
        let left = store.load("alice").expect("available").expect("it is there").record;
        assert_eq!(left.attempts().failures(), 0, "{expected}");
    }
}

/// A store that writes down what it is asked for.
struct Watched {
    inner: MemoryStateStore<RecoverySet>,
    calls: RefCell<Vec<&'static str>>,
}

impl StateStore for Watched {
    type Record = RecoverySet;

    fn load(&self, id: &str) -> Result<Option<Stored<RecoverySet>>, Unavailable> {
        self.calls.borrow_mut().push("load");
        self.inner.load(id)
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &RecoverySet,
    ) -> Result<Swap, Unavailable> {
        self.calls.borrow_mut().push("compare and set");
        self.inner.compare_and_set(id, expected, next)
    }
}

#[test]
fn the_store_is_asked_for_the_same_whoever_it_is() {
    let recovery =
        RecoveryCodes::new(keys()).with_throttle(Throttle::new(1, 60, 60, 2).expect("one"));
    let (set, _) = recovery.generate("alice", &mut rng()).expect("codes");
    let inner = MemoryStateStore::new();
    let _ = inner.compare_and_set("alice", Revision::ABSENT, &set).expect("it stores");
    let (store, guess) = (Watched { inner, calls: RefCell::default() }, code("0000 0000"));
    let until = NOW.saturating_add(60);
    for (user, now, expected) in [
        ("nobody", NOW, Error::NotEnrolled),
        ("alice", NOW, Error::Mismatch),
        ("alice", NOW, Error::Throttled { until }),
        ("alice", until, Error::Mismatch),
        ("alice", UnixTime::MAX, Error::Locked { failures: 2 }),
    ] {
        assert_eq!(recovery.redeem_stored(&store, user, &guess, now).err(), Some(expected));
        assert_eq!(store.calls.take(), ["load", "compare and set", "load"], "{expected}");
    }
    assert_eq!(store.inner.len(), 1, "nothing is stored for a stranger");
}

/// A store that fails from some call on.
struct Failing {
    inner: MemoryStateStore<RecoverySet>,
    calls_left: AtomicUsize,
}

impl Failing {
    fn call(&self) -> Result<(), Unavailable> {
        let left = self.calls_left.load(Ordering::SeqCst).checked_sub(1).ok_or(Unavailable)?;
        self.calls_left.store(left, Ordering::SeqCst);
        Ok(())
    }
}

impl StateStore for Failing {
    type Record = RecoverySet;

    fn load(&self, id: &str) -> Result<Option<Stored<RecoverySet>>, Unavailable> {
        self.call()?;
        self.inner.load(id)
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &RecoverySet,
    ) -> Result<Swap, Unavailable> {
        self.call()?;
        self.inner.compare_and_set(id, expected, next)
    }
}

#[test]
fn a_store_that_fails_lets_nobody_in() {
    let recovery = RecoveryCodes::new(keys());
    let (set, codes) = recovery.generate("alice", &mut rng()).expect("codes");
    for calls in 0..=4 {
        let inner = MemoryStateStore::new();
        let _ = inner.compare_and_set("alice", Revision::ABSENT, &set).expect("it stores");
        let store = Failing { inner, calls_left: AtomicUsize::new(calls) };
        let answer =
            recovery.redeem_stored(&store, "alice", &codes[0], NOW).map(|done| done.remaining());
        let expected = if calls == 4 { Ok(9) } else { Err(Error::StoreUnavailable) };
        assert_eq!(answer, expected, "{calls} calls");
    }
}

#[test]
fn a_stranger_costs_as_much() {
    struct Counting(Arc<AtomicUsize>);
    impl PasswordHasher for Counting {
        fn id(&self) -> u32 {
            1
        }
        fn hash(
            &self,
            password: &[u8],
            _: &[u8; 16],
            out: &mut [u8; 32],
        ) -> Result<(), Unavailable> {
            self.0.fetch_add(1, Ordering::SeqCst);
            out[..password.len()].copy_from_slice(password);
            Ok(())
        }
    }
    let count = Arc::new(AtomicUsize::new(0));
    let throttle = Throttle::new(1, 60, 60, 100).expect("one");
    let recovery = RecoveryCodes::new(keys())
        .with_policy(RecoveryPolicy::allow_short(1, 4).expect("in range"))
        .with_throttle(throttle)
        .with_hasher(Counting(count.clone()));
    let (set, _) = recovery.generate("alice", &mut rng()).expect("codes");
    let store = MemoryStateStore::new();
    let _ = store.compare_and_set("alice", Revision::ABSENT, &set).expect("it stores");
    let guess = code("0000 0000");
    for (user, expected) in [
        ("nobody", Error::NotEnrolled),
        ("alice", Error::Mismatch),
        ("alice", Error::Throttled { until: NOW.saturating_add(60) }),
    ] {
        count.store(0, Ordering::SeqCst);
        assert_eq!(recovery.redeem_stored(&store, user, &guess, NOW).err(), Some(expected));
        assert_eq!(count.load(Ordering::SeqCst), 1, "{user}");
    }
}
