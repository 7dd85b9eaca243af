//! Codes that the service sends, and the tokens of devices that are trusted: made, hashed, looked up.

use creance_sigv::{Algorithm, Encoding, Key, UnixTime};
use creance_totp::{
    Code, DevicePolicy, DeviceToken, DeviceTrust, Digits, Error, OutOfBand, OutOfBandPolicy,
    OutOfBandRequest, OutOfBandState, TrustedDevices,
};

use super::keys::{SecretBytes, secret_text};
use super::{key_material, secret, shown};
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("out-of-band/generate", Expected::Verdict, generate),
        Case::new("out-of-band/issue", Expected::Silence, issue),
        Case::new("out-of-band/verify", Expected::Verdict, verify_codes),
        Case::new("trusted-device/write", Expected::Silence, write_tokens),
        Case::new("trusted-device/parse", Expected::Verdict, parse_tokens),
        Case::new("trusted-device/verify", Expected::Verdict, verify_devices),
        Case::new("trusted-device/older-key", Expected::Verdict, verify_under_an_older_key),
    ]
}

/// The key of the service, from which nothing may follow.
fn secret_key(first: u8) -> Key {
    let mut material = key_material(32);
    material[0] = first;
    Key::new(Algorithm::Sha256, &secret(&material)).unwrap()
}

/// Many numbers, so that some are drawn again.
fn generate() {
    let mut rng = SecretBytes(0);
    for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
        for _ in 0..200 {
            let code = Code::generate(digits, &mut rng);
            let same = code.clone();
            assert_eq!(code.verify(&same), Ok(()));
        }
    }
}

fn codes() -> OutOfBand {
    OutOfBand::new(secret_key(0), OutOfBandPolicy::default()).unwrap()
}

fn request(id: &'static str) -> OutOfBandRequest<'static> {
    OutOfBandRequest::new("alice", id).unwrap()
}

/// A code of which nothing is public any more: which numbers were drawn again is.
fn secret_code(number: u64) -> Code {
    Code::generate(Digits::Six, &mut SecretBytes(number))
}

fn issue() {
    // Made outside of what is watched: the drawing is a case of its own.
    let code = Code::parse("081804").unwrap();
    let issued = codes().issue(&OutOfBandState::new(), &request("login"), &code, NOW).unwrap();
    assert!(issued.state().is_waiting(NOW));
}

fn verify_codes() {
    let (codes, code) = (codes(), secret_code(1));
    let mut state =
        *codes.issue(&OutOfBandState::new(), &request("login"), &code, NOW).unwrap().state();
    let other = codes.attempt(&request("payment"), &code);
    assert_eq!(codes.reserve(&state, &other, NOW).unwrap_err(), Error::NotRequested);

    let wrong = codes.attempt(&request("login"), &secret_code(2));
    let reserved = codes.reserve(&state, &wrong, NOW).unwrap();
    assert_eq!(reserved.verify(reserved.state()).unwrap_err(), Error::Mismatch);
    state = *reserved.state();

    // Sent again: the same request is recognised.
    let (later, code) = (NOW.saturating_add(60), secret_code(3));
    let again = codes.issue(&state, &request("login"), &code, later).unwrap();
    assert_eq!(again.sent().tries_left(), 2);
    let right = codes.attempt(&request("login"), &code);
    let reserved = codes.reserve(again.state(), &right, later).unwrap();
    let accepted = reserved.verify(reserved.state()).unwrap();
    assert!(!accepted.state().is_waiting(later));
}

fn token(number: u64) -> DeviceToken {
    DeviceToken::generate(&mut SecretBytes(number))
}

fn write_tokens() {
    for number in 0..20 {
        let mut text = String::with_capacity(DeviceToken::TEXT_LEN);
        token(number).write(&mut text).unwrap();
        assert_eq!(shown(text.as_bytes()).len(), DeviceToken::TEXT_LEN);
    }
}

fn parse_tokens() {
    let zero = "A".repeat(DeviceToken::TEXT_LEN);
    assert!(DeviceToken::parse(&secret_text(Encoding::Base64Url, zero.clone())).is_ok());
    for position in [0, 20, 42] {
        let mut text = zero.clone();
        text.replace_range(position..=position, "+");
        let refused = DeviceToken::parse(&secret_text(Encoding::Base64Url, text)).unwrap_err();
        assert_eq!(refused, Error::DeviceToken);
    }
}

fn trust(first: u8) -> DeviceTrust {
    DeviceTrust::new(secret_key(first), DevicePolicy::default()).unwrap()
}

/// A list with the devices of the tokens 0 to 4.
fn five_devices(trust: &DeviceTrust) -> TrustedDevices {
    (0..5).fold(TrustedDevices::new(), |devices, number| {
        trust.issue(&devices, "alice", &token(number), "", NOW).unwrap().0
    })
}

fn verify_devices() {
    let trust = trust(0);
    let devices = five_devices(&trust);
    for number in 0..5 {
        let trusted = trust.verify(&devices, "alice", &token(number), NOW).unwrap();
        assert_eq!(trusted.device().get(), number);
        let (old, fresh) = (token(number), token(100 + number));
        let rotated = trust.rotate(&devices, "alice", &old, &fresh, NOW).unwrap();
        let refused = trust.verify(rotated.devices(), "alice", &old, NOW).unwrap_err();
        assert_eq!(refused, Error::UnknownDevice);
    }
    for (user, number) in [("alice", 5), ("bob", 0)] {
        let refused = trust.verify(&devices, user, &token(number), NOW).unwrap_err();
        assert_eq!(refused, Error::UnknownDevice);
    }
}

fn verify_under_an_older_key() {
    let devices = five_devices(&trust(0));
    let both = trust(1).with_older(secret_key(0)).unwrap();
    for number in 0..5 {
        let trusted = both.verify(&devices, "alice", &token(number), NOW).unwrap();
        assert_eq!(trusted.device().get(), number);
    }
}
