use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use super::percent::{Rule, compare_encoded, decode};
use crate::Error;
use crate::scheme::Part;

/// The most parameters that a request may have, in all its sources together.
pub const MAX_PARAMETERS: usize = 256;

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Header,
    Query,
    Form,
}

/// A parameter, decoded.
#[derive(Clone)]
pub(super) struct Parameter<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    pub(super) origin: Origin,
}

impl Parameter<'_> {
    /// Whether it belongs to the protocol and not to the application (RFC 5849, 3.1).
    pub(super) fn is_protocol(&self) -> bool {
        self.name.starts_with("oauth_")
    }
}

/// All parameters of a request, in the order in which they are signed.
#[derive(Clone, Default)]
pub(super) struct Parameters<'a> {
    list: Vec<Parameter<'a>>,
}

impl<'a> Parameters<'a> {
    pub(super) const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// # Errors
    /// [`Error::TooMany`].
    pub(super) fn push(&mut self, parameter: Parameter<'a>) -> Result<(), Error> {
        if self.list.len() >= MAX_PARAMETERS {
            return Err(Error::TooMany { part: Part::Parameter, maximum: MAX_PARAMETERS });
        }
        self.list.push(parameter);
        Ok(())
    }

    /// Reads a query or a form (RFC 5849, 3.4.1.3.1). A name without an equals sign has an empty value,
    /// names may repeat, and between two `&` there may be nothing.
    ///
    /// # Errors
    /// [`Error::Malformed`] and [`Error::TooMany`].
    pub(super) fn read_form(&mut self, text: &'a str, origin: Origin) -> Result<(), Error> {
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name, Rule::Form)?, decode(value, Rule::Form)?);
            self.push(Parameter { name, value, origin })?;
        }
        Ok(())
    }

    /// Puts them into the order in which they are signed: by name, and those of one name by value, as
    /// they are when encoded (RFC 5849, 3.4.1.3.2).
    pub(super) fn sort(&mut self) {
        self.list.sort_unstable_by(|first, second| {
            compare_encoded(&first.name, &second.name)
                .then_with(|| compare_encoded(&first.value, &second.value))
        });
    }

    /// Looks for protocol parameters that are there twice, or in two places: another reader may take the
    /// other one. They are sorted.
    ///
    /// # Errors
    /// [`Error::Duplicate`].
    pub(super) fn check_protocol(&self) -> Result<(), Error> {
        let protocol = || self.list.iter().filter(|parameter| parameter.is_protocol());
        let is_doubled = protocol()
            .zip(protocol().skip(1))
            .any(|(first, second)| first.name == second.name || first.origin != second.origin);
        if is_doubled { Err(Error::Duplicate(Part::Parameter)) } else { Ok(()) }
    }

    /// The first value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|parameter| parameter.name == name).map(|found| &*found.value)
    }

    /// Takes a parameter out.
    pub(super) fn take(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let at = self.list.iter().position(|parameter| parameter.name == name)?;
        Some(self.list.remove(at).value)
    }

    pub(super) fn as_slice(&self) -> &[Parameter<'a>] {
        &self.list
    }
}

/// How many there are: names and values are the peer's.
impl fmt::Debug for Parameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameters").field("len", &self.list.len()).finish_non_exhaustive()
    }
}
