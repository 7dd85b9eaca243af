//! What a verifier of AWS Signature Version 4 must not take: each of these has a signature that is right
//! for what it signs, made by hand where our own signer would not make it.

mod common;

use common::to_hex;
use creance_sigv::keyring::{KeyEntry, KeyState, Keyring};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::{Authentic, Received, Rejection};
use creance_sigv::sigv4::{
    Credentials, Outgoing, Payload, Request, Scope, SecretKey, Service, Signer, SigningKeys,
    Timestamp, Verifier,
};
use creance_sigv::{Algorithm, Error, Hasher, Key, UnixTime};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const NOW: UnixTime = UnixTime::from_secs(1_440_938_160);
const DATE: &str = "20150830T123600Z";
const HOST: &str = "tickets.example.com";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const TICKETS: Service<'static> = Service::new("tickets");

/// A request made by hand, and what is signed of it.
#[derive(Clone)]
struct Craft {
    algorithm: String,
    id: String,
    scope: String,
    date: String,
    path: String,
    /// As it is sent and, in canonical form, as it is signed.
    query: [String; 2],
    headers: Vec<(String, String)>,
    names: String,
    payload: String,
    body: Vec<u8>,
}

fn sha256(text: &str) -> String {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(text.as_bytes());
    to_hex(hasher.finish().expose())
}

fn signature(scope: &str, date: &str, canonical: &str) -> String {
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for step in scope.split('/') {
        key = hmac(&key, step).expose().to_vec();
    }
    let string = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", sha256(canonical));
    to_hex(hmac(&key, &string).expose())
}

fn hmac(key: &[u8], text: &str) -> creance_sigv::Tag {
    Key::allow_weak(Algorithm::Sha256, key).unwrap().sign(text.as_bytes())
}

impl Craft {
    fn new() -> Self {
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

    fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut craft = Self::new();
        change(&mut craft);
        craft
    }

    fn header(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn canonical(&self, query: &str) -> String {
        let lines: String = self
            .names
            .split(';')
            .map(|name| {
                let is_it = |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
                let values = self.headers.iter().filter(is_it).map(|header| header.1.trim());
                format!("{}:{}\n", name.to_lowercase(), values.collect::<Vec<_>>().join(","))
            })
            .collect();
        format!("GET\n{}\n{query}\n{lines}\n{}\n{}", self.path, self.names, self.payload)
    }

    fn url(&self) -> String {
        let query = &self.query[0];
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        format!("https://{HOST}{}{query}", self.path)
    }

    /// The signature in a header.
    fn signed(&self) -> (String, Vec<(String, String)>) {
        let signature = signature(&self.scope, &self.date, &self.canonical(&self.query[1]));
        let (algorithm, id, scope, names) = (&self.algorithm, &self.id, &self.scope, &self.names);
        let value = format!(
            "{algorithm} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
        );
        let mut headers = self.headers.clone();
        headers.push(("Authorization".to_owned(), value));
        (self.url(), headers)
    }

    fn verify(&self, verifier: &Verifier<'_>, now: UnixTime) -> Result<(), Rejection> {
        let (url, headers) = self.signed();
        verdict(verifier, "GET", &url, &headers, &self.body, now)
    }

    /// The code of the refusal by a verifier that demands what it does by itself.
    fn code(&self) -> &'static str {
        code(self.verify(&verifier(), NOW))
    }
}

fn code<T>(verdict: Result<T, Rejection>) -> &'static str {
    verdict.map_or_else(|refusal| refusal.code(), |_| "ok")
}

fn verifier() -> Verifier<'static> {
    Verifier::new("r", TICKETS).unwrap()
}

fn keys() -> Keyring<2, SecretKey> {
    let mut keys = Keyring::new();
    keys.insert(KeyEntry::new("AKID", SecretKey::new(SECRET).unwrap()).unwrap()).unwrap();
    keys
}

fn verdict(
    verifier: &Verifier<'_>,
    method: &str,
    url: &str,
    headers: &Vec<(String, String)>,
    body: &[u8],
    now: UnixTime,
) -> Result<(), Rejection> {
    let keys = keys();
    let verdict = verifier.verify(&Received::new(method, url, headers, body), &keys, now);
    verdict.map(drop_shown)
}

fn drop_shown(authentic: Authentic<'_, Request<'_>>) {
    assert_eq!(authentic.key().id(), "AKID");
}

#[test]
fn what_is_made_by_hand_is_taken() {
    assert_eq!(Craft::new().code(), "ok");
    let with_query = Craft::with(|it| it.query = ["b=2&a=1".to_owned(), "a=1&b=2".to_owned()]);
    assert_eq!(with_query.code(), "ok");
}

