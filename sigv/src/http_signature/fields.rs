//! The values of fields (RFC 9421, 2.1).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::str;

use super::component::{Component, Form, Name};
use crate::content_digest::lines;
use crate::scheme::{Headers, Part, trim};
use crate::structured::{self, Trouble};
use crate::{Encoding, Error};

/// The value of a field of these headers, as the component takes it.
///
/// # Errors
/// [`Error::Missing`], [`Error::Malformed`], [`Error::Duplicate`] and [`Error::TooLong`], with the
/// component's part.
pub(super) fn value<'h>(
    headers: &'h dyn Headers,
    name: &str,
    component: &Component,
) -> Result<Cow<'h, str>, Error> {
    let part = component.part();
    let found = lines(headers, name, part)?;
    if found.is_empty() {
        return Err(Error::Missing(part));
    }
    let cleaned = found.into_iter().map(|line| clean(line, part));
    let mut lines = cleaned.collect::<Result<Vec<_>, _>>()?;
    if component.form == Form::Bytes {
        return Ok(Cow::Owned(wrapped(&lines)));
    }
    // Its values hold commas, so two cookies could pass for one, or one for two (RFC 6265, 3).
    if name == "set-cookie" && lines.len() > 1 {
        return Err(Error::Duplicate(part));
    }
    if let (1, Form::Lines) = (lines.len(), &component.form) {
        return lines.pop().ok_or(Error::Missing(part)).and_then(|line| ascii(line, part));
    }
    let joined = ascii(Cow::Owned(lines.join(b", ".as_slice())), part)?;
    let trouble = |trouble| match trouble {
        Trouble::Malformed => Error::Malformed(part),
        Trouble::Twice => Error::Duplicate(part),
    };
    match &component.form {
        Form::Structured => structured_value(joined.as_bytes()).map_err(trouble).map(Cow::Owned),
        Form::Member { key, .. } => {
            let members = structured::dictionary(joined.as_bytes()).map_err(trouble)?;
            let member = members.iter().find(|(name, _)| name == key);
            let (_, member) = member.ok_or(Error::Missing(part))?;
            let mut text = String::new();
            member.write(&mut text);
            Ok(Cow::Owned(text))
        }
        Form::Lines | Form::Bytes => Ok(joined),
    }
}

/// The field of a component, if it is one.
pub(super) fn field_name(component: &Component) -> Option<&str> {
    match &component.name {
        Name::Field(name) => Some(name),
        _ => None,
    }
}

/// A structured field in its one spelling, whatever its type: what is read as a dictionary and as a
/// list, or as a list and as a single value, is written alike.
fn structured_value(joined: &[u8]) -> Result<String, Trouble> {
    match structured::dictionary(joined) {
        Ok(members) => Ok(structured::write_dictionary(&members)),
        Err(Trouble::Twice) => Err(Trouble::Twice),
        Err(Trouble::Malformed) => Ok(structured::write_list(&structured::list(joined)?)),
    }
}

/// Each line as a byte sequence.
fn wrapped(lines: &[Cow<'_, [u8]>]) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        text.push_str(if index > 0 { ", :" } else { ":" });
        // A `String` takes all that is written into it.
        let _ = Encoding::Base64.encode(line, &mut text);
        text.push(':');
    }
    text
}

/// A line without white space around it and without line folding, which becomes one space. Other ends
/// of lines are refused: the signature base is made of lines, and a value must not make more of them.
fn clean(line: &[u8], part: Part) -> Result<Cow<'_, [u8]>, Error> {
    let line = trim(line);
    if !line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Ok(Cow::Borrowed(line));
    }
    let mut unfolded = Vec::with_capacity(line.len());
    let mut rest = line;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'\r', [b'\n', b' ' | b'\t', ..]) => {
                unfolded.truncate(trim_end(&unfolded).len());
                unfolded.push(b' ');
                rest = trim_start(&after[1..]);
            }
            (b'\r' | b'\n' | 0, _) => return Err(Error::Malformed(part)),
            (byte, _) => unfolded.push(*byte),
        }
    }
    Ok(Cow::Owned(unfolded))
}

/// The signature base is ASCII text; other bytes have to be wrapped by `bs`.
fn ascii(line: Cow<'_, [u8]>, part: Part) -> Result<Cow<'_, str>, Error> {
    let is_text = line.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    if !is_text {
        return Err(Error::Malformed(part));
    }
    Ok(match line {
        Cow::Borrowed(line) => {
            Cow::Borrowed(str::from_utf8(line).map_err(|_| Error::Malformed(part))?)
        }
        Cow::Owned(line) => {
            Cow::Owned(String::from_utf8(line).map_err(|_| Error::Malformed(part))?)
        }
    })
}

fn trim_start(mut line: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = line {
        line = rest;
    }
    line
}

fn trim_end(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = line {
        line = rest;
    }
    line
}
