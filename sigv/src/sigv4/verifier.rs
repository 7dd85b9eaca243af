use super::scope::WireCredential;
use super::{MAX_EXPIRES, Scope, Service, Timestamp, Wire};
use crate::scheme::Part;
use crate::{Error, UnixTime, Window};

/// Verifies requests to one service in one region: what it demands of them.
///
/// Of each request it demands that the host is signed and is the one that was called, that every
/// `x-amz-` header is signed, and that the time is at most 15 minutes off. What it takes beyond that is
/// said here: presigned URLs, bodies that are not signed, bodies in chunks.
///
/// A canonical form is signed, which some different requests have in common: see
/// [`Request`](super::Request).
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::keyring::{KeyEntry, Keyring};
/// use creance_sigv::replay::{MemoryStore, Restart};
/// use creance_sigv::scheme::Received;
/// use creance_sigv::sigv4::{
///     Credentials, Outgoing, Payload, SecretKey, Service, Signer, Verifier,
/// };
///
/// const TICKETS: Service<'static> = Service::new("tickets");
/// let verifier = Verifier::new("eu-central-1", TICKETS)?;
/// let mut keys = Keyring::<2, SecretKey>::new();
/// let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")?;
/// keys.insert(KeyEntry::new("AKIDEXAMPLE", secret)?)?;
/// let now = UnixTime::from_secs(1_700_000_000);
/// let started = UnixTime::from_secs(1_699_990_000);
/// let store = MemoryStore::new(verifier.window(), Restart::Barrier { started })?;
///
/// // The client.
/// let signer = Signer::new(Credentials::of_ring(&keys, now)?, "eu-central-1", TICKETS)?;
/// let url = "https://tickets.example.com/open?day=1";
/// let outgoing = Outgoing::new("POST", url, Payload::Body(b"{}"));
/// let headers = signer.sign(&outgoing, now)?.to_headers();
///
/// // The server.
/// let received = Received::new("POST", url, &headers, b"{}");
/// let verified = verifier.accept(&received, &keys, &store, now)?;
/// assert_eq!(verified.shown().body(), Some(b"{}".as_slice()));
/// assert_eq!(verified.key().id(), "AKIDEXAMPLE");
/// assert!(verifier.accept(&received, &keys, &store, now).is_err(), "once only");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Verifier<'v> {
    pub(super) region: &'v str,
    pub(super) service: Service<'v>,
    window: Window,
    max_expires: u32,
    pub(super) signed_if_present: &'v [&'v str],
    pub(super) takes_unsigned: bool,
    pub(super) takes_chunks: bool,
}

impl<'v> Verifier<'v> {
    /// Takes signatures in headers, of requests whose whole body is signed.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Scope`] for names that a scope cannot have.
    pub fn new(region: &'v str, service: Service<'v>) -> Result<Self, Error> {
        Scope::new(&Timestamp::new(UnixTime::default())?, region, service.name)?;
        Ok(Self {
            region,
            service,
            window: Window::new(900, 900),
            max_expires: 0,
            signed_if_present: &["content-type"],
            takes_unsigned: false,
            takes_chunks: false,
        })
    }

    /// How far the time may be off, both ways: 15 minutes if nothing is said.
    #[must_use]
    pub const fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Takes presigned URLs too, if they hold for `seconds` at most (1 to 604,800).
    ///
    /// Such a URL can be had from a browser's history or a log. It is accepted once like any other
    /// message; one that is to be used again and again goes the way of
    /// [`dangerous_accept_replays`](crate::scheme::Authentic::dangerous_accept_replays).
    #[must_use]
    pub const fn with_presigned(mut self, seconds: u32) -> Self {
        self.max_expires = if seconds < MAX_EXPIRES { seconds } else { MAX_EXPIRES };
        self
    }

    /// Headers that have to be signed where they are present, beside `host` and those that begin with
    /// `x-amz-`: `content-type` if nothing is said.
    #[must_use]
    pub const fn with_signed_if_present(mut self, names: &'v [&'v str]) -> Self {
        self.signed_if_present = names;
        self
    }

    /// Takes requests that say that their body is not signed (`UNSIGNED-PAYLOAD`), as presigned URLs of
    /// S3 do. Whoever sees such a request can give it another body.
    #[must_use]
    pub const fn allow_unsigned_payload(mut self) -> Self {
        self.takes_unsigned = true;
        self
    }

    /// Takes requests whose body comes in signed chunks. It is read with
    /// [`Request::into_chunks`](super::Request::into_chunks).
    #[must_use]
    pub const fn with_chunks(mut self) -> Self {
        self.takes_chunks = true;
        self
    }

    /// How far back and ahead the time of an accepted request may lie: what a replay store has to be
    /// made for.
    #[must_use]
    pub const fn window(&self) -> Window {
        let (past, life) = (self.window.past(), self.max_expires as u64);
        Window::new(if past < life { life } else { past }, self.window.future())
    }

    /// # Errors
    /// [`Error::TooOld`], [`Error::TooNew`], [`Error::Expired`], [`Error::LongLife`];
    /// [`Error::OtherAlgorithm`] for a presigned URL where none is taken.
    pub(super) fn check_time(&self, wire: &Wire, now: UnixTime) -> Result<(), Error> {
        let time = wire.timestamp.time();
        let Some(expires) = wire.expires else { return self.window.check(time, now) };
        let life = u64::from(expires);
        match u64::from(self.max_expires) {
            0 => return Err(Error::OtherAlgorithm),
            maximum if life > maximum => return Err(Error::LongLife { life, maximum }),
            _ => {}
        }
        let end = time.saturating_add(life);
        if now > end {
            return Err(Error::Expired { ago: now.seconds_since(end) });
        }
        Window::new(u64::MAX, self.window.future()).check(time, now)
    }

    /// # Errors
    /// [`Error::NotCovered`] with [`Part::Scope`] for another day than that of the timestamp, another
    /// region or another service.
    pub(super) fn check_scope(
        &self,
        credential: &WireCredential<'_>,
        timestamp: &Timestamp,
    ) -> Result<(), Error> {
        let expected = Scope::new(timestamp, self.region, self.service.name)?;
        if credential.scope == expected { Ok(()) } else { Err(Error::NotCovered(Part::Scope)) }
    }
}
