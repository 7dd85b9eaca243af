//! What happens to a message: it is verified under the keys of its provider, claimed, and only then
//! looked at.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeyUse, SharedKeyring};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::{Authentic, Headers, Part, Received, Rejection};
use creance_sigv::webhook::{Parts, Template};
use creance_sigv::{Error, UnixTime};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::Value;
use tokio::time::timeout;

use crate::answer;
use crate::in_body;
use crate::log::Log;
use crate::providers::{PROVIDERS, Provider, Scheme, WINDOW};
use crate::settings::{Questions, Secret};

/// The longest body taken, in bytes.
pub(crate) const MAX_BODY: usize = 256 << 10;

/// How long a body may take to come.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// All endpoints, and what they share.
pub(crate) struct Receiver {
    origin: String,
    keys: BTreeMap<&'static str, SharedKeyring>,
    store: MemoryStore,
    handled: Handled,
    pub(crate) questions: Questions,
    pub(crate) log: Log,
}

/// What became of a message that is authentic.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was acted on.
    Handled,
    /// It was a question, and this is the answer.
    Answered(Value),
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
            keys.insert(provider.name, SharedKeyring::new(ring));
        }
        let store = MemoryStore::new(WINDOW, restart)?;
        let (handled, questions) = (Handled::default(), Questions::default());
        Ok(Self { origin: origin.into(), keys, store, handled, questions, log })
    }

    /// The keys of a provider.
    pub(crate) fn keys(&self, provider: &Provider) -> &SharedKeyring {
        &self.keys[provider.name]
    }

    /// How the other side calls us: from the settings, for a proxy may call us otherwise. Path and query
    /// are the request's, which is right as long as all that is in them is signed and nothing of it is
    /// acted on. Twilio and Square join the URL to what follows without a separator: a service that
    /// knows the query that it was registered with takes that from its settings too.
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
        let keys = self.keys(provider).snapshot();
        match &provider.scheme {
            Scheme::Headers(template) => {
                let authentic = template.verify(received, &keys, now)?;
                self.settle(provider, authentic, now, |body, key| {
                    let is_zoom = provider.name == "zoom";
                    is_zoom.then(|| answer::zoom(body, key, &keys, now)).flatten()
                })
            }
            Scheme::InBody(template) => {
                let signed = in_body::read(provider.name, body)?;
                let mut parts = Parts::new(template, &signed.signature)?;
                if let Some((time, id)) = signed.time.as_deref().zip(signed.id.as_deref()) {
                    parts = parts.with_time(time)?.with_id(id)?;
                }
                let parts = parts.with_body(signed.fields.as_bytes());
                let authentic = template.verify_parts(parts, &keys, now)?;
                self.settle(provider, authentic, now, |_, _| None)
            }
            Scheme::Twilio(twilio) => {
                let authentic = twilio.verify(received, &keys, now)?;
                self.settle(provider, authentic, now, |_, _| None)
            }
            Scheme::Shopify(shopify) => {
                let authentic = shopify.verify(received, &keys, now)?;
                self.settle(provider, authentic, now, |_, _| None)
            }
        }
    }

    /// The same for a body that is not kept whole until it is verified. Nothing is done with a piece
    /// before the end has shown that all of them are authentic: this service counts them meanwhile,
    /// another one writes them to a file that it deletes, or gives a name, at the end.
    async fn accept_pieces(
        &self,
        provider: &Provider,
        template: &Template<'_>,
        received: &Received<'_>,
        mut body: Limited<Body>,
    ) -> Result<Outcome, Rejection> {
        let keys = self.keys(provider).snapshot();
        let mut running = template.begin(received, &keys, MAX_BODY as u64, UnixTime::now())?;
        while let Some(piece) = next_piece(&mut body).await? {
            running.update(&piece)?;
        }
        self.settle(provider, running.finish()?, UnixTime::now(), |_, _| None)
    }

    /// Claims a message, and acts on it. Without a time a store could not know how long to remember it,
    /// so it is remembered here, by what was signed, among the last few thousand.
    fn settle<P>(
        &self,
        provider: &Provider,
        mut authentic: Authentic<'_, P>,
        now: UnixTime,
        question: impl FnOnce(&P, KeyUse<'_>) -> Option<Result<Value, Rejection>>,
    ) -> Result<Outcome, Rejection> {
        let key = authentic.key();
        let verified = match authentic.digest() {
            None => authentic.claim(&self.store, now)?,
            Some(digest) => {
                if !self.handled.is_new(provider, digest) {
                    self.note(provider, key, now);
                    return Ok(Outcome::Again);
                }
                authentic.dangerous_accept_replays()
            }
        };
        self.note(provider, key, now);
        match question(verified.shown(), key) {
            Some(answer) => answer.map(Outcome::Answered),
            None => Ok(Outcome::Handled),
        }
    }

    /// An operator wants to know who has not changed to the new key yet.
    fn note(&self, provider: &Provider, key: KeyUse<'_>, now: UnixTime) {
        if let Some(event) = self.keys(provider).note(key, now) {
            self.log.line(format!("{}: {event}", provider.name));
        }
    }
}

