//! The client's side: signs requests, for itself or for a user whose token it has.

use std::error::Error;

use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, generate_nonce};
use creance_sigv::{UnixTime, rand};

use crate::provider::ALGORITHM;
use crate::wire::{Answer, Wire};

type Step<T> = Result<T, Box<dyn Error>>;

#[derive(Debug)]
pub(crate) struct Client<'w> {
    pub(crate) wire: &'w Wire<'w>,
    credentials: Credentials,
}

/// What a request carries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'b> {
    None,
    /// Its parameters are signed.
    Form(&'b str),
    /// It is signed by its hash.
    Json(&'b str),
}

/// A request as it goes over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

impl<'w> Client<'w> {
    pub(crate) fn new(wire: &'w Wire<'w>, credentials: Credentials) -> Self {
        Self { wire, credentials }
    }

    /// The key of requests with this token, or of those of the client for itself.
    pub(crate) fn key(&self, token: Option<&Credentials>) -> Step<RequestKey> {
        Ok(RequestKey::new(ALGORITHM, &self.credentials, token)?)
    }

    /// A request for temporary credentials.
    pub(crate) fn initiate(&self, callback: &str) -> Step<Sent> {
        let (url, nonce) = (self.url("/initiate"), generate_nonce(&mut rand::rng()));
        let outgoing = Outgoing::new("POST", &url).with_nonce(&nonce).with_callback(callback);
        let headers = outgoing.sign(&self.key(None)?, UnixTime::now())?.to_headers();
        Ok(Sent { method: "POST".into(), target: "/initiate".into(), headers, body: None })
    }

    /// A request for a token, with the code that the user came back with.
    pub(crate) fn exchange(&self, temporary: &Credentials, verifier: &str) -> Step<Sent> {
        let (url, nonce) = (self.url("/token"), generate_nonce(&mut rand::rng()));
        let outgoing = Outgoing::new("POST", &url).with_nonce(&nonce).with_verifier(verifier);
        let headers = outgoing.sign(&self.key(Some(temporary))?, UnixTime::now())?.to_headers();
        Ok(Sent { method: "POST".into(), target: "/token".into(), headers, body: None })
    }

    /// Any other request, signed by a clock of one's own.
    pub(crate) fn call(
        &self,
        (method, target): (&str, &str),
        body: Body<'_>,
        key: &RequestKey,
        now: UnixTime,
    ) -> Step<Sent> {
        let (url, nonce) = (self.url(target), generate_nonce(&mut rand::rng()));
        let outgoing = Outgoing::new(method, &url).with_nonce(&nonce).with_realm("notes");
        let (outgoing, sent) = match body {
            Body::None => (outgoing, None),
            Body::Form(form) => (outgoing.with_form(form), Some(form)),
            Body::Json(json) => (outgoing.with_body(json.as_bytes()), Some(json)),
        };
        let mut headers = outgoing.sign(key, now)?.to_headers();
        if matches!(body, Body::Json(_)) {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        let body = sent.map(str::to_owned);
        Ok(Sent { method: method.to_owned(), target: target.to_owned(), headers, body })
    }

    pub(crate) fn send(&self, sent: &Sent) -> Step<Answer> {
        let body = sent.body.as_deref().map(str::as_bytes);
        self.wire.exchange((&sent.method, &sent.target), &sent.headers, body)
    }

    pub(crate) fn url(&self, target: &str) -> String {
        format!("{}{target}", self.wire.base)
    }
}
