#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod code;
mod digits;
mod error;
mod hotp;
mod search;
mod totp;
mod truncate;

pub use code::Code;
pub use creance_sigv::{Algorithm, Fault, Key, KeyBytes, UnixTime, rand};
pub use digits::Digits;
pub use error::Error;
pub use hotp::{Hotp, MatchedCounter};
pub use totp::{MatchedStep, Totp};
