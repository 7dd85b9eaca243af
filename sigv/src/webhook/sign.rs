#[cfg(feature = "alloc")]
use alloc::{string::String, vec::Vec};
use core::fmt::{self, Write};

use super::{Layout, Parts, Piece, Source, Template};
use crate::keyring::{KeySet, Usable};
use crate::scheme::{Headers, MAX_TAGS, Part};
use crate::{Error, Key, Tag, UnixTime};

/// A message to be signed.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    id: Option<&'a str>,
    method: &'a str,
    url: &'a str,
    headers: &'a dyn Headers,
    body: &'a [u8],
}

const NO_HEADERS: [(&str, &[u8]); 0] = [];

impl<'a> Outgoing<'a> {
    /// A message with this body.
    #[must_use]
    pub fn new(body: &'a [u8]) -> Self {
        Self { id: None, method: "", url: "", headers: &NO_HEADERS, body }
    }

    /// The id or nonce, where the scheme signs one.
    #[must_use]
    pub const fn id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }

    /// The method, where the scheme signs it.
    #[must_use]
    pub const fn method(mut self, method: &'a str) -> Self {
        self.method = method;
        self
    }

    /// The URL, where the scheme signs it or a part of it.
    #[must_use]
    pub const fn url(mut self, url: &'a str) -> Self {
        self.url = url;
        self
    }

    /// Headers that the scheme signs and that will be sent with the message.
    #[must_use]
    pub fn headers(mut self, headers: &'a dyn Headers) -> Self {
        self.headers = headers;
        self
    }
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl<'t> Template<'t> {
    /// Signs with the key that signs now.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`]; [`Error::OtherAlgorithm`] for a key of another algorithm;
    /// [`Error::Value`] for what the scheme signs and was not given or cannot be written.
    pub fn sign<'a>(
        &self,
        outgoing: &Outgoing<'a>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Signed<'a>, Error>
    where
        't: 'a,
    {
        let signer = keys.signer(now).ok_or(Error::NoSigningKey)?;
        let mut signed = self.unsigned(outgoing, now)?;
        signed.add(&signer, outgoing)?;
        Ok(signed)
    }

    /// Signs with each key that is active now, for receivers of which some know the one and some the
    /// other. The scheme must take several tags.
    ///
    /// # Errors
    /// As for [`sign`](Self::sign); [`Error::TooMany`] where the scheme takes one tag only, or there are
    /// more than [`MAX_TAGS`].
    pub fn sign_with_each<'a>(
        &self,
        outgoing: &Outgoing<'a>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Signed<'a>, Error>
    where
        't: 'a,
    {
        let mut signed = self.unsigned(outgoing, now)?;
        for usable in keys.usable(now) {
            let signs = usable.key_use().state() == crate::keyring::KeyState::Active;
            if signs {
                signed.add(&usable, outgoing)?;
            }
        }
        if signed.tags[0].is_none() { Err(Error::NoSigningKey) } else { Ok(signed) }
    }

    fn unsigned<'a>(&self, outgoing: &Outgoing<'a>, now: UnixTime) -> Result<Signed<'a>, Error>
    where
        't: 'a,
    {
        if outgoing.id.is_some_and(|id| !is_writable(id)) {
            return Err(Error::Value(Part::Id));
        }
        Ok(Signed {
            template: *self,
            id: outgoing.id,
            time: TimeText::new(now)?,
            tags: [const { None }; MAX_TAGS],
        })
    }
}

/// What can stand in a header's value and in a list or field of one.
fn is_writable(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',' && byte != b';')
}

/// A signed message: its headers.
#[derive(Clone)]
pub struct Signed<'a> {
    template: Template<'a>,
    id: Option<&'a str>,
    time: TimeText,
    tags: [Option<Tag>; MAX_TAGS],
}

impl<'a> Signed<'a> {
    fn add(&mut self, usable: &Usable<'_, Key>, outgoing: &Outgoing<'a>) -> Result<(), Error> {
        let key = usable.key();
        let takes_one = matches!(self.template.layout, Layout::Single(_) | Layout::Named);
        let maximum = if takes_one { 1 } else { MAX_TAGS };
        if !matches!(self.template.layout, Layout::Named)
            && key.algorithm() != self.template.algorithm
        {
            return Err(Error::OtherAlgorithm);
        }
        if key.is_decoy() {
            return Err(Error::NoSigningKey);
        }
        let tag = self.tag(key, outgoing)?;
        let mut places = self.tags.iter_mut().take(maximum);
        let place = places.find(|place| place.is_none());
        *place.ok_or(Error::TooMany { part: Part::Signature, maximum })? = Some(tag);
        Ok(())
    }

