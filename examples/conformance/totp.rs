//! The ops of one-time passwords.

use creance_totp::{Code, Digits, Hotp, Totp, UnixTime};

use crate::Op;
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(crate) const OPS: &[Op] = &[("hotp", hotp), ("totp", totp)];

fn hotp(case: &Case) -> Answer {
    let hotp = Hotp::new(case.hex_key("secret_hex")?, digits(case)?);
    Ok(answer(&hotp.generate(case.number("counter")?)))
}

/// Without `period` and `t0` those of the library count.
fn totp(case: &Case) -> Answer {
    let mut totp = Totp::new(case.hex_key("secret_hex")?, digits(case)?);
    if let Some(period) = case.optional_number("period")? {
        totp = totp.with_period(period).map_err(Failure::message)?;
    }
    if let Some(t0) = case.optional_number("t0")? {
        totp = totp.with_t0(UnixTime::from_secs(t0));
    }
    let time = UnixTime::from_secs(case.number("time")?);
    Ok(answer(&totp.generate(time).map_err(Failure::message)?))
}

pub(crate) fn digits(case: &Case) -> Result<Digits, Failure> {
    let digits = u8::try_from(case.number("digits")?).unwrap_or(u8::MAX);
    Digits::new(digits).map_err(Failure::message)
}

fn answer(code: &Code) -> serde_json::Map<String, serde_json::Value> {
    object([("code", code.expose().into())])
}
