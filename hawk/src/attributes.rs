use core::fmt;

use crate::Error;
use crate::grammar::{MAX_LEN, is_space, is_token_byte, value_len};

/// An attribute of one of the scheme's three headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// The credentials' id.
    Id,
    /// Seconds since the epoch.
    Ts,
    /// A value that is used once with its `ts`.
    Nonce,
    /// The payload's hash.
    Hash,
    /// Application data.
    Ext,
    /// The MAC.
    Mac,
    /// An application's id.
    App,
    /// The id of the application that delegated.
    Dlg,
    /// The MAC over a server's `ts`.
    Tsm,
    /// A server's message.
    Error,
}

const COUNT: usize = 10;

impl Attribute {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Ts => "ts",
            Self::Nonce => "nonce",
            Self::Hash => "hash",
            Self::Ext => "ext",
            Self::Mac => "mac",
            Self::App => "app",
            Self::Dlg => "dlg",
            Self::Tsm => "tsm",
            Self::Error => "error",
        }
    }

    #[inline]
    fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"id" => Self::Id,
            b"ts" => Self::Ts,
            b"mac" => Self::Mac,
            b"ext" => Self::Ext,
            b"app" => Self::App,
            b"dlg" => Self::Dlg,
            b"tsm" => Self::Tsm,
            b"hash" => Self::Hash,
            b"nonce" => Self::Nonce,
            b"error" => Self::Error,
            _ => return None,
        })
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Which attributes a header may have.
#[derive(Clone, Copy)]
pub(crate) struct Allowed(u16);

impl Allowed {
    /// `Authorization`.
    pub(crate) const REQUEST: Self = Self::of(&[
        Attribute::Id,
        Attribute::Ts,
        Attribute::Nonce,
        Attribute::Hash,
        Attribute::Ext,
        Attribute::Mac,
        Attribute::App,
        Attribute::Dlg,
    ]);
    /// `Server-Authorization`.
    pub(crate) const RESPONSE: Self =
        Self::of(&[Attribute::Mac, Attribute::Hash, Attribute::Ext]);
    /// `WWW-Authenticate`.
    pub(crate) const CHALLENGE: Self =
        Self::of(&[Attribute::Ts, Attribute::Tsm, Attribute::Error]);

    const fn of(attributes: &[Attribute]) -> Self {
        let mut set = 0;
        let mut index = 0;
        while index < attributes.len() {
            set |= 1 << attributes[index] as u16;
            index += 1;
        }
        Self(set)
    }

    #[inline]
    const fn has(self, attribute: Attribute) -> bool {
        self.0 & 1 << attribute as u16 != 0
    }
}

/// The attributes of one header. A value is never empty, so the empty string stands for absence.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'a> {
    values: [&'a str; COUNT],
}

impl<'a> Attributes<'a> {
    pub(crate) const NONE: Self = Self { values: [""; COUNT] };

    #[inline]
    pub(crate) fn get(&self, attribute: Attribute) -> Option<&'a str> {
        let value = self.values[attribute as usize];
        (!value.is_empty()).then_some(value)
    }

    #[inline]
    pub(crate) fn require(&self, attribute: Attribute) -> Result<&'a str, Error> {
        self.get(attribute).ok_or(Error::MissingAttribute(attribute))
    }

    /// Reads what follows the scheme: pairs `name="value"` separated by commas, one trailing
    /// comma allowed. One pass, no backtracking.
    #[inline]
    fn parse(header: &'a str, start: usize, allowed: Allowed) -> Result<Self, Error> {
        let mut attributes = Self::NONE;
        let mut at = start;
        while at < header.len() {
            at = attributes.read_pair(header, at, allowed)?;
        }
        Ok(attributes)
    }

    /// Reads one pair and the comma behind it; returns where the next one begins.
    #[inline]
    fn read_pair(
        &mut self,
        header: &'a str,
        start: usize,
        allowed: Allowed,
    ) -> Result<usize, Error> {
        let bytes = header.as_bytes();
        let name_len = bytes[start..]
            .iter()
            .position(|byte| !byte.is_ascii_lowercase())
            .ok_or(Error::HeaderSyntax { at: header.len() })?;
        let value = start + name_len + 2;
        if name_len == 0 || bytes.get(value - 2..value) != Some(b"=\"") {
            return Err(syntax_or_unknown(bytes, start));
        }
        let attribute = Attribute::from_name(&bytes[start..start + name_len])
            .filter(|attribute| allowed.has(*attribute))
            .ok_or(Error::UnknownAttribute { at: start })?;
        let end = value + value_len(&bytes[value..]);
        match bytes.get(end) {
            Some(b'"') => {}
            Some(_) => return Err(Error::ForbiddenCharacter { at: end }),
            None => return Err(Error::HeaderSyntax { at: end }),
        }
        self.insert(attribute, &header[value..end])?;
        comma(bytes, end + 1)
    }

    #[inline]
    fn insert(&mut self, attribute: Attribute, value: &'a str) -> Result<(), Error> {
        let place = &mut self.values[attribute as usize];
        if value.is_empty() {
            return Err(Error::EmptyAttribute(attribute));
        }
        if !place.is_empty() {
            return Err(Error::DuplicateAttribute(attribute));
        }
        *place = value;
        Ok(())
    }
}

/// A name of other characters than the known ones have is unknown; everything else is malformed.
#[cold]
fn syntax_or_unknown(bytes: &[u8], start: usize) -> Error {
    let rest = &bytes[start..];
    let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if word > 0 && rest[word..].starts_with(b"=\"") {
        Error::UnknownAttribute { at: start }
    } else {
        Error::HeaderSyntax { at: start + word }
    }
}

/// Passes over white space and one comma; without a comma the header has to end here.
#[inline]
fn comma(bytes: &[u8], mut at: usize) -> Result<usize, Error> {
    at = skip_space(bytes, at);
    match bytes.get(at) {
        None => Ok(at),
        Some(b',') => Ok(skip_space(bytes, at + 1)),
        Some(_) => Err(Error::HeaderSyntax { at }),
    }
}

#[inline]
fn skip_space(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| is_space(**byte)).count()
}

/// A header's value, split after its scheme.
pub(crate) enum Parsed<'a> {
    /// Ours, with attributes.
    Hawk(Attributes<'a>),
    /// Ours, and nothing behind it.
    Bare,
    /// Another scheme, or an empty header.
    Other,
}

/// Reads a whole header of the scheme.
///
/// The length is looked at first, so that nothing else can be made to work for long.
#[inline]
pub(crate) fn parse(header: &str, allowed: Allowed) -> Result<Parsed<'_>, Error> {
    let bytes = header.as_bytes();
    if bytes.len() > MAX_LEN {
        return Err(Error::HeaderTooLong { bytes: bytes.len() });
    }
    let scheme_len = match bytes {
        // The usual spelling, without a loop.
        [b'H', b'a', b'w', b'k', b' ', ..] => 4,
        _ => bytes.iter().take_while(|byte| is_token_byte(**byte)).count(),
    };
    let start = skip_space(bytes, scheme_len);
    if bytes.is_empty() {
        return Ok(Parsed::Other);
    }
    if scheme_len == 0 || (start == scheme_len && start < bytes.len()) {
        return Err(Error::HeaderSyntax { at: scheme_len });
    }
    if !bytes[..scheme_len].eq_ignore_ascii_case(b"hawk") {
        return Ok(Parsed::Other);
    }
    if start == bytes.len() {
        return Ok(Parsed::Bare);
    }
    Attributes::parse(header, start, allowed).map(Parsed::Hawk)
}
