use std::collections::HashMap;
use std::string::String;
use std::sync::{Mutex, PoisonError};

use creance_sigv::{Key, UnixTime};

use crate::grammar::check_value;
use crate::{
    Challenge, ClockOffset, Credentials, Error, Field, HeaderBuilder, Nonce, Request, ServerTime,
    SignedHeader,
};

/// A client that lives as long as its program: credentials, and the clock of each server it
/// talked to.
///
/// ```
/// use creance_hawk::sigv::{Algorithm, Key};
/// use creance_hawk::{Client, Request};
///
/// let key = Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")?;
/// let client = Client::new("dh37fgj492je", key)?;
///
/// let request = Request::from_url("POST", "https://example.com/notes")?;
/// let outgoing = client.request(&request);
/// let signed = outgoing.sign(|header| header.payload(Some("text/plain"), b"hello"))?;
/// assert!(signed.to_header().starts_with("Hawk id=\"dh37fgj492je\", ts=\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Client {
    id: String,
    key: Key,
    offsets: Mutex<HashMap<String, ClockOffset>>,
}

impl Client {
    /// More servers than a client of one set of credentials talks to; beyond, offsets are
    /// forgotten and learnt again.
    const MAX_SERVERS: usize = 1024;

    /// A client with its credentials.
    ///
    /// # Errors
    /// [`Error::Value`] for an id that cannot be written into a header.
    pub fn new(id: impl Into<String>, key: Key) -> Result<Self, Error> {
        let id = id.into();
        check_value(Field::Id, &id)?;
        Ok(Self { id, key, offsets: Mutex::default() })
    }

    /// Begins a request: with a fresh nonce, and the system's time corrected for its server.
    #[must_use]
    pub fn request<'a>(&'a self, request: &Request<'a>) -> ClientRequest<'a> {
        self.request_at(request, UnixTime::now())
    }

    /// Begins a request at a given time of our own clock.
    #[must_use]
    pub fn request_at<'a>(&'a self, request: &Request<'a>, now: UnixTime) -> ClientRequest<'a> {
        let now = self.offset(request).apply(now);
        ClientRequest { client: self, request: *request, now, nonce: Nonce::random() }
    }

    /// The offset that is known for the request's server, otherwise none.
    #[must_use]
    pub fn offset(&self, request: &Request<'_>) -> ClockOffset {
        let offsets = self.offsets.lock().unwrap_or_else(PoisonError::into_inner);
        offsets.get(&authority(request)).copied().unwrap_or_default()
    }

    /// Takes the `WWW-Authenticate` of a 401: if it proves the server's time, the offset is
    /// remembered for that server, and the request is worth being made and sent once more.
    ///
    /// # Errors
    /// [`Error::BadMac`] where the time is not the server's, or what is wrong with the header.
    /// Nothing is remembered then.
    pub fn learn(
        &self,
        request: &Request<'_>,
        www_authenticate: &str,
    ) -> Result<Option<ServerTime>, Error> {
        self.learn_at(request, www_authenticate, UnixTime::now())
    }

    /// The same at a given time of our own clock.
    ///
    /// # Errors
    /// As for [`learn`](Self::learn).
    pub fn learn_at(
        &self,
        request: &Request<'_>,
        www_authenticate: &str,
        now: UnixTime,
    ) -> Result<Option<ServerTime>, Error> {
        let Some(time) = Challenge::parse(www_authenticate)?.verify(&self.key)? else {
            return Ok(None);
        };
        let mut offsets = self.offsets.lock().unwrap_or_else(PoisonError::into_inner);
        let server = authority(request);
        if offsets.len() >= Self::MAX_SERVERS && !offsets.contains_key(&server) {
            offsets.clear();
        }
        offsets.insert(server, time.offset(now));
        Ok(Some(time))
    }

    /// The credentials, for bewits and messages.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        Credentials::checked(&self.id, &self.key)
    }
}

/// The name under which a server's clock is remembered: the host in lower case and the port.
fn authority(request: &Request<'_>) -> String {
    std::format!("{}:{}", request.host().to_ascii_lowercase(), request.port())
}

/// A request of a [`Client`], about to be signed.
#[derive(Debug)]
pub struct ClientRequest<'a> {
    client: &'a Client,
    request: Request<'a>,
    now: UnixTime,
    nonce: Nonce,
}

impl ClientRequest<'_> {
    /// The header, to be filled in and signed for [`now`](Self::now) with
    /// [`nonce`](Self::nonce).
    pub fn header(&self) -> HeaderBuilder<'_> {
        self.client.credentials().header(&self.request)
    }

    /// Fills the header in and signs it.
    ///
    /// # Errors
    /// Those of `fill`, and of [`HeaderBuilder::sign`].
    pub fn sign<'s>(
        &'s self,
        fill: impl FnOnce(HeaderBuilder<'s>) -> Result<HeaderBuilder<'s>, Error>,
    ) -> Result<SignedHeader<'s>, Error> {
        fill(self.header())?.sign(self.now, self.nonce())
    }

    /// The time to sign for: ours, corrected for the server.
    #[must_use]
    pub const fn now(&self) -> UnixTime {
        self.now
    }

    /// The nonce to sign with.
    #[must_use]
    pub fn nonce(&self) -> &str {
        self.nonce.as_str()
    }
}
