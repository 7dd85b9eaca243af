use crate::{Attempt, Code, Error, Otp, State, Throttle};

/// Which codes are taken, how far from the expected one, and how many tries there are.
///
/// The default: for codes by time the present step and the one before (RFC 6238, 5.2: one step for
/// the delay of the network), none ahead, no drift learnt; for codes by counter the expected one and
/// three more; [`Throttle::default`].
///
/// ```
/// use creance_totp::Policy;
///
/// // For clients whose clocks are off: one step each way, and up to two steps of drift learnt.
/// let policy = Policy::default().with_window(1, 1)?.with_drift(2)?;
/// assert_eq!((policy.past(), policy.future(), policy.drift()), (1, 1, 2));
///
/// // The strict reading of OWASP ASVS 5, 6.5.5: a code lives for its own 30 s.
/// assert_eq!((Policy::strict().past(), Policy::strict().future()), (0, 0));
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    past: u8,
    future: u8,
    look_ahead: u8,
    drift: u8,
    resync: u16,
    throttle: Throttle,
}

impl Policy {
    /// The most time steps that a window may reach each way.
    pub const MAX_STEPS: u8 = 10;

    /// The most counters that are looked at beyond the expected one.
    pub const MAX_LOOK_AHEAD: u8 = 50;

    /// The most counters or time steps that a resynchronisation may search each way.
    pub const MAX_RESYNC: u16 = 1_000;

    /// Only the present time step and only the expected counter.
    #[must_use]
    pub fn strict() -> Self {
        Self { past: 0, look_ahead: 0, ..Self::default() }
    }

    /// Sets the window of time steps: `past` before the present one and `future` after it.
    ///
    /// # Errors
    /// [`Error::Policy`] beyond [`MAX_STEPS`](Self::MAX_STEPS), or for a window that is too narrow
    /// for the drift.
    pub fn with_window(self, past: u8, future: u8) -> Result<Self, Error> {
        Self { past, future, ..self }.checked()
    }

    /// Sets how many counters are looked at beyond the expected one (RFC 4226, 7.4).
    ///
    /// # Errors
    /// [`Error::Policy`] beyond [`MAX_LOOK_AHEAD`](Self::MAX_LOOK_AHEAD).
    pub fn with_look_ahead(self, look_ahead: u8) -> Result<Self, Error> {
        Self { look_ahead, ..self }.checked()
    }

    /// Sets how many time steps the clock of an authenticator is followed at most (RFC 6238, 6), by
    /// one step for each accepted code. 0, the default, follows none.
    ///
    /// The window moves along and does not grow, so it must reach at least one step each way: who
    /// once typed slowly would otherwise be locked out by the next code in time. A code can be typed
    /// so many steps later than without; it is taken once all the same.
    ///
    /// # Errors
    /// [`Error::Policy`] beyond [`MAX_STEPS`](Self::MAX_STEPS), or with a window that does not reach
    /// a step each way.
    pub fn with_drift(self, drift: u8) -> Result<Self, Error> {
        Self { drift, ..self }.checked()
    }

    /// Sets how far a [resynchronisation](crate::Reserved::resynchronise) searches: counters ahead,
    /// or time steps each way. 100 by default; 0 switches it off.
    ///
    /// By time it needs a window of more than the present step: a clock that is off is never in step
    /// with ours. Where it has found one, the window reaches one step each way at least.
    ///
    /// # Errors
    /// [`Error::Policy`] beyond [`MAX_RESYNC`](Self::MAX_RESYNC).
    pub fn with_resync(self, resync: u16) -> Result<Self, Error> {
        Self { resync, ..self }.checked()
    }

    /// Sets the throttle.
    #[must_use]
    pub const fn with_throttle(self, throttle: Throttle) -> Self {
        Self { throttle, ..self }
    }

    /// Time steps before the present one.
    #[must_use]
    pub const fn past(self) -> u8 {
        self.past
    }

    /// Time steps after the present one.
    #[must_use]
    pub const fn future(self) -> u8 {
        self.future
    }

    /// Counters beyond the expected one.
    #[must_use]
    pub const fn look_ahead(self) -> u8 {
        self.look_ahead
    }

    /// Time steps of drift that are learnt at most.
    #[must_use]
    pub const fn drift(self) -> u8 {
        self.drift
    }

    /// Counters or time steps that a resynchronisation searches.
    #[must_use]
    pub const fn resync(self) -> u16 {
        self.resync
    }

    /// The throttle.
    #[must_use]
    pub const fn throttle(self) -> Throttle {
        self.throttle
    }

    /// Whether these codes, as many as there are, may resynchronise.
    pub(crate) fn allows_run(self, otp: &Otp, codes: &[Code]) -> Result<(), Error> {
        let is_run = matches!(codes.len(), 2..=Attempt::MAX_RUN);
        let may_drift = matches!(otp, Otp::Hotp(_)) || self.may_drift();
        if is_run && may_drift && self.resync > 0 { Ok(()) } else { Err(Error::Resync) }
    }

    /// The drift that the window goes by: none that this policy could neither learn nor find.
    pub(crate) fn drift_of(self, state: &State) -> i32 {
        let most = if self.may_drift() { self.resync.max(self.drift.into()) } else { 0 };
        state.drift.clamp(-i32::from(most), most.into())
    }

    /// The steps before and after the one that is expected at this drift.
    ///
    /// A clock that is off changes its step at any second of ours. What it is ahead by is thus known
    /// to within a step only, and each of the neighbours can be the code in time.
    pub(crate) fn steps_around(self, drift: i32) -> (u64, u64) {
        let least = u8::from(drift != 0);
        (self.past.max(least).into(), self.future.max(least).into())
    }

    /// With a window of the present step alone, a code lives in its own step and by our clock.
    const fn may_drift(self) -> bool {
        self.past > 0 || self.future > 0
    }

    fn checked(self) -> Result<Self, Error> {
        let is_narrow = self.past <= Self::MAX_STEPS
            && self.future <= Self::MAX_STEPS
            && self.drift <= Self::MAX_STEPS
            && self.look_ahead <= Self::MAX_LOOK_AHEAD
            && self.resync <= Self::MAX_RESYNC;
        let drift_has_room = self.drift == 0 || self.past >= 1 && self.future >= 1;
        if is_narrow && drift_has_room { Ok(self) } else { Err(Error::Policy) }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            past: 1,
            future: 0,
            look_ahead: 3,
            drift: 0,
            resync: 100,
            throttle: Throttle::default(),
        }
    }
}
