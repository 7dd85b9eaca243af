use alloc::string::String;
use core::fmt::Write as _;

use super::outgoing::own_fault;
use super::parts::called;
use super::sign::signing_key;
use super::signed::TimeText;
use super::{Form, Outgoing, Piece, Signed, Template};
use crate::keyring::KeySet;
use crate::scheme::{Authentic, MAX_TAGS, Nonce, Part, Received, Rejection, Url, match_any};
use crate::{Algorithm, Encoding, Error, Hasher, Key, Tag, UnixTime};

/// Twilio: `X-Twilio-Signature`, HMAC-SHA-1 over the URL and the sorted parameters of the form.
///
/// Which of its two kinds an endpoint takes is the endpoint's choice and not the message's: forms, or
/// other bodies (JSON), whose digest is in the query of the URL as `bodySHA256`.
///
/// Take the URL from your configuration, path and query included, as you told it to Twilio: the scheme
/// joins URL, names and values without anything between them, so where one ends and the next begins is
/// not signed. The order of a form's parameters and repetitions are not signed either. It signs no
/// time, so a proof is had through
/// [`dangerous_accept_replays`](Authentic::dangerous_accept_replays) only: remember what was dealt with
/// by [`Authentic::digest`], not by the body, whose order and spelling anybody may change.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::scheme::Received;
/// use creance_sigv::webhook::{Form, Twilio};
///
/// let twilio = Twilio::forms();
/// let key = twilio.allow_weak_key("12345")?;
/// let headers = [("X-Twilio-Signature", "L/OH5YylLD5NRKLltdqwSvS0BnU=")];
/// let url = "https://example.com/myapp.php?foo=1&bar=2";
/// let body = b"Digits=1234&To=%2B18005551212&From=%2B14158675310&Caller=%2B14158675310\
///     &CallSid=CA1234567890ABCDE";
/// let received = Received::new("POST", url, &headers, body);
/// let verified = twilio.verify(&received, &key, UnixTime::now())?.dangerous_accept_replays();
/// let form = Form::parse(verified.body())?;
/// assert_eq!(form.text("Digits")?, Some("1234"));
/// # Ok::<(), creance_sigv::scheme::Rejection>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twilio {
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Forms,
    Digests,
}

/// How the tag stands in the header; what is signed is written here.
pub(super) const HEADER: Template<'static> =
    Template::new("twilio", "X-Twilio-Signature", &[Piece::Url])
        .with_algorithm(Algorithm::Sha1)
        .with_encoding(Encoding::Base64);

/// The parameter of the query that has the body's digest.
const DIGEST: &str = "bodySHA256";

impl Twilio {
    /// For bodies that are forms, and for requests without a body.
    #[must_use]
    pub const fn forms() -> Self {
        Self { kind: Kind::Forms }
    }

    /// For bodies of any other kind, whose digest is in the URL.
    #[must_use]
    pub const fn digests() -> Self {
        Self { kind: Kind::Digests }
    }

    /// A key from the account's auth token.
    ///
    /// # Errors
    /// [`Error::EmptyKey`] and [`Error::ShortKey`].
    pub fn key(&self, auth_token: &str) -> Result<Key, Error> {
        HEADER.key(auth_token)
    }

    /// A key from a token of at least one byte.
    ///
    /// # Errors
    /// [`Error::EmptyKey`].
    pub fn allow_weak_key(&self, auth_token: &str) -> Result<Key, Error> {
        HEADER.allow_weak_key(auth_token)
    }

    /// Verifies a message, of which it tries the URL with and without the scheme's own port, because
    /// Twilio signs the one or the other.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Duplicate`] and [`Error::Malformed`] for the header;
    /// [`Error::Malformed`] and [`Error::TooMany`] for a form; [`Error::NotCovered`] where a digest
    /// should be in the URL and is not; [`Error::Mismatch`], [`Error::BodyMismatch`],
    /// [`Error::UnknownKey`]; [`Error::Malformed`] and [`Error::TooLong`] for the URL, and
    /// [`Error::Value`] where it is empty or relative.
    pub fn verify<'a>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, &'a [u8]>, Rejection> {
        let parts = HEADER.parse(received)?;
        let url = called(parts.url)?;
        let form = self.form(received.body())?;
        let digest = self.digest(&url)?;
        let matched = |port| {
            match_any(keys, &parts.tags, now, |key| {
                let sign = || sign(key, &url, port, &form);
                (key.algorithm() == Algorithm::Sha1).then(sign)
            })
        };
        let key = matched(Port::AsWritten)
            .or_else(|error| Port::other(&url).map_or(Err(error), matched))?;
        check_digest(digest, received.body())?;
        let nonce = Nonce::Digest(identity(&url, &form));
        let name = HEADER.name().as_bytes();
        Ok(Authentic::new(received.body(), key, None, name, nonce))
    }

