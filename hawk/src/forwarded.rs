use core::num::NonZeroUsize;

use crate::authority::HostPort;
use crate::grammar::trim;
use crate::{Error, Incoming, Scheme};

/// The header in which proxies say which host they were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `Forwarded` with its parameter `host` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-Host`.
    XForwardedHost,
}

/// Behind proxies: which header is trusted, and how far.
///
/// Each trusted proxy appends one element. With `hops` of them the element that counts is the
/// one at that place from the end: it was written by the outermost trusted proxy, and everything
/// before it by whoever sent the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forwarded {
    header: ForwardedHeader,
    hops: NonZeroUsize,
    scheme: Scheme,
}

impl Forwarded {
    /// `hops` trusted proxies that append to `header`.
    ///
    /// `scheme` is how clients reach the outermost of them: the default port follows from it,
    /// and never from what a header says.
    #[must_use]
    pub const fn new(header: ForwardedHeader, hops: NonZeroUsize, scheme: Scheme) -> Self {
        Self { header, hops, scheme }
    }

    pub(crate) fn resolve<'a>(&self, incoming: &Incoming<'a>) -> Result<HostPort<'a>, Error> {
        let lines = match self.header {
            ForwardedHeader::Forwarded => incoming.forwarded(),
            ForwardedHeader::XForwardedHost => incoming.forwarded_host(),
        };
        let element = nth_from_the_end(lines, self.hops.get() - 1).ok_or(Error::Forwarded)?;
        let host = match self.header {
            ForwardedHeader::Forwarded => host_parameter(element)?,
            ForwardedHeader::XForwardedHost => element,
        };
        HostPort::parse(host, self.scheme).map_err(|_| Error::Forwarded)
    }
}

/// Several lines of a header are one list (RFC 9110, 5.3).
fn nth_from_the_end<'a>(lines: &[&'a str], skip: usize) -> Option<&'a str> {
    lines.iter().rev().flat_map(|line| RightElements { rest: Some(line) }).nth(skip)
}

/// The elements of a list from the right. A comma inside a quoted string does not separate.
struct RightElements<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for RightElements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        let mut quoted = false;
        let comma = rest.bytes().rposition(|byte| {
            quoted ^= byte == b'"';
            byte == b',' && !quoted
        });
        let (before, element) = match comma {
            Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
            None => (None, rest),
        };
        self.rest = before;
        Some(trim(element))
    }
}

/// The parameter `host` of one element: exactly one, as a token or a quoted string without
/// escapes.
fn host_parameter(element: &str) -> Result<&str, Error> {
    let mut hosts = element.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        trim(name).eq_ignore_ascii_case("host").then_some(trim(value))
    });
    let (Some(value), None) = (hosts.next(), hosts.next()) else {
        return Err(Error::Forwarded);
    };
    match value.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').ok_or(Error::Forwarded),
        None => Ok(value),
    }
}
