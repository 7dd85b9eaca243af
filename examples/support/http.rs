//! HTTP/1.1 over `std::net::TcpStream`, as much of it as the examples need: one request and one
//! response on a connection, bodies with a `Content-Length`, and a bound on everything read.
//!
//! An example takes it in with `#[path = "support/http.rs"] mod http;`.

#![allow(dead_code, reason = "each example uses its own part")]

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// The longest head (first line and headers) that is read, in bytes.
pub(crate) const MAX_HEAD: usize = 16 * 1024;

/// The most header lines that are read.
pub(crate) const MAX_HEADERS: usize = 64;

/// What one message, in or out, and one attempt to connect may take.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept after the response for what the peer still sends.
const LINGER: Duration = Duration::from_secs(1);

/// The headers of a message, in order. Values are bytes: HTTP does not promise text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Headers(Vec<(String, Vec<u8>)>);

impl Headers {
    /// All lines, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The value of a header that must not be repeated, if it is there and is text.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (Some(value), None) => std::str::from_utf8(value).ok(),
            _ => None,
        }
    }

    /// Every value of a header.
    pub(crate) fn values<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        self.0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    fn from_lines(lines: &[httparse::Header<'_>]) -> Self {
        Self(lines.iter().map(|line| (line.name.to_owned(), line.value.to_owned())).collect())
    }
}

/// A request's head as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// As it stands on the first line.
    pub(crate) method: String,
    /// The request target as it stands on the first line.
    pub(crate) target: String,
    pub(crate) headers: Headers,
}

/// A request's body that is still to be read, or not to be.
#[derive(Debug)]
pub(crate) struct Body<'s> {
    input: Input<'s>,
    len: usize,
    /// The client waits with the body until it is told that it is wanted.
    is_awaited: bool,
}

