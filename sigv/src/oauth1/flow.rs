use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use rand::CryptoRng;

use super::random::Random;
use super::response::{self, Kind};
use super::{Callback, Credentials, Request, RequestKey};
use crate::scheme::{Part, Rejection, Verified};
use crate::{Algorithm, Error, KeyBytes, UnixTime, ct};

/// Temporary credentials on the server's side (RFC 5849, 2.1): whose they are, and where the user goes
/// next. They become [`Authorized`] by the user's word, and end there or by time.
///
/// ```
/// use creance_sigv::oauth1::{Callback, Credentials, Request, Temporary};
/// use creance_sigv::scheme::{Rejection, Verified};
/// use creance_sigv::{UnixTime, rand};
///
/// /// The server's answer to a request for temporary credentials that has been accepted.
/// fn initiate(request: &Verified<'_, Request<'_>>) -> Result<(Temporary, String), Rejection> {
///     let expires = UnixTime::now().saturating_add(600);
///     let temporary = Temporary::issue(request, expires, &mut rand::rng())?;
///     let form = temporary.to_response();
///     Ok((temporary, form))
/// }
/// ```
#[derive(Clone)]
pub struct Temporary {
    credentials: Credentials,
    consumer_key: Box<str>,
    callback: Callback,
    expires: UnixTime,
}

impl Temporary {
    /// Fresh ones for the client that made the request, which has to have `oauth_callback` and no token.
    /// Whether the callback is one that the client has registered is for the server to compare before.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Malformed`].
    pub fn issue<R: CryptoRng + ?Sized>(
        request: &Verified<'_, Request<'_>>,
        expires: UnixTime,
        rng: &mut R,
    ) -> Result<Self, Rejection> {
        let callback = request.shown().callback()?;
        Self::issue_for(request, callback, expires, rng)
    }

    /// The same where the server has read the request's callback itself, as by
    /// [`Callback::parse_app`].
    ///
    /// # Errors
    /// [`Error::Malformed`] for a request with a token.
    pub fn issue_for<R: CryptoRng + ?Sized>(
        request: &Verified<'_, Request<'_>>,
        callback: Callback,
        expires: UnixTime,
        rng: &mut R,
    ) -> Result<Self, Rejection> {
        let request = request.shown();
        if request.token().is_some() {
            return Err(Error::Malformed(Part::Token).into());
        }
        let credentials = Credentials::generate(rng);
        Ok(Self::new(credentials, request.consumer_key(), callback, expires))
    }

    /// Those that were issued before, from where they were stored.
    #[must_use]
    pub fn new(
        credentials: Credentials,
        consumer_key: &str,
        callback: Callback,
        expires: UnixTime,
    ) -> Self {
        Self { credentials, consumer_key: consumer_key.into(), callback, expires }
    }

    /// Identifier and secret.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The client that they were issued to: whom the user is asked about.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        &self.consumer_key
    }

    /// Where the user goes next.
    #[must_use]
    pub const fn callback(&self) -> &Callback {
        &self.callback
    }

    /// The last second at which they are taken.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }

    /// The form to answer the client with. It tells the secret: over TLS, and not to be kept by caches.
    #[must_use]
    pub fn to_response(&self) -> String {
        response::write(&self.credentials, Kind::Temporary)
    }

    /// The user has agreed. What comes of it holds a fresh code: eight digits where the user has to type
    /// it, otherwise 128 bits.
    ///
    /// # Errors
    /// [`Error::Expired`].
    pub fn authorize<R: CryptoRng + ?Sized>(
        self,
        now: UnixTime,
        rng: &mut R,
    ) -> Result<Authorized, Rejection> {
        self.check_time(now)?;
        let verifier = match self.callback {
            Callback::OutOfBand => VerificationCode::generate_digits(rng),
            Callback::Url(_) | Callback::App(_) => VerificationCode::generate(rng),
        };
        Ok(Authorized::new(self, verifier))
    }

    fn check_time(&self, now: UnixTime) -> Result<(), Error> {
        if now > self.expires {
            return Err(Error::Expired { ago: now.seconds_since(self.expires) });
        }
        Ok(())
    }
}

/// Identifiers only.
impl fmt::Debug for Temporary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Temporary")
            .field("credentials", &self.credentials)
            .field("consumer_key", &self.consumer_key)
            .field("callback", &self.callback)
            .field("expires", &self.expires)
            .finish()
    }
}