#[test]
fn what_has_to_be_signed_is_signed() {
    let no_host = Craft::with(|it| it.names = "x-amz-date".to_owned());
    let refusal = no_host.verify(&verifier(), NOW).unwrap_err();
    assert_eq!((refusal.code(), refusal.status()), ("not-covered", 401));
    assert_eq!(refusal.error().to_string(), "the signature does not cover the host");
    for name in ["X-Amz-Acl", "x-amz-meta-a", "X-AMZ-", "Content-Type"] {
        assert_eq!(Craft::with(|it| it.header(name, "a")).code(), "not-covered", "{name}");
    }
    assert_eq!(Craft::with(|it| it.header("x-am", "a")).code(), "ok");
    assert_eq!(Craft::with(|it| it.names = "host".to_owned()).code(), "not-covered");

    let with_type = Craft::with(|it| it.header("Content-Type", "text/plain"));
    let lax = verifier().with_signed_if_present(&[]);
    assert_eq!(code(with_type.verify(&lax, NOW)), "ok");
    let strict = verifier().with_signed_if_present(&["Range"]);
    let with_range = Craft::with(|it| it.header("range", "bytes=0-1"));
    assert_eq!(code(with_range.verify(&strict, NOW)), "not-covered");
}

#[test]
fn the_list_of_signed_headers_has_one_form() {
    for (names, expected) in [
        ("x-amz-date;host", "malformed"),
        ("host;host;x-amz-date", "malformed"),
        ("Host;x-amz-date", "malformed"),
        ("host;;x-amz-date", "malformed"),
        ("host;x-amz-date;", "malformed"),
        ("", "malformed"),
        ("host;x amz;x-amz-date", "malformed"),
        ("host;other;x-amz-date", "missing"),
    ] {
        assert_eq!(Craft::with(|it| it.names = names.to_owned()).code(), expected, "{names}");
    }
}

#[test]
fn the_scope_is_the_one_agreed_on() {
    for (scope, expected) in [
        ("20150829/r/tickets/aws4_request", "not-covered"),
        ("20150831/r/tickets/aws4_request", "not-covered"),
        ("20150830/s/tickets/aws4_request", "not-covered"),
        ("20150830/r/ticket/aws4_request", "not-covered"),
        ("20150830/R/tickets/aws4_request", "not-covered"),
        ("20150830/r/tickets/aws5_request", "malformed"),
        ("20150830/r/tickets/AWS4_REQUEST", "malformed"),
        ("20150830/r/tickets", "malformed"),
        ("20150830//tickets/aws4_request", "malformed"),
        ("2015083/r/tickets/aws4_request", "malformed"),
        ("2015-8-3/r/tickets/aws4_request", "malformed"),
    ] {
        assert_eq!(Craft::with(|it| it.scope = scope.to_owned()).code(), expected, "{scope}");
    }
    // More before the scope belongs to the id, and is none of ours.
    let more = Craft::with(|it| it.scope = "x/20150830/r/tickets/aws4_request".to_owned());
    assert_eq!(more.code(), "unknown-key");
}

#[test]
fn the_algorithm_is_the_one_of_the_scheme() {
    for algorithm in
        ["AWS4-HMAC-SHA1", "AWS4-ECDSA-P256-SHA256", "aws4-hmac-sha256", "Bearer", "AWS"]
    {
        let craft = Craft::with(|it| it.algorithm = algorithm.to_owned());
        assert_eq!(craft.code(), "other-algorithm", "{algorithm}");
    }
}

#[test]
fn the_host_is_the_one_that_was_called() {
    let host = |value: &str| Craft::with(|it| it.headers[0].1 = value.to_owned()).code();
    assert_eq!(host("Tickets.Example.com"), "ok");
    assert_eq!(host("tickets.example.com:443"), "ok");
    assert_eq!(host("tickets.example.com:80"), "not-covered");
    assert_eq!(host("other.example.com"), "not-covered");
    assert_eq!(host(""), "not-covered");
    let (url, headers) = Craft::new().signed();
    let other_url = url.replace("tickets", "billing");
    assert_eq!(code(verdict(&verifier(), "GET", &other_url, &headers, b"", NOW)), "not-covered");
    // Over HTTP/2 the host may be in the URL alone.
    let without: Vec<_> = headers.into_iter().filter(|header| header.0 != "Host").collect();
    assert_eq!(code(verdict(&verifier(), "GET", &url, &without, b"", NOW)), "ok");
    assert_eq!(code(verdict(&verifier(), "GET", &other_url, &without, b"", NOW)), "mismatch");
}

#[test]
fn nothing_comes_twice() {
    for name in ["host", "x-amz-date", "authorization"] {
        let (url, mut headers) = Craft::new().signed();
        let double = headers.iter().find(|it| it.0.eq_ignore_ascii_case(name)).unwrap().clone();
        headers.push(double);
        assert_eq!(
            code(verdict(&verifier(), "GET", &url, &headers, b"", NOW)),
            "duplicate",
            "{name}"
        );
    }
    for name in ["x-amz-security-token", "x-amz-content-sha256"] {
        let craft = Craft::with(|it| {
            it.names = format!("host;{name};x-amz-date");
            if name > "x-amz-date" {
                it.names = format!("host;x-amz-date;{name}");
            }
            it.header(name, EMPTY);
            it.header(name, EMPTY);
        });
        assert_eq!(craft.code(), "duplicate", "{name}");
    }
    // Of other headers, which may come twice, all values are signed in their order.
    let (url, headers) = Craft::with(|it| {
        it.names = "a;host;x-amz-date".to_owned();
        it.header("a", "1");
        it.header("A", "2");
    })
    .signed();
    assert_eq!(code(verdict(&verifier(), "GET", &url, &headers, b"", NOW)), "ok");
    let mut moved = headers.clone();
    moved.swap(2, 3);
    assert_eq!(code(verdict(&verifier(), "GET", &url, &moved, b"", NOW)), "mismatch");
    let mut joined = headers.clone();
    joined[2].1 = "1,2".to_owned();
    joined.remove(3);
    assert_eq!(code(verdict(&verifier(), "GET", &url, &joined, b"", NOW)), "ok");
}

