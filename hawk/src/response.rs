use core::fmt;

use creance_sigv::{Encoding, Key, Tag};

use crate::attributes::{Attributes, Parsed, RESPONSE, parse};
use crate::authorization::check_mac;
use crate::canonical::{Canonical, Kind};
use crate::grammar::{MAX_LEN, check_value};
use crate::header::Hash;
use crate::payload::PayloadHasher;
use crate::{Attribute, Authorization, Error, Field, PayloadHash, Request};

/// What a response's MAC takes over from its request, on either side.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) request: Request<'a>,
    pub(crate) ts: &'a [u8],
    pub(crate) nonce: &'a [u8],
    pub(crate) app: Option<&'a [u8]>,
    pub(crate) dlg: Option<&'a [u8]>,
    pub(crate) key: &'a Key,
}

impl<'a> Exchange<'a> {
    fn canonical(&self, hash: &'a str, ext: &'a str) -> Canonical<'a> {
        Canonical {
            ts: self.ts,
            nonce: self.nonce,
            hash: hash.as_bytes(),
            ext: ext.as_bytes(),
            app: self.app,
            dlg: self.dlg,
            ..self.request.canonical(Kind::Response)
        }
    }
}

/// No nonce: it is as little for a log as the header's.
impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("request", &self.request).finish_non_exhaustive()
    }
}

/// Gathers what a `Server-Authorization` header says; [`sign`](Self::sign) makes it.
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is signed before sign()"]
pub struct ResponseBuilder<'a> {
    exchange: Exchange<'a>,
    hash: Hash<'a>,
    ext: &'a str,
}

impl<'a> ResponseBuilder<'a> {
    pub(crate) fn new(request: Request<'a>, header: Authorization<'a>, key: &'a Key) -> Self {
        let Canonical { ts, nonce, app, dlg, .. } = header.canonical(&request);
        let exchange = Exchange { request, ts, nonce, app, dlg, key };
        Self { exchange, hash: Hash::None, ext: "" }
    }

    /// Signs the response's payload too. `content_type` is the value of the header that will be
    /// sent.
    ///
    /// # Errors
    /// [`Error::ContentType`] where it holds a control character.
    pub fn payload(self, content_type: Option<&str>, payload: &[u8]) -> Result<Self, Error> {
        let algorithm = self.exchange.key.algorithm();
        Ok(self.payload_hash(PayloadHash::of(algorithm, content_type, payload)?))
    }

    /// Signs the response's payload by its hash, computed before.
    pub const fn payload_hash(mut self, hash: PayloadHash) -> Self {
        self.hash = Hash::Computed(hash);
        self
    }

    /// Adds application data. Empty means none.
    pub const fn ext(mut self, ext: &'a str) -> Self {
        self.ext = ext;
        self
    }

    /// Signs.
    ///
    /// # Errors
    /// [`Error::Value`] and [`Error::TooLong`] for an `ext` that cannot be written.
    pub fn sign(self) -> Result<SignedResponse<'a>, Error> {
        if !self.ext.is_empty() {
            check_value(Field::Ext, self.ext)?;
        }
        // What stands around it in the header is below 256 bytes.
        if self.ext.len() > MAX_LEN - 256 {
            return Err(Error::TooLong);
        }
        let mac = self.exchange.canonical(self.hash.as_str(), self.ext).tag(self.exchange.key);
        Ok(SignedResponse { parts: self, mac })
    }
}

/// A signed `Server-Authorization` header. Its `Display` is the header's value.
#[derive(Clone)]
pub struct SignedResponse<'a> {
    parts: ResponseBuilder<'a>,
    mac: Tag,
}

impl SignedResponse<'_> {
    /// Writes the header's value.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_to<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        out.write_str("Hawk mac=\"")?;
        self.mac.write(Encoding::Base64, out)?;
        for (before, value) in
            [("\", hash=\"", self.parts.hash.as_str()), ("\", ext=\"", self.parts.ext)]
        {
            if !value.is_empty() {
                out.write_str(before)?;
                out.write_str(value)?;
            }
        }
        out.write_str("\"")
    }

    /// The header's value as a string.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_header(&self) -> alloc::string::String {
        alloc::string::ToString::to_string(self)
    }

    /// The MAC.
    #[must_use]
    pub const fn mac(&self) -> &Tag {
        &self.mac
    }

    /// The payload's hash, where the payload was signed.
    #[must_use]
    pub fn hash(&self) -> Option<&str> {
        let hash = self.parts.hash.as_str();
        (!hash.is_empty()).then_some(hash)
    }

    /// The canonical message that the MAC is over: for comparing by hand. Never send it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_canonical<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        self.parts.exchange.canonical(self.parts.hash.as_str(), self.parts.ext).write_to(out)
    }
}

