use creance_sigv::replay::ReplayStore;
use creance_sigv::{Algorithm, Key, UnixTime, Window};

use crate::bewit_resource::cut;
use crate::resource::Resource;
use crate::{
    Accepted, Authentic, AuthenticBewit, Authority, AuthorityPolicy, Authorization, Bewit,
    BewitBuffer, Error, Forwarded, Incoming, Lookup, Rejection, Request,
};

/// What a server decides once: which authority it answers for, how far clocks may differ, and
/// whether bewits are taken. It holds no state.
///
/// ```
/// use creance_hawk::sigv::replay::{MemoryStore, Restart};
/// use creance_hawk::sigv::{Algorithm, Key, UnixTime, Window};
/// use creance_hawk::{Authority, Incoming, Scheme, Server};
///
/// let server = Server::new(Authority::new("example.com", 8000)?);
/// let key = Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")?;
/// let store = MemoryStore::new(server.window(), Restart::DangerousNoBarrier)?;
///
/// let mut incoming = Incoming::new("GET", "/resource/1?b=1&a=2", Scheme::Http);
/// incoming.header("Host", b"example.com:8000")?;
/// incoming.header("Authorization", br#"Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", ext="some-app-ext-data", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=""#)?;
///
/// let now = UnixTime::from_secs(1_353_832_240);
/// let lookup = |id: &str| (id == "dh37fgj492je").then_some(&key);
/// let accepted = server.accept(&incoming, lookup, &store, now)?;
/// assert_eq!(accepted.id(), "dh37fgj492je");
///
/// // The same request again is refused.
/// let rejection = server.accept(&incoming, lookup, &store, now).unwrap_err();
/// assert_eq!((rejection.status(), rejection.code()), (401, "replay"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Server<A = [Authority; 1]> {
    authority: AuthorityPolicy<A>,
    window: Window,
    bewit_life: Option<u64>,
    decoy: Key,
}

impl Server {
    /// A server that answers for one authority, with a window of 60 s both ways and no bewits.
    #[must_use]
    pub const fn new(authority: Authority) -> Self {
        Self::with_policy(AuthorityPolicy::Fixed([authority]))
    }

    /// A server that answers for whatever `Host` says; see [`AuthorityPolicy::Host`].
    #[must_use]
    pub const fn for_any_host() -> Self {
        Self::with_policy(AuthorityPolicy::Host)
    }

    /// A server behind trusted proxies; see [`Forwarded`].
    #[must_use]
    pub const fn behind_proxies(forwarded: Forwarded) -> Self {
        Self::with_policy(AuthorityPolicy::Forwarded(forwarded))
    }
}

impl<A> Server<A> {
    /// A server with another [`AuthorityPolicy`].
    #[must_use]
    pub const fn with_policy(authority: AuthorityPolicy<A>) -> Self {
        Self {
            authority,
            window: Window::new(60, 60),
            bewit_life: None,
            decoy: Key::decoy(Algorithm::Sha256),
        }
    }

    /// Sets how far a timestamp may be off. The replay store has to be made for the same window.
    #[must_use]
    pub const fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Switches bewits on, with at most `maximum` seconds to live, seen from their use.
    #[must_use]
    pub const fn with_bewits(mut self, maximum: u64) -> Self {
        self.bewit_life = Some(maximum);
        self
    }

    /// Says which algorithm the credentials of this server have, if not SHA-256: an unknown id
    /// has to cost as much as a known one. With credentials of several algorithms those of the
    /// others can be told from unknown ids by the time that they take.
    #[must_use]
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.decoy = Key::decoy(algorithm);
        self
    }

    /// How far a timestamp may be off.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }
}

impl<A: AsRef<[Authority]>> Server<A> {
    /// The whole way: header, MAC, time and nonce.
    ///
    /// `lookup` finds the key of an id; see [`Lookup`] for one that can fail. Where that has to wait for something, go step by step:
    /// [`request`](Self::request), [`authorization`](Self::authorization),
    /// [`Authorization::authenticate`], [`Authentic::claim_async`].
    ///
    /// # Errors
    /// Whatever is wrong, ready to be answered.
    pub fn accept<'a, L: Lookup<'a>, S: ReplayStore + ?Sized>(
        &'a self,
        incoming: &Incoming<'a>,
        lookup: impl FnOnce(&str) -> L,
        store: &S,
        now: UnixTime,
    ) -> Result<Accepted<'a>, Rejection> {
        self.authenticate(incoming, lookup, now)?.claim(store, now)
    }

    /// All but the nonce.
    ///
    /// # Errors
    /// Whatever is wrong, ready to be answered.
    pub fn authenticate<'a, L: Lookup<'a>>(
        &'a self,
        incoming: &Incoming<'a>,
        lookup: impl FnOnce(&str) -> L,
        now: UnixTime,
    ) -> Result<Authentic<'a>, Rejection> {
        let authorization = self.authorization(incoming)?;
        let request = self.request(incoming)?;
        let key = lookup(authorization.id()).found()?.unwrap_or(&self.decoy);
        authorization.authenticate(&request, Some(key), self.window, now)
    }

    /// The request as it has to have been signed.
    ///
    /// # Errors
    /// [`Error::Method`], [`Error::Resource`], [`Error::Host`] and what the policy refuses.
    pub fn request<'a>(&'a self, incoming: &Incoming<'a>) -> Result<Request<'a>, Error> {
        let authority = self.authority.resolve(incoming)?;
        Request::with_authority(incoming.method(), incoming.target(), authority)
    }

    /// The parsed header. A request that has a bewit besides is refused where bewits are taken.
    ///
    /// # Errors
    /// [`Error::NoAuthorization`], [`Error::MultipleAuthentications`], or what is wrong with the
    /// header.
    pub fn authorization<'a>(&self, incoming: &Incoming<'a>) -> Result<Authorization<'a>, Error> {
        let header = incoming.authorization().ok_or(Error::NoAuthorization)?;
        let authorization = Authorization::parse(header)?;
        if self.bewit_life.is_some() && cut(Resource::parse(incoming.target())?)?.is_some() {
            return Err(Error::MultipleAuthentications);
        }
        Ok(authorization)
    }

    /// Verifies the bewit in the request's URL. `buffer` is lent for decoding it.
    ///
    /// # Errors
    /// [`Error::BewitsDisabled`] unless they were [switched on](Self::with_bewits),
    /// [`Error::NoAuthorization`] where there is none, or what is wrong with it.
    pub fn accept_bewit<'b, 'k, L: Lookup<'k>>(
        &self,
        incoming: &Incoming<'_>,
        buffer: &'b mut BewitBuffer,
        lookup: impl FnOnce(&str) -> L,
        now: UnixTime,
    ) -> Result<AuthenticBewit<'b>, Rejection> {
        let maximum = self.bewit_life.ok_or(Error::BewitsDisabled)?;
        let request = self.request(incoming)?;
        let cut = cut(request.parts())?.ok_or(Error::NoAuthorization)?;
        if !matches!(incoming.method(), "GET" | "HEAD") {
            return Err(Error::BewitMethod.into());
        }
        if incoming.authorization().is_some() {
            return Err(Error::MultipleAuthentications.into());
        }
        let bewit = Bewit::parse(cut.bewit, buffer)?;
        let key = lookup(bewit.id()).found()?;
        let key = key.unwrap_or(&self.decoy);
        let authentic = bewit.authenticate(&request.with_resource(cut.resource), Some(key), now)?;
        let life = authentic.exp().seconds_since(now);
        if life > maximum {
            return Err(Error::BewitLife { life, maximum }.into());
        }
        Ok(authentic)
    }
}
