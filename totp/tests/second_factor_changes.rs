//! What changes an account: another phone, new recovery codes, devices, keys, an operator.
#![cfg(all(feature = "std", feature = "seal"))]

mod service;

use creance_totp::{
    Account, DeviceToken, Error, Imported, Parameters, Revision, SealKeys, Secret, State,
    StateStore, Swap, TrustedDevice, UnixTime, Way,
};
use service::{Service, builder, bytes, code_at, random};

const ALICE: &str = "alice";

#[test]
fn an_operator_unlocks_and_resets() {
    let service = Service::new();
    let (factor, log) = (&service.factor, &service.log);
    let alice = service.enrol(ALICE);
    service.fail(ALICE, &alice, 100);
    let _ = log.take();
    factor.unlock(ALICE, service.now()).expect("stored");
    log.told(&["alice: unlocked"]);
    let passed = service.pass(ALICE, &alice);
    let token = factor.trust_device(&passed, "phone", service.now(), random()).expect("trusted");

    let _ = log.take();
    factor.reset(ALICE, service.now()).expect("stored");
    log.told(&["alice: reset"]);
    let status = factor.status(ALICE, service.now()).expect("stored");
    assert!(!status.is_enrolled() && status.devices().is_empty());
    assert_eq!(status.recovery_codes(), 0);
    for refused in [
        service.verify(ALICE, &alice.code(service.now())),
        factor.redeem_recovery(ALICE, &alice.recovery_codes[0], service.now()),
        factor.verify_device(ALICE, &token, service.now()),
    ] {
        assert_eq!(refused.expect_err("gone").error(), Error::NotEnrolled);
    }
    let _ = log.take();
    assert_eq!(factor.reset(ALICE, service.now()), Err(Error::NotEnrolled));
    assert_eq!(factor.unlock("nobody", service.now()), Err(Error::NotEnrolled));
    log.told(&[]);
    service.enrol(ALICE);
}

#[test]
fn a_replacement_takes_a_fresh_proof_and_ends_what_was() {
    let service = Service::new();
    let (factor, log) = (&service.factor, &service.log);
    let alice = service.enrol(ALICE);
    let begin = factor.begin_enrolment(ALICE, ALICE, service.now(), random());
    assert_eq!(begin.expect_err("in use").error(), Error::AlreadyActive);

    let proof = service.pass(ALICE, &alice);
    let token = factor.trust_device(&proof, "old", service.now(), random()).expect("trusted");
    let by_device = factor.verify_device(ALICE, &token, service.now()).expect("trusted");
    let replace = |proof| factor.begin_replacement(proof, ALICE, service.now(), random());
    assert_eq!(replace(&by_device).expect_err("a device").error(), Error::Reauthenticate);
    service.let_pass(270);
    let _ = replace(&proof).expect("five minutes old");
    factor.cancel_enrolment(ALICE, service.now()).expect("pending");
    service.let_pass(1);
    assert_eq!(replace(&proof).expect_err("too old").error(), Error::Reauthenticate);
    let proof = service.pass(ALICE, &alice);
    let _ = log.take();
    let enrolment = replace(&proof).expect("fresh");
    log.told(&["alice: enrolment-begun"]);

    // Until it is confirmed, the old one is in use.
    let old_proof = service.pass(ALICE, &alice);
    let _ = log.take();
    let new = service.confirm(ALICE, &enrolment);
    log.told(&["alice: enrolment-replaced"]);
    let code = alice.code(service.now());
    assert_eq!(service.verify(ALICE, &code).expect_err("replaced").error(), Error::Mismatch);
    let recovery = &alice.recovery_codes[0];
    let redeemed = factor.redeem_recovery(ALICE, recovery, service.now());
    assert_eq!(redeemed.expect_err("replaced").error(), Error::Mismatch);
    let device = factor.verify_device(ALICE, &token, service.now());
    assert_eq!(device.expect_err("forgotten").error(), Error::UnknownDevice);
    // A proof of the old factor proves nothing about the new one.
    assert_eq!(replace(&old_proof).expect_err("of the old").error(), Error::Reauthenticate);
    assert!(factor.disable(&old_proof, service.now()).is_err());
    assert!(service.verify(ALICE, &new.code(service.now())).is_ok());
    assert!(factor.redeem_recovery(ALICE, &new.recovery_codes[0], service.now()).is_ok());
}

