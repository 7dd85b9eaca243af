#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod app;
mod attempt;
mod base32;
mod code;
mod compatibility;
mod digits;
mod error;
#[cfg(feature = "serde")]
mod form;
mod hotp;
#[cfg(feature = "alloc")]
mod key_uri;
mod limits;
#[cfg(feature = "alloc")]
mod manual_key;
#[cfg(feature = "std")]
mod memory_store;
#[cfg(feature = "alloc")]
mod migration;
mod otp;
mod parameters;
mod policy;
#[cfg(feature = "qr")]
mod qr;
mod reserved;
mod search;
mod secret;
#[cfg(feature = "alloc")]
mod sensitive;
mod state;
mod store;
mod stored;
mod throttle;
mod totp;
mod transition;
mod truncate;
mod verifier;
#[cfg(feature = "alloc")]
mod warning;

pub use app::{App, Support};
mod window;

pub use attempt::{Attempt, Purpose};
pub use code::Code;
pub use compatibility::Compatibility;
pub use creance_sigv::{Algorithm, Fault, Key, KeyBytes, UnixTime, rand};
pub use digits::Digits;
pub use error::Error;
pub use hotp::{Hotp, MatchedCounter};
#[cfg(feature = "alloc")]
pub use key_uri::KeyUri;
#[cfg(feature = "alloc")]
pub use manual_key::ManualKey;
#[cfg(feature = "std")]
pub use memory_store::MemoryStateStore;
#[cfg(feature = "alloc")]
pub use migration::{
    MigrationBatch, MigrationEntry, MigrationExport, MigrationImport, RefusedEntry, Scanned,
};
pub use otp::Otp;
pub use parameters::Parameters;
pub use policy::Policy;
#[cfg(feature = "qr")]
pub use qr::QrCode;
pub use reserved::{Accepted, Reserved};
pub use secret::Secret;
#[cfg(feature = "alloc")]
pub use sensitive::Sensitive;
pub use state::{State, StateParts, Status};
pub use store::{AsyncStateStore, Revision, StateStore, Stored, Swap, Unavailable};
#[cfg(feature = "alloc")]
pub use store::{BoxFuture, DynStateStore};
pub use throttle::{Attempts, Throttle};
pub use totp::{MatchedStep, Totp};
pub use verifier::Verifier;
#[cfg(feature = "alloc")]
pub use warning::Warning;
