use core::fmt;

use super::{Piece, Template};
use crate::scheme::{Headers, Part, Tags, Url, text};
use crate::{Algorithm, Error, Hasher, Tag, UnixTime};

/// What a template signs of one message, and the tags that came with it: read from headers by
/// [`Template::parse`], or put together by the caller where a scheme carries its signature elsewhere.
///
/// What a template does not sign is not looked at: a time that no piece covers makes nothing fresh.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::webhook::{MAILGUN, Parts};
///
/// // Mailgun sends the three in the body.
/// let key = MAILGUN.key("key-3ax6xnjp29jd6fds4gc373sgvjxteol0")?;
/// let tag = "b63c0701c4f4b614f272106a1b367c5c3369bcdca664ae73ebd52787e45eef07";
/// let token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0";
/// let parts = Parts::new(&MAILGUN, tag)?.with_time("1529006854")?.with_id(token)?;
/// let now = UnixTime::from_secs(1_529_006_860);
/// let authentic = MAILGUN.verify_parts(parts, &key, now)?;
/// assert_eq!(authentic.time(), Some(UnixTime::from_secs(1_529_006_854)));
/// # Ok::<(), creance_sigv::scheme::Rejection>(())
/// ```
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    pub(super) tags: Tags<'a>,
    /// The algorithm that the message names, where the scheme has it do so.
    pub(super) algorithm: Option<Algorithm>,
    pub(super) time: Option<(&'a str, UnixTime)>,
    pub(super) id: Option<&'a str>,
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a dyn Headers,
    pub(super) body: &'a [u8],
}

pub(super) const NO_HEADERS: [(&str, &[u8]); 0] = [];

impl<'a> Parts<'a> {
    /// The value that carries the signature, to be read as the template's header would be.
    ///
    /// # Errors
    /// As for [`Template::parse`].
    pub fn new(template: &Template<'_>, signature: &'a str) -> Result<Self, Error> {
        let mut parts = Self::empty(template, &NO_HEADERS);
        parts.read_signature(template, signature)?;
        Ok(parts)
    }

    pub(super) fn empty(template: &Template<'_>, headers: &'a dyn Headers) -> Self {
        Self {
            tags: Tags::new(template.encoding),
            algorithm: None,
            time: None,
            id: None,
            method: "",
            url: "",
            headers,
            body: b"",
        }
    }

    /// The time, in seconds.
    ///
    /// # Errors
    /// [`Error::Timestamp`].
    pub fn with_time(mut self, time: &'a str) -> Result<Self, Error> {
        self.set_time(time)?;
        Ok(self)
    }

    /// The id or nonce.
    ///
    /// # Errors
    /// [`Error::Malformed`] for an empty one, [`Error::TooLong`] for one of more than 256 bytes.
    pub fn with_id(mut self, id: &'a str) -> Result<Self, Error> {
        self.set_id(id)?;
        Ok(self)
    }

    pub(super) fn set_time(&mut self, time: &'a str) -> Result<(), Error> {
        self.time = Some((time, UnixTime::parse(time)?));
        Ok(())
    }

    pub(super) fn set_id(&mut self, id: &'a str) -> Result<(), Error> {
        if id.is_empty() {
            return Err(Error::Malformed(Part::Id));
        }
        if id.len() > MAX_ID_BYTES {
            return Err(Error::TooLong { part: Part::Id, maximum: MAX_ID_BYTES });
        }
        self.id = Some(id);
        Ok(())
    }

    /// Headers that the scheme signs.
    #[must_use]
    pub const fn with_headers(mut self, headers: &'a dyn Headers) -> Self {
        self.headers = headers;
        self
    }

    /// The method.
    #[must_use]
    pub const fn with_method(mut self, method: &'a str) -> Self {
        self.method = method;
        self
    }

    /// The URL.
    #[must_use]
    pub const fn with_url(mut self, url: &'a str) -> Self {
        self.url = url;
        self
    }

    /// The body.
    #[must_use]
    pub const fn with_body(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self
    }

    /// Writes one piece, other than those that are made of the body, which may come later and in
    /// several.
    pub(super) fn piece(&self, piece: &Piece<'a>) -> Result<&'a str, Error> {
        match piece {
            Piece::Text(text) => Ok(text),
            Piece::Time(_) => self.time.map(|time| time.0).ok_or(Error::Missing(Part::Timestamp)),
            Piece::Id(_) => self.id.ok_or(Error::Missing(Part::Id)),
            Piece::Header(name) => text(self.headers, name, Part::Header),
            Piece::Method => visible(self.method, Part::Method),
            Piece::Url => visible(self.url, Part::Url),
            Piece::Host => Ok(self.parsed_url()?.authority()),
            Piece::Target => Ok(self.parsed_url()?.target()),
            Piece::Path => Ok(self.parsed_url()?.path()),
            Piece::Query => Ok(self.parsed_url()?.query().unwrap_or_default()),
            Piece::Body | Piece::BodyDigest(..) => Ok(""),
        }
    }

    fn parsed_url(&self) -> Result<Url<'a>, Error> {
        called(self.url)
    }

    /// What tells this message from others of its second besides the body: each piece with its length,
    /// so that two of them cannot be shifted against each other. Most schemes sign nothing of the kind.
    pub(super) fn identity(&self, message: &[Piece<'a>]) -> Option<Tag> {
        let mut hasher = None;
        for piece in message {
            // The same in each message, or known to a store by itself, or still to come.
            let is_other = matches!(
                piece,
                Piece::Text(_) | Piece::Time(_) | Piece::Body | Piece::BodyDigest(..)
            );
            if !is_other {
                let text = self.piece(piece).unwrap_or_default();
                let hasher = hasher.get_or_insert_with(|| Hasher::new(Algorithm::Sha256));
                hasher.update(&(text.len() as u64).to_be_bytes());
                hasher.update(text.as_bytes());
            }
        }
        hasher.map(Hasher::finish)
    }
}

/// The URL that was called. Its path and query are the peer's; that it has an origin is up to us.
///
/// # Errors
/// Those of [`Url::parse`]; [`Error::Value`] for an empty or relative one.
pub(super) fn called(url: &str) -> Result<Url<'_>, Error> {
    let is_absolute = url.split(['/', '?']).next().is_some_and(|scheme| scheme.ends_with(':'));
    if is_absolute { Url::parse(url) } else { Err(Error::Value(Part::Url)) }
}

/// Text without characters that end a line or cannot be seen, which would be the peer's fault; that it
/// is there is up to us.
fn visible(text: &str, part: Part) -> Result<&str, Error> {
    match text {
        "" => Err(Error::Value(part)),
        _ if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(text),
        _ => Err(Error::Malformed(part)),
    }
}

/// The longest id read.
const MAX_ID_BYTES: usize = 256;

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("time", &self.time.map(|time| time.1))
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
