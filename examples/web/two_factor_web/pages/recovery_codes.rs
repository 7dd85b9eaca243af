//! New recovery codes, shown this once.

use creance_totp::RecoveryCode;
use maud::{Markup, html};

use super::layout::member;
use super::parts::form;
use crate::visit::Visitor;

/// The codes, and a form that brings them back as a file.
///
/// The server keeps hashes of them alone, so the page itself has to hold them. A `data:` link would
/// need no request, but browsers keep the address of a download in their list of downloads, and the
/// codes are that address.
pub(crate) fn recovery_codes(visitor: &Visitor, title: &str, codes: &[RecoveryCode]) -> Markup {
    let texts: Vec<_> = codes.iter().map(text).collect();
    let download = html! {
        input type="hidden" name="codes" value=(texts.join(" "));
        button type="submit" { "Download them" }
    };
    let content = html! {
        p {
            "If your phone is lost, each of these codes lets you in once. "
            strong { "They are shown now and never again." }
            " Keep them where your phone is not: on paper, or in a password manager."
        }
        ol.codes { @for text in &texts { li { code { (text) } } } }
        (form("/recovery-codes/file", visitor, &download))
        p { a.button.quiet href="/account" { "I have saved them" } }
    };
    member(title, visitor, &content)
}

/// The code as it is shown.
pub(crate) fn text(code: &RecoveryCode) -> String {
    let mut text = String::new();
    // Text has room for all.
    let _ = code.write(&mut text);
    text
}
