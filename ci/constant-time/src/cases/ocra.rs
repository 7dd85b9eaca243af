//! Responses to challenges, with a secret key and a secret PIN.

use creance_totp::{Algorithm, Error, Ocra, OcraInput, OcraPin, OcraResponse, OcraSuite, Secret};

use super::{key_material, secret};
use crate::{Case, Expected};

/// Every hash, every way to make a response, every kind of challenge.
const SUITES: [(&str, &str); 6] = [
    ("sha1/6-digits", "OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1"),
    ("sha1/10-digits", "OCRA-1:HOTP-SHA1-10:C-QH08-PSHA256"),
    ("sha256/4-digits", "OCRA-1:HOTP-SHA256-4:C-QA08-PSHA512"),
    ("sha256/whole", "OCRA-1:HOTP-SHA256-0:C-QN08-PSHA1"),
    ("sha512/8-digits", "OCRA-1:HOTP-SHA512-8:C-QN08-PSHA256"),
    ("sha512/whole", "OCRA-1:HOTP-SHA512-0:C-QA08-PSHA512"),
];

pub(super) fn cases() -> Vec<Case> {
    SUITES.into_iter().map(|(name, suite)| case(name, suite)).collect()
}

fn case(name: &str, suite: &'static str) -> Case {
    Case::new(format!("ocra/{name}"), Expected::Verdict, move || {
        let suite = OcraSuite::parse(suite).unwrap();
        let material = key_material(suite.algorithm().output_len());
        let ocra = |bytes: &[u8]| Ocra::new(suite, &Secret::from_bytes(bytes).unwrap()).unwrap();
        let (public, watched) = (ocra(&material), ocra(&secret(&material)));
        let pin = |pin: &[u8]| OcraPin::new(suite.pin().unwrap_or(Algorithm::Sha1), pin);
        let (public_pin, secret_pin) = (pin(b"1234"), pin(&secret(b"1234")));
        for counter in 0..20 {
            let input = OcraInput::new("12345678").with_counter(counter);
            let sent = public.respond(&input.with_pin(&public_pin)).unwrap();
            let sent = OcraResponse::parse(sent.expose()).unwrap();
            assert_eq!(watched.verify(&input.with_pin(&secret_pin), &sent), Ok(()));
            let later = input.with_counter(counter + 1).with_pin(&secret_pin);
            assert_eq!(watched.verify(&later, &sent), Err(Error::Mismatch));
        }
    })
}
