//! An account as it is stored: what is written reads back, and what no account can be does not.
#![cfg(all(feature = "std", feature = "seal", feature = "serde"))]

mod service;

use creance_totp::{Account, MemoryStateStore, Revision, StateStore, Swap};
use serde_json::{Value, json};
use service::{Person, Service, builder, random, seal_keys};

const ALICE: &str = "alice";

/// Alice with everything that an account can have.
fn alice() -> (Service, Person) {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let proof = service.pass(ALICE, &alice);
    let (factor, now) = (&service.factor, service.now());
    let _ = factor.trust_device(&proof, "home", now, random()).expect("trusted");
    let _ = factor.begin_replacement(&proof, ALICE, now, random()).expect("begun");
    let recovery = &alice.recovery_codes[0];
    assert!(factor.redeem_recovery(ALICE, recovery, now).is_ok());
    (service, alice)
}

fn written(service: &Service) -> Value {
    let stored = service.factor.store().load(ALICE).expect("stored").expect("enrolled");
    serde_json::to_value(&stored.record).expect("written")
}

fn read(value: &Value) -> Result<Account, serde_json::Error> {
    serde_json::from_value(value.clone())
}

#[test]
fn what_is_written_reads_back_and_lives_on() {
    let (service, alice) = alice();
    let value = written(&service);
    let text = serde_json::to_string(&value).expect("text");
    let account: Account = serde_json::from_str(&text).expect("what was written");
    assert_eq!(serde_json::to_value(&account).expect("written"), value);

    let store = MemoryStateStore::new();
    let swap = store.compare_and_set(ALICE, Revision::ABSENT, &account).expect("stored");
    assert!(matches!(swap, Swap::Done(_)));
    let other = Service::of(builder(store, seal_keys()));
    let now = service.now().saturating_add(60);
    assert!(other.factor.verify(ALICE, &alice.code(now), now).is_ok());
    let used = other.factor.redeem_recovery(ALICE, &alice.recovery_codes[0], now);
    assert_eq!(used.expect_err("used before").code(), "replayed");
    let status = other.factor.status(ALICE, now).expect("stored");
    assert_eq!((status.recovery_codes(), status.devices().len()), (9, 1));
    assert!(status.pending_until().is_some());
}

#[test]
fn nothing_secret_is_written() {
    let (service, alice) = alice();
    let text = written(&service).to_string();
    for code in &alice.recovery_codes {
        assert!(!text.contains(code.expose()));
    }
    let mut fields: Vec<_> = text.split('"').collect();
    fields.retain(|field| field.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    fields.sort_unstable();
    fields.dedup();
    // Whoever adds a field has to look at this list.
    let known = [
        "",
        "active",
        "algorithm",
        "began",
        "credential",
        "devices",
        "digits",
        "drift",
        "expires",
        "factor",
        "failures",
        "hash",
        "hashes",
        "home",
        "id",
        "issued",
        "key",
        "label",
        "last_used",
        "locked_until",
        "next",
        "next_id",
        "parameters",
        "pending",
        "period",
        "recovery",
        "secret",
        "since",
        "state",
        "status",
        "stretch",
        "used",
        "version",
    ];
    fields.retain(|field| !known.contains(field));
    assert!(fields.is_empty(), "{fields:?}");
}

/// What is put in the place of a value, or `None` to leave it out.
fn changed(value: &Value, pointer: &str, to: Option<Value>) -> Value {
    let mut value = value.clone();
    let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
    let parent = value.pointer_mut(parent).expect("there").as_object_mut().expect("an object");
    match to {
        Some(to) => drop(parent.insert(field.to_owned(), to)),
        None => drop(parent.remove(field).expect("there")),
    }
    value
}

#[test]
fn what_no_account_can_be_is_refused() {
    let (service, _) = alice();
    let value = written(&service);
    assert!(read(&value).is_ok());
    let pending = &value["pending"]["credential"]["state"];
    let active = &value["factor"]["credential"]["state"];
    assert_eq!(active["status"], "active");
    for (pointer, to) in [
        ("/version", json!(0)),
        ("/version", json!(2)),
        ("/extra", json!(1)),
        ("/factor", Value::Null),
        ("/factor/credential/state", pending.clone()),
        ("/pending/credential/state", active.clone()),
        ("/factor/credential/state/status", json!("revoked")),
        ("/pending/credential/state/status", json!("revoked")),
        ("/factor/credential/state/failures", json!(101)),
        ("/factor/credential/id", json!("0011")),
        ("/factor/credential/id", json!("0011223344556677889900112233445Z")),
        ("/factor/credential/secret", json!("")),
        ("/factor/credential/parameters/digits", json!(5)),
        ("/factor/recovery/used", json!(1024)),
        ("/factor/extra", json!(1)),
        ("/devices/next_id", json!(0)),
    ] {
        let changed = changed(&value, pointer, Some(to));
        assert!(read(&changed).is_err(), "{pointer}: {changed}");
    }
    let needed = [
        "/version",
        "/factor",
        "/pending",
        "/devices",
        "/factor/since",
        "/factor/recovery",
        "/pending/began",
    ];
    for pointer in needed {
        assert!(read(&changed(&value, pointer, None)).is_err(), "without {pointer}");
    }
    let message = read(&changed(&value, "/version", Some(json!(2)))).expect_err("unknown");
    assert!(message.to_string().contains("expected version 1 of an account"), "{message}");
}

#[test]
fn an_empty_account_is_one() {
    let account = Account::default();
    let value = serde_json::to_value(&account).expect("written");
    let back = read(&value).expect("what was written");
    assert_eq!(serde_json::to_value(&back).expect("written"), value);
}
