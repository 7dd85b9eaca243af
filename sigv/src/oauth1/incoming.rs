use alloc::borrow::Cow;
use core::{fmt, str};

use super::base::Base;
use super::header;
use super::key::algorithm_of;
use super::parameters::{Origin, Parameters};
use super::{Credentials, Request};
use crate::scheme::{Part, Received, Tags, Url, is_token, one, text};
use crate::{Algorithm, Encoding, Error, UnixTime};

/// A request that has been read, and of which nothing is believed yet: enough to look up its key.
///
/// Made by [`Server::parse`](super::Server::parse).
#[derive(Clone)]
pub struct Incoming<'a> {
    method: &'a str,
    url: Url<'a>,
    /// Without the signature.
    pub(super) parameters: Parameters<'a>,
    pub(super) signature: Cow<'a, str>,
    pub(super) algorithm: Algorithm,
    pub(super) time: UnixTime,
    body: &'a [u8],
    pub(super) is_form: bool,
}

impl<'a> Incoming<'a> {
    pub(super) fn parse(received: &Received<'a>, max_form_bytes: usize) -> Result<Self, Error> {
        let method = received.method();
        if method.is_empty() || !method.bytes().all(is_token) {
            return Err(Error::Malformed(Part::Method));
        }
        let url = Url::parse(received.url())?;
        let mut parameters = Parameters::new();
        header::read(received.headers(), &mut parameters)?;
        parameters.read_form(url.query().unwrap_or_default(), Origin::Query)?;
        let is_form = is_form(received)?;
        if is_form {
            parameters.read_form(form(received.body(), max_form_bytes)?, Origin::Form)?;
        }
        parameters.sort();
        parameters.check_protocol()?;
        let signature = parameters.take("oauth_signature");
        let signature = signature.ok_or(Error::Missing(Part::Signature))?;
        check_version(parameters.get("oauth_version"))?;
        let named = parameters.get("oauth_signature_method");
        let algorithm = algorithm_of(named.ok_or(Error::Missing(Part::Signature))?)?;
        let time = parameters.get("oauth_timestamp").ok_or(Error::Missing(Part::Timestamp))?;
        let time = UnixTime::parse(time)?;
        let body = received.body();
        let incoming = Self { method, url, parameters, signature, algorithm, time, body, is_form };
        incoming.check_names()?;
        Ok(incoming)
    }

    /// The client that the request names, `oauth_consumer_key`.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        self.parameters.get("oauth_consumer_key").unwrap_or_default()
    }

    /// The token that the request names, `oauth_token`. An empty one is none.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.parameters.get("oauth_token").filter(|token| !token.is_empty())
    }

    /// The algorithm that the request names. It is not a choice: a key is for one.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What was signed, as we understand it: to compare it with what the other side has, when the two
    /// do not agree. It holds all parameters.
    #[must_use]
    pub fn base_string(&self) -> impl fmt::Display + '_ {
        self.base()
    }

    pub(super) fn base(&self) -> Base<'_> {
        Base::new(self.method, &self.url, self.parameters.as_slice())
    }

    /// Whether the signature covers the body byte by byte: it does by `oauth_body_hash` only, since of
    /// a form it covers the parameters.
    pub(super) fn covers_body(&self) -> bool {
        self.body_hash().is_some()
    }

    /// Whether there is a body that nothing of the signature covers.
    pub(super) fn has_bare_body(&self) -> bool {
        !self.is_form && !self.covers_body() && !self.body.is_empty()
    }

    pub(super) fn nonce(&self) -> &str {
        self.parameters.get("oauth_nonce").unwrap_or_default()
    }

    pub(super) fn tags(&self) -> Result<Tags<'_>, Error> {
        let mut tags = Tags::new(Encoding::Base64);
        tags.push(&self.signature)?;
        Ok(tags)
    }

    /// What is shown of an authentic request.
    ///
    /// # Errors
    /// [`Error::BodyMismatch`].
    pub(super) fn into_request(self) -> Result<Request<'a>, Error> {
        self.check_body(self.body)?;
        let body = self.covers_body().then_some(self.body);
        Ok(Request { parameters: self.parameters, body })
    }

    /// Whether a body is the one that was signed, where one was.
    pub(super) fn check_body(&self, body: &[u8]) -> Result<(), Error> {
        let Some(expected) = self.body_hash() else { return Ok(()) };
        let mut hasher = crate::Hasher::new(self.algorithm);
        hasher.update(body);
        let digest = hasher.finish();
        digest.verify_text(Encoding::Base64, expected).map_err(|_| Error::BodyMismatch)
    }

    fn body_hash(&self) -> Option<&str> {
        self.parameters.get("oauth_body_hash")
    }

    fn check_names(&self) -> Result<(), Error> {
        let consumer_key = self.parameters.get("oauth_consumer_key");
        let nonce = self.parameters.get("oauth_nonce");
        check_len(consumer_key, 1, Credentials::MAX_IDENTIFIER_BYTES, Part::KeyId)?;
        check_len(nonce, 1, MAX_NONCE_BYTES, Part::Id)?;
        if let token @ Some(_) = self.parameters.get("oauth_token") {
            check_len(token, 0, Credentials::MAX_IDENTIFIER_BYTES, Part::Token)?;
        }
        // Of a form the parameters are signed; a digest besides could be about other bytes than those
        // that a reader of the form sees.
        if self.is_form && self.body_hash().is_some() {
            return Err(Error::Malformed(Part::Digest));
        }
        Ok(())
    }
}

/// The longest nonce that is read, in bytes.
pub(super) const MAX_NONCE_BYTES: usize = 256;

fn check_len(value: Option<&str>, least: usize, maximum: usize, part: Part) -> Result<(), Error> {
    match value.ok_or(Error::Missing(part))?.len() {
        len if len < least => Err(Error::Malformed(part)),
        len if len > maximum => Err(Error::TooLong { part, maximum }),
        _ => Ok(()),
    }
}

/// RFC 5849, 3.1: `oauth_version` may be missing, and is `1.0` where it is not.
fn check_version(version: Option<&str>) -> Result<(), Error> {
    match version {
        None | Some("1.0") => Ok(()),
        Some(_) => Err(Error::OtherAlgorithm),
    }
}

/// Whether the body is a form in one piece, by its `Content-Type`. Another character set than UTF-8
/// would make other parameters of the same bytes.
fn is_form(received: &Received<'_>) -> Result<bool, Error> {
    if one(received.headers(), "Content-Type", Part::Header)?.is_none() {
        return Ok(false);
    }
    let value = text(received.headers(), "Content-Type", Part::Header)?;
    let mut pieces = value.split(';').map(|piece| piece.trim_matches([' ', '\t']));
    let essence = pieces.next().unwrap_or_default();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(false);
    }
    for (name, value) in pieces.filter_map(|piece| piece.split_once('=')) {
        let is_utf8 = value.trim_matches('"').eq_ignore_ascii_case("utf-8");
        if name.eq_ignore_ascii_case("charset") && !is_utf8 {
            return Err(Error::Malformed(Part::Header));
        }
    }
    Ok(true)
}

fn form(body: &[u8], maximum: usize) -> Result<&str, Error> {
    if body.len() > maximum {
        return Err(Error::TooLong { part: Part::Body, maximum });
    }
    str::from_utf8(body).map_err(|_| Error::Malformed(Part::Parameter))
}

/// What anybody may say: no value of it is believed.
impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("algorithm", &self.algorithm)
            .field("time", &self.time)
            .field("parameters", &self.parameters)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
