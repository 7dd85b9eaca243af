//! The authorization server, and the resource that its tokens open.

use std::collections::HashMap;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use creance_sigv::UnixTime;
use oauth2::url::form_urlencoded;
use serde_json::json;

use crate::grants::{Asked, Grants, TOKEN_LIFE};
use crate::http;
use crate::registered::{Registered, credentials};

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 4096;

#[derive(Debug)]
pub(crate) struct Server {
    registered: Registered,
    grants: Mutex<Grants>,
    log: Sender<String>,
}

/// Names and values of a query or a form, each name once.
type Form = HashMap<String, String>;

struct Reply {
    status: u16,
    header: Option<(&'static str, String)>,
    body: String,
    /// What the operator's log says. The peer is told less.
    log: String,
}

impl Reply {
    fn new(status: u16, body: impl Into<String>, log: impl Into<String>) -> Self {
        Self { status, header: None, body: body.into(), log: log.into() }
    }

    /// RFC 6749, 5.2: who the client is was not shown, so it is told how to.
    fn error(code: &str, log: &str) -> Self {
        let body = json!({ "error": code }).to_string();
        let log = format!("{code}: {log}");
        if code == "invalid_client" {
            return Self::challenge("Basic realm=\"tokens\"", body, log);
        }
        Self::new(400, body, log)
    }

    /// RFC 9110, 15.5.2: a 401 says by which scheme.
    fn challenge(scheme: &str, body: impl Into<String>, log: impl Into<String>) -> Self {
        let header = Some(("WWW-Authenticate", scheme.to_owned()));
        Self { header, ..Self::new(401, body, log) }
    }

    /// RFC 6749, 5.1.
    fn token(token: &str, log: &str) -> Self {
        let body = json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": TOKEN_LIFE,
        });
        Self::new(200, body.to_string(), log)
    }

    fn redirect(uri: &str, pairs: &[(&str, &str)], log: &str) -> Self {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let location = format!("{uri}?{query}");
        Self { header: Some(("Location", location)), ..Self::new(302, "", log) }
    }
}

impl Server {
    pub(crate) fn new(secret: &str, log: Sender<String>) -> Self {
        Self { registered: Registered::new(secret), grants: Mutex::default(), log }
    }

    /// Serves one connection after the other, for as long as the program runs.
    pub(crate) fn run(&self, listener: &TcpListener) {
        for stream in listener.incoming() {
            // The other side sees what is wrong, and fails the step.
            if let Err(error) = stream.map_err(http::Error::Io).and_then(|s| self.answer(&s)) {
                eprintln!("oauth2_token: {error}");
            }
        }
    }

    fn answer(&self, stream: &TcpStream) -> Result<(), http::Error> {
        let (request, body) = http::read_request(stream)?;
        let body = body.read(MAX_BODY)?;
        let reply = self.serve(&request, &body);
        // Where nobody reads the log any more, the program is about to end.
        let _ = self.log.send(reply.log);
        let mut headers = vec![("Content-Type", "application/json"), ("Cache-Control", "no-store")];
        headers.extend(reply.header.as_ref().map(|(name, value)| (*name, value.as_str())));
        let body = reply.body.as_bytes();
        Ok(http::write_response(stream, &request.method, reply.status, &headers, body)?)
    }

    fn serve(&self, request: &http::Request, body: &[u8]) -> Reply {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let text = if path == "/authorize" { query.as_bytes() } else { body };
        let Some(form) = read_form(text) else {
            return Reply::error("invalid_request", "a parameter is there twice");
        };
        match (request.method.as_str(), path) {
            ("GET", "/authorize") => self.authorize(&form),
            ("POST", "/token") => self.token(request.headers.get("Authorization"), &form),
            ("GET", "/notes") => self.notes(request.headers.get("Authorization")),
            _ => Reply::new(404, "", "nothing is here"),
        }
    }

    /// RFC 6749, 4.1.1. The user agrees at once; a real page asks who the user is, and what they want.
    fn authorize(&self, form: &Form) -> Reply {
        let client = get(form, "client_id");
        let redirect_uri = get(form, "redirect_uri");
        // Before anything is sent there: an error, too, would go to whoever made up the link.
        if !self.registered.may_redirect(client, redirect_uri) {
            return Reply::error("invalid_request", "the redirect_uri is not registered");
        }
        let state = get(form, "state");
        let refuse =
            |code, log| Reply::redirect(redirect_uri, &[("error", code), ("state", state)], log);
        if get(form, "response_type") != "code" {
            return refuse("unsupported_response_type", "not a code");
        }
        let challenge = get(form, "code_challenge");
        // `plain`, which is also meant by saying nothing, shows the verifier to whoever sees the link.
        if get(form, "code_challenge_method") != "S256" || challenge.len() != 43 {
            return refuse("invalid_request", "the challenge is not made by S256");
        }
        let asked = Asked {
            client: client.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
        };
        let code = self.grants().issue_code(asked, UnixTime::now());
        Reply::redirect(redirect_uri, &[("code", &code), ("state", state)], "a code was issued")
    }

    /// RFC 6749, 4.1.3 and 4.4.
    fn token(&self, authorization: Option<&str>, form: &Form) -> Reply {
        let Some(client) = self.registered.authenticate(authorization) else {
            return Reply::error("invalid_client", "the client's secret is wrong");
        };
        let now = UnixTime::now();
        match get(form, "grant_type") {
            "authorization_code" => {
                let shown = (client, get(form, "redirect_uri"), get(form, "code_verifier"));
                match self.grants().redeem(get(form, "code"), shown, now) {
                    Ok(token) => Reply::token(&token, "a token was issued for a code"),
                    Err(refusal) => Reply::error("invalid_grant", refusal),
                }
            }
            "client_credentials" => {
                let token = self.grants().issue_token(client, now);
                Reply::token(&token, "a token was issued to the client itself")
            }
            _ => Reply::error("unsupported_grant_type", "of another kind"),
        }
    }

    /// What all of it is for (RFC 6750, 2.1).
    fn notes(&self, authorization: Option<&str>) -> Reply {
        // RFC 6750, 3.1: who has shown nothing is told no error.
        let Some(token) = authorization.and_then(|it| credentials(it, "Bearer")) else {
            return Reply::challenge("Bearer realm=\"notes\"", "", "no token");
        };
        match self.grants().client_of(token, UnixTime::now()) {
            Some(client) => Reply::new(200, "[]", format!("notes were read by {client}")),
            None => Reply::challenge(
                "Bearer realm=\"notes\", error=\"invalid_token\"",
                "",
                "invalid_token: the token is unknown, revoked or expired",
            ),
        }
    }

    fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn get<'f>(form: &'f Form, name: &str) -> &'f str {
    form.get(name).map_or("", String::as_str)
}

/// RFC 6749, 3.1 and 3.2: a parameter is there once.
fn read_form(text: &[u8]) -> Option<Form> {
    let mut form = Form::new();
    for (name, value) in form_urlencoded::parse(text) {
        if form.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(form)
}
