use core::fmt;

use arrayvec::ArrayString;
use creance_sigv::{Encoding, Key, Tag, UnixTime};

use crate::authorization::check_mac;
use crate::bewit_resource::names_bewit;
use crate::canonical::{Canonical, Decimal, Kind};
use crate::grammar::{MAX_LEN, position};
use crate::names::Method;
use crate::{Credentials, Error, Field, Rejection, Request};

/// Room for a decoded bewit, lent to [`Bewit::parse`]. It may be used again and again.
#[derive(Clone)]
pub struct BewitBuffer {
    bytes: [u8; Self::LEN],
}

impl BewitBuffer {
    /// What 4096 characters decode to.
    const LEN: usize = MAX_LEN / 4 * 3;

    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; Self::LEN] }
    }
}

impl Default for BewitBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for BewitBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BewitBuffer").finish_non_exhaustive()
    }
}

/// A bewit: the right to GET one URL until a given time, carried in the URL itself.
///
/// As read from a URL nothing of it is proven yet. It can be used any number of times: keep its
/// life short.
///
/// ```
/// use creance_hawk::sigv::{Algorithm, Key, UnixTime};
/// use creance_hawk::{Bewit, BewitBuffer, Credentials, Request};
///
/// let key = Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")?;
/// let credentials = Credentials::new("dh37fgj492je", &key)?;
/// let url = "https://example.com/report?year=2026";
/// let request = Request::from_url("GET", url)?;
///
/// let exp = UnixTime::from_secs(1_353_832_834);
/// let bewit = Bewit::sign(&credentials, &request, exp, "")?;
/// let mut link = String::new();
/// bewit.write_url(url, &mut link)?;
/// assert!(link.starts_with("https://example.com/report?year=2026&bewit="));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Bewit<'b> {
    id: &'b str,
    exp: UnixTime,
    exp_text: &'b str,
    mac: &'b str,
    ext: &'b str,
}

impl<'b> Bewit<'b> {
    /// Reads a bewit: `id\exp\mac\ext` in unpadded Base64url. The text inside is UTF-8.
    ///
    /// # Errors
    /// [`Error::BewitEncoding`], [`Error::BewitStructure`], [`Error::Timestamp`] and
    /// [`Error::UrlTooLong`].
    pub fn parse(text: &str, buffer: &'b mut BewitBuffer) -> Result<Self, Error> {
        let len = Encoding::Base64Url.decoded_len(text).ok_or(Error::BewitEncoding)?;
        let bytes = buffer.bytes.get_mut(..len).ok_or(Error::UrlTooLong { bytes: text.len() })?;
        Encoding::Base64Url.decode(text, bytes).map_err(|_| Error::BewitEncoding)?;
        let decoded = core::str::from_utf8(bytes).map_err(|_| Error::BewitEncoding)?;

        let [id, exp_text, mac, ext] = split_parts(decoded).ok_or(Error::BewitStructure)?;
        if id.is_empty() || exp_text.is_empty() || mac.is_empty() {
            return Err(Error::BewitStructure);
        }
        let exp = UnixTime::parse(exp_text).map_err(|_| Error::Timestamp)?;
        Ok(Self { id, exp, exp_text, mac, ext })
    }

    /// Signs a bewit for the URL of `request` (its method does not count) until `exp`,
    /// exclusive, with application data or an empty `ext`.
    ///
    /// # Errors
    /// [`Error::Value`] where `ext` holds a backslash, [`Error::Timestamp`] for a time of 20 digits,
    /// [`Error::SeveralBewits`] where the URL has one already, [`Error::TooLong`].
    pub fn sign<'a>(
        credentials: &Credentials<'a>,
        request: &Request<'a>,
        exp: UnixTime,
        ext: &'a str,
    ) -> Result<SignedBewit<'a>, Error> {
        // With a second one the link would open nowhere.
        let resource = request.parts();
        if names_bewit(resource.head()) || names_bewit(resource.tail()) {
            return Err(Error::SeveralBewits);
        }
        if ext.contains('\\') {
            return Err(Error::Value { field: Field::Ext });
        }
        let exp = Decimal::of_time(exp)?;
        let mac = canonical(request, exp.as_str(), ext).tag(credentials.key());
        let bewit = SignedBewit { id: credentials.id(), request: *request, exp, mac, ext };
        let target = resource.head().len() + resource.tail().len();
        if target + "?bewit=".len() + bewit.len() > MAX_LEN {
            return Err(Error::TooLong);
        }
        Ok(bewit)
    }

    /// Signs a bewit for `url` and adds it: the link to hand out.
    ///
    /// ```
    /// use creance_hawk::sigv::{Algorithm, Key, UnixTime};
    /// use creance_hawk::{Bewit, Credentials};
    ///
    /// let key = Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")?;
    /// let credentials = Credentials::new("dh37fgj492je", &key)?;
    /// let exp = UnixTime::from_secs(1_353_832_834);
    /// let link = Bewit::link(&credentials, "https://example.com/report", exp, "")?;
    /// assert!(link.starts_with("https://example.com/report?bewit="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Request::from_url`] and [`sign`](Self::sign).
    #[cfg(feature = "alloc")]
    pub fn link(
        credentials: &Credentials<'_>,
        url: &str,
        exp: UnixTime,
        ext: &str,
    ) -> Result<alloc::string::String, Error> {
        let request = Request::from_url("GET", url)?;
        let mut link = alloc::string::String::new();
        Bewit::sign(credentials, &request, exp, ext)?.write_url(url, &mut link)?;
        Ok(link)
    }

    /// The credentials' id, by which the key is looked up.
    #[must_use]
    pub const fn id(&self) -> &'b str {
        self.id
    }

    /// The first second in which it is no longer valid.
    #[must_use]
    pub const fn exp(&self) -> UnixTime {
        self.exp
    }

    /// Application data; empty where there is none.
    #[must_use]
    pub const fn ext(&self) -> &'b str {
        self.ext
    }

    /// Verifies the MAC over `request`, whose resource is without the bewit, then the expiry.
    ///
    /// `key` is what was found for [`id`](Self::id): pass `None` for an unknown id.
    ///
    /// # Errors
    /// [`Error::UnknownCredentials`], [`Error::BadMac`] and [`Error::BewitExpired`].
    pub fn authenticate(
        self,
        request: &Request<'_>,
        key: Option<&Key>,
        now: UnixTime,
    ) -> Result<AuthenticBewit<'b>, Rejection> {
        check_mac(key, self.mac, |mac| {
            canonical(request, self.exp_text, self.ext).write_pieces(mac)
        })?;
        if self.exp <= now {
            let (exp, now) = (self.exp.as_secs(), now.as_secs());
            return Err(Error::BewitExpired { exp, now }.into());
        }
        Ok(AuthenticBewit { bewit: self })
    }
}

