//! The life of an account: what is let in, what is refused, and what the audit log tells.
#![cfg(all(feature = "std", feature = "seal"))]

mod service;

use creance_totp::{
    Algorithm, Error, Parameters, Policy, SealKeys, Secret, Throttle, UnixTime, Way,
};
use service::{Service, Store, builder, code_at, random, seal_keys};

const ALICE: &str = "alice";

#[test]
fn a_factor_is_in_use_after_its_first_code_and_not_before() {
    let service = Service::new();
    let factor = &service.factor;
    let begun = factor.begin_enrolment(ALICE, "alice@example.com", service.now(), random());
    let enrolment = begun.expect("begun");
    assert_eq!(enrolment.uri().issuer(), Some("Example"));
    assert_eq!(enrolment.uri().account(), "alice@example.com");
    assert_eq!(enrolment.expires(), service.now().saturating_add(3_600));
    service.log.told(&["alice: enrolment-begun"]);

    let status = factor.status(ALICE, service.now()).expect("stored");
    assert!(!status.is_enrolled());
    assert_eq!(status.pending_until(), Some(enrolment.expires()));

    let app = enrolment.uri().otp().expect("codes");
    let code = code_at(&app, service.now());
    let rejection = service.verify(ALICE, &code).expect_err("not confirmed");
    assert_eq!(rejection.error(), Error::NotEnrolled);
    service.log.told(&["alice: refused: by code: there is no such credential"]);

    let confirmed = factor.confirm_enrolment(ALICE, &code, service.now(), random());
    let confirmed = confirmed.expect("confirmed");
    assert_eq!(confirmed.recovery_codes().len(), 10);
    assert_eq!(confirmed.passed().way(), Way::Enrolment);
    service.log.told(&["alice: enrolment-confirmed"]);

    // The code that confirmed is spent: it cannot be the first login too.
    let rejection = service.verify(ALICE, &code).expect_err("spent");
    assert_eq!(rejection.error(), Error::Replayed);
    service.log.told(&["alice: refused: by code: the code was used before"]);

    let status = factor.status(ALICE, service.now()).expect("stored");
    assert!(status.is_enrolled());
    assert_eq!(status.enrolled_at(), Some(service.now()));
    assert_eq!(status.parameters(), Some(Parameters::totp()));
    assert_eq!((status.pending_until(), status.recovery_codes()), (None, 10));
}

/// RFC 4226, 4, R6 and RFC 6238, 5.1: 128 bits at least, by default as many as the output has.
#[test]
fn a_new_secret_is_as_long_as_the_standards_ask_for() {
    for (algorithm, bytes) in
        [(Algorithm::Sha1, 20), (Algorithm::Sha256, 32), (Algorithm::Sha512, 64)]
    {
        let parameters = Parameters::totp().with_algorithm(algorithm).expect("known to apps");
        let service = Service::of(builder(Store::new(), seal_keys()).parameters(parameters));
        let begun = service.factor.begin_enrolment(ALICE, ALICE, service.now(), random());
        assert_eq!(begun.expect("begun").uri().secret().expose().len(), bytes);
    }
    for (bytes, is_taken) in [(10, false), (15, false), (16, true), (20, true)] {
        assert_eq!(Secret::from_bytes(&[1; 20][..bytes]).is_ok(), is_taken, "{bytes} bytes");
        assert!(Secret::allow_weak_bytes(&[1; 20][..bytes]).is_ok(), "by name");
    }
}

#[test]
fn a_login_takes_each_code_once() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let code = alice.code(service.now());
    let passed = service.verify(ALICE, &code).expect("right");
    assert_eq!((passed.user(), passed.way(), passed.at()), (ALICE, Way::Code, service.now()));
    assert_eq!(passed.recovery_codes(), 10);
    service.log.told(&["alice: accepted: by code"]);

    let rejection = service.verify(ALICE, &code).expect_err("again");
    assert_eq!((rejection.status(), rejection.error()), (401, Error::Replayed));
    service.let_pass(30);
    assert!(service.verify(ALICE, &alice.code(service.now())).is_ok());
}

