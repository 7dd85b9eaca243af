//! Which counters and steps are looked at, up to the ends of the range.

mod common;

use common::{code, rfc_key};
use creance_totp::{Algorithm, Code, Digits, Error, Fault, Hotp, Totp, UnixTime};

fn totp() -> Totp {
    Totp::new(rfc_key(Algorithm::Sha1), Digits::Six)
}

fn hotp() -> Hotp {
    Hotp::new(rfc_key(Algorithm::Sha1), Digits::Six)
}

fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs)
}

fn verify_step(totp: &Totp, step: u64, time: u64, past: u8, future: u8) -> Result<u64, Error> {
    let code = totp.generate_step(step);
    totp.verify(&code, at(time), past, future).map(creance_totp::MatchedStep::step)
}

#[test]
fn both_ends_of_the_window_are_included() {
    let totp = totp();
    for (past, future) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 5), (255, 255)] {
        let (first, last) = (1000 - u64::from(past), 1000 + u64::from(future));
        for time in [30_000, 30_029] {
            for step in [first, 1000, last] {
                assert_eq!(verify_step(&totp, step, time, past, future), Ok(step));
            }
            for step in [first - 1, last + 1] {
                let refused = verify_step(&totp, step, time, past, future);
                assert_eq!(refused, Err(Error::Mismatch), "{step} in -{past} +{future}");
            }
        }
    }
}

#[test]
fn a_step_begins_and_ends_with_its_second() {
    let totp = totp().with_period(7).expect("not zero").with_t0(at(100));
    for (time, step) in [(100, 0), (106, 0), (107, 1), (113, 1), (114, 2)] {
        assert_eq!(totp.step_at(at(time)), Ok(step), "{time}");
    }
}

/// First pair of neighbours with the same code under the seed of the RFC.
#[test]
fn of_neighbouring_steps_with_the_same_code_the_newest_is_told() {
    let totp = totp();
    for step in [910_737, 910_738] {
        assert_eq!(totp.generate_step(step).expose(), "911617");
    }
    let shared = code("911617");
    let verify = |time, past, future| {
        totp.verify(&shared, at(time), past, future).map(creance_totp::MatchedStep::step)
    };
    let older = 910_737 * 30;
    assert_eq!(verify(older, 0, 0), Ok(910_737));
    assert_eq!(verify(older, 1, 1), Ok(910_738));
    assert_eq!(verify(older + 30, 1, 1), Ok(910_738));
    assert_eq!(verify(older + 60, 2, 0), Ok(910_738));

    let matched = hotp().verify(&shared, 910_730, 20).expect("matches");
    assert_eq!(matched.counter(), 910_738);
}

#[test]
fn before_the_first_step_there_is_no_code() {
    let totp = totp().with_t0(at(1_000));
    let error = Error::BeforeStart { time: at(999), t0: at(1_000) };
    assert_eq!(totp.step_at(at(999)), Err(error));
    assert_eq!(totp.generate(at(999)).unwrap_err(), error);
    assert_eq!(totp.verify(&code("755224"), at(999), 1, 255), Err(error));
    assert_eq!(error.to_string(), "the time 999 is before 1000, when the first time step begins");
    assert_eq!(error.fault(), Fault::Caller);

    let never = totp.clone().with_t0(UnixTime::MAX);
    assert!(never.generate(at(u64::MAX - 1)).is_err());
    assert_eq!(never.generate(UnixTime::MAX).expect("step 0").expose(), "755224");

    // Inside the first step the window reaches no further back.
    assert_eq!(totp.generate(at(1_000)).expect("step 0").expose(), "755224");
    assert_eq!(verify_step(&totp, 0, 1_000, 255, 0), Ok(0));
    assert_eq!(verify_step(&totp, u64::MAX, 1_000, 255, 0), Err(Error::Mismatch));
}

#[test]
fn the_whole_range_of_times_and_periods_is_served() {
    let ends = [1, 2, 30, u64::from(u32::MAX), i64::MAX as u64, u64::MAX - 1, u64::MAX];
    for period in ends {
        for t0 in ends.into_iter().chain([0]) {
            let totp = totp().with_period(period).expect("not zero").with_t0(at(t0));
            assert_eq!((totp.period(), totp.t0()), (period, at(t0)));
            for time in ends.into_iter().chain([0]) {
                let expected = time.checked_sub(t0).map(|elapsed| elapsed / period);
                assert_eq!(totp.step_at(at(time)).ok(), expected);
                assert_eq!(totp.generate(at(time)).is_ok(), expected.is_some());
                if let Some(step) = expected {
                    for (past, future) in [(0, 0), (2, 0), (0, 2), (255, 0), (0, 255)] {
                        assert_eq!(verify_step(&totp, step, time, past, future), Ok(step));
                    }
                }
            }
        }
    }
}

