use super::key::tag;
use super::{Incoming, Request, RequestKey};
use crate::ct;
use crate::keyring::{KeySet, Usable};
use crate::replay::{AsyncReplayStore, ReplayStore};
use crate::scheme::{Authentic, Nonce, Part, Received, Rejection, Verified, matched};
use crate::{Algorithm, Error, Hasher, Key, UnixTime, Window};

/// The side that receives requests, and what it demands of them.
///
/// ```
/// use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, Server};
/// use creance_sigv::replay::{MemoryStore, Restart};
/// use creance_sigv::scheme::Received;
/// use creance_sigv::{Algorithm, UnixTime};
///
/// // Once.
/// let server = Server::new().require_body_hash();
/// let now = UnixTime::from_secs(1_700_000_000);
/// let store = MemoryStore::new(server.window(), Restart::DangerousNoBarrier)?;
/// let client = Credentials::new("dpf43f3p2l4k3l03", "kd94hf93k423kf44")?;
/// let key = RequestKey::new(Algorithm::Sha256, &client, None)?;
///
/// // The client.
/// let url = "https://photos.example.net/photos?size=original";
/// let signed = Outgoing::new("POST", url).with_nonce("chapoH").with_body(b"{}").sign(&key, now)?;
/// let headers = [("Authorization", signed.authorization())];
///
/// // The server.
/// let received = Received::new("POST", url, &headers, b"{}");
/// let verified = server.accept(&received, &key, &store, now)?;
/// assert_eq!(verified.shown().parameter("size")?, "original");
/// assert_eq!(verified.shown().body(), Some(&b"{}"[..]));
/// assert!(server.accept(&received, &key, &store, now).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Server {
    pub(super) window: Window,
    max_form_bytes: usize,
    needs_body_hash: bool,
}

impl Server {
    /// The longest form that a new server reads, in bytes.
    pub const DEFAULT_MAX_FORM_BYTES: usize = 64 * 1024;

    /// A server that takes times of 300 seconds both ways.
    pub const fn new() -> Self {
        Self {
            window: Window::new(300, 300),
            max_form_bytes: Self::DEFAULT_MAX_FORM_BYTES,
            needs_body_hash: false,
        }
    }

    /// How far the time may be off.
    pub const fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// The longest form that is read, in bytes. The whole of it is signed, so the whole of it is read
    /// before anything is known of the sender.
    pub const fn with_max_form_bytes(mut self, bytes: usize) -> Self {
        self.max_form_bytes = bytes;
        self
    }

    /// Demands `oauth_body_hash` for every body that is not a form. Without this a request may have a
    /// body that its signature does not cover, and its proof has no body then.
    pub const fn require_body_hash(mut self) -> Self {
        self.needs_body_hash = true;
        self
    }

