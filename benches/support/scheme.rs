//! Webhooks of a body of 1 KiB verified, by us and by what a user would take otherwise: the crate
//! `standardwebhooks`, and `hmac` by hand.
//!
//! Headers are those of the `http` crate on both sides, with what a proxy and a client add to them.
//! `standardwebhooks` reads the clock itself, so messages are of the present.

use std::hint::black_box;

use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::{Headers, Received};
use creance_sigv::webhook::{GITHUB, Outgoing, STANDARD, STRIPE, Template};
use creance_sigv::{Key, UnixTime};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

use super::random::Random;

/// Messages: as many as lie in the second level of the cache with their headers and bodies. One that has
/// just been received lies there, too.
pub const SIZE: usize = 128;

/// Bytes of a body.
pub const BODY: usize = 1 << 10;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

/// Messages of one scheme, all signed with one key.
pub struct Messages {
    pub template: Template<'static>,
    pub key: Key,
    pub now: UnixTime,
    pub all: Vec<Message>,
}

/// A message as it is received.
pub struct Message {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// How our side sees the headers of the `http` crate.
pub struct Seen<'m>(&'m HeaderMap);

impl Headers for Seen<'_> {
    fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8])) {
        for (name, value) in self.0 {
            visitor(name.as_str(), value.as_bytes());
        }
    }

    fn values<'h>(&'h self, name: &str, visitor: &mut dyn FnMut(&'h [u8])) {
        for value in self.0.get_all(name) {
            visitor(value.as_bytes());
        }
    }
}

impl Messages {
    pub fn new(template: Template<'static>) -> Self {
        let key = template.key(SECRET).expect("a key");
        let now = UnixTime::now();
        let mut random = Random::new(9421);
        let all = (0..SIZE).map(|_| message(&template, &key, now, &mut random)).collect();
        Self { template, key, now, all }
    }

    /// All of them, by us.
    pub fn verify(&self) {
        for message in &self.all {
            black_box(&self.verify_one(message));
        }
    }

    /// One of them; the length of its body.
    #[inline]
    pub fn verify_one(&self, message: &Message) -> Option<usize> {
        let headers = Seen(black_box(&message.headers));
        let received = Received::webhook(&headers, &message.body);
        let authentic = self.template.verify(&received, &self.key, self.now).ok()?;
        Some(authentic.dangerous_accept_replays().body().len())
    }
}

fn message(template: &Template<'static>, key: &Key, now: UnixTime, random: &mut Random) -> Message {
    let body: Vec<u8> = random.text(BODY).into_bytes();
    let id = format!("msg_{}", random.text(27));
    let outgoing = Outgoing::new(&body).with_id(&id);
    let signed = template.sign(&outgoing, key, now).expect("a signature");
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "hooks.example.com"),
        ("user-agent", "Example-Hooks/1.0"),
        ("accept", "*/*"),
        ("content-type", "application/json"),
        ("content-length", "1024"),
        ("x-forwarded-for", "203.0.113.7"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in signed.to_headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        headers.insert(name, value.try_into().expect("a value"));
    }
    Message { headers, body }
}

/// The messages of Standard Webhooks, by the crate of that name.
pub struct StandardRival {
    rival: standardwebhooks::Webhook,
}

impl StandardRival {
    pub fn new() -> Self {
        Self { rival: standardwebhooks::Webhook::new(SECRET).expect("a secret") }
    }

    pub fn verify(&self, messages: &Messages) {
        for message in &messages.all {
            black_box(&self.verify_one(message));
        }
    }

    #[inline]
    pub fn verify_one(&self, message: &Message) -> Option<()> {
        self.rival.verify(&message.body, black_box(&message.headers)).ok()
    }
}

/// What stands in many handlers: the secret is set up each time, and the tag is decoded first.
pub fn verify_by_hand(messages: &Messages) {
    for message in &messages.all {
        black_box(&by_hand(message));
    }
}

/// One of them.
pub fn by_hand(message: &Message) -> Option<()> {
    let header = black_box(&message.headers).get("X-Hub-Signature-256")?.to_str().ok()?;
    let tag = data_encoding::HEXLOWER.decode(header.strip_prefix("sha256=")?.as_bytes()).ok()?;
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET.as_bytes()).ok()?;
    mac.update(&message.body);
    mac.verify_slice(&tag).ok()
}

/// The bare compressions of the messages: their number times the cost of one.
pub fn compress(messages: &Messages) {
    let block = [0x5c; 64];
    let mut state = black_box([7_u32; 8]);
    for message in &messages.all {
        // The padding, and the outer hash.
        let blocks = (message.body.len() + 9).div_ceil(64) + 1;
        for _ in 0..blocks {
            sha2::block_api::compress256(&mut state, black_box(std::slice::from_ref(&block)));
        }
    }
    black_box(&state);
}

/// One message with one right tag, and with as many forged ones before it.
pub struct Forged {
    template: Template<'static>,
    keys: Keyring<2>,
    body: Vec<u8>,
    header: String,
    now: UnixTime,
}

impl Forged {
    /// `forged` wrong tags and no right one; 256 KiB of body.
    pub fn new(forged: usize) -> Self {
        let key = STRIPE.key(SECRET).expect("a key");
        let now = UnixTime::from_secs(1_700_000_000);
        let tags = format!(",v1={}", "0".repeat(64)).repeat(forged);
        let mut keys = Keyring::new();
        keys.insert(KeyEntry::new("now", key).expect("an id")).expect("a place");
        let body = vec![b'b'; 256 << 10];
        Self { template: STRIPE, keys, body, header: format!("t={now}{tags}"), now }
    }

    pub fn refuse(&self) {
        let headers = [("Stripe-Signature", black_box(&self.header))];
        let received = Received::webhook(&headers, &self.body);
        assert!(black_box(self.template.verify(&received, &self.keys, self.now)).is_err());
    }
}

/// Checks that both sides take the messages, and refuse them when a byte is changed.
///
/// # Panics
/// Where they do not.
pub fn check() {
    let rival = StandardRival::new();
    checked(STANDARD, |message| rival.verify_one(message).is_some());
    checked(GITHUB, |message| by_hand(message).is_some());
}

fn checked(template: Template<'static>, rival: impl Fn(&Message) -> bool) {
    let mut messages = Messages::new(template);
    let mut all = std::mem::take(&mut messages.all);
    for message in &mut all {
        assert_eq!(messages.verify_one(message), Some(BODY));
        assert!(rival(message));
        message.body[0] ^= 1;
        assert_eq!(messages.verify_one(message), None);
        assert!(!rival(message));
    }
}
