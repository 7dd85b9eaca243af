//! How states and lists of devices are stored: what comes back is what was there, and what no state
//! can be is refused.
#![cfg(all(feature = "std", feature = "serde"))]

mod common;

use common::code;
use common::out_of_band::{at, default, issued, login, request, tried, tried_for};
use creance_totp::{
    Algorithm, DevicePolicy, DeviceToken, DeviceTrust, Error, Key, OutOfBandState, TrustedDevices,
    rand,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn stored<T: Serialize>(record: &T) -> Value {
    serde_json::to_value(record).expect("it serialises")
}

fn again<T: Serialize + DeserializeOwned>(record: &T) -> T {
    let text = serde_json::to_string(record).expect("it serialises");
    let read: T = serde_json::from_str(&text).expect("it was written by us");
    assert_eq!(stored(&read), stored(record));
    read
}

/// What was read by the path `at`, replaced by `value`, is refused.
fn assert_refused<T: DeserializeOwned + Serialize>(record: &T, at: &str, value: Value) {
    let mut stored = stored(record);
    let place = stored.pointer_mut(at).unwrap_or_else(|| panic!("{at} is missing"));
    assert_ne!(*place, value, "{at} is not changed");
    *place = value;
    let text = stored.to_string();
    assert!(serde_json::from_str::<T>(&text).is_err(), "{text}");
}

fn assert_no_other_fields<T: DeserializeOwned + Serialize>(record: &T, objects: &[&str]) {
    for at in objects {
        let names: Vec<_> =
            stored(record).pointer(at).unwrap().as_object().unwrap().keys().cloned().collect();
        for name in names {
            let mut less = stored(record);
            less.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(&name);
            let refused = serde_json::from_value::<T>(less);
            // An absent `Option` is `None`, which is a state as well.
            assert!(refused.is_err() || name == "request", "without {at}/{name}");
        }
        let mut more = stored(record);
        more.pointer_mut(at).unwrap().as_object_mut().unwrap().insert("more".into(), json!(1));
        assert!(serde_json::from_value::<T>(more).is_err(), "with {at}/more");
    }
}

#[test]
fn a_state_comes_back_at_every_point_of_its_life() {
    let (codes, mut state) = (default(), again(&OutOfBandState::new()));
    issued(&codes, &mut state, "123456", 0);
    state = again(&state);
    assert_eq!(tried(&codes, &mut state, "000000", 1), Err(Error::Mismatch));
    state = again(&state);
    assert_eq!(state.attempts().failures(), 1);
    let void = again(&state.at(at(300)));
    assert!(!void.is_waiting(at(10)));
    issued(&codes, &mut state, "654321", 30);
    assert_eq!(tried(&codes, &mut again(&state), "123456", 31), Err(Error::Mismatch));
    state = again(&state);
    assert_eq!(tried(&codes, &mut state, "654321", 31), Ok(()));
    state = again(&state);
    assert_eq!(tried(&codes, &mut state, "654321", 31), Err(Error::Replayed));
    // A clock that was far ahead leaves no times behind that are out of their order.
    let ahead = request("alice", "ahead");
    let sent = codes.issue(&state, &ahead, &code("123456"), at(1_000_000_000)).unwrap();
    state = again(sent.state());
    for n in 2..=12 {
        let id = format!("login {n}");
        let other = request("alice", &id);
        let sent = codes.issue(&state, &other, &code("123456"), at(n * 1_000)).unwrap();
        state = again(sent.state());
    }
    let last = request("alice", "login 12");
    assert_eq!(tried_for(&codes, &mut state, &last, "123456", at(12_001)), Ok(()));
}

#[test]
fn a_state_that_none_can_be_is_refused() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 0);
    issued(&codes, &mut state, "123456", 30);
    let expires = at(330).as_secs();
    assert_eq!(stored(&state).pointer("/request/expires"), Some(&json!(expires)));
    for (at, value) in [
        ("/version", json!(0)),
        ("/version", json!(2)),
        ("/serial", json!(0)),
        ("/failures", json!(101)),
        ("/failures", json!(-1)),
        ("/locked_until", json!("soon")),
        ("/request/tries", json!(6)),
        ("/request/sends", json!(0)),
        ("/request/sends", json!(6)),
        ("/request/seen", json!(expires + 1)),
        ("/request/seen", json!(expires - 601)),
        ("/request/request", json!("")),
        ("/request/request", json!("A".repeat(42))),
        ("/request/request", json!("B".repeat(43))),
        ("/request/request", json!(vec![0; 32])),
        ("/request/code", json!("waiting")),
        ("/request/code", json!("unknown")),
        ("/request/code/waiting", json!("123456")),
        ("/request", json!(1)),
        ("/sends", json!([2, 1])),
        ("/sends", json!((0..11).collect::<Vec<_>>())),
        ("/sends", json!(null)),
    ] {
        assert_refused(&state, at, value);
    }
    assert_no_other_fields(&state, &["", "/request"]);
    let refused = serde_json::from_value::<OutOfBandState>(json!({
        "version": 2, "request": null, "serial": 0, "failures": 0, "locked_until": 0, "sends": []
    }));
    assert_eq!(refused.unwrap_err().to_string(), Error::State.to_string());
}

