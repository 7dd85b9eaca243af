use core::fmt;
use core::ops::Range;

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

    /// How the attribute begins in a header: `name="`.
    const fn opening(self) -> Opening {
        Opening::new(self.name().as_bytes())
    }
}

/// The first bytes of an attribute as a number, to be compared in one step.
#[derive(Clone, Copy)]
struct Opening {
    word: u64,
    mask: u64,
    len: usize,
}

impl Opening {
    const fn new(name: &[u8]) -> Self {
        let mut bytes = [0; 8];
        let mut mask = [0; 8];
        let mut at = 0;
        while at < name.len() + 2 {
            bytes[at] = match at.checked_sub(name.len()) {
                None => name[at],
                Some(0) => b'=',
                Some(_) => b'"',
            };
            mask[at] = 0xff;
            at += 1;
        }
        Self { word: u64::from_le_bytes(bytes), mask: u64::from_le_bytes(mask), len: at }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Which attributes a header may have, the usual order first.
#[derive(Clone, Copy)]
pub(crate) struct Allowed<const N: usize>([(Attribute, Opening); N]);

impl<const N: usize> Allowed<N> {
    const fn of(attributes: [Attribute; N]) -> Self {
        let mut allowed = [(Attribute::Id, Attribute::Id.opening()); N];
        let mut index = 0;
        while index < N {
            allowed[index] = (attributes[index], attributes[index].opening());
            index += 1;
        }
        Self(allowed)
    }

    /// The attribute that begins with `word`, and where its value begins.
    #[inline]
    fn find(&self, word: u64) -> Option<(Attribute, usize)> {
        self.0
            .iter()
            .find(|(_, opening)| word & opening.mask == opening.word)
            .map(|(attribute, opening)| (*attribute, opening.len))
    }
}

/// `Authorization`.
pub(crate) static REQUEST: Allowed<8> = Allowed::of([
    Attribute::Id,
    Attribute::Ts,
    Attribute::Nonce,
    Attribute::Mac,
    Attribute::Ext,
    Attribute::Hash,
    Attribute::App,
    Attribute::Dlg,
]);

/// `Server-Authorization`.
pub(crate) static RESPONSE: Allowed<3> =
    Allowed::of([Attribute::Mac, Attribute::Hash, Attribute::Ext]);

/// `WWW-Authenticate`.
pub(crate) static CHALLENGE: Allowed<3> =
    Allowed::of([Attribute::Ts, Attribute::Tsm, Attribute::Error]);

/// The attributes of one header: where in it each value lies.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'a> {
    header: &'a str,
    values: [Span; COUNT],
}

/// Where a value begins and ends, in a header of at most 4096 bytes. A value is never empty, so an
/// empty span stands for absence.
///
/// One word, because it is compared as one: what is written in two halves and read as a whole right
/// afterwards makes the processor wait.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Span(u32);

impl Span {
    const NONE: Self = Self(0);

    #[inline]
    fn new(start: usize, end: usize) -> Result<Self, Error> {
        let place = |at| u16::try_from(at).map_err(|_| Error::HeaderSyntax { at });
        Ok(Self(u32::from(place(end)?) << 16 | u32::from(place(start)?)))
    }

    #[inline]
    const fn range(self) -> Range<usize> {
        (self.0 & 0xffff) as usize..(self.0 >> 16) as usize
    }
}

impl<'a> Attributes<'a> {
    pub(crate) const NONE: Self = Self { header: "", values: [Span::NONE; COUNT] };

    #[inline]
    pub(crate) fn get(&self, attribute: Attribute) -> Option<&'a str> {
        let value = self.text(attribute);
        (!value.is_empty()).then_some(value)
    }

