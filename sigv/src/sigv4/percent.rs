#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, string::String};
use core::cmp::Ordering;

use crate::Error;
use crate::Hasher;
use crate::scheme::Part;

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

/// A name or value of a query: as it stands on the wire, or what it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    /// Percent-encoded, with `+` for a space, as forms are.
    Wire(&'a str),
    Plain(&'a str),
}

impl<'a> Value<'a> {
    /// What it stands for. `%` without two digits behind it stands for itself, but is refused before.
    pub(super) fn bytes(self) -> impl Iterator<Item = u8> + 'a {
        self.bytes_from(0)
    }

    /// The same from a place in its text on.
    fn bytes_from(self, start: usize) -> impl Iterator<Item = u8> + 'a {
        let (text, is_wire) = match self {
            Self::Wire(text) => (text, true),
            Self::Plain(text) => (text, false),
        };
        let mut rest = text.as_bytes().get(start..).unwrap_or_default();
        core::iter::from_fn(move || {
            #[cfg(test)]
            READ.set(READ.get() + 1);
            let (byte, behind) = match rest {
                [b'+', behind @ ..] if is_wire => (b' ', behind),
                [b'%', high, low, behind @ ..] if is_wire => match hex_pair(*high, *low) {
                    Some(byte) => (byte, behind),
                    None => (b'%', &rest[1..]),
                },
                [byte, behind @ ..] => (*byte, behind),
                [] => return None,
            };
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
        self.bytes_from(common).flat_map(spelled).cmp(other.bytes_from(common).flat_map(spelled))
    }

    /// Writes its canonical spelling.
    pub(super) fn write(self, sink: &mut impl Sink) {
        let mut out = Buffered::new(sink);
        self.bytes().for_each(|byte| out.encode(byte));
        out.flush();
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

pub(super) fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// RFC 3986, 2.3.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// A byte's spelling and how long it is.
const fn encoded(byte: u8) -> ([u8; 3], usize) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if is_unreserved(byte) {
        ([byte, 0, 0], 1)
    } else {
        ([b'%', DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]], 3)
    }
}

fn spelled(byte: u8) -> impl Iterator<Item = u8> {
    let (text, len) = encoded(byte);
    text.into_iter().take(len)
}

/// Gathers bytes, since a hasher takes many at once more cheaply than one by one.
pub(super) struct Buffered<'s, S: Sink> {
    sink: &'s mut S,
    bytes: [u8; 128],
    len: usize,
}

impl<'s, S: Sink> Buffered<'s, S> {
    pub(super) fn new(sink: &'s mut S) -> Self {
        Self { sink, bytes: [0; 128], len: 0 }
    }

    pub(super) fn push(&mut self, byte: u8) {
        if self.len == self.bytes.len() {
            self.flush();
        }
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    pub(super) fn encode(&mut self, byte: u8) {
        let (text, len) = encoded(byte);
        text[..len].iter().for_each(|byte| self.push(*byte));
    }

    pub(super) fn flush(&mut self) {
        self.sink.put(&self.bytes[..self.len]);
        self.len = 0;
    }
}
