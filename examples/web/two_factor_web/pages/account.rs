//! What somebody sees of their own second factor.

use creance_totp::{Summary, TrustedDevice, UnixTime};
use maud::{Markup, html};

use super::layout::member;
use super::parts::form;
use crate::clock::{instant, words};
use crate::visit::{Entry, Visitor, Who};

/// Fewer recovery codes than that are worth a warning.
const FEW: usize = 3;

/// The account.
pub(crate) fn account(
    visitor: &Visitor,
    (who, entry): (&Who, Entry),
    summary: &Summary,
    now: UnixTime,
) -> Markup {
    let content = html! {
        p { "You are signed in as " strong { (who.name) } "." }
        @if summary.is_enrolled() {
            @if entry == Entry::Recovery {
                div.notice role="status" {
                    p { strong { "You came in with a recovery code." } }
                    p {
                        "If your phone is lost, replace it now: the one who finds it can then do \
                         nothing with it."
                    }
                    p { a.button href="/replace" { "Replace the phone" } }
                }
            }
            (factor(summary, now))
            (recovery_codes(summary))
            (devices(visitor, summary, now))
        } @else {
            section aria-labelledby="factor" {
                h2 #factor { "Second factor" }
                p {
                    "Your password is all that protects this account. With a second factor nobody \
                     signs in who does not have your phone as well."
                }
                p { a.button href="/enrol" { "Set up an authenticator app" } }
            }
        }
    };
    member("Your account", visitor, &content)
}

fn factor(summary: &Summary, now: UnixTime) -> Markup {
    let since = summary.enrolled_at().unwrap_or_default();
    html! {
        section aria-labelledby="factor" {
            h2 #factor { "Second factor" }
            p {
                span.state { "On" } " for "
                time datetime=(instant(since)) { (words(now.seconds_since(since))) } "."
            }
            @if summary.failures() > 0 {
                p { "Wrong codes in a row: " (summary.failures()) "." }
            }
            ul.actions {
                li { a href="/replace" { "Replace the phone" } }
                li { a href="/turn-off" { "Turn the second factor off" } }
            }
        }
    }
}

fn recovery_codes(summary: &Summary) -> Markup {
    let left = summary.recovery_codes();
    html! {
        section aria-labelledby="recovery" {
            h2 #recovery { "Recovery codes" }
            p { span #left { (left) } " left." }
            @if left < FEW { p.notice { "That is not many. Make new ones." } }
            ul.actions { li { a href="/recovery-codes" { "Make new recovery codes" } } }
        }
    }
}

fn devices(visitor: &Visitor, summary: &Summary, now: UnixTime) -> Markup {
    html! {
        section aria-labelledby="devices" {
            h2 #devices { "Trusted browsers" }
            @if summary.devices().is_empty() {
                p { "None. Every browser is asked for a code." }
            } @else {
                ul.devices {
                    @for each in summary.devices() { li { (device(visitor, each, now)) } }
                }
                (form("/devices/forget-all", visitor, &html! {
                    button.quiet type="submit" { "Forget all of them" }
                }))
            }
        }
    }
}

fn device(visitor: &Visitor, device: &TrustedDevice, now: UnixTime) -> Markup {
    let (label, number) = (device.label(), device.id().get());
    let button = html! {
        input type="hidden" name="device" value=(number);
        button.quiet type="submit" aria-describedby={ "device-" (number) } { "Forget" }
    };
    html! {
        p id={ "device-" (number) } {
            strong { (label) } br;
            "for another "
            time datetime=(instant(device.expires())) {
                (words(device.expires().seconds_since(now)))
            }
        }
        (form("/devices/forget", visitor, &button))
    }
}
