use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::base::Base;
use super::component::{Component, Name};
use super::message::Message;
use super::policy::{BodyRule, Policy};
use super::verify::Read;
use crate::codec::percent::{Unit, escape, units};
use crate::content_digest::ContentDigest;
use crate::keyring::KeySet;
use crate::scheme::{Cause, Diagnosis};
use crate::{Error, UnixTime};

impl Policy {
    /// Why a message is not accepted, by the usual causes: a clock, what is not covered, another port,
    /// scheme, path or method, a body that was written again. For whoever connects two systems, who will
    /// want [`explain`](Self::explain) beside it.
    pub fn diagnose<'a>(
        &self,
        message: impl Into<Message<'a>>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Diagnosis {
        let message = message.into();
        let mut diagnosis = Diagnosis::default();
        if let Err(error) = self.look(&message, keys, now, &mut diagnosis) {
            diagnosis.add(Cause::Unreadable(error));
        }
        diagnosis
    }

    fn look(
        &self,
        message: &Message<'_>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
        diagnosis: &mut Diagnosis,
    ) -> Result<(), Error> {
        let read = Read::new(self, message, keys, now)?;
        let checked = read.check(self, Some(message.body), now);
        let base = Base::new(message, &read.components, &read.params)?;
        match read.matching(&base, keys, now) {
            Ok(_) => {}
            Err(Error::Mismatch) => {
                for (cause, suspect) in SUSPECTS {
                    let supposed = base.supposing(suspect);
                    if supposed.is_some_and(|base| read.matching(&base, keys, now).is_ok()) {
                        diagnosis.add(cause);
                    }
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        match (checked, read.created()) {
            (Err(Error::TooOld { .. } | Error::TooNew { .. }), Some(created)) => {
                diagnosis.add(Cause::Skew { behind: behind(created, now) });
            }
            (Err(error), _) => return Err(error),
            (Ok(_), _) if self.body != BodyRule::Ignored && read.covers_body() => {
                let digest = ContentDigest::parse(message.headers)?;
                look_at_body(&digest, message.body, diagnosis);
            }
            (Ok(_), _) => diagnosis.add(Cause::Right),
        }
        Ok(())
    }
}

fn behind(created: UnixTime, now: UnixTime) -> i64 {
    let signed = |secs| i64::try_from(secs).unwrap_or(i64::MAX);
    if created <= now {
        signed(now.seconds_since(created))
    } else {
        -signed(created.seconds_since(now))
    }
}

/// The first cause that explains the digest: one body may be several of them.
fn look_at_body(digest: &ContentDigest, body: &[u8], diagnosis: &mut Diagnosis) {
    let lf: Vec<u8> = body.iter().copied().filter(|byte| *byte != b'\r').collect();
    let crlf = lf.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(b"\r\n".as_slice());
    let suspects = [
        (Cause::Right, body.to_vec()),
        (Cause::TrailingNewline, [body, b"\n"].concat()),
        (Cause::TrailingNewline, body.strip_suffix(b"\n").unwrap_or_default().to_vec()),
        (Cause::LineEnds, lf),
        (Cause::LineEnds, crlf),
        (Cause::ReserializedBody, rewritten(body, "", "")),
        (Cause::ReserializedBody, rewritten(body, " ", " ")),
        (Cause::ReserializedBody, rewritten(body, "", " ")),
        (Cause::ReserializedBody, rewritten(body, " ", "")),
    ];
    let found = suspects.iter().find(|(_, other)| digest.verify(other).is_ok());
    if let Some((cause, _)) = found {
        diagnosis.add(*cause);
    }
}

/// JSON with this behind its commas and colons, and no white space besides.
fn rewritten(body: &[u8], comma: &str, colon: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(body.len());
    let (mut in_string, mut is_escaped) = (false, false);
    for byte in body {
        if in_string {
            in_string = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            text.push(*byte);
            continue;
        }
        in_string = *byte == b'"';
        if !byte.is_ascii_whitespace() {
            text.push(*byte);
        }
        match byte {
            b',' => text.extend_from_slice(comma.as_bytes()),
            b':' => text.extend_from_slice(colon.as_bytes()),
            _ => {}
        }
    }
    text
}

/// What a signer may have signed in the place of a value.
type Suspect = fn(&Component, &str) -> Option<String>;

const SUSPECTS: [(Cause, Suspect); 11] = [
    (Cause::Port, |component, value| without_port(component, value)),
    (Cause::Port, |component, value| with_port(component, value, "443")),
    (Cause::Port, |component, value| with_port(component, value, "80")),
    (Cause::UrlScheme, other_scheme),
    (Cause::TrailingSlash, |component, value| {
        with_path(component, value, |path| match path.strip_suffix('/') {
            Some(shorter) => shorter.to_string(),
            None => format!("{path}/"),
        })
    }),
    (Cause::PathEncoding, |component, value| with_path(component, value, decoded)),
    (Cause::PathEncoding, |component, value| {
        with_path(component, value, |path| path.replace('%', "%25"))
    }),
    (Cause::PathEncoding, |component, value| {
        with_path(component, value, |path| path.replace("%25", "%"))
    }),
    (Cause::MethodCase, |component, value| {
        matches!(component.name, Name::Method).then(|| value.to_ascii_uppercase())
    }),
    (Cause::MethodCase, |component, value| {
        matches!(component.name, Name::Method).then(|| value.to_ascii_lowercase())
    }),
    (Cause::MethodCase, |component, value| {
        let (first, rest) = value.split_at_checked(1)?;
        let capital = || format!("{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase());
        matches!(component.name, Name::Method).then(capital)
    }),
];

/// Scheme, authority, and the rest of a URL.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    Some((scheme, authority, rest))
}

fn with_authority(
    component: &Component,
    value: &str,
    change: impl Fn(&str) -> String,
) -> Option<String> {
    match component.name {
        Name::Authority => Some(change(value)),
        Name::TargetUri => {
            let (scheme, authority, rest) = split(value)?;
            Some(format!("{scheme}://{}{rest}", change(authority)))
        }
        _ => None,
    }
}

fn host(authority: &str) -> &str {
    let bracket = authority.rfind(']').map_or(0, |at| at + 1);
    let port = authority.get(bracket..).and_then(|rest| rest.find(':'));
    port.and_then(|at| authority.get(..bracket + at)).unwrap_or(authority)
}

fn without_port(component: &Component, value: &str) -> Option<String> {
    with_authority(component, value, |authority| host(authority).to_string())
}

fn with_port(component: &Component, value: &str, port: &str) -> Option<String> {
    with_authority(component, value, |authority| format!("{}:{port}", host(authority)))
}

fn other_scheme(component: &Component, value: &str) -> Option<String> {
    let other = |scheme: &str| if scheme == "https" { "http" } else { "https" };
    match component.name {
        Name::Scheme => Some(other(value).to_string()),
        Name::TargetUri => {
            let (scheme, authority, rest) = split(value)?;
            Some(format!("{}://{authority}{rest}", other(scheme)))
        }
        _ => None,
    }
}

fn with_path(
    component: &Component,
    value: &str,
    change: impl Fn(&str) -> String,
) -> Option<String> {
    let (front, rest) = match component.name {
        Name::Path | Name::RequestTarget => ("", value),
        Name::TargetUri => {
            let (_, _, rest) = split(value)?;
            value.split_at_checked(value.len() - rest.len())?
        }
        _ => return None,
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Some(format!("{front}{}{query}", change(path)))
}

/// A path whose percent-encoded visible ASCII characters and spaces are written as they are.
fn decoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for unit in units(path.as_bytes()) {
        match unit {
            Unit::Lone => text.push('%'),
            Unit::Escape(byte) if !matches!(byte, b' '..=b'~') => text.push_str(escape(byte)),
            Unit::Plain(byte) | Unit::Escape(byte) => text.push(char::from(byte)),
        }
    }
    text
}
