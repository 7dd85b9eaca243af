//! Forms and their fields.

use maud::{Markup, html};

use crate::answer::Alert;
use crate::visit::Visitor;

/// A form with the token that shows that it is ours.
pub(crate) fn form(action: &str, visitor: &Visitor, content: &Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name="token" value=(visitor.token());
            (content)
        }
    }
}

/// What went wrong, where there is no field that it concerns.
pub(crate) fn alert(alert: Option<&Alert>) -> Markup {
    html! {
        @if let Some(alert) = alert {
            p.alert #alert role="alert" { (alert.text) }
        }
    }
}

/// What kinds of text a field is for: the keyboard of a phone and the browser's memory follow it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) hint: Option<&'a str>,
    pub(crate) kind: Kind,
}

/// What is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The name of an account.
    Name,
    /// A password.
    Password,
    /// A code, on a keyboard of digits.
    Code,
    /// A recovery code, letters and digits.
    RecoveryCode,
}

impl Field<'_> {
    /// The field, with the focus if `has_focus`, and with what was wrong with it. A reader reads the
    /// label, the hint and the alert when the focus comes to the field.
    pub(crate) fn render(self, has_focus: bool, alert: Option<&Alert>) -> Markup {
        let hint_id = self.hint.map(|_| format!("{}-hint", self.name));
        let alert_id = alert.map(|_| "alert".to_owned());
        let described = [alert_id, hint_id.clone()].into_iter().flatten().collect::<Vec<_>>();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let (autocomplete, mode) = self.kind.hints();
        let (id, is_password) = (self.name, self.kind == Kind::Password);
        html! {
            div.field {
                label for=(id) { (self.label) }
                @if let (Some(hint), Some(id)) = (self.hint, &hint_id) { p.hint id=(id) { (hint) } }
                (super::parts::alert(alert))
                input id=(id) name=(self.name) type=(if is_password { "password" } else { "text" })
                    class=[self.kind.is_code().then_some("code")]
                    autocomplete=(autocomplete) inputmode=[mode]
                    aria-describedby=[described] aria-invalid=[alert.map(|_| "true")]
                    autocapitalize="none" spellcheck="false" required autofocus[has_focus];
            }
        }
    }
}

impl Kind {
    fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::RecoveryCode)
    }

    /// `autocomplete` and `inputmode`.
    fn hints(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Name => ("username", None),
            Self::Password => ("current-password", None),
            Self::Code => ("one-time-code", Some("numeric")),
            Self::RecoveryCode => ("off", None),
        }
    }
}

/// The field for a code of the app.
pub(crate) const CODE: Field<'static> = Field {
    name: "code",
    label: "Code",
    hint: Some("The 6 digits that your authenticator app shows now."),
    kind: Kind::Code,
};

/// The field for a recovery code.
pub(crate) const RECOVERY_CODE: Field<'static> = Field {
    name: "code",
    label: "Recovery code",
    hint: Some("One of the codes that you saved. Each of them works once."),
    kind: Kind::RecoveryCode,
};

/// The field for the password.
pub(crate) const PASSWORD: Field<'static> =
    Field { name: "password", label: "Password", hint: None, kind: Kind::Password };