#[test]
fn one_signature_and_no_second_one_elsewhere() {
    let none = verdict(&verifier(), "GET", "https://h/", &vec![], b"", NOW).unwrap_err();
    assert_eq!((none.code(), none.status()), ("no-signature", 401));
    for parameter in
        ["X-Amz-Signature=00", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X%2DAmz%2DCredential=a"]
    {
        let craft = Craft::with(|it| it.query = [parameter.to_owned(), parameter.to_owned()]);
        assert_eq!(craft.code(), "duplicate", "{parameter}");
    }
}

#[test]
fn a_line_end_in_a_header_is_no_header() {
    // Otherwise these two would be signed alike.
    let hidden = Craft::with(|it| {
        it.names = "a;b;host;x-amz-date".to_owned();
        it.header("a", "1\nb:2");
        it.header("b", "3");
    });
    assert_eq!(hidden.code(), "malformed");
    for value in ["1\r", "1\r\n2", "1\0"] {
        let craft = Craft::with(|it| {
            it.names = "a;host;x-amz-date".to_owned();
            it.header("a", &format!("{value}2"));
        });
        assert_eq!(craft.code(), "malformed", "{value:?}");
    }
}

#[test]
fn times_are_fresh_and_written_in_one_way() {
    let at = |now: u64| code(Craft::new().verify(&verifier(), UnixTime::from_secs(now)));
    assert_eq!(at(NOW.as_secs() + 900), "ok");
    assert_eq!(at(NOW.as_secs() + 901), "too-old");
    assert_eq!(at(NOW.as_secs() - 900), "ok");
    assert_eq!(at(NOW.as_secs() - 901), "too-new");
    assert_eq!((at(0), at(u64::MAX)), ("too-new", "too-old"));

    let dated = |date: &str| {
        Craft::with(|it| {
            it.date = date.to_owned();
            it.headers[1].1 = date.to_owned();
            it.scope = format!("{:.8}/r/tickets/aws4_request", date);
        })
        .code()
    };
    assert_eq!(dated("99991231T235959Z"), "too-new");
    assert_eq!(dated("19700101T000000Z"), "too-old");
    for date in [
        "",
        "20150830T123600",
        "20150830 123600Z",
        "20150830T123600z",
        "20150830T123600+",
        "2015083T0123600Z",
        "20150230T123600Z",
        "20150229T123600Z",
        "20151301T123600Z",
        "20150001T123600Z",
        "20150800T123600Z",
        "20150830T243600Z",
        "20150830T126000Z",
        "20150830T123660Z",
        "19691231T235959Z",
        "00000000T000000Z",
        "2015083\u{663}T12360Z",
        "+0150830T123600Z",
    ] {
        assert_eq!(
            Timestamp::parse(date),
            Err(Error::Malformed(creance_sigv::scheme::Part::Timestamp)),
            "{date}"
        );
    }
    assert!(
        Timestamp::parse("20160229T000000Z").is_ok()
            && Timestamp::parse("20000229T000000Z").is_ok()
    );
    assert!(Timestamp::parse("21000229T000000Z").is_err());
    for now in [Timestamp::MAX.saturating_add(1), UnixTime::MAX] {
        assert!(Timestamp::new(now).is_err());
    }
    assert_eq!(Timestamp::new(Timestamp::MAX).unwrap().as_str(), "99991231T235959Z");
}

#[test]
fn the_date_header_counts_where_there_is_no_other() {
    let dated = |value: &str| {
        Craft::with(|it| {
            it.headers[1] = ("Date".to_owned(), value.to_owned());
            it.names = "date;host".to_owned();
        })
        .code()
    };
    assert_eq!(dated("Sun, 30 Aug 2015 12:36:00 GMT"), "ok");
    assert_eq!(dated(DATE), "ok");
    for date in [
        "Mon, 30 Aug 2015 12:36:00 GMT",
        "sun, 30 Aug 2015 12:36:00 GMT",
        "Sun, 30 aug 2015 12:36:00 GMT",
        "Sun, 30 Aug 2015 12:36:00 UTC",
        "Sun, 30 Aug 2015 12.36.00 GMT",
        "Sun, 31 Feb 2015 12:36:00 GMT",
        "Sunday, 30-Aug-15 12:36:00 GMT",
        "Sun Aug 30 12:36:00 2015",
        "1440938160",
    ] {
        assert_eq!(dated(date), "malformed", "{date}");
    }
    assert_eq!(dated("Sun, 30 Aug 2015 12:37:00 GMT"), "mismatch", "the time itself is signed");
    // Beside the scheme's own, `date` says nothing.
    let both = Craft::with(|it| it.header("Date", "Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_eq!(both.code(), "ok");
    assert_eq!(Craft::with(|it| drop(it.headers.remove(1))).code(), "missing");
}

#[test]
fn the_key_is_the_one_that_is_named() {
    for id in ["akid", "AKI", "AKID2", "AKID/x", "x/AKID", "other"] {
        let craft = Craft::with(|it| it.id = id.to_owned());
        let refusal = craft.verify(&verifier(), NOW).unwrap_err();
        assert_eq!((refusal.code(), refusal.status()), ("unknown-key", 401), "{id}");
    }
    for (id, expected) in [("", "malformed"), ("a b", "malformed"), (&"a".repeat(129), "too-long")]
    {
        assert_eq!(Craft::with(|it| it.id = id.to_owned()).code(), expected, "{id}");
    }

    let (url, headers) = Craft::new().signed();
    let received = Received::new("GET", &url, &headers, b"");
    let mut keys = keys();
    keys.insert(
        KeyEntry::new("OTHER", SecretKey::new("another secret, also long").unwrap()).unwrap(),
    )
    .unwrap();
    keys.set_state("AKID", KeyState::VerifyOnly).unwrap();
    let authentic = verifier().verify(&received, &keys, NOW).unwrap();
    assert!(authentic.key().event().is_some(), "an older key was used");
    keys.set_state("AKID", KeyState::Retired).unwrap();
    assert_eq!(code(verifier().verify(&received, &keys, NOW)), "unknown-key");

    // What a decoy signs anybody can sign.
    let decoy = SecretKey::decoy();
    assert_eq!(Credentials::new("AKID", &decoy).err(), Some(Error::NoSigningKey));
    let mut keys = Keyring::<1, SecretKey>::new();
    keys.insert(KeyEntry::new("AKID", decoy).unwrap()).unwrap();
    assert!(verifier().verify(&received, &keys, NOW).is_err());
}

#[test]
fn the_session_token_is_the_one_of_the_key() {
    let with_token = |token: &str| {
        Craft::with(|it| {
            it.names = "host;x-amz-date;x-amz-security-token".to_owned();
            it.header("X-Amz-Security-Token", token);
        })
        .signed()
    };
    let verify = |secret: SecretKey, (url, headers): &(String, Vec<(String, String)>)| {
        let mut keys = Keyring::<1, SecretKey>::new();
        keys.insert(KeyEntry::new("AKID", secret).unwrap()).unwrap();
        code(verifier().verify(&Received::new("GET", url, headers, b""), &keys, NOW))
    };
    let plain = || SecretKey::new(SECRET).unwrap();
    let temporary = || plain().with_session_token("token");
    assert_eq!(verify(temporary(), &with_token("token")), "ok");
    assert_eq!(verify(temporary(), &with_token("tokem")), "unknown-key");
    assert_eq!(verify(temporary(), &Craft::new().signed()), "unknown-key");
    assert_eq!(verify(plain(), &with_token("token")), "unknown-key");
}

#[test]
fn a_body_is_had_only_where_it_is_signed() {
    let with_digest = |value: &str, body: &[u8]| {
        Craft::with(|it| {
            it.names = "host;x-amz-content-sha256;x-amz-date".to_owned();
            it.header("x-amz-content-sha256", value);
            it.payload = value.to_owned();
            it.body = body.to_vec();
        })
    };
    assert_eq!(with_digest(EMPTY, b"").code(), "ok");
    let refusal = with_digest(EMPTY, b"x").verify(&verifier(), NOW).unwrap_err();
    assert_eq!((refusal.code(), refusal.status()), ("body-mismatch", 401));
    assert_eq!(Craft::with(|it| it.body = b"x".to_vec()).code(), "mismatch");
    assert_eq!(with_digest(&EMPTY.to_uppercase(), b"").code(), "malformed");
    assert_eq!(with_digest("", b"").code(), "malformed");
    assert_eq!(with_digest("STREAMING-UNSIGNED-PAYLOAD-TRAILER", b"").code(), "other-algorithm");
    assert_eq!(with_digest("STREAMING-AWS4-HMAC-SHA256-EVENTS", b"").code(), "other-algorithm");

    let unsigned = with_digest("UNSIGNED-PAYLOAD", b"x");
    assert_eq!(unsigned.code(), "not-covered");
    let lax = verifier().allow_unsigned_payload();
    let ((url, headers), keys) = (unsigned.signed(), keys());
    let received = Received::new("GET", &url, &headers, b"x");
    let verified = lax.verify(&received, &keys, NOW).unwrap().dangerous_accept_replays();
    assert_eq!(verified.shown().body(), None);
    assert_eq!(verified.shown().dangerous_unsigned_body(), Some(b"x".as_slice()));

    // S3 has the digest in a header always.
    let s3 = Verifier::new("r", Service::S3.named("tickets")).unwrap();
    assert_eq!(code(Craft::new().verify(&s3, NOW)), "missing");
    assert_eq!(code(with_digest(EMPTY, b"").verify(&s3, NOW)), "ok");
}

#[test]
fn a_body_in_pieces_is_the_one_that_was_signed() {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", Service::S3).unwrap();
    let url = "https://h/o";
    let headers = signer
        .sign(&Outgoing::new("PUT", url, Payload::Body(b"hello")), NOW)
        .unwrap()
        .to_headers()
        .unwrap();
    let received = Received::new("PUT", url, &headers, b"");
    let verifier = Verifier::new("r", Service::S3).unwrap().allow_unsigned_payload();
    let finish = |pieces: &[&[u8]], maximum| {
        let authentic = verifier.begin(&received, &keys, maximum, NOW).unwrap();
        let mut body = authentic.dangerous_accept_replays().into_shown();
        let mut verdict = Ok(());
        for piece in pieces {
            verdict = body.update(piece);
        }
        let end = body.finish();
        verdict.and(end)
    };
    assert_eq!(finish(&[b"he", b"", b"llo"], 5), Ok(5));
    assert_eq!(code(finish(&[b"hello!"], 6)), "body-mismatch");
    assert_eq!(code(finish(&[b"hell"], 5)), "body-mismatch");
    assert_eq!(code(finish(&[b"hello"], 4)), "body-too-long");
    assert_eq!(code(finish(&[b"hello", b""], 4)), "body-too-long");

    let unsigned = signer.sign(&Outgoing::new("PUT", url, Payload::Unsigned), NOW).unwrap();
    let headers = unsigned.to_headers().unwrap();
    let received = Received::new("PUT", url, &headers, b"");
    assert_eq!(code(verifier.begin(&received, &keys, 5, NOW)), "not-covered");
    let (url, headers) = Craft::new().signed();
    let received = Received::new("GET", &url, &headers, b"");
    assert_eq!(code(self::verifier().begin(&received, &keys, 5, NOW)), "missing");
}

/// The same under a digest that was computed elsewhere.
#[test]
fn a_digest_can_be_given_instead_of_the_body() {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", Service::S3).unwrap();
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(b"hello");
    let digest = Payload::Digest(hasher.finish().expose().try_into().unwrap());
    let sign = |payload| {
        signer
            .sign(&Outgoing::new("PUT", "https://h/o", payload), NOW)
            .unwrap()
            .to_headers()
            .unwrap()
    };
    assert_eq!(sign(digest), sign(Payload::Body(b"hello")));
}

#[test]
fn nothing_is_read_without_a_limit() {
    let many = |count: usize| {
        Craft::with(|it| {
            let names: Vec<String> = (0..count).map(|index| format!("a{index:03}")).collect();
            names.iter().for_each(|name| it.header(name, "1"));
            it.names = format!("{};host;x-amz-date", names.join(";"));
        })
        .code()
    };
    assert_eq!((many(62), many(63)), ("ok", "too-many"));
    let unsigned =
        |count: usize| Craft::with(|it| (0..count).for_each(|_| it.header("a", "1"))).code();
    assert_eq!((unsigned(253), unsigned(254)), ("ok", "too-many"));
    let query = |count: usize| {
        let pairs: Vec<String> = (0..count).map(|index| format!("a{index:03}=1")).collect();
        Craft::with(|it| it.query = [pairs.join("&"), pairs.join("&")]).code()
    };
    assert_eq!((query(128), query(129)), ("ok", "too-many"));
    let value = |bytes: usize| {
        Craft::with(|it| {
            it.names = "a;host;x-amz-date".to_owned();
            it.header("a", &"1".repeat(bytes));
        })
        .code()
    };
    assert_eq!((value(4_096), value(4_097)), ("ok", "too-long"));
    let total = |count: usize| {
        Craft::with(|it| {
            it.names = "a;host;x-amz-date".to_owned();
            (0..count).for_each(|_| it.header("a", &"1".repeat(4_096)));
        })
        .code()
    };
    assert_eq!((total(15), total(16)), ("ok", "too-long"));
    let path = |bytes: usize| {
        let url_bytes = "https://".len() + HOST.len();
        Craft::with(|it| it.path = format!("/{}", "a".repeat(bytes - 1 - url_bytes))).code()
    };
    assert_eq!((path(8_192), path(8_193)), ("ok", "too-long"));
}

#[test]
fn what_readers_differ_in_is_refused() {
    for query in ["a=%", "a=%2", "a=%zz", "%=1", "a=%2%32"] {
        assert_eq!(
            Craft::with(|it| it.query = [query.to_owned(), String::new()]).code(),
            "malformed"
        );
    }
    let keys = keys();
    for (method, url) in [
        ("GET", "/relative"),
        ("GET", "https://h/a#b"),
        ("GET", "https://h/a\nb"),
        ("GET", "https://h/%"),
        ("GET", "https://h/%0g"),
        ("GE T", "https://h/"),
        ("", "https://h/"),
        ("G\nET", "https://h/"),
    ] {
        let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", TICKETS).unwrap();
        let error = signer.sign(&Outgoing::new(method, url, Payload::Body(b"")), NOW).unwrap_err();
        assert_eq!((error.code(), error.status()), ("value", 500), "{method} {url}");
        let (_, mut headers) = Craft::new().signed();
        headers[0].1 = "h".to_owned();
        assert_eq!(
            code(verdict(&verifier(), method, url, &headers, b"", NOW)),
            "malformed",
            "{url}"
        );
    }
}

#[test]
fn the_authorization_header_has_each_field_once() {
    let (url, headers) = Craft::new().signed();
    let with = |change: &dyn Fn(&str) -> String| {
        let mut headers = headers.clone();
        headers[2].1 = change(&headers[2].1);
        code(verdict(&verifier(), "GET", &url, &headers, b"", NOW))
    };
    let (fields, signature) = headers[2].1.rsplit_once(", ").unwrap();
    let credential = format!("Credential=AKID/{}", Craft::new().scope);
    assert_eq!(with(&|it| it.replace(", ", ",")), "ok");
    assert_eq!(with(&|it| it.replace(", ", " , ")), "ok");
    assert_eq!(with(&|it| format!("{it}, {signature}")), "duplicate");
    assert_eq!(with(&|it| format!("{it}, {credential}")), "duplicate");
    assert_eq!(with(&|_| fields.to_owned()), "malformed");
    assert_eq!(with(&|it| format!("{it}, Other=1")), "malformed");
    assert_eq!(with(&|it| format!("{it},")), "malformed");
    assert_eq!(with(&|it| it.replace("Signature=", "signature=")), "malformed");
    assert_eq!(with(&|_| "AWS4-HMAC-SHA256".to_owned()), "malformed");
    assert_eq!(with(&|_| String::new()), "other-algorithm");
    assert_eq!(with(&|it| format!("{it}{}", "0".repeat(4_096))), "too-long");
}

/// A presigned URL and what is asked of it.
fn presigned(expires: u32) -> String {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", TICKETS).unwrap();
    let url = format!("https://{HOST}/open?day=1");
    let outgoing = Outgoing::new("GET", &url, Payload::Body(b""));
    signer.presign(&outgoing, expires, NOW).unwrap().to_url().unwrap()
}

fn host() -> Vec<(String, String)> {
    vec![("host".to_owned(), HOST.to_owned())]
}

#[test]
fn a_url_is_taken_only_where_that_is_agreed_on_and_until_it_ends() {
    let at = |verifier: Verifier<'_>, url: &str, now: u64| {
        code(verdict(&verifier, "GET", url, &host(), b"", UnixTime::from_secs(now)))
    };
    let (url, now) = (presigned(3_600), NOW.as_secs());
    assert_eq!(at(verifier(), &url, now), "other-algorithm");
    let hour = || verifier().with_presigned(3_600);
    assert_eq!(at(hour(), &url, now), "ok");
    assert_eq!(at(hour(), &url, now + 3_600), "ok");
    assert_eq!(at(hour(), &url, now + 3_601), "expired");
    assert_eq!(at(hour(), &url, u64::MAX), "expired");
    assert_eq!(at(hour(), &url, now - 900), "ok");
    assert_eq!(at(hour(), &url, now - 901), "too-new");
    assert_eq!(at(verifier().with_presigned(3_599), &url, now), "long-life");
    assert_eq!(at(verifier().with_presigned(u32::MAX), &presigned(604_800), now), "ok");
    assert_eq!(hour().window(), creance_sigv::Window::new(3_600, 900));
    assert_eq!(verifier().window(), creance_sigv::Window::new(900, 900));
    assert_eq!(verifier().with_presigned(60).window(), creance_sigv::Window::new(900, 900));

    for expires in ["0", "604801", "01", "+1", "-1", "1.0", "", "1e3", "99999999999999999999"] {
        let url = url.replace("Expires=3600", &format!("Expires={expires}"));
        let verdict = at(verifier().with_presigned(604_800), &url, now);
        assert!(matches!(verdict, "malformed" | "too-long"), "{expires}: {verdict}");
    }
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", TICKETS).unwrap();
    let outgoing = Outgoing::new("GET", &url, Payload::Body(b""));
    assert!(signer.presign(&outgoing, 60, NOW).is_err(), "signed already");
    let outgoing = Outgoing::new("GET", "https://h/", Payload::Body(b""));
    assert!(signer.presign(&outgoing, 0, NOW).is_err());
    assert!(signer.presign(&outgoing, 604_801, NOW).is_err());
}

#[test]
fn a_url_has_each_parameter_once_and_nothing_of_it_in_headers() {
    let verifier = verifier().with_presigned(3_600);
    let url = presigned(3_600);
    let with = |more: &str, headers: &Vec<(String, String)>| {
        code(verdict(&verifier, "GET", &format!("{url}{more}"), headers, b"", NOW))
    };
    assert_eq!(with("", &host()), "ok");
    for more in [
        "&X-Amz-Date=20150830T123600Z",
        "&x-amz-date=20150830T123600Z",
        "&X%2DAmz%2DDate=20150830T123600Z",
        "&X-AMZ-SIGNATURE=00",
        "&X-Amz-Expires=1",
        "&X-Amz-Other=1&x-amz-other=1",
    ] {
        assert_eq!(with(more, &host()), "duplicate", "{more}");
    }
    for (name, value) in
        [("X-Amz-Date", DATE), ("X-Amz-Security-Token", "token"), ("Authorization", "Bearer token")]
    {
        let mut headers = host();
        headers.push((name.to_owned(), value.to_owned()));
        assert_eq!(with("", &headers), "duplicate", "{name}");
    }
    for name in ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"] {
        let other = url.replace(&format!("X-Amz-{name}="), "Other=");
        let refusal = verdict(&verifier, "GET", &other, &host(), b"", NOW).unwrap_err();
        assert!(matches!(refusal.code(), "missing" | "no-signature"), "{name}: {refusal:?}");
        // Another case is another name.
        let lower = url.replace(&format!("X-Amz-{name}="), &format!("x-amz-{name}="));
        assert!(verdict(&verifier, "GET", &lower, &host(), b"", NOW).is_err(), "{name}");
    }
    let other = url.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1");
    assert_eq!(code(verdict(&verifier, "GET", &other, &host(), b"", NOW)), "other-algorithm");
    // The spelling of a parameter is nothing, its value is.
    assert_eq!(
        code(verdict(&verifier, "GET", &url.replace("%2F", "%2f"), &host(), b"", NOW)),
        "ok"
    );
    assert_eq!(code(verdict(&verifier, "GET", &url, &host(), b"x", NOW)), "mismatch");
}

/// S3 says nothing of the body in a URL, so it is nobody's.
#[test]
fn a_url_of_s3_covers_no_body_unless_it_says_so() {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", Service::S3).unwrap();
    let url = format!("https://{HOST}/o");
    let presign = |payload| {
        signer.presign(&Outgoing::new("PUT", &url, payload), 60, NOW).unwrap().to_url().unwrap()
    };
    let strict = Verifier::new("r", Service::S3).unwrap().with_presigned(60);
    let (unsigned, signed) = (presign(Payload::Unsigned), presign(Payload::Body(b"x")));
    assert_eq!(code(verdict(&strict, "PUT", &unsigned, &host(), b"x", NOW)), "not-covered");
    let lax = strict.allow_unsigned_payload();
    assert_eq!(code(verdict(&lax, "PUT", &unsigned, &host(), b"x", NOW)), "ok");
    assert_eq!(code(verdict(&strict, "PUT", &signed, &host(), b"x", NOW)), "ok");
    assert_eq!(code(verdict(&strict, "PUT", &signed, &host(), b"y", NOW)), "body-mismatch");
    let stripped: Vec<&str> = signed.split('&').filter(|it| !it.contains("Sha256")).collect();
    assert_eq!(code(verdict(&lax, "PUT", &stripped.join("&"), &host(), b"y", NOW)), "mismatch");
}

/// An encoded slash is no slash, and dots are names where they are not taken away.
#[test]
fn two_paths_that_mean_different_things_have_two_signatures() {
    let keys = keys();
    for (service, signed, called) in [
        (Service::S3, "/a/b", "/a%2Fb"),
        (Service::S3, "/a%2Fb", "/a/b"),
        (Service::S3, "/a/../b", "/b"),
        (Service::S3, "//a", "/a"),
        (Service::S3, "/a/", "/a"),
        (TICKETS, "/a/b", "/a%2Fb"),
        (TICKETS, "/a", "/a/"),
        (TICKETS, "/%61", "/a"),
        (TICKETS.without_normalization(), "/a/../b", "/b"),
    ] {
        let (signed, called) =
            (format!("https://{HOST}{signed}"), format!("https://{HOST}{called}"));
        let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", service).unwrap();
        let outgoing = Outgoing::new("GET", &signed, Payload::Body(b""));
        let headers = signer.sign(&outgoing, NOW).unwrap().to_headers().unwrap();
        let headers = headers.into_iter().map(|it| (it.0.to_owned(), it.1)).collect();
        let verifier = Verifier::new("r", service).unwrap();
        assert_eq!(code(verdict(&verifier, "GET", &signed, &headers, b"", NOW)), "ok");
        assert_eq!(
            code(verdict(&verifier, "GET", &called, &headers, b"", NOW)),
            "mismatch",
            "{called}"
        );
    }
}

#[test]
fn a_request_is_accepted_once() {
    let store = MemoryStore::new(verifier().window(), Restart::DangerousNoBarrier).unwrap();
    let keys = keys();
    let accept = |verifier: Verifier<'_>, craft: &Craft, body: &[u8]| {
        let (url, headers) = craft.signed();
        let received = Received::new("GET", &url, &headers, body);
        code(verifier.accept(&received, &keys, &store, NOW))
    };
    let first = Craft::new();
    assert_eq!(accept(verifier(), &first, b""), "ok");
    assert_eq!(accept(verifier(), &first, b""), "replay");
    // Under a header that is not signed, or in another spelling, it is the same.
    let spelled = Craft::with(|it| it.header("other", "1"));
    assert_eq!(accept(verifier(), &spelled, b""), "replay");
    let other = Craft::with(|it| it.query = ["a=1".to_owned(), "a=1".to_owned()]);
    assert_eq!(accept(verifier(), &other, b""), "ok");
    // A second later it is another one.
    let later = Craft::with(|it| {
        it.date = "20150830T123601Z".to_owned();
        it.headers[1].1.clone_from(&it.date);
    });
    assert_eq!(accept(verifier(), &later, b""), "ok");
    // A body that is not signed cannot make it another one.
    let unsigned = Craft::with(|it| {
        it.names = "host;x-amz-content-sha256;x-amz-date".to_owned();
        it.payload = "UNSIGNED-PAYLOAD".to_owned();
        it.header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    });
    assert_eq!(accept(verifier().allow_unsigned_payload(), &unsigned, b"1"), "ok");
    assert_eq!(accept(verifier().allow_unsigned_payload(), &unsigned, b"2"), "replay");
}

