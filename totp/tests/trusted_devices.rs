//! Devices that are asked for no code: for whom, for how long, and until when they are revoked.
#![cfg(feature = "std")]

mod common;

use creance_totp::{
    Algorithm, DeviceId, DevicePolicy, DeviceToken, DeviceTrust, Error, Fault, Key, TrustedDevice,
    TrustedDevices, UnixTime, rand,
};

const T: u64 = 1_700_000_000;
const DAY: u64 = 24 * 3_600;

fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(T + secs)
}

fn key(byte: u8) -> Key {
    Key::new(Algorithm::Sha256, &[byte; 32]).expect("long enough")
}

fn trust() -> DeviceTrust {
    with_policy(DevicePolicy::default())
}

fn with_policy(policy: DevicePolicy) -> DeviceTrust {
    DeviceTrust::new(key(7), policy).expect("a key of SHA-256")
}

fn token() -> DeviceToken {
    DeviceToken::generate(&mut rand::rng())
}

fn text(token: &DeviceToken) -> String {
    let mut text = String::new();
    token.write(&mut text).expect("a String takes everything");
    text
}

fn ids(devices: &TrustedDevices) -> Vec<u64> {
    devices.iter().map(|device| device.id().get()).collect()
}

/// A list with a device for each of `count` tokens, one second apart.
fn list(trust: &DeviceTrust, count: u64) -> (TrustedDevices, Vec<DeviceToken>) {
    let mut devices = TrustedDevices::new();
    let tokens = (0..count).map(|n| {
        let token = token();
        devices = trust.issue(&devices, "alice", &token, &format!("device {n}"), at(n)).unwrap().0;
        token
    });
    let tokens = tokens.collect();
    (devices, tokens)
}

fn refusal(
    trust: &DeviceTrust,
    devices: &TrustedDevices,
    token: &DeviceToken,
    secs: u64,
) -> Option<Error> {
    trust.verify(devices, "alice", token, at(secs)).err()
}

#[test]
fn each_device_is_known_by_its_own_token() {
    let trust = trust();
    let (devices, tokens) = list(&trust, 10);
    for (n, token) in tokens.iter().enumerate() {
        let trusted = trust.verify(&devices, "alice", token, at(100)).unwrap();
        assert_eq!(trusted.device().get(), n as u64);
        for device in trusted.devices().iter() {
            let is_it = device.id() == trusted.device();
            assert_eq!(device.last_used(), if is_it { at(100) } else { device.issued() });
        }
        // And after it went through a cookie.
        let returned = DeviceToken::parse(&text(token)).unwrap();
        assert_eq!(refusal(&trust, &devices, &returned, 100), None);
    }
    assert_eq!(refusal(&trust, &devices, &token(), 100), Some(Error::UnknownDevice));
    assert_eq!(
        refusal(&trust, &TrustedDevices::new(), &tokens[0], 100),
        Some(Error::UnknownDevice)
    );
}

#[test]
fn a_token_is_for_its_user_and_under_the_services_key() {
    let trust = trust();
    let (devices, tokens) = list(&trust, 1);
    for user in ["bob", "alic", "alice ", "Alice", ""] {
        let refused = trust.verify(&devices, user, &tokens[0], at(1)).unwrap_err();
        assert_eq!(refused, Error::UnknownDevice, "{user}");
    }
    let other = DeviceTrust::new(key(8), DevicePolicy::default()).unwrap();
    assert_eq!(refusal(&other, &devices, &tokens[0], 1), Some(Error::UnknownDevice));
    for weak in [
        Key::new(Algorithm::Sha1, &[7; 20]).unwrap(),
        Key::new(Algorithm::Sha384, &[7; 48]).unwrap(),
        Key::decoy(Algorithm::Sha256),
    ] {
        let refused = DeviceTrust::new(weak.clone(), DevicePolicy::default()).unwrap_err();
        assert_eq!((refused, refused.fault()), (Error::HashKey, Fault::Caller));
        assert_eq!(trust.clone().with_older(weak).unwrap_err(), Error::HashKey);
    }
}

#[test]
fn trust_lasts_for_its_time_and_no_longer() {
    for lifetime in [1, 30 * DAY, 90 * DAY] {
        let trust = with_policy(DevicePolicy::default().with_lifetime(lifetime).unwrap());
        let (devices, tokens) = list(&trust, 1);
        assert_eq!(devices.iter().next().unwrap().expires(), at(lifetime));
        assert_eq!(refusal(&trust, &devices, &tokens[0], lifetime - 1), None);
        assert_eq!(refusal(&trust, &devices, &tokens[0], lifetime), Some(Error::Expired));
        assert!(devices.without_expired(at(lifetime)).is_empty());
        assert_eq!(devices.without_expired(at(lifetime - 1)).len(), 1);
    }
}

