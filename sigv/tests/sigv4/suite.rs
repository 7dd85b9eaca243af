//! The published vectors of AWS Signature Version 4: each request of the suite signed in a header and in
//! the URL, verified, and refused once anything in it is changed.

use crate::common::{Fields, to_hex};
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::{Received, Rejection};
use creance_sigv::sigv4::{
    Credentials, Outgoing, Payload, Scope, SecretKey, Service, Signer, SigningKeys, Timestamp,
    Verifier,
};
use creance_sigv::{Algorithm, Key, UnixTime};

/// A request of the suite and what has to come of it.
struct Case {
    name: String,
    id: String,
    secret: String,
    token: Option<String>,
    region: String,
    service: String,
    normalizes: bool,
    has_digest_header: bool,
    timestamp: Timestamp,
    expires: u32,
    request: Request,
    header: Expected,
    query: Expected,
}

struct Expected {
    canonical_request: String,
    string_to_sign: String,
    signature: String,
}

#[derive(Clone)]
struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Expected {
    fn read(mut fields: Fields) -> Self {
        let expected = Self {
            canonical_request: fields.text("canonical_request"),
            string_to_sign: fields.text("string_to_sign"),
            signature: fields.text("signature"),
        };
        fields.end();
        expected
    }
}

impl Case {
    fn read(mut fields: Fields) -> Self {
        let mut context = Fields::of(fields.take("context"));
        let mut credentials = Fields::of(context.take("credentials"));
        let id = credentials.text("access_key_id");
        let secret = credentials.text("secret_access_key");
        let token = credentials.optional("token").map(|token| token.as_str().unwrap().to_owned());
        credentials.end();
        // The one case that says so wants what is the rule anyhow.
        assert!(context.optional("omit_session_token").is_none_or(|omit| omit == false));
        let iso: String = context.text("timestamp").replace(['-', ':'], "");
        let case = Self {
            name: fields.text("name"),
            id,
            secret,
            token,
            region: context.text("region"),
            service: context.text("service"),
            normalizes: context.flag("normalize"),
            has_digest_header: context.flag("sign_body"),
            timestamp: Timestamp::parse(&iso).expect("a timestamp"),
            expires: u32::try_from(context.take("expiration_in_seconds").as_u64().unwrap())
                .unwrap(),
            request: Request::read(&fields.text("request")),
            header: Expected::read(Fields::of(fields.take("header"))),
            query: Expected::read(Fields::of(fields.take("query"))),
        };
        context.end();
        fields.end();
        case
    }

    fn service(&self) -> Service<'_> {
        let mut service = Service::new(&self.service);
        if !self.normalizes {
            service = service.without_normalization();
        }
        if self.has_digest_header {
            service = service.with_digest_header();
        }
        service
    }

    fn secret(&self) -> SecretKey {
        SecretKey::new(&self.secret).expect("long enough")
    }

    fn signer<'s>(&'s self, secret: &'s SecretKey) -> Signer<'s> {
        let mut credentials = Credentials::new(&self.id, secret).expect("an id");
        if let Some(token) = &self.token {
            credentials = credentials.with_session_token(token);
        }
        Signer::new(credentials, &self.region, self.service()).expect("a scope")
    }

    fn now(&self) -> UnixTime {
        self.timestamp.time()
    }

    fn verify(&self, request: &Request, now: UnixTime) -> Result<Vec<u8>, Rejection> {
        let mut secret = self.secret();
        if let Some(token) = &self.token {
            secret = secret.with_session_token(token);
        }
        let mut keys = Keyring::<1, SecretKey>::new();
        keys.insert(KeyEntry::new(&self.id, secret).unwrap()).unwrap();
        let verifier = Verifier::new(&self.region, self.service()).unwrap().with_presigned(3600);
        let received =
            Received::new(&request.method, &request.url, &request.headers, &request.body);
        let verified = verifier.verify(&received, &keys, now)?.dangerous_accept_replays();
        Ok(verified.shown().body().expect("the body is signed").to_vec())
    }

    /// The request with its signature in a header.
    fn signed(&self) -> Request {
        let secret = self.secret();
        let signed = self.signer(&secret).sign(&self.request.outgoing(), self.now()).unwrap();
        assert_eq!(to_hex(signed.signature().expose()), self.header.signature, "{}", self.name);
        let mut request = self.request.clone();
        request.headers.extend(signed.to_headers());
        request
    }

    /// The request with its signature in the URL.
    fn presigned(&self) -> Request {
        let secret = self.secret();
        let signer = self.signer(&secret);
        let signed = signer.presign(&self.request.outgoing(), self.expires, self.now()).unwrap();
        assert_eq!(to_hex(signed.signature().expose()), self.query.signature, "{}", self.name);
        Request { url: signed.to_url().unwrap(), ..self.request.clone() }
    }
}

