use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use core::fmt;

use super::base::Base;
use super::incoming::MAX_NONCE_BYTES;
use super::key::method_name;
use super::parameters::{Origin, Parameter, Parameters};
use super::{RequestKey, Signed};
use crate::keyring::KeySet;
use crate::scheme::{Part, Url, is_token};
use crate::{Encoding, Error, Hasher, UnixTime};

/// A request to be signed.
///
/// ```
/// use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, generate_nonce};
/// use creance_sigv::{Algorithm, UnixTime, rand};
///
/// let client = Credentials::new("9djdj82h48djs9d2", "j49sk3j29djdj49sk3j29djd")?;
/// let key = RequestKey::new(Algorithm::Sha1, &client, None)?;
/// let nonce = generate_nonce(&mut rand::rng());
/// let form = "c2&a3=2+q";
/// let url = "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b";
/// let signed = Outgoing::new("POST", url).with_nonce(&nonce).with_form(form).sign(&key, UnixTime::now())?;
///
/// // One of the three:
/// assert!(signed.authorization().starts_with("OAuth oauth_consumer_key=\"9djdj82h48djs9d2\", "));
/// assert!(signed.url().starts_with("http://example.com/request?b5=%3D%253D&a3=a&"));
/// assert!(signed.form()?.starts_with("c2&a3=2+q&oauth_consumer_key=9djdj82h48djs9d2&"));
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy)]
#[must_use]
pub struct Outgoing<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    nonce: &'a str,
    pub(super) realm: Option<&'a str>,
    callback: Option<&'a str>,
    verifier: Option<&'a str>,
    pub(super) form: Option<&'a str>,
    pub(super) body: Option<&'a [u8]>,
    has_version: bool,
}

impl<'a> Outgoing<'a> {
    /// A request to this URL, `https://host/path?query`, as it will be sent.
    pub const fn new(method: &'a str, url: &'a str) -> Self {
        Self {
            method,
            url,
            nonce: "",
            realm: None,
            callback: None,
            verifier: None,
            form: None,
            body: None,
            has_version: false,
        }
    }

    /// The nonce, which has to be there, and to be another one for each request of a second: see
    /// [`generate_nonce`](super::generate_nonce).
    pub const fn with_nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = nonce;
        self
    }

    /// The realm, of visible ASCII characters and spaces. It is not signed, and stands in the header
    /// only.
    pub const fn with_realm(mut self, realm: &'a str) -> Self {
        self.realm = Some(realm);
        self
    }

    /// Where the user is to be sent back to, in a request for temporary credentials: a URL, or `oob`
    /// where the user is shown a code instead.
    pub const fn with_callback(mut self, callback: &'a str) -> Self {
        self.callback = Some(callback);
        self
    }

    /// The code that the user came back with, in a request for token credentials.
    pub const fn with_verifier(mut self, verifier: &'a str) -> Self {
        self.verifier = Some(verifier);
        self
    }

    /// The body, where it is a form: it will be sent as `application/x-www-form-urlencoded`. Its
    /// parameters are signed.
    pub const fn with_form(mut self, form: &'a str) -> Self {
        self.form = Some(form);
        self
    }

    /// The body, where it is no form: it is signed by `oauth_body_hash`, with the hash function of the
    /// signature. A body that is not given here is not signed.
    pub const fn with_body(mut self, body: &'a [u8]) -> Self {
        self.body = Some(body);
        self
    }

    /// Sends `oauth_version`, which has to be `1.0` and may be left out.
    pub const fn with_version(mut self) -> Self {
        self.has_version = true;
        self
    }

    /// Signs with the key, or of a ring with the key that signs now.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`]; [`Error::Value`] for what is missing, cannot be sent, or is there twice.
    pub fn sign(
        &self,
        keys: &(impl KeySet<RequestKey> + ?Sized),
        now: UnixTime,
    ) -> Result<Signed<'a>, Error> {
        let signer = keys.signer(now).ok_or(Error::NoSigningKey)?;
        let url = Url::parse(self.url).map_err(|_| Error::Value(Part::Url))?;
        self.check()?;
        let mut parameters = Parameters::new();
        parameters.read_form(url.query().unwrap_or_default(), Origin::Query).map_err(value)?;
        parameters.read_form(self.form.unwrap_or_default(), Origin::Form).map_err(value)?;
        if parameters.as_slice().iter().any(Parameter::is_protocol) {
            return Err(Error::Value(Part::Parameter));
        }
        self.push_protocol(&mut parameters, signer.key(), now)?;
        parameters.sort();
        let tag = signer.key().tag(&Base::new(self.method, &url, parameters.as_slice()));
        Ok(Signed { outgoing: *self, url, parameters, tag })
    }

    fn push_protocol(
        &self,
        parameters: &mut Parameters<'a>,
        key: &RequestKey,
        now: UnixTime,
    ) -> Result<(), Error> {
        let method = method_name(key.algorithm()).ok_or(Error::OtherAlgorithm)?;
        let time = now.to_string();
        // Nobody would read more digits than these.
        UnixTime::parse(&time).map_err(|_| Error::Value(Part::Timestamp))?;
        let body_hash = self.body.map(|body| digest(key, body)).transpose()?;
        let values = [
            ("oauth_callback", self.callback.map(Cow::Borrowed)),
            ("oauth_verifier", self.verifier.map(Cow::Borrowed)),
            ("oauth_version", self.has_version.then_some(Cow::Borrowed("1.0"))),
            ("oauth_nonce", Some(Cow::Borrowed(self.nonce))),
            ("oauth_signature_method", Some(Cow::Borrowed(method))),
            ("oauth_timestamp", Some(Cow::Owned(time))),
            ("oauth_consumer_key", Some(Cow::Owned(key.consumer_key().into()))),
            ("oauth_token", key.token().map(|token| Cow::Owned(token.into()))),
            ("oauth_body_hash", body_hash.map(Cow::Owned)),
        ];
        for (name, value) in values {
            if let Some(value) = value {
                let name = Cow::Borrowed(name);
                parameters.push(Parameter { name, value, origin: Origin::Header })?;
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Error> {
        if self.method.is_empty() || !self.method.bytes().all(is_token) {
            return Err(Error::Value(Part::Method));
        }
        if self.nonce.is_empty() || self.nonce.len() > MAX_NONCE_BYTES {
            return Err(Error::Value(Part::Id));
        }
        if self.form.is_some() && self.body.is_some() {
            return Err(Error::Value(Part::Body));
        }
        match self.realm {
            Some(realm) if !realm.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                Err(Error::Value(Part::Header))
            }
            _ => Ok(()),
        }
    }
}

/// What a peer would be told is malformed, is here the caller's.
fn value(error: Error) -> Error {
    match error {
        Error::Malformed(part) => Error::Value(part),
        other => other,
    }
}

fn digest(key: &RequestKey, body: &[u8]) -> Result<String, Error> {
    let mut hasher = Hasher::new(key.algorithm());
    hasher.update(body);
    let mut text = String::new();
    hasher.finish().write(Encoding::Base64, &mut text)?;
    Ok(text)
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("method", &self.method).finish_non_exhaustive()
    }
}
