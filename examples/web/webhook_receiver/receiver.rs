//! What happens to a message: it is verified under the keys of its provider, claimed, and only then
//! looked at.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeyUse};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::{Authentic, Headers, Part, Received, Rejection};
use creance_sigv::webhook::Parts;
use creance_sigv::{Algorithm, Error, Hasher, UnixTime};

use crate::answer;
use crate::in_body;
use crate::keys::SharedKeys;
use crate::log::Log;
use crate::providers::{PROVIDERS, Provider, Scheme, WINDOW};
use crate::settings::Secret;

/// The longest body taken, in bytes.
pub(crate) const MAX_BODY: usize = 256 << 10;

/// All endpoints, and what they share.
pub(crate) struct Receiver {
    origin: String,
    keys: BTreeMap<&'static str, SharedKeys>,
    store: MemoryStore,
    handled: Handled,
    pub(crate) log: Log,
}

/// What became of a message that is authentic.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was acted on: what the proof showed.
    Handled(Vec<u8>),
    /// It was acted on before, and its scheme has no time: it may be the provider's second try.
    Again,
}

impl Receiver {
    pub(crate) fn new(
        origin: &str,
        secrets: &BTreeMap<&'static str, Secret>,
        restart: Restart,
        log: Log,
    ) -> Result<Self, Box<dyn StdError>> {
        let mut keys = BTreeMap::new();
        for provider in &PROVIDERS {
            let mut ring = GrowingKeyring::new();
            for (number, text) in secrets[provider.name].text.split(',').enumerate() {
                let name = |error| format!("the secret of {}: {error}", provider.name);
                let key = provider.key(text).map_err(name)?;
                ring.insert(KeyEntry::new(&format!("key-{}", number + 1), key)?)?;
            }
            keys.insert(provider.name, SharedKeys::new(ring));
        }
        let store = MemoryStore::new(WINDOW, restart)?;
        Ok(Self { origin: origin.into(), keys, store, handled: Handled::default(), log })
    }

    /// The keys of a provider.
    pub(crate) fn keys(&self, provider: &Provider) -> &SharedKeys {
        &self.keys[provider.name]
    }

    /// How the other side calls us: from the settings, for a proxy may call us otherwise.
    pub(crate) fn url(&self, target: &str) -> String {
        format!("{}{target}", self.origin)
    }

    /// The whole road.
    pub(crate) fn accept(
        &self,
        provider: &Provider,
        received: &Received<'_>,
        body: &[u8],
        now: UnixTime,
    ) -> Result<Outcome, Rejection> {
        let keys = self.keys(provider).now();
        match &provider.scheme {
            Scheme::Headers(template) => {
                let authentic = template.verify(received, &*keys, now)?;
                self.settle(provider, authentic, now, |body| body.to_vec())
            }
            Scheme::InBody(template) => {
                let signed = in_body::read(provider.name, body)?;
                let mut parts = Parts::new(template, &signed.signature)?;
                if let Some((time, id)) = signed.time.as_deref().zip(signed.id.as_deref()) {
                    parts = parts.time(time)?.id(id)?;
                }
                let parts = parts.body(signed.fields.as_bytes());
                let authentic = template.verify_parts(parts, &*keys, now)?;
                self.settle(provider, authentic, now, |fields| fields.to_vec())
            }
            Scheme::Twilio(twilio) => {
                let authentic = twilio.verify(received, &*keys, now)?;
                self.settle(provider, authentic, now, |body| body.to_vec())
            }
            Scheme::Shopify(shopify) => {
                let authentic = shopify.verify(received, &*keys, now)?;
                self.settle(provider, authentic, now, |form| {
                    form.one("shop").ok().flatten().unwrap_or_default().to_vec()
                })
            }
        }
    }

    /// Claims a message. Without a time a store could not know how long to remember it, so it is
    /// remembered here, by what was shown, among the last few thousand.
    fn settle<P>(
        &self,
        provider: &Provider,
        authentic: Authentic<'_, P>,
        now: UnixTime,
        read: impl FnOnce(&P) -> Vec<u8>,
    ) -> Result<Outcome, Rejection> {
        let key = authentic.key();
        if provider.signs_time() {
            let shown = read(authentic.claim(&self.store, now)?.shown());
            self.note(provider, key);
            return Ok(Outcome::Handled(shown));
        }
        let shown = read(authentic.dangerous_accept_replays().shown());
        self.note(provider, key);
        Ok(if self.handled.is_new(provider, &shown) {
            Outcome::Handled(shown)
        } else {
            Outcome::Again
        })
    }

    /// An operator wants to know who has not changed to the new key yet.
    fn note(&self, provider: &Provider, key: KeyUse<'_>) {
        if let Some(event) = key.event() {
            self.log.line(format!("{}: {event:?}", provider.name));
        }
    }
}

/// The last messages of schemes without a time, by their digests.
#[derive(Default)]
struct Handled(Mutex<Last>);

#[derive(Default)]
struct Last {
    known: HashSet<[u8; 32]>,
    /// From the oldest on.
    order: VecDeque<[u8; 32]>,
}

impl Handled {
    const MOST: usize = 4096;

    fn is_new(&self, provider: &Provider, shown: &[u8]) -> bool {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(provider.name.as_bytes());
        hasher.update(b"\n");
        hasher.update(shown);
        let digest = *hasher.finish().expose().first_chunk().expect("32 bytes of SHA-256");
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Last { known, order } = &mut *last;
        let is_new = known.insert(digest);
        if is_new {
            order.push_back(digest);
        }
        if order.len() > Self::MOST
            && let Some(oldest) = order.pop_front()
        {
            known.remove(&oldest);
        }
        is_new
    }
}

/// The headers as the server has them.
struct Served<'a>(&'a HeaderMap);

impl Headers for Served<'_> {
    fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8])) {
        for (name, value) in self.0 {
            visitor(name.as_str(), value.as_bytes());
        }
    }
}

/// An endpoint for each provider.
pub(crate) fn router(receiver: Arc<Receiver>) -> Router {
    let route = |router: Router<Arc<Receiver>>, provider: &'static Provider| {
        router.route(&provider.path(), endpoint(provider))
    };
    PROVIDERS.iter().fold(Router::new(), route).with_state(receiver)
}

fn endpoint(provider: &'static Provider) -> MethodRouter<Arc<Receiver>> {
    let receive = move |State(receiver): State<Arc<Receiver>>, request: Request<Body>| async move {
        receive(provider, &receiver, request).await
    };
    match (&provider.scheme, provider.name) {
        (Scheme::Shopify(_), _) => get(receive),
        (_, "meta" | "websub" | "dropbox") => {
            post(receive).get(move |request: Request<Body>| async move {
                answer::challenge(provider, request.uri().query().unwrap_or_default())
            })
        }
        _ => post(receive),
    }
}

async fn receive(provider: &Provider, receiver: &Receiver, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let now = UnixTime::now();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let url = receiver.url(target);
    let verdict = match to_bytes(body, MAX_BODY).await {
        Ok(body) => {
            let headers = Served(&parts.headers);
            let message = Received::new(parts.method.as_str(), &url, &headers, &body);
            receiver.accept(provider, &message, &body, now)
        }
        Err(_) => Err(Error::TooLong { part: Part::Body, maximum: MAX_BODY }.into()),
    };
    match verdict {
        Ok(outcome) => answer::accepted(provider, receiver, &outcome, now),
        Err(rejection) => {
            let (name, code) = (provider.name, rejection.code());
            receiver.log.line(format!("{name}: refused, {code}: {}", rejection.error()));
            answer::refused(&rejection, now)
        }
    }
}
