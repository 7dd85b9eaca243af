use core::fmt;

use crate::Error;
use crate::grammar::is_visible;

/// A request target as it is signed: path and query, byte for byte.
///
/// In two parts, because a bewit is cut out of the middle and a path may have to be supplied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resource<'a> {
    head: &'a str,
    tail: &'a str,
}

impl<'a> Resource<'a> {
    /// No resource: messages have none.
    pub(crate) const EMPTY: Self = Self { head: "", tail: "" };

    /// Reads a request target (RFC 9112, 3.2): origin form, absolute form, which is reduced to
    /// its path and query, or `*`.
    #[inline]
    pub(crate) fn parse(target: &'a str) -> Result<Self, Error> {
        if !is_visible(target.as_bytes()) {
            return Err(Error::Resource);
        }
        match target.as_bytes() {
            [b'/', ..] | [b'*'] => Ok(Self { head: target, tail: "" }),
            _ => {
                let (_, after_scheme) = split_scheme(target).ok_or(Error::Resource)?;
                let (authority, resource) = split_authority(after_scheme);
                if authority.is_empty() { Err(Error::Resource) } else { Ok(resource) }
            }
        }
    }

    /// The resource with everything between `head` and `tail` left out; both are parts of a
    /// target that was parsed.
    pub(crate) const fn joined(head: &'a str, tail: &'a str) -> Self {
        Self { head, tail }
    }

    #[inline]
    pub(crate) const fn head(&self) -> &'a str {
        self.head
    }

    #[inline]
    pub(crate) const fn tail(&self) -> &'a str {
        self.tail
    }
}

impl fmt::Debug for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Resource").field(&Loggable(self.head)).field(&Loggable(self.tail)).finish()
    }
}

/// A request target up to its bewit: whoever reads that in a log could use the URL.
pub(crate) struct Loggable<'a>(pub(crate) &'a str);

impl fmt::Debug for Loggable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const BEWIT: &str = "bewit=";
        match self.0.find(BEWIT) {
            Some(at) => write!(f, "{:?}...", &self.0[..at + BEWIT.len()]),
            None => self.0.fmt(f),
        }
    }
}

/// `http` or `https`, and what follows the `://`.
pub(crate) fn split_scheme(url: &str) -> Option<(crate::Scheme, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if scheme.eq_ignore_ascii_case("http") {
        Some((crate::Scheme::Http, rest))
    } else if scheme.eq_ignore_ascii_case("https") {
        Some((crate::Scheme::Https, rest))
    } else {
        None
    }
}

/// The authority of a request target in absolute form.
pub(crate) fn authority_of(target: &str) -> Option<&str> {
    // Nearly every target is a path: it is not to be searched through.
    if target.starts_with('/') {
        return None;
    }
    let (_, after_scheme) = split_scheme(target)?;
    // Without one the target is malformed, which is found out where it is read.
    Some(split_authority(after_scheme).0).filter(|authority| !authority.is_empty())
}

/// The authority, and the path and query behind it; an empty path is `/`.
pub(crate) fn split_authority(after_scheme: &str) -> (&str, Resource<'_>) {
    let end = after_scheme.find(['/', '?']).unwrap_or(after_scheme.len());
    let (authority, rest) = after_scheme.split_at(end);
    let resource = if rest.starts_with('/') {
        Resource { head: rest, tail: "" }
    } else {
        Resource { head: "/", tail: rest }
    };
    (authority, resource)
}
