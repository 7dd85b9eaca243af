//! The first authenticator, and the confirmation of any.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use creance_totp::{Code, Confirmed, Error, Rejection, Summary, rand};
use serde::Deserialize;

use crate::answer::{Alert, Answer, Refusal};
use crate::app::{App, Shared};
use crate::pages;
use crate::posted::{Nothing, Posted};
use crate::visit::{Entry, Stage, Visitor, Who};

/// The password once more.
#[derive(Deserialize)]
pub(super) struct Password {
    password: String,
}

/// A code of the new app.
#[derive(Deserialize)]
pub(super) struct Confirmation {
    code: String,
}

/// `GET /enrol`.
pub(super) async fn page(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    if status(&app, &who).await?.is_enrolled() {
        return Err(Refusal::Elsewhere("/replace"));
    }
    Ok(pages::enrolment::begin(&visitor, &who, None).into_response())
}

/// `POST /enrol`: shows a new secret, on this one page.
pub(super) async fn begin(
    State(app): State<Shared>,
    Posted { visitor, fields }: Posted<Password>,
) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    if app.verify_password(who.name.clone(), fields.password).await?.is_none() {
        let alert = Alert::password("The password is wrong.");
        return Ok(alert.respond(pages::enrolment::begin(&visitor, &who, Some(&alert))));
    }
    let now = app.clock.now();
    let begun =
        app.work(move |app| app.factor.begin_enrolment(&who.id, &who.name, now, rand::rng()));
    match begun.await? {
        Ok(enrolment) => Ok(pages::enrolment::scan(&visitor, &enrolment)?.into_response()),
        Err(rejection) if rejection.error() == Error::AlreadyActive => {
            Err(Refusal::Elsewhere("/replace"))
        }
        Err(rejection) => Err(Refusal::from(rejection.error())),
    }
}

/// `GET /enrol/confirm`: when the page with the secret was left.
pub(super) async fn confirm_page(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    let summary = status(&app, &who).await?;
    if summary.pending_until().is_none() {
        return Err(Refusal::Elsewhere("/account"));
    }
    Ok(pages::enrolment::confirm(&visitor, summary.is_enrolled(), None).into_response())
}

/// `POST /enrol/confirm`: the second factor is in use from here on, and all other sessions end: they
/// were begun without it.
pub(super) async fn confirm(
    State(app): State<Shared>,
    Posted { mut visitor, fields }: Posted<Confirmation>,
) -> Answer {
    let (mut who, _) = visitor.member(&app).await?;
    let (id, now) = (who.id.clone(), app.clock.now());
    let looked = app.work(move |app| app.confirm(&id, &fields.code)).await?;
    let confirmed = match looked {
        Ok(confirmed) => confirmed,
        Err(rejection) => return not_confirmed(&app, &visitor, &who, rejection).await,
    };
    who.epoch = app.end_sessions(&who.name).await?;
    app.proofs.forget(visitor.token());
    visitor.advance(Stage::Member(who, Entry::Code)).await?;
    app.proofs.keep(visitor.token(), confirmed.passed().clone(), now);
    let codes = confirmed.recovery_codes();
    let title = "Your second factor is on";
    Ok(pages::recovery_codes::recovery_codes(&visitor, title, codes).into_response())
}

impl App {
    fn confirm(&self, id: &str, text: &str) -> Result<Confirmed, Rejection> {
        let code = Code::parse(text)?;
        self.factor.confirm_enrolment(id, &code, self.clock.now(), rand::rng())
    }
}

async fn not_confirmed(app: &Shared, visitor: &Visitor, who: &Who, rejection: Rejection) -> Answer {
    let is_replacement = status(app, who).await?.is_enrolled();
    let alert = Alert::code(rejection, app.clock.now());
    match rejection.error() {
        // Confirmed already, or cancelled: the form was sent twice, or stood in another window.
        Error::NotEnrolled => Err(Refusal::Elsewhere("/account")),
        Error::Expired | Error::Revoked => {
            let alert = Alert::password("This took too long, or was begun again elsewhere.");
            Ok(alert.respond(pages::enrolment::over(visitor, is_replacement, &alert)))
        }
        _ => {
            let page = pages::enrolment::confirm(visitor, is_replacement, Some(&alert));
            Ok(alert.respond(page))
        }
    }
}

/// `POST /enrol/cancel`.
pub(super) async fn cancel(
    State(app): State<Shared>,
    Posted { visitor, .. }: Posted<Nothing>,
) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    let now = app.clock.now();
    match app.work(move |app| app.factor.cancel_enrolment(&who.id, now)).await? {
        Err(rejection) if rejection.error() != Error::NotEnrolled => {
            Err(Refusal::from(rejection.error()))
        }
        _ => Ok(Redirect::to("/account").into_response()),
    }
}

async fn status(app: &Shared, who: &Who) -> Result<Summary, Refusal> {
    let (id, now) = (who.id.clone(), app.clock.now());
    Ok(app.work(move |app| app.factor.status(&id, now)).await??)
}
