use alloc::boxed::Box;
use core::fmt;

use super::account::{CredentialId, Factor};
use crate::{Error, UnixTime};

/// By what somebody has shown, or tried to show, the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Way {
    /// A code of the authenticator.
    Code,
    /// Consecutive codes of an authenticator whose clock or counter was off.
    Resynchronisation,
    /// A recovery code.
    Recovery,
    /// A device that was trusted before.
    Device,
    /// The first code of a new secret.
    Enrolment,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "code",
            Self::Resynchronisation => "resynchronisation",
            Self::Recovery => "recovery code",
            Self::Device => "trusted device",
            Self::Enrolment => "enrolment",
        })
    }
}

/// Proof that somebody has shown the second factor of an account, and that the store has kept it.
///
/// It lets its owner in, and for a few minutes allows what may only be done with fresh proof: to
/// replace the factor, to renew the recovery codes, to trust a device, to give the factor up. Only
/// [`SecondFactor`](super::SecondFactor) makes one, and it cannot be stored: a stolen session is
/// not a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "who has passed should be let in"]
pub struct Passed {
    user: Box<str>,
    pub(super) credential: CredentialId,
    at: UnixTime,
    way: Way,
    recovery_codes: usize,
}

impl Passed {
    pub(super) fn new(user: &str, factor: &Factor, way: Way, now: UnixTime) -> Self {
        let (credential, recovery_codes) = (factor.credential.id, factor.recovery_codes());
        Self { user: user.into(), credential, at: now, way, recovery_codes }
    }

    /// Whose factor it was: the id that the account is stored under.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at
    }

    /// By what.
    #[must_use]
    pub const fn way(&self) -> Way {
        self.way
    }

    /// How many recovery codes are left. Where there are few, offer
    /// [new ones](super::SecondFactor::renew_recovery_codes).
    #[must_use]
    pub const fn recovery_codes(&self) -> usize {
        self.recovery_codes
    }

    /// Whether it may change the account's factor: it has to be fresh, and not by a device, which
    /// only shows that somebody passed there once.
    pub(super) fn authorise(&self, life: u64, now: UnixTime) -> Result<(), Error> {
        let is_fresh = self.at <= now && now.seconds_since(self.at) <= life;
        if is_fresh && self.way != Way::Device { Ok(()) } else { Err(Error::Reauthenticate) }
    }
}