/// Temporary credentials that a user has agreed to (RFC 5849, 2.2). The client exchanges them for a
/// token's, once.
#[derive(Clone)]
pub struct Authorized {
    temporary: Temporary,
    verifier: VerificationCode,
}

impl Authorized {
    /// Those that a user agreed to before, from where they were stored.
    #[must_use]
    pub const fn new(temporary: Temporary, verifier: VerificationCode) -> Self {
        Self { temporary, verifier }
    }

    /// What the user has agreed to.
    #[must_use]
    pub const fn temporary(&self) -> &Temporary {
        &self.temporary
    }

    /// The code, which the user takes to the client.
    #[must_use]
    pub const fn verifier(&self) -> &VerificationCode {
        &self.verifier
    }

    /// The URL to send the user to; none where the code is to be shown.
    ///
    /// # Errors
    /// [`Error::Value`] for a callback that is no URL.
    pub fn redirect(&self) -> Result<Option<String>, Error> {
        let token = self.temporary.credentials.identifier();
        let pairs = [("oauth_token", token), ("oauth_verifier", self.verifier.expose())];
        self.temporary.callback.with_query(&pairs)
    }

    /// The key that a request for token credentials is verified with. Keep it apart from the keys of
    /// other requests: it is no token's.
    ///
    /// # Errors
    /// Those of [`RequestKey::new`].
    pub fn key(&self, algorithm: Algorithm, client: &Credentials) -> Result<RequestKey, Error> {
        RequestKey::new(algorithm, client, Some(&self.temporary.credentials))
    }

    /// Fresh token credentials for a request that has been accepted (RFC 5849, 2.3). Answer it with
    /// [`Credentials::to_response`].
    ///
    /// Whatever comes of it, the temporary credentials are at their end, and have to be removed from
    /// where they are stored *before* the answer: there is one attempt at the code.
    ///
    /// # Errors
    /// [`Error::UnknownKey`] for a request of another client or with another token;
    /// [`Error::Expired`]; [`Error::Missing`] and [`Error::Mismatch`] for the code.
    pub fn exchange<R: CryptoRng + ?Sized>(
        self,
        request: &Verified<'_, Request<'_>>,
        now: UnixTime,
        rng: &mut R,
    ) -> Result<Credentials, Rejection> {
        let (request, temporary) = (request.shown(), &self.temporary);
        let is_theirs = request.consumer_key() == temporary.consumer_key()
            && request.token() == Some(temporary.credentials.identifier());
        if !is_theirs {
            return Err(Error::UnknownKey.into());
        }
        temporary.check_time(now)?;
        let verifier = request.verifier().ok_or(Error::Missing(Part::Verifier))?;
        self.verifier.verify(verifier)?;
        Ok(Credentials::generate(rng))
    }
}

impl fmt::Debug for Authorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorized").field("temporary", &self.temporary).finish_non_exhaustive()
    }
}

/// The code that shows that it was this user who agreed, `oauth_verifier`: a secret, wiped on drop and
/// not shown.
#[derive(Clone)]
pub struct VerificationCode {
    text: KeyBytes,
}

impl VerificationCode {
    /// A code as it was issued.
    ///
    /// # Errors
    /// [`Error::EmptyKey`], and [`Error::LongKey`] for one of more than 256 bytes.
    pub fn new(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::EmptyKey);
        }
        Ok(Self { text: KeyBytes::from_slice(text.as_bytes())? })
    }

    /// A fresh code of 128 bits, in Base64url.
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self { text: Random::<16>::generate(rng).to_secret() }
    }

    /// A fresh code of eight digits, for a user to type: enough where there is one attempt.
    #[must_use]
    pub fn generate_digits<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self { text: Random::<32>::generate(rng).to_digits() }
    }

    /// The code itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        core::str::from_utf8(self.text.expose()).unwrap_or_default()
    }

    /// Compares with what was received, in constant time.
    ///
    /// # Errors
    /// [`Error::Mismatch`].
    pub fn verify(&self, received: &str) -> Result<(), Error> {
        ct::verify(self.text.expose(), received.as_bytes())
    }
}

impl fmt::Debug for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationCode").finish_non_exhaustive()
    }
}
