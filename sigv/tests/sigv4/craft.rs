//! Requests made by hand: with a signature that is right for what it signs, where our own signer would
//! not make it.

use crate::common::to_hex;
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::{Received, Rejection};
use creance_sigv::sigv4::{SecretKey, Service, Verifier};
use creance_sigv::{Algorithm, Hasher, Key, UnixTime};

pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_440_938_160);

pub(crate) const DATE: &str = "20150830T123600Z";

pub(crate) const HOST: &str = "tickets.example.com";

pub(crate) const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

pub(crate) const TICKETS: Service<'static> = Service::new("tickets");

/// A request made by hand, and what is signed of it.
#[derive(Clone)]
pub(crate) struct Craft {
    pub(crate) algorithm: String,
    pub(crate) id: String,
    pub(crate) scope: String,
    pub(crate) date: String,
    pub(crate) path: String,
    /// As it is sent and, in canonical form, as it is signed.
    pub(crate) query: [String; 2],
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) names: String,
    pub(crate) payload: String,
    pub(crate) body: Vec<u8>,
}

impl Craft {
    pub(crate) fn new() -> Self {
        Self {
            algorithm: "AWS4-HMAC-SHA256".to_owned(),
            id: "AKID".to_owned(),
            scope: "20150830/r/tickets/aws4_request".to_owned(),
            date: DATE.to_owned(),
            path: "/".to_owned(),
            query: [String::new(), String::new()],
            headers: vec![
                ("Host".to_owned(), HOST.to_owned()),
                ("X-Amz-Date".to_owned(), DATE.to_owned()),
            ],
            names: "host;x-amz-date".to_owned(),
            payload: EMPTY.to_owned(),
            body: Vec::new(),
        }
    }

    pub(crate) fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut craft = Self::new();
        change(&mut craft);
        craft
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn canonical(&self, query: &str) -> String {
        let lines: Vec<String> = self
            .names
            .split(';')
            .map(|name| {
                let is_it = |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
                let values = self.headers.iter().filter(is_it).map(|header| header.1.trim());
                format!("{}:{}\n", name.to_lowercase(), values.collect::<Vec<_>>().join(","))
            })
            .collect();
        let lines = lines.concat();
        format!("GET\n{}\n{query}\n{lines}\n{}\n{}", self.path, self.names, self.payload)
    }

    pub(crate) fn url(&self) -> String {
        let query = &self.query[0];
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        format!("https://{HOST}{}{query}", self.path)
    }

    /// The signature in a header.
    pub(crate) fn signed(&self) -> (String, Vec<(String, String)>) {
        let signature = signature(&self.scope, &self.date, &self.canonical(&self.query[1]));
        let (algorithm, id, scope, names) = (&self.algorithm, &self.id, &self.scope, &self.names);
        let value = format!(
            "{algorithm} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
        );
        let mut headers = self.headers.clone();
        headers.push(("Authorization".to_owned(), value));
        (self.url(), headers)
    }

    pub(crate) fn verify(&self, verifier: &Verifier<'_>, now: UnixTime) -> Result<(), Rejection> {
        let (url, headers) = self.signed();
        verdict(verifier, "GET", &url, &headers, &self.body, now)
    }

    /// The code of the refusal by a verifier that demands what it does by itself.
    pub(crate) fn code(&self) -> &'static str {
        code(self.verify(&verifier(), NOW))
    }
}

pub(crate) fn sha256(text: &str) -> String {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(text.as_bytes());
    to_hex(hasher.finish().expose())
}

pub(crate) fn signature(scope: &str, date: &str, canonical: &str) -> String {
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for step in scope.split('/') {
        key = hmac(&key, step).expose().to_vec();
    }
    let string = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", sha256(canonical));
    to_hex(hmac(&key, &string).expose())
}

pub(crate) fn hmac(key: &[u8], text: &str) -> creance_sigv::Tag {
    Key::allow_weak(Algorithm::Sha256, key).unwrap().sign(text.as_bytes())
}

pub(crate) fn code<T>(verdict: Result<T, Rejection>) -> &'static str {
    verdict.map_or_else(|refusal| refusal.code(), |_| "ok")
}

pub(crate) fn verifier() -> Verifier<'static> {
    Verifier::new("r", TICKETS).unwrap()
}

pub(crate) fn keys() -> Keyring<2, SecretKey> {
    let mut keys = Keyring::new();
    keys.insert(KeyEntry::new("AKID", SecretKey::new(SECRET).unwrap()).unwrap()).unwrap();
    keys
}

pub(crate) fn verdict(
    verifier: &Verifier<'_>,
    method: &str,
    url: &str,
    headers: &[(String, String)],
    body: &[u8],
    now: UnixTime,
) -> Result<(), Rejection> {
    let keys = keys();
    let verdict = verifier.verify(&Received::new(method, url, &headers, body), &keys, now);
    verdict.map(|authentic| assert_eq!(authentic.key().id(), "AKID"))
}
