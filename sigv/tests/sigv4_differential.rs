//! Signatures beside those of the `aws-sigv4` crate: the same are made, and those of the other are taken.
//!
//! The seed is printed where a test fails, and can be set by `CREANCE_SEED`.
#![allow(clippy::similar_names, reason = "who signs and what is signed")]

mod common;

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as TheirCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use common::to_hex;
use creance_sigv::UnixTime;
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::Received;
use creance_sigv::sigv4::{
    Credentials, MAX_EXPIRES, Outgoing, Payload, SecretKey, Service, Signer, Verifier,
};

const CASES: usize = 2_500;

/// A small generator (`SplitMix64`): a seed is all there is to repeat a run.
struct Random(u64);

impl Random {
    /// Each test with a sequence of its own.
    fn seeded(test: u64) -> Self {
        let seed = match std::env::var("CREANCE_SEED") {
            Ok(seed) => seed.parse().expect("CREANCE_SEED is a number"),
            Err(_) => UnixTime::now().as_secs(),
        };
        println!("CREANCE_SEED={seed}");
        Self(seed ^ test << 56)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("small")
    }

    fn flip(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn pick<'p>(&mut self, choices: &[&'p str]) -> &'p str {
        choices[self.below(choices.len())]
    }

    /// Up to `most` of the pieces in a row.
    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.pick(pieces)).collect()
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// One request, and who signs it for which service.
#[derive(Debug)]
struct Case {
    is_s3: bool,
    normalizes: bool,
    has_digest_header: bool,
    region: &'static str,
    service: &'static str,
    secret: String,
    token: Option<String>,
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    time: u64,
    expires: u32,
}

/// What a path may have on the wire.
const PATH: [&str; 20] = [
    "a",
    "B",
    "0",
    "-",
    "_",
    ".",
    "~",
    "/",
    "/",
    "//",
    "/./",
    "/../",
    "/..",
    "!",
    "*",
    "'()",
    "%20",
    "%25",
    "%e2%82%ac",
    "@:;=&+$,",
];

/// The same in its canonical spelling, which the other side presumes for S3.
const OBJECT: [&str; 14] =
    ["a", "B", "0", "-", "_", ".", "~", "/", "//", "/../", "%20", "%25", "%E2%82%AC", "%2B"];

const QUERY: [&str; 18] = [
    "a",
    "B",
    "a",
    "b",
    "0",
    "-",
    "_",
    ".",
    "~",
    "+",
    "%20",
    "%2B",
    "%e2%82%ac",
    "%25",
    "/",
    ":@!$'()*,;",
    "%26",
    "%3D",
];

const VALUE: [&str; 10] = ["a", "B", "1", " ", "  ", "   ", ",", "\"", "=;:/?", "x-y"];

impl Case {
    fn of(random: &mut Random) -> Self {
        let is_s3 = random.below(3) == 0;
        let pieces = if is_s3 { &OBJECT[..] } else { &PATH[..] };
        let path = format!("/{}", random.text(pieces, 12));
        let query: Vec<String> = (0..random.below(7))
            .map(|_| match random.below(4) {
                0 => random.text(&QUERY, 3),
                _ => format!("{}={}", random.text(&QUERY, 3), random.text(&QUERY, 5)),
            })
            .collect();
        let host =
            random.pick(&["example.amazonaws.com", "h:8443", "bucket.s3.amazonaws.com", "h:443"]);
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let names = [
            "x-amz-acl",
            "Content-Type",
            "my-header",
            "My-Header",
            "a",
            "x-zeta",
            "Range",
            "user-agent",
        ];
        let headers = (0..random.below(6))
            .map(|_| (random.pick(&names).to_owned(), random.text(&VALUE, 6)))
            .collect::<Vec<_>>();
        Self {
            is_s3,
            normalizes: random.below(4) > 0,
            has_digest_header: random.flip(),
            region: random.pick(&["us-east-1", "eu-central-1", "cn-north-1"]),
            service: random.pick(&["service", "iam", "execute-api"]),
            secret: format!("{:016x}{:016x}", random.next(), random.next()),
            token: random.flip().then(|| format!("token+/=={:x}", random.next())),
            method: random.pick(&["GET", "POST", "PUT", "DELETE", "HEAD"]),
            url: format!("https://{host}{path}{query}"),
            headers,
            body: random.bytes(200),
            // Through all years that can be written.
            time: random.next() % 253_402_300_799,
            expires: u32::try_from(random.next() % u64::from(MAX_EXPIRES)).expect("small") + 1,
        }
    }

