//! What holds for every HTTP message: what is signed is accepted, what is changed is not, and times of
//! the whole range are answered.
#![cfg(feature = "http-signature")]

use creance_sigv::http_signature::{Component, Message, Policy, Signer};
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::{Algorithm, Error, Key, UnixTime, Window};
use proptest::prelude::*;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

fn ring() -> Keyring<1> {
    let key = Key::new(Algorithm::Sha256, &[1; 32]).unwrap();
    let mut ring = Keyring::new();
    ring.insert(KeyEntry::new("k", key).unwrap()).unwrap();
    ring
}

fn policy() -> Policy {
    Policy::for_requests(Window::new(300, 5))
}

#[derive(Clone, Debug, PartialEq)]
struct Request {
    method: String,
    path: String,
    query: String,
    header: String,
    body: Vec<u8>,
}

impl Request {
    fn url(&self) -> String {
        format!("https://example.com/{}?{}", self.path, self.query)
    }
}

fn requests() -> impl Strategy<Value = Request> {
    let method = "[A-Z]{1,8}";
    let (path, query) = ("[!$%-;=@-Z_a-z~]{0,20}", "[!$%-;=@-Z_a-z~?&+]{0,20}");
    let body = proptest::collection::vec(any::<u8>(), 0..40);
    (method, path, query, "[ -~\t]{0,20}", body).prop_map(|(method, path, query, header, body)| {
        Request { method, path, query, header, body }
    })
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted_and_nothing_else(
        sent in requests(),
        other in requests(),
        choice in 0..5,
        nonce in proptest::option::of("[ -~]{1,20}"),
        tag in proptest::option::of("[ -~]{1,20}"),
    ) {
        let (keys, url) = (ring(), sent.url());
        let mut signer = Signer::new(["@method", "@authority", "@path", "@query", "x"]).unwrap()
            .with_digest(creance_sigv::content_digest::DigestAlgorithm::Sha512);
        if let Some(nonce) = &nonce {
            signer = signer.with_nonce(nonce);
        }
        if let Some(tag) = &tag {
            signer = signer.with_tag(tag);
        }
        let own = [("X", sent.header.clone())];
        let signed = signer.sign(Message::request(&sent.method, &url, &own, &sent.body), &keys, NOW);
        let signature = signed.unwrap().to_headers();
        let accept = |request: &Request| {
            let (url, mut headers) = (request.url(), signature.clone());
            headers.push(("x".to_owned(), request.header.clone()));
            let message = Message::request(&request.method, &url, &headers, &request.body);
            let verified = policy().verify(message, &keys, NOW);
            verified.map(|authentic| {
                let shown = authentic.dangerous_accept_replays().into_shown();
                (shown.body().unwrap_or_default().to_vec(), shown.nonce().map(str::to_owned), shown.tag().map(str::to_owned))
            })
        };
        prop_assert_eq!(accept(&sent).unwrap(), (sent.body.clone(), nonce, tag));
        let mut changed = sent.clone();
        match choice {
            0 => changed.method = other.method,
            1 => changed.path = other.path,
            2 => changed.query = other.query,
            3 => changed.header = other.header,
            _ => changed.body = other.body,
        }
        let same = (changed.header.trim_matches([' ', '\t']), &changed.method, changed.url(), &changed.body)
            == (sent.header.trim_matches([' ', '\t']), &sent.method, url, &sent.body);
        prop_assert_eq!(accept(&changed).is_ok(), same);
    }

    /// Against a form decoder that is written in another way.
    #[test]
    fn parameters_of_the_query_are_encoded_anew(value in "[a-z+%*~._0-9A-F-]{0,20}") {
        let keys = ring();
        let url = format!("https://h/?b=1&a={value}");
        let signer = Signer::new(["\"@query-param\";name=\"a\""]).unwrap();
        let headers = signer.sign(Message::request("GET", &url, &[("", ""); 0], b""), &keys, NOW);
        let headers = headers.unwrap().to_headers();
        let base = policy().explain(Message::request("GET", &url, &headers, b""), &keys, NOW).unwrap();
        let mut decoded = Vec::new();
        let mut rest = value.replace('+', " ");
        while !rest.is_empty() {
            let digits = rest.strip_prefix('%').and_then(|rest| rest.get(..2));
            let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            decoded.push(byte.unwrap_or(rest.as_bytes()[0]));
            rest = rest.split_off(if byte.is_some() { 3 } else { 1 });
        }
        let encoded: String = decoded.iter().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                char::from(*byte).to_string()
            }
            other => format!("%{other:02X}"),
        }).collect();
        prop_assert_eq!(base.lines().next().unwrap(), format!("\"@query-param\";name=\"a\": {encoded}"));
    }

    #[test]
    fn times_of_the_whole_range_are_answered(
        created in 0..=999_999_999_999_999_u64,
        life in proptest::option::of(any::<u64>()),
        now in any::<u64>(),
        past in any::<u64>(),
        future in any::<u64>(),
        near in -400_i64..400,
        is_near in any::<bool>(),
    ) {
        let (created, keys) = (UnixTime::from_secs(created), ring());
        let now = if is_near { created.as_secs().saturating_add_signed(near) } else { now };
        let now = UnixTime::from_secs(now);
        let mut signer = Signer::new(["@method"]).unwrap();
        if let Some(life) = life {
            signer = signer.with_expiry(life % 400);
        }
        let request = Message::request("GET", "https://h/", &[("", ""); 0], b"");
        let Ok(signed) = signer.sign(request, &keys, created) else {
            // Its end cannot be written.
            prop_assert!(created.as_secs() > 999_999_999_999_599);
            return Ok(());
        };
        let headers = signed.to_headers();
        let window = Window::new(past, future);
        let policy = Policy::new(window, ["@method"]).unwrap();
        let verified = policy.verify(Message::request("GET", "https://h/", &headers, b""), &keys, now);
        let expired = life.is_some_and(|life| created.saturating_add(life % 400) < now);
        let expected = !expired && window.check(created, now).is_ok();
        prop_assert_eq!(verified.is_ok(), expected);
        let _ = policy.diagnose(Message::request("GET", "https://h/", &headers, b""), &keys, Some("s"), now);
    }

    #[test]
    fn identifiers_have_one_spelling(text in "\"?[@a-zA-Z\" ;=-]{0,30}") {
        match Component::parse(&text) {
            Ok(component) => {
                let again = Component::parse(component.as_str()).unwrap();
                prop_assert_eq!(again.as_str(), component.as_str());
            }
            Err(error) => prop_assert!(matches!(error, Error::Malformed(_))),
        }
    }
}
