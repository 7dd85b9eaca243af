use crate::{Accepted, Attempt, Error, Otp, Policy, Purpose, Reserved, State, UnixTime};

/// Decides about codes: which ones are right, whether they were used before, and whether there may be
/// another try.
///
/// It holds no state and no secret. Each attempt takes a [`State`] to the next one in two steps, and
/// both results have to be stored by compare-and-set: [`reserve`](Self::reserve) counts the attempt
/// before it is looked at, [`Reserved::verify`] looks at it and spends the code. In a
/// [`StateStore`](crate::StateStore) that is done by [`verify_stored`](Self::verify_stored); where the
/// state is in the caller's hand alone, [`verify`](Self::verify) is both at once.
///
/// ```
/// use creance_totp::{Attempt, Code, Error, Parameters, Policy, Secret, State, UnixTime, Verifier};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let otp = Parameters::totp().otp(&secret)?;
/// let verifier = Verifier::new(Policy::default());
/// let now = UnixTime::from_secs(1_111_111_109);
///
/// // The first code confirms the enrolment, and is spent by it.
/// let mut state = State::pending(0);
/// let code = Code::parse("081 804")?;
/// let _ = verifier.verify(&mut state, &otp, &Attempt::enrolment(&code, now))?;
/// let again = verifier.verify(&mut state, &otp, &Attempt::login(&code, now));
/// assert_eq!(again, Err(Error::Replayed));
///
/// // The next one, two seconds later, lets its owner in.
/// let (code, now) = (Code::parse("050471")?, now.saturating_add(2));
/// let accepted = verifier.verify(&mut state, &otp, &Attempt::login(&code, now))?;
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

    /// Verifies what was typed on a state that nobody else has: on a device of its own, in a test, or
    /// under a lock. `state` is the next one afterwards, whatever comes out.
    ///
    /// # Errors
    /// Those of [`reserve`](Self::reserve), [`Reserved::verify`] and [`Reserved::resynchronise`].
    /// What is the program's own fault ([`Error::Resync`], [`Error::BeforeStart`]) is not counted.
    pub fn verify(
        &self,
        state: &mut State,
        otp: &Otp,
        attempt: &Attempt<'_>,
    ) -> Result<Accepted, Error> {
        attempt.check(otp, self.policy)?;
        let reserved = self.reserve(state, attempt.purpose(), attempt.now())?;
        *state = *reserved.state();
        let accepted = reserved.look(state, otp, attempt)?;
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
        Ok(Reserved::new(self.policy, purpose, state, now))
    }

    /// The work of looking at what was typed, for nothing: `otp` is what somebody has, or a
    /// [decoy](Otp::decoy) for nobody.
    pub(crate) fn waste(&self, otp: &Otp, attempt: &Attempt<'_>) {
        let nobody = State::active(0);
        let reserved = Reserved::new(self.policy, Purpose::Login, nobody, attempt.now());
        let _ = reserved.look(&nobody, otp, attempt);
    }
}
