//! The values of derived components (RFC 9421, 2.2).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::component::Name;
use super::message::Head;
use crate::Error;
use crate::codec::percent::{Unit, escape, units};
use crate::scheme::{Part, Url, is_token};

/// The value of a derived component of a request.
///
/// # Errors
/// [`Error::Malformed`] for a method or a URL that is none, and for a component that a request has not;
/// [`Error::Missing`] and [`Error::Duplicate`] for a parameter of the query, [`Error::TooMany`] for a
/// query that has too many of them.
pub(super) fn of_request<'a>(
    head: &Head<'a>,
    name: &Name,
    parameters: &mut Option<Parameters<'a>>,
) -> Result<Cow<'a, str>, Error> {
    let url = Url::parse(head.url);
    Ok(match name {
        Name::Method => Cow::Borrowed(method(head.method)?),
        Name::TargetUri => Cow::Owned(target_uri(method(head.method)?, &url?)),
        Name::Authority => Cow::Owned(authority(&url?)),
        Name::Scheme => Cow::Borrowed(if url?.is_https() { "https" } else { "http" }),
        Name::RequestTarget => request_target(method(head.method)?, &url?),
        Name::Path => Cow::Borrowed(url?.path()),
        Name::Query => Cow::Owned(format!("?{}", url?.query().unwrap_or_default())),
        Name::QueryParam(wanted) => match parameters {
            Some(read) => read.get(wanted)?,
            None => {
                let read = Parameters::read(url?.query().unwrap_or_default())?;
                parameters.insert(read).get(wanted)?
            }
        },
        Name::Status | Name::Field(_) => return Err(Error::Malformed(Part::Component)),
    })
}

/// The value of a derived component that a response has of its own.
///
/// # Errors
/// [`Error::Malformed`] for a component that a response has not, and for a status that is none.
pub(super) fn of_response(status: u16, name: &Name) -> Result<Cow<'static, str>, Error> {
    match name {
        Name::Status if (100..=999).contains(&status) => Ok(Cow::Owned(status.to_string())),
        Name::Status => Err(Error::Malformed(Part::Status)),
        _ => Err(Error::Malformed(Part::Component)),
    }
}

/// A method is a token, in the case in which it came.
fn method(method: &str) -> Result<&str, Error> {
    match method {
        "" => Err(Error::Value(Part::Method)),
        method if method.bytes().all(is_token) => Ok(method),
        _ => Err(Error::Malformed(Part::Method)),
    }
}

/// The URL as it came, but for an empty path, which is `/`; for OPTIONS it is not, and stands for the
/// server as a whole (RFC 9110, 4.2.3).
fn target_uri(method: &str, url: &Url<'_>) -> String {
    let slash = if url.target().starts_with('/') || method == "OPTIONS" { "" } else { "/" };
    format!("{}://{}{slash}{}", url.scheme(), url.authority(), url.target())
}

/// The host in lower case, and the port if it is not the scheme's own.
fn authority(url: &Url<'_>) -> String {
    let host = url.host().to_ascii_lowercase();
    match url.explicit_port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}

/// The origin form, and for CONNECT the authority form. Other forms cannot be told from a URL.
fn request_target<'a>(method: &str, url: &Url<'a>) -> Cow<'a, str> {
    if method == "CONNECT" {
        return Cow::Borrowed(url.authority());
    }
    match url.query() {
        None => Cow::Borrowed(url.path()),
        Some(query) => Cow::Owned(format!("{}?{query}", url.path())),
    }
}

/// The parameters of a query, with their names encoded anew. It is made once for all components, since
/// each of those that a peer lists would have all of it read once more.
pub(super) struct Parameters<'a> {
    list: Vec<(Cow<'a, str>, &'a str)>,
}

/// The most parameters of a query that one may be looked for in.
const MAX_PARAMETERS: usize = 512;

impl<'a> Parameters<'a> {
    /// # Errors
    /// [`Error::TooMany`].
    fn read(query: &'a str) -> Result<Self, Error> {
        let mut list = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            if list.len() == MAX_PARAMETERS {
                return Err(Error::TooMany { part: Part::Parameter, maximum: MAX_PARAMETERS });
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            list.push((encoded_anew(name), value));
        }
        Ok(Self { list })
    }

    /// The value of the one parameter of this encoded name, encoded anew: as a form is decoded, and then
    /// all but letters, digits and `*-._` percent-encoded (RFC 9421, 2.2.8). Bytes are not taken for
    /// text, so nothing is replaced that is no UTF-8.
    fn get(&self, wanted: &str) -> Result<Cow<'a, str>, Error> {
        let mut values = self.list.iter().filter(|(name, _)| name == wanted);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Ok(encoded_anew(value)),
            (None, _) => Err(Error::Missing(Part::Parameter)),
            (Some(_), Some(_)) => Err(Error::Duplicate(Part::Parameter)),
        }
    }
}

fn encoded_anew(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_kept) {
        return Cow::Borrowed(text);
    }
    let mut encoded = String::with_capacity(text.len());
    for unit in units(text.as_bytes()) {
        let byte = match unit {
            Unit::Plain(b'+') => b' ',
            // A lone percent sign stands for itself.
            Unit::Lone => b'%',
            Unit::Plain(byte) | Unit::Escape(byte) => byte,
        };
        if is_kept(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(escape(byte));
        }
    }
    Cow::Owned(encoded)
}

const fn is_kept(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_')
}
