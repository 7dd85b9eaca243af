//! What gets into a log by accident: of every public type, no key, no MAC and no nonce.
#![cfg(feature = "std")]

mod support;

use std::any::type_name;
use std::collections::BTreeSet;
use std::fmt::Debug;

use creance_hawk::explain::{Inquiry, compare};
use creance_hawk::sigv::{Encoding, Key, Tag};
use creance_hawk::{
    Attribute, Authority, AuthorityPolicy, Authorization, Bewit, BewitBuffer, Challenge, Client,
    Credentials, Error, Field, Forwarded, ForwardedHeader, Incoming, MessageAuthorization, Nonce,
    PayloadHash, PayloadHasher, Rejection, Request, Scheme, Server,
};
use support::{ID, NOW, Recorder, SECRET, URL, WINDOW, authenticate, earlier, key, later, text};

/// One that does not occur in anything else.
const NONCE: &str = "Zq7xNonceXq7Z";

/// Prints values, and looks for secrets in what was printed.
struct Log {
    secrets: Vec<String>,
    printed: BTreeSet<&'static str>,
}

impl Log {
    fn new() -> Self {
        let mut log = Self { secrets: Vec::new(), printed: BTreeSet::new() };
        log.hide(SECRET.as_bytes());
        log.hide(NONCE.as_bytes());
        log
    }

    /// Adds a secret, in the forms that a careless `Debug` would give it.
    fn hide(&mut self, secret: &[u8]) {
        let part = &secret[..12];
        let list = format!("{part:?}");
        self.secrets.push(list.trim_matches(['[', ']']).to_owned());
        for encoding in [Encoding::Base64, Encoding::Hex] {
            self.secrets.push(text(|out| encoding.encode(part, out)));
        }
        self.secrets.extend(std::str::from_utf8(part).map(str::to_owned));
    }

    fn hide_mac(&mut self, mac: &Tag) {
        self.hide(mac.expose());
    }

    fn print<T: Debug>(&mut self, value: &T) {
        let name = type_name::<T>();
        let name = name.split('<').next().unwrap().rsplit("::").next().unwrap();
        self.printed.insert(name);
        for printed in [format!("{value:?}"), format!("{value:#?}").replace(",\n", ",")] {
            let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
            for secret in &self.secrets {
                assert!(!printed.contains(secret), "{name}: {secret} in {printed}");
            }
        }
    }
}

fn print_requests(log: &mut Log, key: &Key) {
    let request = Request::from_url("POST", URL).unwrap();
    let credentials = Credentials::new(ID, key).unwrap();
    let builder = credentials.header(&request).payload(None, b"x").unwrap();
    let signed = builder.sign(NOW, NONCE).unwrap();
    log.hide_mac(signed.mac());
    let header = signed.to_header();
    let authentic = authenticate(&header, &request, key).unwrap();
    let accepted = authentic.claim(&Recorder::default(), NOW).unwrap();
    let check = accepted.payload_check(None, 10).unwrap();
    let verified = accepted.verify_payload(None, "x").unwrap();
    let builder_of_response = accepted.respond().payload(None, b"y").unwrap();
    let response = builder_of_response.sign().unwrap();
    log.hide_mac(response.mac());
    let header_of_response = response.to_string();
    let received = signed.verify_response(Some(&header_of_response)).unwrap();

    log.print(&credentials);
    log.print(&request);
    log.print(&builder);
    log.print(&signed);
    log.print(&Authorization::parse(&header).unwrap());
    log.print(&authentic);
    log.print(&accepted);
    log.print(&check);
    log.print(&verified);
    log.print(&builder_of_response);
    log.print(&response);
    log.print(&creance_hawk::ServerAuthorization::parse(&header_of_response).unwrap());
    log.print(&received);
    log.print(&received.verify_payload(None, "y").unwrap());

    let mut incoming = Incoming::new("POST", "/r", Scheme::Http);
    incoming.header("Authorization", header.as_bytes()).unwrap();
    log.print(&incoming);

    let inquiry =
        Inquiry::new(&request, authentic.authorization(), key.algorithm(), SECRET.as_bytes());
    log.print(&inquiry);
    log.print(&inquiry.diagnose());
    let canonical = text(|out| signed.write_canonical(out));
    let comparison = compare(&canonical, "theirs");
    log.print(&comparison);
    comparison.differences().for_each(|difference| log.print(difference));
    log.print(&inquiry.payload(None, b"other").diagnose().causes()[0]);
}

fn print_times(log: &mut Log, key: &Key) {
    let challenge = Challenge::sign(key, NOW).unwrap();
    log.hide_mac(challenge.tsm());
    let header = challenge.to_string();
    let parsed = Challenge::parse(&header).unwrap();
    let time = parsed.verify(key).unwrap().unwrap();
    log.print(&challenge);
    log.print(&parsed);
    log.print(&time);
    log.print(&time.offset(earlier(100)));

    let request = Request::from_url("GET", URL).unwrap();
    let stale = Credentials::new(ID, key).unwrap().header(&request).sign(earlier(61), NONCE);
    let stale = stale.unwrap().to_header();
    let rejection = authenticate(&stale, &request, key).unwrap_err();
    log.print(&rejection);
    log.print(&rejection.www_authenticate().unwrap());
    log.print(rejection.error());

    let client = Client::new(ID, key.clone()).unwrap();
    let outgoing = client.request_at(&request, NOW);
    log.hide(outgoing.nonce().as_bytes());
    log.print(&client);
    log.print(&outgoing);
    let nonce = Nonce::random();
    log.hide(nonce.as_str().as_bytes());
    log.print(&nonce);
}

