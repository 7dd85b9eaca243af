use crate::{Algorithm, Code, Digits, Hotp, Key, Parameters, Totp};

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
    /// Makes codes that nobody has: to do the work of a verification for a user who is not known.
    /// What it verifies is refused by whoever asked, see [`Verifier`](crate::Verifier).
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

    /// The code of a time step or counter.
    #[must_use]
    pub(crate) fn code_at(&self, counter: u64) -> Code {
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
