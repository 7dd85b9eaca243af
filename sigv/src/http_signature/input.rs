//! `Signature-Input` and `Signature` (RFC 9421, 4).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::component::Component;
use crate::content_digest::lines;
use crate::scheme::{Headers, MAX_TAGS, Part};
use crate::structured::{self, Bare, Item, Member, Params, Trouble};
use crate::{Algorithm, Encoding, Error, UnixTime};

/// The most components that one signature may cover.
pub const MAX_COMPONENTS: usize = 32;

/// The longest nonce, key id or tag, in bytes.
pub(super) const MAX_PARAMETER_BYTES: usize = 256;

/// The greatest integer of a structured field (RFC 9651, 3.3.1).
pub(super) const MAX_INTEGER: u64 = 999_999_999_999_999;

/// The only algorithm here, by its name in the registry.
pub(super) const HMAC_SHA256: &str = "hmac-sha256";

pub(super) const SIGNATURE_INPUT: &str = "Signature-Input";
pub(super) const SIGNATURE: &str = "Signature";

const MALFORMED: Error = Error::Malformed(Part::Coverage);

/// One label's signature as it came: nothing of it is believed or looked into.
pub(super) struct Candidate<'a> {
    pub(super) label: &'a str,
    items: Vec<Item<'a>>,
    params: Params<'a>,
    tag: Bare<'a>,
}

/// All signatures of a message.
///
/// # Errors
/// [`Error::Missing`], [`Error::Duplicate`], [`Error::Malformed`], [`Error::TooLong`] and
/// [`Error::TooMany`].
pub(super) fn candidates<'a>(headers: &'a dyn Headers) -> Result<Vec<Candidate<'a>>, Error> {
    let inputs = members(headers, SIGNATURE_INPUT, Part::Coverage)?;
    let mut signatures = members(headers, SIGNATURE, Part::Signature)?;
    // RFC 9421, 4.2: each label is in both.
    if inputs.is_empty() || signatures.is_empty() {
        return Err(Error::Missing(Part::Signature));
    }
    if inputs.len() != signatures.len() {
        return Err(Error::Malformed(Part::Signature));
    }
    let candidate = |(label, input): (&'a str, Member<'a>)| {
        let at = signatures.iter().position(|(other, _)| *other == label);
        let (_, signature) = signatures.swap_remove(at.ok_or(Error::Malformed(Part::Signature))?);
        match (input, signature) {
            (Member::List(items, params), Member::Item(tag)) if tag.params.is_empty() => {
                Ok(Candidate { label, items, params, tag: tag.bare })
            }
            (Member::Item(_), _) => Err(MALFORMED),
            _ => Err(Error::Malformed(Part::Signature)),
        }
    };
    inputs.into_iter().map(candidate).collect()
}

/// The members of a dictionary that may be there in several lines. A label that comes twice is refused:
/// others may have read the other one.
fn members<'a>(
    headers: &'a dyn Headers,
    name: &str,
    part: Part,
) -> Result<Vec<(&'a str, Member<'a>)>, Error> {
    let mut found: Vec<(&str, Member<'_>)> = Vec::new();
    for line in lines(headers, name, part)? {
        let members = structured::dictionary(line).map_err(|trouble| match trouble {
            Trouble::Malformed => Error::Malformed(part),
            Trouble::Twice => Error::Duplicate(part),
        })?;
        for (label, member) in members {
            if found.iter().any(|(other, _)| *other == label) {
                return Err(Error::Duplicate(part));
            }
            if found.len() == MAX_TAGS {
                return Err(Error::TooMany { part: Part::Signature, maximum: MAX_TAGS });
            }
            found.push((label, member));
        }
    }
    Ok(found)
}

/// Whether a message may get one more signature, under this label.
///
/// # Errors
/// [`Error::Value`] where it has one of this label; [`Error::TooMany`]; what the others are read with.
pub(super) fn check_label(headers: &dyn Headers, label: &str) -> Result<(), Error> {
    for (name, part) in [(SIGNATURE_INPUT, Part::Coverage), (SIGNATURE, Part::Signature)] {
        let members = members(headers, name, part)?;
        if members.iter().any(|(other, _)| *other == label) {
            return Err(Error::Value(Part::Signature));
        }
        if members.len() >= MAX_TAGS {
            return Err(Error::TooMany { part: Part::Signature, maximum: MAX_TAGS });
        }
    }
    Ok(())
}

impl<'a> Candidate<'a> {
    /// Its `keyid`, unchecked.
    pub(super) fn key_id(&self) -> Option<&str> {
        self.params.string("keyid")
    }

    /// Its `tag`, unchecked.
    pub(super) fn app_tag(&self) -> Option<&str> {
        self.params.string("tag")
    }

    /// Whether it may be one of HMAC-SHA-256.
    pub(super) fn may_be_hmac(&self) -> bool {
        self.params.string("alg").is_none_or(|name| name == HMAC_SHA256)
    }

    /// What it covers.
    ///
    /// # Errors
    /// [`Error::TooMany`]; [`Error::Malformed`] for an identifier that is none; [`Error::Duplicate`] for
    /// one that is there twice, in whatever order its parameters are.
    pub(super) fn components(&self) -> Result<Vec<Component>, Error> {
        if self.items.len() > MAX_COMPONENTS {
            return Err(Error::TooMany { part: Part::Component, maximum: MAX_COMPONENTS });
        }
        let components = self.items.iter().map(Component::read).collect::<Result<Vec<_>, _>>()?;
        check_once(&components)?;
        Ok(components)
    }

    /// Its parameters.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Timestamp`], [`Error::TooLong`] and [`Error::OtherAlgorithm`].
    pub(super) fn parameters(&self) -> Result<Parameters<'a>, Error> {
        let mut read = Parameters::default();
        for (name, value) in self.params.iter() {
            let kind = match name {
                "created" => Kind::Created(time(value)?),
                "expires" => Kind::Expires(time(value)?),
                "nonce" => Kind::Nonce(text(value, Part::Id)?),
                "alg" => Kind::Algorithm(text(value, Part::Coverage)?),
                "keyid" => Kind::KeyId(text(value, Part::KeyId)?),
                "tag" => Kind::Tag(text(value, Part::Parameter)?),
                // It could take something back that the others say.
                _ => return Err(Error::Malformed(Part::Parameter)),
            };
            read.0.push(kind);
        }
        Ok(read)
    }

    /// The received tag as text, in its one spelling.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no byte sequence, or came in another spelling, which the parser
    /// takes; [`Error::TagLength`].
    pub(super) fn tag_text(&self, headers: &dyn Headers) -> Result<String, Error> {
        let Bare::ByteSequence(bytes) = &self.tag else {
            return Err(Error::Malformed(Part::Signature));
        };
        let (algorithm, bytes_len) = (Algorithm::Sha256, bytes.len());
        let expected = algorithm.output_len();
        if bytes_len != expected {
            return Err(Error::TagLength { algorithm, bytes: bytes_len, expected });
        }
        let mut text = String::new();
        Encoding::Base64.encode(bytes, &mut text)?;
        let spelling = format!("{}=:{text}:", self.label);
        let lines = lines(headers, SIGNATURE, Part::Signature)?;
        let came = lines.iter().any(|line| contains(line, spelling.as_bytes()));
        if came { Ok(text) } else { Err(Error::Malformed(Part::Signature)) }
    }
}