    fn tag(&self, key: &Key, outgoing: &Outgoing<'a>) -> Result<Tag, Error> {
        let mut parts = Parts::empty(&self.template, outgoing.headers);
        parts = parts.time(self.time.as_str())?.method(outgoing.method).url(outgoing.url);
        if let Some(id) = outgoing.id {
            parts = parts.id(id)?;
        }
        let parts = parts.body(outgoing.body);
        let template: Template<'_> = self.template;
        template.check_pieces(&parts).map_err(|error| match error {
            Error::Missing(part) | Error::Malformed(part) | Error::Duplicate(part) => {
                Error::Value(part)
            }
            other => other,
        })?;
        Ok(key.sign_with(|mac| template.write(mac, &parts)))
    }

    /// The headers to send: those of the time and the id where the scheme has them in headers, and the
    /// signature's.
    pub fn headers(&self) -> impl Iterator<Item = SignedHeader<'_>> {
        let pieces = self.template.message.iter().filter_map(|piece| match piece {
            Piece::Time(source) => Some((header_of(*source)?, Value::Text(self.time.as_str()))),
            Piece::Id(source) => Some((header_of(*source)?, Value::Text(self.id?))),
            _ => None,
        });
        let signature = header_of(self.template.header).map(|name| (name, Value::Signature(self)));
        pieces.chain(signature).map(|(name, value)| SignedHeader { name, value })
    }

    /// The signature's value alone, for a scheme that has it elsewhere than in a header.
    #[must_use]
    pub const fn signature(&self) -> SignedHeader<'_> {
        SignedHeader { name: "", value: Value::Signature(self) }
    }

    /// The time that was signed.
    #[must_use]
    pub fn time(&self) -> &str {
        self.time.as_str()
    }

    /// The headers as pairs.
    ///
    /// # Errors
    /// None that a `String` would give: [`Error::Write`] is for writers that can fail.
    #[cfg(feature = "alloc")]
    pub fn to_headers(&self) -> Result<Vec<(String, String)>, Error> {
        let header = |header: SignedHeader<'_>| {
            let mut value = String::new();
            header.write(&mut value)?;
            Ok((String::from(header.name), value))
        };
        self.headers().map(header).collect()
    }

    fn write_signature<W: Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        let template = &self.template;
        let mut tags = self.tags.iter().flatten();
        match template.layout {
            Layout::Single(prefix) => {
                out.write_str(prefix)?;
                tags.try_for_each(|tag| tag.write(template.encoding, out))
            }
            Layout::Named => tags.try_for_each(|tag| {
                write!(out, "{}=", tag.algorithm())?;
                tag.write(template.encoding, out)
            }),
            Layout::List { separator, prefix } => tags.enumerate().try_for_each(|(index, tag)| {
                if index > 0 {
                    out.write_char(separator)?;
                }
                out.write_str(prefix)?;
                tag.write(template.encoding, out)
            }),
            Layout::Fields { separator, tag } => self.write_fields(separator, tag, out),
        }
    }

    fn write_fields<W: Write + ?Sized>(
        &self,
        separator: char,
        tag: &str,
        out: &mut W,
    ) -> fmt::Result {
        for piece in self.template.message {
            match (piece, self.id) {
                (Piece::Time(Source::Field(name)), _) => {
                    write!(out, "{name}={}{separator}", self.time.as_str())?;
                }
                (Piece::Id(Source::Field(name)), Some(id)) => {
                    write!(out, "{name}={id}{separator}")?
                }
                _ => {}
            }
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
struct TimeText {
    digits: [u8; UnixTime::MAX_DIGITS],
    len: usize,
}

impl TimeText {
    /// # Errors
    /// [`Error::Value`] for a time of twenty digits, which no receiver reads.
    fn new(time: UnixTime) -> Result<Self, Error> {
        let mut text = Self { digits: [0; UnixTime::MAX_DIGITS], len: 0 };
        write!(text, "{time}").map_err(|_| Error::Value(Part::Timestamp))?;
        Ok(text)
    }

    fn as_str(&self) -> &str {
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
