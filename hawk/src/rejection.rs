use core::fmt;

use creance_sigv::{Key, Tag, UnixTime};

use crate::Error;
use crate::challenge::{SignedChallenge, write_challenge};

/// A refusal, with what to tell the peer (little) and what to tell the operator (all but
/// secrets).
///
/// ```
/// use creance_hawk::{Authorization, Rejection};
///
/// let rejection = Rejection::from(Authorization::parse("Basic dTpw").unwrap_err());
/// assert_eq!(rejection.status(), 401);
/// assert_eq!(rejection.www_authenticate().unwrap().to_string(), "Hawk");
/// assert_eq!(rejection.code(), "no-authorization");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a rejection has to be answered"]
pub struct Rejection {
    error: Error,
    /// The MAC over our time, which is in the error.
    tsm: Option<Tag>,
}

impl Rejection {
    /// A right MAC with a wrong time: the peer is told ours, with a MAC over it.
    #[cold]
    pub(crate) fn stale(key: &Key, ts: UnixTime, now: UnixTime) -> Self {
        Self {
            error: Error::StaleTimestamp { ts: ts.as_secs(), now: now.as_secs() },
            tsm: Some(SignedChallenge::new(key, now).into_tsm()),
        }
    }

    /// The status to answer with: 400, 401, 413, 429 or 503; 500 for the caller's own mistakes.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.error.status()
    }

    /// The value of `WWW-Authenticate` for a 401, otherwise nothing.
    ///
    /// A bare `Hawk`, whatever was wrong, except for a stale timestamp under a right MAC: that
    /// peer is told the server's time.
    #[must_use]
    pub fn www_authenticate(&self) -> Option<WwwAuthenticate<'_>> {
        (self.status() == 401).then_some(WwwAuthenticate { rejection: self })
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
        Self { error, tsm: None }
    }
}

/// What may be shown to anybody: the status and nothing else.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.status() {
            400 => "the request's authentication is malformed",
            401 => "the request is not authenticated",
            413 => "the payload is too long",
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

/// The value of a `WWW-Authenticate` header, written by its `Display`.
#[derive(Clone, Copy, Debug)]
pub struct WwwAuthenticate<'r> {
    rejection: &'r Rejection,
}

impl fmt::Display for WwwAuthenticate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.rejection.error, &self.rejection.tsm) {
            (Error::StaleTimestamp { now, .. }, Some(tsm)) => write_challenge(f, *now, tsm),
            _ => f.write_str("Hawk"),
        }
    }
}