#[test]
fn a_stranger_gets_the_answer_of_a_wrong_code() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let wrong = alice.wrong(service.now());
    let known = service.verify(ALICE, &wrong).expect_err("wrong");
    let unknown = service.verify("nobody", &wrong).expect_err("unknown");
    assert_eq!((known.status(), known.to_string()), (unknown.status(), unknown.to_string()));
    assert_eq!(known.retry_after(service.now()), unknown.retry_after(service.now()));
    assert_eq!((known.error(), unknown.error()), (Error::Mismatch, Error::NotEnrolled));
    service.log.told(&[
        "alice: refused: by code: the code does not match",
        "nobody: refused: by code: there is no such credential",
    ]);

    let recovery = &alice.recovery_codes[0];
    let redeemed = service.factor.redeem_recovery("nobody", recovery, service.now());
    assert_eq!(redeemed.expect_err("unknown").error(), Error::NotEnrolled);
    // The right one of somebody else.
    service.enrol("bob");
    let redeemed = service.factor.redeem_recovery("bob", recovery, service.now());
    assert_eq!(redeemed.expect_err("alice's").error(), Error::Mismatch);
    assert_eq!(service.factor.store().len(), 2, "nothing is stored for a stranger");

    let status = service.factor.status("nobody", service.now()).expect("stored");
    assert!(!status.is_enrolled() && !status.is_locked() && status.devices().is_empty());
}

#[test]
fn failures_slow_down_and_lock_until_a_recovery_code() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    service.fail(ALICE, &alice, 5);
    let throttled = service.verify(ALICE, &alice.code(service.now())).expect_err("too soon");
    assert_eq!((throttled.status(), throttled.retry_after(service.now())), (429, Some(30)));
    service.let_pass(30);
    assert!(service.verify(ALICE, &alice.code(service.now())).is_ok(), "a success is in time");

    let _ = service.log.take();
    service.fail(ALICE, &alice, 100);
    let log = service.log.take();
    assert_eq!(log.len(), 101);
    assert_eq!(log[99], "alice: refused: by code: the code does not match");
    assert_eq!(log[100], "alice: locked: by code: 100 failures in a row");
    assert!(service.factor.status(ALICE, service.now()).expect("stored").is_locked());

    service.let_pass(10 * 365 * 86_400);
    let locked = service.verify(ALICE, &alice.code(service.now())).expect_err("locked");
    assert_eq!((locked.status(), locked.error()), (429, Error::Locked { failures: 100 }));
    service.log.told(&[
        "alice: refused: by code: after 100 failures in a row, nothing is verified any more",
    ]);

    let code = &alice.recovery_codes[3];
    let passed = service.factor.redeem_recovery(ALICE, code, service.now()).expect("unused");
    assert_eq!((passed.way(), passed.recovery_codes()), (Way::Recovery, 9));
    service.log.told(&["alice: accepted: by recovery code", "alice: recovery-used: 9 left"]);
    assert!(service.verify(ALICE, &alice.code(service.now())).is_ok(), "unlocked");

    let again = service.factor.redeem_recovery(ALICE, code, service.now()).expect_err("used");
    assert_eq!(again.error(), Error::Replayed);
}

#[test]
fn a_field_takes_codes_and_recovery_codes() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let typed = |text: &str| service.factor.verify_typed(ALICE, text, service.now());
    let code = alice.code(service.now());
    let (front, back) = code.expose().split_at(3);
    assert_eq!(typed(&format!(" {front} {back}")).expect("right").way(), Way::Code);

    let mut recovery = String::new();
    alice.recovery_codes[0].write(&mut recovery).expect("written");
    assert_eq!(typed(&recovery.to_lowercase()).expect("right").way(), Way::Recovery);
    assert_eq!(typed(&recovery).expect_err("used").error(), Error::Replayed);

    let _ = service.log.take();
    for text in ["", "12345", "123456789", "1234-5678-9012", "code", "0123 4567 é"] {
        let rejection = typed(text).expect_err("neither");
        let expected = if text == "code" { Error::Mismatch } else { Error::Code };
        assert_eq!(rejection.error(), expected, "{text:?}");
    }
    assert_eq!(service.factor.status(ALICE, service.now()).expect("stored").failures(), 0);
}

#[test]
fn a_clock_that_is_far_off_is_found_again() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let slow = |steps: u64| alice.code(service.now().saturating_sub(30 * steps));
    assert!(service.verify(ALICE, &slow(20)).is_err());
    service.let_pass(1_200);
    let codes = [slow(20), slow(19)];
    let _ = service.log.take();
    let passed = service.factor.resynchronise(ALICE, &codes, service.now()).expect("consecutive");
    assert_eq!(passed.way(), Way::Resynchronisation);
    service.log.told(&["alice: accepted: by resynchronisation"]);
    let again = service.factor.resynchronise(ALICE, &codes, service.now());
    assert_eq!(again.expect_err("spent").status(), 401);
    service.let_pass(60);
    assert!(service.verify(ALICE, &slow(19)).is_ok(), "expected where it was found");

    // What the program got wrong is nobody's failure.
    let before = service.factor.status(ALICE, service.now()).expect("stored").failures();
    let one = service.factor.resynchronise(ALICE, &[slow(0)], service.now()).expect_err("one");
    assert_eq!((one.status(), one.error()), (500, Error::Resync));
    assert_eq!(service.factor.status(ALICE, service.now()).expect("stored").failures(), before);
}

