//! Many at once: RFC 4226, 7.3.

use std::sync::Barrier;
use std::thread;

use creance_totp::{Attempt, Code, Error, Otp, State, Throttle, UnixTime, Verifier};

use crate::account::{PAIR, start_of, totp, wrong_code};
use crate::stores::{enrolled, state_in};

/// All of them type at the same time; a thread for each.
fn race(state: State, otp: &Otp, typed: &[(Code, UnixTime)]) -> (Vec<Result<u64, Error>>, State) {
    let (store, barrier) = (enrolled(state), Barrier::new(typed.len()));
    let login = |(code, now): &(Code, UnixTime)| {
        barrier.wait();
        let attempt = Attempt::login(code, *now);
        let verdict = Verifier::default().verify_stored(&store, "alice", Some(otp), &attempt);
        verdict.map(|accepted| accepted.counter())
    };
    let verdicts = thread::scope(|scope| {
        let threads: Vec<_> = typed.iter().map(|typed| scope.spawn(|| login(typed))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    (verdicts, state_in(&store))
}

fn accepted(verdicts: &[Result<u64, Error>]) -> usize {
    verdicts.iter().filter(|verdict| verdict.is_ok()).count()
}

#[test]
fn of_64_threads_with_one_right_code_exactly_one_is_let_in() {
    let otp = totp();
    for step in 1_000..1_040 {
        let typed = vec![(otp.code_at(step), start_of(step)); 64];
        let (verdicts, state) = race(State::active(0), &otp, &typed);
        assert_eq!(accepted(&verdicts), 1, "{verdicts:?}");
        assert!(verdicts.iter().all(|verdict| matches!(
            verdict,
            Ok(_) | Err(Error::Replayed | Error::Throttled { .. })
        )));
        assert_eq!(state.last(), Some(step));
    }
}

#[test]
fn of_200_guesses_at_once_five_are_looked_at() {
    let otp = totp();
    for step in 1_000..1_010 {
        let typed = vec![(wrong_code(&otp, step), start_of(step)); 200];
        let (verdicts, state) = race(State::active(0), &otp, &typed);
        let looked_at = verdicts.iter().filter(|v| **v == Err(Error::Mismatch)).count();
        let refused = verdicts.iter().filter(|v| matches!(v, Err(Error::Throttled { .. }))).count();
        assert_eq!((looked_at, refused), (5, 195));
        assert_eq!(state.attempts().failures(), 5);
    }
}

#[test]
fn at_the_last_failure_one_guess_is_looked_at() {
    let otp = totp();
    let mut state = State::active(0).parts();
    state.failures = Throttle::MAX_STOP - 1;
    let state = State::from_parts(state).expect("in range");
    for step in 1_000..1_010 {
        let typed = vec![(wrong_code(&otp, step), start_of(step)); 50];
        let (verdicts, state) = race(state, &otp, &typed);
        let looked_at = verdicts.iter().filter(|v| **v == Err(Error::Mismatch)).count();
        let locked = verdicts.iter().filter(|v| matches!(v, Err(Error::Locked { .. }))).count();
        assert_eq!((looked_at, locked, state.attempts().failures()), (1, 49, 100));
    }
}

/// Each thread has its own time, and in its window the code is that of another step.
#[test]
fn a_code_shared_by_neighbours_is_accepted_once_by_threads_with_different_times() {
    let otp = totp();
    let shared = otp.code_at(PAIR[0]);
    for _ in 0..60 {
        let times = [PAIR[0], PAIR[1], PAIR[1] + 1, PAIR[0]].map(start_of);
        let typed: Vec<(Code, UnixTime)> = times.map(|now| (shared.clone(), now)).into();
        let (verdicts, state) = race(State::active(0), &otp, &typed);
        assert_eq!(accepted(&verdicts), 1, "{verdicts:?}");
        assert!(PAIR.map(Some).contains(&state.last()));
    }
}

/// The older of two codes comes through or not, never after the newer one.
#[test]
fn two_right_codes_are_accepted_in_order_only() {
    let otp = totp();
    for _ in 0..60 {
        let typed = [(otp.code_at(999), start_of(1_000)), (otp.code_at(1_000), start_of(1_000))];
        let (verdicts, state) = race(State::active(0), &otp, &typed);
        assert_eq!(verdicts[1], Ok(1_000));
        assert!(matches!(verdicts[0], Ok(999) | Err(Error::Replayed)));
        assert_eq!(state.last(), Some(1_000));
    }
}
