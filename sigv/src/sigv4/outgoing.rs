use core::fmt;

use super::Payload;
use crate::scheme::Headers;

/// A request to be signed.
///
/// ```
/// use creance_sigv::sigv4::{Outgoing, Payload};
///
/// let headers = [("content-type", "application/json")];
/// let outgoing = Outgoing::new("POST", "https://iam.amazonaws.com/", Payload::Body(b"{}"))
///     .with_headers(&headers);
/// # let _ = outgoing;
/// ```
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a dyn Headers,
    pub(super) payload: Payload<'a>,
}

const NO_HEADERS: [(&str, &[u8]); 0] = [];

impl<'a> Outgoing<'a> {
    /// A request of this method, to this whole URL, with this body.
    #[must_use]
    pub fn new(method: &'a str, url: &'a str, payload: Payload<'a>) -> Self {
        Self { method, url, headers: &NO_HEADERS, payload }
    }

    /// The headers that will be sent with it. All are signed but those that are changed on the way:
    /// `authorization`, `connection`, `expect`, `transfer-encoding`, `user-agent` and `x-amzn-trace-id`.
    ///
    /// `host` is taken from the URL where it is not among them; what the scheme itself adds must not be.
    #[must_use]
    pub fn with_headers(mut self, headers: &'a dyn Headers) -> Self {
        self.headers = headers;
        self
    }
}

/// Headers that are not signed, since they are changed on the way or made by the signature.
pub(super) fn is_left_out(name: &str) -> bool {
    const LEFT_OUT: [&str; 6] = [
        "authorization",
        "connection",
        "expect",
        "transfer-encoding",
        "user-agent",
        "x-amzn-trace-id",
    ];
    LEFT_OUT.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// Neither URL nor headers, which may hold what others can use.
impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("method", &self.method).finish_non_exhaustive()
    }
}
