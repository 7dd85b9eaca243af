use core::fmt;

use crate::{Fault, UnixTime};

/// What is claimed: one nonce of one credential at one authenticated timestamp.
///
/// Two entries are one and the same if all three parts are equal. Credential and nonce are bytes
/// of any length, not interpreted and not kept: stores remember fingerprints.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::replay::Entry;
///
/// let entry = Entry::new(b"dh37fgj492je", b"j4h3g2", UnixTime::from_secs(1_353_832_234));
/// assert_eq!(entry.nonce(), b"j4h3g2");
/// // Neither the id nor the nonce gets into a log.
/// assert!(!format!("{entry:?}").contains("j4h3g2"));
/// ```
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    credential: &'a [u8],
    nonce: &'a [u8],
    timestamp: UnixTime,
}

impl<'a> Entry<'a> {
    /// An entry; `timestamp` must be covered by the message's MAC, and the message verified.
    #[must_use]
    pub const fn new(credential: &'a [u8], nonce: &'a [u8], timestamp: UnixTime) -> Self {
        Self { credential, nonce, timestamp }
    }

    /// The credential's id.
    #[must_use]
    pub const fn credential(&self) -> &'a [u8] {
        self.credential
    }

    /// The nonce as it was received.
    #[must_use]
    pub const fn nonce(&self) -> &'a [u8] {
        self.nonce
    }

    /// The authenticated timestamp.
    #[must_use]
    pub const fn timestamp(&self) -> UnixTime {
        self.timestamp
    }
}

/// Lengths only: ids and nonces are the peer's text and have no place in a log by accident.
impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("credential_bytes", &self.credential.len())
            .field("nonce_bytes", &self.nonce.len())
            .field("timestamp", &self.timestamp)
            .finish()
    }
}

/// A store's answer.
///
/// ```
/// use creance_sigv::replay::{Claim, Refusal};
///
/// fn status(claim: Claim) -> u16 {
///     match claim {
///         Claim::New => 200,
///         Claim::Replay => 401,
///         Claim::Unknown(Refusal::Quota) => 429,
///         Claim::Unknown(_) => 503,
///     }
/// }
/// assert_eq!(status(Claim::Unknown(Refusal::Full)), 503);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "only Claim::New lets a message through"]
pub enum Claim {
    /// Not seen before, and now remembered: the only answer that lets a message through.
    New,
    /// Seen before.
    Replay,
    /// The store cannot tell. Refuse the message, as an outage and not as a forgery.
    Unknown(Refusal),
}

/// Why a store cannot tell.
///
/// ```
/// use creance_sigv::Fault;
/// use creance_sigv::replay::Refusal;
///
/// assert_eq!(Refusal::Quota.fault(), Fault::Peer);
/// assert_eq!(Refusal::Full.fault(), Fault::Outage);
/// assert_eq!(Refusal::Full.to_string(), "the replay store is full");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Every place where this entry could go is taken by a live one, or there is no memory.
    #[error("the replay store is full")]
    Full,
    /// This credential has used up its share of the store. Others are not affected.
    #[error("the credential has used up its share of the replay store")]
    Quota,
    /// The message may have been accepted by the process that ran before a restart.
    #[error("the replay store restarted; it can answer for timestamps after {until}")]
    Restarted {
        /// Timestamps up to and including this one are refused.
        until: UnixTime,
    },
    /// The clock stepped back, and the timestamp is outside the window around the latest time that
    /// the store was asked with: what came with it may be forgotten already.
    #[error("the clock is behind the replay store's mark of {mark}")]
    ClockBehind {
        /// The latest time at which the store was asked.
        mark: UnixTime,
    },
    /// The timestamp is outside the window the store was made for: it was not checked before, or
    /// the verifier's window is a longer one.
    #[error("the timestamp is outside the replay store's window")]
    OutsideWindow,
    /// The store did not answer (in time).
    #[error("the replay store is not available")]
    Unavailable,
}

impl Refusal {
    /// Whose fault it is: [`Fault::Peer`] for a used-up quota, otherwise an outage or a
    /// misconfiguration.
    #[must_use]
    pub const fn fault(self) -> Fault {
        match self {
            Self::Quota => Fault::Peer,
            Self::OutsideWindow => Fault::Caller,
            _ => Fault::Outage,
        }
    }

    /// Seconds after which trying again makes sense, for `Retry-After`.
    #[must_use]
    pub const fn retry_after(self, now: UnixTime) -> u64 {
        match self {
            Self::Restarted { until: passed } | Self::ClockBehind { mark: passed } => {
                passed.seconds_since(now).saturating_add(1)
            }
            _ => 1,
        }
    }
}