#[test]
fn what_is_stored_tells_no_code() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "918273", 0);
    for shown in [stored(&state).to_string(), format!("{state:?}"), format!("{state:#?}")] {
        assert!(!shown.contains("918273"), "{shown}");
        assert!(!shown.contains("login") && !shown.contains("alice"), "{shown}");
    }
    // The same code for another request is another hash: nobody sees that two are alike.
    let other =
        codes.issue(&OutOfBandState::new(), &request("bob", "login"), &code("918273"), at(0));
    let of = |state: &OutOfBandState| stored(state).pointer("/request/code/waiting").cloned();
    assert_ne!(of(&state), of(other.unwrap().state()));
    let same = codes.issue(&OutOfBandState::new(), &login(), &code("918273"), at(0)).unwrap();
    assert_eq!(of(&state), of(same.state()));
}

fn trust() -> DeviceTrust {
    let key = Key::new(Algorithm::Sha256, &[7; 32]).unwrap();
    DeviceTrust::new(key, DevicePolicy::default()).unwrap()
}

fn two_devices() -> (TrustedDevices, DeviceToken) {
    let (trust, first, second) =
        (trust(), DeviceToken::generate(&mut rand::rng()), DeviceToken::generate(&mut rand::rng()));
    let (devices, _) =
        trust.issue(&TrustedDevices::new(), "alice", &first, "Gerät", at(0)).unwrap();
    let (devices, _) = trust.issue(&devices, "alice", &second, "", at(5)).unwrap();
    (devices, second)
}

#[test]
fn a_list_of_devices_comes_back() {
    let (devices, token) = two_devices();
    assert!(again(&TrustedDevices::new()).is_empty());
    let devices = again(&devices);
    assert_eq!(devices.iter().next().unwrap().label(), "Gerät");
    let trusted = trust().verify(&devices, "alice", &token, at(9)).unwrap();
    let devices = again(trusted.devices());
    assert_eq!(devices.iter().nth(1).unwrap().last_used(), at(9));
    let none = again(&devices.without_any());
    let (_, id) = trust().issue(&none, "alice", &token, "", at(9)).unwrap();
    assert_eq!(id.get(), 2);
}

#[test]
fn a_list_that_none_can_be_is_refused() {
    let (devices, _) = two_devices();
    let start = at(0).as_secs();
    let device = stored(&devices).pointer("/devices/0").cloned().unwrap();
    for (at, value) in [
        ("/version", json!(0)),
        ("/next_id", json!(1)),
        ("/devices/0/id", json!(1)),
        ("/devices/0/id", json!(2)),
        ("/devices/0/hash", json!("A".repeat(44))),
        ("/devices/0/label", json!("x".repeat(101))),
        ("/devices/0/label", json!("a\nb")),
        ("/devices/0/expires", json!(start - 1)),
        ("/devices/0/expires", json!(start + DevicePolicy::MAX_LIFETIME + 1)),
        ("/devices/0/last_used", json!(start - 1)),
        ("/devices", json!(vec![device; 33])),
    ] {
        assert_refused(&devices, at, value);
    }
    let mut many = stored(&devices);
    let one = many["devices"][0].clone();
    let numbered = |id: u64| {
        let mut device = one.clone();
        device["id"] = json!(id);
        device
    };
    many["next_id"] = json!(100);
    many["devices"] = json!((0..32).map(numbered).collect::<Vec<_>>());
    assert!(serde_json::from_value::<TrustedDevices>(many.clone()).is_ok());
    many["devices"] = json!((0..33).map(numbered).collect::<Vec<_>>());
    assert!(serde_json::from_value::<TrustedDevices>(many).is_err());
    assert_no_other_fields(&devices, &["", "/devices/0"]);
}

#[test]
fn what_is_stored_tells_no_token() {
    let (devices, token) = two_devices();
    let mut text = String::new();
    token.write(&mut text).unwrap();
    for shown in [stored(&devices).to_string(), format!("{devices:?}")] {
        assert!(!shown.contains(&text[..8]), "{shown}");
    }
}
