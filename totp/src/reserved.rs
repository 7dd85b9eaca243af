use crate::search::{newest_unspent, newest_unspent_run};
use crate::window::Window;
use crate::{Attempt, Code, Error, Otp, Policy, Purpose, State, UnixTime};

/// An attempt that is counted and may be looked at.
///
/// For records that hold more than a [`State`]; otherwise
/// [`Verifier::verify_stored`](crate::Verifier::verify_stored) is both steps.
///
/// ```
/// use creance_totp::{Code, Parameters, Purpose, Secret, State, UnixTime, Verifier};
///
/// let otp = Parameters::totp().otp(&Secret::from_bytes(b"12345678901234567890")?)?;
/// let (code, now) = (Code::parse("050471")?, UnixTime::from_secs(1_111_111_111));
///
/// let stored = State::active(0);
/// let reserved = Verifier::default().reserve(&stored, Purpose::Login, now)?;
/// // Stored by compare-and-set, or begun again if somebody else was faster.
/// let stored = *reserved.state();
/// assert_eq!(stored.attempts().failures(), 1);
///
/// let accepted = reserved.verify(&stored, &otp, &code)?;
/// // Likewise, and only then is anybody let in.
/// let stored = *accepted.state();
/// assert_eq!((stored.attempts().failures(), stored.last()), (0, Some(37_037_037)));
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "the attempt is counted when this state is stored"]
pub struct Reserved {
    policy: Policy,
    purpose: Purpose,
    state: State,
    now: UnixTime,
}

impl Reserved {
    pub(crate) const fn new(policy: Policy, purpose: Purpose, state: State, now: UnixTime) -> Self {
        Self { policy, purpose, state, now }
    }

    /// The state to store before anything else is done.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Looks at a code. `current` is the state as it is now stored, which may have moved on since the
    /// reservation; if it moves on once more before the result is stored, this has to be asked again.
    ///
    /// All codes of the window are computed, and the last accepted one's, wherever there is a match.
    ///
    /// # Errors
    /// [`Error::Mismatch`], [`Error::Replayed`], [`Error::BeforeStart`], and those of the status, if
    /// it has changed.
    pub fn verify(&self, current: &State, otp: &Otp, code: &Code) -> Result<Accepted, Error> {
        self.purpose.admits(current.status)?;
        let window = Window::of(current, otp, self.policy, self.now)?;
        let found = newest_unspent(code, &window, otp.codes_after_last(window.looked_at.clone()));
        let counter = genuine(otp, found)?;
        Ok(Accepted::new(counter, window.learnt(counter, self.policy)))
    }

    /// Looks at two or three consecutive codes, the oldest first, in a range far wider than the
    /// window: for an authenticator whose counter or clock is further off (RFC 4226, 7.4; RFC 6238,
    /// 6). One attempt, however wide the range is. What it finds becomes the place where the next
    /// code is expected.
    ///
    /// By time this takes codes that are as old as the range reaches back, 50 minutes by default,
    /// if none of them and no later one was used. Who read two of them in passing has that long to
    /// use them; where that matters, resynchronise by a narrower range, or after another proof only.
    ///
    /// # Errors
    /// [`Error::Resync`] for another number of codes, or where the policy does not allow it;
    /// otherwise those of [`verify`](Self::verify).
    pub fn resynchronise(
        &self,
        current: &State,
        otp: &Otp,
        codes: &[Code],
    ) -> Result<Accepted, Error> {
        self.purpose.admits(current.status)?;
        self.policy.allows_run(otp, codes)?;
        let window = Window::of_run(current, otp, self.policy, self.now)?;
        let codes_of = otp.codes_after_last(window.looked_at.clone());
        let found = newest_unspent_run(codes, &window, codes_of);
        let counter = genuine(otp, found)?;
        Ok(Accepted::new(counter, window.found(counter)))
    }

    /// Looks at whatever was typed.
    pub(crate) fn look(
        &self,
        current: &State,
        otp: &Otp,
        attempt: &Attempt<'_>,
    ) -> Result<Accepted, Error> {
        match attempt.codes() {
            [code] if attempt.run().is_none() => self.verify(current, otp, code),
            codes => self.resynchronise(current, otp, codes),
        }
    }
}

/// Everybody can compute the codes of a decoy.
fn genuine(otp: &Otp, found: Result<u64, Error>) -> Result<u64, Error> {
    if otp.is_decoy() { Err(Error::Mismatch) } else { found }
}

/// Proof that a code was right, not used before, and typed when it was allowed to.
///
/// It lets somebody in when its [state](Self::state) was stored in the place of the one that was
/// looked at, and not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the code is spent when this state is stored"]
pub struct Accepted {
    state: State,
    counter: u64,
}

impl Accepted {
    fn new(counter: u64, drift: i32) -> Self {
        let state = State { drift, next: counter.checked_add(1), ..State::active(0) };
        Self { state, counter }
    }

    /// The state to store: active, the code spent, no failures.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The counter or time step of the code, of the last one if there were several.
    #[must_use]
    pub const fn counter(&self) -> u64 {
        self.counter
    }
}
