//! Sends one request signed with Hawk, and shows the response only if the server proves that it
//! answered this very request.
//!
//! ```sh
//! export HAWK_ID=dh37fgj492je HAWK_KEY_FILE=key.txt
//! cargo run --example hawk_client -- POST http://127.0.0.1:8000/notes text/plain < note.txt
//! ```
//!
//! Where the server finds our clock off and proves its own time, the request is made and sent once
//! more.

#[path = "support/credentials.rs"]
mod credentials;
#[path = "support/http.rs"]
mod http;

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;
use std::{env, io};

use creance_hawk::{Client, Request};

/// The longest body that is sent or read, in bytes.
const MAX_BODY: usize = 1 << 20;

/// What is to be sent.
#[derive(Debug)]
struct Outgoing {
    method: String,
    url: String,
    /// The content type and the body, where there is one.
    payload: Option<(String, Vec<u8>)>,
}

fn main() -> ExitCode {
    let outgoing = match arguments() {
        Ok(outgoing) => outgoing,
        Err(message) => return usage(&message),
    };
    let stored = match credentials::load(None, credentials::variable) {
        Ok(stored) => stored,
        Err(credentials::Error::Usage(message)) => return usage(&message),
        Err(error) => {
            eprintln!("hawk_client: {error}");
            return ExitCode::FAILURE;
        }
    };
    for warning in &stored.warnings {
        eprintln!("hawk_client: {warning}");
    }
    match run(&outgoing, stored) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hawk_client: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage(message: &str) -> ExitCode {
    eprintln!("hawk_client: {message}\n");
    eprintln!("usage: hawk_client METHOD URL [CONTENT-TYPE < BODY]\n");
    eprintln!("{}", credentials::VARIABLES);
    ExitCode::from(2)
}

fn arguments() -> Result<Outgoing, String> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (method, url, content_type) = match arguments.as_slice() {
        [method, url] => (method, url, None),
        [method, url, content_type] => (method, url, Some(content_type)),
        _ => return Err("a method and a URL are needed".to_owned()),
    };
    let payload = match content_type {
        Some(content_type) => Some((content_type.clone(), standard_input()?)),
        None => None,
    };
    Ok(Outgoing { method: method.clone(), url: url.clone(), payload })
}

fn standard_input() -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    let limit = MAX_BODY as u64 + 1;
    io::stdin().take(limit).read_to_end(&mut body).map_err(|error| error.to_string())?;
    if body.len() > MAX_BODY {
        return Err(format!("the body has more than {MAX_BODY} bytes"));
    }
    Ok(body)
}

fn run(outgoing: &Outgoing, stored: credentials::Stored) -> Result<(), Box<dyn Error>> {
    let client = Client::new(stored.id, stored.key)?;
    let request = Request::from_url(&outgoing.method, &outgoing.url)?;
    if !outgoing.url.to_ascii_lowercase().starts_with("http://") {
        return Err("this example speaks plain HTTP only; the library signs for both".into());
    }
    if exchange(&client, &request, outgoing)? == Outcome::TryAgain {
        eprintln!("the server's clock differs from ours: once more, with its time");
        if exchange(&client, &request, outgoing)? == Outcome::TryAgain {
            return Err("the server found the timestamp stale again".into());
        }
    }
    Ok(())
}

/// What came of one exchange that did not fail.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// The response is authentic, and was shown.
    Shown,
    /// The server proved its time; the client has taken note of it.
    TryAgain,
}

/// Signs, sends, receives and verifies.
fn exchange(
    client: &Client,
    request: &Request<'_>,
    outgoing: &Outgoing,
) -> Result<Outcome, Box<dyn Error>> {
    let signing = client.request(request);
    let signed = signing.sign(|header| match &outgoing.payload {
        Some((content_type, body)) => header.payload(Some(content_type), body),
        None => Ok(header),
    })?;

    let response = send(request, &signed.to_header(), outgoing)?;
    if response.status == 401 && learn(client, request, &response.headers)? {
        return Ok(Outcome::TryAgain);
    }
    let proof = response.headers.get("Server-Authorization");
    let authentic = signed
        .verify_response(proof)
        .map_err(|error| format!("status {}, not authenticated: {error}", response.status))?;
    // There is no payload in a response to HEAD; a hash may be that of the response to GET.
    if request.method() != "HEAD" {
        let content_type = response.headers.get("Content-Type");
        let _ = authentic.verify_payload(content_type, &response.body)?;
    }

    eprintln!("status {}, and the response is the server's", response.status);
    io::stdout().write_all(&response.body)?;
    Ok(Outcome::Shown)
}

/// Takes the server's time from a challenge that proves it. One of another scheme is none of ours.
fn learn(
    client: &Client,
    request: &Request<'_>,
    headers: &http::Headers,
) -> Result<bool, creance_hawk::Error> {
    for challenge in headers.values("WWW-Authenticate") {
        let Ok(challenge) = std::str::from_utf8(challenge) else { continue };
        match client.learn(request, challenge) {
            Ok(Some(_)) => return Ok(true),
            Ok(None) | Err(creance_hawk::Error::NoAuthorization) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn send(
    request: &Request<'_>,
    authorization: &str,
    outgoing: &Outgoing,
) -> Result<http::Response, Box<dyn Error>> {
    let host = format!("{}:{}", request.host(), request.port());
    let target = request.resource().to_string();
    let mut headers = vec![("Host", host.as_str()), ("Authorization", authorization)];
    let mut body = None;
    if let Some((content_type, payload)) = &outgoing.payload {
        headers.push(("Content-Type", content_type));
        body = Some(payload.as_slice());
    }
    let stream = http::connect(request.host(), request.port())?;
    let sent = http::write_request(&stream, (request.method(), &target), &headers, body);
    // A server that refuses by the head may have answered before it took the whole body.
    match (http::read_response(&stream, request.method(), MAX_BODY), sent) {
        (Ok(response), _) => Ok(response),
        (Err(_), Err(error)) => Err(error.into()),
        (Err(error), Ok(())) => Err(error.into()),
    }
}
