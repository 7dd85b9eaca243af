use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::Cause;
use super::draft::Draft;
use super::spelling::respelled;
use super::suspect::{Change, Suspect};
use crate::Authorization;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The method, the fields that the header carries, and the MAC's own spelling.
pub(super) fn suspects(ours: &Draft<'_>, authorization: &Authorization<'_>) -> Vec<Suspect> {
    let mut suspects = Vec::new();
    let mut push = |cause, change| suspects.push(Suspect { cause, change });
    for method in METHODS.into_iter().filter(|method| *method != ours.method) {
        push(Cause::Method { signed: method }, Change::Method(method.to_string()));
    }
    push(Cause::MethodCase, Change::Method(ours.method.to_ascii_lowercase()));
    for signed in timestamps(authorization.ts().as_secs()) {
        push(Cause::TimestampUnit, Change::Ts(signed));
    }
    if authorization.hash().is_some() {
        push(Cause::HashLeftOut, Change::NoHash);
    }
    if authorization.ext().is_some() {
        push(Cause::ExtLeftOut, Change::NoExt);
    }
    if authorization.app().is_some() {
        push(Cause::AppLeftOut, Change::NoApp);
    }
    if authorization.dlg().is_some() {
        push(Cause::DlgLeftOut, Change::NoDlg);
    }
    if let Some(mac) = respelled(authorization.mac()) {
        push(Cause::MacSpelling, Change::Mac(mac));
    }
    suspects
}

/// The same second as the other unit writes it: one of the two values is in milliseconds.
fn timestamps(ts: u64) -> [alloc::string::String; 2] {
    [(ts / 1000).to_string(), format!("{ts}000")]
}
