//! What is stored and configured, as text: written and read back, and refused where it is not right.
#![cfg(feature = "serde")]

use std::fmt::Debug;

use creance_totp::{
    Algorithm, Digits, Parameters, Policy, State, StateParts, Status, Throttle, UnixTime,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_str, json, to_string};

/// The text, after it was read back as the same.
fn written<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = to_string(value).expect("serialises");
    assert_eq!(from_str::<T>(&text).expect("its own text"), *value);
    text
}

/// Why a text is refused, without the place.
fn refused<T: DeserializeOwned + Debug>(text: &str) -> String {
    let error = from_str::<T>(text).expect_err(text).to_string();
    error.split(" at line").next().unwrap_or_default().to_owned()
}

/// A text with a field changed, or taken out.
fn with(text: &str, field: &str, value: Option<Value>) -> String {
    let mut json: Value = from_str(text).expect("JSON");
    let fields = json.as_object_mut().expect("an object");
    match value {
        Some(value) => fields.insert(field.to_owned(), value),
        None => fields.remove(field),
    };
    json.to_string()
}

fn state() -> State {
    State::from_parts(StateParts {
        status: Status::Active,
        next: Some(37_037_038),
        drift: -2,
        failures: 7,
        locked_until: UnixTime::from_secs(1_111_111_171),
    })
    .expect("in range")
}

const STATE: &str = r#"{"version":1,"status":"active","next":37037038,"drift":-2,"failures":7,"locked_until":1111111171}"#;

