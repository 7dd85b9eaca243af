//! How failures slow down and end the tries: RFC 4226, 7.3; NIST SP 800-63B, 5.2.2.

use creance_totp::{Attempts, Error, Policy, State, StateParts, Status, Throttle, UnixTime};

use crate::account::{Account, at, start_of};

const NOW: u64 = 1_000_000_000;

fn delays() -> impl Iterator<Item = u64> {
    (0..100).map(|failures| Throttle::default().delay_after(failures))
}

#[test]
fn five_failures_are_free_then_the_delay_doubles_to_an_hour() {
    let expected = [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600];
    assert!(delays().take(14).eq(expected));
    assert!(delays().skip(14).all(|delay| delay == 3_600));
    assert_eq!(Throttle::default().delay_after(u32::MAX), 3_600);

    let mut account = Account::by_time(Policy::default());
    for failures in 1..=5 {
        assert_eq!(account.fail(at(NOW)), Error::Mismatch);
        assert_eq!(account.state.attempts().failures(), failures);
    }
    let mut now = NOW;
    for delay in [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
        let until = at(now + delay);
        let before = account.state;
        for early in [now, now + 1, now + delay - 1] {
            let right = account.otp.code_at(early / 30);
            assert_eq!(account.login(&right, at(early)), Err(Error::Throttled { until }));
        }
        assert_eq!(account.state, before, "what is not looked at is not counted");
        now += delay;
        assert_eq!(account.fail(at(now)), Error::Mismatch);
    }
}

#[test]
fn a_delay_is_over_in_its_first_second_and_a_success_ends_the_row() {
    let mut account = Account::by_time(Policy::default());
    for _ in 0..5 {
        account.fail(at(NOW));
    }
    let right = account.otp.code_at((NOW + 30) / 30);
    assert!(account.login(&right, at(NOW + 29)).is_err());
    assert!(account.login(&right, at(NOW + 30)).is_ok());
    assert_eq!(account.state.attempts(), Attempts::NONE);
    for _ in 0..5 {
        assert_eq!(account.fail(at(NOW + 60)), Error::Mismatch);
    }
}

/// NIST SP 800-63B, 5.2.2.
#[test]
fn after_a_hundred_failures_in_a_row_nothing_is_verified_until_it_is_unlocked() {
    let mut account = Account::by_time(Policy::default());
    let mut now = NOW;
    for failures in 1..=100 {
        assert_eq!(account.fail(at(now)), Error::Mismatch);
        assert_eq!(account.state.attempts().failures(), failures);
        now += 3_600;
    }
    let before = account.state;
    for later in [now, now + 86_400 * 365, u64::MAX, 0] {
        let right = account.otp.code_at(later / 30);
        assert_eq!(account.login(&right, at(later)), Err(Error::Locked { failures: 100 }));
    }
    let codes = [account.otp.code_at(now / 30), account.otp.code_at(now / 30 + 1)];
    let run = creance_totp::Attempt::resynchronisation(&codes, at(now));
    assert_eq!(account.attempt(&run), Err(Error::Locked { failures: 100 }));
    assert_eq!(account.state, before);
    let error = Error::Locked { failures: 100 };
    assert_eq!(error.to_string(), "after 100 failures in a row, nothing is verified any more");

    account.state = account.state.unlocked();
    assert_eq!(account.state.next(), before.next(), "unlocking gives no code back");
    assert_eq!(account.login(&account.otp.code_at(now / 30), at(now)), Ok(now / 30));
}

#[test]
fn a_replay_counts_as_a_failure() {
    let mut account = Account::by_time(Policy::default());
    assert_eq!(account.login_with(1_000, 1_000), Ok(1_000));
    for _ in 0..5 {
        assert_eq!(account.login_with(1_000, 1_000), Err(Error::Replayed));
    }
    assert!(matches!(account.login_with(1_000, 1_000), Err(Error::Throttled { .. })));
}

#[test]
fn a_code_by_counter_is_throttled_the_same_way() {
    let mut account = Account::by_counter(Policy::default(), 0);
    for _ in 0..5 {
        assert_eq!(account.fail(at(NOW)), Error::Mismatch);
    }
    let until = at(NOW + 30);
    assert_eq!(account.login(&account.otp.code_at(0), at(NOW)), Err(Error::Throttled { until }));
    assert_eq!(account.login(&account.otp.code_at(0), until), Ok(0));
}