    /// How far the time may be off: what a replay store has to be made for.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Reads a request, to look up its key by the names in it.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Duplicate`], [`Error::Malformed`], [`Error::TooLong`],
    /// [`Error::TooMany`], [`Error::Timestamp`]; [`Error::OtherAlgorithm`] for a signature method other
    /// than HMAC, and a version other than 1.0; [`Error::NotCovered`] for a body without
    /// `oauth_body_hash` where that is demanded.
    pub fn parse<'a>(&self, received: &Received<'a>) -> Result<Incoming<'a>, Rejection> {
        let incoming = Incoming::parse(received, self.max_form_bytes)?;
        if self.needs_body_hash && incoming.has_bare_body() {
            return Err(Error::NotCovered(Part::Body).into());
        }
        Ok(incoming)
    }

    /// Verifies a request: its form, its time, its signature. What comes out may still be a replay.
    ///
    /// `keys` is one [`RequestKey`] or a ring of them. Of a ring those of the request's client and token
    /// are tried; for many clients look the key up by [`parse`](Self::parse) instead.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse); [`Error::TooOld`] and [`Error::TooNew`]; [`Error::UnknownKey`]
    /// where there is no key of this client and token; [`Error::OtherAlgorithm`] where there is one for
    /// another algorithm; [`Error::Mismatch`]; [`Error::BodyMismatch`].
    pub fn verify<'a>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet<RequestKey> + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, Request<'a>>, Rejection> {
        self.verify_incoming(self.parse(received)?, keys, now)
    }

    /// Verifies a request that was read before. Where the look-up found no key, hand over the `None`:
    /// the refusal then takes the time that a wrong signature does.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use creance_sigv::oauth1::{RequestKey, Server};
    /// use creance_sigv::scheme::{Received, Rejection};
    /// use creance_sigv::UnixTime;
    ///
    /// fn authenticate(
    ///     received: &Received<'_>,
    ///     keys: &HashMap<(String, Option<String>), RequestKey>,
    ///     now: UnixTime,
    /// ) -> Result<(), Rejection> {
    ///     let server = Server::new();
    ///     let incoming = server.parse(received)?;
    ///     let names = (incoming.consumer_key().into(), incoming.token().map(Into::into));
    ///     let found = keys.get(&names);
    ///     let _authentic = server.verify_incoming(incoming, &found, now)?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// As for [`verify`](Self::verify).
    pub fn verify_incoming<'a>(
        &self,
        incoming: Incoming<'a>,
        keys: &'a (impl KeySet<RequestKey> + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, Request<'a>>, Rejection> {
        self.window.check(incoming.time, now)?;
        let usable = matching(&incoming, keys, now)?;
        let (time, nonce) = (incoming.time, nonce(&incoming));
        let request = incoming.into_request()?;
        let (key, scope) = (usable.key_use(), usable.key().scope());
        Ok(Authentic::new(request, key, Some(time), scope, nonce))
    }

    /// Verifies a request and claims its nonce in a store of this process, under its client and token
    /// (RFC 5849, 3.3): the whole road in one call.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify) and [`Authentic::claim`].
    pub fn accept<'a, S: ReplayStore + ?Sized>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet<RequestKey> + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> Result<Verified<'a, Request<'a>>, Rejection> {
        self.verify(received, keys, now)?.claim(store, now)
    }

    /// The same with a store across the network. The request is verified at once, and not held while
    /// the store is waited for.
    ///
    /// # Errors
    /// As for [`accept`](Self::accept).
    pub fn accept_async<'a, S: AsyncReplayStore + Sync + ?Sized>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet<RequestKey> + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> impl Future<Output = Result<Verified<'a, Request<'a>>, Rejection>> {
        let authentic = self.verify(received, keys, now);
        async move { authentic?.claim_async(store, now).await }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

/// Computes the tag under each key of the names in the request. Where there is none for this algorithm
/// a decoy does the work, so that time does not tell which clients and tokens there are.
fn matching<'k>(
    incoming: &Incoming<'_>,
    keys: &'k (impl KeySet<RequestKey> + ?Sized),
    now: UnixTime,
) -> Result<Usable<'k, RequestKey>, Error> {
    let (tags, base) = (incoming.tags()?, incoming.base());
    let (mut refusal, mut is_worked) = (Error::UnknownKey, false);
    for usable in keys.usable(now) {
        let key = usable.key();
        if key.consumer_key() != incoming.consumer_key() || key.token() != incoming.token() {
            continue;
        }
        if key.algorithm() != incoming.algorithm {
            refusal = if is_worked { refusal } else { Error::OtherAlgorithm };
            continue;
        }
        is_worked = true;
        match matched(&usable, &tags, &key.tag(&base)) {
            Ok(_) => return Ok(usable),
            Err(error) => refusal = error,
        }
    }
    if !is_worked {
        let expected = tag(decoy(incoming.algorithm), &base);
        let _ = ct::decide(tags.contain(&expected));
    }
    Err(refusal)
}

fn decoy(algorithm: Algorithm) -> &'static Key {
    static DECOYS: [Key; 2] = [Key::decoy(Algorithm::Sha1), Key::decoy(Algorithm::Sha256)];
    static LONG: Key = Key::decoy(Algorithm::Sha512);
    match algorithm {
        Algorithm::Sha1 => &DECOYS[0],
        Algorithm::Sha256 => &DECOYS[1],
        Algorithm::Sha384 | Algorithm::Sha512 => &LONG,
    }
}

/// The nonce as it is when decoded: one that is escaped in another way is the same. It goes as a digest
/// because it may not stand anywhere as it is.
fn nonce<'a>(incoming: &Incoming<'_>) -> Nonce<'a> {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(incoming.nonce().as_bytes());
    Nonce::Digest(hasher.finish())
}
