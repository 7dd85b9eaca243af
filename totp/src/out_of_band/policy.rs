use crate::{Digits, Error, Throttle};

/// How long a code lives, how many tries there are, and how much is sent.
///
/// The default: six digits, five minutes, three tries for each request; three messages for each
/// request, 30 s between two of them, and five an hour for each user; [`Throttle::default`] for
/// failures in a row over all requests.
///
/// ```
/// use creance_totp::{Digits, OutOfBandPolicy};
///
/// let for_voice = OutOfBandPolicy::default()
///     .with_digits(Digits::Eight)
///     .with_lifetime(600)?
///     .with_interval(60)?;
/// assert_eq!(for_voice.lifetime(), 600);
/// // NIST SP 800-63B, 5.1.3.2: a code is void after ten minutes.
/// assert!(for_voice.with_lifetime(601).is_err());
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfBandPolicy {
    digits: Digits,
    lifetime: u64,
    tries: u8,
    sends: u8,
    interval: u64,
    sends_per_period: u8,
    period: u64,
    throttle: Throttle,
}

impl OutOfBandPolicy {
    /// The longest life of a code, in seconds (NIST SP 800-63B, 5.1.3.2).
    pub const MAX_LIFETIME: u64 = 600;

    /// The fewest tries of a request.
    pub const MIN_TRIES: u8 = 3;

    /// The most tries of a request.
    pub const MAX_TRIES: u8 = 5;

    /// The most messages of a request.
    pub const MAX_SENDS: u8 = 5;

    /// The shortest time between two messages, in seconds.
    pub const MIN_INTERVAL: u64 = 10;

    /// The most messages in a period.
    pub const MAX_SENDS_PER_PERIOD: u8 = 10;

    /// The longest period, in seconds: a day.
    pub const MAX_PERIOD: u64 = 24 * 3_600;

    /// Sets how many digits the codes have.
    #[must_use]
    pub const fn with_digits(self, digits: Digits) -> Self {
        Self { digits, ..self }
    }

    /// Sets for how many seconds a code lives.
    ///
    /// # Errors
    /// [`Error::Policy`] for 0, and beyond [`MAX_LIFETIME`](Self::MAX_LIFETIME).
    pub const fn with_lifetime(self, seconds: u64) -> Result<Self, Error> {
        Self { lifetime: seconds, ..self }.checked()
    }

    /// Sets how many tries a request has, however often its code is sent again.
    ///
    /// # Errors
    /// [`Error::Policy`] unless it is 3 to 5.
    pub const fn with_tries(self, tries: u8) -> Result<Self, Error> {
        Self { tries, ..self }.checked()
    }

    /// Sets how many messages a request has, the first one included.
    ///
    /// # Errors
    /// [`Error::Policy`] for 0, and beyond [`MAX_SENDS`](Self::MAX_SENDS).
    pub const fn with_sends(self, sends: u8) -> Result<Self, Error> {
        Self { sends, ..self }.checked()
    }

    /// Sets how many seconds lie between two messages to the same user.
    ///
    /// # Errors
    /// [`Error::Policy`] below [`MIN_INTERVAL`](Self::MIN_INTERVAL), and beyond the period.
    pub const fn with_interval(self, seconds: u64) -> Result<Self, Error> {
        Self { interval: seconds, ..self }.checked()
    }

    /// Sets how many messages a user gets in any `period` of so many seconds.
    ///
    /// It bounds what one account costs. What many accounts cost has to be bounded where they are
    /// made: messages to numbers of one's own are a way to earn a share of their price.
    ///
    /// # Errors
    /// [`Error::Policy`] for 0 messages, beyond [`MAX_SENDS_PER_PERIOD`](Self::MAX_SENDS_PER_PERIOD)
    /// and [`MAX_PERIOD`](Self::MAX_PERIOD), and for a period shorter than the interval.
    pub const fn with_sends_per_period(self, sends: u8, period: u64) -> Result<Self, Error> {
        Self { sends_per_period: sends, period, ..self }.checked()
    }

    /// Sets the throttle of a user's failures in a row, over all requests.
    #[must_use]
    pub const fn with_throttle(self, throttle: Throttle) -> Self {
        Self { throttle, ..self }
    }

    /// How many digits the codes have.
    #[must_use]
    pub const fn digits(self) -> Digits {
        self.digits
    }

    /// Seconds for which a code lives.
    #[must_use]
    pub const fn lifetime(self) -> u64 {
        self.lifetime
    }

    /// Tries of a request.
    #[must_use]
    pub const fn tries(self) -> u8 {
        self.tries
    }

    /// Messages of a request.
    #[must_use]
    pub const fn sends(self) -> u8 {
        self.sends
    }

    /// Seconds between two messages.
    #[must_use]
    pub const fn interval(self) -> u64 {
        self.interval
    }

    /// Messages to a user in a [`period`](Self::period).
    #[must_use]
    pub const fn sends_per_period(self) -> u8 {
        self.sends_per_period
    }

    /// The period, in seconds.
    #[must_use]
    pub const fn period(self) -> u64 {
        self.period
    }

    /// The throttle.
    #[must_use]
    pub const fn throttle(self) -> Throttle {
        self.throttle
    }

    const fn checked(self) -> Result<Self, Error> {
        let lives = self.lifetime >= 1 && self.lifetime <= Self::MAX_LIFETIME;
        let tries = self.tries >= Self::MIN_TRIES && self.tries <= Self::MAX_TRIES;
        let sends = self.sends >= 1 && self.sends <= Self::MAX_SENDS;
        let sends_per_period =
            self.sends_per_period >= 1 && self.sends_per_period <= Self::MAX_SENDS_PER_PERIOD;
        let times = Self::MIN_INTERVAL <= self.interval
            && self.interval <= self.period
            && self.period <= Self::MAX_PERIOD;
        if lives && tries && sends && sends_per_period && times {
            Ok(self)
        } else {
            Err(Error::Policy)
        }
    }
}

impl Default for OutOfBandPolicy {
    fn default() -> Self {
        Self {
            digits: Digits::Six,
            lifetime: 300,
            tries: 3,
            sends: 3,
            interval: 30,
            sends_per_period: 5,
            period: 3_600,
            throttle: Throttle::default(),
        }
    }
}
