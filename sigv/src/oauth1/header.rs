use core::str;

use super::parameters::{Origin, Parameter, Parameters};
use super::percent::{Rule, decode};
use crate::Error;
use crate::scheme::{Headers, Part, one};

/// Reads the `Authorization` header, where its scheme is `OAuth` (RFC 5849, 3.5.1). One of another
/// scheme is not looked at: the parameters may stand elsewhere.
///
/// # Errors
/// [`Error::Duplicate`], [`Error::Malformed`], [`Error::TooLong`] and [`Error::TooMany`].
pub(super) fn read<'a>(
    headers: &'a dyn Headers,
    parameters: &mut Parameters<'a>,
) -> Result<(), Error> {
    let Some(value) = one(headers, "Authorization", Part::Signature)? else { return Ok(()) };
    let is_text = value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    let value = str::from_utf8(value).ok().filter(|_| is_text).ok_or(MALFORMED)?;
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return Ok(());
    }
    let mut rest = rest.trim_start_matches(SPACE);
    let mut has_realm = false;
    loop {
        let (name, behind) = rest.split_once("=\"").ok_or(MALFORMED)?;
        rest = if name.eq_ignore_ascii_case("realm") {
            // The realm is no parameter: it is not signed (RFC 5849, 3.4.1.3.1).
            if core::mem::replace(&mut has_realm, true) {
                return Err(Error::Duplicate(Part::Signature));
            }
            behind_quoted(behind)?
        } else {
            let (value, behind) = behind.split_once('"').ok_or(MALFORMED)?;
            let (name, value) = (decode(name, Rule::Percent)?, decode(value, Rule::Percent)?);
            parameters.push(Parameter { name, value, origin: Origin::Header })?;
            behind
        };
        rest = rest.trim_start_matches(SPACE);
        if rest.is_empty() {
            return Ok(());
        }
        rest = rest.strip_prefix(',').ok_or(MALFORMED)?.trim_start_matches(SPACE);
    }
}

/// White space between parameters, which are separated by a comma (RFC 5849, 3.5.1).
const SPACE: [char; 2] = [' ', '\t'];

const MALFORMED: Error = Error::Malformed(Part::Signature);

/// What stands behind the end of a quoted string, in which a backslash takes the meaning of the
/// character behind it (RFC 9110, 5.6.4).
fn behind_quoted(text: &str) -> Result<&str, Error> {
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return text.get(at + 1..).ok_or(MALFORMED),
            _ => {}
        }
    }
    Err(MALFORMED)
}
