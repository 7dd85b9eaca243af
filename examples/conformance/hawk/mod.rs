//! The ops of Hawk.

mod bewit;
mod challenge;
mod header;
mod message;
mod plain;
mod response;
mod verify;

use creance_hawk::sigv::replay::{Claim, Entry, ReplayStore};
use creance_hawk::sigv::{Encoding, Key, Tag, UnixTime, Window};
use creance_hawk::{Authority, Request};
use serde_json::Value;

use crate::Op;
use crate::answer::{Failure, written};
use crate::case::Case;

pub(crate) const OPS: &[Op] = &[
    ("header", header::header),
    ("verify", verify::verify),
    ("verify_raw", verify::verify_raw),
    ("response", response::response),
    ("verify_response", response::verify_response),
    ("bewit", bewit::bewit),
    ("verify_bewit", bewit::verify_bewit),
    ("message", message::message),
    ("verify_message", message::verify_message),
    ("tsm", challenge::tsm),
    ("verify_challenge", challenge::verify_challenge),
    ("payload_hash", plain::payload_hash),
    ("mac", plain::mac),
    ("normalize", plain::normalize),
];

/// The request that a case speaks of: by `url`, or by host, port and resource.
fn request(case: &Case) -> Result<Request<'_>, Failure> {
    request_by(case, case.text("method")?)
}

/// A bewit's case has no method: it is always GET.
fn request_by<'a>(case: &'a Case, method: &'a str) -> Result<Request<'a>, Failure> {
    let request = match case.optional_text("url")? {
        Some(url) => Request::from_url(method, url),
        None => Request::new(method, case.text("resource")?, case.text("host")?, case.port()?),
    };
    request.map_err(Failure::message)
}

/// The host as it is signed.
fn host(request: &Request<'_>) -> Result<Value, Failure> {
    let authority = Authority::new(request.host(), request.port()).map_err(Failure::message)?;
    Ok(authority.host().into())
}

/// A MAC as it stands on the wire.
fn base64(tag: &Tag) -> Result<Value, Failure> {
    written(|out| tag.write(Encoding::Base64, out))
}

/// The credentials that a verifier knows. A case may leave their id open: then any id is known.
struct Known<'c> {
    id: Option<&'c str>,
    key: Key,
}

impl<'c> Known<'c> {
    fn by(case: &'c Case) -> Result<Self, Failure> {
        Ok(Self { id: case.optional_text("id")?, key: case.key()? })
    }

    fn lookup(&self, id: &str) -> Option<&Key> {
        self.id.is_none_or(|known| known == id).then_some(&self.key)
    }
}

/// A replay store that says what the case wants it to say.
struct Told {
    seen: bool,
}

impl Told {
    fn by(case: &Case) -> Result<Self, Failure> {
        Ok(Self { seen: case.flag("nonceSeen")? })
    }
}

impl ReplayStore for Told {
    fn claim(&self, _: &Entry<'_>, _: UnixTime) -> Claim {
        if self.seen { Claim::Replay } else { Claim::New }
    }
}

/// Seconds that a timestamp may be off, both ways.
fn window(case: &Case) -> Result<Window, Failure> {
    let skew = case.optional_number("skew")?;
    Ok(skew.map_or_else(Window::default, |skew| Window::new(skew, skew)))
}
