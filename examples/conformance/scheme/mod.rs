//! The ops of signed messages: one pair for all schemes, which the case names.

mod form;
mod oauth1;
mod rfc9421;
mod secret;
mod sigv4;
#[cfg(test)]
mod tests;
mod twilio;
mod webhook;

use creance_sigv::UnixTime;
use creance_sigv::scheme::{Received, Rejection};
use serde_json::Value;

use self::secret::{Ring, Secret};
use crate::Op;
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(crate) const OPS: &[Op] = &[("scheme_sign", sign), ("scheme_verify", verify)];

/// How a family of schemes signs and verifies.
struct Family {
    sign: fn(&Case) -> Answer,
    /// Gives the place of the secret that matched.
    verify: fn(&Case, &Received<'_>, UnixTime) -> Result<usize, Failure>,
}

fn family(case: &Case) -> Result<Family, Failure> {
    match case.text("scheme")? {
        name if webhook::template(name).is_some() => Ok(webhook::FAMILY),
        "twilio" => Ok(twilio::FAMILY),
        "oauth1" => Ok(oauth1::FAMILY),
        "sigv4" | "sigv4-presigned" => Ok(sigv4::FAMILY),
        "rfc9421" => Ok(rfc9421::FAMILY),
        _ => Err(Failure::Unsupported),
    }
}

fn sign(case: &Case) -> Answer {
    (family(case)?.sign)(case)
}

fn verify(case: &Case) -> Answer {
    let (family, now) = (family(case)?, case.time("now")?);
    let (headers, body) = (case.pairs("headers")?, case.bytes("body")?.unwrap_or_default());
    let method = case.optional_text("method")?.unwrap_or("");
    let url = case.optional_text("url")?.unwrap_or("");
    let index = (family.verify)(case, &Received::new(method, url, &headers, &body), now)?;
    Ok(object([("ok", true.into()), ("index", index.into())]))
}

/// Headers or parameters as they go out: a list of pairs.
fn pairs<N: Into<Value>, V: Into<Value>>(pairs: impl IntoIterator<Item = (N, V)>) -> Value {
    pairs.into_iter().map(|(name, value)| Value::Array(vec![name.into(), value.into()])).collect()
}

/// A verification that refused.
fn refused(rejection: impl Into<Rejection>) -> Failure {
    let rejection = rejection.into();
    Failure::Refused { code: rejection.code(), status: Some(rejection.status()), www: None }
}
