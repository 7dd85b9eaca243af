//! Where the service is reached.

use std::fmt;

/// Scheme and authority, as browsers send it in `Origin`: `http://127.0.0.1:8080`.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    text: String,
}

impl Origin {
    /// Reads an origin, which has no path, not even `/`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_right = rest.is_some_and(|authority| {
            !authority.is_empty()
                && !authority.contains(['/', '?', '#', '@'])
                && authority.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
        });
        if is_right && !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Ok(Self { text: text.to_owned() })
        } else {
            Err(format!("{text:?} is not an origin like https://example.com"))
        }
    }

    /// Whether what is sent is encrypted, so that cookies are for encrypted connections alone.
    pub(crate) fn is_secure(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// What stands in `Host`.
    pub(crate) fn authority(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, authority)| authority)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// A cookie's name. The prefix makes browsers insist that this very host has set it, over TLS.
    pub(crate) fn cookie_name(&self, name: &str) -> String {
        if self.is_secure() { format!("__Host-{name}") } else { name.to_owned() }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_an_authority() {
        let origin = Origin::parse("https://example.com").expect("an origin");
        assert_eq!((origin.authority(), origin.is_secure()), ("example.com", true));
        assert_eq!(origin.cookie_name("id"), "__Host-id");
        let origin = Origin::parse("http://127.0.0.1:8080").expect("an origin");
        assert_eq!((origin.authority(), origin.is_secure()), ("127.0.0.1:8080", false));
        assert_eq!(origin.cookie_name("id"), "id");
        for text in [
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            "https://example.com/",
            "https://a@b",
            "https://Example.com",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }
}
