use core::cmp::Ordering;

use arrayvec::ArrayVec;

use super::percent::Sink;
use super::text::Text;
use crate::Error;
use crate::scheme::{Headers, MAX_HEADER_BYTES, Part, is_token};

/// The most headers of a message that are read.
pub(super) const MAX_HEADERS: usize = 256;

/// The most headers that a signature may cover.
const MAX_SIGNED: usize = 64;

/// The most bytes of headers that are signed.
const MAX_BYTES: usize = 65_536;

/// A list of the names of signed headers.
pub(super) type NamesText = Text<2048>;

/// The headers that are signed, in the order of their names: each name once, with all of its values.
///
/// Filled by reference: there is room for many, and to move them would be to copy it.
pub(super) struct Fields<'a> {
    headers: &'a dyn Headers,
    signed: ArrayVec<Field<'a>, MAX_SIGNED>,
    /// Of all values together.
    bytes: usize,
}

struct Field<'a> {
    /// In any case.
    name: &'a str,
    /// The value that came first, and how many came.
    value: &'a [u8],
    values: usize,
}

impl<'a> Fields<'a> {
    /// None yet of these headers.
    pub(super) fn new(headers: &'a dyn Headers) -> Self {
        Self { headers, signed: ArrayVec::new(), bytes: 0 }
    }

    /// Takes all headers but some: to sign them.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Header`] for a name that is none; [`Error::TooMany`], and what
    /// [`fill`](Self::fill) says of values.
    pub(super) fn take(&mut self, is_left_out: impl Fn(&str) -> bool) -> Result<(), Error> {
        let mut verdict = Ok(());
        self.headers.visit(&mut |name, value| {
            if verdict.is_ok() && !is_left_out(name) {
                verdict = self.insert(name, value);
            }
        });
        verdict
    }

    /// Adds one that is not there.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Header`] where it is; as for [`take`](Self::take).
    pub(super) fn add(&mut self, name: &'a str, value: &'a str) -> Result<(), Error> {
        if self.contain(name) {
            return Err(Error::Value(Part::Header));
        }
        self.insert(name, value.as_bytes())
    }

    /// Takes those of a list, as it has to be written: in lower case, in order, without doubles. They get
    /// their values with [`fill`](Self::fill).
    ///
    /// # Errors
    /// [`Error::Malformed`] and [`Error::TooMany`] with [`Part::Coverage`].
    pub(super) fn list(&mut self, names: &'a str) -> Result<(), Error> {
        for name in names.split(';') {
            let is_name = is_name(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase());
            let is_next = self.signed.last().is_none_or(|last| last.name < name);
            if !is_name || !is_next {
                return Err(Error::Malformed(Part::Coverage));
            }
            self.insert_at(self.signed.len(), name)?;
        }
        Ok(())
    }

    /// Gives those of the list their values. Of as many headers as are read all are given, whatever is
    /// said of one.
    ///
    /// # Errors
    /// [`Error::NotCovered`] with [`Part::Header`] where one `has_to_be` in the list and is not: it can be
    /// changed or added on the way. [`Error::TooMany`]; [`Error::Malformed`] for a line end in a value, with
    /// which a canonical request could be read in two ways; [`Error::TooLong`] for a value or all of them.
    pub(super) fn fill(&mut self, has_to_be: impl Fn(&str) -> bool) -> Result<(), Error> {
        let (mut count, mut verdict) = (0_usize, Ok(()));
        self.headers.visit(&mut |name, value| {
            count += 1;
            if count <= MAX_HEADERS {
                let filled = match self.find(name) {
                    Ok(at) => self.give(at, value),
                    Err(_) if has_to_be(name) => Err(Error::NotCovered(Part::Header)),
                    Err(_) => Ok(()),
                };
                verdict = verdict.and(filled);
            }
        });
        let too_many = Error::TooMany { part: Part::Header, maximum: MAX_HEADERS };
        if count > MAX_HEADERS { Err(too_many) } else { verdict }
    }

    /// Gives a value to one of the list, whatever the message says.
    pub(super) fn set(&mut self, name: &str, value: &'a str) {
        if let Ok(at) = self.find(name) {
            let field = &mut self.signed[at];
            (field.value, field.values) = (value.as_bytes(), 1);
        }
    }

