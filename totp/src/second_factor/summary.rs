use alloc::vec::Vec;

use super::account::{Account, Pending};
use crate::{Attempts, DeviceTrust, Parameters, RecoverySet, Throttle, TrustedDevice, UnixTime};

/// Where a user's second factor stands, without a secret: for the page of an account, and for an
/// operator. Whoever is not known has an empty one.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    enrolled: Option<Enrolled>,
    pending_until: Option<UnixTime>,
    devices: Vec<TrustedDevice>,
}

#[derive(Clone, Copy, Debug)]
struct Enrolled {
    since: UnixTime,
    parameters: Parameters,
    codes: Tries,
    recovery: Tries,
    recovery_codes: usize,
}

/// What a summary is judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) codes: Throttle,
    pub(super) recovery: Throttle,
    pub(super) enrolment_life: u64,
}

/// Where one of the two ways in stands.
#[derive(Clone, Copy, Debug)]
struct Tries {
    failures: u32,
    until: UnixTime,
    is_locked: bool,
}

impl Tries {
    fn of(attempts: Attempts, throttle: Throttle, now: UnixTime) -> Self {
        Self {
            failures: attempts.failures(),
            until: attempts.wait(throttle, now).unwrap_or_default(),
            is_locked: attempts.is_locked(throttle),
        }
    }
}

impl Summary {
    pub(super) fn of(
        account: Option<&Account>,
        limits: Limits,
        trust: &DeviceTrust,
        now: UnixTime,
    ) -> Self {
        let Some(account) = account else { return Self::default() };
        let enrolled = account.factor.as_ref().map(|factor| {
            let attempts = factor.recovery.as_ref().map_or(Attempts::NONE, RecoverySet::attempts);
            Enrolled {
                since: factor.since,
                parameters: factor.credential.parameters,
                codes: Tries::of(factor.credential.state.attempts(), limits.codes, now),
                recovery: Tries::of(attempts, limits.recovery, now),
                recovery_codes: factor.recovery_codes(),
            }
        });
        let until = |pending: &Pending| pending.began.saturating_add(limits.enrolment_life);
        let pending_until = account.pending(limits.enrolment_life, now).ok().map(until);
        let devices = trust.bounded(&account.devices);
        let live = devices.iter().filter(|device| device.is_live(now));
        Self { enrolled, pending_until, devices: live.cloned().collect() }
    }

    /// Whether a factor is in use: whether a code has to be asked for.
    #[must_use]
    pub const fn is_enrolled(&self) -> bool {
        self.enrolled.is_some()
    }

    /// Since when.
    #[must_use]
    pub fn enrolled_at(&self) -> Option<UnixTime> {
        self.enrolled.map(|enrolled| enrolled.since)
    }

    /// How the codes of the factor in use are made.
    #[must_use]
    pub fn parameters(&self) -> Option<Parameters> {
        self.enrolled.map(|enrolled| enrolled.parameters)
    }

    /// The first second in which it is too late to confirm the pending secret; none where nothing is
    /// pending.
    #[must_use]
    pub const fn pending_until(&self) -> Option<UnixTime> {
        self.pending_until
    }

    /// Failures of codes in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.enrolled.map_or(0, |enrolled| enrolled.codes.failures)
    }

    /// The first second of the next attempt by a code; 0 where nothing has to be waited for, or where
    /// waiting does not help because they are [locked](Self::is_locked).
    #[must_use]
    pub fn throttled_until(&self) -> UnixTime {
        self.enrolled.map_or_else(UnixTime::default, |enrolled| enrolled.codes.until)
    }

    /// Whether no code is verified any more, until a recovery code or an operator resets the
    /// failures.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.enrolled.is_some_and(|enrolled| enrolled.codes.is_locked)
    }

    /// Recovery codes that are left.
    #[must_use]
    pub fn recovery_codes(&self) -> usize {
        self.enrolled.map_or(0, |enrolled| enrolled.recovery_codes)
    }

    /// Failures of recovery codes in a row, which are counted apart.
    #[must_use]
    pub fn recovery_failures(&self) -> u32 {
        self.enrolled.map_or(0, |enrolled| enrolled.recovery.failures)
    }

    /// The first second of the next attempt by a recovery code; 0 where nothing has to be waited for,
    /// or where waiting does not help because they are [locked](Self::is_recovery_locked).
    #[must_use]
    pub fn recovery_throttled_until(&self) -> UnixTime {
        self.enrolled.map_or_else(UnixTime::default, |enrolled| enrolled.recovery.until)
    }

    /// Whether no recovery code is verified any more, until its owner makes others or an operator
    /// resets the failures.
    #[must_use]
    pub fn is_recovery_locked(&self) -> bool {
        self.enrolled.is_some_and(|enrolled| enrolled.recovery.is_locked)
    }

    /// The devices that are trusted now.
    #[must_use]
    pub fn devices(&self) -> &[TrustedDevice] {
        &self.devices
    }
}
