//! A secret on its way to an authenticator app.

use creance_totp::{Enrolment, Error, ManualKey, QrCode};
use maud::{Markup, PreEscaped, html};

use super::layout::member;
use super::parts::{CODE, PASSWORD, alert, form};
use crate::answer::Alert;
use crate::visit::{Visitor, Who};

/// The password is asked for again: whoever finds an open session must not be able to lock its owner
/// out.
pub(crate) fn begin(visitor: &Visitor, who: &Who, alert: Option<&Alert>) -> Markup {
    let content = html! {
        // For password managers, which would not know whose password is asked for.
        input type="text" value=(who.name) autocomplete="username" readonly hidden;
        (PASSWORD.render(true, alert))
        button type="submit" { "Go on" }
    };
    let content = html! {
        p { "You need an authenticator app on your phone; any of the usual ones will do." }
        (form("/enrol", visitor, &content))
        (back())
    };
    member("Set up a second factor", visitor, &content)
}

/// The QR code, which is shown this once.
pub(crate) fn scan(visitor: &Visitor, enrolment: &Enrolment) -> Result<Markup, Error> {
    let uri = enrolment.uri();
    let picture = QrCode::new(uri)?.with_title("QR code for your authenticator app");
    let picture = picture.svg()?;
    let (link, manual) = (uri.to_text()?, ManualKey::new(uri));
    let mut account = String::new();
    manual.write_account(&mut account).map_err(|_| Error::Write)?;
    let content = html! {
        section aria-labelledby="scan" {
            h2 #scan { "1. Scan" }
            p { "Open your authenticator app, add an account, and scan this." }
            // Our own output, with nothing of anybody else's in it.
            div.qr { (PreEscaped(picture.expose())) }
            p { a.button href=(link.expose()) { "Open the app on this device" } }
            details {
                summary { "Type a key instead" }
                dl {
                    dt { "Account" }
                    dd { (account) }
                    dt { "Key" }
                    dd { code #key { (manual.key()?.expose()) } }
                    dt { "Type" }
                    dd { "Time-based" }
                }
                p.hint { "The spaces do not matter." }
            }
        }
        section aria-labelledby="confirm" {
            h2 #confirm { "2. Confirm" }
            (confirm_form(visitor, false, None))
        }
        (cancel(visitor))
    };
    Ok(member("Connect your app", visitor, &content))
}

/// The same page without the QR code: when a code was wrong, or the page was left.
pub(crate) fn confirm(visitor: &Visitor, is_replacement: bool, alert: Option<&Alert>) -> Markup {
    let again = if is_replacement { "/replace" } else { "/enrol" };
    let content = html! {
        (confirm_form(visitor, true, alert))
        p {
            "The QR code was shown once. If you have not scanned it, "
            a href=(again) { "start again with a new one" } "."
        }
        (cancel(visitor))
    };
    member("Confirm your app", visitor, &content)
}

/// When it is too late.
pub(crate) fn over(visitor: &Visitor, is_replacement: bool, reason: &Alert) -> Markup {
    let again = if is_replacement { "/replace" } else { "/enrol" };
    let content = html! {
        (alert(Some(reason)))
        p { a.button href=(again) { "Start again" } }
        (back())
    };
    member("Connect your app", visitor, &content)
}

fn confirm_form(visitor: &Visitor, has_focus: bool, alert: Option<&Alert>) -> Markup {
    let content = html! {
        (CODE.render(has_focus, alert))
        button type="submit" { "Confirm" }
    };
    form("/enrol/confirm", visitor, &content)
}

fn cancel(visitor: &Visitor) -> Markup {
    form("/enrol/cancel", visitor, &html! { button.quiet type="submit" { "Cancel" } })
}

fn back() -> Markup {
    html! { p { a href="/account" { "Back to your account" } } }
}
