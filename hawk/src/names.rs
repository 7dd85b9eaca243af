//! The two names of a request that count without regard to case: a method and a host. Each is
//! checked once, and remembers whether it has to be converted to be signed.

use crate::grammar::Class;
use crate::{Authority, Error};

/// A token of RFC 9110, 5.6.2, which is signed in upper case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Method<'a> {
    text: &'a str,
    is_upper: bool,
}

impl<'a> Method<'a> {
    /// A message has none.
    pub(crate) const NONE: Self = Self { text: "", is_upper: true };
    /// A bewit's, whatever the request's is.
    pub(crate) const GET: Self = Self { text: "GET", is_upper: true };

    #[inline]
    pub(crate) fn parse(text: &'a str) -> Result<Self, Error> {
        if matches!(text, "GET" | "POST" | "PUT" | "HEAD" | "PATCH" | "DELETE" | "OPTIONS") {
            return Ok(Self { text, is_upper: true });
        }
        let class = Class::of(text);
        if text.is_empty() || !class.has(Class::TOKEN) {
            return Err(Error::Method);
        }
        Ok(Self { text, is_upper: class.has(Class::NOT_LOWER) })
    }

    /// Any text, written as it stands: what a client is supposed to have signed.
    #[cfg(feature = "alloc")]
    pub(crate) const fn verbatim(text: &'a str) -> Self {
        Self { text, is_upper: true }
    }

    pub(crate) const fn as_given(self) -> &'a str {
        self.text
    }

    pub(crate) const fn is_upper(self) -> bool {
        self.is_upper
    }
}

/// A registered name without percent-encoding, an IPv4 address, or an IP literal in brackets
/// (RFC 3986, 3.2.2), no longer than a name that can be looked up, which is signed in lower case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host<'a> {
    text: &'a str,
    is_lower: bool,
}

impl<'a> Host<'a> {
    #[inline]
    pub(crate) fn parse(text: &'a str) -> Result<Self, Error> {
        let class = Class::of(text);
        let len_is_right = matches!(text.len(), 1..=Authority::MAX_HOST_LEN);
        if !len_is_right || !(class.has(Class::NAME) || is_ip_literal(text)) {
            return Err(Error::Host);
        }
        Ok(Self { text, is_lower: class.has(Class::NOT_UPPER) })
    }

    /// Any text, written as it stands: checked before, or what a client is supposed to have signed.
    pub(crate) const fn verbatim(text: &'a str) -> Self {
        Self { text, is_lower: true }
    }

    pub(crate) const fn as_given(self) -> &'a str {
        self.text
    }

    pub(crate) const fn is_lower(self) -> bool {
        self.is_lower
    }
}

fn is_ip_literal(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let is_address_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'.');
    inside.is_some_and(|address| !address.is_empty() && address.bytes().all(is_address_byte))
}
