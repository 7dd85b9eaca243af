//! Which codes are taken: once, in their time, by the service's clock.

use creance_totp::{
    Attempt, Error, Otp, Parameters, Policy, Purpose, State, Status, UnixTime, Verifier,
};

use crate::account::{Account, PAIR, SPREAD_PAIR, at, start_of, totp, wrong_code};
use crate::common::code;

/// RFC 6238, 5.2; NIST SP 800-63B, 5.1.4.2; OWASP ASVS 6.5.1.
#[test]
fn a_code_is_accepted_once() {
    let mut account = Account::by_time(Policy::default());
    assert_eq!(account.login_with(1_000, 1_000), Ok(1_000));
    for present in [1_000, 1_001, 999, 1_000] {
        assert_eq!(account.login_with(1_000, present), Err(Error::Replayed), "in {present}");
        account.state = account.state.unlocked();
    }
    assert_eq!(account.login_with(1_001, 1_001), Ok(1_001));
}

#[test]
fn an_older_code_than_the_last_accepted_one_is_a_replay() {
    let mut account = Account::by_time(Policy::default());
    assert_eq!(account.login_with(1_000, 1_000), Ok(1_000));
    assert_eq!(account.login_with(999, 1_000), Err(Error::Replayed));
}

/// RFC 6238, 5.2: one step of delay at most, and none ahead.
#[test]
fn by_default_the_present_step_and_the_one_before_are_taken() {
    for (counter, expected) in [
        (998, Err(Error::Mismatch)),
        (999, Ok(999)),
        (1_000, Ok(1_000)),
        (1_001, Err(Error::Mismatch)),
    ] {
        let mut account = Account::by_time(Policy::default());
        assert_eq!(account.login_with(counter, 1_000), expected, "{counter}");
    }
}

/// OWASP ASVS 6.5.5 read strictly: a code lives for its own 30 s.
#[test]
fn with_a_zero_window_only_the_present_step_is_taken() {
    for counter in [999, 1_001] {
        let mut account = Account::by_time(Policy::strict());
        assert_eq!(account.login_with(counter, 1_000), Err(Error::Mismatch), "{counter}");
    }
    let mut account = Account::by_time(Policy::strict());
    assert_eq!(account.login(&account.otp.code_at(1_000), at(30_029)), Ok(1_000));
    assert_eq!(account.login(&account.otp.code_at(1_001), at(30_029)), Err(Error::Mismatch));
    assert_eq!(account.login(&account.otp.code_at(1_001), at(30_060)), Err(Error::Mismatch));
}

#[test]
fn windows_reach_as_far_as_they_are_set() {
    let policy = Policy::default().with_window(3, 2).expect("in range");
    for counter in 990..1_010 {
        let taken = Account::by_time(policy).login_with(counter, 1_000);
        let expected =
            if (997..=1_002).contains(&counter) { Ok(counter) } else { Err(Error::Mismatch) };
        assert_eq!(taken, expected);
    }
}

/// A verifier that remembers which step it took, be it the oldest or the newest, takes this code
/// twice; the window may move in between, either way.
#[test]
fn a_code_shared_by_two_neighbouring_steps_is_accepted_once() {
    let [first, second] = PAIR;
    let policies = [
        Policy::strict(),
        Policy::default(),
        Policy::default().with_window(1, 1).expect("in range"),
        Policy::default().with_window(10, 10).expect("in range"),
        Policy::default().with_window(1, 1).and_then(|p| p.with_drift(2)).expect("in range"),
    ];
    for policy in policies {
        for before in first - 1..=second + 1 {
            for after in first - 1..=second + 1 {
                let mut account = Account::by_time(policy);
                if account.login(&code("911617"), start_of(before)).is_ok() {
                    let again = account.login(&code("911617"), start_of(after));
                    let refused = matches!(again, Err(Error::Replayed | Error::Mismatch));
                    assert!(refused, "{policy:?}: {again:?} in {before}, then in {after}");
                }
            }
        }
    }
}

/// In sight of the window the code is that of a spent step, though not of the last one.
#[test]
fn a_code_shared_by_two_steps_apart_is_accepted_once() {
    let [first, second] = SPREAD_PAIR;
    let policy = Policy::default().with_window(2, 0).expect("in range");
    let mut account = Account::by_time(policy);
    assert_eq!(account.login_with(first, first), Ok(first));
    assert_eq!(account.login_with(first + 1, first + 1), Ok(first + 1));
    assert_eq!(account.login_with(second, second), Err(Error::Replayed));
}

