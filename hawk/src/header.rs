use core::fmt;

use creance_sigv::{Encoding, Key, Tag, UnixTime};

use crate::canonical::{Canonical, Decimal, Kind, Text};
use crate::grammar::{MAX_LEN, check_value};
use crate::response::Exchange;
use crate::{AuthenticResponse, Credentials, Error, Field, PayloadHash, Request};

/// Gathers what an `Authorization` header says; [`sign`](Self::sign) makes it.
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is signed before sign()"]
pub struct HeaderBuilder<'a> {
    credentials: Credentials<'a>,
    request: Request<'a>,
    hash: Hash<'a>,
    ext: &'a str,
    app: Option<&'a str>,
    dlg: Option<&'a str>,
}

/// A payload hash that was computed here, or text from elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hash<'a> {
    None,
    Computed(PayloadHash),
    Text(&'a str),
}

impl Hash<'_> {
    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::None => "",
            Self::Computed(hash) => hash.as_str(),
            Self::Text(text) => text,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Text(text) => check_value(Field::Hash, text),
            Self::None | Self::Computed(_) => Ok(()),
        }
    }
}

impl<'a> HeaderBuilder<'a> {
    #[inline]
    pub(crate) const fn new(credentials: Credentials<'a>, request: Request<'a>) -> Self {
        Self { credentials, request, hash: Hash::None, ext: "", app: None, dlg: None }
    }

    /// Signs a payload too; an empty one is signed as such. `content_type` is the value of the
    /// header that will be sent.
    ///
    /// # Errors
    /// [`Error::ContentType`] where it holds a control character.
    pub fn payload(self, content_type: Option<&str>, payload: &[u8]) -> Result<Self, Error> {
        let algorithm = self.credentials.key().algorithm();
        Ok(self.payload_hash(PayloadHash::of(algorithm, content_type, payload)?))
    }

    /// Signs a payload by its hash, computed before.
    #[inline]
    pub const fn payload_hash(mut self, hash: PayloadHash) -> Self {
        self.hash = Hash::Computed(hash);
        self
    }

    /// Signs a payload by its hash in Base64, computed elsewhere and taken as it is.
    #[inline]
    pub const fn payload_hash_text(mut self, hash: &'a str) -> Self {
        self.hash = Hash::Text(hash);
        self
    }

    /// Adds application data. Empty means none.
    #[inline]
    pub const fn ext(mut self, ext: &'a str) -> Self {
        self.ext = ext;
        self
    }

    /// Names the application that the credentials were issued to.
    #[inline]
    pub const fn app(mut self, app: &'a str) -> Self {
        self.app = Some(app);
        self
    }

    /// Names the application that delegated; requires [`app`](Self::app).
    #[inline]
    pub const fn dlg(mut self, dlg: &'a str) -> Self {
        self.dlg = Some(dlg);
        self
    }

