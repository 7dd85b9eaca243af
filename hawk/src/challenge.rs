use core::fmt;

use creance_sigv::{Key, UnixTime};

use crate::attributes::{Allowed, Attributes, Parsed, parse};
use crate::authorization::check_mac;
use crate::canonical::time_tag;
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
        let attributes = match parse(header, Allowed::CHALLENGE)? {
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
        check_mac(Some(key), tsm, |key| time_tag(key, ts))?;
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
