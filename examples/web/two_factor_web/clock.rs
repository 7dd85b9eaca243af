//! What time it is: in tests, what they say.

use std::fmt;
use std::sync::Arc;

use creance_totp::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Reads the time.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> UnixTime + Send + Sync>);

impl Clock {
    /// The system's clock, which has to be right: codes are made of the time.
    pub(crate) fn system() -> Self {
        Self::new(UnixTime::now)
    }

    pub(crate) fn new(now: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> UnixTime {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A duration for people, rounded up: who waits that long has waited long enough. Durations need no
/// time zone, which the server does not know.
pub(crate) fn words(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    // Two of a unit at least, as "90 seconds" says more than "2 minutes".
    let (size, unit) =
        units.into_iter().find(|(size, _)| seconds >= 2 * size).unwrap_or((1, "second"));
    let count = seconds.div_ceil(size);
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// The instant for programs, in UTC (RFC 3339), for `<time datetime>`.
pub(crate) fn instant(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let instant = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    instant.and_then(|instant| instant.format(&Rfc3339).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_up_in_the_largest_unit_that_fits_twice() {
        let expected = [
            (0, "0 seconds"),
            (1, "1 second"),
            (30, "30 seconds"),
            (119, "119 seconds"),
            (121, "3 minutes"),
            (3_600, "60 minutes"),
            (7_201, "3 hours"),
            (30 * 86_400, "30 days"),
        ];
        for (seconds, text) in expected {
            assert_eq!(words(seconds), text);
        }
    }

    #[test]
    fn instants_are_in_utc() {
        assert_eq!(instant(UnixTime::from_secs(1_111_111_109)), "2005-03-18T01:58:29Z");
    }
}
