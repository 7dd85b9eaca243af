//! AWS Signature Version 4, in a header and in the URL.

use creance_sigv::UnixTime;
use creance_sigv::keyring::{GrowingKeyring, KeyEntry};
use creance_sigv::scheme::{Received, Url};
use creance_sigv::sigv4::{
    Credentials, MAX_EXPIRES, Outgoing, Payload, SecretKey, Service, Signer, Verifier,
};

use super::{Family, pairs, refused};
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(super) const FAMILY: Family = Family { sign, verify };

/// S3's rules go by its name.
fn service(case: &Case) -> Result<Service<'_>, Failure> {
    let name = case.text("service")?;
    Ok(if name == Service::S3.name() { Service::S3 } else { Service::new(name) })
}

fn is_presigned(case: &Case) -> Result<bool, Failure> {
    Ok(case.text("scheme")? == "sigv4-presigned")
}

fn secret_key(secret: &Case) -> Result<SecretKey, Failure> {
    let key = SecretKey::allow_weak(secret.text("secret_access_key")?).map_err(refused)?;
    Ok(match token(secret)? {
        Some(token) => key.with_session_token(token),
        None => key,
    })
}

fn token(secret: &Case) -> Result<Option<&str>, Failure> {
    Ok(secret.optional_text("token")?.filter(|token| !token.is_empty()))
}

fn sign(case: &Case) -> Answer {
    let (secret, now, service) = (case.case("secret")?, case.time("now")?, service(case)?);
    let (key, body) = (secret_key(&secret)?, case.bytes("body")?.unwrap_or_default());
    let id = secret.text("access_key_id")?;
    let mut credentials = Credentials::new(id, &key).map_err(Failure::message)?;
    if let Some(token) = token(&secret)? {
        credentials = credentials.with_session_token(token);
    }
    let by = Signer::new(credentials, case.text("region")?, service).map_err(Failure::message)?;
    // Of a presigned URL of S3 the body is not known when it is signed.
    let unsigned = case.flag("unsigned")? || is_presigned(case)? && service == Service::S3;
    let payload = if unsigned { Payload::Unsigned } else { Payload::Body(&body) };
    let headers = case.pairs("headers")?;
    let outgoing =
        Outgoing::new(case.text("method")?, case.text("url")?, payload).with_headers(&headers);
    if is_presigned(case)? {
        let expires = case.optional_number("expires")?.unwrap_or(3600);
        let expires = u32::try_from(expires).map_err(Failure::message)?;
        let signed = by.presign(&outgoing, expires, now).map_err(Failure::message)?;
        return Ok(object([("url", signed.to_url().map_err(Failure::message)?.into())]));
    }
    let signed = by.sign(&outgoing, now).map_err(Failure::message)?;
    Ok(object([("headers", pairs(signed.to_headers()))]))
}

fn verify(case: &Case, received: &Received<'_>, now: UnixTime) -> Result<usize, Failure> {
    let (service, secrets) = (service(case)?, case.cases("secrets")?);
    let mut ring = GrowingKeyring::new();
    for secret in &secrets {
        let entry = KeyEntry::new(secret.text("access_key_id")?, secret_key(secret)?);
        entry.and_then(|entry| ring.insert(entry)).map_err(refused)?;
    }
    let mut demands = Verifier::new(case.text("region")?, service).map_err(refused)?;
    if is_presigned(case)? {
        demands = demands.with_presigned(MAX_EXPIRES);
    }
    if case.flag("unsigned")? || is_presigned(case)? && service == Service::S3 {
        demands = demands.allow_unsigned_payload();
    }
    let (mut headers, body) = (case.pairs("headers")?, case.bytes("body")?.unwrap_or_default());
    let host = host(received.url());
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        headers.push(("Host", &host));
    }
    let received = Received::new(received.method(), received.url(), &headers, &body);
    let verified = demands.verify(&received, &ring, now).map_err(refused)?;
    let used = verified.dangerous_accept_replays();
    let is_it = |secret: &Case| secret.text("access_key_id").is_ok_and(|id| id == used.key().id());
    secrets.iter().position(is_it).ok_or_else(|| Failure::message("no such key"))
}

/// The header that every client sends; a case may leave it to the URL.
fn host(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return String::new() };
    match url.explicit_port() {
        Some(port) => format!("{}:{port}", url.host()),
        None => url.host().to_owned(),
    }
}