#[test]
fn a_service_that_asks_for_codes_first_hides_its_accounts() {
    let service = Service::of(builder(Store::new(), seal_keys()).hide_accounts());
    let alice = service.enrol(ALICE);
    service.fail(ALICE, &alice, 5);
    let throttled = service.verify(ALICE, &alice.code(service.now())).expect_err("too soon");
    assert!(matches!(throttled.error(), Error::Throttled { .. }));
    let unknown = service.verify("nobody", &alice.code(service.now())).expect_err("unknown");
    for rejection in [throttled, unknown] {
        assert_eq!((rejection.status(), rejection.retry_after(service.now())), (401, None));
        assert_eq!(rejection.to_string(), "the code is not accepted");
    }
    let unreadable = service.factor.verify_typed(ALICE, "", service.now()).expect_err("no code");
    assert_eq!(unreadable.status(), 400);
}

#[test]
fn a_counter_token_lives_the_same_life() {
    let policy = Policy::default().with_throttle(Throttle::new(2, 10, 20, 3).expect("in order"));
    let built = builder(Store::new(), seal_keys()).parameters(Parameters::hotp()).policy(policy);
    let service = Service::of(built);
    let factor = &service.factor;
    let enrolment = factor.begin_enrolment(ALICE, ALICE, service.now(), random());
    let app = enrolment.expect("begun").uri().otp().expect("codes");
    let creance_totp::Otp::Hotp(token) = app else { panic!("codes by counter") };
    let confirmed = factor.confirm_enrolment(ALICE, &token.generate(0), service.now(), random());
    assert!(confirmed.is_ok());
    assert!(service.verify(ALICE, &token.generate(0)).is_err(), "spent");
    assert!(service.verify(ALICE, &token.generate(3)).is_ok(), "two presses in vain");
    assert!(service.verify(ALICE, &token.generate(2)).is_err(), "skipped");
    assert!(service.verify(ALICE, &token.generate(2)).is_err());
    service.let_pass(10);
    assert!(service.verify(ALICE, &token.generate(2)).is_err());
    let log = service.log.take();
    assert_eq!(log.last().expect("told"), "alice: locked: by code: 3 failures in a row");
}

#[test]
fn settings_out_of_range_are_refused() {
    let build =
        |set: fn(Builder) -> Builder| set(builder(Store::new(), seal_keys())).build().map(drop);
    assert_eq!(build(|builder| builder.enrolment_life(0)), Err(Error::Policy));
    assert_eq!(build(|builder| builder.enrolment_life(86_401)), Err(Error::Policy));
    assert_eq!(build(|builder| builder.proof_life(0)), Err(Error::Policy));
    assert_eq!(build(|builder| builder.proof_life(3_601)), Err(Error::Policy));
    assert_eq!(build(|builder| builder.issuer("a:b")), Err(Error::Issuer));
    assert_eq!(build(|builder| builder.issuer("")), Err(Error::Issuer));
    assert_eq!(build(|builder| builder), Ok(()));
    let service = Service::new();
    let label = service.factor.begin_enrolment(ALICE, "a:b", service.now(), random());
    assert_eq!(label.expect_err("a colon").error(), Error::Account);
}

type Builder = creance_totp::SecondFactorBuilder<Store, SealKeys>;

/// What an attacker who reads the store and the time could try: nothing is accepted that was before.
#[test]
fn time_that_goes_back_opens_nothing_again() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let now = service.now();
    let code = alice.code(now);
    assert!(service.verify(ALICE, &code).is_ok());
    for seconds in [1, 29, 30, 31, 60, 3_600] {
        let earlier = now.saturating_sub(seconds);
        assert!(service.factor.verify(ALICE, &code, earlier).is_err(), "{seconds} s back");
        let old = alice.code(earlier);
        let refused = service.factor.verify(ALICE, &old, earlier);
        assert!(refused.is_err(), "a code from before, {seconds} s back");
        service.factor.unlock(ALICE, now).expect("stored");
    }
    assert_eq!(service.factor.verify(ALICE, &code, UnixTime::MAX).expect_err("late").status(), 401);
}
