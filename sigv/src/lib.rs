#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod algorithm;
mod batch;
mod bytes;
mod codec;
#[cfg(feature = "http-signature")]
pub mod content_digest;
pub mod ct;
mod encoding;
mod error;
mod hasher;
mod hkdf;
#[cfg(feature = "http-signature")]
pub mod http_signature;
mod key;
mod key_bytes;
pub mod keyring;
mod mac;
#[cfg(feature = "alloc")]
pub mod oauth1;
pub mod replay;
pub mod scheme;
pub mod sigv4;
mod state;
mod stream;
#[cfg(feature = "http-signature")]
mod structured;
mod tag;
mod time;
pub mod webhook;
mod wiped;

pub use algorithm::Algorithm;
pub use encoding::Encoding;
pub use error::{Error, Fault};
pub use hasher::Hasher;
pub use hkdf::Hkdf;
pub use key::Key;
pub use key_bytes::KeyBytes;
pub use mac::Mac;
pub use rand;
pub use tag::{ReceivedTag, Tag, TagText};
pub use time::{UnixTime, Window};
