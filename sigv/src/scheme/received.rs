use core::fmt;

use super::Headers;

/// A message as it was received, before anything in it is believed.
///
/// The body is what came over the wire, byte for byte: not text, not what a parser made of it.
///
/// ```
/// use creance_sigv::scheme::Received;
///
/// let headers = [("X-Hub-Signature-256", "sha256=00")];
/// let webhook = Received::webhook(&headers, b"{}");
/// let request = Received::new("POST", "https://example.com/hooks?a=1", &headers, b"{}");
/// # let _ = (webhook, request);
/// ```
#[derive(Clone, Copy)]
pub struct Received<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a dyn Headers,
    body: &'a [u8],
}

impl<'a> Received<'a> {
    /// A message of a scheme that signs neither method nor URL.
    #[must_use]
    pub fn webhook(headers: &'a dyn Headers, body: &'a [u8]) -> Self {
        Self::new("", "", headers, body)
    }

    /// A request: `url` is the whole URL that the sender called, `https://host/path?query`, byte for
    /// byte. Behind a proxy it has to come from the configuration, not from what the proxy forwards.
    #[must_use]
    pub fn new(method: &'a str, url: &'a str, headers: &'a dyn Headers, body: &'a [u8]) -> Self {
        Self { method, url, headers, body }
    }

    /// The method, as it came.
    #[must_use]
    pub const fn method(&self) -> &'a str {
        self.method
    }

    /// The URL that the sender called.
    #[must_use]
    pub const fn url(&self) -> &'a str {
        self.url
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &'a dyn Headers {
        self.headers
    }

    /// The body. Outside this crate it is had from a proof only.
    pub(crate) const fn body(&self) -> &'a [u8] {
        self.body
    }
}

/// Neither headers nor URL: both may hold what others can use.
impl fmt::Debug for Received<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
