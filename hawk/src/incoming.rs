use core::fmt;

use crate::authority::HostPort;
use crate::resource::{Loggable, authority_of};
use crate::{Error, Scheme};

/// A request as it comes in: its first line and the headers that count here.
///
/// Every header of the request can be passed in, in order; those without meaning here are
/// ignored, and duplicates of those that must stand alone are refused. It borrows, and keeps no
/// more than a few pointers.
///
/// ```
/// use creance_hawk::{Incoming, Scheme};
///
/// let mut incoming = Incoming::new("GET", "/resource", Scheme::Https);
/// incoming.header("Host", b"example.com")?;
/// incoming.header("Accept", b"*/*")?;
/// assert!(incoming.header("host", b"example.org").is_err());
/// # Ok::<(), creance_hawk::Error>(())
/// ```
#[derive(Clone)]
pub struct Incoming<'a> {
    method: &'a str,
    target: &'a str,
    scheme: Scheme,
    pseudo_authority: Option<&'a str>,
    host: Option<&'a str>,
    authorization: Option<&'a str>,
    content_type: Option<&'a str>,
    forwarded: Lines<'a>,
    forwarded_host: Lines<'a>,
}

impl<'a> Incoming<'a> {
    /// The method, the request target as it came on the wire, and whether the connection is TLS.
    #[must_use]
    pub const fn new(method: &'a str, target: &'a str, scheme: Scheme) -> Self {
        Self {
            method,
            target,
            scheme,
            pseudo_authority: None,
            host: None,
            authorization: None,
            content_type: None,
            forwarded: Lines::NONE,
            forwarded_host: Lines::NONE,
        }
    }

    /// The `:authority` of HTTP/2 and HTTP/3. Where there is a `Host` too, they have to agree.
    #[must_use]
    pub const fn with_authority(mut self, authority: &'a str) -> Self {
        self.pseudo_authority = Some(authority);
        self
    }

    /// Takes one header line.
    ///
    /// # Errors
    /// [`Error::DuplicateHeader`] for a second `Host`, `:authority`, `Authorization` or
    /// `Content-Type`, or for more lines of a forwarding header than any proxy chain writes; [`Error::NotText`] where
    /// one that counts is not UTF-8.
    pub fn header(&mut self, name: &str, value: &'a [u8]) -> Result<(), Error> {
        let single = [
            (":authority", &mut self.pseudo_authority),
            ("host", &mut self.host),
            ("authorization", &mut self.authorization),
            ("content-type", &mut self.content_type),
        ];
        for (known, place) in single {
            if name.eq_ignore_ascii_case(known) {
                if place.is_some() {
                    return Err(Error::DuplicateHeader(known));
                }
                *place = Some(text(known, value)?);
                return Ok(());
            }
        }
        let lists =
            [("forwarded", &mut self.forwarded), ("x-forwarded-host", &mut self.forwarded_host)];
        for (known, lines) in lists {
            if name.eq_ignore_ascii_case(known) {
                return lines.push(text(known, value)?, known);
            }
        }
        Ok(())
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> &'a str {
        self.method
    }

    /// The request target.
    #[must_use]
    pub const fn target(&self) -> &'a str {
        self.target
    }

    /// The value of `Authorization`.
    #[must_use]
    pub const fn authorization(&self) -> Option<&'a str> {
        self.authorization
    }

    /// The value of `Content-Type`: what a payload's hash covers.
    #[must_use]
    pub const fn content_type(&self) -> Option<&'a str> {
        self.content_type
    }

    /// The host that was asked for: by `Host`, by `:authority`, and by the target in absolute
    /// form. What routes the request may look at any of them, so all that are there have to agree.
    pub(crate) fn host_port(&self) -> Result<Option<HostPort<'a>>, Error> {
        let mut agreed: Option<HostPort<'a>> = None;
        let said = [self.host, self.pseudo_authority, authority_of(self.target)];
        for text in said.into_iter().flatten() {
            let said = HostPort::parse(text, self.scheme)?;
            match agreed {
                Some(agreed) if !agreed.is(said) => return Err(Error::AuthorityMismatch),
                _ => agreed = Some(said),
            }
        }
        Ok(agreed)
    }

    pub(crate) fn forwarded(&self) -> &[&'a str] {
        self.forwarded.as_slice()
    }

    pub(crate) fn forwarded_host(&self) -> &[&'a str] {
        self.forwarded_host.as_slice()
    }
}

/// No header of credentials, this scheme's or another's, and no bewit.
impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("method", &self.method)
            .field("target", &Loggable(self.target))
            .field("scheme", &self.scheme)
            .field("host", &self.pseudo_authority.or(self.host))
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

fn text<'a>(name: &'static str, value: &'a [u8]) -> Result<&'a str, Error> {
    core::str::from_utf8(value).map_err(|_| Error::NotText(name))
}

/// More lines of one forwarding header than any chain of proxies writes.
const MAX_LINES: usize = 8;

/// The lines of a header that may be repeated. A plain array, which is not dropped: so an [`Incoming`] may
/// be declared before what it borrows.
#[derive(Clone, Debug)]
struct Lines<'a> {
    lines: [&'a str; MAX_LINES],
    len: usize,
}

impl<'a> Lines<'a> {
    const NONE: Self = Self { lines: [""; MAX_LINES], len: 0 };

    fn push(&mut self, line: &'a str, name: &'static str) -> Result<(), Error> {
        *self.lines.get_mut(self.len).ok_or(Error::DuplicateHeader(name))? = line;
        self.len += 1;
        Ok(())
    }

    fn as_slice(&self) -> &[&'a str] {
        &self.lines[..self.len]
    }
}
