//! Two or three consecutive codes: RFC 4226, 7.4; RFC 6238, 6.

use creance_totp::{Attempt, Code, Error, Policy, Purpose, State, Verifier};

use crate::account::{Account, PAIR, SPREAD_PAIR, at, start_of, totp, wrong_code};

#[test]
fn consecutive_codes_find_a_counter_far_ahead() {
    for codes in [2, 3] {
        let mut account = Account::by_counter(Policy::default(), 100);
        assert_eq!(account.login_with(180, 0), Err(Error::Mismatch));
        assert_eq!(account.resync(180 + codes - 1, codes, 0), Ok(180 + codes - 1));
        assert_eq!(account.state, State::active(180 + codes));
        assert_eq!(account.login_with(180 + codes, 0), Ok(180 + codes));
    }
}

#[test]
fn consecutive_codes_find_a_clock_far_off() {
    for codes in [2, 3] {
        for (counter, drift) in [(950, -50), (1_050, 50), (1_100, 100), (903, -97)] {
            let mut account = Account::by_time(Policy::default());
            assert_eq!(account.resync(counter, codes, 1_000), Ok(counter));
            assert_eq!((account.state.drift(), account.state.last()), (drift, Some(counter)));
            // From then on single codes do, also those early and late by a step.
            for (offset, present) in [(10, 1_010), (21, 1_020), (29, 1_030)] {
                assert_eq!(account.login_with(counter + offset, present), Ok(counter + offset));
            }
        }
        // A clock that is right after all is treated like every other one.
        let mut account = Account::by_time(Policy::default());
        assert_eq!(account.resync(1_000, codes, 1_000), Ok(1_000));
        assert_eq!(account.state, State::active(1_001));
        assert_eq!(account.login_with(1_002, 1_001), Err(Error::Mismatch));
    }
}

#[test]
fn the_range_has_ends_and_the_whole_run_lies_within() {
    for codes in [2, 3] {
        for (last, is_found) in
            [(900, false), (900 + codes - 1, true), (1_100, true), (1_101, false)]
        {
            let mut account = Account::by_time(Policy::default());
            let expected = if is_found { Ok(last) } else { Err(Error::Mismatch) };
            assert_eq!(account.resync(last, codes, 1_000), expected, "{codes} to {last}");
        }
        for (last, is_found) in [(100 + codes - 1, true), (200, true), (201, false)] {
            let mut account = Account::by_counter(Policy::default(), 100);
            let expected = if is_found { Ok(last) } else { Err(Error::Mismatch) };
            assert_eq!(account.resync(last, codes, 0), expected, "{codes} to {last}");
        }
    }
}

#[test]
fn the_range_is_that_of_the_policy() {
    let narrow = Policy::default().with_resync(5).expect("in range");
    assert_eq!(Account::by_time(narrow).resync(1_005, 2, 1_000), Ok(1_005));
    assert_eq!(Account::by_time(narrow).resync(1_006, 2, 1_000), Err(Error::Mismatch));
    let none = Policy::default().with_resync(0).expect("in range");
    assert_eq!(Account::by_time(none).resync(1_001, 2, 1_000), Err(Error::Resync));
    assert_eq!(Account::by_counter(none, 0).resync(1, 2, 0), Err(Error::Resync));
    // With a zero window our clock is the only one; a counter can be found again all the same.
    assert_eq!(Account::by_time(Policy::strict()).resync(1_001, 2, 1_000), Err(Error::Resync));
    assert_eq!(Account::by_counter(Policy::strict(), 0).resync(50, 2, 0), Ok(50));
}

#[test]
fn one_code_is_not_enough_and_four_are_too_many() {
    for codes in [0, 1, 4, 5] {
        let mut account = Account::by_time(Policy::default());
        assert_eq!(account.resync(1_000, codes, 1_000), Err(Error::Resync), "{codes}");
        assert_eq!(account.state, State::active(0), "the program's fault is no failure");
    }
    let reserved = Verifier::default().reserve(&State::active(0), Purpose::Login, at(30_000));
    let (reserved, otp) = (reserved.expect("free"), totp());
    let verdict = reserved.resynchronise(&State::active(0), &otp, &[otp.code_at(1_000)]);
    assert_eq!(verdict.unwrap_err(), Error::Resync);
}

#[test]
fn codes_that_do_not_follow_each_other_find_nothing() {
    let orders: [&[u64]; 7] = [
        &[1_001, 1_000],
        &[1_000, 1_002],
        &[1_000, 1_000],
        &[1_000, 1_001, 1_003],
        &[1_000, 1_002, 1_003],
        &[1_002, 1_001, 1_000],
        &[1_000, 1_001, 1_001],
    ];
    for order in orders {
        let mut account = Account::by_time(Policy::default());
        let codes: Vec<Code> = order.iter().map(|step| account.otp.code_at(*step)).collect();
        let attempt = Attempt::resynchronisation(&codes, start_of(1_000));
        assert_eq!(account.attempt(&attempt), Err(Error::Mismatch), "{order:?}");
    }
    // One right, one wrong.
    let mut account = Account::by_time(Policy::default());
    let wrong = wrong_code(&account.otp, 1_000);
    for codes in [[account.otp.code_at(1_000), wrong.clone()], [wrong, account.otp.code_at(1_000)]]
    {
        let attempt = Attempt::resynchronisation(&codes, start_of(1_000));
        assert_eq!(account.attempt(&attempt), Err(Error::Mismatch));
    }
}

