//! The cases, and how they make a secret.

mod bad;
mod compare;
mod hawk;
mod hkdf;
mod http_signature;
mod keyring;
mod keys;
mod oauth1;
mod ocra;
mod otp_secret;
mod out_of_band;
mod recovery;
mod sigv4;
mod totp;
mod verifier;
mod webhook;
mod webhook_own;

use creance_sigv::Algorithm;

use crate::{Case, memcheck};

/// All of them.
pub fn all() -> Vec<Case> {
    let families = [
        compare::cases(),
        keys::cases(),
        hkdf::cases(),
        keyring::cases(),
        webhook::cases(),
        webhook_own::cases(),
        hawk::cases(),
        oauth1::cases(),
        sigv4::cases(),
        http_signature::cases(),
        otp_secret::cases(),
        totp::cases(),
        ocra::cases(),
        verifier::cases(),
        recovery::cases(),
        out_of_band::cases(),
        bad::cases(),
    ];
    families.into_iter().flatten().collect()
}

/// A copy of `bytes` that nothing may follow from.
fn secret(bytes: &[u8]) -> Vec<u8> {
    let mut secret = bytes.to_vec();
    memcheck::hide(&mut secret);
    secret
}

/// A public copy of a result.
fn shown(bytes: &[u8]) -> Vec<u8> {
    let mut shown = bytes.to_vec();
    memcheck::show(&mut shown);
    shown
}

/// Bytes of a key for `algorithm`, of any length.
fn key_material(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 37 + 11).to_le_bytes()[0]).collect()
}

/// The same case once for each algorithm.
fn for_each_algorithm(case: impl Fn(Algorithm) -> Vec<Case>) -> Vec<Case> {
    Algorithm::ALL.into_iter().flat_map(case).collect()
}
