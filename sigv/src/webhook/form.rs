use alloc::vec::Vec;
use core::fmt;

use crate::Error;
use crate::codec::percent::{Unit, units};
use crate::scheme::Part;

/// The parameters of a form or a query (`application/x-www-form-urlencoded`), decoded to bytes.
///
/// What is decoded need not be text: two different bodies that are not UTF-8 stay different.
///
/// ```
/// use creance_sigv::webhook::Form;
///
/// let form = Form::parse(b"To=%2B1800&Body=a+b%ff")?;
/// assert_eq!(form.one("To")?, Some(&b"+1800"[..]));
/// assert_eq!(form.one("Body")?, Some(&b"a b\xff"[..]));
/// assert!(Form::parse(b"Body=%f").is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Form {
    bytes: Vec<u8>,
    pairs: Vec<Pair>,
}

/// Where name and value lie in the bytes.
#[derive(Clone, Copy)]
struct Pair {
    begin: usize,
    middle: usize,
    end: usize,
}

impl Form {
    /// The most parameters read.
    pub const MAX_PAIRS: usize = 512;

    /// Decodes a form. A parameter without `=` has an empty value; empty ones (`a&&b`) do not count.
    ///
    /// # Errors
    /// With [`Part::Parameter`]: [`Error::Malformed`] where `%` has not two hexadecimal digits behind
    /// it, [`Error::TooMany`].
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let mut form = Self { bytes: Vec::with_capacity(text.len()), pairs: Vec::new() };
        for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if form.pairs.len() == Self::MAX_PAIRS {
                return Err(Error::TooMany { part: Part::Parameter, maximum: Self::MAX_PAIRS });
            }
            let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let begin = form.bytes.len();
            form.decode(&pair[..equals])?;
            let middle = form.bytes.len();
            form.decode(pair.get(equals + 1..).unwrap_or_default())?;
            form.pairs.push(Pair { begin, middle, end: form.bytes.len() });
        }
        Ok(form)
    }

    /// Names and values, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.pairs.iter().map(|pair| self.split(*pair))
    }

    /// The value of a parameter that is there once or not at all.
    ///
    /// # Errors
    /// [`Error::Duplicate`] with [`Part::Parameter`].
    pub fn one(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        let mut values = self.iter().filter(|(found, _)| *found == name.as_bytes());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Error::Duplicate(Part::Parameter)),
            (value, None) => Ok(value.map(|(_, value)| value)),
        }
    }

    /// As [`one`](Self::one), as text.
    ///
    /// # Errors
    /// As for [`one`](Self::one), and [`Error::Malformed`] where it is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        let text = self.one(name)?.map(core::str::from_utf8).transpose();
        text.map_err(|_| Error::Malformed(Part::Parameter))
    }

    /// How many parameters there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Drops the parameters of these names.
    pub(super) fn remove(&mut self, names: &[&str]) {
        let bytes = &self.bytes;
        let is_named = |pair: &Pair| {
            let name = bytes.get(pair.begin..pair.middle).unwrap_or_default();
            names.iter().any(|candidate| candidate.as_bytes() == name)
        };
        self.pairs.retain(|pair| !is_named(pair));
    }

    /// Sorts by name and value as bytes, and drops what is there twice.
    pub(super) fn sort_unique(&mut self) {
        let mut pairs = core::mem::take(&mut self.pairs);
        pairs.sort_unstable_by(|a, b| self.split(*a).cmp(&self.split(*b)));
        pairs.dedup_by(|a, b| self.split(*a) == self.split(*b));
        self.pairs = pairs;
    }

    fn split(&self, pair: Pair) -> (&[u8], &[u8]) {
        let name = self.bytes.get(pair.begin..pair.middle).unwrap_or_default();
        (name, self.bytes.get(pair.middle..pair.end).unwrap_or_default())
    }

    fn decode(&mut self, text: &[u8]) -> Result<(), Error> {
        for unit in units(text) {
            self.bytes.push(match unit {
                Unit::Plain(b'+') => b' ',
                Unit::Plain(byte) | Unit::Escape(byte) => byte,
                Unit::Lone => return Err(Error::Malformed(Part::Parameter)),
            });
        }
        Ok(())
    }
}

/// How many there are: the parameters are the peer's.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("len", &self.len()).finish_non_exhaustive()
    }
}
