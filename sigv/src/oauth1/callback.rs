use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::parameters::{Origin, Parameters};
use super::percent::write_encoded;
use super::{Credentials, VerificationCode};
use crate::scheme::{Part, Url};
use crate::{Error, ct};

/// Where a user goes after having decided (RFC 5849, 2.1).
///
/// ```
/// use creance_sigv::oauth1::Callback;
///
/// assert_eq!(Callback::parse("oob")?, Callback::OutOfBand);
/// assert!(Callback::parse("https://printer.example.com/ready").is_ok());
/// assert!(Callback::parse("javascript://printer.example.com/").is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// Nowhere: the user is shown a code, and types it into the client.
    OutOfBand,
    /// To this URL.
    Url(Box<str>),
    /// To the app of this address, whose scheme the server knows: see [`parse_app`](Self::parse_app).
    App(Box<str>),
}

impl Callback {
    /// Reads `oob`, or an absolute `http` or `https` URL. Whether the URL is one that this client may
    /// send users to is for the server to say, from what the client has registered.
    ///
    /// # Errors
    /// [`Error::Malformed`] with [`Part::Callback`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        match Url::parse(text) {
            _ if text == "oob" => Ok(Self::OutOfBand),
            Ok(_) => Ok(Self::Url(text.into())),
            Err(_) => Err(Error::Malformed(Part::Callback)),
        }
    }

    /// The same, and besides an address of one of these schemes, as `myapp://ready` or
    /// `com.example.app:/ready` (RFC 8252, 7.1): those that clients have registered for their apps. Any
    /// app on the user's device may claim such a scheme, so it is worth less than an `https` URL.
    ///
    /// Schemes by which a browser would run or read what is in the address are none that can be
    /// allowed: `javascript`, `vbscript`, `data`, `file` and their like.
    ///
    /// ```
    /// use creance_sigv::oauth1::Callback;
    ///
    /// assert!(Callback::parse_app("myapp://ready?job=1", &["myapp"]).is_ok());
    /// assert!(Callback::parse_app("otherapp://ready", &["myapp"]).is_err());
    /// assert!(Callback::parse_app("javascript:alert(1)", &["javascript"]).is_err());
    /// ```
    ///
    /// # Errors
    /// As for [`parse`](Self::parse).
    pub fn parse_app(text: &str, schemes: &[&str]) -> Result<Self, Error> {
        let is_known = |scheme: &str| schemes.iter().any(|it| it.eq_ignore_ascii_case(scheme));
        match app_scheme(text) {
            Some(scheme) if is_known(scheme) => Ok(Self::App(text.into())),
            _ => Self::parse(text),
        }
    }

    /// As it goes over the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::OutOfBand => "oob",
            Self::Url(url) | Self::App(url) => url,
        }
    }

    /// Where the user goes with more in the query; none for `oob`.
    ///
    /// # Errors
    /// [`Error::Value`] for what could not have been read as a callback.
    pub(super) fn with_query(&self, pairs: &[(&str, &str)]) -> Result<Option<String>, Error> {
        match self {
            Self::OutOfBand => Ok(None),
            Self::Url(url) => with_query(url, pairs).map(Some),
            Self::App(url) => {
                app_scheme(url).ok_or(Error::Value(Part::Url))?;
                Ok(Some(joined(url, url.contains('?'), pairs)))
            }
        }
    }
}

/// Schemes that are no app's, whoever asks for them: what they name is run or read by the browser.
const NO_APPS: [&str; 12] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "http",
    "https",
    "javascript",
    "mailto",
    "vbscript",
    "view-source",
];

/// The scheme of an address that may be an app's (RFC 3986, 3.1).
fn app_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let is_address = !rest.is_empty()
        && text.len() <= Url::MAX_BYTES
        && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    let is_app = !NO_APPS.iter().any(|it| it.eq_ignore_ascii_case(scheme));
    (is_scheme && is_address && is_app).then_some(scheme)
}

/// The URL that a client sends its user to, so that the user may agree (RFC 5849, 2.2): the server's
/// page with `oauth_token` in its query.
///
/// ```
/// use creance_sigv::oauth1::{Credentials, authorization_url};
///
/// let temporary = Credentials::new("hh5s93j4hdidpola", "hdhd0244k9j7ao03")?;
/// let url = authorization_url("https://photos.example.net/authorize", &temporary)?;
/// assert_eq!(url, "https://photos.example.net/authorize?oauth_token=hh5s93j4hdidpola");
/// # Ok::<(), creance_sigv::Error>(())
/// ```
///
/// # Errors
/// [`Error::Value`] for a page that is no URL.
pub fn authorization_url(page: &str, temporary: &Credentials) -> Result<String, Error> {
    with_query(page, &[("oauth_token", temporary.identifier())])
}

/// The URL with more in its query.
pub(super) fn with_query(url: &str, pairs: &[(&str, &str)]) -> Result<String, Error> {
    let parsed = Url::parse(url).map_err(|_| Error::Value(Part::Url))?;
    Ok(joined(url, parsed.query().is_some(), pairs))
}

fn joined(url: &str, has_query: bool, pairs: &[(&str, &str)]) -> String {
    let mut text = String::from(url);
    let mut separator = if has_query { '&' } else { '?' };
    for (name, value) in pairs {
        text.push(separator);
        write_pair(&mut text, name, value);
        separator = '&';
    }
    text
}

pub(super) fn write_pair(text: &mut String, name: &str, value: &str) {
    // A `String` takes everything.
    let _ = write_encoded(text, name, "%");
    text.push('=');
    let _ = write_encoded(text, value, "%");
}

/// What a user comes back to the client with (RFC 5849, 2.2).
///
/// ```
/// use creance_sigv::oauth1::{Credentials, Returned};
///
/// let temporary = Credentials::new("hh5s93j4hdidpola", "hdhd0244k9j7ao03")?;
/// let query = "oauth_token=hh5s93j4hdidpola&oauth_verifier=hfdp7dh39dks9884";
/// let verifier = Returned::parse(query)?.verifier(&temporary)?;
/// assert_eq!(verifier.expose(), "hfdp7dh39dks9884");
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct Returned<'a> {
    parameters: Parameters<'a>,
}

impl<'a> Returned<'a> {
    /// Reads the query of the URL that the user came to, without its question mark.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooLong`], [`Error::TooMany`], [`Error::Duplicate`].
    pub fn parse(query: &'a str) -> Result<Self, Error> {
        if query.len() > Url::MAX_BYTES {
            return Err(Error::TooLong { part: Part::Url, maximum: Url::MAX_BYTES });
        }
        let mut parameters = Parameters::new();
        parameters.read_form(query, Origin::Query)?;
        parameters.sort();
        parameters.check_protocol()?;
        Ok(Self { parameters })
    }

    /// The code, if the user came back from the page that was opened with `temporary`: those of this
    /// user's session. Otherwise somebody could have the user go on with a token of somebody else's.
    ///
    /// # Errors
    /// [`Error::Missing`], and [`Error::Mismatch`] for another token.
    pub fn verifier(&self, temporary: &Credentials) -> Result<VerificationCode, Error> {
        let token = self.parameters.get("oauth_token").ok_or(Error::Missing(Part::Token))?;
        ct::verify(temporary.identifier().as_bytes(), token.as_bytes())?;
        let verifier = self.parameters.get("oauth_verifier");
        VerificationCode::new(verifier.ok_or(Error::Missing(Part::Verifier))?)
    }
}

impl fmt::Debug for Returned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned").finish_non_exhaustive()
    }
}
