//! The verifier on stores that fail, that lose replies, and that others change.

use std::cell::Cell;
use std::sync::Arc;

use creance_totp::{
    Attempt, Error, Fault, MemoryStateStore, Purpose, Revision, State, StateStore, Status, Stored,
    Swap, Unavailable, Verifier,
};

use crate::account::{at, start_of, totp, wrong_code};

pub(crate) fn enrolled(state: State) -> MemoryStateStore<State> {
    let store = MemoryStateStore::new();
    let swap = store.compare_and_set("alice", Revision::ABSENT, &state).expect("available");
    assert!(matches!(swap, Swap::Done(_)));
    store
}

pub(crate) fn state_in(store: &MemoryStateStore<State>) -> State {
    store.load("alice").expect("available").expect("enrolled").record
}

/// What goes wrong at a call of the store.
#[derive(Clone, Copy, Debug)]
enum Fails {
    /// It does nothing and says so.
    Before,
    /// It does what it was asked for, and the reply is lost.
    After,
}

/// A store that fails at one call, counted from 0.
struct Failing {
    store: MemoryStateStore<State>,
    fails: Fails,
    at: usize,
    calls: Cell<usize>,
}

impl Failing {
    fn answer<T>(&self, ask: impl FnOnce() -> Result<T, Unavailable>) -> Result<T, Unavailable> {
        let call = self.calls.replace(self.calls.get() + 1);
        match self.fails {
            _ if call != self.at => ask(),
            Fails::Before => Err(Unavailable),
            Fails::After => ask().and(Err(Unavailable)),
        }
    }
}

impl StateStore for Failing {
    type Record = State;

    fn load(&self, id: &str) -> Result<Option<Stored<State>>, Unavailable> {
        self.answer(|| self.store.load(id))
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &State,
    ) -> Result<Swap, Unavailable> {
        self.answer(|| self.store.compare_and_set(id, expected, next))
    }
}

#[test]
fn a_store_that_fails_at_any_call_lets_nobody_in() {
    let (verifier, otp) = (Verifier::default(), totp());
    let code = otp.code_at(1_000);
    let attempt = Attempt::login(&code, start_of(1_000));
    for fails in [Fails::Before, Fails::After] {
        for at in 0..4 {
            let store = enrolled(State::active(0));
            let failing = Failing { store, fails, at, calls: Cell::new(0) };
            let error =
                verifier.verify_stored(&failing, "alice", Some(&otp), &attempt).unwrap_err();
            assert_eq!(error, Error::StoreUnavailable, "{fails:?} {at}");
            assert_eq!((error.fault(), error.status()), (Fault::Outage, 503));
            assert_eq!(error.to_string(), "the store is unavailable");

            // What was counted stays counted, and a code that may be spent is.
            let state = state_in(&failing.store);
            let is_stored = |call| at > call || at == call && matches!(fails, Fails::After);
            let spent = is_stored(3);
            assert_eq!(state.attempts().failures(), u32::from(is_stored(1) && !spent));
            let again = verifier.verify_stored(&failing, "alice", Some(&otp), &attempt);
            assert_eq!(again.map(drop), if spent { Err(Error::Replayed) } else { Ok(()) });
        }
        let failing =
            Failing { store: enrolled(State::active(0)), fails, at: 4, calls: Cell::new(0) };
        assert!(verifier.verify_stored(&failing, "alice", Some(&otp), &attempt).is_ok());
        assert_eq!(failing.calls.get(), 4);
    }
}

#[test]
fn an_outage_is_one_for_strangers_too() {
    let code = wrong_code(&totp(), 1_000);
    let attempt = Attempt::login(&code, start_of(1_000));
    for at in 0..3 {
        let store = MemoryStateStore::new();
        let failing = Failing { store, fails: Fails::Before, at, calls: Cell::new(0) };
        let error = Verifier::default().verify_stored(&failing, "bob", None, &attempt).unwrap_err();
        assert_eq!(error, Error::StoreUnavailable, "{at}");
    }
}

/// Somebody else is always faster.
struct Contended(MemoryStateStore<State>, Cell<usize>);

impl StateStore for Contended {
    type Record = State;

    fn load(&self, id: &str) -> Result<Option<Stored<State>>, Unavailable> {
        self.1.set(self.1.get() + 1);
        self.0.load(id)
    }

    fn compare_and_set(&self, _: &str, _: Revision, _: &State) -> Result<Swap, Unavailable> {
        Ok(Swap::Conflict)
    }
}

#[test]
fn a_decision_that_never_gets_through_is_an_outage() {
    let otp = totp();
    let store = Contended(enrolled(State::active(0)), Cell::new(0));
    let code = otp.code_at(1_000);
    let attempt = Attempt::login(&code, start_of(1_000));
    let error =
        Verifier::default().verify_stored(&store, "alice", Some(&otp), &attempt).unwrap_err();
    assert_eq!((error, error.fault()), (Error::Contended, Fault::Outage));
    assert_eq!(state_in(&store.0), State::active(0));
    assert!((100..1_000).contains(&store.1.get()), "{} tries", store.1.get());
}

/// A record that is removed, changed or replaced between the calls, by what a step does to it.
struct Meddled<F>(MemoryStateStore<State>, Cell<usize>, F);

impl<F: Fn(usize, &MemoryStateStore<State>)> StateStore for Meddled<F> {
    type Record = State;