#[test]
fn what_cannot_be_signed_is_the_callers_mistake() {
    let secret = SecretKey::new(SECRET).unwrap();
    let credentials = Credentials::new("AKID", &secret).unwrap();
    let signer = Signer::new(credentials, "r", TICKETS).unwrap();
    let sign = |headers: &[(&str, &str)]| {
        let outgoing = Outgoing::new("GET", "https://h/", Payload::Body(b"")).headers(&headers);
        signer.sign(&outgoing, NOW).map(drop).map_err(|error| error.code())
    };
    assert_eq!(sign(&[("a", "1"), ("Host", "h"), ("Authorization", "old")]), Ok(()));
    assert_eq!(sign(&[("X-Amz-Date", DATE)]), Err("value"));
    assert_eq!(sign(&[("a", "1\n2")]), Err("value"));
    assert_eq!(sign(&[("a b", "1")]), Err("value"));
    assert_eq!(sign(&[("", "1")]), Err("value"));
    assert!(
        signer.sign(&Outgoing::new("GET", "https://h/", Payload::Unsigned), UnixTime::MAX).is_err()
    );
    for id in ["", "a b", "a,b", "ä"] {
        assert!(Credentials::new(id, &secret).is_err(), "{id}");
    }
    for name in ["", "a/b", "a b", &"a".repeat(65)] {
        assert!(Signer::new(credentials, name, TICKETS).is_err(), "{name}");
        assert!(Verifier::new("r", Service::new(name)).is_err(), "{name}");
    }
    assert_eq!(SecretKey::new("").err(), Some(Error::EmptyKey));
    assert_eq!(SecretKey::new("fifteen bytes..").err().map(|it| it.code()), Some("short-key"));
    assert_eq!(SecretKey::new(&"a".repeat(257)).err().map(|it| it.code()), Some("long-key"));
    assert!(SecretKey::allow_weak("a").is_ok());

    // A key for another day, region or service does not sign.
    let timestamp = Timestamp::new(NOW).unwrap();
    let mut cache = SigningKeys::<1>::new();
    let outgoing = Outgoing::new("GET", "https://h/", Payload::Body(b""));
    for (region, service) in [("s", "tickets"), ("r", "other")] {
        let key = cache.get(&secret, &Scope::new(&timestamp, region, service).unwrap());
        let verdict = signer.sign_with(&outgoing, key, NOW).map(drop);
        assert_eq!(verdict.map_err(|error| error.code()), Err("value"));
    }
    let key = cache.get(&secret, &signer.scope(NOW).unwrap()).clone();
    let tomorrow = NOW.saturating_add(86_400);
    assert!(signer.sign_with(&outgoing, &key, NOW).is_ok());
    assert!(signer.sign_with(&outgoing, &key, tomorrow).is_err());
}

