//! HTTP message signatures and digests: any text for each of their headers, and any change on the way.
//!
//! * An identifier that is read is written in one spelling, which reads as the same; a digest likewise.
//! * What is signed is accepted, with its body.
//! * What was changed is refused, or reads as the same: the signature base and the body are those that
//!   were signed.
//! * Texts that nobody has signed are refused, and a diagnosis of them ends.

use arbitrary::{Result, Unstructured};
use creance_sigv::content_digest::ContentDigest;
use creance_sigv::http_signature::{Component, Message, Policy, Signer};
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::{Algorithm, Key, UnixTime, Window};

use crate::edit::{EDITS, edit, text};
use crate::keys::key;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Checks the properties above.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    if let Ok(text) = core::str::from_utf8(data) {
        reads(text);
        verifies(text);
    }
    // Too few bytes for all choices are an end, not a finding.
    let _ = tampers(&mut Unstructured::new(data));
}

fn ring(key: &Key) -> Keyring<1> {
    let mut ring = Keyring::new();
    let entry = KeyEntry::new("k", key.clone()).expect("an id");
    ring.insert(entry).expect("a place");
    ring
}

fn reads(text: &str) {
    if let Ok(component) = Component::parse(text) {
        let again = Component::parse(component.as_str()).expect("its own spelling");
        assert_eq!(again, component);
        assert_eq!(again.as_str(), component.as_str());
        assert!(component.covers(&again));
    }
    let headers = [("content-digest", text)];
    if let Ok(digest) = ContentDigest::parse(&headers) {
        let written = digest.to_string();
        let headers = [("content-digest", written.as_str())];
        let again = ContentDigest::parse(&headers).expect("its own spelling");
        assert_eq!(again.to_string(), written);
        assert_eq!(again.verify(text.as_bytes()), digest.verify(text.as_bytes()));
    }
}

/// The text in each place where a peer can put one. Its lines are headers, URL and body.
fn verifies(text: &str) {
    let keys = ring(key(Algorithm::Sha256));
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let headers =
        [("Signature-Input", line()), ("Signature", line()), ("X", line()), ("X", line())];
    let (url, body) = (line(), line().as_bytes());
    let policy = Policy::new(Window::new(300, 5), ["x"]).expect("a list").without_body();
    let request = Message::request("GET", url, &headers, body);
    let response = Message::response(200, &headers, body).answering(request);
    for message in [request, response] {
        assert!(policy.verify(message, &keys, NOW).is_err(), "nobody signed it");
        let _ = policy.diagnose(message, &keys, Some(text), NOW).to_string();
        if let Ok(base) = policy.explain(message, &keys, NOW) {
            assert!(base.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b' '..=b'~')));
            assert!(base.contains("\"@signature-params\": ("));
        }
    }
}

/// What one may cover of the request below.
const COMPONENTS: [&str; 12] = [
    "@target-uri",
    "@authority",
    "@path",
    "@query",
    "@request-target",
    "\"@query-param\";name=\"q\"",
    "x",
    "\"x\";bs",
    "\"d\";sf",
    "\"d\";key=\"a\"",
    "content-length",
    "@scheme",
];

struct Sent {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Sent {
    fn message(&self) -> Message<'_> {
        Message::request(&self.method, &self.url, &self.headers, self.body.as_bytes())
    }

    fn change(&mut self, choices: &mut Unstructured<'_>) -> Result<bool> {
        let target = choices.choose_index(self.headers.len() + 3)?;
        let place = match target {
            0 => &mut self.method,
            1 => &mut self.url,
            2 => &mut self.body,
            _ => &mut self.headers[target - 3].1,
        };
        Ok(edit(place, choices)?.map(|changed| *place = changed).is_some())
    }
}

fn tampers(choices: &mut Unstructured<'_>) -> Result<()> {
    let keys = ring(key(Algorithm::Sha256));
    let list = ["@method"].into_iter().chain(COMPONENTS);
    let mut chosen = Vec::new();
    for component in list {
        if component == "@method" || choices.arbitrary()? {
            chosen.push(component);
        }
    }
    let body = text(choices, b"{}[]:,\"ab1 \n", 0, 12)?;
    let value = text(choices, b"ab ,=\t", 0, 8)?;
    let sent = Sent {
        method: text(choices, b"GETPOSA-", 1, 4)?,
        url: format!(
            "https://h.example/{}?q={}",
            text(choices, b"ab/.~", 0, 6)?,
            text(choices, b"ab+*", 0, 6)?
        ),
        headers: vec![
            ("X".to_owned(), value),
            ("x".to_owned(), text(choices, b"ab ,=\t", 0, 8)?),
            ("D".to_owned(), "a=1;p,  b=(x  y)".to_owned()),
            ("Content-Length".to_owned(), body.len().to_string()),
        ],
        body,
    };
    let signer = Signer::new(chosen).expect("a list");
    let signer = signer.with_digest(creance_sigv::content_digest::DigestAlgorithm::Sha256);
    let made = signer.sign(sent.message(), &keys, NOW).expect("all of it is there");
    let mut sent = sent;
    sent.headers.extend(made.to_headers());

    let policy = Policy::new(Window::new(300, 5), ["@method"]).expect("a list");
    let accepted = policy.verify(sent.message(), &keys, NOW).expect("what was signed");
    let body = accepted.dangerous_accept_replays().body();
    assert_eq!(body.unwrap_or_default(), sent.body.as_bytes());
    let base = policy.explain(sent.message(), &keys, NOW).expect("what was signed");

    for _ in 0..EDITS {
        let mut changed = Sent {
            method: sent.method.clone(),
            url: sent.url.clone(),
            headers: sent.headers.clone(),
            body: sent.body.clone(),
        };
        if !changed.change(choices)? {
            continue;
        }
        let Ok(taken) = policy.verify(changed.message(), &keys, NOW) else { continue };
        let found = policy.explain(changed.message(), &keys, NOW);
        assert_eq!(found.as_deref(), Ok(base.as_str()), "accepted, and not what was signed");
        let body = taken.dangerous_accept_replays().body();
        assert_eq!(body.unwrap_or_default(), sent.body.as_bytes());
    }
    Ok(())
}
