use core::ops::RangeInclusive;

use crate::search::{MAX_RUN, newest_match, newest_run};
use crate::{Code, Error, Otp, Policy, State, Status, UnixTime};

/// What a code is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To be let in, with an [active](Status::Active) credential.
    Login,
    /// To show that the secret has arrived, with a [pending](Status::Pending) one, which becomes
    /// active.
    Enrolment,
}

impl Purpose {
    /// Whether a credential in this status serves the purpose.
    fn admits(self, status: Status) -> Result<(), Error> {
        match (self, status) {
            (Self::Login, Status::Active) | (Self::Enrolment, Status::Pending) => Ok(()),
            (Self::Login, Status::Pending) => Err(Error::NotConfirmed),
            (Self::Enrolment, Status::Active) => Err(Error::AlreadyActive),
            (_, Status::Revoked) => Err(Error::Revoked),
        }
    }
}

/// Decides about codes: which ones are right, whether they were used before, and whether there may be
/// another try.
///
/// It holds no state and no secret. Each attempt takes a [`State`] to the next one in two steps, and
/// both results have to be stored by compare-and-set: [`reserve`](Self::reserve) counts the attempt
/// before it is looked at, [`Reserved::verify`] looks at it and spends the code. A
/// [`StateStore`](crate::StateStore) does that with [`verify_stored`](Self::verify_stored); where the
/// state is in the caller's hand alone, [`verify`](Self::verify) is both at once.
///
/// ```
/// use creance_totp::{Algorithm, Code, Error, Parameters, Policy, Purpose, Secret, State, UnixTime, Verifier};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let otp = Parameters::totp().otp(&secret)?;
/// let verifier = Verifier::new(Policy::default());
/// let now = UnixTime::from_secs(1_111_111_109);
///
/// // The first code confirms the enrolment, and is spent by it.
/// let mut state = State::pending(0);
/// let code = Code::parse("081 804")?;
/// let _ = verifier.verify(&mut state, &otp, Purpose::Enrolment, &code, now)?;
/// assert_eq!(verifier.verify(&mut state, &otp, Purpose::Login, &code, now), Err(Error::Replayed));
///
/// // The next one, two seconds later, lets its owner in.
/// let code = Code::parse("050471")?;
/// let accepted = verifier.verify(&mut state, &otp, Purpose::Login, &code, now.saturating_add(2))?;
/// assert_eq!(accepted.counter(), 37_037_037);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Verifier {
    policy: Policy,
}

impl Verifier {
    /// A verifier.
    #[must_use]
    pub const fn new(policy: Policy) -> Self {
        Self { policy }
    }

    /// What it goes by.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        self.policy
    }

    /// Verifies a code on a state that nobody else has: on a device of its own, in a test, or under a
    /// lock. `state` is the next one afterwards, whatever comes out.
    ///
    /// # Errors
    /// Those of [`reserve`](Self::reserve) and [`Reserved::verify`].
    pub fn verify(
        &self,
        state: &mut State,
        otp: &Otp,
        purpose: Purpose,
        code: &Code,
        now: UnixTime,
    ) -> Result<Accepted, Error> {
        let reserved = self.reserve(state, purpose, now)?;
        *state = *reserved.state();
        let accepted = reserved.verify(state, otp, code)?;
        *state = *accepted.state();
        Ok(accepted)
    }

    /// Counts an attempt. Nothing may be looked at before the [new state](Reserved::state) is stored:
    /// otherwise guesses that come at once are all free.
    ///
    /// # Errors
    /// [`Error::NotConfirmed`], [`Error::AlreadyActive`] and [`Error::Revoked`] by the credential's
    /// status, [`Error::Throttled`] and [`Error::Locked`] after failures. Then there is nothing to
    /// store.
    pub fn reserve(
        &self,
        state: &State,
        purpose: Purpose,
        now: UnixTime,
    ) -> Result<Reserved, Error> {
        purpose.admits(state.status)?;
        let attempts = state.attempts.reserve(self.policy.throttle(), now)?;
        let state = State { attempts, ..*state };
        Ok(Reserved { policy: self.policy, purpose, state, now })
    }
}

