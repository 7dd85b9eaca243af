use core::fmt;

use crate::authority::{HostPort, Scheme};
use crate::canonical::{Canonical, Kind};
use crate::names::{Host, Method};
use crate::resource::{Resource, split_authority, split_scheme};
use crate::{Authority, Error};

/// What is authenticated about a request besides the header: method, resource, host and port.
///
/// ```
/// use creance_hawk::Request;
///
/// let request = Request::from_url("GET", "http://example.com:8000/resource/1?b=1&a=2#part")?;
/// assert_eq!(request.host(), "example.com");
/// assert_eq!(request.port(), 8000);
/// assert_eq!(request.resource().to_string(), "/resource/1?b=1&a=2");
/// # Ok::<(), creance_hawk::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    method: Method<'a>,
    resource: Resource<'a>,
    host: Host<'a>,
    port: u16,
}

impl<'a> Request<'a> {
    /// A request as it is seen on the wire.
    ///
    /// `method` is any token and counts in upper case. `target` is the request target: path and
    /// query, kept byte for byte; an absolute URL, of which only path and query count; or `*`.
    /// `host` is a name, an IPv4 address, or an IPv6 address in brackets, in any case.
    ///
    /// # Errors
    /// [`Error::Method`], [`Error::Resource`] and [`Error::Host`].
    #[inline]
    pub fn new(method: &'a str, target: &'a str, host: &'a str, port: u16) -> Result<Self, Error> {
        Self::with_authority(method, target, HostPort { host: Host::parse(host)?, port })
    }

    /// A request to a server's own [`Authority`].
    ///
    /// # Errors
    /// [`Error::Method`] and [`Error::Resource`].
    pub fn to(method: &'a str, target: &'a str, authority: &'a Authority) -> Result<Self, Error> {
        Self::with_authority(method, target, authority.host_port())
    }

    /// A request to an absolute `http` or `https` URL.
    ///
    /// The fragment is dropped, an empty path is `/`, the port follows the scheme (80 or 443)
    /// where there is none. Nothing else is changed: dot segments, `%2f`, `;p` and a trailing
    /// `?` are signed as they stand.
    ///
    /// # Errors
    /// [`Error::Url`] for another scheme, user information or a missing host, and those of
    /// [`new`](Self::new).
    pub fn from_url(method: &'a str, url: &'a str) -> Result<Self, Error> {
        let url = url.split_once('#').map_or(url, |(before, _)| before);
        if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Url);
        }
        let (scheme, rest) = split_scheme(url).ok_or(Error::Url)?;
        let (authority, resource) = split_authority(rest);
        if authority.contains('@') || authority.is_empty() {
            return Err(Error::Url);
        }
        let HostPort { host, port } = HostPort::parse(authority, scheme)?;
        Ok(Self { method: Method::parse(method)?, resource, host, port })
    }

    #[inline(always)]
    pub(crate) fn with_authority(
        method: &'a str,
        target: &'a str,
        authority: HostPort<'a>,
    ) -> Result<Self, Error> {
        let HostPort { host, port } = authority;
        Ok(Self { method: Method::parse(method)?, resource: Resource::parse(target)?, host, port })
    }

    /// The same request for another resource: that of a bewit.
    pub(crate) const fn with_resource(mut self, resource: Resource<'a>) -> Self {
        self.resource = resource;
        self
    }

    /// The method as given; it counts in upper case.
    #[must_use]
    pub const fn method(&self) -> &'a str {
        self.method.as_given()
    }

    /// Path and query.
    #[must_use]
    pub fn resource(&self) -> impl fmt::Display + use<'a> {
        ResourceText(self.resource)
    }

    /// The host as given; it counts in lower case.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host.as_given()
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) const fn parts(&self) -> Resource<'a> {
        self.resource
    }

    /// The canonical message with nothing but the request in it.
    #[inline]
    pub(crate) const fn canonical(&self, kind: Kind) -> Canonical<'a> {
        Canonical {
            kind,
            ts: b"",
            nonce: b"",
            method: self.method,
            resource: self.resource,
            host: self.host,
            port: self.port,
            hash: b"",
            ext: b"",
            app: None,
            dlg: None,
        }
    }
}

/// The port that is meant where none is written.
pub(crate) const fn default_port(scheme: Scheme) -> u16 {
    match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    }
}

struct ResourceText<'a>(Resource<'a>);

impl fmt::Display for ResourceText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.head())?;
        f.write_str(self.0.tail())
    }
}
