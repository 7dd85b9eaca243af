//! HTTP message signatures of requests.

use creance_sigv::content_digest::DigestAlgorithm;
use creance_sigv::http_signature::{Message, Policy, Signer};
use creance_sigv::keyring::{GrowingKeyring, KeyEntry};
use creance_sigv::scheme::Received;
use creance_sigv::{Algorithm, Key, UnixTime, Window};

use super::{Family, pairs, refused};
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(super) const FAMILY: Family = Family { sign, verify };

const DIGEST: &str = "content-digest";

fn key(secret: &Case) -> Result<Key, Failure> {
    let bytes = secret.bytes("key")?.ok_or_else(|| Failure::message("a secret has no key"))?;
    Key::allow_weak(Algorithm::Sha256, &bytes).map_err(refused)
}

fn signer<'c>(case: &'c Case, secret: &'c Case, created: UnixTime) -> Result<Signer<'c>, Failure> {
    let components = case.texts("components")?;
    let mut signer = match &components {
        Some(components) => Signer::new(components.iter().copied()).map_err(Failure::message)?,
        None => Signer::for_requests(),
    };
    let headers = case.pairs("headers")?;
    let has_digest = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(DIGEST));
    if components.is_some_and(|components| components.contains(&DIGEST)) && !has_digest {
        signer = signer.with_digest(DigestAlgorithm::Sha256);
    }
    for (field, with) in [
        ("label", Signer::with_label as fn(Signer<'c>, &'c str) -> Signer<'c>),
        ("nonce", Signer::with_nonce),
        ("tag", Signer::with_tag),
    ] {
        if let Some(text) = case.optional_text(field)? {
            signer = with(signer, text);
        }
    }
    if let Some(id) = secret.optional_text("keyid")? {
        signer = signer.with_key_id(id);
    }
    if case.value("expires").is_some() {
        signer = signer.with_expiry(case.time("expires")?.seconds_since(created));
    }
    Ok(if case.flag("alg")? { signer.naming_algorithm() } else { signer })
}

fn sign(case: &Case) -> Answer {
    let (headers, body) = (case.pairs("headers")?, case.bytes("body")?.unwrap_or_default());
    let secret = case.case("secret")?;
    let created = case.time(if case.value("created").is_some() { "created" } else { "now" })?;
    let request = Message::request(case.text("method")?, case.text("url")?, &headers, &body);
    let by = signer(case, &secret, created)?;
    let signed = by.sign(request, &key(&secret)?, created).map_err(Failure::message)?;
    Ok(object([("headers", pairs(signed.to_headers()))]))
}

/// What has to be covered is what the case lists, of the body too.
fn policy(case: &Case) -> Result<Policy, Failure> {
    let skew = case.optional_number("skew")?.unwrap_or(300);
    let window = Window::new(skew, skew);
    let mut policy = match case.texts("components")? {
        Some(components) => {
            let policy = Policy::new(window, components.iter().copied()).map_err(refused)?;
            if components.contains(&DIGEST) { policy } else { policy.without_body() }
        }
        None => Policy::for_requests(window),
    };
    if let Some(label) = case.optional_text("label")? {
        policy = policy.with_label(label);
    }
    if let Some(tag) = case.optional_text("tag")? {
        policy = policy.with_tag(tag);
    }
    Ok(policy)
}

fn verify(case: &Case, received: &Received<'_>, now: UnixTime) -> Result<usize, Failure> {
    let (mut policy, mut ring) = (policy(case)?, GrowingKeyring::new());
    let secrets = case.cases("secrets")?;
    let mut ids = Vec::new();
    for secret in &secrets {
        let id = secret.optional_text("keyid")?;
        if id.is_none() {
            policy = policy.allowing_no_key_id();
        }
        let id = id.map_or_else(|| format!("none-{}", ids.len()), str::to_owned);
        ring.insert(KeyEntry::new(&id, key(secret)?).map_err(refused)?).map_err(refused)?;
        ids.push(id);
    }
    let verified = policy.verify(received, &ring, now).map_err(refused)?;
    let used = verified.key().id();
    ids.iter().position(|id| id == used).ok_or_else(|| Failure::message("no such key"))
}
