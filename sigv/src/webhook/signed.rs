#[cfg(feature = "alloc")]
use alloc::{string::String, vec::Vec};
use core::fmt::{self, Write};

use super::{Layout, Source, Template};
use crate::scheme::{MAX_TAGS, Part};
use crate::{Error, Tag, UnixTime};

/// A signed message: its headers.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::webhook::{Outgoing, STRIPE};
///
/// let key = STRIPE.key("whsec_test_secret")?;
/// let signed = STRIPE.sign(&Outgoing::new(b"{}"), &key, UnixTime::from_secs(1_700_000_000))?;
/// let mut value = String::new();
/// for header in signed.headers() {
///     header.write(&mut value)?;
/// }
/// assert!(value.starts_with("t=1700000000,v1="));
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct Signed<'a> {
    template: Template<'a>,
    id: Option<&'a str>,
    time: TimeText,
    tags: [Option<Tag>; MAX_TAGS],
}

impl<'a> Signed<'a> {
    pub(super) const fn new(
        template: Template<'a>,
        id: Option<&'a str>,
        time: TimeText,
        tags: [Option<Tag>; MAX_TAGS],
    ) -> Self {
        Self { template, id, time, tags }
    }

    /// The headers to send: those of the time and the id where the scheme has them in headers, and the
    /// signature's.
    pub fn headers(&self) -> impl Iterator<Item = SignedHeader<'_>> {
        let template = &self.template;
        let time = template.time_source().and_then(header_of);
        let time = time.map(|name| (name, Value::Text(self.time.as_str())));
        let id = template.id_source().and_then(header_of).zip(self.id);
        let id = id.map(|(name, id)| (name, Value::Text(id)));
        let signature = header_of(template.header).map(|name| (name, Value::Signature(self)));
        let headers = id.into_iter().chain(time).chain(signature);
        headers.map(|(name, value)| SignedHeader { name, value })
    }

    /// The signature's value alone, for a scheme that has it elsewhere than in a header.
    #[must_use]
    pub const fn signature(&self) -> SignedHeader<'_> {
        SignedHeader { name: "", value: Value::Signature(self) }
    }

    /// The time that was signed, in seconds.
    #[must_use]
    pub fn time(&self) -> &str {
        self.time.as_str()
    }

    /// The headers as pairs.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_headers(&self) -> Vec<(String, String)> {
        let pair = |header: SignedHeader<'_>| {
            let mut value = String::new();
            // A string takes everything.
            let _ = header.write(&mut value);
            (String::from(header.name), value)
        };
        self.headers().map(pair).collect()
    }

    fn write_signature<W: Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        match self.template.layout {
            Layout::Single(prefix) => self.write_tags("", prefix, out),
            Layout::Named => {
                for tag in self.tags.iter().flatten() {
                    write!(out, "{}=", tag.algorithm())?;
                    tag.write(self.template.encoding, out)?;
                }
                Ok(())
            }
            Layout::List { separator, prefix } => {
                self.write_tags(separator.encode_utf8(&mut [0; 4]), prefix, out)
            }
            Layout::Fields { separator, tag } => self.write_fields(separator, tag, out),
        }
    }

    fn write_fields<W: Write + ?Sized>(
        &self,
        separator: char,
        tag: &str,
        out: &mut W,
    ) -> fmt::Result {
        if let Some(Source::Field(name)) = self.template.time_source() {
            write!(out, "{name}={}{separator}", self.time.as_str())?;
        }
        if let (Some(Source::Field(name)), Some(id)) = (self.template.id_source(), self.id) {
            write!(out, "{name}={id}{separator}")?;
        }
        for (index, expected) in self.tags.iter().flatten().enumerate() {
            if index > 0 {
                out.write_char(separator)?;
            }
            write!(out, "{tag}=")?;
            expected.write(self.template.encoding, out)?;
        }
        Ok(())
    }

    fn write_tags<W: Write + ?Sized>(
        &self,
        separator: &str,
        prefix: &str,
        out: &mut W,
    ) -> fmt::Result {
        for (index, tag) in self.tags.iter().flatten().enumerate() {
            out.write_str(if index > 0 { separator } else { "" })?;
            out.write_str(prefix)?;
            tag.write(self.template.encoding, out)?;
        }
        Ok(())
    }
}

const fn header_of(source: Source<'_>) -> Option<&str> {
    match source {
        Source::Header(name) | Source::Either(name, _) => Some(name),
        Source::Field(_) | Source::Given => None,
    }
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("template", &self.template.name).finish_non_exhaustive()
    }
}

/// A header to send.
#[derive(Clone, Copy, Debug)]
pub struct SignedHeader<'s> {
    name: &'s str,
    value: Value<'s>,
}

#[derive(Clone, Copy, Debug)]
enum Value<'s> {
    Text(&'s str),
    Signature(&'s Signed<'s>),
}

impl<'s> SignedHeader<'s> {
    /// The header's name; empty for a signature that is not in a header.
    #[must_use]
    pub const fn name(&self) -> &'s str {
        self.name
    }

    /// Writes the value.
    ///
    /// # Errors
    /// [`Error::Write`] where `out` fails.
    pub fn write<W: Write + ?Sized>(&self, out: &mut W) -> Result<(), Error> {
        match self.value {
            Value::Text(text) => out.write_str(text)?,
            Value::Signature(signed) => signed.write_signature(out)?,
        }
        Ok(())
    }
}

/// Seconds as text, without an allocator.
#[derive(Clone, Copy)]
pub(super) struct TimeText {
    digits: [u8; UnixTime::MAX_DIGITS],
    len: usize,
}

impl TimeText {
    /// # Errors
    /// [`Error::Value`] for a time of twenty digits, which no receiver reads.
    pub(super) fn new(time: UnixTime) -> Result<Self, Error> {
        let mut text = Self { digits: [0; UnixTime::MAX_DIGITS], len: 0 };
        write!(text, "{time}").map_err(|_| Error::Value(Part::Timestamp))?;
        Ok(text)
    }

    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.digits[..self.len]).unwrap_or_default()
    }
}

impl Write for TimeText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.digits.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