#[test]
fn a_state_is_written_with_its_version_first() {
    assert_eq!(written(&state()), STATE);
    assert_eq!(
        written(&State::pending(0)),
        r#"{"version":1,"status":"pending","next":0,"drift":0,"failures":0,"locked_until":0}"#
    );
    let spent = StateParts { next: None, ..State::active(0).revoked().parts() };
    let spent = State::from_parts(spent).expect("in range");
    assert!(written(&spent).contains(r#""status":"revoked","next":null,"#));
}

#[test]
fn a_state_that_none_can_be_is_refused() {
    for (field, value) in [
        ("drift", json!(1_001)),
        ("drift", json!(-1_001)),
        ("drift", json!(i32::MIN)),
        ("failures", json!(101)),
        ("failures", json!(u32::MAX)),
    ] {
        let text = with(STATE, field, Some(value));
        assert_eq!(refused::<State>(&text), "the stored state is out of its range", "{text}");
    }
    for (field, value) in [
        ("drift", json!(1_u64 << 40)),
        ("drift", json!(0.5)),
        ("failures", json!(-1)),
        ("next", json!(-1)),
        ("next", json!("5")),
        ("locked_until", Value::Null),
        ("status", json!("locked")),
        ("status", json!("Active")),
        ("status", json!(1)),
    ] {
        let text = with(STATE, field, Some(value));
        refused::<State>(&text);
    }
}

/// Left out, `next` would read as "all are spent", and a lock as "none".
#[test]
fn every_field_of_a_state_is_required_and_no_other_is_known() {
    for field in ["version", "status", "next", "drift", "failures", "locked_until"] {
        let error = refused::<State>(&with(STATE, field, None));
        assert_eq!(error, format!("missing field `{field}`"));
        let twice = STATE.replacen('{', &format!(r#"{{"{field}":1,"#), 1);
        refused::<State>(&twice);
    }
    let error = refused::<State>(&with(STATE, "secret", Some(json!("x"))));
    assert!(error.starts_with("unknown field `secret`"), "{error}");
    for text in ["null", "{}", "[]", "5", r#""active""#, ""] {
        refused::<State>(text);
    }
}

#[test]
fn another_version_is_refused_before_anything_else() {
    let expected = "invalid value: integer `2`, expected version 1, the only one known here";
    assert_eq!(refused::<State>(&with(STATE, "version", Some(json!(2)))), expected);
    assert_eq!(refused::<State>(r#"{"version":2,"whatever":[]}"#), expected);
    assert_eq!(refused::<Parameters>(r#"{"version":2,"whatever":[]}"#), expected);
    for version in [json!(0), json!(-1), json!("1"), json!(1.0), json!(u64::MAX), Value::Null] {
        refused::<State>(&with(STATE, "version", Some(version)));
    }
}

#[test]
fn a_state_is_read_from_a_sequence_too() {
    let text = r#"[1,"active",37037038,-2,7,1111111171]"#;
    assert_eq!(from_str::<State>(text).expect("in order"), state());
    refused::<State>(r#"[2,"active",37037038,-2,7,1111111171]"#);
    refused::<State>(r#"[1,"active",37037038,-2,7]"#);
}

proptest! {
    #[test]
    fn every_state_is_read_back(
        status in prop::sample::select(vec![Status::Pending, Status::Active, Status::Revoked]),
        next: Option<u64>,
        drift in -1_000..=1_000,
        failures in 0..=100_u32,
        locked_until: u64,
    ) {
        let locked_until = UnixTime::from_secs(locked_until);
        let parts = StateParts { status, next, drift, failures, locked_until };
        written(&State::from_parts(parts).expect("in range"));
    }

    #[test]
    fn every_setting_is_read_back(
        (past, future, look_ahead, resync) in (0..=10_u8, 0..=10_u8, 0..=50_u8, 0..=1_000_u16),
        drift in 0..=10_u8,
        (free, stop) in (1..=50_u32, 50..=100_u32),
        (first, longest) in (1..=u64::from(u32::MAX), u64::from(u32::MAX)..),
        period in 1..=Parameters::MAX_PERIOD,
    ) {
        let throttle = Throttle::new(free, first, longest, stop).expect("in range");
        written(&throttle);
        let policy = Policy::default().with_window(past, future)
            .and_then(|policy| policy.with_look_ahead(look_ahead))
            .and_then(|policy| policy.with_resync(resync))
            .expect("in range")
            .with_throttle(throttle);
        written(&policy.with_drift(drift).unwrap_or(policy));
        for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
            for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
                let hotp = Parameters::hotp().with_algorithm(algorithm).expect("known");
                let hotp = hotp.with_digits(digits);
                written(&hotp);
                written(&hotp.with_period(period).expect("in range"));
            }
        }
    }
}

const PARAMETERS: &str = r#"{"version":1,"algorithm":"sha1","digits":6,"period":30}"#;

#[test]
fn parameters_are_written_with_their_version_first() {
    assert_eq!(written(&Parameters::default()), PARAMETERS);
    assert_eq!(
        written(&Parameters::hotp()),
        r#"{"version":1,"algorithm":"sha1","digits":6,"period":null}"#
    );
}

#[test]
fn parameters_that_make_no_codes_are_refused() {
    for (field, value, reason) in [
        ("digits", json!(5), "codes of 5 digits are not made, only of 6 to 8"),
        ("digits", json!(9), "codes of 9 digits are not made, only of 6 to 8"),
        ("period", json!(0), "the period of a time step must be at least 1 s"),
        ("period", json!(86_401), "the period of a time step is at most 86400 s, not 86401 s"),
        ("algorithm", json!("sha384"), "codes are made by SHA-1, SHA-256 and SHA-512 only"),
    ] {
        assert_eq!(refused::<Parameters>(&with(PARAMETERS, field, Some(value))), reason);
    }
    for algorithm in ["md5", "SHA1", ""] {
        refused::<Parameters>(&with(PARAMETERS, "algorithm", Some(json!(algorithm))));
    }
    for field in ["version", "algorithm", "digits", "period"] {
        let error = refused::<Parameters>(&with(PARAMETERS, field, None));
        assert_eq!(error, format!("missing field `{field}`"));
    }
    refused::<Parameters>(&with(PARAMETERS, "secret", Some(json!("x"))));
}

#[test]
fn a_policy_names_what_differs_from_the_default() {
    assert_eq!(from_str::<Policy>("{}").expect("the default"), Policy::default());
    assert_eq!(from_str::<Throttle>("{}").expect("the default"), Throttle::default());
    let policy = r#"{"past":1,"future":1,"drift":2,"throttle":{"stop":20}}"#;
    let expected = Policy::default()
        .with_window(1, 1)
        .and_then(|policy| policy.with_drift(2))
        .expect("in range")
        .with_throttle(Throttle::new(5, 30, 3_600, 20).expect("in range"));
    assert_eq!(from_str::<Policy>(policy).expect("in range"), expected);
    assert_eq!(
        written(&Policy::default()),
        r#"{"past":1,"future":0,"look_ahead":3,"drift":0,"resync":100,"throttle":{"free":5,"first_delay":30,"longest_delay":3600,"stop":100}}"#
    );
}

#[test]
fn a_policy_out_of_its_range_is_refused() {
    for text in [
        r#"{"past":11}"#,
        r#"{"future":11}"#,
        r#"{"look_ahead":51}"#,
        r#"{"drift":1}"#,
        r#"{"past":1,"future":1,"drift":11}"#,
        r#"{"resync":1001}"#,
        r#"{"throttle":{"stop":101}}"#,
        r#"{"throttle":{"free":0}}"#,
        r#"{"throttle":{"first_delay":0}}"#,
        r#"{"throttle":{"first_delay":3601}}"#,
    ] {
        assert_eq!(refused::<Policy>(text), "the policy is out of its range", "{text}");
    }
    // A name that is typed wrong must not leave the default in its place.
    for text in [r#"{"pasts":0}"#, r#"{"throttle":{"free_attempts":1}}"#] {
        assert!(refused::<Policy>(text).starts_with("unknown field"), "{text}");
    }
}
