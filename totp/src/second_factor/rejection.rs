use core::fmt;

use crate::{Error, Fault, UnixTime};

/// What becomes of a person who is not let in: an answer that tells nothing, and the reason for the
/// operator.
///
/// ```
/// use creance_totp::{Error, Rejection, UnixTime};
///
/// let rejection = Rejection::from(Error::Replayed);
/// assert_eq!(rejection.status(), 401);
/// assert_eq!(rejection.to_string(), "the code is not accepted");
/// assert_eq!(rejection.error(), Error::Replayed);
///
/// let now = UnixTime::from_secs(1_000);
/// let rejection = Rejection::from(Error::Throttled { until: now.saturating_add(30) });
/// assert_eq!((rejection.status(), rejection.retry_after(now)), (429, Some(30)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a rejection has to be answered"]
pub struct Rejection {
    error: Error,
    hides_account: bool,
}

impl Rejection {
    /// The same without a hint on whether there is such an account.
    pub(super) const fn hiding_account(self) -> Self {
        Self { hides_account: true, ..self }
    }

    /// The status to answer with: 400, 401, 429 or 503; 500 for the service's own mistakes.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self.error.fault() {
            Fault::Peer if self.hides_account && self.error.status() != 400 => 401,
            _ => self.error.status(),
        }
    }

    /// Seconds after which trying again makes sense, for `Retry-After`.
    #[must_use]
    pub const fn retry_after(self, now: UnixTime) -> Option<u64> {
        match self.error {
            Error::Throttled { until } if !self.hides_account => Some(until.seconds_since(now)),
            Error::StoreUnavailable | Error::Contended => Some(1),
            _ => None,
        }
    }

    /// The reason: for the operator, not for the peer.
    #[must_use]
    pub const fn error(self) -> Error {
        self.error
    }

    /// A stable kebab-case name of the reason: for the operator, not for the peer.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.error.code()
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self { error, hides_account: false }
    }
}

/// What may be shown to anybody: the status in words.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.status(), self.error) {
            (401, Error::Reauthenticate) if !self.hides_account => "show the second factor again",
            (401, Error::AlreadyActive) if !self.hides_account => {
                "there is a second factor already"
            }
            (400, _) => "this cannot be read",
            (401, _) => "the code is not accepted",
            (429, _) => "there were too many attempts",
            (503, _) => "codes cannot be verified now",
            _ => "the verification of codes is misconfigured",
        })
    }
}

impl core::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}
