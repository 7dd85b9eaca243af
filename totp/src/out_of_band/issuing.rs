use crate::out_of_band::state::{Current, OutOfBandState, Phase};
use crate::{Code, Error, OutOfBand, OutOfBandRequest, UnixTime};

impl OutOfBand {
    /// Notes a fresh code for `request`, before it is sent: the state to store first, then send.
    ///
    /// A code that waits is void from then on, whichever request it was for. The same request keeps
    /// its count of tries; another one begins its own.
    ///
    /// # Errors
    /// [`Error::SendThrottled`] too soon after other messages, [`Error::SendsSpent`] and
    /// [`Error::TriesSpent`] where the request has had all of its own, [`Error::Replayed`] where it
    /// was answered; [`Error::Throttled`] and [`Error::Locked`], for what is sent could not be tried.
    /// Then there is nothing to store.
    pub fn issue(
        &self,
        state: &OutOfBandState,
        request: &OutOfBandRequest<'_>,
        code: &Code,
        now: UnixTime,
    ) -> Result<Issued, Error> {
        let policy = self.policy;
        state.attempts.reserve(policy.throttle(), now)?;
        let request_hash = self.request_hash(request);
        let (tries, sends) = match state.current_of(&request_hash) {
            Ok(Current { phase: Phase::Used, .. }) => return Err(Error::Replayed),
            Ok(Current { tries, .. }) if tries >= policy.tries() => return Err(Error::TriesSpent),
            Ok(Current { sends, .. }) if sends >= policy.sends() => return Err(Error::SendsSpent),
            Ok(Current { tries, sends, .. }) => (tries, sends),
            Err(_) => (0, 0),
        };
        let current = Current {
            request: request_hash,
            phase: Phase::Waiting(self.code_hash(request, code)),
            expires: now.saturating_add(policy.lifetime()),
            seen: now,
            tries,
            sends: sends.saturating_add(1),
        };
        Ok(Issued {
            state: OutOfBandState {
                current: Some(current),
                serial: state.serial.checked_add(1).ok_or(Error::State)?,
                attempts: state.attempts,
                sends: state.sends.reserve(policy, now)?,
            },
            sent: Dispatched {
                expires: current.expires,
                tries_left: policy.tries().saturating_sub(tries),
                sends_left: policy.sends().saturating_sub(current.sends),
            },
        })
    }
}

/// A code that may be sent.
#[derive(Clone, Copy, Debug)]
#[must_use = "the code counts when this state is stored"]
pub struct Issued {
    state: OutOfBandState,
    sent: Dispatched,
}

impl Issued {
    /// The state to store before the code is sent.
    #[must_use]
    pub const fn state(&self) -> &OutOfBandState {
        &self.state
    }

    /// What the person may be told.
    #[must_use]
    pub const fn sent(&self) -> Dispatched {
        self.sent
    }
}

/// What a page may tell of a code that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispatched {
    expires: UnixTime,
    tries_left: u8,
    sends_left: u8,
}

impl Dispatched {
    /// The first second in which the code is not taken any more.
    #[must_use]
    pub const fn expires(self) -> UnixTime {
        self.expires
    }

    /// How many tries the request still has.
    #[must_use]
    pub const fn tries_left(self) -> u8 {
        self.tries_left
    }

    /// How often the request's code may still be sent again.
    #[must_use]
    pub const fn sends_left(self) -> u8 {
        self.sends_left
    }
}