    /// Whether all of the list have values.
    ///
    /// # Errors
    /// [`Error::Missing`] with [`Part::Header`].
    pub(super) fn check(&self) -> Result<(), Error> {
        let is_there = |field: &Field<'_>| field.values > 0;
        if self.signed.iter().all(is_there) { Ok(()) } else { Err(Error::Missing(Part::Header)) }
    }

    /// The case does not matter.
    pub(super) fn contain(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    /// Whether one came more than once: which of two values counts, a reader might not agree on.
    pub(super) fn has_doubles(&self) -> bool {
        self.signed.iter().any(|field| field.values > 1)
    }

    /// Writes the list of names: in lower case, with semicolons between.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Coverage`] where it is too long.
    pub(super) fn write_names(&self, list: &mut NamesText) -> Result<(), Error> {
        const TOO_LONG: Error = Error::Value(Part::Coverage);
        list.clear();
        for (index, field) in self.signed.iter().enumerate() {
            if index > 0 {
                list.try_push(';').map_err(|_| TOO_LONG)?;
            }
            list.try_push_str(field.name).map_err(|_| TOO_LONG)?;
        }
        list.make_ascii_lowercase();
        Ok(())
    }

    /// Writes the line of each: its name in lower case, and its values in the order in which they came,
    /// with commas between.
    pub(super) fn write(&self, sink: &mut impl Sink) {
        for field in &self.signed {
            put_lower(field.name, sink);
            sink.put(b":");
            put_folded(field.value, sink);
            if field.values > 1 {
                self.put_others(field.name, sink);
            }
            sink.put(b"\n");
        }
    }

    /// The values behind the first.
    #[cold]
    fn put_others(&self, name: &str, sink: &mut impl Sink) {
        let mut is_first = true;
        self.headers.values(name, &mut |value| {
            if !is_first {
                sink.put(b",");
                put_folded(value, sink);
            }
            is_first = false;
        });
    }

    fn insert(&mut self, name: &'a str, value: &'a [u8]) -> Result<(), Error> {
        if !is_name(name) {
            return Err(Error::Value(Part::Header));
        }
        match self.find(name) {
            Ok(at) => self.give(at, value),
            Err(at) => {
                self.insert_at(at, name)?;
                self.give(at, value)
            }
        }
    }

    fn insert_at(&mut self, at: usize, name: &'a str) -> Result<(), Error> {
        let field = Field { name, value: b"", values: 0 };
        let too_many = Error::TooMany { part: Part::Coverage, maximum: MAX_SIGNED };
        self.signed.try_insert(at, field).map_err(|_| too_many)
    }

    fn give(&mut self, at: usize, value: &'a [u8]) -> Result<(), Error> {
        let field = &mut self.signed[at];
        if field.values == 0 {
            field.value = value;
        }
        field.values += 1;
        self.bytes = self.bytes.saturating_add(value.len());
        let part = Part::Header;
        if value.iter().fold(false, |seen, byte| seen | matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(Error::Malformed(part));
        }
        for (bytes, maximum) in [(value.len(), MAX_HEADER_BYTES), (self.bytes, MAX_BYTES)] {
            if bytes > maximum {
                return Err(Error::TooLong { part, maximum });
            }
        }
        Ok(())
    }

    /// Where it is, or would have to be.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.signed.binary_search_by(|field| order(field.name, name))
    }
}

fn order(one: &str, other: &str) -> Ordering {
    lower(one).cmp(lower(other))
}

fn lower(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// RFC 9110, 5.6.2: a token. `;`, which separates names, is none.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_token)
}

/// Most clients have their names in lower case already.
fn put_lower(name: &str, sink: &mut impl Sink) {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return sink.put(name.as_bytes());
    }
    let mut bytes = [0; 64];
    for piece in name.as_bytes().chunks(bytes.len()) {
        let lower = &mut bytes[..piece.len()];
        lower.copy_from_slice(piece);
        lower.make_ascii_lowercase();
        sink.put(lower);
    }
}

/// Spaces around a value are left out, and several in a row become one.
fn put_folded(value: &[u8], sink: &mut impl Sink) {
    let mut rest = value.trim_ascii();
    while let Some(at) = rest.windows(2).position(|pair| pair == b"  ") {
        let (piece, behind) = rest.split_at(at + 1);
        sink.put(piece);
        let spaces = behind.iter().take_while(|byte| **byte == b' ').count();
        rest = &behind[spaces..];
    }
    sink.put(rest);
}