/// An attempt that is counted and may be looked at.
#[derive(Clone, Copy, Debug)]
#[must_use = "the attempt is counted when this state is stored"]
pub struct Reserved {
    policy: Policy,
    purpose: Purpose,
    state: State,
    now: UnixTime,
}

impl Reserved {
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
        let window = self.window(current, otp)?;
        let code_of = |counter| otp.code_at(counter);
        let counter = newest_match(code, window.counters.clone(), current.next, code_of)?;
        let drift = window.learnt(counter, current.drift, self.policy);
        Ok(Accepted::new(counter, drift))
    }

    /// Looks at two or three consecutive codes, the oldest first, in a range far wider than the
    /// window: for an authenticator whose counter or clock is further off (RFC 4226, 7.4). One
    /// attempt, however wide the range is. What it finds becomes the place where the next code is
    /// expected.
    ///
    /// # Errors
    /// [`Error::Resync`] for another number of codes, or where the policy has switched it off;
    /// otherwise those of [`verify`](Self::verify).
    pub fn resynchronise(
        &self,
        current: &State,
        otp: &Otp,
        codes: &[Code],
    ) -> Result<Accepted, Error> {
        self.purpose.admits(current.status)?;
        let range = u64::from(self.policy.resync());
        if range == 0 || !matches!(codes.len(), 2..=MAX_RUN) {
            return Err(Error::Resync);
        }
        // From the present step, whatever drift was known: it may be the drift that is wrong.
        let without_drift = State { drift: 0, ..*current };
        let window = Window::around(&without_drift, otp, self.now, [range, range])?;
        let code_of = |counter| otp.code_at(counter);
        let counter = newest_run(codes, window.counters.clone(), current.next, code_of)?;
        let drift = window.present.map_or(0, |present| distance(present, counter));
        Ok(Accepted::new(counter, drift))
    }

    fn window(&self, current: &State, otp: &Otp) -> Result<Window, Error> {
        let (past, future) = match otp {
            Otp::Totp(_) => (self.policy.past(), self.policy.future()),
            Otp::Hotp(_) => (0, self.policy.look_ahead()),
        };
        Window::around(current, otp, self.now, [u64::from(past), u64::from(future)])
    }
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

    /// The counter or time step of the code.
    #[must_use]
    pub const fn counter(&self) -> u64 {
        self.counter
    }
}

/// The counters that are looked at.
struct Window {
    counters: RangeInclusive<u64>,
    /// The present time step, for codes by time.
    present: Option<u64>,
}

impl Window {
    /// By time: so many steps before and after the present one, as the authenticator's clock has it.
    /// By counter: from the expected one on.
    fn around(
        state: &State,
        otp: &Otp,
        now: UnixTime,
        [past, future]: [u64; 2],
    ) -> Result<Self, Error> {
        Ok(match otp {
            Otp::Totp(totp) => {
                let present = totp.step_at(now)?;
                let middle = present.saturating_add_signed(i64::from(state.drift));
                let counters = middle.saturating_sub(past)..=middle.saturating_add(future);
                Self { counters, present: Some(present) }
            }
            Otp::Hotp(_) => {
                let expected = state.next.unwrap_or(u64::MAX);
                Self { counters: expected..=expected.saturating_add(future), present: None }
            }
        })
    }

    /// The drift after a code of `counter`: one step nearer to it, within what the policy learns.
    fn learnt(&self, counter: u64, drift: i32, policy: Policy) -> i32 {
        let Some(present) = self.present.filter(|_| policy.drift() > 0) else { return drift };
        let moved = drift + (distance(present, counter) - drift).signum();
        let is_allowed = moved.unsigned_abs() <= u32::from(policy.drift());
        if is_allowed || moved.unsigned_abs() < drift.unsigned_abs() { moved } else { drift }
    }
}

/// Steps from `present` to `counter`, which is near it.
fn distance(present: u64, counter: u64) -> i32 {
    let distance = i128::from(counter) - i128::from(present);
    i32::try_from(distance).unwrap_or(0)
}
