//! The provider's side: it hands out tokens, and lets nobody in who does not sign.

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use creance_sigv::oauth1::{Callback, Credentials, RequestKey, Server, Temporary};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::{Part, Received, Rejection};
use creance_sigv::webhook::Form;
use creance_sigv::{Algorithm, Error, UnixTime, rand};

use crate::http;
use crate::state::State;

/// The method that is agreed on. A request that names another one is refused.
pub(crate) const ALGORITHM: Algorithm = Algorithm::Sha256;

/// How long a user may think, in seconds.
const PATIENCE: u64 = 600;

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 4096;

/// Everything that a request is judged by.
#[derive(Debug)]
pub(crate) struct Provider {
    /// How clients call it. Behind a proxy this comes from the configuration.
    base: String,
    server: Server,
    store: MemoryStore,
    client: Credentials,
    client_key: RequestKey,
    /// Where the client has said that its users come back to.
    callback: Callback,
    state: Mutex<State>,
    log: Sender<Verdict>,
}

/// What the operator's log says about one request. The peer is told much less.
#[derive(Debug)]
pub(crate) enum Verdict {
    Served(String),
    /// The reason, as a stable name and as a sentence.
    Refused {
        code: &'static str,
        reason: String,
    },
}

struct Reply {
    status: u16,
    location: Option<String>,
    body: String,
    verdict: Verdict,
}

impl Reply {
    fn ok(body: impl Into<String>, verdict: &str) -> Self {
        let verdict = Verdict::Served(verdict.to_owned());
        Self { status: 200, location: None, body: body.into(), verdict }
    }
}

impl Provider {
    pub(crate) fn new(
        base: String,
        client: Credentials,
        callback: Callback,
        log: Sender<Verdict>,
    ) -> Result<Self, Error> {
        let server = Server::new().require_body_hash();
        // The client is registered at this start, so nothing can have been accepted before it.
        let store = MemoryStore::new(server.window(), Restart::DangerousNoBarrier)?;
        let client_key = RequestKey::new(ALGORITHM, &client, None)?;
        let state = Mutex::default();
        Ok(Self { base, server, store, client, client_key, callback, state, log })
    }

    /// Serves one connection after the other, for as long as the program runs.
    pub(crate) fn run(&self, listener: &TcpListener) {
        for stream in listener.incoming() {
            // The other side sees what is wrong, and fails the step.
            if let Err(error) = stream.map_err(http::Error::Io).and_then(|s| self.answer(&s)) {
                eprintln!("oauth1_token: {error}");
            }
        }
    }

    fn answer(&self, stream: &TcpStream) -> Result<(), http::Error> {
        let (request, body) = http::read_request(stream)?;
        let body = body.read(MAX_BODY)?;
        let reply = self.serve(&request, &body).unwrap_or_else(|rejection| refuse(&rejection));
        // Where nobody reads the log any more, the program is about to end.
        let _ = self.log.send(reply.verdict);
        // Answers hold secrets: nothing on the way may keep them.
        let mut headers = vec![("Cache-Control", "no-store")];
        headers.extend(reply.location.as_deref().map(|location| ("Location", location)));
        if reply.status == 401 {
            headers.push(("WWW-Authenticate", "OAuth realm=\"notes\""));
        }
        let body = reply.body.as_bytes();
        Ok(http::write_response(stream, &request.method, reply.status, &headers, body)?)
    }

    fn serve(&self, request: &http::Request, body: &[u8]) -> Result<Reply, Rejection> {
        let url = format!("{}{}", self.base, request.target);
        let headers: Vec<(&str, &[u8])> = request.headers.iter().collect();
        let received = Received::new(&request.method, &url, &headers, body);
        let path = request.target.split('?').next().unwrap_or_default();
        match (request.method.as_str(), path) {
            ("POST", "/initiate") => self.initiate(&received),
            ("POST", "/authorize") => self.authorize(body),
            ("POST", "/token") => self.token(&received),
            ("GET" | "POST", "/notes") => self.notes(&received),
            _ => Ok(Reply { status: 404, ..Reply::ok("", "nothing is here") }),
        }
    }