impl fmt::Display for SignedResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl fmt::Debug for SignedResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedResponse").finish_non_exhaustive()
    }
}

/// A parsed `Server-Authorization` header. Nothing of it is proven yet.
#[derive(Clone, Copy)]
pub struct ServerAuthorization<'a> {
    attributes: Attributes<'a>,
}

impl<'a> ServerAuthorization<'a> {
    /// Parses a header's value; `mac` has to be there.
    ///
    /// # Errors
    /// [`Error::NoServerAuthorization`] for an empty header or another scheme, otherwise what is
    /// wrong with it.
    pub fn parse(header: &'a str) -> Result<Self, Error> {
        let attributes = match parse(header, &RESPONSE)? {
            Parsed::Hawk(attributes) => attributes,
            Parsed::Bare => return Err(Error::HeaderSyntax { at: header.len() }),
            Parsed::Other => return Err(Error::NoServerAuthorization),
        };
        attributes.require(Attribute::Mac)?;
        Ok(Self { attributes })
    }

    /// Application data.
    #[must_use]
    pub fn ext(&self) -> Option<&'a str> {
        self.attributes.get(Attribute::Ext)
    }

    /// The payload's hash, as text.
    #[must_use]
    pub fn hash(&self) -> Option<&'a str> {
        self.attributes.get(Attribute::Hash)
    }
}

/// No MAC: a right one in a log is one more place where it can be found.
impl fmt::Debug for ServerAuthorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerAuthorization").field("ext", &self.ext()).finish_non_exhaustive()
    }
}

/// A response that the server made for this very request. Its payload has not been verified:
/// that is [`verify_payload`](Self::verify_payload).
#[derive(Clone, Copy, Debug)]
#[must_use = "the payload is not proven yet"]
pub struct AuthenticResponse<'a> {
    header: ServerAuthorization<'a>,
    key: &'a Key,
}

impl<'a> AuthenticResponse<'a> {
    pub(crate) fn verify(exchange: &Exchange<'a>, header: Option<&'a str>) -> Result<Self, Error> {
        let header = ServerAuthorization::parse(header.ok_or(Error::NoServerAuthorization)?)?;
        let mac = header.attributes.require(Attribute::Mac)?;
        let key = check_mac(Some(exchange.key), mac, |mac| {
            let (hash, ext) = (header.hash().unwrap_or(""), header.ext().unwrap_or(""));
            exchange.canonical(hash, ext).write_pieces(mac)
        })?;
        Ok(Self { header, key })
    }

    /// Application data.
    #[must_use]
    pub fn ext(&self) -> Option<&'a str> {
        self.header.ext()
    }

    /// The payload's hash, as text.
    #[must_use]
    pub fn hash(&self) -> Option<&'a str> {
        self.header.hash()
    }

    /// Verifies the response's payload, and hands it back as proven. `content_type` is the value
    /// of the response's header, if there is one.
    ///
    /// # Errors
    /// [`Error::MissingHash`] where the server did not sign the payload, [`Error::BadHash`], and
    /// [`Error::ContentType`].
    pub fn verify_payload<B: AsRef<[u8]>>(
        &self,
        content_type: Option<&str>,
        payload: B,
    ) -> Result<VerifiedResponse<B>, Error> {
        let hash = self.header.hash().ok_or(Error::MissingHash)?;
        let mut hasher = PayloadHasher::new(self.key.algorithm(), content_type)?;
        hasher.update(payload.as_ref());
        hasher.verify(hash)?;
        Ok(VerifiedResponse { payload })
    }
}

/// A response's payload, proven to come from the server.
#[derive(Clone, Copy, Debug)]
#[must_use = "this holds the proven payload"]
pub struct VerifiedResponse<B> {
    payload: B,
}

impl<B> VerifiedResponse<B> {
    /// The payload.
    #[must_use]
    pub const fn payload(&self) -> &B {
        &self.payload
    }

    /// The payload, handed over.
    #[must_use]
    pub fn into_payload(self) -> B {
        self.payload
    }
}