/// A lock that was written by a clock that was a year ahead, and read after it was put right.
#[test]
fn a_lock_by_a_clock_that_was_wrong_ends_with_the_longest_delay() {
    let year = 365 * 86_400;
    for ahead in [7_201, year, u64::MAX - NOW] {
        let mut account = Account::by_time(Policy::default());
        for _ in 0..5 {
            account.fail(at(NOW).saturating_add(ahead).saturating_sub(30));
        }
        assert!(account.state.attempts().locked_until() >= at(NOW).saturating_add(ahead));
        // One attempt is let through and counted, and the next lock is by the right clock.
        assert_eq!(account.fail(at(NOW)), Error::Mismatch);
        assert_eq!(account.state.attempts().failures(), 6);
        assert_eq!(account.fail(at(NOW)), Error::Throttled { until: at(NOW + 60) });
    }
    // Servers whose clocks differ, by as much as the longest delay, heed each other's locks.
    for ahead in [1, 30, 3_600, 7_200] {
        let mut account = Account::by_time(Policy::default());
        for _ in 0..5 {
            account.fail(at(NOW + ahead - 30));
        }
        if ahead > 30 {
            let error = account.fail(at(NOW));
            assert_eq!(error, Error::Throttled { until: at(NOW + ahead) }, "{ahead}");
        }
    }
}

/// However the clock is moved.
#[test]
fn no_clock_gives_more_guesses_than_the_stop() {
    let mut account = Account::by_time(Policy::default());
    let mut looked_at = 0;
    for n in 0..10_000_u64 {
        let now = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (n % 60);
        match account.fail(at(now)) {
            Error::Mismatch => looked_at += 1,
            Error::Throttled { .. } | Error::Locked { .. } => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(looked_at, 100);
}

#[test]
fn a_throttle_is_chosen_within_bounds() {
    let throttle = Throttle::new(2, 1, 5, 4).expect("in range");
    let parts =
        (throttle.free(), throttle.first_delay(), throttle.longest_delay(), throttle.stop());
    assert_eq!(parts, (2, 1, 5, 4));
    assert!((0..7).map(|failures| throttle.delay_after(failures)).eq([0, 0, 1, 2, 4, 5, 5]));
    for (free, first, longest, stop) in [
        (0, 30, 3_600, 100),
        (101, 30, 3_600, 101),
        (5, 30, 3_600, 101),
        (5, 30, 3_600, 4),
        (5, 30, 3_600, 0),
        (5, 0, 3_600, 100),
        (5, 30, 29, 100),
    ] {
        assert_eq!(Throttle::new(free, first, longest, stop), Err(Error::Policy));
    }
    let endless = Throttle::new(1, 1, u64::MAX, 100).expect("in range");
    assert_eq!(endless.delay_after(64), 1 << 63);
    assert_eq!(endless.delay_after(65), u64::MAX);

    let mut account = Account::by_time(Policy::default().with_throttle(throttle));
    let failed: Vec<Error> = [0, 0, 0, 1, 2, 3, 9, 99].map(|now| account.fail(at(now))).into();
    let throttled = |until| Error::Throttled { until: at(until) };
    assert_eq!(
        failed,
        [
            Error::Mismatch,
            Error::Mismatch,
            throttled(1),
            Error::Mismatch,
            throttled(3),
            Error::Mismatch,
            Error::Locked { failures: 4 },
            Error::Locked { failures: 4 },
        ]
    );
}

#[test]
fn no_time_makes_the_throttle_panic() {
    let ends = [0, 1, 29, u64::MAX / 2, u64::MAX - 1, u64::MAX];
    for until in ends {
        for failures in [0, 4, 5, 99, 100] {
            for now in ends {
                let (status, next, drift) = (Status::Active, Some(0), 0);
                let locked_until = UnixTime::from_secs(until);
                let parts = StateParts { status, next, drift, failures, locked_until };
                let state = State::from_parts(parts).expect("in range");
                assert_eq!(state.parts(), parts);
                let mut account = Account { state, ..Account::by_time(Policy::default()) };
                let error = account.fail(at(now));
                assert_eq!(matches!(error, Error::Locked { .. }), failures == 100);
                assert!(account.state.attempts().failures() <= 100);
            }
        }
    }
    assert_eq!(start_of(u64::MAX), UnixTime::MAX);
}

#[test]
fn stored_parts_are_checked() {
    let parts = State::active(5).parts();
    for (parts, is_right) in [
        (StateParts { drift: 1_000, ..parts }, true),
        (StateParts { drift: -1_000, ..parts }, true),
        (StateParts { drift: 1_001, ..parts }, false),
        (StateParts { drift: -1_001, ..parts }, false),
        (StateParts { drift: i32::MIN, ..parts }, false),
        (StateParts { failures: 100, ..parts }, true),
        (StateParts { failures: 101, ..parts }, false),
        (StateParts { next: None, ..parts }, true),
    ] {
        let state = State::from_parts(parts);
        assert_eq!(
            state.map(|state| state.parts()),
            if is_right { Ok(parts) } else { Err(Error::State) }
        );
    }
}
