//! What has to hold for every input, whatever it is.
//!
//! Each module has one function `check`, which takes any bytes and panics where a property does not
//! hold. The fuzz targets call it with what the fuzzer makes up; the test of this package calls it
//! with every file of the corpora, on stable, so that what was found once stays found.

#![forbid(unsafe_code)]

pub mod hawk_bewit;
pub mod hawk_challenge;
pub mod hawk_header;
pub mod hawk_tamper;
pub mod http_signature;
pub mod otp_base32;
pub mod otp_code;
pub mod otp_migration;
pub mod otp_recovery;
pub mod otp_uri;
pub mod otp_verifier;
pub mod replay_store;
pub mod sigv_codec;
pub mod webhook_body;
pub mod webhook_headers;

mod edit;
mod grammar;
mod keys;
mod webhook_messages;

/// A target: its name, which is that of its corpus, and its check.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 15] = [
    ("hawk_bewit", hawk_bewit::check),
    ("hawk_challenge", hawk_challenge::check),
    ("hawk_header", hawk_header::check),
    ("hawk_tamper", hawk_tamper::check),
    ("http_signature", http_signature::check),
    ("otp_base32", otp_base32::check),
    ("otp_code", otp_code::check),
    ("otp_migration", otp_migration::check),
    ("otp_recovery", otp_recovery::check),
    ("otp_uri", otp_uri::check),
    ("otp_verifier", otp_verifier::check),
    ("replay_store", replay_store::check),
    ("sigv_codec", sigv_codec::check),
    ("webhook_body", webhook_body::check),
    ("webhook_headers", webhook_headers::check),
];
