use core::fmt;

use crate::{Error, UnixTime};

/// A refusal, with what to tell the peer (little) and what to tell the operator (all but secrets).
///
/// ```
/// use creance_sigv::Error;
/// use creance_sigv::scheme::Rejection;
///
/// let rejection = Rejection::from(Error::TooOld { age: 301 });
/// assert_eq!(rejection.status(), 401);
/// assert_eq!(rejection.to_string(), "the message is not authenticated");
/// assert_eq!(rejection.code(), "too-old");
/// assert_eq!(rejection.error().to_string(), "the timestamp is 301 s old");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a rejection has to be answered"]
pub struct Rejection {
    error: Error,
}

impl Rejection {
    /// The status to answer with: 400, 401, 413, 429 or 503; 500 for the caller's own mistakes.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.error.status()
    }

    /// A stable kebab-case name of the reason: for the operator, not for the peer.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.error.code()
    }

    /// Seconds after which trying again makes sense, for `Retry-After`.
    #[must_use]
    pub const fn retry_after(&self, now: UnixTime) -> Option<u64> {
        match self.error {
            Error::Store(refusal) => Some(refusal.retry_after(now)),
            _ => None,
        }
    }

    /// The reason: for the operator, not for the peer.
    #[must_use]
    pub const fn error(&self) -> &Error {
        &self.error
    }
}

impl From<Error> for Rejection {
    #[inline]
    fn from(error: Error) -> Self {
        Self { error }
    }
}

/// What may be shown to anybody: the status and nothing else.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.status() {
            400 => "the message's signature is malformed",
            401 => "the message is not authenticated",
            413 => "the body is too long",
            429 => "too many requests",
            503 => "authentication is not available now",
            _ => "authentication is misconfigured",
        })
    }
}

impl core::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}
