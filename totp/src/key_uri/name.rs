//! The names in a key URI: who issues the codes, and whose they are.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::KeyUri;
use crate::Error;
use crate::disguise::is_disguise;

/// An issuer's name without the spaces around it, if it can be one.
pub(super) fn issuer(name: &str) -> Result<String, Error> {
    checked(name, KeyUri::MAX_ISSUER).ok_or(Error::Issuer)
}

/// An account's name without the spaces around it, if it can be one.
pub(super) fn account(name: &str) -> Result<String, Error> {
    checked(name, KeyUri::MAX_ACCOUNT).ok_or(Error::Account)
}

/// A colon would move the border between issuer and account, wherever it is decoded.
fn checked(name: &str, maximum: usize) -> Option<String> {
    let name = name.trim();
    let is_wrong = |c: char| c == ':' || is_disguise(c);
    let is_right = (1..=maximum).contains(&name.len()) && !name.contains(is_wrong);
    is_right.then(|| name.to_owned())
}
