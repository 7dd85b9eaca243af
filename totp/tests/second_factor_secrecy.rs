//! What gets into a log by accident: of everything that a service holds, no secret, no code and no
//! token.
#![cfg(all(feature = "std", feature = "seal"))]

mod service;

use std::any::type_name;
use std::collections::BTreeSet;
use std::fmt::{Debug, Write as _};

use creance_totp::{Error, Event, ManualKey, Rejection, StateStore, Way};
use service::{Service, Store, builder, bytes, random, seal_keys};

/// Prints values, and looks for secrets in what was printed.
#[derive(Default)]
struct Printed {
    secrets: Vec<String>,
    types: BTreeSet<&'static str>,
}

impl Printed {
    /// Adds a secret, in the forms that a careless `Debug` would give it.
    fn hide(&mut self, secret: &[u8]) {
        let list = format!("{secret:?}");
        self.secrets.push(list.trim_matches(['[', ']']).to_owned());
        let hex = |mut hex: String, byte: &u8| {
            write!(hex, "{byte:02x}").expect("room");
            hex
        };
        self.secrets.push(secret.iter().fold(String::new(), hex));
        self.secrets.extend(std::str::from_utf8(secret).map(str::to_owned));
    }

    fn look<T: Debug>(&mut self, value: &T) {
        let name = type_name::<T>().split('<').next().and_then(|name| name.rsplit("::").next());
        self.types.insert(name.expect("a name"));
        for printed in [format!("{value:?}"), format!("{value:#?}").replace(",\n", ",")] {
            self.look_in(&printed.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }

    fn look_in(&self, printed: &str) {
        for secret in &self.secrets {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }
}

#[test]
fn nothing_shows_a_secret() {
    let service = Service::new();
    let (factor, now) = (&service.factor, service.now());
    let mut printed = Printed::default();
    let enrolment = factor.begin_enrolment("alice", "x", now, random()).expect("begun");
    let uri = enrolment.uri();
    printed.hide(uri.secret().expose());
    let manual = ManualKey::new(uri).key().expect("text");
    printed.hide(manual.expose().as_bytes());
    printed.hide(manual.expose().replace(' ', "").as_bytes());
    printed.hide(bytes(1).expose());
    printed.hide(bytes(7).expose());

    let app = uri.otp().expect("codes");
    let first = service::code_at(&app, now);
    let confirmed = factor.confirm_enrolment("alice", &first, now, random()).expect("right");
    let code = service::code_at(&app, now.saturating_add(60));
    printed.hide(first.expose().as_bytes());
    printed.hide(code.expose().as_bytes());
    for code in confirmed.recovery_codes() {
        printed.hide(code.expose().as_bytes());
    }
    let later = now.saturating_add(60);
    let passed = factor.verify("alice", &code, later).expect("right");
    let rejection = factor.verify("alice", &code, later).expect_err("spent");
    let token = factor.trust_device(&passed, "x", later, random()).expect("trusted");
    let mut text = String::new();
    token.write(&mut text).expect("text");
    printed.hide(text.as_bytes());
    let recovery = &confirmed.recovery_codes()[0];
    let redeemed = factor.redeem_recovery("alice", recovery, later).expect("unused");
    let stored = factor.store().load("alice").expect("stored").expect("enrolled");

    printed.look(&enrolment);
    printed.look(&confirmed);
    printed.look(&passed);
    printed.look(&redeemed);
    printed.look(&rejection);
    printed.look(&token);
    printed.look(&code);
    printed.look(recovery);
    printed.look(&stored);
    printed.look(&stored.record);
    printed.look(factor);
    printed.look(&builder(Store::new(), seal_keys()));
    printed.look(&factor.status("alice", later).expect("stored"));
    printed.look(&factor.verify_typed("alice", recovery.expose(), later));
    let _ = factor.verify_typed("alice", code.expose(), later);
    let _ = factor.verify_typed("alice", &format!("{text} {text}"), later);
    for line in service.log.take() {
        printed.look_in(&line);
    }
    for text in [rejection.to_string(), rejection.error().to_string()] {
        printed.look_in(&text);
    }
    let expected = [
        "Account",
        "Code",
        "Confirmed",
        "DeviceToken",
        "Enrolment",
        "Passed",
        "RecoveryCode",
        "Rejection",
        "Result",
        "SecondFactor",
        "SecondFactorBuilder",
        "Stored",
        "Summary",
    ];
    assert_eq!(printed.types.into_iter().collect::<Vec<_>>(), expected);
}

/// The looks above find what there is to be found.
#[test]
#[should_panic(expected = "123456 in ")]
fn a_secret_that_is_shown_is_found() {
    let mut printed = Printed::default();
    printed.hide(b"123456");
    printed.look(&Some("the code 123456 was wrong"));
}

#[test]
fn a_peer_is_told_the_same_whatever_was_wrong() {
    let reasons = [
        Error::Mismatch,
        Error::Replayed,
        Error::Expired,
        Error::NotEnrolled,
        Error::NotConfirmed,
        Error::UnknownDevice,
        Error::Revoked,
    ];
    for reason in reasons {
        let rejection = Rejection::from(reason);
        assert_eq!(rejection.to_string(), "the code is not accepted");
        assert_eq!((rejection.status(), rejection.retry_after(service_start())), (401, None));
    }
    // These are answers to somebody who has a session.
    for (reason, words) in [
        (Error::Reauthenticate, "show the second factor again"),
        (Error::AlreadyActive, "there is a second factor already"),
    ] {
        let rejection = Rejection::from(reason);
        assert_eq!((rejection.status(), rejection.to_string()), (401, words.into()));
    }
    let locked = Rejection::from(Error::Locked { failures: 100 });
    assert_eq!((locked.status(), locked.to_string()), (429, "there were too many attempts".into()));
    let away = Rejection::from(Error::SealerUnavailable);
    assert_eq!((away.status(), away.to_string()), (503, "codes cannot be verified now".into()));
    let ours = Rejection::from(Error::Sealed);
    assert_eq!(ours.to_string(), "the verification of codes is misconfigured");
}

fn service_start() -> creance_totp::UnixTime {
    creance_totp::UnixTime::from_secs(service::START)
}

#[test]
fn owners_are_told_what_changes_their_account() {
    use Event as E;
    let (way, reason) = (Way::Code, Error::Mismatch);
    let device = creance_totp::DeviceId::new(0);
    let told = [
        E::EnrolmentConfirmed,
        E::EnrolmentReplaced,
        E::Locked { way, failures: 100 },
        E::RecoveryUsed { remaining: 9 },
        E::RecoveryRenewed { codes: 10 },
        E::DeviceTrusted { device },
        E::Unlocked,
        E::Reset,
        E::Disabled,
        E::Imported,
    ];
    let not_told = [
        E::EnrolmentBegun,
        E::EnrolmentCancelled,
        E::Accepted { way },
        E::Refused { way, reason },
        E::DeviceRevoked { device },
        E::DevicesRevoked { devices: 2 },
        E::Resealed,
    ];
    assert!(told.iter().all(|event| event.notifies_user()));
    assert!(!not_told.iter().any(|event| event.notifies_user()));
    let names: BTreeSet<_> = told.iter().chain(&not_told).map(|event| event.name()).collect();
    assert_eq!(names.len(), told.len() + not_told.len(), "each has a name of its own");
}
