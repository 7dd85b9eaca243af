use crate::{Attempts, Error, Throttle, UnixTime};

/// Where a credential stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The secret was shown and no code of it has come back yet: it lets nobody in.
    Pending,
    /// In use.
    Active,
    /// Given up: it lets nobody in any more.
    Revoked,
}

/// All that a service remembers of a credential between two codes, apart from its secret.
///
/// It holds no secret. It only ever changes from one value to the next through a
/// [`Verifier`](crate::Verifier), and is stored by compare-and-set, see
/// [`StateStore`](crate::StateStore).
///
/// ```
/// use creance_totp::{State, Status};
///
/// let state = State::pending(0);
/// assert_eq!(state.status(), Status::Pending);
/// assert_eq!((state.last(), state.attempts().failures()), (None, 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    pub(crate) status: Status,
    /// The first counter or time step that is not spent; none when all of them are.
    pub(crate) next: Option<u64>,
    /// Time steps by which the authenticator's clock is ahead.
    pub(crate) drift: i32,
    pub(crate) attempts: Attempts,
}

impl State {
    /// A credential that waits for its first code. `next` is the first counter that is not spent; 0
    /// for codes by time.
    ///
    /// Each enrolment needs a fresh secret: a new state for an old one takes all of its codes again.
    #[must_use]
    pub const fn pending(next: u64) -> Self {
        Self { status: Status::Pending, next: Some(next), drift: 0, attempts: Attempts::NONE }
    }

    /// A credential in use that comes from elsewhere: `next` is the first counter or time step that
    /// is not spent there, 0 if that is not known.
    #[must_use]
    pub const fn active(next: u64) -> Self {
        Self { status: Status::Active, ..Self::pending(next) }
    }

    /// A state from its parts as they were stored.
    ///
    /// # Errors
    /// [`Error::State`] for parts that no state has: a drift beyond what any policy learns or
    /// searches, or more failures than any throttle allows.
    pub const fn from_parts(parts: StateParts) -> Result<Self, Error> {
        let StateParts { status, next, drift, failures, locked_until } = parts;
        let drift_is_right = drift.unsigned_abs() <= crate::Policy::MAX_RESYNC as u32;
        if !drift_is_right || failures > Throttle::MAX_STOP {
            return Err(Error::State);
        }
        Ok(Self { status, next, drift, attempts: Attempts::from_parts(failures, locked_until) })
    }

    /// Its parts, to be stored.
    #[must_use]
    pub const fn parts(&self) -> StateParts {
        StateParts {
            status: self.status,
            next: self.next,
            drift: self.drift,
            failures: self.attempts.failures(),
            locked_until: self.attempts.locked_until(),
        }
    }

    /// Where the credential stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The first counter or time step that is not spent; `None` when all of them are and the secret
    /// has to be replaced.
    #[must_use]
    pub const fn next(&self) -> Option<u64> {
        self.next
    }

    /// The last counter or time step that is spent: that of the last accepted code, or what came
    /// with the credential from elsewhere.
    #[must_use]
    pub const fn last(&self) -> Option<u64> {
        match self.next {
            Some(next) => next.checked_sub(1),
            None => Some(u64::MAX),
        }
    }

    /// Time steps by which the authenticator's clock is ahead of ours, negative if it is behind.
    #[must_use]
    pub const fn drift(&self) -> i32 {
        self.drift
    }

    /// Failures in a row, and until when they forbid the next attempt.
    #[must_use]
    pub const fn attempts(&self) -> Attempts {
        self.attempts
    }

    /// The state without failures: after an operator has looked, or by a recovery code.
    #[must_use]
    pub const fn unlocked(self) -> Self {
        Self { attempts: Attempts::NONE, ..self }
    }

    /// The state of a credential that is given up.
    #[must_use]
    pub const fn revoked(self) -> Self {
        Self { status: Status::Revoked, ..self }
    }
}

/// The parts of a [`State`], for a store that has columns of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateParts {
    /// Where the credential stands.
    pub status: Status,
    /// The first counter or time step that is not spent; none when all of them are.
    pub next: Option<u64>,
    /// Time steps by which the authenticator's clock is ahead.
    pub drift: i32,
    /// Failures in a row.
    pub failures: u32,
    /// The first second of the next attempt.
    pub locked_until: UnixTime,
}