    /// Signs a form, or another body whose digest is in the URL: see
    /// [`url_with_digest`](Self::url_with_digest). The URL is signed as it is written.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`]; [`Error::OtherAlgorithm`]; [`Error::Value`] for a URL or a form that is
    /// none, and with [`Part::Digest`] where the URL has not the body's digest; [`Error::TooMany`] for a
    /// form.
    pub fn sign<'a>(
        &self,
        outgoing: &Outgoing<'a>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Signed<'a>, Error> {
        let key = signing_key(keys, now, HEADER.algorithm)?;
        let url = Url::parse(outgoing.url()).map_err(own_fault)?;
        let form = self.form(outgoing.body()).map_err(own_fault)?;
        self.check_body(&url, outgoing.body()).map_err(|_| Error::Value(Part::Digest))?;
        let mut tags = [const { None }; MAX_TAGS];
        tags[0] = Some(sign(key, &url, Port::AsWritten, &form));
        Ok(Signed::new(HEADER, None, TimeText::new(now)?, tags))
    }

    /// The URL with the body's digest in its query.
    ///
    /// # Errors
    /// [`Error::Value`] for a URL that is none.
    pub fn url_with_digest(url: &str, body: &[u8]) -> Result<String, Error> {
        let parsed = Url::parse(url).map_err(own_fault)?;
        let mut text = String::from(url);
        write!(text, "{}{DIGEST}=", if parsed.query().is_some() { '&' } else { '?' })?;
        sha256(body).write(Encoding::Hex, &mut text)?;
        Ok(text)
    }

    /// The parameters that are signed, sorted.
    pub(super) fn form(self, body: &[u8]) -> Result<Form, Error> {
        if self.kind == Kind::Digests {
            return Ok(Form::default());
        }
        let mut form = Form::parse(body)?;
        form.sort_unique();
        Ok(form)
    }

    /// Whether the body is the one whose digest is in the URL, where that is the kind.
    pub(super) fn check_body(self, url: &Url<'_>, body: &[u8]) -> Result<(), Error> {
        check_digest(self.digest(url)?, body)
    }

    /// The digest that the URL has, where the body is not signed as a form.
    fn digest<'u>(self, url: &Url<'u>) -> Result<Option<&'u str>, Error> {
        if self.kind == Kind::Forms {
            return Ok(None);
        }
        let pairs = url.query().unwrap_or_default().split('&');
        let mut digests = pairs.filter_map(|pair| pair.strip_prefix(DIGEST)?.strip_prefix('='));
        match (digests.next(), digests.next()) {
            (None, _) => Err(Error::NotCovered(Part::Body)),
            (Some(_), Some(_)) => Err(Error::Duplicate(Part::Digest)),
            (digest, None) => Ok(digest),
        }
    }
}

fn sha256(body: &[u8]) -> Tag {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(body);
    hasher.finish()
}

fn check_digest(digest: Option<&str>, body: &[u8]) -> Result<(), Error> {
    match digest {
        Some(digest) => {
            sha256(body).verify_text(Encoding::Hex, digest).map_err(|_| Error::BodyMismatch)
        }
        None => Ok(()),
    }
}

/// How the URL's port is written.
#[derive(Clone, Copy)]
pub(super) enum Port {
    AsWritten,
    Without,
    Default,
}

impl Port {
    /// The other way to write the same URL; a port that is not the scheme's own has none.
    pub(super) fn other(url: &Url<'_>) -> Option<Self> {
        match (url.port(), url.explicit_port()) {
            (None, _) => Some(Self::Default),
            (Some(_), None) => Some(Self::Without),
            (Some(_), Some(_)) => None,
        }
    }
}

pub(super) fn sign(key: &Key, url: &Url<'_>, port: Port, form: &Form) -> Tag {
    key.sign_with(|mac| write(|bytes| mac.update(bytes), url, port, form))
}

/// By what a message is told from others: what is signed, without the scheme's own port, which may be
/// there or not.
fn identity(url: &Url<'_>, form: &Form) -> Tag {
    let port = url.port().filter(|_| url.explicit_port().is_none());
    let port = port.map_or(Port::AsWritten, |_| Port::Without);
    let mut hasher = Hasher::new(Algorithm::Sha256);
    write(|bytes| hasher.update(bytes), url, port, form);
    hasher.finish()
}

/// The canonical message.
fn write(mut out: impl FnMut(&[u8]), url: &Url<'_>, port: Port, form: &Form) {
    out(url.scheme().as_bytes());
    out(b"://");
    out(match port {
        Port::AsWritten => url.authority().as_bytes(),
        Port::Without | Port::Default => url.host().as_bytes(),
    });
    if let Port::Default = port {
        out(if url.is_https() { b":443" } else { b":80" });
    }
    out(url.target().as_bytes());
    for (name, value) in form.iter() {
        out(name);
        out(value);
    }
}
