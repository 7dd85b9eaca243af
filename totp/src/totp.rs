use core::num::NonZeroU64;

use crate::search::newest_match;
use crate::{Algorithm, Code, Digits, Error, Hotp, Key, UnixTime};

/// Codes by time (TOTP, RFC 6238): the codes of a counter of time steps.
///
/// A step lasts 30 s and the first begins in 1970, unless set otherwise. The time is an argument:
/// it must be the service's own, never the client's.
///
/// This is the computation only: see the [crate](crate) on what a service has to add.
///
/// ```
/// use creance_totp::{Algorithm, Code, Digits, Key, Totp, UnixTime};
///
/// let key = Key::new(Algorithm::Sha1, b"12345678901234567890")?;
/// let totp = Totp::new(key, Digits::Eight);
/// assert_eq!(totp.generate(UnixTime::from_secs(59))?.expose(), "94287082");
///
/// // One step later, and one step back is allowed.
/// let typed = Code::parse("9428 7082")?;
/// let matched = totp.verify(&typed, UnixTime::from_secs(61), 1, 0)?;
/// assert_eq!(matched.step(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Totp {
    hotp: Hotp,
    period: NonZeroU64,
    t0: UnixTime,
}

impl Totp {
    /// The period of RFC 6238, 4.1, in seconds.
    pub const DEFAULT_PERIOD: u64 = 30;

    const THIRTY: NonZeroU64 = NonZeroU64::new(Self::DEFAULT_PERIOD).unwrap();

    /// Codes of `digits` digits under `key`, a new one every 30 s since 1970.
    #[must_use]
    pub fn new(key: Key, digits: Digits) -> Self {
        Self { hotp: Hotp::new(key, digits), period: Self::THIRTY, t0: UnixTime::default() }
    }

    /// Sets how long a step lasts, in seconds, 1 to all of `u64`. Not every app follows: 30 is
    /// what all of them know.
    ///
    /// ```
    /// use creance_totp::{Algorithm, Digits, Error, Key, Totp};
    ///
    /// let key = Key::new(Algorithm::Sha256, b"12345678901234567890123456789012")?;
    /// let totp = Totp::new(key, Digits::Six).with_period(60)?;
    /// assert_eq!(totp.period(), 60);
    /// assert_eq!(totp.with_period(0).unwrap_err(), Error::ZeroPeriod);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ZeroPeriod`].
    pub fn with_period(self, secs: u64) -> Result<Self, Error> {
        let period = NonZeroU64::new(secs).ok_or(Error::ZeroPeriod)?;
        Ok(Self { period, ..self })
    }

    /// Sets when the first step begins (`T0` of RFC 6238, 4.1).
    #[must_use]
    pub fn with_t0(self, t0: UnixTime) -> Self {
        Self { t0, ..self }
    }

    /// How long a step lasts, in seconds.
    #[must_use]
    pub const fn period(&self) -> u64 {
        self.period.get()
    }

    /// When the first step begins.
    #[must_use]
    pub const fn t0(&self) -> UnixTime {
        self.t0
    }

    /// How many digits the codes have.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.hotp.digits()
    }

    /// The key's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.hotp.algorithm()
    }

    /// The codes by their steps.
    pub(crate) const fn hotp(&self) -> &Hotp {
        &self.hotp
    }

    pub(crate) const fn is_decoy(&self) -> bool {
        self.hotp.is_decoy()
    }

    /// The step that `time` falls into: whole periods since the first began (RFC 6238, 4.2), in
    /// all 64 bits.
    ///
    /// # Errors
    /// [`Error::BeforeStart`].
    pub const fn step_at(&self, time: UnixTime) -> Result<u64, Error> {
        if time.as_secs() < self.t0.as_secs() {
            return Err(Error::BeforeStart { time, t0: self.t0 });
        }
        Ok(time.seconds_since(self.t0) / self.period.get())
    }

    /// The code at `time`.
    ///
    /// # Errors
    /// [`Error::BeforeStart`].
    pub fn generate(&self, time: UnixTime) -> Result<Code, Error> {
        self.step_at(time).map(|step| self.generate_step(step))
    }

    /// The code of a step, of which every value has one.
    #[must_use]
    pub fn generate_step(&self, step: u64) -> Code {
        self.hotp.generate(step)
    }

    /// Looks for the step of a received code: the one at `time`, `past_steps` before it and
    /// `future_steps` after it, all included, as far as there are steps.
    ///
    /// RFC 6238, 5.2 recommends one step back at most, for the delay of the network and of people;
    /// 0 and 0 is the strictest. All codes are computed, with no early exit; each is also one more
    /// guess for an attacker. Of several steps with the same code the newest is told.
    ///
    /// # Errors
    /// [`Error::Mismatch`], also for a code with another number of digits and for every code under a
    /// [decoy](Key::decoy), and [`Error::BeforeStart`].
    pub fn verify(
        &self,
        code: &Code,
        time: UnixTime,
        past_steps: u8,
        future_steps: u8,
    ) -> Result<MatchedStep, Error> {
        let step = self.step_at(time)?;
        let first = step.saturating_sub(u64::from(past_steps));
        let last = step.saturating_add(u64::from(future_steps));
        let found = newest_match(code, first..=last, self.hotp.codes(first..=last));
        // Everybody can compute the codes of a decoy.
        let step = if self.is_decoy() { Err(Error::Mismatch) } else { found }?;
        Ok(MatchedStep { step })
    }
}

/// Proof that a code was right at its time: only [`Totp::verify`] and
/// [`Steam::verify`](crate::Steam::verify) make one.
///
/// It becomes a login when the step is newer than the last accepted one, and was stored as the
/// last before anybody else stored it; otherwise the code is used a second time (RFC 6238, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the step must be stored and refused from then on, or the code is accepted again"]
pub struct MatchedStep {
    step: u64,
}

impl MatchedStep {
    pub(crate) const fn new(step: u64) -> Self {
        Self { step }
    }

    /// The time step of the code.
    #[must_use]
    pub const fn step(self) -> u64 {
        self.step
    }
}
