//! The account, and the browsers that are trusted.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use creance_totp::{DeviceId, Error};
use serde::Deserialize;

use crate::answer::{Answer, Refusal};
use crate::app::Shared;
use crate::pages;
use crate::posted::{Nothing, Posted};
use crate::visit::Visitor;

/// A device's number. As text, for a form has nothing else.
#[derive(Deserialize)]
pub(super) struct Device {
    device: String,
}

/// `GET /account`.
pub(super) async fn page(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let (who, entry) = visitor.member(&app).await?;
    let (id, now) = (who.id.clone(), app.clock.now());
    let summary = app.work(move |app| app.factor.status(&id, now)).await??;
    Ok(pages::account::account(&visitor, (&who, entry), &summary, now).into_response())
}

/// `POST /devices/forget`.
pub(super) async fn forget(
    State(app): State<Shared>,
    Posted { visitor, fields }: Posted<Device>,
) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    let device = fields.device.parse().map_err(|_| Refusal::Unreadable)?;
    let (device, now) = (DeviceId::new(device), app.clock.now());
    let forgotten = app.work(move |app| app.factor.revoke_device(&who.id, device, now)).await?;
    // Gone already, in another window: that is what was asked for.
    match forgotten.map_err(creance_totp::Rejection::error) {
        Ok(()) | Err(Error::UnknownDevice) => Ok(Redirect::to("/account").into_response()),
        Err(error) => Err(Refusal::from(error)),
    }
}

/// `POST /devices/forget-all`.
pub(super) async fn forget_all(
    State(app): State<Shared>,
    Posted { visitor, .. }: Posted<Nothing>,
) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    let now = app.clock.now();
    let forgotten = app.work(move |app| app.factor.revoke_devices(&who.id, now)).await?;
    forgotten.map_err(|rejection| Refusal::from(rejection.error()))?;
    Ok(Redirect::to("/account").into_response())
}
