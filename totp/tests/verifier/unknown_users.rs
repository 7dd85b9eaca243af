//! Where there is nobody, the same is done and nothing is stored.

use std::cell::RefCell;

use creance_totp::{
    Attempt, Error, MemoryStateStore, Otp, Parameters, Revision, State, StateStore, Stored, Swap,
    Unavailable, Verifier,
};

use crate::account::{start_of, totp, wrong_code};

/// A store that writes down what it is asked for.
struct Watched {
    store: MemoryStateStore<State>,
    calls: RefCell<Vec<&'static str>>,
}

impl StateStore for Watched {
    type Record = State;

    fn load(&self, id: &str) -> Result<Option<Stored<State>>, Unavailable> {
        self.calls.borrow_mut().push("load");
        self.store.load(id)
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &State,
    ) -> Result<Swap, Unavailable> {
        self.calls.borrow_mut().push("compare and set");
        self.store.compare_and_set(id, expected, next)
    }
}

fn store(state: Option<State>) -> Watched {
    let store = MemoryStateStore::new();
    if let Some(state) = state {
        let _ = store.compare_and_set("alice", Revision::ABSENT, &state).expect("available");
    }
    Watched { store, calls: RefCell::default() }
}

/// The verdict on a wrong code, and what the store was asked for.
fn wrong(state: Option<State>, otp: Option<&Otp>) -> (Error, Vec<&'static str>) {
    let (store, code) = (store(state), wrong_code(&totp(), 1_000));
    let attempt = Attempt::login(&code, start_of(1_000));
    let verdict = Verifier::default().verify_stored(&store, "alice", otp, &attempt);
    let records = store.store.len();
    assert_eq!(records, usize::from(state.is_some()), "nothing is stored for a stranger");
    (verdict.unwrap_err(), store.calls.into_inner())
}

#[test]
fn the_store_is_asked_for_the_same_whoever_it_is() {
    let (active, otp) = (State::active(0), totp());
    let asked = vec!["load", "compare and set", "load"];
    assert_eq!(wrong(Some(active), Some(&otp)), (Error::Mismatch, asked.clone()));
    assert_eq!(wrong(None, None), (Error::NotEnrolled, asked.clone()));
    assert_eq!(wrong(None, Some(&otp)), (Error::NotEnrolled, asked.clone()));
    assert_eq!(wrong(Some(active), None), (Error::NotEnrolled, asked.clone()));
    let decoy = Otp::decoy(Parameters::hotp());
    assert_eq!(wrong(None, Some(&decoy)), (Error::NotEnrolled, asked.clone()));
    assert_eq!(wrong(Some(active), Some(&decoy)), (Error::NotEnrolled, asked.clone()));
    assert_eq!(wrong(Some(State::pending(0)), Some(&otp)), (Error::NotConfirmed, asked.clone()));
    assert_eq!(wrong(Some(active.revoked()), Some(&otp)), (Error::Revoked, asked));
}

#[test]
fn a_stranger_is_answered_like_a_user_with_a_wrong_code() {
    let (known, _) = wrong(Some(State::active(0)), Some(&totp()));
    let (unknown, _) = wrong(None, None);
    assert_eq!((known.status(), known.fault()), (unknown.status(), unknown.fault()));
}

/// A decoy's codes can be computed by everybody.
#[test]
fn the_code_of_a_decoy_lets_nobody_in() {
    for parameters in [Parameters::totp(), Parameters::hotp()] {
        let decoy = Otp::decoy(parameters);
        for otp in [None, Some(&decoy)] {
            for state in [None, Some(State::active(1_000))] {
                let (store, code) = (store(state), decoy.code_at(1_000));
                let attempt = Attempt::login(&code, start_of(1_000));
                let verdict = Verifier::default().verify_stored(&store, "alice", otp, &attempt);
                assert_eq!(verdict.unwrap_err(), Error::NotEnrolled);
                let left = store.store.load("alice").expect("available");
                assert_eq!(left.map(|stored| stored.record), state, "nothing is counted");
            }
        }
    }
}

#[test]
fn what_the_program_got_wrong_is_told_for_a_stranger_too() {
    let (store, code) = (store(None), wrong_code(&totp(), 1_000));
    let codes = [code];
    let attempt = Attempt::resynchronisation(&codes, start_of(1_000));
    let verdict = Verifier::default().verify_stored(&store, "alice", None, &attempt);
    assert_eq!(verdict.unwrap_err(), Error::Resync);
    assert!(store.calls.into_inner().is_empty());
}
