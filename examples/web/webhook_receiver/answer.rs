//! What is answered: to a refused peer the status, and no reason.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Response, StatusCode};
use creance_sigv::scheme::Rejection;
use creance_sigv::webhook::{Form, HubChallenge, zoom_validation};
use creance_sigv::{Encoding, UnixTime};
use serde_json::{Value, json};

use crate::providers::Provider;
use crate::receiver::{Outcome, Receiver};

/// What Meta is told in its app's settings, and what `WebSub` is subscribed to.
const VERIFY_TOKEN: &str = "meatyhamhock";
const TOPIC: &str = "https://example.com/feed";

fn text(status: StatusCode, text: impl Into<String>) -> Response<Body> {
    let mut response = Response::new(Body::from(text.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, "text/plain; charset=utf-8".parse().expect("a header"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, "nosniff".parse().expect("a header"));
    response
}

/// To an authentic message. A provider that hears of a success does not try again.
pub(crate) fn accepted(
    provider: &Provider,
    receiver: &Receiver,
    outcome: &Outcome,
    now: UnixTime,
) -> Response<Body> {
    let Outcome::Handled(shown) = outcome else {
        return text(StatusCode::OK, "handled before");
    };
    let answer = (provider.name == "zoom").then(|| zoom(provider, receiver, shown, now)).flatten();
    answer.unwrap_or_else(|| text(StatusCode::OK, "handled"))
}

/// Zoom's validation of the endpoint, which is a message as any other: it was verified before.
fn zoom(
    provider: &Provider,
    receiver: &Receiver,
    body: &[u8],
    now: UnixTime,
) -> Option<Response<Body>> {
    let message: Value = serde_json::from_slice(body).ok()?;
    if message["event"] != "endpoint.url_validation" {
        return None;
    }
    let plain = message["payload"]["plainToken"].as_str()?;
    Some(match zoom_validation(plain, &*receiver.keys(provider).now(), now) {
        Ok(tag) => {
            let mut encrypted = String::new();
            tag.write(Encoding::Hex, &mut encrypted).expect("a string takes everything");
            let answer = json!({ "plainToken": plain, "encryptedToken": encrypted });
            text(StatusCode::OK, answer.to_string())
        }
        Err(rejection) => refused(&rejection, now),
    })
}

/// To a message that was refused.
pub(crate) fn refused(rejection: &Rejection, now: UnixTime) -> Response<Body> {
    let status = StatusCode::from_u16(rejection.status());
    let mut response =
        text(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), rejection.to_string());
    let headers = response.headers_mut();
    if let Some(seconds) = rejection.retry_after(now) {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if rejection.status() == 401 {
        headers.insert(WWW_AUTHENTICATE, "Webhook".parse().expect("a header"));
    }
    response
}

/// The question of a hub whether it is meant.
pub(crate) fn challenge(provider: &Provider, query: &str) -> Response<Body> {
    let now = UnixTime::now();
    let answered = match provider.name {
        "meta" => HubChallenge::parse(query)
            .and_then(|challenge| challenge.answer_to_token(VERIFY_TOKEN).map(str::to_owned)),
        "websub" => HubChallenge::parse(query)
            .and_then(|challenge| challenge.answer_to_topic("subscribe", TOPIC).map(str::to_owned)),
        // Dropbox wants its question back and nothing else.
        _ => Form::parse(query.as_bytes())
            .map_err(Rejection::from)
            .map(|form| form.text("challenge").ok().flatten().unwrap_or_default().to_owned()),
    };
    match answered {
        Ok(answer) => text(StatusCode::OK, answer),
        Err(rejection) => refused(&rejection, now),
    }
}
