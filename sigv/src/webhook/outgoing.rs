use core::fmt;

use super::parts::NO_HEADERS;
use super::{Parts, Template};
use crate::Error;
use crate::scheme::{Headers, Part};

/// A message to be signed.
///
/// ```
/// use creance_sigv::webhook::Outgoing;
///
/// let outgoing = Outgoing::new(b"{}").with_id("msg_1").with_method("POST").with_url("https://example.com/hooks");
/// assert_eq!(outgoing.body(), b"{}");
/// ```
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    id: Option<&'a str>,
    method: &'a str,
    url: &'a str,
    headers: &'a dyn Headers,
    body: &'a [u8],
}

impl<'a> Outgoing<'a> {
    /// A message with this body.
    #[must_use]
    pub fn new(body: &'a [u8]) -> Self {
        Self { id: None, method: "", url: "", headers: &NO_HEADERS, body }
    }

    /// Its id or nonce, for a scheme that signs one: never the same for two messages.
    #[must_use]
    pub const fn with_id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }

    /// Its method, for a scheme that signs it.
    #[must_use]
    pub const fn with_method(mut self, method: &'a str) -> Self {
        self.method = method;
        self
    }

    /// Its URL, for a scheme that signs it or a part of it.
    #[must_use]
    pub const fn with_url(mut self, url: &'a str) -> Self {
        self.url = url;
        self
    }

    /// Those of its headers that the scheme signs.
    #[must_use]
    pub fn with_headers(mut self, headers: &'a dyn Headers) -> Self {
        self.headers = headers;
        self
    }

    /// The id.
    #[must_use]
    pub const fn id(&self) -> Option<&'a str> {
        self.id
    }

    /// The method; empty if there is none.
    #[must_use]
    pub const fn method(&self) -> &'a str {
        self.method
    }

    /// The URL; empty if there is none.
    #[must_use]
    pub const fn url(&self) -> &'a str {
        self.url
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &'a dyn Headers {
        self.headers
    }

    /// The body.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// What `template` signs of it, at the time that `time` says.
    ///
    /// # Errors
    /// [`Error::Value`] for what is missing, or what a receiver would not read.
    pub(super) fn parts<'p>(
        &self,
        template: &Template<'p>,
        time: &'p str,
    ) -> Result<Parts<'p>, Error>
    where
        'a: 'p,
    {
        let parts = Parts::empty(template, self.headers).with_time(time);
        let parts = match self.id {
            Some(id) => parts.and_then(|parts| parts.with_id(id)),
            None => parts,
        };
        let parts = parts.map_err(own_fault)?.with_method(self.method).with_url(self.url);
        let parts = parts.with_body(self.body);
        template.check_pieces(&parts).map_err(own_fault)?;
        Ok(parts)
    }
}

/// What would be the sender's fault at the receiver's is one's own here.
pub(super) const fn own_fault(error: Error) -> Error {
    match error {
        Error::Missing(part) | Error::Malformed(part) | Error::Duplicate(part) => {
            Error::Value(part)
        }
        Error::TooLong { part, .. } => Error::Value(part),
        Error::Timestamp => Error::Value(Part::Timestamp),
        other => other,
    }
}

/// Neither headers nor URL: both may hold what others can use.
impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
