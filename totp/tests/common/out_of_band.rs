//! What the tests of out-of-band codes share.

use creance_totp::{
    Algorithm, Error, Key, OutOfBand, OutOfBandPolicy, OutOfBandRequest, OutOfBandState, UnixTime,
};

use super::code;

pub(crate) const T: u64 = 1_700_000_000;

pub(crate) fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(T + secs)
}

pub(crate) fn key(byte: u8) -> Key {
    Key::new(Algorithm::Sha256, &[byte; 32]).expect("long enough")
}

pub(crate) fn codes(policy: OutOfBandPolicy) -> OutOfBand {
    OutOfBand::new(key(7), policy).expect("a key of SHA-256")
}

pub(crate) fn default() -> OutOfBand {
    codes(OutOfBandPolicy::default())
}

pub(crate) fn request<'a>(user: &'a str, id: &'a str) -> OutOfBandRequest<'a> {
    OutOfBandRequest::new(user, id).expect("ids")
}

pub(crate) fn login() -> OutOfBandRequest<'static> {
    request("alice", "login")
}

pub(crate) fn issued(
    codes: &OutOfBand,
    state: &mut OutOfBandState,
    text: &str,
    secs: u64,
) -> Option<Error> {
    issued_for(codes, state, &login(), text, secs)
}

pub(crate) fn issued_for(
    codes: &OutOfBand,
    state: &mut OutOfBandState,
    request: &OutOfBandRequest<'_>,
    text: &str,
    secs: u64,
) -> Option<Error> {
    match codes.issue(state, request, &code(text), at(secs)) {
        Ok(issued) => {
            *state = *issued.state();
            None
        }
        Err(refusal) => Some(refusal),
    }
}

/// As the driver does it, without a store.
pub(crate) fn tried_for(
    codes: &OutOfBand,
    state: &mut OutOfBandState,
    request: &OutOfBandRequest<'_>,
    text: &str,
    now: UnixTime,
) -> Result<(), Error> {
    let reserved = match codes.reserve(state, &codes.attempt(request, &code(text)), now) {
        Ok(reserved) => reserved,
        Err(refusal) => {
            *state = state.at(now);
            return Err(refusal);
        }
    };
    *state = *reserved.state();
    *state = *reserved.verify(state)?.state();
    Ok(())
}

pub(crate) fn tried(
    codes: &OutOfBand,
    state: &mut OutOfBandState,
    text: &str,
    secs: u64,
) -> Result<(), Error> {
    tried_for(codes, state, &login(), text, at(secs))
}
