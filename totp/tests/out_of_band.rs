//! Codes over another channel: which are taken, how often, and for how long.

mod common;

use common::code;
use common::out_of_band::{
    T, at, codes, default, issued, issued_for, key, login, request, tried, tried_for,
};
use creance_totp::{
    Algorithm, Attempts, Digits, Error, Fault, Key, OutOfBand, OutOfBandPolicy, OutOfBandState,
    Throttle, UnixTime,
};

#[test]
fn a_code_is_taken_once() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    assert_eq!(issued(&codes, &mut state, "123456", 0), None);
    assert!(state.is_waiting(at(0)));
    assert_eq!(tried(&codes, &mut state, "123 456", 1), Ok(()));
    assert!(!state.is_waiting(at(1)));
    for secs in [1, 2, 299, 300, 100_000] {
        assert_eq!(tried(&codes, &mut state, "123456", secs), Err(Error::Replayed));
        assert_eq!(issued(&codes, &mut state, "123456", 1_000 + secs), Some(Error::Replayed));
    }
}

#[test]
fn a_code_lives_for_its_seconds_and_no_longer() {
    for lifetime in [1, 300, 600] {
        let codes = codes(OutOfBandPolicy::default().with_lifetime(lifetime).unwrap());
        for (secs, outcome) in [(lifetime - 1, Ok(())), (lifetime, Err(Error::Expired))] {
            let mut state = OutOfBandState::new();
            let sent = codes.issue(&state, &login(), &code("123456"), at(0)).unwrap();
            assert_eq!(sent.sent().expires(), at(lifetime));
            state = *sent.state();
            assert_eq!(state.is_waiting(at(secs)), outcome.is_ok());
            assert_eq!(tried(&codes, &mut state, "123456", secs), outcome);
        }
    }
}

#[test]
fn what_has_expired_stays_so_when_the_clock_is_set_back() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    assert_eq!(tried(&codes, &mut state, "123456", 300), Err(Error::Expired));
    assert_eq!(tried(&codes, &mut state, "123456", 10), Err(Error::Expired));
    // The code was not looked at: no try is lost.
    assert_eq!(state.attempts(), Attempts::NONE);
}

#[test]
fn a_clock_set_back_behind_what_was_seen_ends_the_code() {
    let codes = default();
    for (secs, outcome, later) in
        [(95, Ok(()), Error::Replayed), (94, Err(Error::Expired), Error::Expired)]
    {
        let mut state = OutOfBandState::new();
        issued(&codes, &mut state, "123456", 0);
        assert_eq!(tried(&codes, &mut state, "000000", 100), Err(Error::Mismatch));
        assert_eq!(tried(&codes, &mut state, "123456", secs), outcome, "{secs}");
        assert_eq!(tried(&codes, &mut state, "123456", 101), Err(later));
    }
    let mut state = OutOfBandState::new();
    issued(&codes, &mut state, "123456", 0);
    let before = UnixTime::from_secs(T - 6);
    let refused = tried_for(&codes, &mut state, &login(), "123456", before);
    assert_eq!(refused, Err(Error::Expired));
}

#[test]
fn a_code_is_for_its_user_and_request_only() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    for other in [
        request("alice", "payment"),
        request("bob", "login"),
        request("al", "icelogin"),
        request("alicelogin", "login"),
        request("alicel", "ogin"),
    ] {
        let refused = tried_for(&codes, &mut state, &other, "123456", at(1));
        assert_eq!(refused, Err(Error::NotRequested), "{other:?}");
    }
    assert_eq!(state.attempts(), Attempts::NONE);
    assert_eq!(tried(&codes, &mut state, "123456", 1), Ok(()));
}

#[test]
fn a_code_is_hashed_under_the_services_key() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    let other = OutOfBand::new(key(8), OutOfBandPolicy::default()).unwrap();
    assert_eq!(tried(&other, &mut state, "123456", 1), Err(Error::NotRequested));

    for weak in [
        Key::new(Algorithm::Sha1, &[7; 20]).unwrap(),
        Key::new(Algorithm::Sha512, &[7; 64]).unwrap(),
        Key::decoy(Algorithm::Sha256),
    ] {
        let refused = OutOfBand::new(weak, OutOfBandPolicy::default()).unwrap_err();
        assert_eq!(refused, Error::HashKey);
        assert_eq!(refused.fault(), Fault::Caller);
    }
}

