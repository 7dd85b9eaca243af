//! What is signed is verified, what is changed is not, and nothing panics.

use creance_sigv::UnixTime;
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::Received;
use creance_sigv::sigv4::{
    Credentials, Outgoing, Payload, SecretKey, Service, Signer, Timestamp, Verifier,
};
use proptest::prelude::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const HOST: &str = "h.example";

type Pairs = Vec<(String, String)>;

#[derive(Clone, Debug)]
struct Message {
    service: Service<'static>,
    method: String,
    url: String,
    headers: Pairs,
    body: Vec<u8>,
    time: UnixTime,
}

fn messages() -> impl Strategy<Value = Message> {
    let services = prop::sample::select(vec![
        Service::S3,
        Service::new("s"),
        Service::new("s").without_normalization(),
        Service::new("s").with_digest_header(),
    ]);
    let path = "(/([a-z.~!]|%[2-7][0-9A-F]|ä| ){0,4}){0,4}";
    let query = "(\\?([a-c]{0,2}(=([a-c+]|%[0-9a-f]{2}|ä){0,3})?&){0,4})?";
    let headers = prop::collection::vec(("[a-cA-C]{1,2}", "[ -~]{0,8}"), 0..4);
    let body = prop::collection::vec(any::<u8>(), 0..20);
    let time = (0..=Timestamp::MAX.as_secs()).prop_map(UnixTime::from_secs);
    (services, "[A-Z]{1,6}", path, query, headers, body, time).prop_map(
        |(service, method, path, query, headers, body, time)| {
            let url = format!("https://{HOST}{path}{query}");
            Message { service, method, url, headers, body, time }
        },
    )
}

impl Message {
    fn keys() -> Keyring<1, SecretKey> {
        let mut keys = Keyring::new();
        keys.insert(KeyEntry::new("AKID", SecretKey::new(SECRET).unwrap()).unwrap()).unwrap();
        keys
    }

    fn canonical(&self) -> Option<Vec<u8>> {
        let keys = Self::keys();
        let signer = self.signer(&keys);
        signer.explain(&self.outgoing(), None, self.time).ok().map(|it| it.canonical_request)
    }

    fn signer<'k>(&self, keys: &'k Keyring<1, SecretKey>) -> Signer<'k> {
        Signer::new(Credentials::of_ring(keys, self.time).unwrap(), "r", self.service).unwrap()
    }

    fn outgoing(&self) -> Outgoing<'_> {
        Outgoing::new(&self.method, &self.url, Payload::Body(&self.body))
            .with_headers(&self.headers)
    }

    /// The headers of a signature, and the URL of one.
    fn sign(&self) -> (Pairs, String) {
        let keys = Self::keys();
        let signer = self.signer(&keys);
        let headers = signer.sign(&self.outgoing(), self.time).unwrap().to_headers();
        let url = signer.presign(&self.outgoing(), 60, self.time).unwrap().to_url().unwrap();
        (headers, url)
    }

    fn is_taken(&self, url: &str, more: &Pairs) -> bool {
        let headers: Pairs = self.headers.iter().chain(more).cloned().collect();
        let verifier = Verifier::new("r", self.service).unwrap().with_presigned(60);
        let received = Received::new(&self.method, url, &headers, &self.body);
        match verifier.verify(&received, &Self::keys(), self.time) {
            Ok(authentic) => {
                let verified = authentic.dangerous_accept_replays();
                assert_eq!(verified.shown().body(), Some(self.body.as_slice()));
                true
            }
            Err(_) => false,
        }
    }
}

