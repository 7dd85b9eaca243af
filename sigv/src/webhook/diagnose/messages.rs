use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{Supposed, json};
use crate::scheme::{Cause, Url};
use crate::webhook::{Parts, Piece, Template};

/// What of a message may have been changed on its way.
#[derive(Clone)]
pub(super) struct Message {
    method: String,
    url: String,
    body: Vec<u8>,
}

impl Message {
    pub(super) fn of(parts: &Parts<'_>) -> Self {
        Self { method: parts.method.into(), url: parts.url.into(), body: parts.body.into() }
    }

    /// A message of which nothing is supposed.
    pub(super) const fn empty() -> Self {
        Self { method: String::new(), url: String::new(), body: Vec::new() }
    }

    /// The parts of a message with these instead of its own.
    pub(super) fn parts<'p>(&'p self, others: &Parts<'p>) -> Parts<'p> {
        others.with_method(&self.method).with_url(&self.url).with_body(&self.body)
    }
}

/// The message as it came, and as it may have been.
pub(super) fn supposed(message: &Message, template: &Template<'_>) -> Vec<Supposed<Message>> {
    let signs = |wanted: fn(&Piece<'_>) -> bool| template.message.iter().any(wanted);
    let mut messages = Vec::from([(Vec::new(), message.clone())]);
    if template.signs_body() {
        let bodies = bodies(&message.body).into_iter();
        messages
            .extend(bodies.map(|(cause, body)| one(cause, Message { body, ..message.clone() })));
    }
    if signs(|piece| matches!(piece, Piece::Method)) {
        for method in [message.method.to_ascii_uppercase(), message.method.to_ascii_lowercase()] {
            messages.push(one(Cause::MethodCase, Message { method, ..message.clone() }));
        }
    }
    if signs(|piece| {
        matches!(piece, Piece::Url | Piece::Host | Piece::Target | Piece::Path | Piece::Query)
    }) {
        messages.extend(urls(message));
    }
    messages
}

/// The message as it came, and with its URL as it may have been. The scheme's own port is no cause:
/// that it may be there or not is part of the verification.
pub(super) fn supposed_urls(message: &Message) -> Vec<Supposed<Message>> {
    let is_own = Url::parse(&message.url).is_ok_and(|url| url.explicit_port().is_none());
    let mut messages = Vec::from([(Vec::new(), message.clone())]);
    messages.extend(urls(message).into_iter().map(|(mut causes, message)| {
        causes.retain(|cause| *cause != Cause::Port || !is_own);
        (causes, message)
    }));
    messages
}

fn one(cause: Cause, message: Message) -> Supposed<Message> {
    (Vec::from([cause]), message)
}

/// The longest body of which other forms are tried, in bytes.
const MAX_BODY: usize = 1 << 18;

/// What a body may have been before it was changed on its way.
pub(crate) fn bodies(body: &[u8]) -> Vec<(Cause, Vec<u8>)> {
    let mut bodies = Vec::new();
    if body.len() > MAX_BODY {
        return bodies;
    }
    let mut add = |cause, body| bodies.push((cause, body));
    if let Some(shorter) = body.strip_suffix(b"\n") {
        add(Cause::TrailingNewline, shorter.strip_suffix(b"\r").unwrap_or(shorter).into());
    }
    for end in [&b"\n"[..], b"\r\n"] {
        add(Cause::TrailingNewline, [body, end].concat());
    }
    add(Cause::LineEnds, without_returns(body));
    add(Cause::LineEnds, with_returns(&without_returns(body)));
    for rewritten in json::rewritten(body) {
        add(Cause::ReserializedBody, rewritten);
    }
    bodies
}

fn without_returns(body: &[u8]) -> Vec<u8> {
    let is_kept = |(at, byte): &(usize, &u8)| **byte != b'\r' || body.get(at + 1) != Some(&b'\n');
    body.iter().enumerate().filter(is_kept).map(|(_, byte)| *byte).collect()
}

fn with_returns(body: &[u8]) -> Vec<u8> {
    body.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..])
}

fn urls(message: &Message) -> Vec<Supposed<Message>> {
    let Ok(url) = Url::parse(&message.url) else { return Vec::new() };
    let (scheme, host, authority) = (url.scheme(), url.host(), url.authority());
    let (other, port) = if url.is_https() { ("http", 443) } else { ("https", 80) };
    let path = url.target().split('?').next().unwrap_or_default();
    let query = &url.target()[path.len()..];
    let slash = match path.strip_suffix('/') {
        Some(shorter) => shorter.to_string(),
        None => alloc::format!("{path}/"),
    };
    [
        (Cause::Port, alloc::format!("{scheme}://{host}{path}{query}")),
        (Cause::Port, alloc::format!("{scheme}://{host}:{port}{path}{query}")),
        (Cause::UrlScheme, alloc::format!("{other}://{authority}{path}{query}")),
        (Cause::TrailingSlash, alloc::format!("{scheme}://{authority}{slash}{query}")),
        (
            Cause::PathEncoding,
            alloc::format!(
                "{scheme}://{authority}{}{query}",
                escapes(path, u8::to_ascii_uppercase)
            ),
        ),
        (
            Cause::PathEncoding,
            alloc::format!(
                "{scheme}://{authority}{}{query}",
                escapes(path, u8::to_ascii_lowercase)
            ),
        ),
    ]
    .into_iter()
    .map(|(cause, url)| one(cause, Message { url, ..message.clone() }))
    .collect()
}

/// The path with the digits behind each `%` in another case.
fn escapes(path: &str, case: fn(&u8) -> u8) -> String {
    let (mut written, mut digits) = (String::new(), 0);
    for byte in path.bytes() {
        written.push(char::from(if digits > 0 { case(&byte) } else { byte }));
        digits = if byte == b'%' { 2 } else { usize::saturating_sub(digits, 1) };
    }
    written
}
