//! Requests with a body of 1 KiB signed by AWS Signature Version 4, by us and by the `aws-sigv4` crate.
//!
//! The other side derives the key of the day for each request. We do so, too, and once with a key that is
//! kept, as a client would keep it.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as TheirCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use creance_sigv::UnixTime;
use creance_sigv::sigv4::{Credentials, Outgoing, Payload, SecretKey, Service, Signer, SigningKey};

use super::random::Random;

/// How many requests there are.
pub const SIZE: usize = 256;
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const ID: &str = "AKIDEXAMPLE";
const REGION: &str = "us-east-1";
const SERVICE: &str = "execute-api";
const TIME: u64 = 1_440_938_160;

/// Requests, and what both sides sign them with.
pub struct Requests {
    all: Vec<Request>,
    secret: SecretKey,
    key: SigningKey,
    theirs: TheirCredentials,
}

/// One of them.
pub struct Request {
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Requests {
    pub fn new() -> Self {
        let mut random = Random::new(4);
        let all = (0..SIZE).map(|_| Request::new(&mut random)).collect();
        let secret = SecretKey::new(SECRET).expect("a secret");
        let key = secret.signing_key(&signer(&secret).scope(now()).expect("a scope"));
        let theirs = TheirCredentials::new(ID, SECRET, None, None, "benches");
        Self { all, secret, key, theirs }
    }

    pub fn all(&self) -> &[Request] {
        &self.all
    }

    /// Signs all, with the key derived for each.
    pub fn sign(&self) {
        for request in &self.all {
            black_box(&self.sign_one(request));
        }
    }

    /// One of them: the headers to send.
    pub fn sign_one(&self, request: &Request) -> Vec<(String, String)> {
        let signed = signer(&self.secret).sign(&request.outgoing(), now());
        signed.expect("signed").to_headers()
    }

    /// Signs all with a key that is kept.
    pub fn sign_with_kept_key(&self) {
        let signer = signer(&self.secret);
        for request in &self.all {
            let kept = signer.sign_with(&request.outgoing(), &self.key, now());
            black_box(&kept.expect("signed").to_headers());
        }
    }

    /// All by `aws-sigv4`.
    pub fn sign_rival(&self) {
        for request in &self.all {
            black_box(&self.sign_one_rival(request));
        }
    }

    pub fn sign_one_rival(&self, request: &Request) -> Vec<(String, String)> {
        let identity = self.theirs.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(SERVICE)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(TIME))
            .settings(SigningSettings::default())
            .build()
            .expect("complete")
            .into();
        let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let body = SignableBody::Bytes(&request.body);
        let signable = SignableRequest::new("POST", black_box(&request.url), headers, body);
        let signed = sign(signable.expect("signable"), &params).expect("signed");
        let (added, _) = signed.into_parts().0.into_parts();
        added.iter().map(|header| (header.name().to_owned(), header.value().to_owned())).collect()
    }

    /// Checks that both sides make the same headers.
    ///
    /// # Panics
    /// Where they do not.
    pub fn check(&self) {
        for request in &self.all {
            let (mut ours, mut theirs) = (self.sign_one(request), self.sign_one_rival(request));
            theirs.retain(|(name, _)| ours.iter().any(|(other, _)| other == name));
            ours.sort();
            theirs.sort();
            assert_eq!(
                ours.iter().map(|(name, value)| (name.as_str(), value)).collect::<Vec<_>>(),
                theirs.iter().map(|(name, value)| (name.as_str(), value)).collect::<Vec<_>>(),
            );
        }
    }
}

impl Request {
    fn new(random: &mut Random) -> Self {
        let (first, second) = (random.text_between(1, 12), random.text_between(1, 20));
        let url = format!(
            "https://api.example.amazonaws.com/stage/{}/{}?b={second}&a={first}",
            random.text(8),
            random.text(12),
        );
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("x-request-id", random.text(32)),
        ];
        Self { url, headers, body: random.text(1 << 10).into_bytes() }
    }

    fn outgoing(&self) -> Outgoing<'_> {
        let payload = Payload::Body(&self.body);
        Outgoing::new("POST", black_box(&self.url), payload).with_headers(&self.headers)
    }
}

fn signer(secret: &SecretKey) -> Signer<'_> {
    let credentials = Credentials::new(ID, secret).expect("an id");
    Signer::new(credentials, REGION, Service::new(SERVICE)).expect("a scope")
}

const fn now() -> UnixTime {
    UnixTime::from_secs(TIME)
}