#[test]
fn windows_end_with_the_range_instead_of_wrapping() {
    let totp = totp().with_period(1).expect("not zero");
    assert_eq!(verify_step(&totp, u64::MAX, u64::MAX, 0, 255), Ok(u64::MAX));
    assert_eq!(verify_step(&totp, u64::MAX - 255, u64::MAX, 255, 255), Ok(u64::MAX - 255));
    assert_eq!(verify_step(&totp, 0, u64::MAX, 0, 255), Err(Error::Mismatch));
    assert_eq!(verify_step(&totp, u64::MAX, 0, 255, 0), Err(Error::Mismatch));

    let hotp = hotp();
    let matched = hotp.verify(&hotp.generate(u64::MAX), u64::MAX - 3, 255).expect("matches");
    assert_eq!((matched.counter(), matched.next()), (u64::MAX, None));
    assert_eq!(hotp.verify(&hotp.generate(0), u64::MAX - 3, 255), Err(Error::Mismatch));
}

#[test]
fn a_counter_is_looked_for_ahead_and_never_behind() {
    let hotp = hotp();
    for look_ahead in [0, 1, 5, 255] {
        let last = 100 + u64::from(look_ahead);
        for counter in [100, last] {
            let matched = hotp.verify(&hotp.generate(counter), 100, look_ahead).expect("matches");
            assert_eq!((matched.counter(), matched.next()), (counter, Some(counter + 1)));
        }
        for counter in [99, last + 1] {
            let refused = hotp.verify(&hotp.generate(counter), 100, look_ahead);
            assert_eq!(refused, Err(Error::Mismatch), "{counter}");
        }
    }
}

#[test]
fn a_code_with_another_number_of_digits_does_not_match() {
    let key = rfc_key(Algorithm::Sha1);
    let all = [Digits::Six, Digits::Seven, Digits::Eight];
    for ours in all {
        let totp = Totp::new(key.clone(), ours);
        assert_eq!((totp.digits(), totp.algorithm()), (ours, Algorithm::Sha1));
        for theirs in all {
            let code = Totp::new(key.clone(), theirs).generate(at(59)).expect("a code");
            assert_eq!(code.digits(), theirs);
            let matched = totp.verify(&code, at(59), 1, 1).map(creance_totp::MatchedStep::step);
            let expected = if ours == theirs { Ok(1) } else { Err(Error::Mismatch) };
            assert_eq!(matched, expected);
        }
    }
}

#[test]
fn every_changed_digit_is_noticed() {
    let totp = totp();
    let right = totp.generate(at(59)).expect("a code");
    for place in 0..6 {
        for digit in '0'..='9' {
            let mut text = right.expose().to_owned();
            text.replace_range(place..=place, &digit.to_string());
            let verdict = totp.verify(&code(&text), at(59), 0, 0);
            assert_eq!(verdict.is_ok(), text == right.expose(), "{text}");
        }
    }
}

#[test]
fn settings_that_cannot_work_are_refused_with_a_reason() {
    let error = totp().with_period(0).unwrap_err();
    assert_eq!(error, Error::ZeroPeriod);
    assert_eq!(error.to_string(), "the period of a time step must be at least 1 s");
    assert_eq!(error.fault(), Fault::Caller);
    for digits in 0..=u8::MAX {
        match Digits::new(digits) {
            Ok(made) => assert_eq!(made.get(), digits),
            Err(error) => {
                assert!(!(6..=8).contains(&digits));
                assert_eq!(error, Error::Digits { digits });
                assert_eq!(
                    error.to_string(),
                    format!("codes of {digits} digits are not made, only of 6 to 8")
                );
                assert_eq!(error.fault(), Fault::Caller);
            }
        }
    }
}

#[test]
fn defaults_are_what_every_app_knows() {
    let totp = Totp::new(rfc_key(Algorithm::Sha1), Digits::default());
    assert_eq!((totp.digits().get(), totp.period(), totp.t0()), (6, 30, at(0)));
}

#[test]
fn a_mismatch_tells_nothing_but_itself() {
    let wrong = Code::parse("000000").expect("a code");
    let error = totp().verify(&wrong, at(59), 1, 1).unwrap_err();
    assert_eq!(error.to_string(), "the code does not match");
    assert_eq!(error.fault(), Fault::Peer);
}
