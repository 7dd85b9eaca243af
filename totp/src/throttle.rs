use crate::{Error, UnixTime};

/// How failed attempts slow down the next ones, and when they end them.
///
/// The default: five attempts are free; after the fifth failure in a row 30 s have to pass, after
/// each further one twice as long, up to an hour; after 100 nothing is verified any more, until an
/// operator or a recovery code resets the count. A guesser of six digits in a window of two steps
/// has a chance of 1 in 5,000 before the end, however long it takes.
///
/// NIST SP 800-63B, 5.2.2 allows 100 failures in a row at most.
///
/// ```
/// use creance_totp::Throttle;
///
/// let throttle = Throttle::default();
/// assert_eq!([4, 5, 6, 99].map(|failures| throttle.delay_after(failures)), [0, 30, 60, 3_600]);
/// // Three attempts, then a minute and two, and the end after five.
/// let short = Throttle::new(3, 60, 120, 5)?;
/// assert_eq!([3, 4].map(|failures| short.delay_after(failures)), [60, 120]);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    free: u32,
    first_delay: u64,
    longest_delay: u64,
    stop: u32,
}

impl Throttle {
    /// The most failures in a row that any throttle allows (NIST SP 800-63B, 5.2.2).
    pub const MAX_STOP: u32 = 100;

    /// `free` attempts without delay, then `first_delay` seconds doubling to `longest_delay`, and
    /// an end after `stop` failures in a row.
    ///
    /// # Errors
    /// [`Error::Policy`] unless `free` and `stop` are 1 to 100 and `free` is no greater, and the
    /// delays are at least a second and in order.
    pub const fn new(
        free: u32,
        first_delay: u64,
        longest_delay: u64,
        stop: u32,
    ) -> Result<Self, Error> {
        let counts_are_right = free >= 1 && free <= stop && stop <= Self::MAX_STOP;
        if counts_are_right && first_delay >= 1 && first_delay <= longest_delay {
            Ok(Self { free, first_delay, longest_delay, stop })
        } else {
            Err(Error::Policy)
        }
    }

    /// Failures in a row without a delay.
    #[must_use]
    pub const fn free(self) -> u32 {
        self.free
    }

    /// Seconds of the first delay.
    #[must_use]
    pub const fn first_delay(self) -> u64 {
        self.first_delay
    }

    /// Seconds of the longest delay.
    #[must_use]
    pub const fn longest_delay(self) -> u64 {
        self.longest_delay
    }

    /// Failures in a row after which nothing is verified any more.
    #[must_use]
    pub const fn stop(self) -> u32 {
        self.stop
    }

    /// Seconds to wait after so many failures in a row.
    #[must_use]
    pub const fn delay_after(self, failures: u32) -> u64 {
        let Some(doublings) = failures.checked_sub(self.free) else { return 0 };
        match 1_u64.checked_shl(doublings) {
            Some(factor) if self.first_delay.saturating_mul(factor) < self.longest_delay => {
                self.first_delay * factor
            }
            _ => self.longest_delay,
        }
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self { free: 5, first_delay: 30, longest_delay: 3_600, stop: Self::MAX_STOP }
    }
}

/// Failures in a row, and until when they forbid the next attempt.
///
/// An attempt is counted *before* it is looked at. With a count afterwards, as many guesses as run
/// at once would all be verified before the first of them counts.
///
/// ```
/// use creance_totp::{Attempts, Error, Throttle, UnixTime};
///
/// let (throttle, now) = (Throttle::new(1, 30, 3_600, 100)?, UnixTime::from_secs(1_000));
/// let attempts = Attempts::NONE.reserve(throttle, now)?;
/// assert_eq!((attempts.failures(), attempts.locked_until().as_secs()), (1, 1_030));
/// assert!(matches!(attempts.reserve(throttle, now), Err(Error::Throttled { .. })));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    failures: u32,
    locked_until: UnixTime,
}

impl Attempts {
    /// No failure yet.
    pub const NONE: Self = Self { failures: 0, locked_until: UnixTime::from_secs(0) };

    /// Failures in a row as they were stored: for reading a state back.
    #[must_use]
    pub const fn from_parts(failures: u32, locked_until: UnixTime) -> Self {
        Self { failures, locked_until }
    }

    /// Failures in a row, those attempts included that are still being looked at.
    #[must_use]
    pub const fn failures(self) -> u32 {
        self.failures
    }

    /// The first second of the next attempt.
    #[must_use]
    pub const fn locked_until(self) -> UnixTime {
        self.locked_until
    }

    /// The first second of the next attempt; `None` where it may be made now, or where there will be
    /// none because the failures have reached [`Throttle::stop`].
    ///
    /// A delay that ends more than twice the longest one from now was set by a clock that was wrong,
    /// or is read by one. It does not count, or a clock that was a year ahead for a moment would lock
    /// people out for that year. It costs one attempt, which is counted. The limit is twice the
    /// longest delay so that servers whose clocks differ heed each other's delays.
    ///
    /// ```
    /// use creance_totp::{Attempts, Throttle, UnixTime};
    ///
    /// let (throttle, now) = (Throttle::new(1, 30, 3_600, 100)?, UnixTime::from_secs(1_000));
    /// let until = now.saturating_add(30);
    /// let attempts = Attempts::from_parts(1, until);
    /// assert_eq!(attempts.wait(throttle, now), Some(until));
    /// assert_eq!(attempts.wait(throttle, until), None);
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    #[must_use]
    pub fn wait(self, throttle: Throttle, now: UnixTime) -> Option<UnixTime> {
        let seconds = self.locked_until.seconds_since(now);
        let holds = seconds > 0 && seconds <= throttle.longest_delay.saturating_mul(2);
        (holds && !self.is_locked(throttle)).then_some(self.locked_until)
    }

    /// Whether nothing is verified any more.
    pub(crate) const fn is_locked(self, throttle: Throttle) -> bool {
        self.failures >= throttle.stop
    }

    /// Counts one more attempt as failed, to be stored before it is looked at. A delay is waited for
    /// as long as [`wait`](Self::wait) tells.
    ///
    /// # Errors
    /// [`Error::Throttled`] and [`Error::Locked`]: nothing may be looked at, and nothing is counted.
    pub fn reserve(self, throttle: Throttle, now: UnixTime) -> Result<Self, Error> {
        if self.is_locked(throttle) {
            return Err(Error::Locked { failures: self.failures });
        }
        if let Some(until) = self.wait(throttle, now) {
            return Err(Error::Throttled { until });
        }
        let failures = self.failures.saturating_add(1);
        let locked_until = match throttle.delay_after(failures) {
            0 => self.locked_until,
            delay => now.saturating_add(delay),
        };
        Ok(Self { failures, locked_until })
    }
}