impl Body<'_> {
    /// Reads the body, if it has at most `maximum` bytes.
    pub(crate) fn read(self, maximum: usize) -> Result<Vec<u8>, Error> {
        let is_due = self.len <= maximum && self.input.bytes.len() < self.len;
        if self.is_awaited && is_due {
            write_bytes(self.input.stream, b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        self.input.body(self.len, maximum)
    }
}

/// A response as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

/// Why a message could not be read.
#[derive(Debug)]
pub(crate) enum Error {
    /// The peer closed the connection before it sent anything: no fault.
    Closed,
    /// Not HTTP/1.1, or a kind of it that is not served here.
    Malformed(&'static str),
    /// More than [`MAX_HEAD`] bytes or [`MAX_HEADERS`] lines.
    HeadTooLong,
    /// More than the caller's maximum.
    BodyTooLong {
        maximum: usize,
    },
    Io(io::Error),
}

impl Error {
    /// The status to answer a request with that could not be read; `None`: nobody is there.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Closed | Self::Io(_) => None,
            Self::Malformed(_) => Some(400),
            Self::HeadTooLong => Some(431),
            Self::BodyTooLong { .. } => Some(413),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the connection was closed"),
            Self::Malformed(what) => write!(f, "the message is malformed: {what}"),
            Self::HeadTooLong => {
                write!(f, "the head has more than {MAX_HEAD} bytes or {MAX_HEADERS} lines")
            }
            Self::BodyTooLong { maximum } => write!(f, "the body has more than {maximum} bytes"),
            Self::Io(error) => write!(f, "the connection failed: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Connects to a host, which may be an IPv6 address in brackets.
pub(crate) fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Reads a request's head; its body is left to be read. Without `Content-Length` it has none.
pub(crate) fn read_request(stream: &TcpStream) -> Result<(Request, Body<'_>), Error> {
    let mut input = Input::new(stream);
    let (method, target, headers) = input.head(|bytes| {
        let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut head = httparse::Request::new(&mut lines);
        let httparse::Status::Complete(len) = head.parse(bytes)? else { return Ok(None) };
        let first = (head.method.unwrap_or(""), head.path.unwrap_or(""));
        let headers = Headers::from_lines(head.headers);
        Ok(Some((len, (first.0.to_owned(), first.1.to_owned(), headers))))
    })?;
    let len = content_length(&headers)?.unwrap_or(0);
    let expectation = headers.get("Expect").unwrap_or_default();
    let is_awaited = expectation.eq_ignore_ascii_case("100-continue");
    Ok((Request { method, target, headers }, Body { input, len, is_awaited }))
}

/// Reads the response to a request with `method`, with a body of at most `max_body` bytes.
pub(crate) fn read_response(
    stream: &TcpStream,
    method: &str,
    max_body: usize,
) -> Result<Response, Error> {
    let mut input = Input::new(stream);
    let (status, headers) = loop {
        let (status, headers) = input.head(|bytes| {
            let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut head = httparse::Response::new(&mut lines);
            let httparse::Status::Complete(len) = head.parse(bytes)? else { return Ok(None) };
            Ok(Some((len, (head.code.unwrap_or(0), Headers::from_lines(head.headers)))))
        })?;
        // Before the response there may be others that only tell how far the server is.
        match status {
            101 => return Err(Error::Malformed("a change of the protocol")),
            100..=199 => {}
            _ => break (status, headers),
        }
    };
    let len = match content_length(&headers)? {
        _ if !has_body(method, status) => 0,
        Some(len) => len,
        None => return Err(Error::Malformed("a response without Content-Length")),
    };
    let body = input.body(len, max_body)?;
    Ok(Response { status, headers, body })
}

/// Writes a request. `Content-Length` is added for a body, `Connection: close` always.
pub(crate) fn write_request(
    stream: &TcpStream,
    (method, target): (&str, &str),
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> io::Result<()> {
    let payload = (body.map(<[u8]>::len), body.unwrap_or_default());
    write_message(stream, &format!("{method} {target} HTTP/1.1"), headers, payload)
}

/// Writes the response to a request with `method`, which is empty where it could not be read.
/// `Content-Length` and `Connection: close` are added.
///
/// To `HEAD` the head is that of a response to `GET`, and `body` is not sent.
pub(crate) fn write_response(
    stream: &TcpStream,
    method: &str,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<()> {
    let first = format!("HTTP/1.1 {status} {}", reason(status));
    let len = (!is_bodiless(status)).then_some(body.len());
    let sent = if has_body(method, status) { body } else { b"" };
    write_message(stream, &first, headers, (len, sent))
}

/// Whether a response has a body: one to `HEAD` has none, whatever its `Content-Length` says.
fn has_body(method: &str, status: u16) -> bool {
    method != "HEAD" && !is_bodiless(status)
}

fn is_bodiless(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 304)
}

/// Ends a connection whose request may not have been read to its end.
///
/// Closing at once would reset the connection, and the response could be lost with it. So what
/// still comes is thrown away, but no more than `maximum` bytes, and not for long.
pub(crate) fn close(mut stream: &TcpStream, maximum: usize) {
    let deadline = Instant::now() + LINGER;
    let mut left = maximum;
    let mut chunk = [0; 4096];
    // Whatever fails here, the connection is over.
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    while left > 0 {
        let wait = deadline.saturating_duration_since(Instant::now());
        if wait.is_zero() || stream.set_read_timeout(Some(wait)).is_err() {
            return;
        }
        match stream.read(&mut chunk) {
            Ok(len) if len > 0 => left = left.saturating_sub(len),
            _ => return,
        }
    }
}

fn write_message(
    stream: &TcpStream,
    first: &str,
    headers: &[(&str, &str)],
    (len, body): (Option<usize>, &[u8]),
) -> io::Result<()> {
    let mut lines = vec![first.to_owned()];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.extend(len.map(|len| format!("Content-Length: {len}")));
    lines.push("Connection: close".to_owned());
    // A line break in a value would begin a header, or a message, of somebody else's choice.
    if lines.iter().any(|line| line.contains(['\r', '\n', '\0'])) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a line break in a header"));
    }
    let mut message = (lines.join("\r\n") + "\r\n\r\n").into_bytes();
    message.extend_from_slice(body);
    write_bytes(stream, &message)
}

fn write_bytes(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(bytes)?;
    stream.flush()
}

/// One message's bytes, read until a deadline: a peer that sends a byte now and then does not
/// hold the connection for ever.
#[derive(Debug)]
struct Input<'s> {
    stream: &'s TcpStream,
    deadline: Instant,
    bytes: Vec<u8>,
}

impl<'s> Input<'s> {
    fn new(stream: &'s TcpStream) -> Self {
        Self { stream, deadline: Instant::now() + TIMEOUT, bytes: Vec::new() }
    }

    /// Reads until `parse` finds the head complete; what is left over begins the body.
    fn head<T>(
        &mut self,
        parse: impl Fn(&[u8]) -> Result<Option<(usize, T)>, httparse::Error>,
    ) -> Result<T, Error> {
        loop {
            match parse(&self.bytes) {
                Ok(Some((len, _))) if len > MAX_HEAD => return Err(Error::HeadTooLong),
                Ok(Some((len, head))) => {
                    self.bytes.drain(..len);
                    return Ok(head);
                }
                Ok(None) if self.bytes.len() >= MAX_HEAD => return Err(Error::HeadTooLong),
                Ok(None) => self.more()?,
                Err(httparse::Error::TooManyHeaders) => return Err(Error::HeadTooLong),
                Err(_) => return Err(Error::Malformed("the head")),
            }
        }
    }

    fn body(mut self, len: usize, maximum: usize) -> Result<Vec<u8>, Error> {
        if len > maximum {
            return Err(Error::BodyTooLong { maximum });
        }
        while self.bytes.len() < len {
            self.more()?;
        }
        if self.bytes.len() > len {
            return Err(Error::Malformed("bytes after the body"));
        }
        Ok(self.bytes)
    }

    fn more(&mut self) -> Result<(), Error> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::from(io::ErrorKind::TimedOut).into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut chunk = [0; 4096];
        match self.stream.read(&mut chunk) {
            Ok(0) if self.bytes.is_empty() => Err(Error::Closed),
            Ok(0) => Err(Error::Malformed("it ends too early")),
            Ok(len) => {
                self.bytes.extend_from_slice(&chunk[..len]);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// One length in digits, and no other way to find where the body ends: two would let two readers
/// see two messages.
fn content_length(headers: &Headers) -> Result<Option<usize>, Error> {
    if headers.values("transfer-encoding").next().is_some() {
        return Err(Error::Malformed("Transfer-Encoding is not served here"));
    }
    let mut values = headers.values("content-length");
    let Some(value) = values.next() else { return Ok(None) };
    let text = std::str::from_utf8(value).unwrap_or("");
    if values.next().is_some() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::Malformed("Content-Length"));
    }
    text.parse().map(Some).map_err(|_| Error::Malformed("Content-Length"))
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ if status < 400 => "Done",
        _ => "Failed",
    }
}
