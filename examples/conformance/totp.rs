//! The ops of one-time passwords.

use creance_totp::{
    Code, Digits, Hotp, Ocra, OcraInput, OcraPin, OcraSuite, Secret, Steam, Totp, UnixTime,
};

use crate::Op;
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(crate) const OPS: &[Op] = &[("hotp", hotp), ("totp", totp), ("steam", steam), ("ocra", ocra)];

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

fn steam(case: &Case) -> Answer {
    let steam = Steam::new(&secret(case, "secret_hex")?).map_err(Failure::message)?;
    let time = UnixTime::from_secs(case.number("time")?);
    Ok(object([("code", steam.generate(time).expose().into())]))
}

/// What the suite does not ask for is not passed on: a case may state more than it needs.
fn ocra(case: &Case) -> Answer {
    let suite = OcraSuite::parse(case.text("suite")?).map_err(Failure::message)?;
    let ocra = Ocra::new(suite, &secret(case, "key_hex")?).map_err(Failure::message)?;
    let mut input = questions(case.text("question")?, suite);
    if suite.has_counter() {
        input = input.with_counter(case.number("counter")?);
    }
    let pin = match suite.pin() {
        Some(algorithm) => Some(OcraPin::new(algorithm, case.text("pin")?.as_bytes())),
        None => None,
    };
    if let Some(pin) = &pin {
        input = input.with_pin(pin);
    }
    if suite.session_len().is_some() {
        input = input.with_session(case.text("session")?.as_bytes());
    }
    if suite.period().is_some() {
        input = input.with_time_step(case.number("time_steps")?);
    }
    let response = ocra.respond(&input).map_err(Failure::message)?;
    Ok(object([("response", response.expose().into())]))
}

/// One text longer than the suite's challenges is two of them, one behind the other.
fn questions(text: &str, suite: OcraSuite) -> OcraInput<'_> {
    let (_, max) = suite.challenge();
    let halves = text.split_at_checked(text.len() / 2).filter(|_| text.len() > usize::from(max));
    halves.map_or(OcraInput::new(text), |(first, second)| OcraInput::mutual(first, second))
}

fn secret(case: &Case, name: &str) -> Result<Secret, Failure> {
    Secret::allow_weak_bytes(&case.hex(name)?).map_err(Failure::message)
}

pub(crate) fn digits(case: &Case) -> Result<Digits, Failure> {
    let digits = u8::try_from(case.number("digits")?).unwrap_or(u8::MAX);
    Digits::new(digits).map_err(Failure::message)
}

fn answer(code: &Code) -> serde_json::Map<String, serde_json::Value> {
    object([("code", code.expose().into())])
}