impl Request {
    /// The text of a request. Lines that go on in the next one are joined, as RFC 9112, 5.2 has it.
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end_matches('\n'), ""));
        let mut lines = head.lines();
        let first = lines.next().unwrap();
        let (method, rest) = first.split_once(' ').unwrap();
        let target = rest.strip_suffix(" HTTP/1.1").unwrap();
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            match headers.last_mut() {
                Some((_, value)) if line.starts_with(' ') => value.extend([" ", line]),
                _ => {
                    let (name, value) = line.split_once(':').unwrap();
                    headers.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        let host = headers.iter().find(|header| header.0 == "Host").unwrap().1.clone();
        let url = format!("https://{host}{target}");
        Self { method: method.to_owned(), url, headers, body: body.as_bytes().to_vec() }
    }

    fn outgoing(&self) -> Outgoing<'_> {
        let payload = Payload::Body(&self.body);
        Outgoing::new(&self.method, &self.url, payload).with_headers(&self.headers)
    }
}

fn cases() -> Vec<Case> {
    let mut file = Fields::parse(include_str!("../vectors/aws_sigv4_suite.json"));
    assert!(file.text("source").contains("aws-signing-test-suite"));
    let cases: Vec<Case> = file.objects("vectors").into_iter().map(Case::read).collect();
    file.end();
    assert_eq!(cases.len(), 29);
    cases
}

#[test]
fn the_signing_key_is_derived() {
    let mut file = Fields::parse(include_str!("../vectors/aws_signing_key.json"));
    assert!(file.text("source").contains("AWS"));
    let secret = SecretKey::new(&file.text("secret_access_key")).unwrap();
    let timestamp = Timestamp::parse(&format!("{}T000000Z", file.text("date"))).unwrap();
    let (region, service) = (file.text("region"), file.text("service"));
    let scope = Scope::new(&timestamp, &region, &service).unwrap();
    // A key is known by what it signs.
    let expected = Key::new(Algorithm::Sha256, &file.bytes("signing_key_hex")).unwrap();
    file.end();
    let derived = secret.signing_key(&scope);
    assert_eq!(
        (derived.date(), derived.region(), derived.service()),
        ("20120215", &*region, "iam")
    );
    let credentials = Credentials::new("AKIDEXAMPLE", &secret).unwrap();
    let signer = Signer::new(credentials, &region, Service::new(&service)).unwrap();
    let outgoing = Outgoing::new("GET", "https://iam.amazonaws.com/", Payload::Body(b""));
    let explained = signer.explain(&outgoing, None, timestamp.time()).unwrap();
    let tag = expected.sign(explained.string_to_sign.as_bytes());
    let mut cache = SigningKeys::<2>::new(&secret);
    for _ in 0..2 {
        let key = cache.get(&scope);
        let signed = signer.sign_with(&outgoing, key, timestamp.time()).unwrap();
        assert_eq!(signed.signature().expose(), tag.expose());
    }
    let signed = signer.sign(&outgoing, timestamp.time()).unwrap();
    assert_eq!(signed.signature().expose(), tag.expose());
}

#[test]
fn canonical_requests_and_strings_to_sign_are_those_of_the_suite() {
    for case in cases() {
        let secret = case.secret();
        let signer = case.signer(&secret);
        for (expected, expires) in [(&case.header, None), (&case.query, Some(case.expires))] {
            let explained = signer.explain(&case.request.outgoing(), expires, case.now()).unwrap();
            let canonical = String::from_utf8(explained.canonical_request).unwrap();
            assert_eq!(canonical, expected.canonical_request, "{}", case.name);
            assert_eq!(explained.string_to_sign, expected.string_to_sign, "{}", case.name);
        }
    }
}