#[test]
fn every_change_takes_a_fresh_proof() {
    let service = Service::new();
    let factor = &service.factor;
    let alice = service.enrol(ALICE);
    let fresh = service.pass(ALICE, &alice);
    let token = factor.trust_device(&fresh, "phone", service.now(), random()).expect("trusted");
    let by_device = factor.verify_device(ALICE, &token, service.now()).expect("trusted");
    service.let_pass(300);
    let before = factor.store().load(ALICE).expect("stored").expect("enrolled").revision;
    for proof in [fresh, by_device] {
        let now = service.now();
        let refused = [
            factor.begin_replacement(&proof, ALICE, now, random()).map(drop),
            factor.renew_recovery_codes(&proof, now, random()).map(drop),
            factor.trust_device(&proof, "", now, random()).map(drop),
            factor.disable(&proof, now),
        ];
        for refused in refused {
            assert_eq!(refused.expect_err("not fresh").error(), Error::Reauthenticate);
        }
        // Nor one from the future, by a clock that was set back.
        let earlier = proof.at().saturating_sub(1);
        assert!(factor.disable(&proof, earlier).is_err());
    }
    assert_eq!(factor.store().load(ALICE).expect("stored").expect("enrolled").revision, before);
}

#[test]
fn recovery_codes_are_renewed_and_have_a_throttle_of_their_own() {
    let service = Service::new();
    let factor = &service.factor;
    let alice = service.enrol(ALICE);
    let bob = service.enrol("bob");
    for _ in 0..5 {
        let wrong = factor.redeem_recovery(ALICE, &bob.recovery_codes[0], service.now());
        assert_eq!(wrong.expect_err("bob's").error(), Error::Mismatch);
    }
    let status = factor.status(ALICE, service.now()).expect("stored");
    let until = service.now().saturating_add(30);
    assert_eq!((status.recovery_failures(), status.recovery_throttled_until()), (5, until));
    assert_eq!((status.failures(), status.throttled_until().as_secs()), (0, 0));
    assert!(!status.is_recovery_locked());
    let status = factor.status(ALICE, until).expect("stored");
    assert_eq!(status.recovery_throttled_until().as_secs(), 0, "the time is past");
    let redeem = |code| factor.redeem_recovery(ALICE, code, service.now());
    let throttled = redeem(&alice.recovery_codes[0]).expect_err("too soon");
    assert_eq!((throttled.status(), throttled.retry_after(service.now())), (429, Some(30)));
    let proof = service.pass(ALICE, &alice);
    assert!(redeem(&alice.recovery_codes[0]).is_ok(), "30 s have passed");

    let _ = service.log.take();
    let codes = factor.renew_recovery_codes(&proof, service.now(), random()).expect("fresh");
    service.log.told(&["alice: recovery-renewed: 10"]);
    assert_eq!(redeem(&alice.recovery_codes[1]).expect_err("void").error(), Error::Mismatch);
    assert_eq!(redeem(&codes[0]).expect("new").recovery_codes(), 9);
}

#[test]
fn a_summary_shows_no_delay_that_does_not_hold() {
    let service = Service::new();
    let factor = &service.factor;
    let alice = service.enrol(ALICE);
    let bob = service.enrol("bob");
    let now = service.now();
    // A clock was a year ahead.
    let year = now.saturating_add(365 * 86_400);
    for _ in 0..5 {
        assert!(factor.verify(ALICE, &alice.wrong(year), year).is_err());
        assert!(factor.redeem_recovery(ALICE, &bob.recovery_codes[0], year).is_err());
    }
    let shown = |now| {
        let status = factor.status(ALICE, now).expect("stored");
        (status.throttled_until(), status.recovery_throttled_until())
    };
    let until = year.saturating_add(30);
    assert_eq!(shown(year), (until, until));
    let none = UnixTime::default();
    assert_eq!((shown(now), shown(until)), ((none, none), (none, none)));
    assert_eq!(factor.verify(ALICE, &alice.wrong(now), now).expect_err("wrong").status(), 401);

    // Locked, waiting does not help.
    let mut at = year;
    for _ in 0..95 {
        at = at.saturating_add(3_600);
        assert!(factor.redeem_recovery(ALICE, &bob.recovery_codes[0], at).is_err());
    }
    let status = factor.status(ALICE, at).expect("stored");
    assert_eq!((status.recovery_failures(), status.recovery_throttled_until()), (100, none));
    assert!(status.is_recovery_locked() && !status.is_locked());
}

