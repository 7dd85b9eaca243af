//! A pool of varied requests. One request repeated would be learnt by the branch predictor and
//! flatter whoever branches most.

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
    pub host: &'static str,
    pub port: u16,
    pub target: String,
    pub nonce: String,
    pub hash: Option<String>,
    pub ext: Option<String>,
    pub header: String,
    /// The URL's path and query with a bewit at its end.
    pub bewit_target: String,
}

impl Case {
    pub fn request(&self) -> Request<'_> {
        Request::new(self.method, &self.target, self.host, self.port).expect("a request")
    }

    pub fn rival_request<'a>(&'a self, target: &'a str) -> rust_hawk::RequestBuilder<'a> {
        rust_hawk::RequestBuilder::new(self.method, self.host, self.port, target)
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
        let cases = (0..SIZE).map(|_| case(&mut random, &clients, now)).collect();
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
    let (host, port) = AUTHORITIES[authority];
    let mut case = Case {
        client,
        method: ["GET", "POST", "PUT", "DELETE"][random.below(4)],
        authority,
        host,
        port,
        target: target(random),
        nonce: random.text_between(6, 18),
        hash: random.coin().then(|| hash(random)),
        ext: random.coin().then(|| random.text_between(6, 26)),
        header: String::new(),
        bewit_target: String::new(),
    };
    let credentials = credentials(&clients[client]);
    case.header = header(&case, &credentials, now);
    case.bewit_target = bewit_target(&case, &credentials, now);
    case
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

fn header(case: &Case, credentials: &Credentials<'_>, now: UnixTime) -> String {
    let request = case.request();
    let mut builder = credentials.header(&request);
    if let Some(hash) = &case.hash {
        builder = builder.payload_hash_text(hash);
    }
    if let Some(ext) = &case.ext {
        builder = builder.ext(ext);
    }
    builder.sign(now, &case.nonce).expect("a header").to_header()
}

fn bewit_target(case: &Case, credentials: &Credentials<'_>, now: UnixTime) -> String {
    let exp = now.saturating_add(3600);
    let bewit = Bewit::sign(credentials, &case.request(), exp, "").expect("a bewit");
    let mut target = String::new();
    bewit.write_url(&case.target, &mut target).expect("a string");
    target
}