    fn service(&self) -> Service<'static> {
        if self.is_s3 {
            return Service::S3;
        }
        let mut service = Service::new(self.service);
        if !self.normalizes {
            service = service.without_normalization();
        }
        if self.has_digest_header {
            service = service.with_digest_header();
        }
        service
    }

    /// S3 signs no body in a URL.
    fn payload(&self, is_presigned: bool) -> Payload<'_> {
        if self.is_s3 && is_presigned { Payload::Unsigned } else { Payload::Body(&self.body) }
    }

    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.time)
    }

    /// The other side's signature, and the URL and headers that it makes.
    fn theirs(&self, is_presigned: bool) -> (String, String, Vec<(String, String)>) {
        let mut settings = SigningSettings::default();
        if is_presigned {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(self.expires.into()));
        }
        if self.is_s3 {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
        }
        settings.uri_path_normalization_mode =
            UriPathNormalizationMode::from(!self.is_s3 && self.normalizes);
        if self.is_s3 || self.has_digest_header {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let identity =
            TheirCredentials::new("AKID", &*self.secret, self.token.clone(), None, "tests").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(if self.is_s3 { "s3" } else { self.service })
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(self.time))
            .settings(settings)
            .build()
            .expect("complete")
            .into();
        let body = match self.payload(is_presigned) {
            Payload::Body(body) => SignableBody::Bytes(body),
            _ => SignableBody::UnsignedPayload,
        };
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let request =
            SignableRequest::new(self.method, &self.url, headers, body).expect("signable");
        let (instructions, signature) = sign(request, &params).expect("signed").into_parts();
        let (added, parameters) = instructions.into_parts();
        let mut headers = self.headers.clone();
        headers.extend(added.iter().map(|it| (it.name().to_owned(), it.value().to_owned())));
        let mut url = self.url.clone();
        for (name, value) in parameters {
            url.push(if url.contains('?') { '&' } else { '?' });
            let value: String = value.bytes().map(encoded).collect();
            url.extend([name, "=", &value]);
        }
        (signature, url, headers)
    }

    fn verify(&self, url: &str, headers: &[(String, String)]) {
        let secret = SecretKey::new(&self.secret).expect("long enough");
        let secret = match &self.token {
            Some(token) => secret.with_session_token(token),
            None => secret,
        };
        let mut keys = Keyring::<1, SecretKey>::new();
        keys.insert(KeyEntry::new("AKID", secret).expect("an id")).expect("a place");
        let verifier = Verifier::new(self.region, self.service()).expect("a scope");
        let verifier = verifier.with_presigned(MAX_EXPIRES).allow_unsigned_payload();
        let headers = headers.to_vec();
        let received = Received::new(self.method, url, &headers, &self.body);
        if let Err(refusal) = verifier.verify(&received, &keys, self.now()) {
            panic!("{:?}: {url} {headers:?}", refusal.error());
        }
    }
}

/// Naive on purpose.
fn encoded(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    }
}

#[test]
fn the_same_headers_are_made_and_theirs_are_taken() {
    let mut random = Random::seeded(1);
    for _ in 0..CASES {
        let case = Case::of(&mut random);
        let secret = SecretKey::new(&case.secret).expect("long enough");
        let mut credentials = Credentials::new("AKID", &secret).expect("an id");
        if let Some(token) = &case.token {
            credentials = credentials.with_session_token(token);
        }
        let signer = Signer::new(credentials, case.region, case.service()).expect("a scope");
        let outgoing = Outgoing::new(case.method, &case.url, case.payload(false));
        let outgoing = outgoing.with_headers(&case.headers);
        let signed = signer.sign(&outgoing, case.now()).expect("signed");
        let (signature, url, headers) = case.theirs(false);
        assert_eq!(to_hex(signed.signature().expose()), signature, "{case:?}");
        let ours = signed.to_headers();
        for (name, value) in &headers[case.headers.len()..] {
            let same = ours.iter().any(|ours| ours.0 == *name && ours.1 == *value);
            assert!(same, "{name}: {value} is not among {ours:?}");
        }
        case.verify(&url, &headers);
    }
}

#[test]
fn the_same_urls_are_made_and_theirs_are_taken() {
    let mut random = Random::seeded(2);
    for _ in 0..CASES {
        let case = Case::of(&mut random);
        let secret = SecretKey::new(&case.secret).expect("long enough");
        let mut credentials = Credentials::new("AKID", &secret).expect("an id");
        if let Some(token) = &case.token {
            credentials = credentials.with_session_token(token);
        }
        let signer = Signer::new(credentials, case.region, case.service()).expect("a scope");
        let outgoing = Outgoing::new(case.method, &case.url, case.payload(true));
        let outgoing = outgoing.with_headers(&case.headers);
        let signed = signer.presign(&outgoing, case.expires, case.now()).expect("signed");
        let (signature, url, headers) = case.theirs(true);
        assert_eq!(to_hex(signed.signature().expose()), signature, "{case:?}");
        case.verify(&url, &headers);
        case.verify(&signed.to_url().expect("written"), &case.headers);
    }
}
