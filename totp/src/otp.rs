use core::ops::RangeInclusive;

use crate::{Algorithm, Code, Digits, Error, Hotp, Key, Parameters, Totp, UnixTime};

/// What makes the codes of one credential: by time or by counter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Otp {
    /// By time.
    Totp(Totp),
    /// By counter.
    Hotp(Hotp),
}

impl Otp {
    /// Does the work of a credential for a user who has none. Everybody can compute its codes, so no
    /// verification ever takes one of them.
    ///
    /// ```
    /// use creance_totp::{Attempt, Error, Otp, Parameters, Policy, State, UnixTime, Verifier};
    ///
    /// let decoy = Otp::decoy(Parameters::totp());
    /// let now = UnixTime::from_secs(1_111_111_109);
    /// let code = decoy.code_at(37_037_036);
    /// let attempt = Attempt::login(&code, now);
    /// let verdict = Verifier::default().verify(&mut State::active(0), &decoy, &attempt);
    /// assert_eq!(verdict.unwrap_err(), Error::Mismatch);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn decoy(parameters: Parameters) -> Self {
        let key = Key::decoy(parameters.algorithm());
        let hotp = Hotp::new(key.clone(), parameters.digits());
        match parameters.period() {
            Some(period) => Totp::new(key, parameters.digits())
                .with_period(period)
                .map_or(Self::Hotp(hotp), Self::Totp),
            None => Self::Hotp(hotp),
        }
    }

    /// How many digits the codes have.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        match self {
            Self::Totp(totp) => totp.digits(),
            Self::Hotp(hotp) => hotp.digits(),
        }
    }

    /// The key's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Totp(totp) => totp.algorithm(),
            Self::Hotp(hotp) => hotp.algorithm(),
        }
    }

    /// Whether this is a [`decoy`](Self::decoy).
    #[must_use]
    pub const fn is_decoy(&self) -> bool {
        match self {
            Self::Totp(totp) => totp.is_decoy(),
            Self::Hotp(hotp) => hotp.is_decoy(),
        }
    }

    /// The time step that `now` falls into; `None` for codes by counter.
    pub(crate) fn step_at(&self, now: UnixTime) -> Result<Option<u64>, Error> {
        match self {
            Self::Totp(totp) => totp.step_at(now).map(Some),
            Self::Hotp(_) => Ok(None),
        }
    }

    /// The codes of time steps or counters, for a search in a window that looks at the last spent one
    /// before.
    pub(crate) fn codes_after_last(&self, window: RangeInclusive<u64>) -> impl FnMut(u64) -> Code {
        let hotp = match self {
            Self::Totp(totp) => totp.hotp(),
            Self::Hotp(hotp) => hotp,
        };
        hotp.codes_after_last(window)
    }

    /// The code of a time step or counter, of which every value has one.
    #[must_use]
    pub fn code_at(&self, counter: u64) -> Code {
        match self {
            Self::Totp(totp) => totp.generate_step(counter),
            Self::Hotp(hotp) => hotp.generate(counter),
        }
    }
}

impl From<Totp> for Otp {
    fn from(totp: Totp) -> Self {
        Self::Totp(totp)
    }
}

impl From<Hotp> for Otp {
    fn from(hotp: Hotp) -> Self {
        Self::Hotp(hotp)
    }
}