#[test]
fn an_enrolment_expires_is_replaced_and_is_cancelled() {
    let service = Service::new();
    let factor = &service.factor;
    let begin = || factor.begin_enrolment(ALICE, ALICE, service.now(), random()).expect("begun");
    let confirm = |enrolment: &creance_totp::Enrolment| {
        let code = code_at(&enrolment.uri().otp().expect("codes"), service.now());
        factor.confirm_enrolment(ALICE, &code, service.now(), random()).map(drop)
    };
    let late = begin();
    service.let_pass(3_600);
    assert_eq!(confirm(&late).expect_err("too late").error(), Error::Expired);
    assert_eq!(factor.status(ALICE, service.now()).expect("stored").pending_until(), None);

    let first = begin();
    let second = begin();
    assert_eq!(confirm(&first).expect_err("another was begun").error(), Error::Mismatch);
    factor.cancel_enrolment(ALICE, service.now()).expect("pending");
    let cancelled = confirm(&second).expect_err("cancelled");
    assert_eq!(cancelled.error(), Error::NotEnrolled);
    let again = factor.cancel_enrolment(ALICE, service.now()).expect_err("nothing is pending");
    assert_eq!(again.error(), Error::NotEnrolled);

    let last = begin();
    service.let_pass(3_599);
    assert!(confirm(&last).is_ok());
}

#[test]
fn a_person_gives_the_factor_up() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let proof = service.pass(ALICE, &alice);
    let _ = service.log.take();
    service.factor.disable(&proof, service.now()).expect("fresh");
    service.log.told(&["alice: disabled"]);
    let code = alice.code(service.now());
    assert_eq!(service.verify(ALICE, &code).expect_err("gone").error(), Error::NotEnrolled);
}

#[test]
fn devices_are_trusted_until_they_are_not() {
    let service = Service::new();
    let (factor, log) = (&service.factor, &service.log);
    let alice = service.enrol(ALICE);
    let proof = service.pass(ALICE, &alice);
    let _ = log.take();
    let trust = |label| factor.trust_device(&proof, label, service.now(), random());
    let (home, work) = (trust("home").expect("trusted"), trust("work").expect("trusted"));
    log.told(&["alice: device-trusted: 0", "alice: device-trusted: 1"]);

    let passed = factor.verify_device(ALICE, &home, service.now()).expect("trusted");
    assert_eq!(passed.way(), Way::Device);
    log.told(&["alice: accepted: by trusted device"]);
    let other = factor.verify_device("bob", &home, service.now()).expect_err("alice's");
    assert_eq!(other.error(), Error::NotEnrolled);
    let forged = DeviceToken::generate(&mut random());
    let forged = factor.verify_device(ALICE, &forged, service.now()).expect_err("forged");
    assert_eq!((forged.status(), forged.error()), (401, Error::UnknownDevice));

    let _ = log.take();
    let devices = factor.status(ALICE, service.now()).expect("stored").devices().to_vec();
    assert_eq!(devices.iter().map(TrustedDevice::label).collect::<Vec<_>>(), ["home", "work"]);
    factor.revoke_device(ALICE, devices[0].id(), service.now()).expect("there");
    assert!(factor.verify_device(ALICE, &home, service.now()).is_err());
    assert!(factor.verify_device(ALICE, &work, service.now()).is_ok());
    let again = factor.revoke_device(ALICE, devices[0].id(), service.now()).expect_err("gone");
    assert_eq!(again.error(), Error::UnknownDevice);
    factor.revoke_devices(ALICE, service.now()).expect("stored");
    assert!(factor.verify_device(ALICE, &work, service.now()).is_err());
    let log = log.take();
    assert_eq!(log[0], "alice: device-revoked: 0");
    assert!(log.contains(&"alice: devices-revoked: 1".to_owned()), "{log:?}");

    let expiring = trust("").expect("trusted");
    service.let_pass(30 * 86_400);
    let expired = factor.verify_device(ALICE, &expiring, service.now()).expect_err("expired");
    assert_eq!(expired.error(), Error::Expired);
    assert!(factor.status(ALICE, service.now()).expect("stored").devices().is_empty());
}

