use core::fmt;

use creance_sigv::{Encoding, Key, Tag, UnixTime};

use crate::attributes::{Attributes, CHALLENGE, Parsed, parse};
use crate::authorization::check_mac;
use crate::canonical::{Decimal, time_tag, write_time};
use crate::{Attribute, ClockOffset, Error};

/// A parsed `WWW-Authenticate` header. Nothing of it is proven yet: the time it tells may be
/// anybody's until [`verify`](Self::verify) agreed.
///
/// ```
/// use creance_hawk::Challenge;
///
/// let challenge = Challenge::parse("Hawk")?;
/// assert!(!challenge.has_time());
/// # Ok::<(), creance_hawk::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Challenge<'a> {
    attributes: Attributes<'a>,
}

impl<'a> Challenge<'a> {
    /// Parses a header's value with one challenge in it. A bare `Hawk` is one too.
    ///
    /// # Errors
    /// [`Error::NoAuthorization`] for another scheme, [`Error::UnprovenTime`] for `ts` without
    /// `tsm`, otherwise what is wrong with it.
    pub fn parse(header: &'a str) -> Result<Self, Error> {
        let attributes = match parse(header, &CHALLENGE)? {
            Parsed::Hawk(attributes) => attributes,
            Parsed::Bare => Attributes::NONE,
            Parsed::Other => return Err(Error::NoAuthorization),
        };
        match (attributes.get(Attribute::Ts), attributes.get(Attribute::Tsm)) {
            (Some(ts), Some(_)) => {
                UnixTime::parse(ts).map_err(|_| Error::Timestamp)?;
            }
            (Some(_), None) => return Err(Error::UnprovenTime),
            (None, Some(_)) => return Err(Error::MissingAttribute(Attribute::Ts)),
            (None, None) => {}
        }
        Ok(Self { attributes })
    }

    /// Makes the challenge that tells a peer the time `now`, for a server that judges freshness by
    /// itself; otherwise [`Rejection`](crate::Rejection) makes it where it is due. It is due only
    /// where the MAC was right and the timestamp stale.
    ///
    /// ```
    /// use creance_hawk::Challenge;
    /// use creance_hawk::sigv::{Algorithm, Key, UnixTime};
    ///
    /// let key = Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")?;
    /// let now = UnixTime::from_secs(1_353_832_234);
    /// let header = Challenge::sign(&key, now)?.to_string();
    /// assert!(header.starts_with(r#"Hawk ts="1353832234", tsm=""#));
    /// let time = Challenge::parse(&header)?.verify(&key)?;
    /// assert_eq!(time.map(|time| time.ts()), Some(now));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Timestamp`] for a time of 20 digits.
    pub fn sign(key: &Key, now: UnixTime) -> Result<SignedChallenge, Error> {
        Decimal::of_time(now)?;
        Ok(SignedChallenge::new(key, now))
    }

    /// Whether the server told its time: it found the timestamp stale.
    #[must_use]
    pub fn has_time(&self) -> bool {
        self.attributes.get(Attribute::Ts).is_some()
    }

    /// The server's message. Not covered by any MAC.
    #[must_use]
    pub fn error(&self) -> Option<&'a str> {
        self.attributes.get(Attribute::Error)
    }

    /// Verifies that the time comes from the holder of the key. `None` where the challenge tells
    /// no time.
    ///
    /// # Errors
    /// [`Error::BadMac`].
    pub fn verify(&self, key: &Key) -> Result<Option<ServerTime>, Error> {
        let attribute = |name| self.attributes.get(name);
        let (Some(ts), Some(tsm)) = (attribute(Attribute::Ts), attribute(Attribute::Tsm)) else {
            return Ok(None);
        };
        check_mac(Some(key), tsm, |mac| write_time(mac, ts.as_bytes()))?;
        let ts = UnixTime::parse(ts).map_err(|_| Error::Timestamp)?;
        Ok(Some(ServerTime { ts }))
    }
}

impl fmt::Debug for Challenge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge")
            .field("ts", &self.attributes.get(Attribute::Ts))
            .field("error", &self.error())
            .finish_non_exhaustive()
    }
}

/// A server's time with the MAC that proves it. Its `Display` is the value of
/// `WWW-Authenticate`.
#[derive(Clone, Debug)]
pub struct SignedChallenge {
    ts: UnixTime,
    tsm: Tag,
}

impl SignedChallenge {
    pub(crate) fn new(key: &Key, ts: UnixTime) -> Self {
        Self { ts, tsm: time_tag(key, Decimal::of(ts.as_secs()).as_bytes()) }
    }

    pub(crate) fn into_tsm(self) -> Tag {
        self.tsm
    }

    /// The time that it tells.
    #[must_use]
    pub const fn ts(&self) -> UnixTime {
        self.ts
    }

    /// The MAC over it.
    #[must_use]
    pub const fn tsm(&self) -> &Tag {
        &self.tsm
    }
}

impl fmt::Display for SignedChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_challenge(f, self.ts.as_secs(), &self.tsm)
    }
}

/// Writes the challenge that tells a peer the time.
pub(crate) fn write_challenge<W: fmt::Write>(out: &mut W, ts: u64, tsm: &Tag) -> fmt::Result {
    write!(out, "Hawk ts=\"{ts}\", tsm=\"")?;
    tsm.write(Encoding::Base64, out)?;
    out.write_str("\", error=\"Stale timestamp\"")
}

/// A server's time, proven by its MAC.
///
/// The proof has no date: it may be an old one sent again. So it is good for an offset to that
/// one server, with which a request is tried once more, and not for setting a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerTime {
    ts: UnixTime,
}

impl ServerTime {
    /// The server's time.
    #[must_use]
    pub const fn ts(&self) -> UnixTime {
        self.ts
    }

    /// The offset of the server's clock, if ours shows `now`.
    #[must_use]
    pub const fn offset(&self, now: UnixTime) -> ClockOffset {
        ClockOffset::between(now, self.ts)
    }
}
