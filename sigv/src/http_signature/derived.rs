//! The values of derived components (RFC 9421, 2.2).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::Write;

use super::component::Name;
use super::message::Head;
use crate::Error;
use crate::scheme::{Part, Url};

/// The value of a derived component of a request.
///
/// # Errors
/// [`Error::Malformed`] for a method or a URL that is none, and for a component that a request has not;
/// [`Error::Missing`] and [`Error::Duplicate`] for a parameter of the query.
pub(super) fn of_request<'a>(head: &Head<'a>, name: &Name) -> Result<Cow<'a, str>, Error> {
    let url = Url::parse(head.url);
    Ok(match name {
        Name::Method => Cow::Borrowed(method(head.method)?),
        Name::TargetUri => Cow::Owned(target_uri(method(head.method)?, &url?)),
        Name::Authority => Cow::Owned(authority(&url?)),
        Name::Scheme => Cow::Borrowed(if url?.is_https() { "https" } else { "http" }),
        Name::RequestTarget => request_target(method(head.method)?, &url?),
        Name::Path => Cow::Borrowed(url?.path()),
        Name::Query => Cow::Owned(format!("?{}", url?.query().unwrap_or_default())),
        Name::QueryParam(wanted) => {
            Cow::Owned(query_param(url?.query().unwrap_or_default(), wanted)?)
        }
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
    let is_token = method
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    match method {
        "" => Err(Error::Value(Part::Method)),
        method if is_token => Ok(method),
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

/// The value of the one parameter of this encoded name, encoded anew: as a form is decoded, and then
/// all but letters, digits and `*-._` percent-encoded (RFC 9421, 2.2.8). Bytes are not taken for text,
/// so nothing is replaced that is no UTF-8.
fn query_param(query: &str, wanted: &str) -> Result<String, Error> {
    let mut found = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if encoded_anew(name) == wanted && found.replace(value).is_some() {
            return Err(Error::Duplicate(Part::Parameter));
        }
    }
    found.map(encoded_anew).ok_or(Error::Missing(Part::Parameter))
}

fn encoded_anew(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (first, after) {
            (b'+', _) => b' ',
            (b'%', [high, low, beyond @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = beyond;
                    high << 4 | low
                }
                // A lone percent sign stands for itself.
                _ => b'%',
            },
            (byte, _) => *byte,
        };
        if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // A `String` takes all that is written into it.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn hex(digit: u8) -> Option<u8> {
    let digit = char::from(digit).to_digit(16)?;
    u8::try_from(digit).ok()
}
