//! Twilio: forms, or other bodies where the URL has `bodySHA256`. `params` are a form.

use creance_sigv::scheme::Received;
use creance_sigv::webhook::{Outgoing, Twilio};
use creance_sigv::{Algorithm, Error, Key, UnixTime};

use super::{Family, Ring, Secret, form, pairs, refused};
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(super) const FAMILY: Family = Family { sign, verify };

fn kind(url: &str) -> Twilio {
    if url.contains("bodySHA256=") { Twilio::digests() } else { Twilio::forms() }
}

fn key(twilio: Twilio, secret: &Secret) -> Result<Key, Error> {
    match secret {
        Secret::Text(text) => twilio.allow_weak_key(text),
        Secret::Bytes(bytes) => Key::allow_weak(Algorithm::Sha1, bytes),
    }
}

fn body(case: &Case) -> Result<Vec<u8>, Failure> {
    let params = case.pairs("params")?;
    if params.is_empty() {
        return Ok(case.bytes("body")?.unwrap_or_default());
    }
    Ok(form::encode(&params).into_bytes())
}

fn sign(case: &Case) -> Answer {
    let (url, body) = (case.text("url")?, body(case)?);
    let twilio = kind(url);
    let key = key(twilio, &Secret::of(case)?).map_err(Failure::message)?;
    let outgoing =
        Outgoing::new(&body).with_method(case.optional_text("method")?.unwrap_or("")).with_url(url);
    let signed = twilio.sign(&outgoing, &key, case.time("now")?).map_err(Failure::message)?;
    Ok(object([("headers", pairs(signed.to_headers()))]))
}

fn verify(case: &Case, received: &Received<'_>, now: UnixTime) -> Result<usize, Failure> {
    let (twilio, mut ring) = (kind(received.url()), Ring::new());
    for (index, secret) in Secret::all_of(case)?.iter().enumerate() {
        ring.add(index, "sha1", key(twilio, secret))?;
    }
    let body = body(case)?;
    let received = Received::new(received.method(), received.url(), received.headers(), &body);
    let verified = twilio.verify(&received, ring.keys(), now).map_err(refused)?;
    Ring::<Key>::place(verified.dangerous_accept_replays().key().id())
}
