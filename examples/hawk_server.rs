//! A server whose resources are protected by Hawk: it echoes what an authenticated client sent,
//! and proves to the client that it was this server who answered.
//!
//! ```sh
//! export HAWK_ID=dh37fgj492je HAWK_KEY_FILE=key.txt
//! cargo run --example hawk_server -- 127.0.0.1:8000
//! ```

#[path = "support/credentials.rs"]
mod credentials;
#[path = "support/http.rs"]
mod http;

use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, thread};

use creance_hawk::sigv::replay::{MemoryStore, Restart};
use creance_hawk::sigv::{Key, UnixTime, Window};
use creance_hawk::{Authority, Incoming, Rejection, Scheme, Server};

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 1 << 20;

/// Connections that are served at the same time.
const THREADS: usize = 8;

/// Everything that a request is judged by.
struct Service {
    server: Server,
    store: MemoryStore,
    id: String,
    key: Key,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [address] = arguments.as_slice() else {
        return usage("one address is needed");
    };
    let stored = match credentials::load(None, credentials::variable) {
        Ok(stored) => stored,
        Err(credentials::Error::Usage(message)) => return usage(&message),
        Err(error) => {
            eprintln!("hawk_server: {error}");
            return ExitCode::FAILURE;
        }
    };
    for warning in &stored.warnings {
        eprintln!("hawk_server: {warning}");
    }
    match run(address, stored) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hawk_server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage(message: &str) -> ExitCode {
    eprintln!("hawk_server: {message}\n");
    eprintln!("usage: hawk_server ADDRESS:PORT\n");
    eprintln!("{}", credentials::VARIABLES);
    ExitCode::from(2)
}

fn run(address: &str, stored: credentials::Stored) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).map_err(|error| format!("{address}: {error}"))?;
    let own = listener.local_addr()?;
    // A minute for requests on their way; who is ahead of us by more than a second is told our
    // time. The store, whose memory is empty, refuses what a server before it may have accepted.
    let window = Window::new(60, 1);
    let restart = Restart::barrier_now();
    let service = Service {
        server: Server::new(Authority::new(&host(own.ip()), own.port())?).with_window(window),
        store: MemoryStore::new(window, restart)?,
        id: stored.id,
        key: stored.key,
    };
    while restart.refuses_until(window).is_some_and(|until| UnixTime::now() <= until) {
        thread::sleep(Duration::from_millis(100));
    }
    println!("listening on http://{own}");
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| serve(&listener, &service));
        }
    });
    Ok(())
}

/// An address as it stands in a URL.
fn host(address: std::net::IpAddr) -> String {
    if address.is_ipv6() { format!("[{address}]") } else { address.to_string() }
}

fn serve(listener: &TcpListener, service: &Service) {
    loop {
        let result = listener.accept().map_err(http::Error::Io);
        match result.and_then(|(stream, _)| answer(&stream, service)) {
            Ok(()) | Err(http::Error::Closed) => {}
            Err(error) => eprintln!("hawk_server: {error}"),
        }
    }
}

fn answer(stream: &TcpStream, service: &Service) -> Result<(), http::Error> {
    let (request, body) = match http::read_request(stream) {
        Ok(read) => read,
        Err(error) => return fail(stream, "", error),
    };
    let now = UnixTime::now();
    match service.serve(&request, body, now) {
        Ok(response) => {
            let headers = [
                ("Content-Type", response.content_type.as_str()),
                ("Server-Authorization", response.proof.as_str()),
            ];
            http::write_response(stream, &request.method, 200, &headers, &response.body)?;
        }
        Err(Failure::Refused(rejection)) => refuse(stream, &request.method, &rejection, now)?,
        Err(Failure::Unreadable(error)) => return fail(stream, &request.method, error),
    }
    http::close(stream, MAX_BODY);
    Ok(())
}

/// Answers a request that could not be read, if somebody is there.
fn fail(stream: &TcpStream, method: &str, error: http::Error) -> Result<(), http::Error> {
    if let Some(status) = error.status() {
        http::write_response(stream, method, status, &[], b"")?;
        http::close(stream, MAX_BODY);
    }
    Err(error)
}

/// The operator is told the reason, the peer is not.
fn refuse(
    stream: &TcpStream,
    method: &str,
    rejection: &Rejection,
    now: UnixTime,
) -> Result<(), http::Error> {
    eprintln!("hawk_server: refused: {}", rejection.error());
    let challenge = rejection.www_authenticate().map(|challenge| challenge.to_string());
    let wait = rejection.retry_after(now).map(|seconds| seconds.to_string());
    let mut headers = vec![("Content-Type", "text/plain")];
    headers.extend(challenge.as_deref().map(|value| ("WWW-Authenticate", value)));
    headers.extend(wait.as_deref().map(|value| ("Retry-After", value)));
    let body = format!("{rejection}\n");
    http::write_response(stream, method, rejection.status(), &headers, body.as_bytes())?;
    Ok(())
}

/// A response with the proof that it is ours.
struct Response {
    content_type: String,
    body: Vec<u8>,
    proof: String,
}

/// Why a request is not served.
enum Failure {
    Refused(Rejection),
    /// It was let in, and its body did not come as announced.
    Unreadable(http::Error),
}

impl<E: Into<Rejection>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

impl Service {
    /// Lets a request in by its head, and only then reads its body; makes the response to it.
    fn serve(
        &self,
        request: &http::Request,
        body: http::Body<'_>,
        now: UnixTime,
    ) -> Result<Response, Failure> {
        let mut incoming = Incoming::new(&request.method, &request.target, Scheme::Http);
        for (name, value) in request.headers.iter() {
            incoming.header(name, value)?;
        }
        let lookup = |id: &str| (id == self.id).then_some(&self.key);
        let accepted = self.server.accept(&incoming, lookup, &self.store, now)?;
        let body = body.read(MAX_BODY).map_err(Failure::Unreadable)?;
        let body = accepted.verify_body(incoming.content_type(), body)?.into_payload();

        let (content_type, body) = if accepted.authorization().hash().is_some() {
            (incoming.content_type().unwrap_or("application/octet-stream").to_owned(), body)
        } else {
            ("text/plain".to_owned(), format!("Hello, {}.\n", accepted.id()).into_bytes())
        };
        // What is signed is what is sent: to HEAD, nothing.
        let payload = if request.method == "HEAD" { &[] } else { body.as_slice() };
        let proof = accepted.respond().payload(Some(&content_type), payload)?.sign()?.to_header();
        Ok(Response { content_type, body, proof })
    }
}
