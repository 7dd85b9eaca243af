//! Clocks that are off: RFC 6238, 6.

use creance_totp::{Error, Policy, State, StateParts, Throttle};

use crate::account::{Account, start_of};

fn learning(drift: u8) -> Policy {
    Policy::default().with_window(1, 1).and_then(|p| p.with_drift(drift)).expect("in range")
}

fn with_drift(policy: Policy, drift: i32) -> Account {
    let mut account = Account::by_time(policy);
    account.state =
        State::from_parts(StateParts { drift, ..account.state.parts() }).expect("valid");
    account
}

#[test]
fn no_drift_is_learnt_unless_the_policy_says_so() {
    let policy = Policy::default().with_window(5, 5).expect("in range");
    let mut account = Account::by_time(policy);
    for (counter, present) in [(1_005, 1_000), (1_006, 1_011), (1_020, 1_020)] {
        assert_eq!(account.login_with(counter, present), Ok(counter));
        assert_eq!(account.state.drift(), 0);
    }
}

#[test]
fn a_drift_is_followed_by_a_step_for_each_code() {
    let mut account = Account::by_time(learning(3));
    let ahead = [(1, 1), (2, 2), (3, 3), (3, 3), (2, 2), (1, 1), (0, 0), (-1, -1), (0, 0)];
    for (present, (offset, drift)) in (1_000..).step_by(10).zip(ahead) {
        let counter = present + 1_000_u64.wrapping_add_signed(offset) - 1_000;
        assert_eq!(account.login_with(counter, present), Ok(counter));
        assert_eq!(account.state.drift(), drift);
    }
    // Wide windows let codes in from further off, and the drift goes one step all the same.
    let mut account = Account::by_time(learning(3).with_window(5, 5).expect("in range"));
    assert_eq!(account.login_with(1_005, 1_000), Ok(1_005));
    assert_eq!(account.state.drift(), 1);
}

#[test]
fn the_window_moves_with_the_drift_and_does_not_grow() {
    for drift in [-2, -1, 0, 1, 2] {
        for offset in -5..=5 {
            let mut account = with_drift(learning(2), drift);
            let counter = 1_000_u64.wrapping_add_signed(offset);
            let is_taken = (offset - i64::from(drift)).abs() <= 1;
            let expected = if is_taken { Ok(counter) } else { Err(Error::Mismatch) };
            assert_eq!(account.login_with(counter, 1_000), expected, "{offset} with {drift}");
        }
    }
}

#[test]
fn a_drift_is_bounded_however_often_it_is_pushed() {
    for (bound, direction) in [(1, 1), (2, -1), (10, 1), (10, -1)] {
        let mut account = Account::by_time(learning(bound));
        for present in (1_000..2_000_u64).step_by(20) {
            let drift = i64::from(account.state.drift());
            let _ = account.login_with(present.wrapping_add_signed(drift + direction), present);
            account.state = account.state.unlocked();
        }
        assert_eq!(i64::from(account.state.drift()), direction * i64::from(bound));
    }
}

/// A code that was read and not used is not kept alive by walking the drift after it.
#[test]
fn no_code_is_taken_beyond_window_and_drift() {
    let mut account = Account::by_time(learning(2));
    let kept = 1_000;
    let mut latest = 0;
    for present in kept..kept + 10 {
        // The adversary types the oldest code that is taken, each step, but the one that is kept.
        let mut patient = account.state;
        for counter in kept - 10..kept {
            let mut branch = Account { state: account.state, ..Account::by_time(learning(2)) };
            if branch.login_with(counter, present).is_ok() {
                patient = branch.state;
                break;
            }
        }
        account.state = patient.unlocked();
        let mut branch = Account { state: account.state, ..Account::by_time(learning(2)) };
        if branch.login_with(kept, present).is_ok() {
            latest = present;
        }
    }
    assert!(latest > kept, "in its window at least");
    assert!(latest <= kept + 3, "{latest}: one step of window and two of drift");
}

#[test]
fn a_drift_beyond_what_is_learnt_stays_as_it_was_found() {
    for drift in [50, -50] {
        let mut account = with_drift(learning(2), drift);
        for (present, offset) in (1_000..).step_by(10).zip([0, -1, 1, 0, 1, -1]) {
            let counter = u64::wrapping_add_signed(present, i64::from(drift) + offset);
            assert_eq!(account.login_with(counter, present), Ok(counter));
            assert_eq!(account.state.drift(), drift);
        }
    }
}

/// Its step changes at any second of ours.
#[test]
fn a_clock_known_to_be_off_has_a_step_each_way() {
    for (offset, is_taken) in [(48, false), (49, true), (50, true), (51, true), (52, false)] {
        let mut account = with_drift(Policy::default(), 50);
        let expected = if is_taken { Ok(1_000 + offset) } else { Err(Error::Mismatch) };
        assert_eq!(account.login_with(1_000 + offset, 1_000), expected, "{offset}");
    }
}

#[test]
fn a_drift_that_the_policy_does_not_know_does_not_count() {
    // By the strict reading a code lives for its own 30 s, and ours is the clock.
    let mut account = with_drift(Policy::strict(), 50);
    assert_eq!(account.login_with(1_050, 1_000), Err(Error::Mismatch));
    assert_eq!(account.login_with(1_000, 1_000), Ok(1_000));
    assert_eq!(account.state.drift(), 0);
    // Neither learnt nor found.
    let policy = learning(2).with_resync(0).expect("in range");
    let mut account = with_drift(policy, 50);
    assert_eq!(account.login_with(1_050, 1_000), Err(Error::Mismatch));
    assert_eq!(account.login_with(1_003, 1_000), Ok(1_003));
    assert_eq!(account.state.drift(), 2);
}

#[test]
fn the_ends_of_the_range_are_no_drift() {
    let mut account = with_drift(learning(10), -10);
    assert_eq!(account.login_with(0, 0), Ok(0));
    assert_eq!(account.state.drift(), -9);
    for drift in [1_000, -1_000] {
        let mut account =
            with_drift(Policy::default().with_resync(1_000).expect("in range"), drift);
        for now in [0, 30, u64::MAX - 1, u64::MAX] {
            let wrong = account.otp.code_at(77);
            assert!(account.login(&wrong, creance_totp::UnixTime::from_secs(now)).is_err());
        }
    }
    assert_eq!(start_of(0).as_secs(), 0);
}

#[test]
fn policies_are_chosen_within_bounds() {
    let policy = Policy::default();
    let defaults = (policy.past(), policy.future(), policy.look_ahead());
    assert_eq!(defaults, (1, 0, 3));
    assert_eq!((policy.drift(), policy.resync(), policy.throttle()), (0, 100, Throttle::default()));
    let strict = Policy::strict();
    assert_eq!((strict.past(), strict.future(), strict.look_ahead()), (0, 0, 0));
    assert!(policy.with_window(10, 10).is_ok());
    assert!(policy.with_resync(1_000).is_ok() && learning(10).with_drift(0).is_ok());
    for refused in [
        policy.with_window(11, 0),
        policy.with_window(0, 11),
        policy.with_look_ahead(51),
        policy.with_resync(1_001),
        learning(2).with_drift(11),
        policy.with_drift(1),
        Policy::strict().with_drift(1),
        policy.with_window(0, 1).and_then(|policy| policy.with_drift(1)),
        learning(1).with_window(1, 0),
        learning(1).with_window(0, 1),
    ] {
        assert_eq!(refused, Err(Error::Policy));
    }
}
