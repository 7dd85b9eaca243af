use core::fmt;

use super::Way;
use crate::{DeviceId, Error, UnixTime};

/// What happened to somebody's second factor: a line of an audit log.
///
/// No event holds a code or a secret. Each is told once, and only when what it says is so: a change
/// after the store has kept it, a refusal after it was decided.
///
/// ```
/// use creance_totp::{Error, Event, Way};
///
/// let event = Event::Refused { way: Way::Code, reason: Error::Replayed };
/// assert_eq!(event.name(), "refused");
/// assert_eq!(event.to_string(), "refused: by code: the code was used before");
/// assert!(!event.notifies_user() && Event::Reset.notifies_user());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A secret was made and is being shown; no code of it has come back yet.
    EnrolmentBegun,
    /// The first factor is in use from now on.
    EnrolmentConfirmed,
    /// Another factor is in use from now on, with new recovery codes; all devices are forgotten.
    EnrolmentReplaced,
    /// A secret that was shown will not be used.
    EnrolmentCancelled,
    /// Somebody has shown the second factor.
    Accepted {
        /// How.
        way: Way,
    },
    /// Somebody was not let in, or not allowed what was asked for.
    Refused {
        /// How it was tried.
        way: Way,
        /// Why: for the operator, not for the peer.
        reason: Error,
    },
    /// This failure was the last one that is allowed: nothing is verified that way any more.
    Locked {
        /// Which way is closed.
        way: Way,
        /// Failures in a row.
        failures: u32,
    },
    /// A recovery code was used.
    RecoveryUsed {
        /// How many are left.
        remaining: usize,
    },
    /// There are new recovery codes; the old ones are void.
    RecoveryRenewed {
        /// How many there are.
        codes: usize,
    },
    /// A device is trusted from now on.
    DeviceTrusted {
        /// Which one.
        device: DeviceId,
    },
    /// A device is not trusted any more.
    DeviceRevoked {
        /// Which one.
        device: DeviceId,
    },
    /// No device is trusted any more.
    DevicesRevoked {
        /// How many there were.
        devices: usize,
    },
    /// An operator has forgiven the failures.
    Unlocked,
    /// An operator has removed the second factor, its recovery codes and its devices.
    Reset,
    /// The person has given the second factor up.
    Disabled,
    /// A factor that was in use elsewhere is in use here.
    Imported,
    /// The secret was sealed anew, with the newest key.
    Resealed,
}

impl Event {
    /// A stable kebab-case name, for metrics and for searching a log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EnrolmentBegun => "enrolment-begun",
            Self::EnrolmentConfirmed => "enrolment-confirmed",
            Self::EnrolmentReplaced => "enrolment-replaced",
            Self::EnrolmentCancelled => "enrolment-cancelled",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::Locked { .. } => "locked",
            Self::RecoveryUsed { .. } => "recovery-used",
            Self::RecoveryRenewed { .. } => "recovery-renewed",
            Self::DeviceTrusted { .. } => "device-trusted",
            Self::DeviceRevoked { .. } => "device-revoked",
            Self::DevicesRevoked { .. } => "devices-revoked",
            Self::Unlocked => "unlocked",
            Self::Reset => "reset",
            Self::Disabled => "disabled",
            Self::Imported => "imported",
            Self::Resealed => "resealed",
        }
    }

    /// Whether its owner has to be told, by another channel than the one that was just used: a
    /// factor changed, or somebody may be trying to get in.
    ///
    /// Who has stolen a session or a recovery code would otherwise go unnoticed.
    #[must_use]
    pub const fn notifies_user(self) -> bool {
        match self {
            Self::EnrolmentConfirmed
            | Self::EnrolmentReplaced
            | Self::Locked { .. }
            | Self::RecoveryUsed { .. }
            | Self::RecoveryRenewed { .. }
            | Self::DeviceTrusted { .. }
            | Self::Unlocked
            | Self::Reset
            | Self::Disabled
            | Self::Imported => true,
            Self::EnrolmentBegun
            | Self::EnrolmentCancelled
            | Self::Accepted { .. }
            | Self::Refused { .. }
            | Self::DeviceRevoked { .. }
            | Self::DevicesRevoked { .. }
            | Self::Resealed => false,
        }
    }
}

/// The name, and what there is to say besides.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Accepted { way } => write!(f, ": by {way}"),
            Self::Refused { way, reason } => write!(f, ": by {way}: {reason}"),
            Self::Locked { way, failures } => write!(f, ": by {way}: {failures} failures in a row"),
            Self::RecoveryUsed { remaining } => write!(f, ": {remaining} left"),
            Self::RecoveryRenewed { codes } => write!(f, ": {codes}"),
            Self::DeviceTrusted { device } | Self::DeviceRevoked { device } => {
                write!(f, ": {device}")
            }
            Self::DevicesRevoked { devices } => write!(f, ": {devices}"),
            _ => Ok(()),
        }
    }
}

/// Where events go: a log, a queue, a sender of notices. Every `Fn(&str, UnixTime, Event)` is one.
///
/// It is called where the decision was made, before the caller learns of it, so it should hand on
/// what it gets and return. The user's id is the one that the caller passed: where that came from
/// outside, there may be no such user, and anything in it.
pub trait EventSink {
    /// Takes what happened to `user` at `time`.
    fn record(&self, user: &str, time: UnixTime, event: Event);
}

impl<F: Fn(&str, UnixTime, Event)> EventSink for F {
    fn record(&self, user: &str, time: UnixTime, event: Event) {
        self(user, time, event);
    }
}
