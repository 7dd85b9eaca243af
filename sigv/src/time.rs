use crate::Error;

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// All arithmetic saturates, so no value of the `u64` range can overflow or panic.
///
/// ```
/// use creance_sigv::UnixTime;
///
/// let sent = UnixTime::parse("1353832234")?;
/// assert_eq!(sent, UnixTime::from_secs(1_353_832_234));
/// assert_eq!(UnixTime::MAX.saturating_add(1), UnixTime::MAX);
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The last second that can be represented.
    pub const MAX: Self = Self(u64::MAX);

    /// The longest text that [`parse`](Self::parse) takes, in digits.
    pub const MAX_DIGITS: usize = 19;

    /// The time `secs` seconds after the epoch.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// Reads decimal seconds: 1 to 19 ASCII digits, no sign, no leading zero except in `0`.
    ///
    /// One spelling per value, so that the text can be authenticated as it stands.
    ///
    /// # Errors
    /// [`Error::Timestamp`] for any other text.
    #[inline]
    pub fn parse(text: &str) -> Result<Self, Error> {
        let canonical_len = match text.as_bytes() {
            [] | [b'0', _, ..] => false,
            digits => digits.len() <= Self::MAX_DIGITS,
        };
        if !canonical_len {
            return Err(Error::Timestamp);
        }
        // Nineteen digits are below 2^64: no step overflows, unless there is something else among
        // them, and then the value does not count.
        let (value, largest) = text.bytes().fold((0u64, 0), |(value, largest), character| {
            let digit = character.wrapping_sub(b'0');
            (value.wrapping_mul(10).wrapping_add(u64::from(digit)), digit.max(largest))
        });
        if largest <= 9 { Ok(Self(value)) } else { Err(Error::Timestamp) }
    }

    /// This time and `secs` seconds, at most [`MAX`](Self::MAX).
    #[must_use]
    pub const fn saturating_add(self, secs: u64) -> Self {
        Self(self.0.saturating_add(secs))
    }

    /// This time less `secs` seconds, at least the epoch.
    #[must_use]
    pub const fn saturating_sub(self, secs: u64) -> Self {
        Self(self.0.saturating_sub(secs))
    }

    /// Seconds from `earlier` to this time, 0 if `earlier` is later.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The system's clock. A clock set before 1970 reads as the epoch.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(since.map_or(0, |elapsed| elapsed.as_secs()))
    }
}

impl core::fmt::Display for UnixTime {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(&self.0, f)
    }
}

/// How far a timestamp may lie from the verifier's clock, in whole seconds each way, both ends
/// included.
///
/// ```
/// use creance_sigv::{UnixTime, Window};
///
/// let window = Window::new(60, 5);
/// let now = UnixTime::from_secs(1_000);
/// assert!(window.check(UnixTime::from_secs(940), now).is_ok());
/// assert!(window.check(UnixTime::from_secs(1_006), now).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    past: u64,
    future: u64,
}

impl Window {
    /// A window of `past` seconds back and `future` seconds ahead; 0 means 0.
    ///
    /// Keep `future` small where the clients keep time (5 to 10 s): it is also what a replay
    /// store must refuse after a restart, see [`replay::Restart`](crate::replay::Restart).
    #[must_use]
    pub const fn new(past: u64, future: u64) -> Self {
        Self { past, future }
    }

    /// Seconds that a timestamp may lie in the past.
    #[must_use]
    pub const fn past(self) -> u64 {
        self.past
    }

    /// Seconds that a timestamp may lie in the future.
    #[must_use]
    pub const fn future(self) -> u64 {
        self.future
    }

    /// Whether `timestamp` is fresh at `now`.
    ///
    /// # Errors
    /// [`Error::TooOld`] or [`Error::TooNew`], with the distance beyond the clock.
    pub const fn check(self, timestamp: UnixTime, now: UnixTime) -> Result<(), Error> {
        let age = now.seconds_since(timestamp);
        let lead = timestamp.seconds_since(now);
        if age > self.past {
            Err(Error::TooOld { age })
        } else if lead > self.future {
            Err(Error::TooNew { lead })
        } else {
            Ok(())
        }
    }

    /// The last second in which `timestamp` is still fresh: until then a replay store must
    /// remember what came with it.
    #[must_use]
    pub const fn last_fresh(self, timestamp: UnixTime) -> UnixTime {
        timestamp.saturating_add(self.past)
    }
}

impl Default for Window {
    /// 60 seconds both ways.
    fn default() -> Self {
        Self::new(60, 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_one_spelling() {
        for (text, secs) in [
            ("0", 0),
            ("7", 7),
            ("1353832234", 1_353_832_234),
            ("9999999999999999999", 9_999_999_999_999_999_999),
        ] {
            assert_eq!(UnixTime::parse(text), Ok(UnixTime::from_secs(secs)));
        }
        for text in [
            "",
            "00",
            "01",
            "+1",
            "-1",
            " 1",
            "1 ",
            "1e3",
            "1.0",
            "0x1",
            "never",
            "NaN",
            "١",
            "10000000000000000000",
            "18446744073709551615",
            "99999999999999999999999",
        ] {
            assert_eq!(UnixTime::parse(text), Err(Error::Timestamp), "{text:?}");
        }
    }

    #[test]
    fn window_ends_are_included() {
        let window = Window::new(60, 30);
        let now = UnixTime::from_secs(1_000);
        let at = |secs| window.check(UnixTime::from_secs(secs), now);
        assert_eq!(at(940), Ok(()));
        assert_eq!(at(939), Err(Error::TooOld { age: 61 }));
        assert_eq!(at(1_030), Ok(()));
        assert_eq!(at(1_031), Err(Error::TooNew { lead: 31 }));
    }

    #[test]
    fn zero_means_zero() {
        let window = Window::new(0, 0);
        let now = UnixTime::from_secs(5);
        assert_eq!(window.check(now, now), Ok(()));
        assert_eq!(window.check(UnixTime::from_secs(4), now), Err(Error::TooOld { age: 1 }));
        assert_eq!(window.check(UnixTime::from_secs(6), now), Err(Error::TooNew { lead: 1 }));
    }

    #[test]
    fn the_whole_range_is_served() {
        let ends = [0, 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX - 1, u64::MAX];
        for past in ends {
            for future in ends {
                let window = Window::new(past, future);
                for timestamp in ends.map(UnixTime::from_secs) {
                    for now in ends.map(UnixTime::from_secs) {
                        let fresh = timestamp.as_secs() <= now.as_secs().saturating_add(future)
                            && now.as_secs() <= timestamp.as_secs().saturating_add(past);
                        assert_eq!(window.check(timestamp, now).is_ok(), fresh);
                        assert!(window.last_fresh(timestamp) >= timestamp);
                    }
                }
            }
        }
    }
}
