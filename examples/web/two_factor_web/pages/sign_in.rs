//! Password, then code.

use maud::{Markup, html};

use super::layout::{guest, member};
use super::parts::{CODE, Field, Kind, PASSWORD, RECOVERY_CODE, form};
use crate::answer::Alert;
use crate::app::DEVICE_LIFE;
use crate::visit::Visitor;

const NAME: Field<'static> = Field { name: "name", label: "Name", hint: None, kind: Kind::Name };

/// The first page.
pub(crate) fn password(visitor: &Visitor, alert: Option<&Alert>) -> Markup {
    let content = html! {
        (NAME.render(true, alert))
        (PASSWORD.render(false, None))
        button type="submit" { "Sign in" }
    };
    guest("Sign in", &form("/sign-in", visitor, &content))
}

/// The second one. Both forms of it take both kinds of code; they differ in what they say and in the
/// keyboard that a phone shows.
pub(crate) fn code(visitor: &Visitor, with_recovery: bool, alert: Option<&Alert>) -> Markup {
    let (title, field, action, other) = if with_recovery {
        let other = ("/sign-in/code", "Use a code of the app instead");
        ("Sign in with a recovery code", RECOVERY_CODE, "/sign-in/recovery", other)
    } else {
        let other = ("/sign-in/recovery", "No phone at hand? Use a recovery code");
        ("Type your code", CODE, "/sign-in/code", other)
    };
    let content = html! {
        (field.render(true, alert))
        @if !with_recovery {
            div.choice {
                input #trust type="checkbox" name="trust" value="yes";
                label for="trust" {
                    "Trust this browser for " (DEVICE_LIFE / 86_400) " days"
                    span.hint { "It is not asked for codes then. Not for shared computers." }
                }
            }
        }
        button type="submit" { "Sign in" }
    };
    let content = html! {
        (form(action, visitor, &content))
        p { a href=(other.0) { (other.1) } }
    };
    member(title, visitor, &content)
}
