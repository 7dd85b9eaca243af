#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod ahead;
mod attempt;
mod base32;
mod code;
mod digits;
mod error;
#[cfg(feature = "serde")]
mod form;
mod hotp;
#[cfg(feature = "std")]
mod memory_store;
mod ocra;
mod otp;
mod parameters;
mod policy;
mod reserved;
mod search;
mod secret;
mod state;
mod steam;
mod store;
mod stored;
mod throttle;
mod totp;
mod transition;
mod truncate;
mod verifier;
mod window;

pub use attempt::{Attempt, Purpose};
pub use code::Code;
pub use creance_sigv::{Algorithm, Fault, Key, KeyBytes, UnixTime, rand};
pub use digits::Digits;
pub use error::Error;
pub use hotp::{Hotp, MatchedCounter};
#[cfg(feature = "std")]
pub use memory_store::MemoryStateStore;
pub use ocra::{ChallengeFormat, Ocra, OcraInput, OcraPin, OcraResponse, OcraSuite};
pub use otp::Otp;
pub use parameters::Parameters;
pub use policy::Policy;
pub use reserved::{Accepted, Reserved};
pub use secret::Secret;
pub use state::{State, StateParts, Status};
pub use steam::{Steam, SteamCode};
pub use store::{AsyncStateStore, Revision, StateStore, Stored, Swap, Unavailable};
#[cfg(feature = "alloc")]
pub use store::{BoxFuture, DynStateStore};
pub use throttle::{Attempts, Throttle};
pub use totp::{MatchedStep, Totp};
pub use verifier::Verifier;
