#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod base32;
mod code;
mod digits;
mod error;
mod hotp;
mod keyed_hash;
#[cfg(feature = "std")]
mod memory_store;
mod otp;
mod out_of_band;
mod parameters;
mod policy;
mod search;
mod secret;
mod state;
mod store;
mod stored;
mod throttle;
mod totp;
mod transition;
mod truncate;
#[cfg(feature = "alloc")]
mod trusted_device;
mod verifier;

pub use code::Code;
pub use creance_sigv::{Algorithm, Fault, Key, KeyBytes, UnixTime, rand};
pub use digits::Digits;
pub use error::Error;
pub use hotp::{Hotp, MatchedCounter};
#[cfg(feature = "std")]
pub use memory_store::MemoryStateStore;
pub use otp::Otp;
#[cfg(feature = "alloc")]
pub use out_of_band::DynDelivery;
pub use out_of_band::{
    AsyncDelivery, Channel, Delivery, Destination, Dispatch, Dispatched, Issued, Message,
    OutOfBand, OutOfBandAccepted, OutOfBandAttempt, OutOfBandPolicy, OutOfBandRequest,
    OutOfBandReserved, OutOfBandState, SmsText, Undelivered,
};
pub use parameters::Parameters;
pub use policy::Policy;
pub use secret::Secret;
pub use state::{State, StateParts, Status};
pub use store::{AsyncStateStore, Revision, StateStore, Stored, Swap, Unavailable};
#[cfg(feature = "alloc")]
pub use store::{BoxFuture, DynStateStore};
pub use throttle::{Attempts, Throttle};
pub use totp::{MatchedStep, Totp};
#[cfg(feature = "alloc")]
pub use trusted_device::{
    DeviceId, DevicePolicy, DeviceToken, DeviceTrust, Trusted, TrustedDevice, TrustedDevices,
};
pub use verifier::{Accepted, Purpose, Reserved, Verifier};
