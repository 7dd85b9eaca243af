//! The server's side: a service that keeps notes, and lets nobody in who does not sign.

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;

use creance_hawk::sigv::replay::{MemoryStore, Restart};
use creance_hawk::sigv::{Key, UnixTime};
use creance_hawk::{Authority, BewitBuffer, Incoming, Rejection, Scheme, Server};

use crate::http;

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 4096;

/// The longest time that a link may work, in seconds.
const MAX_LINK_LIFE: u64 = 600;

/// Everything that a request is judged by.
#[derive(Debug)]
pub(crate) struct Service {
    server: Server,
    store: MemoryStore,
    id: &'static str,
    key: Key,
    /// Seconds that this service's clock is ahead of the system's.
    ahead: AtomicU64,
    log: Sender<Verdict>,
}

/// What the operator's log says about one request. The peer is told much less.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Whose request was served.
    Accepted { id: String },
    /// The reason, as a stable name and as a sentence.
    Refused { code: &'static str, reason: String },
}

struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    verdict: Verdict,
}

impl Service {
    pub(crate) fn new(
        authority: Authority,
        id: &'static str,
        key: Key,
        log: Sender<Verdict>,
    ) -> Result<Self, creance_hawk::sigv::Error> {
        let server = Server::new(authority).with_bewits(MAX_LINK_LIFE);
        // The key is made at this start, so nothing can have been accepted before it. A service
        // whose keys are older takes `Restart::barrier_now()`.
        let store = MemoryStore::new(server.window(), Restart::DangerousNoBarrier)?;
        Ok(Self { server, store, id, key, ahead: AtomicU64::new(0), log })
    }

    /// Moves this service's clock on. The libraries read no clock: time is an argument.
    pub(crate) fn let_pass(&self, seconds: u64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::now().saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// Serves one connection after the other, for as long as the program runs.
    pub(crate) fn run(&self, listener: &TcpListener) {
        for stream in listener.incoming() {
            // The client's side sees what is wrong, and fails the step.
            if let Err(error) = stream.map_err(http::Error::Io).and_then(|s| self.answer(&s)) {
                eprintln!("quickstart: {error}");
            }
        }
    }

    fn answer(&self, stream: &TcpStream) -> Result<(), http::Error> {
        let (request, body) = http::read_request(stream)?;
        let body = body.read(MAX_BODY)?;
        let reply = self.serve(&request, &body).unwrap_or_else(|rejection| refuse(&rejection));
        // Where nobody reads the log any more, the program is about to end.
        let _ = self.log.send(reply.verdict);
        let headers: Vec<_> =
            reply.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Ok(http::write_response(stream, &request.method, reply.status, &headers, &reply.body)?)
    }

    /// Who asks: a holder of a link, or a client that signs.
    fn serve(&self, request: &http::Request, body: &[u8]) -> Result<Reply, Rejection> {
        let mut incoming = Incoming::new(&request.method, &request.target, Scheme::Http);
        for (name, value) in request.headers.iter() {
            incoming.header(name, value)?;
        }
        if incoming.authorization().is_some() {
            self.serve_signed(&incoming, body)
        } else {
            self.serve_link(&incoming)
        }
    }

    /// The header has to be right, fresh and new, and the body the one that was signed.
    fn serve_signed(&self, incoming: &Incoming<'_>, body: &[u8]) -> Result<Reply, Rejection> {
        let accepted =
            self.server.accept(incoming, |id| self.key_of(id), &self.store, self.now())?;
        let verified = accepted.verify_payload(incoming.content_type(), body)?;

        let text = format!("noted: {} bytes", verified.payload().len());
        let content_type = "text/plain";
        let signed = accepted.respond().payload(Some(content_type), text.as_bytes())?.sign()?;
        Ok(Reply {
            status: 200,
            headers: vec![
                ("Content-Type", content_type.to_owned()),
                ("Server-Authorization", signed.to_header()),
            ],
            body: text.into_bytes(),
            verdict: Verdict::Accepted { id: accepted.id().to_owned() },
        })
    }

    /// The right to read lies in the URL itself.
    fn serve_link(&self, incoming: &Incoming<'_>) -> Result<Reply, Rejection> {
        let mut buffer = BewitBuffer::new();
        let key_of = |id: &str| self.key_of(id);
        let link = self.server.accept_bewit(incoming, &mut buffer, key_of, self.now())?;
        Ok(Reply {
            status: 200,
            headers: vec![("Content-Type", "text/plain".to_owned())],
            body: b"the report".to_vec(),
            verdict: Verdict::Accepted { id: link.id().to_owned() },
        })
    }

    fn key_of(&self, id: &str) -> Option<&Key> {
        (id == self.id).then_some(&self.key)
    }
}

/// The peer gets a status and a challenge, the log gets the reason.
fn refuse(rejection: &Rejection) -> Reply {
    let challenge = rejection.www_authenticate();
    Reply {
        status: rejection.status(),
        headers: challenge.map(|it| ("WWW-Authenticate", it.to_string())).into_iter().collect(),
        body: rejection.to_string().into_bytes(),
        verdict: Verdict::Refused { code: rejection.code(), reason: rejection.error().to_string() },
    }
}