    /// RFC 5849, 2.1. A request of the client for itself: there is no token yet.
    fn initiate(&self, received: &Received<'_>) -> Result<Reply, Rejection> {
        let now = UnixTime::now();
        let accepted = self.server.accept(received, &self.client_key, &self.store, now)?;
        // The whole of it: a prefix or a pattern would let others have the code.
        let callback = accepted.shown().callback()?;
        if callback != Callback::OutOfBand && callback != self.callback {
            return Err(Error::Mismatch.into());
        }
        let expires = now.saturating_add(PATIENCE);
        let temporary = Temporary::issue(&accepted, expires, &mut rand::rng())?;
        let response = temporary.to_response();
        let name = temporary.credentials().identifier().to_owned();
        let mut state = self.state();
        state.purge(now);
        state.waiting.insert(name, temporary);
        Ok(Reply::ok(response, "temporary credentials issued"))
    }

    /// RFC 5849, 2.2. This comes from the user, and is not signed. A real page asks who the user is, and
    /// takes the answer from its own form only.
    fn authorize(&self, form: &[u8]) -> Result<Reply, Rejection> {
        let form = Form::parse(form)?;
        let name = form.text("oauth_token")?.ok_or(Error::Missing(Part::Token))?;
        if form.text("agree")? != Some("yes") {
            return Err(Error::Missing(Part::Parameter).into());
        }
        let mut state = self.state();
        let temporary = state.waiting.remove(name).ok_or(Error::UnknownKey)?;
        let name = temporary.credentials().identifier().to_owned();
        let authorized = temporary.authorize(UnixTime::now(), &mut rand::rng())?;
        let location = authorized.redirect()?;
        let reply = match &location {
            Some(_) => Reply { status: 303, location, ..Reply::ok("", "the user has agreed") },
            None => Reply::ok(authorized.verifier().expose(), "the user has agreed"),
        };
        state.agreed.insert(name, authorized);
        Ok(reply)
    }

    /// RFC 5849, 2.3. Signed with the secrets of the client and of the temporary credentials.
    fn token(&self, received: &Received<'_>) -> Result<Reply, Rejection> {
        let now = UnixTime::now();
        let incoming = self.server.parse(received)?;
        let name = incoming.token().unwrap_or_default().to_owned();
        let found = self.state().agreed.get(&name).cloned();
        let key = found.map(|found| found.key(ALGORITHM, &self.client)).transpose()?;
        let accepted = self.server.verify_incoming(incoming, &key, now)?;
        let accepted = accepted.claim(&self.store, now)?;
        // Taken out before the code is looked at: there is one attempt.
        let authorized = self.state().agreed.remove(&name).ok_or(Error::UnknownKey)?;
        let token = authorized.exchange(&accepted, now, &mut rand::rng())?;
        let key = RequestKey::new(ALGORITHM, &self.client, Some(&token))?;
        self.state().tokens.insert(token.identifier().to_owned(), key);
        Ok(Reply::ok(token.to_response(), "token issued"))
    }

    /// What all of it is for: requests of the client in its user's name.
    fn notes(&self, received: &Received<'_>) -> Result<Reply, Rejection> {
        let now = UnixTime::now();
        let incoming = self.server.parse(received)?;
        let key = self.state().tokens.get(incoming.token().unwrap_or_default()).cloned();
        let accepted = self.server.verify_incoming(incoming, &key, now)?;
        let accepted = accepted.claim(&self.store, now)?;
        let request = accepted.shown();
        let mut state = self.state();
        if let Some(body) = request.body() {
            state.notes.push(body.to_owned());
            return Ok(Reply::ok("uploaded", "a note was uploaded"));
        }
        // From the proof: what stands in URL and body may be something else.
        if let Ok(text) = request.parameter("text") {
            state.notes.push(text.as_bytes().to_owned());
            return Ok(Reply::ok(format!("noted: {text}"), "a note was taken"));
        }
        Ok(Reply::ok(format!("{} notes", state.notes.len()), "notes were counted"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The peer gets a status and next to nothing, the log gets the reason.
fn refuse(rejection: &Rejection) -> Reply {
    let reason = rejection.error().to_string();
    Reply {
        status: rejection.status(),
        location: None,
        body: rejection.to_string(),
        verdict: Verdict::Refused { code: rejection.code(), reason },
    }
}
