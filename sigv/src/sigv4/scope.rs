use core::fmt;

use super::{Text, Timestamp};
use crate::Error;
use crate::scheme::Part;

/// What a signing key is for: a day, a region and a service.
///
/// ```
/// use creance_sigv::sigv4::{Scope, Timestamp};
///
/// let timestamp = Timestamp::parse("20150830T123600Z")?;
/// let scope = Scope::new(&timestamp, "us-east-1", "iam")?;
/// assert_eq!(scope.to_string(), "20150830/us-east-1/iam/aws4_request");
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    pub(super) date: [u8; 8],
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

/// What every scope ends with.
pub(super) const TERMINATOR: &str = "aws4_request";

/// The longest name of a region or service, in bytes.
pub(super) const MAX_NAME_BYTES: usize = 64;

/// The longest id of an access key, in bytes.
pub(super) const MAX_ID_BYTES: usize = 128;

/// An id, a scope and the slash between them.
pub(super) type CredentialText = Text<{ MAX_ID_BYTES + 2 * MAX_NAME_BYTES + 24 }>;

impl<'a> Scope<'a> {
    /// A scope of the timestamp's day.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Scope`] for a region or service that is not 1 to 64 letters, digits,
    /// `-`, `_` or `.`.
    pub fn new(timestamp: &Timestamp, region: &'a str, service: &'a str) -> Result<Self, Error> {
        if !is_name(region) || !is_name(service) {
            return Err(Error::Value(Part::Scope));
        }
        Ok(Self { date: timestamp.date_bytes(), region, service })
    }

    /// The day: `YYYYMMDD`.
    #[must_use]
    pub fn date(&self) -> &str {
        core::str::from_utf8(&self.date).unwrap_or_default()
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> &'a str {
        self.region
    }

    /// The service.
    #[must_use]
    pub const fn service(&self) -> &'a str {
        self.service
    }

    /// All of its text.
    pub(super) fn pieces(&self) -> [&str; 7] {
        [self.date(), "/", self.region, "/", self.service, "/", TERMINATOR]
    }

    /// The credential of an id.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::KeyId`] where it is too long.
    pub(super) fn credential_of(&self, id: &str) -> Result<CredentialText, Error> {
        let mut credential = CredentialText::new();
        for piece in [id, "/"].iter().chain(&self.pieces()) {
            credential.try_push_str(piece).map_err(|_| Error::Value(Part::KeyId))?;
        }
        Ok(credential)
    }
}

fn is_name(name: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(is_known)
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().iter().try_for_each(|piece| f.write_str(piece))
    }
}

/// A credential of the wire: the id of a key, and the scope that it was used for.
#[derive(Clone, Copy, Debug)]
pub(super) struct WireCredential<'a> {
    pub(super) id: &'a str,
    pub(super) scope: Scope<'a>,
}

impl<'a> WireCredential<'a> {
    /// Reads it from its end, so that a slash in the id cannot move anything.
    ///
    /// # Errors
    /// [`Error::Malformed`] with [`Part::KeyId`] or [`Part::Scope`], [`Error::TooLong`].
    pub(super) fn parse(text: &'a str) -> Result<Self, Error> {
        const MALFORMED: Error = Error::Malformed(Part::Scope);
        let mut pieces = text.rsplitn(5, '/');
        let mut piece = || pieces.next().ok_or(MALFORMED);
        let [terminator, service, region, date, id] =
            [piece()?, piece()?, piece()?, piece()?, piece()?];
        let date: [u8; 8] = date.as_bytes().try_into().map_err(|_| MALFORMED)?;
        let is_date = date.iter().all(u8::is_ascii_digit);
        if terminator != TERMINATOR || !is_date || !is_name(region) || !is_name(service) {
            return Err(MALFORMED);
        }
        check_id(id)?;
        Ok(Self { id, scope: Scope { date, region, service } })
    }
}

/// # Errors
/// [`Error::Malformed`] and [`Error::TooLong`] with [`Part::KeyId`].
pub(super) fn check_id(id: &str) -> Result<(), Error> {
    let is_id = |byte: u8| byte.is_ascii_graphic() && byte != b',';
    if id.len() > MAX_ID_BYTES {
        return Err(Error::TooLong { part: Part::KeyId, maximum: MAX_ID_BYTES });
    }
    if id.is_empty() || !id.bytes().all(is_id) {
        Err(Error::Malformed(Part::KeyId))
    } else {
        Ok(())
    }
}