    /// The value, or the empty string where there is none.
    #[inline]
    pub(crate) fn text(&self, attribute: Attribute) -> &'a str {
        self.header.get(self.values[attribute as usize].range()).unwrap_or("")
    }

    /// The same as bytes, for what needs no text.
    #[inline]
    pub(crate) fn bytes(&self, attribute: Attribute) -> &'a [u8] {
        self.header.as_bytes().get(self.values[attribute as usize].range()).unwrap_or(b"")
    }

    #[inline]
    pub(crate) fn has(&self, attribute: Attribute) -> bool {
        self.values[attribute as usize] != Span::NONE
    }

    #[inline]
    pub(crate) fn require(&self, attribute: Attribute) -> Result<&'a str, Error> {
        self.get(attribute).ok_or(Error::MissingAttribute(attribute))
    }

    /// Reads what follows the scheme: pairs `name="value"` separated by commas, one trailing
    /// comma allowed. One pass, no backtracking.
    #[inline(always)]
    fn parse<const N: usize>(
        header: &'a str,
        start: usize,
        allowed: &Allowed<N>,
    ) -> Result<Self, Error> {
        let mut attributes = Self { header, values: [Span::NONE; COUNT] };
        let mut at = start;
        while at < header.len() {
            at = attributes.read_pair(at, allowed)?;
        }
        Ok(attributes)
    }

    /// Reads one pair and the comma behind it; returns where the next one begins.
    #[inline(always)]
    fn read_pair<const N: usize>(
        &mut self,
        at: usize,
        allowed: &Allowed<N>,
    ) -> Result<usize, Error> {
        let bytes = self.header.as_bytes();
        let (attribute, opening) =
            allowed.find(word(&bytes[at..])).ok_or_else(|| syntax_or_unknown(bytes, at))?;
        let start = at + opening;
        let end = start + value_len(&bytes[start..]);
        match bytes.get(end) {
            Some(b'"') => {}
            Some(_) => return Err(Error::ForbiddenCharacter { at: end }),
            None => return Err(Error::HeaderSyntax { at: end }),
        }
        self.insert(attribute, start, end)?;
        comma(bytes, end + 1)
    }

    #[inline]
    fn insert(&mut self, attribute: Attribute, start: usize, end: usize) -> Result<(), Error> {
        let place = &mut self.values[attribute as usize];
        if start == end {
            return Err(Error::EmptyAttribute(attribute));
        }
        if *place != Span::NONE {
            return Err(Error::DuplicateAttribute(attribute));
        }
        *place = Span::new(start, end)?;
        Ok(())
    }
}

/// The first eight bytes as a number, filled up with zeros.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// A name of other characters than the known ones have is unknown; everything else is malformed.
#[cold]
fn syntax_or_unknown(bytes: &[u8], start: usize) -> Error {
    let rest = &bytes[start..];
    let word =
        rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if word > 0 && rest[word..].starts_with(b"=\"") {
        Error::UnknownAttribute { at: start }
    } else {
        Error::HeaderSyntax { at: start + word }
    }
}

/// Passes over white space and one comma; without a comma the header has to end here.
#[inline]
fn comma(bytes: &[u8], mut at: usize) -> Result<usize, Error> {
    // The usual spelling, in one step.
    if let Some([b',', b' ', b'a'..=b'z']) = bytes.get(at..at + 3) {
        return Ok(at + 2);
    }
    at = skip_space(bytes, at);
    match bytes.get(at) {
        None => Ok(at),
        Some(b',') => Ok(skip_space(bytes, at + 1)),
        Some(_) => Err(Error::HeaderSyntax { at }),
    }
}

#[inline]
fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| is_space(*byte)) {
        at += 1;
    }
    at
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

/// Where the attributes begin; `None` for another scheme, or an empty header.
#[cold]
fn skip_scheme(bytes: &[u8]) -> Result<Option<usize>, Error> {
    let scheme_len = bytes.iter().take_while(|byte| is_token_byte(**byte)).count();
    let start = skip_space(bytes, scheme_len);
    if bytes.is_empty() {
        return Ok(None);
    }
    if scheme_len == 0 || (start == scheme_len && start < bytes.len()) {
        return Err(Error::HeaderSyntax { at: scheme_len });
    }
    Ok(bytes[..scheme_len].eq_ignore_ascii_case(b"hawk").then_some(start))
}

/// Reads a whole header of the scheme.
///
/// The length is looked at first, so that nothing else can be made to work for long.
#[inline(always)]
pub(crate) fn parse<'a, const N: usize>(
    header: &'a str,
    allowed: &Allowed<N>,
) -> Result<Parsed<'a>, Error> {
    let bytes = header.as_bytes();
    if bytes.len() > MAX_LEN {
        return Err(Error::HeaderTooLong { bytes: bytes.len() });
    }
    let start = match bytes {
        // The usual spelling, without a loop.
        [b'H', b'a', b'w', b'k', b' ', next, ..] if !is_space(*next) => 5,
        _ => match skip_scheme(bytes)? {
            Some(start) => start,
            None => return Ok(Parsed::Other),
        },
    };
    if start == bytes.len() {
        return Ok(Parsed::Bare);
    }
    Attributes::parse(header, start, allowed).map(Parsed::Hawk)
}
