//! A server's time, told to a client whose clock is off.

use creance_hawk::Challenge;

use super::base64;
use crate::answer::{Answer, Failure, number, object};
use crate::case::Case;

pub(super) fn tsm(case: &Case) -> Answer {
    let challenge = Challenge::sign(&case.key()?, case.time("ts")?).map_err(Failure::message)?;
    Ok(object([("tsm", base64(challenge.tsm())?)]))
}

pub(super) fn verify_challenge(case: &Case) -> Answer {
    let (header, key) = (case.text("header")?, case.key()?);
    let time = Challenge::parse(header)
        .and_then(|challenge| challenge.verify(&key))
        .map_err(|error| Failure::refused_by_client(&error))?;
    let ts = time.map(|time| number(time.ts().as_secs()));
    Ok(object([("ok", true.into()), ("ts", ts.into())]))
}