/// A change to one character of a text.
fn edited(text: &str, at: prop::sample::Index, to: char) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    match letters.len() {
        0 => letters.push(to),
        len => letters[at.index(len)] = to,
    }
    letters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_signed_is_verified(message in messages()) {
        let (headers, url) = message.sign();
        prop_assert!(message.is_taken(&message.url, &headers));
        prop_assert!(message.is_taken(&url, &vec![]));
    }

    /// A changed request is taken only where its canonical form is the same: another spelling of the
    /// same URL, or of spaces in a header.
    #[test]
    fn what_is_changed_is_not(
        message in messages(),
        part in 0..5,
        at in any::<prop::sample::Index>(),
        to in prop::char::range(' ', '~'),
    ) {
        let (headers, presigned) = message.sign();
        let mut changed = message.clone();
        let url_at = message.url.find(HOST).unwrap() + HOST.len();
        match part {
            0 => changed.method = edited(&message.method, at, to),
            1 => changed.url = format!("https://{HOST}{}", edited(&message.url[url_at..], at, to)),
            2 if !message.headers.is_empty() => {
                let index = at.index(message.headers.len());
                changed.headers[index].1 = edited(&message.headers[index].1, at, to);
            }
            3 if !message.headers.is_empty() => {
                let index = at.index(message.headers.len());
                changed.headers[index].0 = edited(&message.headers[index].0, at, to);
            }
            _ => changed.body.push(0),
        }
        let is_same = changed.canonical() == message.canonical();
        prop_assert_eq!(changed.is_taken(&changed.url, &headers), is_same);
        if part != 1 {
            prop_assert_eq!(changed.is_taken(&presigned, &vec![]), is_same);
        }
    }

    /// Of the signature itself no character can be changed, but for the spelling of a URL.
    #[test]
    fn no_signature_can_be_changed(
        message in messages(),
        index in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        to in prop::char::range('!', '~'),
    ) {
        let (headers, _) = message.sign();
        let mut changed = headers.clone();
        let index = index.index(headers.len());
        changed[index].1 = edited(&headers[index].1, at, to);
        if changed != headers {
            prop_assert!(!message.is_taken(&message.url, &changed));
        }
    }

    #[test]
    fn nothing_panics(
        method in "\\PC{0,8}",
        url in "(https://h/)?\\PC{0,60}",
        parameters in "(X-Amz-(Date|Expires|Algorithm|Credential|Signature|SignedHeaders)=[ -~]{0,20}&){0,8}",
        headers in prop::collection::vec(
            ("(host|date|authorization|x-amz-date|x-amz-content-sha256|[a-c;]{0,2})", "\\PC{0,30}"),
            0..6,
        ),
        authorization in "AWS4-HMAC-SHA256 (Credential=[a/0-9]{0,20}, ?)?(SignedHeaders=[a-z;]{0,9}, ?)?(Signature=[0-9a-f]{0,70})?",
        now in any::<u64>(),
    ) {
        let keys = Message::keys();
        let verifier = Verifier::new("r", Service::S3).unwrap().with_presigned(60).with_chunks();
        let now = UnixTime::from_secs(now);
        let mut with_authorization: Pairs = headers.clone();
        with_authorization.push(("authorization".to_owned(), authorization));
        for url in [url.clone(), format!("https://h/?{parameters}"), format!("https://h/?{url}")] {
            for headers in [&headers, &with_authorization] {
                let received = Received::new(&method, &url, headers, b"");
                prop_assert!(verifier.verify(&received, &keys, now).is_err());
                let diagnosis = verifier.diagnose(&received, SECRET, now);
                prop_assert!(!diagnosis.to_string().is_empty());
            }
            let outgoing = Outgoing::new(&method, &url, Payload::Unsigned).with_headers(&headers);
            if let Ok(credentials) = Credentials::of_ring(&keys, now) {
                let signer = Signer::new(credentials, "r", Service::new("s")).unwrap();
                let _ = (signer.sign(&outgoing, now), signer.presign(&outgoing, 60, now));
            }
        }
    }

    #[test]
    fn timestamps_are_read_back(secs in 0..=Timestamp::MAX.as_secs(), text in "\\PC{0,40}") {
        let timestamp = Timestamp::new(UnixTime::from_secs(secs)).unwrap();
        prop_assert_eq!(Timestamp::parse(timestamp.as_str()), Ok(timestamp));
        if let Ok(parsed) = Timestamp::parse(&text) {
            prop_assert_eq!(parsed.as_str(), &text);
        }
        let _ = Timestamp::parse_date_header(&text);
    }
}