#[test]
fn signatures_are_those_of_the_suite_and_are_taken() {
    for case in cases() {
        for request in [case.signed(), case.presigned()] {
            assert_eq!(
                case.verify(&request, case.now()),
                Ok(case.request.body.clone()),
                "{}",
                case.name
            );
        }
    }
}

/// The request with one change in each of its parts.
fn tampered(request: &Request) -> Vec<(String, Request)> {
    let mut all = Vec::new();
    let mut add = |what: &str, change: &dyn Fn(&mut Request)| {
        let mut changed = request.clone();
        change(&mut changed);
        all.push((what.to_owned(), changed));
    };
    add("method", &|request| request.method = String::from("PUT"));
    add("body", &|request| request.body.push(b'x'));
    let path_end = request.url.find('?').unwrap_or(request.url.len());
    add("path", &|request| request.url.insert(path_end, 'x'));
    add("query", &|request| {
        request.url.push(if request.url.contains('?') { '&' } else { '?' });
        request.url.push_str("a=1");
    });
    for index in 0..request.headers.len() {
        let name = &request.headers[index].0;
        // Nobody signs the length of a body that is digested but for this suite.
        add(&format!("value of {name}"), &|request| request.headers[index].1.push('1'));
        add(&format!("removal of {name}"), &|request| drop(request.headers.remove(index)));
        add(&format!("double of {name}"), &|request| {
            let double = request.headers[index].clone();
            request.headers.push(double);
        });
    }
    add("x-amz-header", &|request| {
        request.headers.push(("X-Amz-Acl".to_owned(), "public-read".to_owned()));
    });
    if let Some((base, query)) = request.url.split_once('?') {
        let pairs: Vec<&str> = query.split('&').collect();
        for index in 0..pairs.len() {
            let with = |change: &dyn Fn(&mut Vec<String>)| {
                let mut pairs: Vec<String> = pairs.iter().map(|pair| (*pair).to_owned()).collect();
                change(&mut pairs);
                format!("{base}?{}", pairs.join("&"))
            };
            let (removed, doubled, changed) = (
                with(&|pairs| drop(pairs.remove(index))),
                with(&|pairs| pairs.push(pairs[index].clone())),
                with(&|pairs| pairs[index].push('0')),
            );
            add(&format!("removal of {}", pairs[index]), &|request| {
                request.url.clone_from(&removed);
            });
            add(&format!("double of {}", pairs[index]), &|request| {
                request.url.clone_from(&doubled);
            });
            add(&format!("value of {}", pairs[index]), &|request| {
                request.url.clone_from(&changed);
            });
        }
    }
    all
}

#[test]
fn no_part_can_be_changed() {
    let mut count = 0;
    for case in cases() {
        for request in [case.signed(), case.presigned()] {
            for (what, changed) in tampered(&request) {
                let verdict = case.verify(&changed, case.now());
                // Over HTTP/2 there need be no host beside that of the URL.
                let is_none = what == "removal of Host";
                assert_eq!(verdict.is_ok(), is_none, "{}: {what}", case.name);
                count += 1;
            }
        }
    }
    assert!(count > 1_000, "{count}");
}

/// Each digit of a signature counts, and it has no other spelling or length.
#[test]
fn no_digit_of_a_signature_can_be_changed() {
    let case = cases().remove(0);
    let signature = &case.header.signature;
    let request = case.signed();
    let with = |other: &str| {
        let mut request = request.clone();
        for (_, value) in &mut request.headers {
            *value = value.replace(signature.as_str(), other);
        }
        case.verify(&request, case.now())
    };
    assert!(with(signature).is_ok());
    for index in 0..signature.len() {
        let mut other = signature.clone().into_bytes();
        other[index] = if other[index] == b'0' { b'1' } else { b'0' };
        let refusal = with(&String::from_utf8(other).unwrap()).unwrap_err();
        assert_eq!((refusal.code(), refusal.status()), ("mismatch", 401));
    }
    for other in [&signature.to_uppercase(), &signature[..62], "", &format!("{signature}00")] {
        assert!(with(other).is_err(), "{other}");
    }
}
