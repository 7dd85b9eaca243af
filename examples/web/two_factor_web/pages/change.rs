//! What changes the second factor, and so takes a fresh proof of it.

use maud::{Markup, html};

use super::layout::member;
use super::parts::{CODE, Field, Kind, alert, form};
use crate::answer::Alert;
use crate::visit::Visitor;

/// A change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Another phone.
    Replace,
    /// Other recovery codes.
    Renew,
    /// No second factor any more.
    TurnOff,
}

impl Change {
    /// Where its page and its form are.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Replace => "/replace",
            Self::Renew => "/recovery-codes",
            Self::TurnOff => "/turn-off",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Replace => "Replace the phone",
            Self::Renew => "Make new recovery codes",
            Self::TurnOff => "Turn the second factor off",
        }
    }

    fn consequence(self) -> &'static str {
        match self {
            Self::Replace => {
                "The next page shows a new QR code. When you have confirmed it, the old phone, the \
                 old recovery codes and all trusted browsers are worth nothing."
            }
            Self::Renew => "The old recovery codes do not work any more then.",
            Self::TurnOff => {
                "Your password will be all that protects this account. Recovery codes and trusted \
                 browsers are forgotten."
            }
        }
    }
}

/// Recovery codes are taken too, for those whose phone is gone.
const EITHER: Field<'static> = Field {
    label: "Code or recovery code",
    hint: Some("From your authenticator app, or one that you saved."),
    kind: Kind::RecoveryCode,
    ..CODE
};

/// The page of a change; it asks for a code unless there is a proof of a moment ago.
pub(crate) fn change(
    visitor: &Visitor,
    change: Change,
    asks_for_code: bool,
    reason: Option<&Alert>,
) -> Markup {
    let content = html! {
        @if asks_for_code { (EITHER.render(true, reason)) } @else { (alert(reason)) }
        button type="submit" { (change.title()) }
    };
    let content = html! {
        p { (change.consequence()) }
        (form(change.path(), visitor, &content))
        p { a href="/account" { "Back to your account" } }
    };
    member(change.title(), visitor, &content)
}
