use alloc::string::String;
use core::{fmt, str};

use super::Credentials;
use super::callback::write_pair;
use super::parameters::{Origin, Parameters};
use crate::Error;
use crate::scheme::Part;

/// A server's answer with credentials, on the client's side (RFC 5849, 2.1 and 2.3). It is not signed.
///
/// ```
/// use creance_sigv::oauth1::TokenResponse;
///
/// let body = b"oauth_token=j49ddk933skd9dks&oauth_token_secret=ll399dj47dskfjdk&user_id=7";
/// let response = TokenResponse::parse(body)?;
/// assert_eq!(response.parameter("user_id"), Some("7"));
/// assert_eq!(response.to_credentials()?.identifier(), "j49ddk933skd9dks");
/// // Of temporary credentials the server has to say that it knows the callback.
/// assert!(response.to_temporary().is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct TokenResponse<'a> {
    parameters: Parameters<'a>,
}

impl<'a> TokenResponse<'a> {
    /// The longest body that is read, in bytes.
    pub const MAX_BYTES: usize = 8192;

    /// Reads the body of an answer whose status is 200.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::TooMany`], [`Error::Malformed`] and [`Error::Duplicate`].
    pub fn parse(body: &'a [u8]) -> Result<Self, Error> {
        if body.len() > Self::MAX_BYTES {
            return Err(Error::TooLong { part: Part::Body, maximum: Self::MAX_BYTES });
        }
        let text = str::from_utf8(body).map_err(|_| Error::Malformed(Part::Parameter))?;
        let mut parameters = Parameters::new();
        parameters.read_form(text, Origin::Form)?;
        parameters.sort();
        parameters.check_protocol()?;
        Ok(Self { parameters })
    }

    /// Temporary credentials. The server has to have confirmed the callback: one that does not know it
    /// speaks OAuth 1.0 without the *a*, in which somebody else's word could be taken for the user's.
    ///
    /// # Errors
    /// [`Error::NotCovered`] with [`Part::Callback`] where it is not confirmed; otherwise as for
    /// [`to_credentials`](Self::to_credentials).
    pub fn to_temporary(&self) -> Result<Credentials, Error> {
        match self.parameter("oauth_callback_confirmed") {
            Some("true") => self.to_credentials(),
            _ => Err(Error::NotCovered(Part::Callback)),
        }
    }

    /// Token credentials.
    ///
    /// # Errors
    /// [`Error::Missing`] with [`Part::Token`] or [`Part::Secret`]; those of [`Credentials::new`].
    pub fn to_credentials(&self) -> Result<Credentials, Error> {
        let token = self.parameter("oauth_token").ok_or(Error::Missing(Part::Token))?;
        let secret = self.parameter("oauth_token_secret").ok_or(Error::Missing(Part::Secret))?;
        Credentials::new(token, secret)
    }

    /// Another value that the server has sent along.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }
}

impl fmt::Debug for TokenResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse").finish_non_exhaustive()
    }
}

/// What a response hands out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Temporary,
    Token,
}

impl Credentials {
    /// The form in which a server answers a client with these token credentials (RFC 5849, 2.3). It
    /// tells the secret: over TLS, and not to be kept by caches.
    #[must_use]
    pub fn to_response(&self) -> String {
        write(self, Kind::Token)
    }
}

pub(super) fn write(credentials: &Credentials, kind: Kind) -> String {
    let mut form = String::new();
    write_pair(&mut form, "oauth_token", credentials.identifier());
    form.push('&');
    write_pair(&mut form, "oauth_token_secret", credentials.expose_secret());
    if kind == Kind::Temporary {
        form.push('&');
        write_pair(&mut form, "oauth_callback_confirmed", "true");
    }
    form
}
