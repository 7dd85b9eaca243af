use core::fmt;

use crate::scheme::{Headers, Received};

/// A message to be signed or verified: a request, or a response and the request that it answers.
///
/// A request that was received is a [`Received`]; both are taken where a message is asked for.
///
/// ```
/// use creance_sigv::http_signature::Message;
///
/// let headers = [("Content-Type", "text/plain")];
/// let request = Message::request("GET", "https://example.com/a?b=c", &headers, b"");
/// let response = Message::response(200, &headers, b"hello").answering(&request);
/// # let _ = response;
/// ```
#[derive(Clone, Copy)]
pub struct Message<'a> {
    pub(super) subject: Subject<'a>,
    pub(super) headers: &'a dyn Headers,
    pub(super) body: &'a [u8],
}

#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    Request(Head<'a>),
    Response { status: u16, request: Option<Head<'a>> },
}

/// A request without its body.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a dyn Headers,
}

impl<'a> Message<'a> {
    /// A request: `url` is the whole URL, `https://host/path?query`, byte for byte. Where it is received
    /// behind a proxy, it comes from the configuration and not from what the proxy forwards.
    #[must_use]
    pub fn request(
        method: &'a str,
        url: &'a str,
        headers: &'a dyn Headers,
        body: &'a [u8],
    ) -> Self {
        let head = Head { method, url, headers };
        Self { subject: Subject::Request(head), headers, body }
    }

    /// A response.
    #[must_use]
    pub fn response(status: u16, headers: &'a dyn Headers, body: &'a [u8]) -> Self {
        Self { subject: Subject::Response { status, request: None }, headers, body }
    }

    /// The request that this response answers: components with `req` are taken from it. A client takes
    /// the one that it has sent, with the headers of its signature.
    #[must_use]
    pub fn answering(mut self, request: impl Into<Message<'a>>) -> Self {
        if let Subject::Response { request: answered, .. } = &mut self.subject {
            *answered = request.into().head();
        }
        self
    }

    /// The request, or the one that is answered.
    fn head(&self) -> Option<Head<'a>> {
        match self.subject {
            Subject::Request(head) => Some(head),
            Subject::Response { request, .. } => request,
        }
    }

    /// The same message with other headers.
    pub(super) fn with_headers<'b>(self, headers: &'b dyn Headers) -> Message<'b>
    where
        'a: 'b,
    {
        let subject = match self.subject {
            Subject::Request(head) => Subject::Request(Head { headers, ..head }),
            response @ Subject::Response { .. } => response,
        };
        Message { subject, headers, body: self.body }
    }
}

impl<'a> From<&Message<'a>> for Message<'a> {
    fn from(message: &Message<'a>) -> Self {
        *message
    }
}

impl<'a> From<&Received<'a>> for Message<'a> {
    fn from(received: &Received<'a>) -> Self {
        Self::request(received.method(), received.url(), received.headers(), received.body())
    }
}

/// Neither headers nor URL: both may hold what others can use.
impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Message");
        match self.subject {
            Subject::Request(head) => debug.field("method", &head.method),
            Subject::Response { status, .. } => debug.field("status", &status),
        };
        debug.field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}