    /// Signs for the client's time `now`, corrected by the
    /// [`ClockOffset`](crate::ClockOffset) of the server where one is known.
    ///
    /// `nonce` must not be used twice in one second: take a [`Nonce`](crate::Nonce).
    ///
    /// # Errors
    /// [`Error::Value`] for what cannot be written into a header, [`Error::DlgWithoutApp`], and
    /// [`Error::Timestamp`] for a time of 20 digits.
    #[inline]
    pub fn sign(self, now: UnixTime, nonce: &'a str) -> Result<SignedHeader<'a>, Error> {
        let (ts, _) = self.check(now, nonce)?;
        let mac = self.canonical(ts.as_bytes(), nonce).tag(self.credentials.key());
        Ok(SignedHeader { parts: self, ts, nonce, mac })
    }

    /// Signs, and adds the header's value to `out`, in ASCII: for a client that verifies no response.
    /// Nothing is kept, so it is faster than [`sign`](Self::sign) with
    /// [`write_to`](SignedHeader::write_to).
    ///
    /// ```
    /// use creance_hawk::sigv::{Algorithm, Key, UnixTime};
    /// use creance_hawk::{Credentials, Request};
    ///
    /// let key = Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")?;
    /// let credentials = Credentials::new("dh37fgj492je", &key)?;
    /// let request = Request::from_url("GET", "http://example.com:8000/resource/1?b=1&a=2")?;
    /// let (now, header) = (UnixTime::from_secs(1_353_832_234), credentials.header(&request));
    ///
    /// let mut value = Vec::new();
    /// header.sign_into(now, "j4h3g2", &mut value)?;
    /// assert!(value.starts_with(b"Hawk id=\"dh37fgj492je\", ts=\"1353832234\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`sign`](Self::sign); then nothing is added.
    #[cfg(feature = "alloc")]
    #[inline]
    pub fn sign_into(
        &self,
        now: UnixTime,
        nonce: &str,
        out: &mut alloc::vec::Vec<u8>,
    ) -> Result<(), Error> {
        let (ts, len) = self.check(now, nonce)?;
        let mac = self.canonical(ts.as_bytes(), nonce).tag(self.credentials.key());
        out.reserve(len);
        // A vector takes everything.
        let _ = self.write(&ts, nonce, &mac, out);
        Ok(())
    }

    /// Signs for the system's time with a fresh nonce, and writes the header's value.
    ///
    /// For a client that verifies the response or corrects its clock there is
    /// [`Client`](crate::Client).
    ///
    /// # Errors
    /// As for [`sign`](Self::sign).
    #[cfg(feature = "std")]
    pub fn to_header_now(self) -> Result<alloc::string::String, Error> {
        let nonce = crate::Nonce::random();
        let header = HeaderBuilder { ..self };
        header.sign(UnixTime::now(), nonce.as_str()).map(|signed| signed.to_header())
    }

    /// Whether all of it can be written: the time, as it is, and how long the header will be.
    #[inline(always)]
    fn check(&self, now: UnixTime, nonce: &str) -> Result<(Decimal, usize), Error> {
        check_value(Field::Nonce, nonce)?;
        self.hash.check()?;
        check_optional(Field::Ext, (!self.ext.is_empty()).then_some(self.ext))?;
        check_optional(Field::App, self.app)?;
        check_optional(Field::Dlg, self.dlg)?;
        if self.dlg.is_some() && self.app.is_none() {
            return Err(Error::DlgWithoutApp);
        }
        let ts = Decimal::of_time(now)?;
        let len = self.len(&ts, nonce);
        if len > MAX_LEN { Err(Error::TooLong) } else { Ok((ts, len)) }
    }

    /// Writes the header: the one place that spells it.
    #[inline]
    fn write<O: Out>(&self, ts: &Decimal, nonce: &str, mac: &Tag, out: &mut O) -> fmt::Result {
        out.put("Hawk id=\"")?;
        out.put(self.credentials.id())?;
        out.put("\", ts=\"")?;
        out.put_decimal(ts)?;
        out.put_attribute("\", nonce=\"", nonce)?;
        out.put_attribute("\", hash=\"", self.hash.as_str())?;
        out.put_attribute("\", ext=\"", self.ext)?;
        out.put("\", mac=\"")?;
        out.put_mac(mac)?;
        out.put_attribute("\", app=\"", self.app.unwrap_or(""))?;
        out.put_attribute("\", dlg=\"", self.dlg.unwrap_or(""))?;
        out.put("\"")
    }

    /// How long the header is.
    #[inline]
    fn len(&self, ts: &Decimal, nonce: &str) -> usize {
        let optional = [
            ("\", hash=\"", self.hash.as_str()),
            ("\", ext=\"", self.ext),
            ("\", app=\"", self.app.unwrap_or("")),
            ("\", dlg=\"", self.dlg.unwrap_or("")),
        ];
        let optional: usize = optional
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(before, value)| before.len() + value.len())
            .sum();
        let required = self.credentials.id().len()
            + ts.as_bytes().len()
            + nonce.len()
            + self.credentials.key().algorithm().output_len().div_ceil(3) * 4;
        "Hawk id=\"\", ts=\"\", nonce=\"\", mac=\"\"".len() + required + optional
    }

    #[inline]
    fn canonical<'s>(&'s self, ts: &'s [u8], nonce: &'s str) -> Canonical<'s> {
        Canonical {
            ts,
            nonce: nonce.as_bytes(),
            hash: self.hash.as_str().as_bytes(),
            ext: self.ext.as_bytes(),
            app: self.app.map(str::as_bytes),
            dlg: self.dlg.map(str::as_bytes),
            ..self.request.canonical(Kind::Header)
        }
    }
}