#[test]
fn digits_count_and_not_numbers() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "012345", 0);
    assert_eq!(tried(&codes, &mut state, "0012345", 1), Err(Error::Mismatch));
    assert_eq!(tried(&codes, &mut state, "00012345", 1), Err(Error::Mismatch));
    assert_eq!(tried(&codes, &mut state, "012345", 1), Ok(()));
}

#[test]
fn a_request_has_its_tries_however_often_the_code_is_sent() {
    for tries in 3..=5 {
        let policy = OutOfBandPolicy::default().with_tries(tries).unwrap();
        let throttle = Throttle::new(100, 1, 1, 100).unwrap();
        let codes = codes(policy.with_throttle(throttle));
        let mut state = OutOfBandState::new();
        issued(&codes, &mut state, "123456", 0);
        for _ in 1..tries {
            assert_eq!(tried(&codes, &mut state, "000000", 1), Err(Error::Mismatch));
        }
        let again = codes.issue(&state, &login(), &code("654321"), at(30)).unwrap();
        assert_eq!((again.sent().tries_left(), again.sent().sends_left()), (1, 1));
        state = *again.state();
        // The last one, and it is counted as such before it is looked at.
        let attempt = codes.attempt(&login(), &code("000000"));
        let last = codes.reserve(&state, &attempt, at(31)).unwrap();
        assert_eq!(last.tries_left(), 0);
        state = *last.state();
        assert_eq!(tried(&codes, &mut state, "654321", 31), Err(Error::TriesSpent));
        assert_eq!(issued(&codes, &mut state, "111111", 60), Some(Error::TriesSpent));
        // Another request begins anew.
        let other = request("alice", "another login");
        assert_eq!(issued_for(&codes, &mut state, &other, "222222", 60), None);
        assert_eq!(tried_for(&codes, &mut state, &other, "222222", at(61)), Ok(()));
    }
}

#[test]
fn failures_in_a_row_are_counted_over_all_requests() {
    let throttle = Throttle::new(4, 40, 40, 5).unwrap();
    let codes = codes(OutOfBandPolicy::default().with_throttle(throttle));
    let mut state = OutOfBandState::new();
    issued(&codes, &mut state, "123456", 0);
    for _ in 0..3 {
        assert_eq!(tried(&codes, &mut state, "000000", 1), Err(Error::Mismatch));
    }
    let second = request("alice", "second");
    issued_for(&codes, &mut state, &second, "123456", 30);
    assert_eq!(tried_for(&codes, &mut state, &second, "000000", at(31)), Err(Error::Mismatch));
    let until = at(71);
    let refused = tried_for(&codes, &mut state, &second, "123456", at(32));
    assert_eq!(refused, Err(Error::Throttled { until }));
    // What could not be tried is not sent.
    let third = request("alice", "third");
    let not_sent = issued_for(&codes, &mut state, &third, "123456", 70);
    assert_eq!(not_sent, Some(Error::Throttled { until }));

    let refused = tried_for(&codes, &mut state, &second, "000000", at(71));
    assert_eq!(refused, Err(Error::Mismatch));
    let locked = Error::Locked { failures: 5 };
    assert_eq!(issued_for(&codes, &mut state, &third, "123456", 10_000), Some(locked));
    state = state.unlocked();
    assert_eq!(issued_for(&codes, &mut state, &third, "123456", 10_000), None);
    assert_eq!(tried_for(&codes, &mut state, &third, "123456", at(10_001)), Ok(()));
    assert_eq!(state.attempts(), Attempts::NONE);
}

#[test]
fn an_accepted_code_ends_the_row_of_failures() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    assert_eq!(tried(&codes, &mut state, "000000", 1), Err(Error::Mismatch));
    assert_eq!(state.attempts().failures(), 1);
    assert_eq!(tried(&codes, &mut state, "123456", 1), Ok(()));
    assert_eq!(state.attempts(), Attempts::NONE);
}

#[test]
fn a_code_sent_again_voids_the_one_before() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    issued(&codes, &mut state, "654321", 30);
    assert_eq!(tried(&codes, &mut state, "123456", 31), Err(Error::Mismatch));
    assert_eq!(tried(&codes, &mut state, "654321", 31), Ok(()));
}

#[test]
fn a_code_for_another_request_voids_the_one_before() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    issued_for(&codes, &mut state, &request("alice", "payment"), "654321", 30);
    assert_eq!(tried(&codes, &mut state, "123456", 31), Err(Error::NotRequested));
    assert_eq!(tried(&codes, &mut state, "654321", 31), Err(Error::NotRequested));
}

