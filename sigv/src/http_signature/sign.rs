use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::base::Base;
use super::component::{CONTENT_DIGEST, Component};
use super::input::{
    HMAC_SHA256, Kind, MAX_COMPONENTS, MAX_INTEGER, MAX_PARAMETER_BYTES, Parameters, SIGNATURE,
    SIGNATURE_INPUT, check_label, check_once, params_text,
};
use super::message::Message;
use super::policy::{REQUEST, RESPONSE, known};
use crate::content_digest::{ContentDigest, DigestAlgorithm};
use crate::keyring::KeySet;
use crate::scheme::{Headers, Part};
use crate::structured;
use crate::{Algorithm, Encoding, Error, UnixTime};

/// How messages are signed: what is covered, and what the signature says of itself.
///
/// ```
/// use creance_sigv::http_signature::{Message, Signer};
/// use creance_sigv::{Algorithm, Key, UnixTime};
///
/// let key = Key::new(Algorithm::Sha256, b"a secret of at least thirty-two bytes")?;
/// let headers = [("Date", "Tue, 20 Apr 2021 02:07:55 GMT")];
/// let request = Message::request("GET", "https://example.com/", &headers, b"");
/// let signer = Signer::new(["@method", "@target-uri", "date"])?
///     .with_label("sig1")
///     .with_key_id("client-1")
///     .with_expiry(60);
/// let signed = signer.sign(&request, &key, UnixTime::from_secs(1_618_884_473))?;
/// assert_eq!(
///     signed.signature_input(),
///     r#"sig1=("@method" "@target-uri" "date");created=1618884473;expires=1618884533;keyid="client-1""#
/// );
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Signer<'s> {
    components: Vec<Component>,
    label: &'s str,
    key_id: Option<&'s str>,
    nonce: Option<&'s str>,
    tag: Option<&'s str>,
    life: Option<u64>,
    names_algorithm: bool,
    digest: Option<DigestAlgorithm>,
}

impl<'s> Signer<'s> {
    /// Covers these components, under the label `sig1`.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Coverage`] for an empty list, [`Error::TooMany`] for more than
    /// [`MAX_COMPONENTS`]; [`Error::Malformed`] and [`Error::Duplicate`] as for [`Component::parse`].
    pub fn new<'c>(components: impl IntoIterator<Item = &'c str>) -> Result<Self, Error> {
        let components = components.into_iter().map(Component::parse);
        let components = components.collect::<Result<Vec<_>, _>>()?;
        check_once(&components)?;
        match components.len() {
            0 => Err(Error::Value(Part::Coverage)),
            1..=MAX_COMPONENTS => Ok(Self::of(components)),
            _ => Err(Error::TooMany { part: Part::Component, maximum: MAX_COMPONENTS }),
        }
    }

    /// Covers method, authority, path and query of requests, and the SHA-256 digest of their body if
    /// they have one.
    #[must_use]
    pub fn for_requests() -> Self {
        Self::of(known(&REQUEST)).with_digest(DigestAlgorithm::Sha256)
    }

    /// Covers the status of responses, method and target URI of the request that they
    /// [answer](Message::answering), and the SHA-256 digest of their body if they have one.
    #[must_use]
    pub fn for_responses() -> Self {
        Self::of(known(&RESPONSE)).with_digest(DigestAlgorithm::Sha256)
    }

    const fn of(components: Vec<Component>) -> Self {
        Self {
            components,
            label: "sig1",
            key_id: None,
            nonce: None,
            tag: None,
            life: None,
            names_algorithm: false,
            digest: None,
        }
    }

    /// The label. Where a message is signed by several, each has its own.
    #[must_use]
    pub const fn with_label(mut self, label: &'s str) -> Self {
        self.label = label;
        self
    }

    /// The `keyid`. Without it the id of the key in its ring is named; a single key has none.
    #[must_use]
    pub const fn with_key_id(mut self, id: &'s str) -> Self {
        self.key_id = Some(id);
        self
    }

    /// The `nonce`: another one for each message.
    #[must_use]
    pub const fn with_nonce(mut self, nonce: &'s str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// The `tag`: the application that the signature is for.
    #[must_use]
    pub const fn with_tag(mut self, tag: &'s str) -> Self {
        self.tag = Some(tag);
        self
    }

    /// `expires`, this many seconds after `created`.
    #[must_use]
    pub const fn with_expiry(mut self, secs: u64) -> Self {
        self.life = Some(secs);
        self
    }

    /// Names the algorithm in `alg`. Receivers know it by the key.
    #[must_use]
    pub const fn naming_algorithm(mut self) -> Self {
        self.names_algorithm = true;
        self
    }

    /// Makes the header `Content-Digest` and covers it: for a message with a body, and for one without
    /// if the list names it.
    #[must_use]
    pub const fn with_digest(mut self, algorithm: DigestAlgorithm) -> Self {
        self.digest = Some(algorithm);
        self
    }

    /// Signs with the key that signs now.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`]; [`Error::OtherAlgorithm`] for a key that is not for SHA-256;
    /// [`Error::Value`] for what is covered and not there, or cannot be written, with
    /// [`Part::Signature`] for a label that the message has a signature of already;
    /// [`Error::TooMany`] where the digest is one component too many, or this signature one too many;
    /// [`Error::BodyMismatch`] for a `Content-Digest` among the headers that is not that of the body.
    pub fn sign<'a>(
        &self,
        message: impl Into<Message<'a>>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Signed, Error> {
        let message = message.into();
        let usable = keys.signer(now).ok_or(Error::NoSigningKey)?;
        let key = usable.key();
        if key.algorithm() != Algorithm::Sha256 {
            return Err(Error::OtherAlgorithm);
        }
        if key.is_decoy() {
            return Err(Error::NoSigningKey);
        }
        check_label(message.headers, self.label).map_err(as_value)?;
        let mut components = self.components.clone();
        let digest = self.cover_body(&message, &mut components)?;
        let parameters = self.parameters(usable.key_use().id(), now)?;
        let params = params_text(&components, &parameters).map_err(|_| PARAMETER)?;
        let headers = WithDigest { headers: message.headers, digest: digest.as_deref() };
        let message = message.with_headers(&headers);
        let base = Base::new(&message, &components, &params).map_err(as_value)?;
        let tag = base.sign(key);
        self.signed(&params, &tag, digest)
    }

    /// Makes the digest and covers it, or looks at the one that is there.
    fn cover_body(
        &self,
        message: &Message<'_>,
        components: &mut Vec<Component>,
    ) -> Result<Option<String>, Error> {
        let is_listed = components.iter().any(Component::covers_body);
        let Some(algorithm) = self.digest else {
            if is_listed {
                ContentDigest::parse(message.headers).map_err(as_value)?.verify(message.body)?;
            }
            return Ok(None);
        };
        if message.body.is_empty() && !is_listed {
            return Ok(None);
        }
        if !is_listed {
            // What our own verifier would refuse is not signed.
            if components.len() >= MAX_COMPONENTS {
                return Err(Error::TooMany { part: Part::Component, maximum: MAX_COMPONENTS });
            }
            components.push(Component::parse(CONTENT_DIGEST)?);
        }
        // Two of them would be one field of two members.
        match ContentDigest::parse(message.headers) {
            Err(Error::Missing(_)) => {}
            _ => return Err(Error::Value(Part::Digest)),
        }
        Ok(Some(ContentDigest::of(algorithm, message.body).to_string()))
    }

    fn parameters<'p>(&'p self, id: &'p str, now: UnixTime) -> Result<Parameters<'p>, Error> {
        let mut parameters = Parameters::default();
        let mut add = |kind| parameters.0.push(kind);
        add(Kind::Created(writable_time(now)?));
        if let Some(secs) = self.life {
            add(Kind::Expires(writable_time(now.saturating_add(secs))?));
        }
        if let Some(nonce) = self.nonce {
            add(Kind::Nonce(writable(nonce, Part::Id)?));
        }
        if self.names_algorithm {
            add(Kind::Algorithm(Cow::Borrowed(HMAC_SHA256)));
        }
        match self.key_id {
            Some(id) => add(Kind::KeyId(writable(id, Part::KeyId)?)),
            None if id.is_empty() => {}
            None => add(Kind::KeyId(writable(id, Part::KeyId)?)),
        }
        if let Some(tag) = self.tag {
            add(Kind::Tag(writable(tag, Part::Parameter)?));
        }
        Ok(parameters)
    }

    fn signed(
        &self,
        params: &str,
        tag: &crate::Tag,
        digest: Option<String>,
    ) -> Result<Signed, Error> {
        let input = format!("{}={params}", self.label);
        let mut signature = format!("{}=:", self.label);
        tag.write(Encoding::Base64, &mut signature)?;
        signature.push(':');
        // The label is a key of two dictionaries, and nothing else in them.
        match structured::dictionary(signature.as_bytes()).as_deref() {
            Ok([(label, _)]) if *label == self.label => Ok(Signed { input, signature, digest }),
            _ => Err(Error::Value(Part::Signature)),
        }
    }
}

