//! Forms, as whoever sends a request writes them.

use std::fmt::Write as _;

/// `application/x-www-form-urlencoded`, with everything escaped that may be.
pub(super) fn encode(pairs: &[(&str, &str)]) -> String {
    let mut form = String::new();
    for (name, value) in pairs {
        if !form.is_empty() {
            form.push('&');
        }
        escape(name, &mut form);
        form.push('=');
        escape(value, &mut form);
    }
    form
}

fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // A `String` takes everything.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// Whether the headers say that the body is a form.
pub(super) fn is_form(headers: &[(&str, &str)]) -> bool {
    let form = "application/x-www-form-urlencoded";
    headers.iter().any(|(name, value)| {
        let kind = value.split(';').next().unwrap_or_default();
        name.eq_ignore_ascii_case("content-type") && kind.trim().eq_ignore_ascii_case(form)
    })
}
