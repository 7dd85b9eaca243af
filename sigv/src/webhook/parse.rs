use super::{Layout, Parts, Source, Template};
use crate::scheme::{Headers, MAX_HEADER_BYTES, Part, Received, one, text};
use crate::{Algorithm, Error};

impl Template<'_> {
    /// Reads the signature and what is signed beside the body.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Duplicate`], [`Error::Malformed`], [`Error::TooLong`],
    /// [`Error::TooMany`] and [`Error::Timestamp`].
    pub fn parse<'a>(&self, received: &Received<'a>) -> Result<Parts<'a>, Error> {
        let mut parts = Parts::empty(self, received.headers());
        self.read(received, &mut parts)?;
        Ok(parts)
    }

    /// The same in place: there is room for many tags, and to move it would be to copy it.
    #[inline]
    pub(super) fn read<'a>(
        &self,
        received: &Received<'a>,
        parts: &mut Parts<'a>,
    ) -> Result<(), Error> {
        let headers = received.headers();
        let signature = found(headers, self.header, Part::Signature)?;
        (parts.method, parts.url) = (received.method(), received.url());
        parts.body = received.body();
        parts.read_signature(self, signature.ok_or(Error::Missing(Part::Signature))?)?;
        if let Some(time) = Self::beside(headers, self.time_source(), Part::Timestamp)? {
            parts.set_time(time)?;
        }
        if let Some(id) = Self::beside(headers, self.id_source(), Part::Id)? {
            parts.set_id(id)?;
        }
        Ok(())
    }

    /// What stands in a header of its own.
    fn beside<'h>(
        headers: &'h dyn Headers,
        source: Option<Source<'_>>,
        part: Part,
    ) -> Result<Option<&'h str>, Error> {
        source.map_or(Ok(None), |source| found(headers, source, part))
    }
}

impl<'a> Parts<'a> {
    /// Reads the signature's value: its tags, and its fields that are a time or an id.
    pub(super) fn read_signature(
        &mut self,
        template: &Template<'_>,
        signature: &'a str,
    ) -> Result<(), Error> {
        if signature.len() > MAX_HEADER_BYTES {
            return Err(Error::TooLong { part: Part::Signature, maximum: MAX_HEADER_BYTES });
        }
        match template.layout {
            Layout::Single(prefix) => {
                self.tags.push(signature.strip_prefix(prefix).ok_or(SIGNATURE)?)?;
            }
            Layout::Named => {
                let (name, tag) = signature.split_once('=').ok_or(SIGNATURE)?;
                self.algorithm =
                    Some(name.parse::<Algorithm>().map_err(|_| Error::OtherAlgorithm)?);
                self.tags.push(tag)?;
            }
            Layout::List { separator, prefix } => {
                for entry in signature.split(separator) {
                    if let Some(tag) = entry.trim_matches(' ').strip_prefix(prefix) {
                        self.tags.push(tag)?;
                    }
                }
            }
            Layout::Fields { separator, tag } => {
                self.read_fields(template, signature, separator, tag)?;
            }
        }
        if self.tags.is_empty() { Err(Error::Missing(Part::Signature)) } else { Ok(()) }
    }

    fn read_fields(
        &mut self,
        template: &Template<'_>,
        signature: &'a str,
        separator: char,
        tag: &str,
    ) -> Result<(), Error> {
        for field in signature.split(separator) {
            let (name, value) = field.trim_matches(' ').split_once('=').ok_or(SIGNATURE)?;
            if name == tag {
                self.tags.push(value)?;
            }
            if template.time_source() == Some(Source::Field(name)) {
                refuse_second(self.time.is_some(), Part::Timestamp)?;
                self.set_time(value)?;
            }
            if template.id_source() == Some(Source::Field(name)) {
                refuse_second(self.id.is_some(), Part::Id)?;
                self.set_id(value)?;
            }
        }
        Ok(())
    }
}

const SIGNATURE: Error = Error::Malformed(Part::Signature);

/// Two times in one header: another reader may take the other one.
const fn refuse_second(is_second: bool, part: Part) -> Result<(), Error> {
    if is_second { Err(Error::Duplicate(part)) } else { Ok(()) }
}

/// The value of a source in the headers, as text; nothing where it is elsewhere.
fn found<'h>(
    headers: &'h dyn Headers,
    source: Source<'_>,
    part: Part,
) -> Result<Option<&'h str>, Error> {
    match source {
        Source::Header(name) => text(headers, name, part).map(Some),
        Source::Either(first, second) if one(headers, first, part)?.is_none() => {
            text(headers, second, part).map(Some)
        }
        Source::Either(first, _) => text(headers, first, part).map(Some),
        Source::Field(_) | Source::Given => Ok(None),
    }
}