/// A clock that was a century ahead for a moment has made nobody trusted for a century.
#[test]
fn trust_from_the_future_is_none() {
    let trust = trust();
    let (devices, tokens) = list(&trust, 1);
    let before = |secs| UnixTime::from_secs(T - secs);
    assert!(trust.verify(&devices, "alice", &tokens[0], before(60)).is_ok());
    let refused = trust.verify(&devices, "alice", &tokens[0], before(61)).unwrap_err();
    assert_eq!(refused, Error::Expired);
    // It is still there when the clock is right again.
    assert_eq!(devices.without_expired(before(61)).len(), 1);
    // Nor does use at an earlier time take anything back.
    let trusted = trust.verify(&devices, "alice", &tokens[0], before(1)).unwrap();
    assert_eq!(trusted.devices().iter().next().unwrap().last_used(), at(0));
}

#[test]
fn one_is_revoked_or_all_of_them() {
    let trust = trust();
    let (devices, tokens) = list(&trust, 3);
    let without = devices.without(DeviceId::new(1)).unwrap();
    assert_eq!(ids(&without), [0, 2]);
    assert_eq!(refusal(&trust, &without, &tokens[1], 9), Some(Error::UnknownDevice));
    assert_eq!(refusal(&trust, &without, &tokens[2], 9), None);
    assert_eq!(without.without(DeviceId::new(1)).unwrap_err(), Error::UnknownDevice);

    let none = devices.without_any();
    assert!(none.is_empty());
    for token in &tokens {
        assert_eq!(refusal(&trust, &none, token, 9), Some(Error::UnknownDevice));
    }
    // A page from before revokes none of those that come later.
    let (later, id) = trust.issue(&none, "alice", &token(), "", at(9)).unwrap();
    assert_eq!((id.get(), ids(&later)), (3, vec![3]));
}

#[test]
fn one_too_many_takes_the_place_of_the_one_that_is_used_least() {
    let trust = with_policy(DevicePolicy::default().with_most(3).unwrap());
    let (devices, tokens) = list(&trust, 3);
    let devices = trust.verify(&devices, "alice", &tokens[0], at(50)).unwrap().devices().clone();
    let (devices, _) = trust.issue(&devices, "alice", &token(), "new", at(60)).unwrap();
    assert_eq!(ids(&devices), [0, 2, 3]);
    assert_eq!(refusal(&trust, &devices, &tokens[1], 60), Some(Error::UnknownDevice));
    assert_eq!(refusal(&trust, &devices, &tokens[0], 60), None);
    // After the policy was narrowed, more than one goes.
    let narrow = with_policy(DevicePolicy::default().with_most(1).unwrap());
    let (devices, _) = narrow.issue(&devices, "alice", &token(), "only", at(61)).unwrap();
    assert_eq!(ids(&devices), [4]);
}

#[test]
fn devices_whose_time_is_over_make_room_first() {
    let policy = DevicePolicy::default().with_most(2).unwrap().with_lifetime(100).unwrap();
    let trust = with_policy(policy);
    let (devices, _) = list(&trust, 2);
    let (devices, _) = trust.issue(&devices, "alice", &token(), "", at(100)).unwrap();
    assert_eq!(ids(&devices), [1, 2]);
}

#[test]
fn a_rotated_token_is_another_for_the_same_device_and_time() {
    let trust = trust();
    let (devices, tokens) = list(&trust, 2);
    let fresh = token();
    let trusted = trust.rotate(&devices, "alice", &tokens[1], &fresh, at(100)).unwrap();
    let next = trusted.devices().clone();
    assert_eq!(trusted.device().get(), 1);
    assert_eq!(refusal(&trust, &next, &tokens[1], 101), Some(Error::UnknownDevice));
    assert_eq!(refusal(&trust, &next, &tokens[0], 101), None);
    assert_eq!(trust.verify(&next, "alice", &fresh, at(101)).unwrap().device().get(), 1);
    let expiries =
        |list: &TrustedDevices| list.iter().map(TrustedDevice::expires).collect::<Vec<_>>();
    assert_eq!(expiries(&next), expiries(&devices));
    for (token, secs, refusal) in
        [(&fresh, 100, Error::UnknownDevice), (&tokens[1], 31 * DAY, Error::Expired)]
    {
        let refused = trust.rotate(&devices, "alice", token, &fresh, at(secs)).unwrap_err();
        assert_eq!(refused, refusal);
    }
}

#[test]
fn a_token_that_is_issued_twice_is_of_one_device() {
    let trust = trust();
    let (devices, tokens) = list(&trust, 2);
    let (devices, id) = trust.issue(&devices, "alice", &tokens[0], "again", at(9)).unwrap();
    assert_eq!(ids(&devices), [1, 2]);
    let devices = devices.without(id).unwrap();
    assert_eq!(refusal(&trust, &devices, &tokens[0], 10), Some(Error::UnknownDevice));
}