#[test]
fn a_spent_code_is_no_part_of_a_run() {
    let mut account = Account::by_time(Policy::default());
    assert_eq!(account.login_with(1_000, 1_000), Ok(1_000));
    for (last, codes) in [(1_000, 2), (1_000, 3), (1_001, 2), (1_002, 3)] {
        let run = account.resync(last, codes, 1_001);
        assert_eq!(run, Err(Error::Replayed), "{codes} to {last}");
    }
    account.state = account.state.unlocked();
    assert_eq!(account.resync(1_002, 2, 1_001), Ok(1_002));
    assert_eq!(account.resync(1_002, 2, 1_001), Err(Error::Replayed));
    assert_eq!(account.login_with(1_002, 1_002), Err(Error::Replayed));
    assert_eq!(account.login_with(1_001, 1_001), Err(Error::Replayed));
}

/// Where neighbours share a code, it would be a run by itself.
#[test]
fn one_code_twice_is_no_run() {
    let [first, second] = PAIR;
    let mut account = Account::by_time(Policy::default());
    assert_eq!(account.resync(second, 2, second), Err(Error::Mismatch));
    assert_eq!(account.resync(second + 1, 3, second), Err(Error::Mismatch));
    assert_eq!(account.resync(SPREAD_PAIR[1], 3, SPREAD_PAIR[1]), Err(Error::Mismatch));
    assert_eq!(account.resync(first, 3, first), Ok(first));
}

#[test]
fn the_same_run_is_no_counter_twice() {
    let mut account = Account::by_counter(Policy::default(), 100);
    assert_eq!(account.resync(110, 2, 0), Ok(110));
    assert_eq!(account.resync(110, 2, 0), Err(Error::Replayed));
    assert_eq!(account.resync(111, 2, 0), Err(Error::Replayed));
    assert_eq!(account.login_with(110, 0), Err(Error::Replayed));
    assert_eq!(account.login_with(109, 0), Err(Error::Mismatch));
}

/// Who saw the first of two neighbours with the same code must not use it as the second one.
#[test]
fn a_code_shared_with_a_spent_step_is_no_part_of_a_run() {
    let [first, second] = PAIR;
    for mut account in
        [Account::by_time(Policy::default()), Account::by_counter(Policy::strict(), first)]
    {
        assert_eq!(account.login_with(first, first), Ok(first));
        assert_eq!(account.resync(second + 1, 2, second), Err(Error::Replayed));
        assert_eq!(account.resync(second + 2, 2, second), Ok(second + 2));
    }
}

#[test]
fn a_resynchronisation_is_one_attempt() {
    let mut account = Account::by_time(Policy::default());
    let wrong = [(); 2].map(|()| wrong_code(&account.otp, 1_000));
    for failures in 1..=5 {
        let attempt = Attempt::resynchronisation(&wrong, start_of(1_000));
        assert_eq!(account.attempt(&attempt), Err(Error::Mismatch));
        assert_eq!(account.state.attempts().failures(), failures);
    }
    let throttled = Error::Throttled { until: at(30_030) };
    assert_eq!(account.resync(1_001, 2, 1_000), Err(throttled));
    assert_eq!(account.resync(1_002, 2, 1_001), Ok(1_002));
    assert_eq!(account.state.attempts().failures(), 0);
}

#[test]
fn runs_work_at_both_ends_of_the_range() {
    let mut account = Account::by_counter(Policy::default(), u64::MAX - 50);
    assert_eq!(account.resync(u64::MAX, 3, 0), Ok(u64::MAX));
    assert_eq!(account.state.next(), None);
    let mut account = Account::by_time(Policy::default());
    assert_eq!(account.resync(1, 2, 0), Ok(1));
    let mut account = Account::by_time(Policy::default());
    let end = u64::MAX / 30;
    assert_eq!(account.resync(end + 5, 2, end), Ok(end + 5));
    assert_eq!(account.state.drift(), 5);
}

/// The range is narrower than the window, in which the code is that of a spent step.
#[test]
fn a_narrow_range_does_not_hide_what_was_used() {
    let [first, second] = SPREAD_PAIR;
    let policy = Policy::default().with_window(3, 0).and_then(|policy| policy.with_resync(1));
    let mut account = Account::by_time(policy.expect("in range"));
    assert_eq!(account.login_with(first, first), Ok(first));
    assert_eq!(account.login_with(first + 1, first + 1), Ok(first + 1));
    assert_eq!(account.resync(second + 1, 2, second), Err(Error::Replayed));
}
