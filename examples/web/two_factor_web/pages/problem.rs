//! What is shown where there is no page.

use maud::{Markup, html};

use super::layout::guest;

/// The form may be another site's.
pub(crate) fn forged() -> Markup {
    problem(
        "This form is not accepted",
        "It was open for too long, or did not come from this site. Open the page again.",
    )
}

/// The form is not one of ours.
pub(crate) fn unreadable() -> Markup {
    problem("This form cannot be read", "Open the page again and fill it in.")
}

/// It is our fault.
pub(crate) fn broken() -> Markup {
    problem("Something is broken here", "It is not your fault. Try again in a moment.")
}

/// There is nothing.
pub(crate) fn missing() -> Markup {
    problem("There is no such page", "Look at the address again.")
}

fn problem(title: &str, text: &str) -> Markup {
    let content = html! {
        p role="alert" { (text) }
        p { a.button href="/" { "To the start" } }
    };
    guest(title, &content)
}