fn contains(line: &[u8], spelling: &[u8]) -> bool {
    line.windows(spelling.len()).any(|window| window == spelling)
}

/// # Errors
/// [`Error::Duplicate`] with [`Part::Component`].
pub(super) fn check_once(components: &[Component]) -> Result<(), Error> {
    for (index, component) in components.iter().enumerate() {
        if components.iter().skip(index + 1).any(|other| other == component) {
            return Err(Error::Duplicate(Part::Component));
        }
    }
    Ok(())
}

fn time(value: &Bare<'_>) -> Result<UnixTime, Error> {
    match value {
        Bare::Integer(secs) => match u64::try_from(i64::from(*secs)) {
            Ok(secs) => Ok(UnixTime::from_secs(secs)),
            Err(_) => Err(Error::Timestamp),
        },
        _ => Err(Error::Timestamp),
    }
}

fn text<'a>(value: &Bare<'a>, part: Part) -> Result<Cow<'a, str>, Error> {
    let text = structured::string(value).ok_or(Error::Malformed(part))?;
    if text.len() > MAX_PARAMETER_BYTES {
        return Err(Error::TooLong { part, maximum: MAX_PARAMETER_BYTES });
    }
    Ok(text)
}

/// The parameters of a signature, in the order in which they are signed.
#[derive(Default)]
pub(super) struct Parameters<'a>(pub(super) Vec<Kind<'a>>);

pub(super) enum Kind<'a> {
    Created(UnixTime),
    Expires(UnixTime),
    Nonce(Cow<'a, str>),
    Algorithm(Cow<'a, str>),
    KeyId(Cow<'a, str>),
    Tag(Cow<'a, str>),
}

impl<'a> Parameters<'a> {
    fn find<T>(&self, pick: impl FnMut(&Kind<'a>) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(pick)
    }

    pub(super) fn created(&self) -> Option<UnixTime> {
        self.find(|kind| if let Kind::Created(time) = kind { Some(*time) } else { None })
    }

    pub(super) fn expires(&self) -> Option<UnixTime> {
        self.find(|kind| if let Kind::Expires(time) = kind { Some(*time) } else { None })
    }

    pub(super) fn nonce(&self) -> Option<Cow<'a, str>> {
        self.find(|kind| if let Kind::Nonce(text) = kind { Some(text.clone()) } else { None })
    }

    pub(super) fn algorithm(&self) -> Option<Cow<'a, str>> {
        self.find(|kind| if let Kind::Algorithm(text) = kind { Some(text.clone()) } else { None })
    }

    pub(super) fn key_id(&self) -> Option<Cow<'a, str>> {
        self.find(|kind| if let Kind::KeyId(text) = kind { Some(text.clone()) } else { None })
    }

    pub(super) fn tag(&self) -> Option<Cow<'a, str>> {
        self.find(|kind| if let Kind::Tag(text) = kind { Some(text.clone()) } else { None })
    }
}

/// The value of `@signature-params`, which is also that of the label in `Signature-Input`.
///
/// # Errors
/// [`fmt::Error`] for a text that cannot be a string of a structured field.
pub(super) fn params_text(
    components: &[Component],
    params: &Parameters<'_>,
) -> Result<String, fmt::Error> {
    let mut text = String::from("(");
    for (index, component) in components.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        text.push_str(component.as_str());
    }
    text.push(')');
    for kind in &params.0 {
        let (name, value) = match kind {
            Kind::Created(time) => {
                write!(text, ";created={time}")?;
                continue;
            }
            Kind::Expires(time) => {
                write!(text, ";expires={time}")?;
                continue;
            }
            Kind::Nonce(value) => ("nonce", value),
            Kind::Algorithm(value) => ("alg", value),
            Kind::KeyId(value) => ("keyid", value),
            Kind::Tag(value) => ("tag", value),
        };
        write!(text, ";{name}=")?;
        structured::write_string(value, &mut text)?;
    }
    Ok(text)
}
