//! A pool of varied requests. One request repeated would be learnt by the branch predictor and
//! flatter whoever branches most.
//!
//! The texts of one kind lie one behind the other, so that what a round reads fits into the second
//! level of the cache. Scattered over the heap it did not, and every measurement had in it what it
//! takes to fetch 1,024 requests from further away, which is no work of any contender: a server has
//! just received what it verifies.

use creance_hawk::sigv::{Algorithm, Encoding, Key, UnixTime};
use creance_hawk::{Bewit, Credentials, Request};

use super::random::Random;

/// How many requests a pool has.
pub const SIZE: usize = 1024;

/// The authorities that requests go to.
pub const AUTHORITIES: [(&str, u16); 3] =
    [("example.com", 443), ("api.example.org", 8000), ("localhost", 80)];

/// One of the 16 clients, with its key in the form of each implementation.
pub struct Client {
    pub id: String,
    pub key: Key,
    pub rival: rust_hawk::Credentials,
}

/// A request with its header, both as the wire has them.
pub struct Case {
    pub client: usize,
    pub method: &'static str,
    pub authority: usize,
    pub target: &'static str,
    pub nonce: &'static str,
    ext: &'static str,
    pub header: &'static str,
    /// The URL's path and query with a bewit at its end.
    pub bewit_target: &'static str,
}

impl Case {
    pub fn ext(&self) -> Option<&'static str> {
        (!self.ext.is_empty()).then_some(self.ext)
    }

    pub fn request(&self) -> Request<'_> {
        let (host, port) = AUTHORITIES[self.authority];
        Request::new(self.method, self.target, host, port).expect("a request")
    }

    pub fn rival_request<'a>(&'a self, target: &'a str) -> rust_hawk::RequestBuilder<'a> {
        let (host, port) = AUTHORITIES[self.authority];
        rust_hawk::RequestBuilder::new(self.method, host, port, target)
    }
}

/// The pool, and the time its headers were made for.
pub struct Pool {
    pub now: UnixTime,
    pub clients: Vec<Client>,
    pub cases: Vec<Case>,
}

impl Pool {
    /// Requests of 16 clients: four methods, three authorities, paths with and without a query,
    /// each second one with a payload's hash, each second one with application data. Made for the
    /// present, because the rival reads the clock itself.
    pub fn new() -> Self {
        let now = UnixTime::now();
        let mut random = Random::new(0x5eed);
        let clients: Vec<_> = (0..16).map(|_| client(&mut random)).collect();
        let mut cases: Vec<_> = (0..SIZE).map(|_| case(&mut random, &clients, now)).collect();
        pack(&mut cases, |case| &mut case.target);
        pack(&mut cases, |case| &mut case.nonce);
        pack(&mut cases, |case| &mut case.ext);
        pack(&mut cases, |case| &mut case.header);
        pack(&mut cases, |case| &mut case.bewit_target);
        Self { now, clients, cases }
    }

    /// The client that made a request, where a server would look its id up.
    pub fn client(&self, case: &Case) -> &Client {
        &self.clients[case.client]
    }

    /// The clients' credentials, made once, in their order.
    pub fn credentials(&self) -> Vec<Credentials<'_>> {
        self.clients.iter().map(credentials).collect()
    }

    /// The mean length of a header, in bytes.
    pub fn header_len(&self) -> usize {
        self.cases.iter().map(|case| case.header.len()).sum::<usize>() / SIZE
    }
}

fn credentials(client: &Client) -> Credentials<'_> {
    Credentials::new(&client.id, &client.key).expect("an id that can be written")
}

fn client(random: &mut Random) -> Client {
    let id = random.text_between(8, 18);
    let secret = random.text(43);
    let rival = rust_hawk::Credentials {
        id: id.clone(),
        key: rust_hawk::Key::new(secret.as_bytes(), rust_hawk::SHA256).expect("a key"),
    };
    let key = Key::new(Algorithm::Sha256, secret.as_bytes()).expect("a key");
    Client { id, key, rival }
}

fn case(random: &mut Random, clients: &[Client], now: UnixTime) -> Case {
    let client = random.below(clients.len());
    let authority = random.below(AUTHORITIES.len());
    let mut case = Case {
        client,
        authority,
        method: ["GET", "POST", "PUT", "DELETE"][random.below(4)],
        target: target(random).leak(),
        nonce: random.text_between(6, 18).leak(),
        ext: "",
        header: "",
        bewit_target: "",
    };
    let hash = random.coin().then(|| hash(random));
    if random.coin() {
        case.ext = random.text_between(6, 26).leak();
    }
    let credentials = credentials(&clients[client]);
    case.header = header(&case, hash.as_deref(), &credentials, now).leak();
    case.bewit_target = bewit_target(&case, &credentials, now).leak();
    case
}

/// Moves one text of each case behind that of the case before.
fn pack(cases: &mut [Case], text: impl Fn(&mut Case) -> &mut &'static str) {
    let texts: String = cases.iter_mut().map(|case| *text(case)).collect();
    let mut rest: &'static str = texts.leak();
    for text in cases.iter_mut().map(text) {
        (*text, rest) = rest.split_at(text.len());
    }
}

fn target(random: &mut Random) -> String {
    let path = random.text_between(4, 20);
    if random.coin() {
        return format!("/{path}");
    }
    format!("/{path}/{}?q={}", random.below(10_000), random.text_between(1, 12))
}

/// Some digest, as text.
fn hash(random: &mut Random) -> String {
    let digest: [u8; 32] = core::array::from_fn(|_| random.byte());
    let mut text = String::new();
    Encoding::Base64.encode(&digest, &mut text).expect("a string");
    text
}

fn header(case: &Case, hash: Option<&str>, credentials: &Credentials<'_>, now: UnixTime) -> String {
    let request = case.request();
    let mut builder = credentials.header(&request).ext(case.ext);
    if let Some(hash) = hash {
        builder = builder.payload_hash_text(hash);
    }
    builder.sign(now, case.nonce).expect("a header").to_header()
}

fn bewit_target(case: &Case, credentials: &Credentials<'_>, now: UnixTime) -> String {
    let exp = now.saturating_add(3600);
    let bewit = Bewit::sign(credentials, &case.request(), exp, "").expect("a bewit");
    let mut target = String::new();
    bewit.write_url(case.target, &mut target).expect("a string");
    target
}