fn check_optional(field: Field, value: Option<&str>) -> Result<(), Error> {
    value.map_or(Ok(()), |value| check_value(field, value))
}

/// A signed `Authorization` header, and what is needed to verify the response to it.
///
/// Its `Display` is the header's value.
#[derive(Clone)]
pub struct SignedHeader<'a> {
    parts: HeaderBuilder<'a>,
    ts: Decimal,
    nonce: &'a str,
    mac: Tag,
}

impl<'a> SignedHeader<'a> {
    /// Writes the header's value. No more is allocated than `out` does.
    ///
    /// # Errors
    /// Those of `out`.
    #[inline]
    pub fn write_to<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        self.parts.write(&self.ts, self.nonce, &self.mac, &mut Text(out))
    }

    /// The header's value as a string.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_header(&self) -> alloc::string::String {
        let mut header = alloc::string::String::with_capacity(self.len());
        // Writing into a string cannot fail.
        let _ = self.write_to(&mut header);
        header
    }

    /// The header's length in bytes.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a header is never empty")]
    #[inline]
    pub fn len(&self) -> usize {
        self.parts.len(&self.ts, self.nonce)
    }

    /// The canonical message that the MAC is over: for comparing by hand, see
    /// [`explain`](mod@crate::explain). Never send it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_canonical<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        self.parts.canonical(self.ts.as_bytes(), self.nonce).write_to(out)
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

    /// The request that was signed.
    #[must_use]
    pub const fn request(&self) -> &Request<'a> {
        &self.parts.request
    }

    /// Verifies the response's `Server-Authorization`: it answers this very request.
    ///
    /// Pass `None` where the header is missing; that is an error too.
    ///
    /// # Errors
    /// [`Error::NoServerAuthorization`], [`Error::BadMac`], or what is wrong with the header.
    pub fn verify_response<'r>(
        &'r self,
        header: Option<&'r str>,
    ) -> Result<AuthenticResponse<'r>, Error> {
        AuthenticResponse::verify(&self.exchange(), header)
    }

    fn exchange(&self) -> Exchange<'_> {
        Exchange {
            request: self.parts.request,
            ts: self.ts.as_bytes(),
            nonce: self.nonce.as_bytes(),
            app: self.parts.app.map(str::as_bytes),
            dlg: self.parts.dlg.map(str::as_bytes),
            key: self.key(),
        }
    }

    pub(crate) const fn key(&self) -> &'a Key {
        self.parts.credentials.key()
    }
}

impl fmt::Display for SignedHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl fmt::Debug for SignedHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedHeader").field("request", &self.parts.request).finish_non_exhaustive()
    }
}

/// What takes the pieces of a header. Bytes need not be shown to be text.
trait Out {
    fn put(&mut self, text: &str) -> fmt::Result;
    fn put_decimal(&mut self, decimal: &Decimal) -> fmt::Result;
    fn put_mac(&mut self, mac: &Tag) -> fmt::Result;

    /// Nothing where there is no value.
    #[inline]
    fn put_attribute(&mut self, before: &str, value: &str) -> fmt::Result {
        if value.is_empty() {
            return Ok(());
        }
        self.put(before)?;
        self.put(value)
    }
}

impl<W: fmt::Write + ?Sized> Out for Text<'_, W> {
    #[inline]
    fn put(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }

    #[inline]
    fn put_decimal(&mut self, decimal: &Decimal) -> fmt::Result {
        self.put(decimal.as_str())
    }

    #[inline]
    fn put_mac(&mut self, mac: &Tag) -> fmt::Result {
        mac.write(Encoding::Base64, self.0)
    }
}

#[cfg(feature = "alloc")]
impl Out for alloc::vec::Vec<u8> {
    #[inline]
    fn put(&mut self, text: &str) -> fmt::Result {
        self.extend_from_slice(text.as_bytes());
        Ok(())
    }

    #[inline]
    fn put_decimal(&mut self, decimal: &Decimal) -> fmt::Result {
        self.extend_from_slice(decimal.as_bytes());
        Ok(())
    }

    #[inline]
    fn put_mac(&mut self, mac: &Tag) -> fmt::Result {
        self.extend_from_slice(mac.text(Encoding::Base64).expose());
        Ok(())
    }
}
