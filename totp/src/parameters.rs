use core::num::NonZeroU64;

use crate::{Algorithm, Digits, Error, Hotp, Otp, Secret, Totp, limits};

/// How codes are made of a secret: what an authenticator has to know besides it.
///
/// The default is what every app knows: by time, a new code every 30 s, six digits, SHA-1. Many apps
/// ignore other values without a word, which is why it is the default.
///
/// ```
/// use creance_totp::{Algorithm, Digits, Parameters};
///
/// let parameters = Parameters::default();
/// assert_eq!(parameters, Parameters::totp());
/// assert_eq!((parameters.digits(), parameters.period()), (Digits::Six, Some(30)));
///
/// let stronger = Parameters::totp().with_algorithm(Algorithm::Sha256)?.with_digits(Digits::Eight);
/// assert_eq!(stronger.algorithm(), Algorithm::Sha256);
/// assert_eq!(Parameters::hotp().period(), None);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parameters {
    algorithm: Algorithm,
    digits: Digits,
    /// Seconds of a time step; none for codes by counter.
    period: Option<NonZeroU64>,
}

impl Parameters {
    /// The longest time step in seconds: a day. A code that lives for longer is a password.
    pub const MAX_PERIOD: u64 = limits::MAX_PERIOD;

    const THIRTY: NonZeroU64 = NonZeroU64::new(Totp::DEFAULT_PERIOD).unwrap();

    /// Codes by time: SHA-1, six digits, 30 s.
    #[must_use]
    pub const fn totp() -> Self {
        Self { algorithm: Algorithm::Sha1, digits: Digits::Six, period: Some(Self::THIRTY) }
    }

    /// Codes by counter: SHA-1, six digits.
    #[must_use]
    pub const fn hotp() -> Self {
        Self { period: None, ..Self::totp() }
    }

    /// Sets the algorithm: SHA-1, SHA-256 or SHA-512.
    ///
    /// # Errors
    /// [`Error::Algorithm`] for SHA-384, which no authenticator knows.
    pub const fn with_algorithm(self, algorithm: Algorithm) -> Result<Self, Error> {
        match algorithm {
            Algorithm::Sha1 | Algorithm::Sha256 | Algorithm::Sha512 => {
                Ok(Self { algorithm, ..self })
            }
            Algorithm::Sha384 => Err(Error::Algorithm),
        }
    }

    /// Sets the number of digits.
    #[must_use]
    pub const fn with_digits(self, digits: Digits) -> Self {
        Self { digits, ..self }
    }

    /// Makes codes by time, a new one every `period` seconds, 1 to 86,400.
    ///
    /// # Errors
    /// [`Error::ZeroPeriod`]; [`Error::LongPeriod`] above [`MAX_PERIOD`](Self::MAX_PERIOD).
    pub const fn with_period(self, period: u64) -> Result<Self, Error> {
        match NonZeroU64::new(period) {
            Some(_) if period > Self::MAX_PERIOD => Err(Error::LongPeriod { period }),
            Some(period) => Ok(Self { period: Some(period), ..self }),
            None => Err(Error::ZeroPeriod),
        }
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(self) -> Algorithm {
        self.algorithm
    }

    /// The number of digits.
    #[must_use]
    pub const fn digits(self) -> Digits {
        self.digits
    }

    /// Seconds of a time step; `None` for codes by counter.
    #[must_use]
    pub const fn period(self) -> Option<u64> {
        match self.period {
            Some(period) => Some(period.get()),
            None => None,
        }
    }

    /// What makes the codes of `secret`, the key prepared.
    ///
    /// # Errors
    /// None that can occur with a [`Secret`] and these parameters.
    pub fn otp(self, secret: &Secret) -> Result<Otp, Error> {
        let key = secret.key(self.algorithm)?;
        match self.period {
            Some(period) => Totp::new(key, self.digits).with_period(period.get()).map(Otp::Totp),
            None => Ok(Otp::Hotp(Hotp::new(key, self.digits))),
        }
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self::totp()
    }
}
