use crate::keyed_hash::KeyedHash;
use crate::out_of_band::sends::Sends;
use crate::{Attempts, Error, OutOfBandPolicy, UnixTime};

/// All that a service remembers of the codes that it sent to one user.
///
/// It holds no secret: of the code a keyed hash. It only ever changes from one value to the next
/// through an [`OutOfBand`](crate::OutOfBand), and is stored by compare-and-set, see
/// [`StateStore`](crate::StateStore).
///
/// ```
/// use creance_totp::{OutOfBandState, UnixTime};
///
/// let state = OutOfBandState::new();
/// assert!(!state.is_waiting(UnixTime::from_secs(1_700_000_000)));
/// assert_eq!(state.attempts().failures(), 0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OutOfBandState {
    pub(super) current: Option<Current>,
    /// Counts what was sent, so that a try for one code is never taken for one for another.
    pub(super) serial: u64,
    pub(super) attempts: Attempts,
    pub(super) sends: Sends,
}

impl OutOfBandState {
    /// Nothing was sent yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { current: None, serial: 0, attempts: Attempts::NONE, sends: Sends::NONE }
    }

    /// The user's failures in a row, over all requests.
    #[must_use]
    pub const fn attempts(&self) -> Attempts {
        self.attempts
    }

    /// Whether there is a code that may still be taken.
    #[must_use]
    pub fn is_waiting(&self, now: UnixTime) -> bool {
        let at_now = self.at(now);
        matches!(at_now.current, Some(Current { phase: Phase::Waiting(_), .. }))
    }

    /// The first second in which one more message may be sent to the user: for a page that counts
    /// down to it. The request may have had all of its messages by then.
    #[must_use]
    pub fn next_send(&self, policy: OutOfBandPolicy) -> UnixTime {
        self.sends.next_at(policy)
    }

    /// The state without failures: after an operator has looked, or by a recovery code. What was sent
    /// stays counted, and a request's tries stay used.
    #[must_use]
    pub const fn unlocked(self) -> Self {
        Self { attempts: Attempts::NONE, ..self }
    }

    /// The state without a code that waits: when its request was given up, or the number has changed.
    /// Failures and messages stay counted.
    #[must_use]
    pub fn revoked(self) -> Self {
        self.with_phase(Phase::Expired)
    }

    /// Whether the code waits in this state, and is void at `now`.
    pub(super) fn becomes_void(&self, now: UnixTime) -> bool {
        let waits = matches!(self.current, Some(Current { phase: Phase::Waiting(_), .. }));
        waits && !self.is_waiting(now)
    }

    /// The state as it is at `now`: a code whose time is over is void. Once that is stored, no clock
    /// that is set back brings it to life again.
    #[must_use]
    pub fn at(&self, now: UnixTime) -> Self {
        match self.current {
            Some(current) if current.is_over(now) => self.with_phase(Phase::Expired),
            _ => *self,
        }
    }

    /// What is remembered of the request `hash`.
    pub(super) fn current_of(&self, hash: &KeyedHash) -> Result<Current, Error> {
        let current = self.current.filter(|current| current.request.verify(hash).is_ok());
        current.ok_or(Error::NotRequested)
    }

    /// Moves on from waiting; there is no way back.
    pub(super) fn with_phase(self, phase: Phase) -> Self {
        let moved = self.current.map(|current| match current.phase {
            Phase::Waiting(_) => Current { phase, ..current },
            Phase::Used | Phase::Expired => current,
        });
        Self { current: moved, ..self }
    }
}

impl Default for OutOfBandState {
    fn default() -> Self {
        Self::new()
    }
}

/// The request that was served last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Current {
    pub(super) request: KeyedHash,
    pub(super) phase: Phase,
    /// The first second in which the code is not taken any more.
    pub(super) expires: UnixTime,
    /// The latest time at which the code was made or tried.
    pub(super) seen: UnixTime,
    pub(super) tries: u8,
    pub(super) sends: u8,
}

/// How far behind the clock of one process that of another may be, in seconds.
const MAX_CLOCK_SKEW: u64 = 5;

impl Current {
    /// Whether the code's time is over; also when the clock was set back behind what was already
    /// seen, for then nobody knows how long it has been.
    fn is_over(&self, now: UnixTime) -> bool {
        now >= self.expires || now.saturating_add(MAX_CLOCK_SKEW) < self.seen
    }

    /// The code's hash, if it waits.
    pub(super) const fn waiting(&self) -> Result<KeyedHash, Error> {
        match self.phase {
            Phase::Waiting(hash) => Ok(hash),
            Phase::Used => Err(Error::Replayed),
            Phase::Expired => Err(Error::Expired),
        }
    }
}

/// What became of the code.
#[derive(Clone, Copy, Debug)]
pub(super) enum Phase {
    Waiting(KeyedHash),
    Used,
    Expired,
}