const PARAMETER: Error = Error::Value(Part::Parameter);

fn writable(text: &str, part: Part) -> Result<Cow<'_, str>, Error> {
    let is_string = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if text.is_empty() || text.len() > MAX_PARAMETER_BYTES || !is_string {
        return Err(Error::Value(part));
    }
    Ok(Cow::Borrowed(text))
}

fn writable_time(time: UnixTime) -> Result<UnixTime, Error> {
    if time.as_secs() > MAX_INTEGER { Err(Error::Value(Part::Timestamp)) } else { Ok(time) }
}

/// What the message that one signs has not is one's own fault.
const fn as_value(error: Error) -> Error {
    match error {
        Error::Missing(part)
        | Error::Malformed(part)
        | Error::Duplicate(part)
        | Error::TooLong { part, .. } => Error::Value(part),
        other => other,
    }
}

/// The headers of a message and the digest that is sent with them.
struct WithDigest<'h> {
    headers: &'h dyn Headers,
    digest: Option<&'h str>,
}

impl Headers for WithDigest<'_> {
    fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8])) {
        self.headers.visit(visitor);
        if let Some(digest) = self.digest {
            visitor(CONTENT_DIGEST, digest.as_bytes());
        }
    }
}

/// The headers of a signature, to be sent with the message.
#[derive(Clone)]
pub struct Signed {
    input: String,
    signature: String,
    digest: Option<String>,
}

impl Signed {
    /// The value of `Signature-Input`.
    #[must_use]
    pub fn signature_input(&self) -> &str {
        &self.input
    }

    /// The value of `Signature`.
    #[must_use]
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// The value of `Content-Digest`, if one was made.
    #[must_use]
    pub fn content_digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The headers: where the message is signed by others already, these go into further lines of the
    /// same names.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let digest = self.content_digest().map(|digest| (ContentDigest::HEADER, digest));
        let others = [(SIGNATURE_INPUT, self.signature_input()), (SIGNATURE, self.signature())];
        digest.into_iter().chain(others)
    }

    /// The headers as pairs.
    #[must_use]
    pub fn to_headers(&self) -> Vec<(String, String)> {
        self.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("input", &self.input).finish_non_exhaustive()
    }
}