fn print_bewits(log: &mut Log, key: &Key) {
    let request = Request::from_url("GET", URL).unwrap();
    let signed = Bewit::sign(&Credentials::new(ID, key).unwrap(), &request, later(60), "").unwrap();
    log.hide_mac(signed.mac());
    let bewit = signed.to_string();
    log.secrets.push(bewit[12..24].to_owned());
    let mut buffer = BewitBuffer::new();
    let parsed = Bewit::parse(&bewit, &mut buffer).unwrap();
    log.print(&signed);
    log.print(&parsed);
    log.print(&parsed.authenticate(&request, Some(key), NOW).unwrap());
    log.print(&buffer);
    // A URL that has a bewit in it.
    let link = text(|out| signed.write_url(URL, out));
    let target = link.strip_prefix("http://example.com:8000").unwrap();
    log.print(&Incoming::new("GET", target, Scheme::Http));
    log.print(&Request::new("GET", target, "example.com", 8000).unwrap());
    log.print(&Request::from_url("GET", &link).unwrap());
}

fn print_messages(log: &mut Log, key: &Key) {
    let builder = Credentials::new(ID, key).unwrap().message("example.com", 8000).unwrap();
    let signed = builder.sign(b"m", NOW, NONCE).unwrap();
    log.hide_mac(signed.mac());
    let mac = text(|out| signed.write_mac(out));
    let received = MessageAuthorization::new(ID, signed.ts(), NONCE, signed.hash(), &mac).unwrap();
    let authentic = received.authenticate("example.com", 8000, Some(key), WINDOW, NOW).unwrap();
    let accepted = authentic.claim(&Recorder::default(), NOW).unwrap();
    log.print(&builder);
    log.print(&signed);
    log.print(&received);
    log.print(&authentic);
    log.print(&accepted);
    log.print(&accepted.verify("m").unwrap());
    log.print(&authentic.entry());
}

fn print_settings(log: &mut Log, key: &Key) {
    let hops = core::num::NonZeroUsize::MIN;
    let forwarded = Forwarded::new(ForwardedHeader::Forwarded, hops, Scheme::Https);
    let authority = Authority::new("example.com", 8000).unwrap();
    let policy: AuthorityPolicy = AuthorityPolicy::Forwarded(forwarded);
    log.print(&Server::new(authority.clone()));
    log.print(&authority);
    log.print(&policy);
    log.print(&forwarded);
    log.print(&ForwardedHeader::XForwardedHost);
    log.print(&Scheme::Http);
    log.print(&Attribute::Mac);
    log.print(&Field::Mac);
    log.print(&Error::BadMac);
    log.print(&Rejection::from(Error::BadMac));
    log.print(&PayloadHash::of(key.algorithm(), None, b"x").unwrap());
    log.print(&PayloadHasher::new(key.algorithm(), None).unwrap());
    log.print(key);
}

#[test]
fn debug_of_every_public_type_shows_no_key_no_mac_and_no_nonce() {
    let (mut log, key) = (Log::new(), key());
    print_requests(&mut log, &key);
    print_times(&mut log, &key);
    print_bewits(&mut log, &key);
    print_messages(&mut log, &key);
    print_settings(&mut log, &key);

    // None of the types that the crate's root exports was left out.
    let root = include_str!("../src/lib.rs");
    let exports = root.split("pub use ").skip(1).map(|rest| rest.split(';').next().unwrap());
    // A trait is nothing that can be printed.
    log.printed.insert("Lookup");
    for export in exports {
        let words =
            export.split(|character: char| !character.is_alphanumeric() && character != '_');
        for name in words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase())) {
            assert!(log.printed.contains(name), "{name} was not printed");
        }
    }
}

#[test]
fn an_entry_for_a_store_shows_neither_id_nor_nonce() {
    let key = key();
    let header = support::header(&key, &support::request());
    let authentic = authenticate(&header, &support::request(), &key).unwrap();
    let printed = format!("{:?}", authentic.entry());
    assert!(!printed.contains(support::NONCE) && !printed.contains(ID), "{printed}");
}

#[test]
fn an_incoming_request_shows_no_credentials_of_any_scheme() {
    let mut incoming = Incoming::new("GET", "/r?a=1&bewit=c2VjcmV0&b=2", Scheme::Https);
    incoming.header("Host", b"example.com").unwrap();
    incoming.header("Authorization", b"Basic dXNlcjpwYXNzd29yZA==").unwrap();
    let printed = format!("{incoming:?}");
    assert_eq!(
        printed,
        "Incoming { method: \"GET\", target: \"/r?a=1&bewit=\"..., scheme: Https, \
         host: Some(\"example.com\"), content_type: None, .. }"
    );
}
