//! Answers that are no page of their own.

use std::fmt::Display;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use creance_totp::{Error, Rejection, UnixTime};
use maud::Markup;

use crate::clock::words;
use crate::database::Failure;
use crate::log;
use crate::pages::problem;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Refusal>;

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is to be had somewhere else, or not yet.
    Elsewhere(&'static str),
    /// The form is not known to come from one of our pages.
    Forged,
    /// The form has not the fields of ours.
    Unreadable,
    /// A fault of ours. What it is has been told to the operator.
    Broken,
}

impl Refusal {
    /// A fault of ours, told to the operator here.
    pub(crate) fn broken(reason: impl Display) -> Self {
        log::line(reason);
        Self::Broken
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::broken(failure)
    }
}

impl From<creance_totp::Error> for Refusal {
    fn from(error: creance_totp::Error) -> Self {
        Self::broken(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, page) = match self {
            Self::Elsewhere(path) => return Redirect::to(path).into_response(),
            Self::Forged => (StatusCode::FORBIDDEN, problem::forged()),
            Self::Unreadable => (StatusCode::BAD_REQUEST, problem::unreadable()),
            Self::Broken => (StatusCode::SERVICE_UNAVAILABLE, problem::broken()),
        };
        (status, page).into_response()
    }
}

/// What a page says at its top when it comes back because something was not accepted.
#[derive(Debug)]
pub(crate) struct Alert {
    status: StatusCode,
    retry_after: Option<u64>,
    pub(crate) text: String,
}

impl Alert {
    /// The password, or the name, was not right.
    pub(crate) fn password(text: &str) -> Self {
        Self { status: StatusCode::FORBIDDEN, retry_after: None, text: text.to_owned() }
    }

    /// A code was not taken. Why exactly is for the operator, who has it from the events.
    pub(crate) fn code(rejection: Rejection, now: UnixTime) -> Self {
        let retry_after = rejection.retry_after(now);
        let text = match (rejection.status(), retry_after) {
            (400, _) => "This is not a code. Type the digits that your app shows.".to_owned(),
            (401, _) if rejection.error() == Error::Reauthenticate => {
                "Type a code to go on.".to_owned()
            }
            (401, _) => {
                "This code is not accepted. Each code works once: wait for the next one.".to_owned()
            }
            (429, Some(seconds)) => {
                format!("Too many attempts. The next one is possible in {}.", words(seconds))
            }
            (429, None) => "Too many attempts. No more of these codes are taken. Use a recovery \
                            code, or ask the service to reset your second factor."
                .to_owned(),
            _ => "Codes cannot be verified now. Try again in a moment.".to_owned(),
        };
        Self { status: status(rejection), retry_after, text }
    }

    /// The page, with the status that goes with what it says.
    pub(crate) fn respond(&self, page: Markup) -> Response {
        let mut response = (self.status, page).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A 401 has to name a scheme of HTTP authentication to try instead (RFC 9110, 15.5.2), and a form is
/// none: so it is a 403.
fn status(rejection: Rejection) -> StatusCode {
    match rejection.status() {
        401 => StatusCode::FORBIDDEN,
        status => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
