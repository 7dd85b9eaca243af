use core::fmt;

use crate::Error;
use crate::scheme::Part;

/// The most headers that a signature may cover.
pub(super) const MAX_NAMES: usize = 64;

/// The names of the headers that are signed, in order and each once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    names: [&'a str; MAX_NAMES],
    len: usize,
}

impl<'a> Names<'a> {
    pub(super) const fn new() -> Self {
        Self { names: [""; MAX_NAMES], len: 0 }
    }

    /// Reads a list as it has to be written: in lower case, in order, without doubles.
    ///
    /// # Errors
    /// [`Error::Malformed`] and [`Error::TooMany`] with [`Part::Coverage`].
    pub(super) fn parse(list: &'a str) -> Result<Self, Error> {
        const MALFORMED: Error = Error::Malformed(Part::Coverage);
        let mut names = Self::new();
        for name in list.split(';') {
            let is_name = name.bytes().all(|byte| is_token(byte) && !byte.is_ascii_uppercase());
            let is_next = names.names[..names.len].last().is_none_or(|last| *last < name);
            if name.is_empty() || !is_name || !is_next {
                return Err(MALFORMED);
            }
            names.push(name)?;
        }
        Ok(names)
    }

    /// Adds a name in its place, if it is not there yet. The case does not matter.
    ///
    /// # Errors
    /// [`Error::TooMany`], and [`Error::Value`] with [`Part::Header`] for what is no name.
    pub(super) fn insert(&mut self, name: &'a str) -> Result<(), Error> {
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(Error::Value(Part::Header));
        }
        match self.find(name) {
            Ok(_) => Ok(()),
            Err(at) => {
                self.push(name)?;
                self.names[at..self.len].rotate_right(1);
                Ok(())
            }
        }
    }

    pub(super) fn contain(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.names[..self.len].iter().copied()
    }

    /// Where it is, or would have to be.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.names[..self.len].binary_search_by(|other| lower(other).cmp(lower(name)))
    }

    fn push(&mut self, name: &'a str) -> Result<(), Error> {
        let too_many = Error::TooMany { part: Part::Coverage, maximum: MAX_NAMES };
        *self.names.get_mut(self.len).ok_or(too_many)? = name;
        self.len += 1;
        Ok(())
    }
}

fn lower(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// RFC 9110, 5.6.2, but for `;`, which is none of them and separates names.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

/// The list in lower case, with semicolons between.
impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(";")?;
            }
            name.chars()
                .try_for_each(|letter| fmt::Write::write_char(f, letter.to_ascii_lowercase()))?;
        }
        Ok(())
    }
}
