use super::percent::{Buffered, Sink};
use crate::Error;
use crate::scheme::{Headers, MAX_HEADER_BYTES, Part};

/// The most headers of a message that are read.
pub(super) const MAX_HEADERS: usize = 256;

/// The most bytes of headers that are signed.
pub(super) const MAX_FIELDS_BYTES: usize = 65_536;

/// How many headers the scheme adds by itself.
const OWN: usize = 6;

/// The headers of a message, and those that the scheme adds to it.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    headers: &'a dyn Headers,
    own: [(&'a str, &'a str); OWN],
    len: usize,
}

impl<'a> Fields<'a> {
    pub(super) const fn new(headers: &'a dyn Headers) -> Self {
        Self { headers, own: [("", ""); OWN], len: 0 }
    }

    /// Adds one of the scheme's own, of which there are never more than there are places.
    pub(super) fn add(&mut self, name: &'a str, value: &'a str) {
        if let Some(place) = self.own.get_mut(self.len) {
            *place = (name, value);
            self.len += 1;
        }
    }

    /// The scheme's own.
    pub(super) fn own(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.own.into_iter().take(self.len)
    }

    /// Shows each value of a header. One of the scheme's own hides those of the message.
    pub(super) fn values(&self, name: &str, visitor: &mut dyn FnMut(&'a [u8])) {
        if let Some((_, value)) = self.own().find(|own| own.0.eq_ignore_ascii_case(name)) {
            return visitor(value.as_bytes());
        }
        self.headers.values(name, visitor);
    }

    /// Whether a header is there that can be signed: with a line end in its value a canonical request
    /// could be read in two ways.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Malformed`] and [`Error::TooLong`] with [`Part::Header`]; the length
    /// is that of all headers together.
    pub(super) fn check(&self, name: &str, total: &mut usize) -> Result<(), Error> {
        let (mut is_there, mut is_text, mut is_short) = (false, true, true);
        self.values(name, &mut |value| {
            is_there = true;
            is_text &= !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
            is_short &= value.len() <= MAX_HEADER_BYTES;
            *total = total.saturating_add(value.len());
        });
        let part = Part::Header;
        match (is_there, is_text) {
            (false, _) => Err(Error::Missing(part)),
            (_, false) => Err(Error::Malformed(part)),
            _ if !is_short => Err(Error::TooLong { part, maximum: MAX_HEADER_BYTES }),
            _ if *total > MAX_FIELDS_BYTES => {
                Err(Error::TooLong { part, maximum: MAX_FIELDS_BYTES })
            }
            _ => Ok(()),
        }
    }

    /// Writes the line of a header: its name in lower case, and its values in the order in which they
    /// came, with commas between.
    pub(super) fn write(&self, name: &str, sink: &mut impl Sink) {
        let mut out = Buffered::new(sink);
        name.bytes().for_each(|byte| out.push(byte.to_ascii_lowercase()));
        out.push(b':');
        let mut is_first = true;
        self.values(name, &mut |value| {
            if !is_first {
                out.push(b',');
            }
            is_first = false;
            folded(value, &mut |byte| out.push(byte));
        });
        out.push(b'\n');
        out.flush();
    }
}

/// Spaces around a value are left out, and several in a row become one.
fn folded(value: &[u8], push: &mut dyn FnMut(u8)) {
    let mut pieces =
        value.trim_ascii().split(|byte| *byte == b' ').filter(|piece| !piece.is_empty());
    for byte in pieces.next().unwrap_or_default() {
        push(*byte);
    }
    for piece in pieces {
        push(b' ');
        for byte in piece {
            push(*byte);
        }
    }
}
