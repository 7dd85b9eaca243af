//! What several test files need. Nothing here shares code with what is tested, but for keys and
//! MACs.
#![allow(dead_code, reason = "each test file is a program of its own and uses a part")]

pub(crate) mod bewits;

use std::cell::RefCell;

use creance_hawk::sigv::replay::{Claim, Entry, ReplayStore};
use creance_hawk::sigv::{Algorithm, Encoding, Key, UnixTime, Window};
use creance_hawk::{
    Authentic, Authority, Authorization, Credentials, HeaderBuilder, Incoming, Rejection, Request,
    Scheme, Server,
};

pub(crate) const ID: &str = "dh37fgj492je";
pub(crate) const SECRET: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";
pub(crate) const NONCE: &str = "j4h3g2";
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);
pub(crate) const WINDOW: Window = Window::new(60, 60);
pub(crate) const URL: &str = "http://example.com:8000/resource/1?b=1&a=2";
pub(crate) const TARGET: &str = "/resource/1?b=1&a=2";

pub(crate) fn key() -> Key {
    key_of(SECRET)
}

pub(crate) fn key_of(secret: &str) -> Key {
    Key::allow_weak(Algorithm::Sha256, secret.as_bytes()).unwrap()
}

/// `secs` seconds after [`NOW`].
pub(crate) fn later(secs: u64) -> UnixTime {
    NOW.saturating_add(secs)
}

/// `secs` seconds before [`NOW`].
pub(crate) fn earlier(secs: u64) -> UnixTime {
    NOW.saturating_sub(secs)
}

/// A MAC over text that was written by hand.
pub(crate) fn mac(key: &Key, canonical: &str) -> String {
    text(|out| key.sign(canonical.as_bytes()).write(Encoding::Base64, out))
}

/// A header with attributes and the MAC over a canonical message, both written by hand.
pub(crate) fn by_hand(attributes: &str, canonical: &str) -> String {
    format!("Hawk id=\"{ID}\", {attributes}, mac=\"{}\"", mac(&key(), canonical))
}

/// What something writes.
pub(crate) fn text(write: impl FnOnce(&mut String) -> std::fmt::Result) -> String {
    let mut text = String::new();
    write(&mut text).expect("a String takes everything");
    text
}

pub(crate) fn request() -> Request<'static> {
    Request::from_url("GET", URL).unwrap()
}

/// A header for a request, now, with whatever `fill` adds.
pub(crate) fn header_with(
    key: &Key,
    request: &Request<'_>,
    fill: impl for<'a> FnOnce(HeaderBuilder<'a>) -> HeaderBuilder<'a>,
) -> String {
    let builder = Credentials::new(ID, key).unwrap().header(request);
    fill(builder).sign(NOW, NONCE).unwrap().to_header()
}

/// A header for a request, now, with nothing optional.
pub(crate) fn header(key: &Key, request: &Request<'_>) -> String {
    header_with(key, request, |builder| builder)
}

/// A header for the usual request, signed at `ts` with `nonce`.
pub(crate) fn header_at(key: &Key, ts: UnixTime, nonce: &str) -> String {
    Credentials::new(ID, key).unwrap().header(&request()).sign(ts, nonce).unwrap().to_header()
}

/// Verifies a header for a request, now, in the usual window.
pub(crate) fn authenticate<'a>(
    header: &'a str,
    request: &Request<'a>,
    key: &'a Key,
) -> Result<Authentic<'a>, Rejection> {
    Authorization::parse(header)?.authenticate(request, Some(key), WINDOW, NOW)
}

/// A server for the usual request.
pub(crate) fn server() -> Server {
    Server::new(Authority::new("example.com", 8000).unwrap())
}

/// The usual request with a header, as it comes in.
pub(crate) fn incoming(header: &str) -> Incoming<'_> {
    let mut incoming = Incoming::new("GET", TARGET, Scheme::Http);
    incoming.header("Host", b"example.com:8000").unwrap();
    incoming.header("Authorization", header.as_bytes()).unwrap();
    incoming
}

/// A store that writes down what it is asked, and knows what it was asked before.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    asked: RefCell<Vec<(String, String, u64)>>,
}

impl Recorder {
    /// Id, nonce and timestamp of each claim so far.
    pub(crate) fn asked(&self) -> Vec<(String, String, u64)> {
        self.asked.borrow().clone()
    }
}

impl ReplayStore for Recorder {
    fn claim(&self, entry: &Entry<'_>, _now: UnixTime) -> Claim {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let asked = (text(entry.credential()), text(entry.nonce()), entry.timestamp().as_secs());
        let mut before = self.asked.borrow_mut();
        let claim = if before.contains(&asked) { Claim::Replay } else { Claim::New };
        before.push(asked);
        claim
    }
}