#[test]
fn one_secret_is_in_a_ring_once() {
    let mut keys = keys();
    let same = KeyEntry::new("AKID2", SecretKey::new(SECRET).unwrap()).unwrap();
    assert_eq!(keys.insert(same), Err(Error::DuplicateKey));
}

#[test]
fn secrets_are_not_shown() {
    let secret = SecretKey::new(SECRET).unwrap().with_session_token("session/token");
    let credentials =
        Credentials::new("AKID", &secret).unwrap().with_session_token("session/token");
    let signer = Signer::new(credentials, "r", TICKETS).unwrap();
    let outgoing = Outgoing::new("GET", "https://h/?private=1", Payload::Body(b"private"));
    let signed = signer.sign(&outgoing, NOW).unwrap();
    let presigned = signer.presign(&outgoing, 60, NOW).unwrap();
    let key = secret.signing_key(&signer.scope(NOW).unwrap());
    let headers: Vec<String> = signed.headers().map(|header| format!("{header:?}")).collect();
    let shown = format!(
        "{secret:?} {credentials:?} {signer:?} {outgoing:?} {signed:?} {presigned:?} {key:?} {headers:?}"
    );
    let signature = to_hex(signed.signature().expose());
    for hidden in [SECRET, "session", "private", &signature] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    assert!(shown.contains("SecretKey") && shown.contains("x-amz-security-token"));
}
