//! What is answered: to a refused peer the status, and no reason.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Response, StatusCode};
use creance_sigv::keyring::{KeySet, KeyUse};
use creance_sigv::scheme::Rejection;
use creance_sigv::webhook::{Form, HubChallenge, zoom_validation};
use creance_sigv::{Encoding, Error, UnixTime};
use serde_json::{Value, json};

use crate::providers::Provider;
use crate::receiver::Outcome;
use crate::settings::Questions;

fn text(status: StatusCode, text: impl Into<String>) -> Response<Body> {
    answer(status, "text/plain; charset=utf-8", text.into())
}

fn answer(status: StatusCode, kind: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(X_CONTENT_TYPE_OPTIONS, "nosniff".parse().expect("a header"));
    response
}

/// To an authentic message. A provider that hears of a success does not try again.
pub(crate) fn accepted(outcome: &Outcome) -> Response<Body> {
    match outcome {
        Outcome::Handled => text(StatusCode::OK, "handled"),
        Outcome::Again => text(StatusCode::OK, "handled before"),
        Outcome::Answered(answered) => {
            answer(StatusCode::OK, "application/json", answered.to_string())
        }
    }
}

/// Zoom's validation of the endpoint, which is a message as any other: it was verified before, under
/// `key`, and that is the one that Zoom knows.
pub(crate) fn zoom(
    body: &[u8],
    key: KeyUse<'_>,
    keys: &impl KeySet,
    now: UnixTime,
) -> Option<Result<Value, Rejection>> {
    let message: Value = serde_json::from_slice(body).ok()?;
    if message["event"] != "endpoint.url_validation" {
        return None;
    }
    let plain = message["payload"]["plainToken"].as_str()?;
    Some(zoom_validation(plain, key, keys, now).map(|tag| {
        let mut encrypted = String::new();
        tag.write(Encoding::Hex, &mut encrypted).expect("a string takes everything");
        json!({ "plainToken": plain, "encryptedToken": encrypted })
    }))
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
pub(crate) fn challenge(provider: &Provider, questions: &Questions, query: &str) -> Response<Body> {
    let now = UnixTime::now();
    let not_meant = Rejection::from(Error::Mismatch);
    let answered = match provider.name {
        "meta" => HubChallenge::parse(query).and_then(|challenge| {
            let token = questions.verify_token.as_deref().ok_or(not_meant)?;
            challenge.answer_to_token(token).map(str::to_owned)
        }),
        "websub" => HubChallenge::parse(query).and_then(|challenge| {
            let topic = questions.topic.as_deref().ok_or(not_meant)?;
            challenge.answer_to_topic("subscribe", topic).map(str::to_owned)
        }),
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
