use crate::keyed_hash::KeyedHash;
use crate::out_of_band::state::{Current, OutOfBandState, Phase};
use crate::{Attempts, Code, Error, OutOfBand, OutOfBandPolicy, OutOfBandRequest, UnixTime};

impl OutOfBand {
    /// The hashes of what was typed for `request`: all the work on secrets, done before it is known
    /// whether there is such a user or request, and so the same for users and requests that do not
    /// exist.
    #[must_use]
    pub fn attempt(&self, request: &OutOfBandRequest<'_>, code: &Code) -> OutOfBandAttempt {
        OutOfBandAttempt {
            request: self.request_hash(request),
            code: self.code_hash(request, code),
        }
    }

    /// Counts a try. Nothing may be looked at before the [new state](OutOfBandReserved::state) is
    /// stored: otherwise guesses that come at once are all free.
    ///
    /// # Errors
    /// [`Error::NotRequested`] where no code was sent for the request, or another one after it;
    /// [`Error::Replayed`], [`Error::TriesSpent`], [`Error::Throttled`] and [`Error::Locked`]. Then
    /// there is nothing to store. [`Error::Expired`]: store the state [`at`](OutOfBandState::at) that
    /// time, so that it stays so.
    pub fn reserve(
        &self,
        state: &OutOfBandState,
        attempt: &OutOfBandAttempt,
        now: UnixTime,
    ) -> Result<OutOfBandReserved, Error> {
        let state = state.at(now);
        let current = state.current_of(&attempt.request)?;
        current.waiting()?;
        if current.tries >= self.policy.tries() {
            return Err(Error::TriesSpent);
        }
        let attempts = state.attempts.reserve(self.policy.throttle(), now)?;
        let current = Current {
            tries: current.tries.saturating_add(1),
            seen: current.seen.max(now),
            ..current
        };
        let state = OutOfBandState { current: Some(current), attempts, ..state };
        Ok(OutOfBandReserved { state, attempt: *attempt, policy: self.policy })
    }
}

/// What was typed for a request, as hashes.
#[derive(Clone, Copy, Debug)]
pub struct OutOfBandAttempt {
    request: KeyedHash,
    code: KeyedHash,
}

/// A try that is counted and may be looked at.
#[derive(Clone, Copy, Debug)]
#[must_use = "the try is counted when this state is stored"]
pub struct OutOfBandReserved {
    state: OutOfBandState,
    attempt: OutOfBandAttempt,
    policy: OutOfBandPolicy,
}

impl OutOfBandReserved {
    /// The state to store before anything else is done.
    #[must_use]
    pub const fn state(&self) -> &OutOfBandState {
        &self.state
    }

    /// How many tries the request has after this one.
    #[must_use]
    pub fn tries_left(&self) -> u8 {
        let tries = self.state.current.map_or(0, |current| current.tries);
        self.policy.tries().saturating_sub(tries)
    }

    /// Looks at the code. `current` is the state as it is now stored, which may have moved on since
    /// the try was counted; if it moves on once more before the result is stored, this has to be
    /// asked again. Whether the code was in time is decided where the try is counted: it does not
    /// matter how long the store takes after that.
    ///
    /// # Errors
    /// [`Error::Mismatch`]; [`Error::Replayed`] where another one was faster, [`Error::NotRequested`]
    /// where another code was sent meanwhile, [`Error::Expired`].
    pub fn verify(&self, current: &OutOfBandState) -> Result<OutOfBandAccepted, Error> {
        // A try for the code before is none for this one.
        if current.serial != self.state.serial {
            return Err(Error::NotRequested);
        }
        let expected = current.current_of(&self.attempt.request)?.waiting()?;
        expected.verify(&self.attempt.code)?;
        let used = current.with_phase(Phase::Used);
        Ok(OutOfBandAccepted { state: OutOfBandState { attempts: Attempts::NONE, ..used } })
    }
}

/// Proof that the code was the one that was sent for this request, in time, and not used before.
///
/// It lets somebody in when its [state](Self::state) was stored in the place of the one that was
/// looked at, and not before.
#[derive(Clone, Copy, Debug)]
#[must_use = "the code is used when this state is stored"]
pub struct OutOfBandAccepted {
    state: OutOfBandState,
}

impl OutOfBandAccepted {
    /// The state to store: the code used, no failures.
    #[must_use]
    pub const fn state(&self) -> &OutOfBandState {
        &self.state
    }
}
