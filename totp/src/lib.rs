#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod ahead;
mod app;
mod attempt;
mod base32;
mod code;
mod compatibility;
mod digits;
mod disguise;
mod error;
#[cfg(feature = "serde")]
mod form;
#[cfg(feature = "alloc")]
mod hash_keys;
mod hotp;
#[cfg(feature = "alloc")]
mod key_ring;
#[cfg(feature = "alloc")]
mod key_uri;
mod keyed_hash;
mod limits;
#[cfg(feature = "alloc")]
mod manual_key;
#[cfg(feature = "std")]
mod memory_store;
#[cfg(feature = "alloc")]
mod migration;
mod ocra;
mod otp;
mod out_of_band;
mod parameters;
mod password_hasher;
mod policy;
#[cfg(feature = "qr")]
mod qr;
#[cfg(feature = "alloc")]
mod recovery;
mod recovery_code;
mod recovery_policy;
#[cfg(all(feature = "alloc", feature = "serde"))]
mod recovery_serde;
#[cfg(feature = "alloc")]
mod recovery_set;
mod recovery_sheet;
#[cfg(feature = "alloc")]
mod recovery_stored;
mod reserved;
#[cfg(feature = "seal")]
mod seal_keys;
#[cfg(feature = "alloc")]
mod sealed;
#[cfg(all(feature = "alloc", feature = "serde"))]
mod sealed_serde;
mod search;
#[cfg(feature = "alloc")]
mod second_factor;
mod secret;
#[cfg(feature = "alloc")]
mod sensitive;
mod state;
mod steam;
mod store;
mod stored;
mod throttle;
mod totp;
mod transition;
mod truncate;
#[cfg(feature = "alloc")]
mod trusted_device;
mod verifier;
#[cfg(feature = "alloc")]
mod warning;
mod window;

pub use app::{App, Support};
pub use attempt::{Attempt, Purpose};
pub use code::Code;
pub use compatibility::Compatibility;
pub use creance_sigv::{Algorithm, Fault, Key, KeyBytes, UnixTime, rand};
pub use digits::Digits;
pub use error::Error;
#[cfg(feature = "alloc")]
pub use hash_keys::HashKeys;
pub use hotp::{Hotp, MatchedCounter};
#[cfg(feature = "alloc")]
pub use key_uri::KeyUri;
#[cfg(feature = "alloc")]
pub use manual_key::ManualKey;
#[cfg(feature = "std")]
pub use memory_store::MemoryStateStore;
#[cfg(feature = "alloc")]
pub use migration::{
    MigrationBatch, MigrationEntry, MigrationExport, MigrationField, MigrationImport, RefusedEntry,
    Scanned,
};
pub use ocra::{ChallengeFormat, Ocra, OcraInput, OcraPin, OcraResponse, OcraSuite};
pub use otp::Otp;
#[cfg(feature = "alloc")]
pub use out_of_band::DynDelivery;
pub use out_of_band::{
    AsyncDelivery, Channel, Delivery, Destination, Dispatch, Dispatched, Issued, Message,
    OutOfBand, OutOfBandAccepted, OutOfBandAttempt, OutOfBandPolicy, OutOfBandRequest,
    OutOfBandReserved, OutOfBandState, SmsText, Undelivered,
};
pub use parameters::Parameters;
pub use password_hasher::PasswordHasher;
pub use policy::Policy;
#[cfg(feature = "qr")]
pub use qr::QrCode;
#[cfg(feature = "alloc")]
pub use recovery::{RecoveryCodes, RecoveryLookup, Redeemed, ReservedRecovery};
pub use recovery_code::RecoveryCode;
pub use recovery_policy::RecoveryPolicy;
#[cfg(feature = "alloc")]
pub use recovery_set::{RecoverySet, RecoverySetParts, Stretch};
pub use recovery_sheet::RecoverySheet;
pub use reserved::{Accepted, Reserved};
#[cfg(feature = "seal")]
pub use seal_keys::SealKeys;
#[cfg(feature = "alloc")]
pub use sealed::{SealContext, SealedSecret, SecretSealer};
#[cfg(feature = "alloc")]
pub use second_factor::{
    Account, Confirmed, Enrolment, Event, EventSink, Imported, Passed, Rejection, SecondFactor,
    SecondFactorBuilder, Summary, Way,
};
pub use secret::Secret;
#[cfg(feature = "alloc")]
pub use sensitive::Sensitive;
pub use state::{State, StateParts, Status};
pub use steam::{Steam, SteamCode};
pub use store::{AsyncStateStore, Revision, StateStore, Stored, Swap, Unavailable};
#[cfg(feature = "alloc")]
pub use store::{BoxFuture, DynStateStore};
pub use throttle::{Attempts, Throttle};
pub use totp::{MatchedStep, Totp};
#[cfg(feature = "alloc")]
pub use trusted_device::{
    DeviceId, DevicePolicy, DeviceToken, DeviceTrust, Trusted, TrustedDevice, TrustedDevices,
};
pub use verifier::Verifier;
#[cfg(feature = "alloc")]
pub use warning::Warning;