#[test]
fn a_try_that_was_counted_for_one_code_is_none_for_the_next() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    let attempt = codes.attempt(&login(), &code("654321"));
    let early = codes.reserve(&state, &attempt, at(1)).unwrap();
    state = *early.state();
    issued(&codes, &mut state, "654321", 30);
    assert_eq!(early.verify(&state).unwrap_err(), Error::NotRequested);
    assert_eq!(tried(&codes, &mut state, "654321", 31), Ok(()));
}

#[test]
fn a_code_that_was_used_or_given_up_meanwhile_is_not_taken() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    let attempt = codes.attempt(&login(), &code("123456"));
    let slow = codes.reserve(&state, &attempt, at(1)).unwrap();
    state = *slow.state();
    assert_eq!(slow.verify(&state.revoked()).unwrap_err(), Error::Expired);
    assert_eq!(tried(&codes, &mut state, "123456", 1), Ok(()));
    assert_eq!(slow.verify(&state).unwrap_err(), Error::Replayed);
    assert_eq!(slow.verify(&state.revoked()).unwrap_err(), Error::Replayed);
}

#[test]
fn a_try_in_time_may_be_looked_at_after_a_later_one_was_counted() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    let early = codes.reserve(&state, &codes.attempt(&login(), &code("123456")), at(1)).unwrap();
    state = *early.state();
    assert_eq!(tried(&codes, &mut state, "000000", 100), Err(Error::Mismatch));
    assert!(early.verify(&state).is_ok());
    // Once somebody has seen that the time is over, it is.
    assert_eq!(tried(&codes, &mut state, "000000", 300), Err(Error::Expired));
    assert_eq!(early.verify(&state).unwrap_err(), Error::Expired);
}

#[test]
fn a_revoked_code_is_void_and_costs_no_try() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    state = state.revoked();
    assert!(!state.is_waiting(at(1)));
    assert_eq!(tried(&codes, &mut state, "123456", 1), Err(Error::Expired));
    assert_eq!(issued(&codes, &mut state, "654321", 30), None);
    assert_eq!(tried(&codes, &mut state, "654321", 31), Ok(()));
}

#[test]
fn policies_have_their_ranges() {
    let policy = OutOfBandPolicy::default();
    assert_eq!((policy.digits(), policy.lifetime(), policy.tries()), (Digits::Six, 300, 3));
    assert_eq!((policy.sends(), policy.interval()), (3, 30));
    assert_eq!((policy.sends_per_period(), policy.period()), (5, 3_600));
    assert_eq!(policy.throttle(), Throttle::default());
    for wrong in [
        policy.with_lifetime(0),
        policy.with_lifetime(601),
        policy.with_tries(2),
        policy.with_tries(6),
        policy.with_sends(0),
        policy.with_sends(6),
        policy.with_interval(9),
        policy.with_interval(3_601),
        policy.with_sends_per_period(0, 3_600),
        policy.with_sends_per_period(11, 3_600),
        policy.with_sends_per_period(5, 29),
        policy.with_sends_per_period(5, 24 * 3_600 + 1),
    ] {
        assert_eq!(wrong, Err(Error::Policy));
    }
    for right in [
        policy.with_lifetime(1),
        policy.with_lifetime(600),
        policy.with_tries(5),
        policy.with_sends(1),
        policy.with_sends(5),
        policy.with_interval(10),
        policy.with_interval(3_600),
        policy.with_sends_per_period(1, 30),
        policy.with_sends_per_period(10, 24 * 3_600),
    ] {
        assert!(right.is_ok());
    }
}

#[test]
fn times_up_to_the_last_are_served() {
    let codes = default();
    for now in [0, 1, u64::MAX - 1, u64::MAX].map(UnixTime::from_secs) {
        let sent = codes.issue(&OutOfBandState::new(), &login(), &code("123456"), now).unwrap();
        let mut state = *sent.state();
        for later in [0, 1, u64::MAX - 1, u64::MAX].map(UnixTime::from_secs) {
            let in_time = later < sent.sent().expires() && later.saturating_add(5) >= now;
            let mut copy = state;
            let outcome = tried_for(&codes, &mut copy, &login(), "123456", later);
            assert_eq!(outcome.is_ok(), in_time, "{now} {later}");
        }
        state = state.revoked();
        let _ = codes.issue(&state, &login(), &code("123456"), now);
    }
}
