use core::fmt;

use crate::scheme::Part;
use crate::{Error, UnixTime};

/// A time as the scheme writes it: `YYYYMMDDTHHMMSSZ` (ISO 8601, basic format), from 1970 to the end of
/// the year 9999.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::sigv4::Timestamp;
///
/// let timestamp = Timestamp::parse("20150830T123600Z")?;
/// assert_eq!(timestamp.time(), UnixTime::from_secs(1_440_938_160));
/// assert_eq!(timestamp.date(), "20150830");
/// assert_eq!(Timestamp::new(timestamp.time())?.as_str(), "20150830T123600Z");
/// assert!(Timestamp::parse("20150229T000000Z").is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    time: UnixTime,
    text: [u8; 16],
}

const MALFORMED: Error = Error::Malformed(Part::Timestamp);

impl Timestamp {
    /// The last second that can be written: the end of the year 9999.
    pub const MAX: UnixTime = UnixTime::from_secs(253_402_300_799);

    /// A time to be written.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Timestamp`] beyond [`MAX`](Self::MAX).
    pub fn new(time: UnixTime) -> Result<Self, Error> {
        if time > Self::MAX {
            return Err(Error::Value(Part::Timestamp));
        }
        let (days, second) = (time.as_secs() / DAY, time.as_secs() % DAY);
        let (year, month, day) = civil(days);
        let mut text = *b"00000000T000000Z";
        for (place, width, value) in [
            (0, 4, year),
            (4, 2, month),
            (6, 2, day),
            (9, 2, second / 3600),
            (11, 2, second / 60 % 60),
            (13, 2, second % 60),
        ] {
            write_digits(&mut text[place..place + width], value);
        }
        Ok(Self { time, text })
    }

    /// Reads the one spelling of a time; the date has to be in the calendar.
    ///
    /// # Errors
    /// [`Error::Malformed`] with [`Part::Timestamp`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text: [u8; 16] = text.as_bytes().try_into().map_err(|_| MALFORMED)?;
        if text[8] != b'T' || text[15] != b'Z' {
            return Err(MALFORMED);
        }
        let at = |place: usize, width| digits(&text[place..place + width]);
        let time = seconds([at(0, 4)?, at(4, 2)?, at(6, 2)?], [at(9, 2)?, at(11, 2)?, at(13, 2)?])?;
        Ok(Self { time, text })
    }

    /// Reads the value of a `Date` header, which may instead be in the format of HTTP (RFC 9110, 5.6.7:
    /// `Sun, 30 Aug 2015 12:36:00 GMT`).
    ///
    /// # Errors
    /// [`Error::Malformed`] with [`Part::Timestamp`], also where the day of the week is another one.
    pub fn parse_date_header(text: &str) -> Result<Self, Error> {
        match text.len() {
            29 => parse_http(text.as_bytes()),
            _ => Self::parse(text),
        }
    }

    /// The time.
    #[must_use]
    pub const fn time(&self) -> UnixTime {
        self.time
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The day alone: `YYYYMMDD`.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.as_str()[..8]
    }

    pub(super) fn date_bytes(&self) -> [u8; 8] {
        self.text[..8].try_into().unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const DAY: u64 = 86_400;

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// From the 1st of January 1970 on, which was a Thursday.
const WEEKDAYS: [&[u8; 3]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];

/// `Sun, 30 Aug 2015 12:36:00 GMT`, and in no other width, case or spacing.
fn parse_http(text: &[u8]) -> Result<Timestamp, Error> {
    let at = |place: usize, width: usize| text.get(place..place + width).ok_or(MALFORMED);
    let number = |place, width| at(place, width).and_then(digits);
    for (place, fixed) in
        [(3, ", "), (7, " "), (11, " "), (16, " "), (19, ":"), (22, ":"), (25, " GMT")]
    {
        if at(place, fixed.len())? != fixed.as_bytes() {
            return Err(MALFORMED);
        }
    }
    let name = at(8, 3)?;
    let month = (1..).zip(MONTHS).find(|(_, month)| *month == name).ok_or(MALFORMED)?.0;
    let clock = [number(17, 2)?, number(20, 2)?, number(23, 2)?];
    let time = seconds([number(12, 4)?, month, number(5, 2)?], clock)?;
    let weekday = usize::try_from(time.as_secs() / DAY % 7).unwrap_or(0);
    if at(0, 3)? != WEEKDAYS[weekday] {
        return Err(MALFORMED);
    }
    Timestamp::new(time)
}

fn digits(text: &[u8]) -> Result<u64, Error> {
    text.iter().try_fold(0, |value, byte| match byte {
        b'0'..=b'9' => Ok(value * 10 + u64::from(byte - b'0')),
        _ => Err(MALFORMED),
    })
}

fn write_digits(place: &mut [u8], mut value: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (value % 10).to_le_bytes()[0];
        value /= 10;
    }
}

/// # Errors
/// [`Error::Malformed`] for a day or time of day that does not exist; there is no leap second.
fn seconds(
    [year, month, day]: [u64; 3],
    [hour, minute, second]: [u64; 3],
) -> Result<UnixTime, Error> {
    let in_calendar = year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !in_calendar {
        return Err(MALFORMED);
    }
    let days = days_since_epoch(year, month, day);
    Ok(UnixTime::from_secs(days * DAY + hour * 3600 + minute * 60 + second))
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the 1st of March of the year 0 to the epoch. Years are counted from March, so that the
/// leap day is a year's last.
const EPOCH: u64 = 719_468;

/// Days from the 1st of March to the 1st of the month so many months later.
const fn days_before(months: u64) -> u64 {
    (153 * months + 2) / 5
}

const fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    let (year, months) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + days_before(months) + (day - 1) - EPOCH
}

/// Year, month and day.
const fn civil(days: u64) -> (u64, u64, u64) {
    const YEARS_400: u64 = 146_097;
    const YEARS_100: u64 = 36_524;
    const YEARS_4: u64 = 1_461;
    let days = days + EPOCH;
    let (cycle, day) = (days / YEARS_400, days % YEARS_400);
    // Without the leap days passed, each year has 365 days. The last day of a cycle is one of them.
    let passed = day / (YEARS_4 - 1) + day / (YEARS_400 - 1) - day / YEARS_100;
    let year = (day - passed) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let months = (5 * day + 2) / 153;
    let month = if months < 10 { months + 3 } else { months - 9 };
    let year = cycle * 400 + year + if month < 3 { 1 } else { 0 };
    (year, month, day - days_before(months) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Day by day through all that can be written, beside a count that knows only how long months are.
    #[test]
    fn the_calendar_is_right_on_each_day() {
        let mut days = 0;
        for year in 1970..=9999 {
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    assert_eq!(days_since_epoch(year, month, day), days);
                    assert_eq!(civil(days), (year, month, day));
                    days += 1;
                }
            }
        }
        assert_eq!(days * DAY - 1, Timestamp::MAX.as_secs());
    }
}
