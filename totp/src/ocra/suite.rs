use core::fmt;
use core::iter::Peekable;
use core::str::Split;

use crate::{Algorithm, ChallengeFormat, Error, UnixTime};

/// What a response is computed of, and how (RFC 6287, 6): `OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1`.
///
/// A suite is a part of the message that it describes, so it keeps its text: `QH8` and `QH08` mean
/// the same and give different responses. What has a default in RFC 6287, 6.3 may be left out: `Q`
/// is `QN08`, `P` is `PSHA1`, `S` is `S064`, `T` is `T1M`.
///
/// ```
/// use creance_totp::{Algorithm, ChallengeFormat, Error, OcraSuite, UnixTime};
///
/// let suite = OcraSuite::parse("OCRA-1:HOTP-SHA512-8:QA10-T1M")?;
/// assert_eq!((suite.algorithm(), suite.digits()), (Algorithm::Sha512, 8));
/// assert_eq!(suite.challenge(), (ChallengeFormat::Alphanumeric, 10));
/// assert_eq!(suite.step_at(UnixTime::from_secs(3_599))?, Some(59));
///
/// assert_eq!(OcraSuite::parse("OCRA-1:HOTP-MD5-8:QA10"), Err(Error::OcraSuite));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OcraSuite {
    text: [u8; Self::MAX_LEN],
    len: usize,
    algorithm: Algorithm,
    digits: u8,
    inputs: Inputs,
}

impl OcraSuite {
    /// The longest suite there is, in characters.
    pub const MAX_LEN: usize = "OCRA-1:HOTP-SHA512-10:C-QA64-PSHA512-S512-T48H".len();

    /// Reads a suite. Names are in upper case, and inputs in the order of RFC 6287, 6.3.
    ///
    /// # Errors
    /// [`Error::OcraSuite`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).ok_or(Error::OcraSuite)
    }

    fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("OCRA-1:HOTP-")?;
        let (function, inputs) = rest.split_once(':')?;
        let (hash, digits) = function.split_once('-')?;
        let mut kept = [0; Self::MAX_LEN];
        kept.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self {
            text: kept,
            len: text.len(),
            algorithm: read_hash(hash)?,
            digits: read_digits(digits)?,
            inputs: Inputs::read(inputs)?,
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // All of it is text, by the only way to make a suite.
        core::str::from_utf8(&self.text[..self.len]).unwrap_or_default()
    }

    /// The algorithm of the HMAC.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How many digits a response has: 4 to 10, or 0 for the whole HMAC.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        self.digits
    }

    /// Whether there is a counter.
    #[must_use]
    pub const fn has_counter(&self) -> bool {
        self.inputs.counter
    }

    /// What a challenge is made of, and how many characters it has at most: 4 to 64.
    #[must_use]
    pub const fn challenge(&self) -> (ChallengeFormat, u8) {
        self.inputs.challenge
    }

    /// By which algorithm a PIN is hashed, if there is one.
    #[must_use]
    pub const fn pin(&self) -> Option<Algorithm> {
        self.inputs.pin
    }

    /// How many bytes the information about the session has, if there is one: 1 to 999.
    #[must_use]
    pub const fn session_len(&self) -> Option<u16> {
        self.inputs.session
    }

    /// How long a time step lasts, in seconds, if there are any. 0 for `T0H`, which RFC 6287, 6.3
    /// allows.
    #[must_use]
    pub const fn period(&self) -> Option<u64> {
        self.inputs.period
    }

    /// The time step of `time`, if the suite has time steps.
    ///
    /// # Errors
    /// [`Error::ZeroPeriod`] for `T0H`: its steps are told by somebody else's clock.
    pub const fn step_at(&self, time: UnixTime) -> Result<Option<u64>, Error> {
        match self.inputs.period {
            None => Ok(None),
            Some(period) => match time.as_secs().checked_div(period) {
                None => Err(Error::ZeroPeriod),
                step => Ok(step),
            },
        }
    }
}

impl fmt::Display for OcraSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for OcraSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OcraSuite").field(&self.as_str()).finish()
    }
}

/// What comes behind the second colon (RFC 6287, 6.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Inputs {
    counter: bool,
    challenge: (ChallengeFormat, u8),
    pin: Option<Algorithm>,
    session: Option<u16>,
    period: Option<u64>,
}

impl Inputs {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-').peekable();
        let inputs = Self {
            counter: parts.next_if_eq(&"C").is_some(),
            challenge: read_challenge(parts.next()?.strip_prefix('Q')?)?,
            pin: read_optional(&mut parts, 'P', read_pin).ok()?,
            session: read_optional(&mut parts, 'S', read_session).ok()?,
            period: read_optional(&mut parts, 'T', read_period).ok()?,
        };
        parts.next().is_none().then_some(inputs)
    }
}

/// What `read` makes of the next part, if it begins with `letter`.
fn read_optional<T>(
    parts: &mut Peekable<Split<'_, char>>,
    letter: char,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let part = parts.next_if(|part| part.starts_with(letter));
    let qualifier = part.and_then(|part| part.strip_prefix(letter));
    qualifier.map(|text| read(text).ok_or(Error::OcraSuite)).transpose()
}

fn read_hash(name: &str) -> Option<Algorithm> {
    match name {
        "SHA1" => Some(Algorithm::Sha1),
        "SHA256" => Some(Algorithm::Sha256),
        "SHA512" => Some(Algorithm::Sha512),
        _ => None,
    }
}

fn read_digits(text: &str) -> Option<u8> {
    let digits = read_number(text, 1..=2)?;
    let is_written_shortly = !text.starts_with('0') || text == "0";
    let digits = u8::try_from(digits).ok().filter(|_| is_written_shortly)?;
    matches!(digits, 0 | 4..=10).then_some(digits)
}

fn read_challenge(text: &str) -> Option<(ChallengeFormat, u8)> {
    let Some(letter) = text.chars().next() else { return Some((ChallengeFormat::Numeric, 8)) };
    let format = match letter {
        'A' => ChallengeFormat::Alphanumeric,
        'N' => ChallengeFormat::Numeric,
        'H' => ChallengeFormat::Hexadecimal,
        _ => return None,
    };
    let len = read_number(text.strip_prefix(letter)?, 1..=2)?;
    let len = u8::try_from(len).ok()?;
    matches!(len, 4..=64).then_some((format, len))
}

fn read_pin(text: &str) -> Option<Algorithm> {
    if text.is_empty() { Some(Algorithm::Sha1) } else { read_hash(text) }
}

fn read_session(text: &str) -> Option<u16> {
    if text.is_empty() { Some(64) } else { read_number(text, 3..=3).filter(|len| *len > 0) }
}

/// Table 3 of RFC 6287: 1 to 59 seconds or minutes, 0 to 48 hours.
fn read_period(text: &str) -> Option<u64> {
    if text.is_empty() {
        return Some(60);
    }
    let (number, unit) = text.split_at_checked(text.len() - 1)?;
    let is_written_shortly = !number.starts_with('0') || number == "0";
    let number = read_number(number, 1..=2).filter(|_| is_written_shortly)?;
    match (unit, number) {
        ("S", 1..=59) => Some(u64::from(number)),
        ("M", 1..=59) => Some(u64::from(number) * 60),
        ("H", 0..=48) => Some(u64::from(number) * 3_600),
        _ => None,
    }
}

/// A number of so many decimal digits, three at most.
fn read_number(text: &str, digits: core::ops::RangeInclusive<usize>) -> Option<u16> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_decimal && digits.contains(&text.len()) { text.parse().ok() } else { None }
}