#[test]
fn a_key_is_replaced_while_devices_stay_trusted() {
    let old = trust();
    let (devices, tokens) = list(&old, 2);
    let new = DeviceTrust::new(key(9), DevicePolicy::default()).unwrap();
    let both = new.clone().with_older(key(7)).unwrap();
    assert_eq!(refusal(&new, &devices, &tokens[0], 9), Some(Error::UnknownDevice));
    let trusted = both.verify(&devices, "alice", &tokens[0], at(9)).unwrap();
    assert_eq!(trusted.device().get(), 0);
    // What was used is under the new key by then, what was not is lost with the old one.
    let next = trusted.devices();
    assert_eq!(refusal(&new, next, &tokens[0], 10), None);
    assert_eq!(refusal(&old, next, &tokens[0], 10), Some(Error::UnknownDevice));
    assert_eq!(refusal(&new, next, &tokens[1], 10), Some(Error::UnknownDevice));
    assert_eq!(refusal(&both, next, &tokens[1], 10), None);
}

#[test]
fn tokens_have_one_spelling() {
    let right = text(&token());
    assert_eq!(right.len(), DeviceToken::TEXT_LEN);
    assert!(right.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    let zero = "A".repeat(43);
    assert!(DeviceToken::parse(&zero).is_ok());
    for wrong in [
        String::new(),
        right[..42].to_owned(),
        format!("{right}A"),
        format!("{right}="),
        format!(" {right}"),
        format!("{}B", &zero[..42]),
        zero.replacen('A', "+", 1),
        zero.replacen('A', "/", 1),
        zero.replacen("AA", "é", 1),
        "A".repeat(44),
        "A".repeat(10_000),
    ] {
        let refused = DeviceToken::parse(&wrong).unwrap_err();
        assert_eq!((refused, refused.fault()), (Error::DeviceToken, Fault::Peer), "{wrong}");
    }
}

#[test]
fn labels_are_short_and_on_one_line() {
    let trust = trust();
    let labelled = |label: &str| {
        let issued = trust.issue(&TrustedDevices::new(), "alice", &token(), label, at(0));
        issued.map(|(devices, _)| devices.iter().next().unwrap().label().to_owned())
    };
    let long = "x".repeat(101);
    for (label, kept) in
        [("", ""), (" Firefox ", "Firefox"), ("Gerät 👩\u{200d}💻", "Gerät 👩\u{200d}💻")]
    {
        assert_eq!(labelled(label).as_deref(), Ok(kept));
    }
    assert_eq!(labelled(&long[1..]).as_deref(), Ok(&long[1..]));
    for label in
        [long.as_str(), "a\nb", "a\0b", "a\u{1b}[31mb", "a\u{85}b", "a\u{202e}b", "\u{200b}"]
    {
        assert_eq!(labelled(label).unwrap_err(), Error::DeviceLabel);
    }
}

#[test]
fn policies_have_their_ranges() {
    let policy = DevicePolicy::default();
    assert_eq!((policy.lifetime(), policy.most()), (30 * DAY, 10));
    for wrong in [
        policy.with_lifetime(0),
        policy.with_lifetime(90 * DAY + 1),
        policy.with_most(0),
        policy.with_most(33),
    ] {
        assert_eq!(wrong, Err(Error::Policy));
    }
    assert!(policy.with_lifetime(90 * DAY).and_then(|policy| policy.with_most(32)).is_ok());
}

#[test]
fn times_up_to_the_last_are_served() {
    let trust = trust();
    let ends = [0, 1, u64::MAX - 1, u64::MAX].map(UnixTime::from_secs);
    for now in ends {
        let token = token();
        let (devices, _) = trust.issue(&TrustedDevices::new(), "alice", &token, "", now).unwrap();
        for later in ends {
            let expires = now.saturating_add(30 * DAY);
            let in_time = later < expires && later.saturating_add(60) >= now;
            let outcome = trust.verify(&devices, "alice", &token, later);
            assert_eq!(outcome.is_ok(), in_time, "{now} {later}");
        }
    }
}

#[test]
fn a_shorter_policy_counts_for_devices_trusted_before() {
    let (devices, tokens) = list(&trust(), 1);
    let week = with_policy(DevicePolicy::default().with_lifetime(7 * DAY).expect("in range"));
    let trusted = week.verify(&devices, "alice", &tokens[0], at(7 * DAY - 1)).expect("in time");
    assert_eq!(trusted.devices().iter().next().unwrap().expires(), at(7 * DAY));
    assert_eq!(refusal(&week, &devices, &tokens[0], 7 * DAY), Some(Error::Expired));
    let (next, _) = week.issue(&devices, "alice", &token(), "", at(7 * DAY)).expect("one more");
    assert_eq!(ids(&next), [1]);
    // A longer one gives nobody more than was said.
    let long = with_policy(DevicePolicy::default().with_lifetime(90 * DAY).expect("in range"));
    assert_eq!(refusal(&long, &devices, &tokens[0], 30 * DAY), Some(Error::Expired));
}
