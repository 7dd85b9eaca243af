//! A set of recovery codes as JSON: one form, and nothing else is taken.
#![cfg(feature = "serde")]

use creance_totp::{RecoverySet, RecoverySetParts, Stretch, UnixTime};
use serde_json::{Value, json};

fn set() -> RecoverySet {
    let parts = RecoverySetParts {
        key: 7,
        stretch: Some(Stretch { hasher: 3, salt: [0xff; 16] }),
        hashes: vec![[0; 32], [0xfb; 32]],
        used: 0b10,
        failures: 4,
        locked_until: UnixTime::from_secs(1_353_832_234),
    };
    RecoverySet::from_parts(parts).expect("in range")
}

fn document() -> Value {
    json!({
        "version": 1,
        "key": 7,
        "stretch": { "hasher": 3, "salt": "_____________________w" },
        "hashes": [
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s",
        ],
        "used": 2,
        "failures": 4,
        "locked_until": 1_353_832_234,
    })
}

fn parse(document: Value) -> Result<RecoverySet, String> {
    serde_json::from_value(document).map_err(|error| error.to_string())
}

#[test]
fn a_set_is_written_and_read() {
    assert_eq!(serde_json::to_value(set()).expect("JSON"), document());
    assert_eq!(parse(document()), Ok(set()));
    let mut plain = document();
    plain["stretch"] = Value::Null;
    assert_eq!(parse(plain).expect("no stretch").parts().stretch, None);
}

/// Each field on its own: gone, of another type, out of range.
#[test]
fn what_no_set_is_is_refused() {
    for field in ["version", "key", "hashes", "used", "failures", "locked_until"] {
        let mut without = document();
        let _ = without.as_object_mut().expect("an object").remove(field);
        assert!(parse(without).is_err(), "without {field}");
        for wrong in [json!(null), json!("2"), json!(-1), json!(1.5), json!({}), json!(u64::MAX)] {
            let mut changed = document();
            changed[field] = wrong.clone();
            let is_time = field == "locked_until" && wrong == json!(u64::MAX);
            assert_eq!(parse(changed).is_ok(), is_time, "{field}: {wrong}");
        }
    }
    let hash = document()["hashes"][0].clone();
    for (field, wrong) in [
        ("version", json!(0)),
        ("version", json!(2)),
        ("hashes", json!([])),
        ("hashes", json!(vec![hash.clone(); 33])),
        ("hashes", json!([hash, "AAAA"])),
        ("hashes", json!(["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"])),
        ("used", json!(4)),
        ("failures", json!(101)),
        ("stretch", json!({ "hasher": 3 })),
        ("stretch", json!({ "hasher": 3, "salt": "AAAA" })),
        ("stretch", json!({ "hasher": 3, "salt": "_____________________w", "rounds": 1 })),
        ("user", json!("alice")),
    ] {
        let mut changed = document();
        changed[field] = wrong.clone();
        assert!(parse(changed).is_err(), "{field}: {wrong}");
    }
}

/// Reading ends where it is too long, before the rest of it takes memory.
#[test]
fn a_list_is_not_read_to_its_end() {
    let mut changed = document();
    let hash = changed["hashes"][0].clone();
    changed["hashes"] = json!(vec![hash; 100]);
    let error = parse(changed).expect_err("too many");
    assert_eq!(error, "invalid length 33, expected 1 to 32 hashes");
}

#[test]
fn an_error_does_not_show_what_was_stored() {
    let mut changed = document();
    changed["hashes"][0] = json!("c2VjcmV0*");
    let error = parse(changed).expect_err("not Base64url");
    assert_eq!(error, "invalid value: other text, expected 32 bytes in Base64url");
}