/// With drift the window moves away from a code in whose time it still is.
#[test]
fn a_drift_learnt_in_between_does_not_hide_what_was_used() {
    let [first, second] = SPREAD_PAIR;
    let policy = Policy::default().with_window(1, 1).and_then(|policy| policy.with_drift(2));
    let mut account = Account::by_time(policy.expect("in range"));
    assert_eq!(account.login_with(first, first), Ok(first));
    // One step ahead, so the window is [first + 1, first + 3] a step later.
    assert_eq!(account.login_with(first + 1, first), Ok(first + 1));
    assert_eq!(account.state.drift(), 1);
    assert_eq!(account.login_with(second, first + 1), Err(Error::Replayed));
}

#[test]
fn a_clock_set_back_reopens_no_step() {
    let policy = Policy::default().with_window(10, 10).expect("in range");
    let mut account = Account::by_time(policy);
    for step in [1_000, 1_001, 1_002] {
        assert_eq!(account.login_with(step, step), Ok(step));
    }
    for present in (980..1_002).rev() {
        for counter in 990..=1_002 {
            let again = account.login_with(counter, present);
            assert!(matches!(again, Err(Error::Replayed | Error::Mismatch)), "{again:?}");
            account.state = account.state.unlocked();
        }
    }
    assert_eq!(account.state.last(), Some(1_002));
}

/// RFC 6238, 4.2: beyond 2038, and to the end of the range.
#[test]
fn steps_beyond_32_bits_work_to_the_end_of_the_range() {
    for step in [1 << 32, (1 << 33) + 5, u64::MAX / 30] {
        let mut account = Account::by_time(Policy::default());
        assert_eq!(account.login_with(step, step), Ok(step));
        assert_eq!(account.login_with(step, step), Err(Error::Replayed));
    }
    let secret = creance_totp::Secret::from_bytes(b"12345678901234567890").expect("long enough");
    let mut account = Account::by_time(Policy::default());
    account.otp = Parameters::totp().with_period(1).and_then(|p| p.otp(&secret)).expect("not zero");
    let last = account.otp.code_at(u64::MAX);
    assert_eq!(account.login(&last, UnixTime::MAX), Ok(u64::MAX));
    assert_eq!((account.state.next(), account.state.last()), (None, Some(u64::MAX)));
    assert_eq!(account.login(&last, UnixTime::MAX), Err(Error::Replayed));
    let before = account.otp.code_at(u64::MAX - 1);
    assert_eq!(account.login(&before, UnixTime::MAX), Err(Error::Replayed));
}

#[test]
fn the_first_step_of_all_is_taken_once() {
    let mut account = Account::by_time(Policy::default());
    assert_eq!(account.login_with(0, 0), Ok(0));
    assert_eq!((account.state.next(), account.state.last()), (Some(1), Some(0)));
    assert_eq!(account.login_with(0, 0), Err(Error::Replayed));
    assert_eq!(account.login_with(0, 1), Err(Error::Replayed));
}

/// RFC 6238 knows a start other than 1970. A time before it is the program's fault and no guess.
#[test]
fn a_time_before_the_first_step_is_not_counted() {
    let Otp::Totp(totp) = totp() else { unreachable!("by time") };
    let mut account = Account::by_time(Policy::default());
    account.otp = totp.with_t0(at(1_000)).into();
    for _ in 0..20 {
        let error = account.login(&code("755224"), at(999)).unwrap_err();
        assert_eq!(error, Error::BeforeStart { time: at(999), t0: at(1_000) });
    }
    assert_eq!(account.state, State::active(0));
    assert_eq!(account.login(&code("755224"), at(1_000)), Ok(0));
}

