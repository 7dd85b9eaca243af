#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, string::String};
use core::cmp::Ordering;

use crate::Error;
use crate::scheme::Part;
use crate::{Hasher, Mac};

/// Where a canonical message goes, byte for byte.
pub(super) trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Hasher {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl Sink for Mac {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

#[cfg(feature = "alloc")]
impl Sink for alloc::vec::Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

#[cfg(test)]
std::thread_local! {
    /// How many bytes of names and values were read: the work that a sender can make us do.
    pub(super) static READ: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

/// How a text is spelled, and which of its bytes go into a canonical message as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    /// `%` and two digits stand for a byte.
    pub(super) has_escapes: bool,
    /// `+` stands for a space.
    pub(super) is_form: bool,
    pub(super) keeps_slashes: bool,
}

impl Spelling {
    /// Of a value in a query.
    const WIRE: Self = Self { has_escapes: true, is_form: true, keeps_slashes: false };
    const PLAIN: Self = Self { has_escapes: false, is_form: false, keeps_slashes: false };

    /// Writes the canonical spelling of a text: what can stay as it is in one piece.
    pub(super) fn write(self, text: &str, sink: &mut impl Sink) {
        self.walk(
            text.as_bytes(),
            |byte| self.keeps(byte),
            sink,
            |byte, sink| {
                let (text, len) = encoded(byte);
                sink.put(&text[..len]);
            },
        );
    }

    /// Writes what a text stands for.
    fn write_decoded(self, text: &str, sink: &mut impl Sink) {
        let is_itself = |byte| !matches!(byte, b'%' | b'+');
        self.walk(text.as_bytes(), is_itself, sink, |byte, sink| sink.put(&[byte]));
    }

    /// Goes through a text: runs of what `is_kept` go into the sink, all else is read and given to `put`.
    #[inline]
    fn walk<S: Sink>(
        self,
        mut rest: &[u8],
        is_kept: impl Fn(u8) -> bool,
        sink: &mut S,
        put: impl Fn(u8, &mut S),
    ) {
        loop {
            let run = rest.iter().position(|byte| !is_kept(*byte)).unwrap_or(rest.len());
            let (kept, behind) = rest.split_at(run);
            if !kept.is_empty() {
                sink.put(kept);
            }
            let Some((byte, behind)) = self.read(behind) else { return };
            put(byte, sink);
            rest = behind;
        }
    }

    /// The byte that a text begins with, and what is behind it. `%` without two digits behind it stands
    /// for itself, but is refused before.
    #[inline]
    fn read(self, text: &[u8]) -> Option<(u8, &[u8])> {
        match text {
            [b'+', behind @ ..] if self.is_form => Some((b' ', behind)),
            [b'%', high, low, behind @ ..] if self.has_escapes => match hex_pair(*high, *low) {
                Some(byte) => Some((byte, behind)),
                None => Some((b'%', &text[1..])),
            },
            [byte, behind @ ..] => Some((*byte, behind)),
            [] => None,
        }
    }

    #[inline]
    fn keeps(self, byte: u8) -> bool {
        is_unreserved(byte) || self.keeps_slashes && byte == b'/'
    }
}

/// A name or value of a query: as it stands on the wire, or what it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    /// Percent-encoded, with `+` for a space, as forms are.
    Wire(&'a str),
    Plain(&'a str),
}

impl<'a> Value<'a> {
    /// What it stands for.
    pub(super) fn bytes(self) -> impl Iterator<Item = u8> + 'a {
        self.bytes_from(0)
    }

    /// The same from a place in its text on.
    fn bytes_from(self, start: usize) -> impl Iterator<Item = u8> + 'a {
        let (text, spelling) = self.spelled();
        let mut rest = text.as_bytes().get(start..).unwrap_or_default();
        core::iter::from_fn(move || {
            #[cfg(test)]
            READ.set(READ.get() + 1);
            let (byte, behind) = spelling.read(rest)?;
            rest = behind;
            Some(byte)
        })
    }

    /// What it stands for, as text.
    ///
    /// # Errors
    /// [`Error::Malformed`] with [`Part::Parameter`] for what is not UTF-8.
    #[cfg(feature = "alloc")]
    pub(super) fn decode(self) -> Result<Cow<'a, str>, Error> {
        match self {
            Self::Wire(text) if text.contains(['%', '+']) => {
                let text = String::from_utf8(self.bytes().collect());
                text.map(Cow::Owned).map_err(|_| Error::Malformed(Part::Parameter))
            }
            Self::Wire(text) | Self::Plain(text) => Ok(Cow::Borrowed(text)),
        }
    }

    pub(super) fn is(self, plain: &str) -> bool {
        self.bytes().eq(plain.bytes())
    }

    /// Compares the canonical spellings. What both begin with is passed over as it stands, up to an
    /// escape: a sender may have given all of them one long beginning.
    pub(super) fn compare_encoded(self, other: Self) -> Ordering {
        let common = match (self, other) {
            (Self::Wire(one), Self::Wire(other)) | (Self::Plain(one), Self::Plain(other)) => {
                let pairs = one.bytes().zip(other.bytes());
                pairs.take_while(|(one, other)| one == other && *one != b'%').count()
            }
            _ => 0,
        };
        let escaped = |byte| {
            let (text, len) = encoded(byte);
            text.into_iter().take(len)
        };
        self.bytes_from(common).flat_map(escaped).cmp(other.bytes_from(common).flat_map(escaped))
    }

    /// Writes its canonical spelling.
    pub(super) fn write(self, sink: &mut impl Sink) {
        let (text, spelling) = self.spelled();
        spelling.write(text, sink);
    }

    /// Writes what it stands for.
    pub(super) fn write_decoded(self, sink: &mut impl Sink) {
        let (text, spelling) = self.spelled();
        spelling.write_decoded(text, sink);
    }

    const fn spelled(self) -> (&'a str, Spelling) {
        match self {
            Self::Wire(text) => (text, Spelling::WIRE),
            Self::Plain(text) => (text, Spelling::PLAIN),
        }
    }
}

/// # Errors
/// [`Error::Malformed`] with `part` for a `%` without two hexadecimal digits behind it: readers differ in
/// what they make of it.
pub(super) fn check(text: &str, part: Part) -> Result<(), Error> {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        match rest[at..] {
            [_, high, low, ..] if hex_pair(high, low).is_some() => rest = &rest[at + 3..],
            _ => return Err(Error::Malformed(part)),
        }
    }
    Ok(())
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// RFC 3986, 2.3.
const fn is_unreserved(byte: u8) -> bool {
    UNRESERVED[byte as usize]
}

/// By a table: a byte is looked at once, and most of them are unreserved.
static UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        byte += 1;
    }
    table
};

/// A byte's canonical spelling and how long it is.
const fn encoded(byte: u8) -> ([u8; 3], usize) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if is_unreserved(byte) {
        ([byte, 0, 0], 1)
    } else {
        ([b'%', DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]], 3)
    }
}
