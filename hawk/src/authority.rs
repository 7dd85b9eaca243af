use core::fmt;

use crate::forwarded::Forwarded;
use crate::names::Host;
use crate::request::default_port;
use crate::{Error, Incoming};

/// How a request came, or is to be sent: what the default port follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP, port 80 by default.
    Http,
    /// HTTP over TLS, port 443 by default.
    Https,
}

/// A host and port that a server answers for.
///
/// ```
/// use creance_hawk::Authority;
///
/// let authority = Authority::new("API.example.com", 443)?;
/// assert_eq!(authority.to_string(), "api.example.com:443");
/// # Ok::<(), creance_hawk::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Authority {
    host: [u8; Self::MAX_HOST_LEN],
    len: usize,
    port: u16,
}

impl Authority {
    /// The longest host, in bytes (RFC 1035, 2.3.4).
    pub const MAX_HOST_LEN: usize = 255;

    /// An authority. The host is a name, an IPv4 address, or an IPv6 address in brackets; it is
    /// kept in lower case, and otherwise as given: a trailing dot counts.
    ///
    /// # Errors
    /// [`Error::Host`].
    pub fn new(host: &str, port: u16) -> Result<Self, Error> {
        Host::parse(host)?;
        let mut authority = Self { host: [0; Self::MAX_HOST_LEN], len: host.len(), port };
        let place = authority.host.get_mut(..host.len()).ok_or(Error::Host)?;
        place.copy_from_slice(host.as_bytes());
        place.make_ascii_lowercase();
        Ok(authority)
    }

    /// The host, in lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        core::str::from_utf8(&self.host[..self.len]).unwrap_or_default()
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn host_port(&self) -> HostPort<'_> {
        // `new` has checked it and put it in lower case.
        HostPort { host: Host::verbatim(self.host()), port: self.port }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host(), self.port)
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({self})")
    }
}

/// Where a server takes the host and port from that a request is verified for.
///
/// The client signs the host and port it believes to talk to. Whoever may choose what the server
/// compares them with can pass a request for one service on to another, so the fixed list is the
/// default, and everything else is a decision.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AuthorityPolicy<A = [Authority; 1]> {
    /// The server knows its own names. With one, `Host` has no say; with several, `Host` chooses
    /// among them and anything else is refused.
    Fixed(A),
    /// Whatever `Host` (or `:authority`) says. Where it has no port, that of the connection's
    /// scheme.
    Host,
    /// What the trusted proxies say that `Host` was.
    Forwarded(Forwarded),
}

impl<A: AsRef<[Authority]>> AuthorityPolicy<A> {
    pub(crate) fn resolve<'a>(&'a self, incoming: &Incoming<'a>) -> Result<HostPort<'a>, Error> {
        // Malformed even where it has no say: somebody between client and server reads it.
        let host = incoming.host_port()?;
        match self {
            Self::Fixed(list) => match list.as_ref() {
                [] => Err(Error::NoAuthority),
                [only] => Ok(only.host_port()),
                several => {
                    let host = host.ok_or(Error::MissingHost)?;
                    let known = |own: &Authority| own.host_port().is(host);
                    if several.iter().any(known) { Ok(host) } else { Err(Error::UnknownAuthority) }
                }
            },
            Self::Host => host.ok_or(Error::MissingHost),
            Self::Forwarded(forwarded) => forwarded.resolve(incoming),
        }
    }
}

/// A host and port borrowed from where they were read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostPort<'a> {
    pub(crate) host: Host<'a>,
    pub(crate) port: u16,
}

impl<'a> HostPort<'a> {
    /// Reads `host`, `host:port` or `host:` (RFC 9110, 7.2): no user information, path, query or
    /// fragment.
    pub(crate) fn parse(text: &'a str, scheme: Scheme) -> Result<Self, Error> {
        let after_brackets = text.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match text[after_brackets..].find(':') {
            Some(at) => (&text[..after_brackets + at], &text[after_brackets + at + 1..]),
            None => (text, ""),
        };
        Ok(Self { host: Host::parse(host)?, port: parse_port(port, scheme)? })
    }

    pub(crate) fn is(self, other: HostPort<'_>) -> bool {
        self.port == other.port && self.host.as_given().eq_ignore_ascii_case(other.host.as_given())
    }
}

fn parse_port(digits: &str, scheme: Scheme) -> Result<u16, Error> {
    if digits.is_empty() {
        return Ok(default_port(scheme));
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::Host);
    }
    digits.parse().map_err(|_| Error::Host)
}
