//! What is answered where.

mod account;
mod change;
mod enrolment;
mod recovery_file;
mod sign_in;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, Router, get, post};
use time::Duration;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::app::Shared;
use crate::guard::guard;
use crate::pages::change::Change;
use crate::pages::problem;
use crate::sessions::Sessions;

/// The longest form that is read, in bytes. The longest one of ours brings 32 recovery codes.
const MAX_FORM: usize = 8 * 1024;

/// Minutes that a session lasts in which nobody has signed in.
const GUEST_LIFE: Duration = Duration::minutes(30);

/// The whole service.
pub(crate) fn router(app: Shared, sessions: Sessions) -> Router {
    let cookies = SessionManagerLayer::new(sessions)
        .with_name(app.origin.cookie_name("session"))
        .with_secure(app.origin.is_secure())
        .with_http_only(true)
        // With `Strict`, who follows a link to us from a mail would seem not to be signed in, and
        // get another session in the place of theirs. Nothing changes by a GET here.
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(GUEST_LIFE));
    Router::new()
        .route("/", get(|| async { Redirect::to("/account") }))
        .route("/sign-in", get(sign_in::page).post(sign_in::password))
        .route("/sign-in/code", get(sign_in::code_page).post(sign_in::code))
        .route("/sign-in/recovery", get(sign_in::recovery_page).post(sign_in::recovery))
        .route("/sign-out", post(sign_in::out))
        .route("/account", get(account::page))
        .route("/devices/forget", post(account::forget))
        .route("/devices/forget-all", post(account::forget_all))
        .route("/enrol", get(enrolment::page).post(enrolment::begin))
        .route("/enrol/confirm", get(enrolment::confirm_page).post(enrolment::confirm))
        .route("/enrol/cancel", post(enrolment::cancel))
        .route(Change::Replace.path(), get(change::replace_page).post(change::replace))
        .route(Change::Renew.path(), get(change::renew_page).post(change::renew))
        .route(Change::TurnOff.path(), get(change::turn_off_page).post(change::turn_off))
        .route("/recovery-codes/file", post(recovery_file::file))
        .layer(cookies)
        .route("/style.css", file("text/css; charset=utf-8", include_str!("../style.css")))
        .route("/icon.svg", file("image/svg+xml", include_str!("../icon.svg")))
        .fallback(|| async { (StatusCode::NOT_FOUND, problem::missing()) })
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard))
        .with_state(app)
}

/// What is the same for everybody, and so may be kept.
fn file(content_type: &'static str, content: &'static str) -> MethodRouter<Shared> {
    let headers =
        [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "public, max-age=3600")];
    get(move || async move { (headers, content).into_response() as Response })
}
