//! Signing in, in two steps, and out.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect};
use creance_totp::{DeviceToken, Passed, Rejection, Way, rand};
use serde::Deserialize;
use tower_cookies::Cookies;

use crate::answer::{Alert, Answer, Refusal};
use crate::app::{App, DEVICE_LIFE, Shared};
use crate::device;
use crate::pages;
use crate::posted::{Nothing, Posted};
use crate::visit::{Entry, Stage, Visitor, Who};

/// A name and a password.
#[derive(Deserialize)]
pub(super) struct Password {
    name: String,
    password: String,
}

/// A code of either kind.
#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
    trust: Option<String>,
}

/// `GET /sign-in`.
pub(super) async fn page(State(app): State<Shared>, visitor: Visitor) -> Answer {
    match visitor.stage() {
        Stage::Guest => Ok(pages::sign_in::password(&visitor, None).into_response()),
        Stage::Password(_) => Err(Refusal::Elsewhere("/sign-in/code")),
        Stage::Member(..) => visitor.member(&app).await.and(Err(Refusal::Elsewhere("/account"))),
    }
}

/// `POST /sign-in`.
pub(super) async fn password(
    State(app): State<Shared>,
    cookies: Cookies,
    Posted { mut visitor, fields }: Posted<Password>,
) -> Answer {
    let Password { name, password } = fields;
    let Some(user) = app.verify_password(name.clone(), password).await? else {
        let alert = Alert::password("The name or the password is wrong.");
        return Ok(alert.respond(pages::sign_in::password(&visitor, Some(&alert))));
    };
    let who = Who { name, id: user.id, epoch: user.epoch };
    let (id, token) = (who.id.clone(), device::token(&cookies, &app.origin));
    let stage = match app.work(move |app| app.entry(&id, token.as_ref())).await?? {
        Some(entry) => Stage::Member(who, entry),
        None => Stage::Password(who),
    };
    app.proofs.forget(visitor.token());
    visitor.advance(stage).await?;
    Ok(Redirect::to("/account").into_response())
}

impl App {
    /// How a user comes in by the password alone, and nobody who has a second factor does.
    fn entry(
        &self,
        id: &str,
        token: Option<&DeviceToken>,
    ) -> Result<Option<Entry>, creance_totp::Error> {
        let now = self.clock.now();
        if !self.factor.status(id, now)?.is_enrolled() {
            return Ok(Some(Entry::Password));
        }
        let trusted = token.map(|token| self.factor.verify_device(id, token, now));
        Ok(matches!(trusted, Some(Ok(_))).then_some(Entry::Device))
    }
}

/// `GET /sign-in/code`.
pub(super) async fn code_page(State(app): State<Shared>, visitor: Visitor) -> Answer {
    visitor.halfway(&app).await?;
    Ok(pages::sign_in::code(&visitor, false, None).into_response())
}

/// `GET /sign-in/recovery`.
pub(super) async fn recovery_page(State(app): State<Shared>, visitor: Visitor) -> Answer {
    visitor.halfway(&app).await?;
    Ok(pages::sign_in::code(&visitor, true, None).into_response())
}

/// `POST /sign-in/code`.
pub(super) async fn code(
    app: State<Shared>,
    cookies: Cookies,
    headers: HeaderMap,
    posted: Posted<Code>,
) -> Answer {
    verify(app, cookies, headers, posted, false).await
}

/// `POST /sign-in/recovery`.
pub(super) async fn recovery(
    app: State<Shared>,
    cookies: Cookies,
    headers: HeaderMap,
    posted: Posted<Code>,
) -> Answer {
    verify(app, cookies, headers, posted, true).await
}

/// Either page takes either kind of code.
async fn verify(
    State(app): State<Shared>,
    cookies: Cookies,
    headers: HeaderMap,
    Posted { mut visitor, fields }: Posted<Code>,
    with_recovery: bool,
) -> Answer {
    let mut who = visitor.halfway(&app).await?;
    let label = fields.trust.map(|_| device::label(headers.get(header::USER_AGENT)));
    let (id, now) = (who.id.clone(), app.clock.now());
    let looked = app.work(move |app| app.sign_in(&id, &fields.code, label.as_deref()));
    let (passed, token) = match looked.await? {
        Ok(passed) => passed,
        Err(rejection) => {
            let alert = Alert::code(rejection, now);
            let page = pages::sign_in::code(&visitor, with_recovery, Some(&alert));
            return Ok(alert.respond(page));
        }
    };
    if let Some(token) = token {
        device::keep(&cookies, &app.origin, &token, DEVICE_LIFE);
    }
    let entry = if passed.way() == Way::Recovery { Entry::Recovery } else { Entry::Code };
    if entry == Entry::Recovery {
        // Whoever has the phone may have come in before: they are out now.
        who.epoch = app.end_sessions(&who.name).await?;
    }
    visitor.advance(Stage::Member(who, entry)).await?;
    app.proofs.keep(visitor.token(), passed, now);
    Ok(Redirect::to("/account").into_response())
}

impl App {
    /// Verifies a code, and trusts the browser of this label if there is one.
    fn sign_in(
        &self,
        id: &str,
        code: &str,
        label: Option<&str>,
    ) -> Result<(Passed, Option<DeviceToken>), Rejection> {
        let now = self.clock.now();
        let passed = self.factor.verify_typed(id, code, now)?;
        let trust = |label| self.factor.trust_device(&passed, label, now, rand::rng());
        // The code is spent, so its owner is let in even if the browser cannot be trusted.
        let token = label.and_then(|label| trust(label).ok());
        Ok((passed, token))
    }
}

/// `POST /sign-out`.
pub(super) async fn out(
    State(app): State<Shared>,
    Posted { visitor, .. }: Posted<Nothing>,
) -> Answer {
    app.proofs.forget(visitor.token());
    visitor.end().await?;
    Ok(Redirect::to("/sign-in").into_response())
}
