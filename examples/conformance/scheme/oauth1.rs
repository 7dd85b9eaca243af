//! OAuth 1.0a. `params` are parameters beside those of the URL and of a form in the body.

use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, Server};
use creance_sigv::scheme::{Received, Url};
use creance_sigv::{Algorithm, Error, UnixTime, Window};
use serde_json::Value;

use super::form::{self, is_form};
use super::{Family, Ring, pairs, refused};
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(super) const FAMILY: Family = Family { sign, verify };

/// The signature method of the case, or any for one who verifies.
fn algorithms(case: &Case) -> Result<&'static [Algorithm], Failure> {
    match case.optional_text("signature_method")? {
        None => Ok(&[Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]),
        Some("HMAC-SHA1") => Ok(&[Algorithm::Sha1]),
        Some("HMAC-SHA256") => Ok(&[Algorithm::Sha256]),
        Some("HMAC-SHA512") => Ok(&[Algorithm::Sha512]),
        Some(_) => Err(Failure::message(Error::OtherAlgorithm)),
    }
}

fn key(algorithm: Algorithm, secret: &Case) -> Result<RequestKey, Failure> {
    let credentials = |name, secret_name| {
        Credentials::new(secret.text(name)?, secret.text(secret_name)?).map_err(refused)
    };
    let client = credentials("consumer_key", "consumer_secret")?;
    let token = match secret.optional_text("token")? {
        None | Some("") => None,
        Some(_) => Some(credentials("token", "token_secret")?),
    };
    RequestKey::allow_weak(algorithm, &client, token.as_ref()).map_err(refused)
}

/// The URL with the case's parameters in its query: where they stand is not signed.
fn url(case: &Case) -> Result<String, Failure> {
    let (mut url, params) = (case.text("url")?.to_owned(), case.pairs("params")?);
    if !params.is_empty() {
        let has_query = Url::parse(&url).is_ok_and(|url| url.query().is_some());
        url.push(if has_query { '&' } else { '?' });
        url.push_str(&form::encode(&params));
    }
    Ok(url)
}

fn sign(case: &Case) -> Answer {
    let (url, body) = (url(case)?, case.bytes("body")?.unwrap_or_default());
    let mut outgoing = Outgoing::new(case.text("method")?, &url)
        .with_nonce(case.optional_text("nonce")?.unwrap_or(""));
    if case.flag("version")? {
        outgoing = outgoing.with_version();
    }
    if let Some(realm) = case.optional_text("realm")? {
        outgoing = outgoing.with_realm(realm);
    }
    if is_form(&case.pairs("headers")?) {
        outgoing = outgoing.with_form(str::from_utf8(&body).map_err(Failure::message)?);
    } else if case.flag("bodyHash")? {
        outgoing = outgoing.with_body(&body);
    }
    let key = key(algorithms(case)?[0], &case.case("secret")?)?;
    let signed = outgoing.sign(&key, case.time("now")?).map_err(Failure::message)?;
    let place = case.optional_text("place")?;
    let form = || signed.form().map(Value::from).map_err(Failure::message);
    Ok(object([
        ("headers", pairs([("Authorization", signed.authorization())])),
        ("url", if place == Some("query") { signed.url().into() } else { Value::Null }),
        ("form", if place == Some("form") { form()? } else { Value::Null }),
    ]))
}

fn verify(case: &Case, received: &Received<'_>, now: UnixTime) -> Result<usize, Failure> {
    let mut ring = Ring::new();
    for (index, secret) in case.cases("secrets")?.iter().enumerate() {
        for algorithm in algorithms(case)? {
            ring.add(index, algorithm.name(), Ok(key(*algorithm, secret)?))?;
        }
    }
    let mut server = Server::new();
    if let Some(skew) = case.optional_number("skew")? {
        server = server.with_window(Window::new(skew, skew));
    }
    let (url, headers) = (url(case)?, case.pairs("headers")?);
    let body = case.bytes("body")?.unwrap_or_default();
    let received = Received::new(received.method(), &url, &headers, &body);
    let verified = server.verify(&received, ring.keys(), now).map_err(refused)?;
    Ring::<RequestKey>::place(verified.dangerous_accept_replays().key().id())
}