/// A provider's name and a digest of what it signed.
type Message = (&'static str, [u8; 32]);

/// The last messages of schemes without a time.
#[derive(Default)]
struct Handled(Mutex<Last>);

#[derive(Default)]
struct Last {
    known: HashSet<Message>,
    /// From the oldest on.
    order: VecDeque<Message>,
}

impl Handled {
    const MOST: usize = 4096;

    fn is_new(&self, provider: &Provider, digest: [u8; 32]) -> bool {
        let message = (provider.name, digest);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Last { known, order } = &mut *last;
        let is_new = known.insert(message);
        if is_new {
            order.push_back(message);
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
        (_, "meta" | "websub" | "dropbox") => post(receive).get(
            move |State(receiver): State<Arc<Receiver>>, request: Request<Body>| async move {
                let query = request.uri().query().unwrap_or_default();
                answer::challenge(provider, &receiver.questions, query)
            },
        ),
        _ => post(receive),
    }
}

async fn receive(provider: &Provider, receiver: &Receiver, request: Request<Body>) -> Response {
    let verdict = match timeout(READ_TIMEOUT, verdict(provider, receiver, request)).await {
        Ok(verdict) => verdict,
        Err(_) => Err(Error::Missing(Part::Body).into()),
    };
    match verdict {
        Ok(outcome) => answer::accepted(&outcome),
        Err(rejection) => {
            let (name, code) = (provider.name, rejection.code());
            receiver.log.line(format!("{name}: refused, {code}: {}", rejection.error()));
            answer::refused(&rejection, UnixTime::now())
        }
    }
}

async fn verdict(
    provider: &Provider,
    service: &Receiver,
    request: Request<Body>,
) -> Result<Outcome, Rejection> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let url = service.url(target);
    let (method, headers) = (parts.method.as_str(), Served(&parts.headers));
    let mut body = Limited::new(body, MAX_BODY);
    if let (Scheme::Headers(template), "standard") = (&provider.scheme, provider.name) {
        let received = Received::new(method, &url, &headers, b"");
        return service.accept_pieces(provider, template, &received, body).await;
    }
    let mut whole = Vec::new();
    while let Some(piece) = next_piece(&mut body).await? {
        whole.extend_from_slice(&piece);
    }
    let received = Received::new(method, &url, &headers, &whole);
    // The clock is read once the body is there, however long it took.
    service.accept(provider, &received, &whole, UnixTime::now())
}

/// The next piece of a body; nothing at its end.
async fn next_piece(body: &mut Limited<Body>) -> Result<Option<Bytes>, Rejection> {
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                if let Ok(piece) = frame.into_data() {
                    return Ok(Some(piece));
                }
            }
            Err(error) if error.is::<LengthLimitError>() => {
                return Err(Error::TooLong { part: Part::Body, maximum: MAX_BODY }.into());
            }
            // The connection broke, or what came was no body.
            Err(_) => return Err(Error::Malformed(Part::Body).into()),
        }
    }
    Ok(None)
}