#[test]
fn secrets_are_sealed_anew_at_the_next_login() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let bob = service.enrol("bob");
    let both = || SealKeys::new(2, &bytes(2)).expect("a key").with_other(1, &bytes(1));
    let rotated = Service::of(builder(service.factor.store(), both().expect("two keys")));
    let now = service.now();
    assert!(rotated.factor.verify(ALICE, &alice.code(now), now).is_ok());
    rotated.log.told(&["alice: accepted: by code", "alice: resealed"]);
    assert_eq!(rotated.factor.reseal(ALICE, now), Ok(false));
    assert_eq!(rotated.factor.reseal("bob", now), Ok(true));
    rotated.log.told(&["bob: resealed"]);
    assert_eq!(rotated.factor.reseal("nobody", now), Err(Error::NotEnrolled));

    // Without the old key.
    let new = SealKeys::new(2, &bytes(2)).expect("a key");
    let new = Service::of(builder(service.factor.store(), new));
    let later = now.saturating_add(60);
    assert!(new.factor.verify(ALICE, &alice.code(later), later).is_ok());
    assert!(new.factor.verify("bob", &bob.code(later), later).is_ok());
    // Without the new one it is an outage, and nobody's failure.
    let much_later = later.saturating_add(60);
    let rejection = service.factor.verify(ALICE, &alice.code(much_later), much_later);
    assert_eq!(rejection.expect_err("no key").status(), 503);
    assert_eq!(service.factor.status(ALICE, much_later).expect("stored").failures(), 0);
}

#[test]
fn what_was_sealed_for_one_user_opens_for_no_other() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let store = service.factor.store();
    // Who can write to the store gives a record whose codes are known to somebody else's account.
    let stolen: Account = store.load(ALICE).expect("stored").expect("enrolled").record;
    let swap = store.compare_and_set("mallory", Revision::ABSENT, &stolen).expect("stored");
    assert!(matches!(swap, Swap::Done(_)));
    let rejection = service.verify("mallory", &alice.code(service.now())).expect_err("bound");
    assert_eq!(rejection.error(), Error::Sealed);
    let redeemed =
        service.factor.redeem_recovery("mallory", &alice.recovery_codes[0], service.now());
    assert_eq!(redeemed.expect_err("bound").error(), Error::Mismatch);
}

#[test]
fn a_factor_from_elsewhere_is_imported() {
    let service = Service::new();
    let factor = &service.factor;
    let secret = Secret::from_bytes(b"12345678901234567890").expect("long enough");
    let parameters = Parameters::totp();
    let state = State::active(0);
    let imported = Imported { secret: &secret, parameters, state };
    factor.import(ALICE, &imported, service.now(), random()).expect("imported");
    service.log.told(&["alice: imported"]);
    let again = factor.import(ALICE, &imported, service.now(), random());
    assert_eq!(again, Err(Error::AlreadyActive));
    let pending = Imported { state: State::pending(0), ..imported };
    assert_eq!(factor.import("bob", &pending, service.now(), random()), Err(Error::State));

    let app = parameters.otp(&secret).expect("codes");
    let proof = service.verify(ALICE, &code_at(&app, service.now())).expect("right");
    assert_eq!(proof.recovery_codes(), 0);
    let code = creance_totp::RecoveryCode::parse("0000-0000-0000").expect("a code");
    let redeemed = factor.redeem_recovery(ALICE, &code, service.now());
    assert_eq!(redeemed.expect_err("there are none").error(), Error::NotEnrolled);
    let codes = factor.renew_recovery_codes(&proof, service.now(), random()).expect("fresh");
    assert!(factor.redeem_recovery(ALICE, &codes[9], service.now()).is_ok());
}