/// The four parts between backslashes; no more and no fewer.
fn split_parts(text: &str) -> Option<[&str; 4]> {
    let split = |text| {
        let at = position(str::as_bytes(text), b'\\')?;
        Some((&text[..at], &text[at + 1..]))
    };
    let (id, rest) = split(text)?;
    let (exp, rest) = split(rest)?;
    let (mac, ext) = split(rest)?;
    split(ext).is_none().then_some([id, exp, mac, ext])
}

/// A bewit's method is GET, for HEAD too, and its time is the expiry.
fn canonical<'a>(request: &Request<'a>, exp: &'a str, ext: &'a str) -> Canonical<'a> {
    Canonical {
        ts: exp.as_bytes(),
        method: Method::GET,
        ext: ext.as_bytes(),
        ..request.canonical(Kind::Bewit)
    }
}

/// No MAC: with it, the URL could be used by whoever reads the log.
impl fmt::Debug for Bewit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bewit")
            .field("id", &self.id)
            .field("exp", &self.exp)
            .field("ext", &self.ext)
            .finish_non_exhaustive()
    }
}

/// A bewit whose MAC is right and whose time has not come: the URL may be served.
#[derive(Clone, Copy, Debug)]
#[must_use = "this is the proof that the URL may be served"]
pub struct AuthenticBewit<'b> {
    bewit: Bewit<'b>,
}

impl<'b> AuthenticBewit<'b> {
    /// The id of the credentials that made it.
    #[must_use]
    pub const fn id(&self) -> &'b str {
        self.bewit.id
    }

    /// The first second in which it is no longer valid.
    #[must_use]
    pub const fn exp(&self) -> UnixTime {
        self.bewit.exp
    }

    /// Application data; empty where there is none.
    #[must_use]
    pub const fn ext(&self) -> &'b str {
        self.bewit.ext
    }
}

/// A signed bewit. Its `Display` is the value of the query parameter.
#[derive(Clone)]
pub struct SignedBewit<'a> {
    id: &'a str,
    request: Request<'a>,
    exp: Decimal,
    mac: Tag,
    ext: &'a str,
}

impl SignedBewit<'_> {
    /// Writes the value of the query parameter.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_to<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        let mut text = ArrayString::<{ BewitBuffer::LEN }>::new();
        self.write_plain(&mut text)?;
        Encoding::Base64Url.encode(text.as_bytes(), out)
    }

    /// Writes `url` with the bewit added to its query, before a fragment. `url` has to be the one
    /// that was signed.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_url<W: fmt::Write + ?Sized>(&self, url: &str, out: &mut W) -> fmt::Result {
        let (url, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
        out.write_str(url)?;
        out.write_str(if url.contains('?') { "&bewit=" } else { "?bewit=" })?;
        self.write_to(out)?;
        out.write_str(fragment)
    }

    /// The MAC.
    #[must_use]
    pub const fn mac(&self) -> &Tag {
        &self.mac
    }

    /// The canonical message that the MAC is over: for comparing by hand. Never send it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_canonical<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        canonical(&self.request, self.exp.as_str(), self.ext).write_to(out)
    }

    /// The length of the query parameter's value.
    fn len(&self) -> usize {
        let mac = self.mac.algorithm().output_len().div_ceil(3) * 4;
        let plain = self.id.len() + self.exp.as_str().len() + mac + self.ext.len() + 3;
        (4 * plain).div_ceil(3)
    }

    fn write_plain<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        for part in [self.id, "\\", self.exp.as_str(), "\\"] {
            out.write_str(part)?;
        }
        self.mac.write(Encoding::Base64, out)?;
        out.write_str("\\")?;
        out.write_str(self.ext)
    }
}

impl fmt::Display for SignedBewit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl fmt::Debug for SignedBewit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedBewit").field("id", &self.id).finish_non_exhaustive()
    }
}
