use creance_sigv::Key;

use crate::grammar::check_value;
use crate::message::MessageBuilder;
use crate::{Error, Field, HeaderBuilder, Request};

/// What a client signs with: an id that both sides know, and the key.
///
/// ```
/// use creance_hawk::{Credentials, Request};
/// use creance_hawk::sigv::{Algorithm, Key, UnixTime};
///
/// let key = Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")?;
/// let credentials = Credentials::new("dh37fgj492je", &key)?;
/// let request = Request::from_url("GET", "http://example.com:8000/resource/1?b=1&a=2")?;
///
/// let signed = credentials
///     .header(&request)
///     .ext("some-app-ext-data")
///     .sign(UnixTime::from_secs(1_353_832_234), "j4h3g2")?;
/// assert_eq!(
///     signed.to_string(),
///     r#"Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", ext="some-app-ext-data", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=""#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'a> {
    id: &'a str,
    key: &'a Key,
}

impl<'a> Credentials<'a> {
    /// Credentials. The id is printable ASCII without quotation mark and backslash.
    ///
    /// # Errors
    /// [`Error::Value`] where it cannot be written into a header.
    #[inline]
    pub fn new(id: &'a str, key: &'a Key) -> Result<Self, Error> {
        check_value(Field::Id, id)?;
        Ok(Self { id, key })
    }

    /// Credentials whose id was checked before.
    #[cfg(feature = "std")]
    pub(crate) const fn checked(id: &'a str, key: &'a Key) -> Self {
        Self { id, key }
    }

    /// The id.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &'a Key {
        self.key
    }

    /// Begins an `Authorization` header for `request`.
    #[inline]
    pub const fn header(&self, request: &Request<'a>) -> HeaderBuilder<'a> {
        HeaderBuilder::new(*self, *request)
    }

    /// Begins the authorization of a message that does not travel by HTTP, sent to `host` and
    /// `port`.
    ///
    /// # Errors
    /// [`Error::Host`].
    pub fn message(&self, host: &'a str, port: u16) -> Result<MessageBuilder<'a>, Error> {
        MessageBuilder::new(*self, host, port)
    }
}