    fn load(&self, id: &str) -> Result<Option<Stored<State>>, Unavailable> {
        let loaded = self.0.load(id);
        (self.2)(self.1.replace(self.1.get() + 1), &self.0);
        loaded
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &State,
    ) -> Result<Swap, Unavailable> {
        self.0.compare_and_set(id, expected, next)
    }
}

fn change(store: &MemoryStateStore<State>, next: State) {
    let expected = store.load("alice").expect("available").expect("enrolled").revision;
    let _ = store.compare_and_set("alice", expected, &next).expect("available");
}

fn meddled_login(
    meddle: impl Fn(usize, &MemoryStateStore<State>),
) -> (Result<u64, Error>, Option<State>) {
    let (otp, code) = (totp(), totp().code_at(1_000));
    let store = Meddled(enrolled(State::active(0)), Cell::new(0), meddle);
    let attempt = Attempt::login(&code, start_of(1_000));
    let verdict = Verifier::default().verify_stored(&store, "alice", Some(&otp), &attempt);
    let left = store.0.load("alice").expect("available").map(|stored| stored.record);
    (verdict.map(|accepted| accepted.counter()), left)
}

#[test]
fn what_others_do_meanwhile_counts() {
    // Revoked after it was looked at, and before the code was spent.
    for load in [0, 1] {
        let revoked = State::active(0).revoked();
        let (verdict, left) = meddled_login(|n, store| {
            if n == load {
                change(store, revoked);
            }
        });
        assert_eq!(verdict, Err(Error::Revoked), "{load}");
        assert_eq!(left.map(|state| state.status()), Some(Status::Revoked));
    }
    // Removed.
    for load in [0, 1] {
        let (verdict, left) = meddled_login(|n, store| {
            if n == load {
                store.remove("alice");
            }
        });
        assert_eq!((verdict, left), (Err(Error::NotEnrolled), None), "{load}");
    }
    // Removed and made again: the revision is another one, so the code is looked at once more.
    let (verdict, left) = meddled_login(|n, store| {
        if n == 1 {
            store.remove("alice");
            let made = store.compare_and_set("alice", Revision::ABSENT, &State::active(2_000));
            assert!(matches!(made, Ok(Swap::Done(_))));
        }
    });
    assert_eq!((verdict, left), (Err(Error::Replayed), Some(State::active(2_000))));
    // The same code was spent by somebody else.
    let (verdict, left) = meddled_login(|n, store| {
        if n == 1 {
            change(store, State::active(1_001));
        }
    });
    assert_eq!((verdict, left), (Err(Error::Replayed), Some(State::active(1_001))));
    // Locked by somebody else's guesses before the attempt was counted: it is not looked at.
    let mut locked = State::active(0);
    for _ in 0..5 {
        let reserved = Verifier::default().reserve(&locked, Purpose::Login, start_of(1_000));
        locked = *reserved.expect("free").state();
    }
    let (verdict, left) = meddled_login(|n, store| {
        if n == 0 {
            change(store, locked);
        }
    });
    assert_eq!((verdict, left), (Err(Error::Throttled { until: at(30_030) }), Some(locked)));
}

#[test]
fn stores_are_used_through_references_and_as_objects() {
    let otp = totp();
    let verifier = Verifier::default();
    let shared = Arc::new(enrolled(State::active(0)));
    let login = |store: &dyn StateStore<Record = State>, step| {
        let code = otp.code_at(step);
        let attempt = Attempt::login(&code, start_of(step));
        verifier.verify_stored(store, "alice", Some(&otp), &attempt).map(|a| a.counter())
    };
    assert_eq!(login(&*shared, 1_000), Ok(1_000));
    assert_eq!(login(&&*shared, 1_001), Ok(1_001));
    assert_eq!(login(&Arc::clone(&shared), 1_002), Ok(1_002));
    assert_eq!(login(&shared, 1_002), Err(Error::Replayed));
}

#[test]
fn a_store_in_memory_compares_before_it_sets() {
    let store = MemoryStateStore::<u8>::default();
    assert!(store.is_empty());
    assert_eq!(format!("{store:?}"), "MemoryStateStore { len: 0, .. }");
    assert_eq!(store.compare_and_set("a", Revision::new(1), &1), Ok(Swap::Conflict));
    assert_eq!(store.load("a"), Ok(None));
    let Ok(Swap::Done(first)) = store.compare_and_set("a", Revision::ABSENT, &1) else {
        panic!("it was absent")
    };
    for expected in [Revision::ABSENT, Revision::NEVER, Revision::new(first.get() + 1)] {
        assert_eq!(store.compare_and_set("a", expected, &9), Ok(Swap::Conflict));
    }
    let Ok(Swap::Done(second)) = store.compare_and_set("a", first, &2) else {
        panic!("it is the first still")
    };
    assert!(second > first);
    assert_eq!(store.compare_and_set("a", first, &9), Ok(Swap::Conflict));
    assert_eq!(store.load("a"), Ok(Some(Stored { revision: second, record: 2 })));
    assert_eq!((store.len(), store.remove("a"), store.len()), (1, Some(2), 0));
    let Ok(Swap::Done(third)) = store.compare_and_set("a", Revision::ABSENT, &1) else {
        panic!("it was removed")
    };
    assert!(third > second, "no revision comes twice");
}
