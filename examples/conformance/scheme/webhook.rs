//! Webhooks whose scheme is a template.

use creance_sigv::scheme::Received;
use creance_sigv::webhook::{self, Outgoing, Template};
use creance_sigv::{Algorithm, Error, Key, UnixTime};

use super::{Family, Ring, Secret, pairs, refused};
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(super) const FAMILY: Family = Family { sign, verify };

pub(super) fn template(name: &str) -> Option<Template<'static>> {
    Some(match name {
        "standard" => webhook::STANDARD,
        "svix" => webhook::SVIX,
        "github" => webhook::GITHUB,
        "websub" => webhook::WEBSUB,
        "stripe" => webhook::STRIPE,
        "slack" => webhook::SLACK,
        "zoom" => webhook::ZOOM,
        "shopify" => webhook::SHOPIFY,
        "square" => webhook::SQUARE,
        "line" => webhook::LINE,
        "dropbox" => webhook::DROPBOX,
        "linear" => webhook::LINEAR,
        "pagerduty" => webhook::PAGERDUTY,
        "paddle" => webhook::PADDLE,
        _ => return None,
    })
}

fn of(case: &Case) -> Result<Template<'static>, Failure> {
    template(case.text("scheme")?).ok_or(Failure::Unsupported)
}

/// `WebSub` names the algorithm in each message: the case says which one, or any will do.
fn algorithms(case: &Case) -> Result<&'static [Algorithm], Failure> {
    const ALL: &[Algorithm] =
        &[Algorithm::Sha256, Algorithm::Sha1, Algorithm::Sha384, Algorithm::Sha512];
    let default = if case.text("scheme")? == "websub" { ALL } else { &ALL[..1] };
    let Some(name) = case.optional_text("algorithm")? else { return Ok(default) };
    let algorithm: Algorithm = name.parse().map_err(Failure::message)?;
    Ok(ALL.iter().position(|one| *one == algorithm).map_or(default, |at| &ALL[at..=at]))
}

fn key(template: &Template<'_>, algorithm: Algorithm, secret: &Secret) -> Result<Key, Error> {
    match secret {
        Secret::Text(text) if algorithm == Algorithm::Sha256 => template.allow_weak_key(text),
        secret => Key::allow_weak(algorithm, secret.bytes()),
    }
}

fn sign(case: &Case) -> Answer {
    let (template, body) = (of(case)?, case.bytes("body")?.unwrap_or_default());
    let mut outgoing = Outgoing::new(&body)
        .with_method(case.optional_text("method")?.unwrap_or(""))
        .with_url(case.optional_text("url")?.unwrap_or(""));
    if let Some(id) = case.optional_text("id")? {
        outgoing = outgoing.with_id(id);
    }
    let algorithm = algorithms(case)?[0];
    let key = key(&template, algorithm, &Secret::of(case)?).map_err(Failure::message)?;
    let signed = template.sign(&outgoing, &key, case.time("now")?).map_err(Failure::message)?;
    Ok(object([("headers", pairs(signed.to_headers()))]))
}

fn verify(case: &Case, received: &Received<'_>, now: UnixTime) -> Result<usize, Failure> {
    let template = of(case)?;
    let mut ring = Ring::new();
    for (index, secret) in Secret::all_of(case)?.iter().enumerate() {
        for algorithm in algorithms(case)? {
            ring.add(index, algorithm.name(), key(&template, *algorithm, secret))?;
        }
    }
    let verified = template.verify(received, ring.keys(), now).map_err(refused)?;
    Ring::<Key>::place(verified.dangerous_accept_replays().key().id())
}
