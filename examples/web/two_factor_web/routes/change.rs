//! What takes a fresh proof of the second factor: another phone, other recovery codes, none at all.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use creance_totp::{Error, Passed, Rejection, rand};
use serde::Deserialize;

use crate::answer::{Alert, Answer, Refusal};
use crate::app::{App, Shared};
use crate::pages;
use crate::pages::change::Change;
use crate::posted::Posted;
use crate::visit::{Entry, Stage, Visitor, Who};

/// A code, where one was asked for.
#[derive(Deserialize)]
pub(super) struct Proof {
    code: Option<String>,
}

/// `GET /replace`.
pub(super) async fn replace_page(app: State<Shared>, visitor: Visitor) -> Answer {
    page(app, visitor, Change::Replace).await
}

/// `GET /recovery-codes`.
pub(super) async fn renew_page(app: State<Shared>, visitor: Visitor) -> Answer {
    page(app, visitor, Change::Renew).await
}

/// `GET /turn-off`.
pub(super) async fn turn_off_page(app: State<Shared>, visitor: Visitor) -> Answer {
    page(app, visitor, Change::TurnOff).await
}

async fn page(State(app): State<Shared>, visitor: Visitor, change: Change) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    let now = app.clock.now();
    if !app.work(move |app| app.factor.status(&who.id, now)).await??.is_enrolled() {
        return Err(Refusal::Elsewhere("/enrol"));
    }
    let asks_for_code = app.proofs.find(visitor.token(), now).is_none();
    Ok(pages::change::change(&visitor, change, asks_for_code, None).into_response())
}

/// `POST /replace`: shows a new secret. The old one stays in use until the new one is confirmed.
pub(super) async fn replace(
    State(app): State<Shared>,
    Posted { visitor, fields }: Posted<Proof>,
) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    let name = who.name.clone();
    let begun = with_proof(&app, &visitor, &who, fields, move |app, proof| {
        app.factor.begin_replacement(proof, &name, app.clock.now(), rand::rng())
    });
    match begun.await? {
        Ok(enrolment) => Ok(pages::enrolment::scan(&visitor, &enrolment)?.into_response()),
        Err(rejection) => refused(&app, &visitor, Change::Replace, rejection),
    }
}

/// `POST /recovery-codes`.
pub(super) async fn renew(
    State(app): State<Shared>,
    Posted { visitor, fields }: Posted<Proof>,
) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    let renewed = with_proof(&app, &visitor, &who, fields, |app, proof| {
        app.factor.renew_recovery_codes(proof, app.clock.now(), rand::rng())
    });
    match renewed.await? {
        Ok(codes) => {
            let title = "Your new recovery codes";
            Ok(pages::recovery_codes::recovery_codes(&visitor, title, &codes).into_response())
        }
        Err(rejection) => refused(&app, &visitor, Change::Renew, rejection),
    }
}

/// `POST /turn-off`.
pub(super) async fn turn_off(
    State(app): State<Shared>,
    Posted { mut visitor, fields }: Posted<Proof>,
) -> Answer {
    let (mut who, _) = visitor.member(&app).await?;
    let ended = with_proof(&app, &visitor, &who, fields, |app, proof| {
        app.factor.disable(proof, app.clock.now())
    });
    if let Err(rejection) = ended.await? {
        return refused(&app, &visitor, Change::TurnOff, rejection);
    }
    app.proofs.forget(visitor.token());
    who.epoch = app.end_sessions(&who.name).await?;
    visitor.advance(Stage::Member(who, Entry::Password)).await?;
    Ok(Redirect::to("/account").into_response())
}

/// Does what takes a proof, with the one of the code that was typed, or else of a moment ago.
async fn with_proof<T: Send + 'static>(
    app: &Shared,
    visitor: &Visitor,
    who: &Who,
    fields: Proof,
    work: impl FnOnce(&App, &Passed) -> Result<T, Rejection> + Send + 'static,
) -> Result<Result<T, Rejection>, Refusal> {
    let (id, session) = (who.id.clone(), visitor.token().to_owned());
    app.work(move |app| {
        let proof = app.proof(&id, &session, fields.code.as_deref())?;
        work(app, &proof)
    })
    .await
}

impl App {
    fn proof(&self, id: &str, session: &str, code: Option<&str>) -> Result<Arc<Passed>, Rejection> {
        let now = self.clock.now();
        if let Some(code) = code {
            let passed = self.factor.verify_typed(id, code, now)?;
            self.proofs.keep(session, passed, now);
        }
        let proof = self.proofs.find(session, now).filter(|proof| proof.user() == id);
        proof.ok_or(Rejection::from(Error::Reauthenticate))
    }
}

/// The page again. A proof that was not enough is no reason to keep it.
fn refused(app: &Shared, visitor: &Visitor, change: Change, rejection: Rejection) -> Answer {
    match rejection.error() {
        Error::NotEnrolled => return Err(Refusal::Elsewhere("/account")),
        Error::Reauthenticate => app.proofs.forget(visitor.token()),
        _ => {}
    }
    let alert = Alert::code(rejection, app.clock.now());
    Ok(alert.respond(pages::change::change(visitor, change, true, Some(&alert))))
}
