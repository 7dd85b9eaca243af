//! What all pages have around them.

use maud::{DOCTYPE, Markup, html};

use super::parts::form;
use crate::app::ISSUER;
use crate::visit::Visitor;

/// A page for somebody who is not signed in.
pub(crate) fn guest(title: &str, content: &Markup) -> Markup {
    page(title, &html! {}, content)
}

/// A page for somebody who is, or is about to be: they can leave from everywhere.
pub(crate) fn member(title: &str, visitor: &Visitor, content: &Markup) -> Markup {
    let button = html! { button.quiet type="submit" { "Sign out" } };
    page(title, &form("/sign-out", visitor, &button), content)
}

fn page(title: &str, action: &Markup, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – " (ISSUER) }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="/icon.svg" type="image/svg+xml";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header {
                    p.brand { (ISSUER) }
                    (action)
                }
                main #main tabindex="-1" {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}