#[test]
fn an_enrolment_becomes_active_by_a_code_and_spends_it() {
    let mut account = Account::by_time(Policy::default());
    account.state = State::pending(0);
    let (first, now) = (account.otp.code_at(1_000), start_of(1_000));
    assert_eq!(account.login(&first, now), Err(Error::NotConfirmed));
    assert_eq!(account.state, State::pending(0), "what is not looked at is not counted");

    let wrong = wrong_code(&account.otp, 1_000);
    assert_eq!(account.attempt(&Attempt::enrolment(&wrong, now)), Err(Error::Mismatch));
    assert_eq!((account.state.status(), account.state.attempts().failures()), (Status::Pending, 1));
    assert_eq!(account.attempt(&Attempt::enrolment(&first, now)), Ok(1_000));
    assert_eq!((account.state.status(), account.state.attempts().failures()), (Status::Active, 0));

    assert_eq!(account.login(&first, now), Err(Error::Replayed));
    let again = account.attempt(&Attempt::enrolment(&account.otp.code_at(1_001), start_of(1_001)));
    assert_eq!(again, Err(Error::AlreadyActive));
    assert_eq!(account.login_with(1_001, 1_001), Ok(1_001));
}

/// NIST SP 800-63B, 5.2.2 holds for the confirmation, too.
#[test]
fn an_enrolment_is_throttled_like_a_login() {
    let mut account = Account::by_time(Policy::default());
    account.state = State::pending(0);
    let (wrong, now) = (wrong_code(&account.otp, 1_000), start_of(1_000));
    for _ in 0..5 {
        assert_eq!(account.attempt(&Attempt::enrolment(&wrong, now)), Err(Error::Mismatch));
    }
    let right = account.otp.code_at(1_000);
    let error = Error::Throttled { until: at(30_030) };
    assert_eq!(account.attempt(&Attempt::enrolment(&right, now)), Err(error));
}

#[test]
fn a_revoked_credential_lets_nobody_in() {
    for mut state in [State::active(0), State::pending(0)] {
        state = state.revoked();
        assert_eq!(state.status(), Status::Revoked);
        let mut account = Account { state, ..Account::by_time(Policy::default()) };
        let right = account.otp.code_at(1_000);
        let login = account.attempt(&Attempt::login(&right, start_of(1_000)));
        let enrolment = account.attempt(&Attempt::enrolment(&right, start_of(1_000)));
        assert_eq!((login, enrolment), (Err(Error::Revoked), Err(Error::Revoked)));
        assert_eq!(account.state, state);
    }
}

#[test]
fn a_credential_revoked_while_an_attempt_is_under_way_stays_revoked() {
    let (verifier, otp) = (Verifier::default(), totp());
    let (state, now) = (State::active(0), start_of(1_000));
    let reserved = verifier.reserve(&state, Purpose::Login, now).expect("free");
    let verdict = reserved.verify(&state.revoked(), &otp, &otp.code_at(1_000));
    assert_eq!(verdict.unwrap_err(), Error::Revoked);
    let codes = [otp.code_at(999), otp.code_at(1_000)];
    let verdict = reserved.resynchronise(&state.revoked(), &otp, &codes);
    assert_eq!(verdict.unwrap_err(), Error::Revoked);
    // Confirmed by somebody else meanwhile.
    let reserved = verifier.reserve(&State::pending(0), Purpose::Enrolment, now).expect("free");
    let verdict = reserved.verify(&state, &otp, &otp.code_at(1_000));
    assert_eq!(verdict.unwrap_err(), Error::AlreadyActive);
}

/// Everybody can compute them.
#[test]
fn a_code_of_a_decoy_is_never_right() {
    for parameters in [Parameters::totp(), Parameters::hotp()] {
        let decoy = Otp::decoy(parameters);
        assert!(decoy.is_decoy() && !totp().is_decoy());
        assert_eq!(
            (decoy.digits(), decoy.algorithm()),
            (parameters.digits(), parameters.algorithm())
        );
        let mut account = Account { otp: decoy, ..Account::by_time(Policy::default()) };
        account.state = State::active(1_000);
        assert_eq!(account.login_with(1_000, 1_000), Err(Error::Mismatch));
        assert_eq!(account.resync(1_001, 2, 1_000), Err(Error::Mismatch));
        match account.otp {
            Otp::Totp(totp) => {
                let verdict = totp.verify(&totp.generate_step(1_000), start_of(1_000), 1, 1);
                assert_eq!(verdict, Err(Error::Mismatch));
            }
            Otp::Hotp(hotp) => {
                assert_eq!(hotp.verify(&hotp.generate(5), 5, 0), Err(Error::Mismatch));
            }
            _ => unreachable!("by time or by counter"),
        }
    }
}
