//! The guides in `docs/guides`, whose snippets are tests. There is nothing else in this library.

#![forbid(unsafe_code)]

#[cfg(doctest)]
#[doc = include_str!("../docs/guides/from-totp-rs.md")]
pub mod from_totp_rs {}

#[cfg(doctest)]
#[doc = include_str!("../docs/guides/from-pyotp.md")]
pub mod from_pyotp {}
