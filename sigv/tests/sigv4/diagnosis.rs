//! The usual causes of a refusal, each found by its name and none where there is none.

use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::{Cause, Part, Received};
use creance_sigv::sigv4::{Credentials, Outgoing, Payload, SecretKey, Service, Signer, Verifier};
use creance_sigv::{Error, UnixTime};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const NOW: UnixTime = UnixTime::from_secs(1_440_938_160);
const TICKETS: Service<'static> = Service::new("tickets");

/// What is signed, and what of it comes another way than it was signed.
#[derive(Clone)]
struct Story {
    signed_secret: String,
    signed_region: &'static str,
    signed_service: Service<'static>,
    signed_method: &'static str,
    signed_url: &'static str,
    signed_body: &'static [u8],
    signed_at: UnixTime,
    method: &'static str,
    url: &'static str,
    host: Option<&'static str>,
    body: Vec<u8>,
    secret: &'static str,
    service: Service<'static>,
    change: fn(&mut Vec<(String, String)>),
}

impl Story {
    fn new() -> Self {
        Self {
            signed_secret: SECRET.to_owned(),
            signed_region: "r",
            signed_service: TICKETS,
            signed_method: "POST",
            signed_url: "https://h.example/a/b",
            signed_body: b"{\"a\": 1, \"b\": [2, 3]}\n",
            signed_at: NOW,
            method: "POST",
            url: "https://h.example/a/b",
            host: None,
            body: b"{\"a\": 1, \"b\": [2, 3]}\n".to_vec(),
            secret: SECRET,
            service: TICKETS,
            change: |_| {},
        }
    }

    fn causes(change: impl FnOnce(&mut Self)) -> Vec<Cause> {
        let mut story = Self::new();
        change(&mut story);
        let secret = SecretKey::new(&story.signed_secret).unwrap();
        let credentials = Credentials::new("AKID", &secret).unwrap();
        let signer = Signer::new(credentials, story.signed_region, story.signed_service).unwrap();
        let payload = Payload::Body(story.signed_body);
        let outgoing = Outgoing::new(story.signed_method, story.signed_url, payload);
        let signed = signer.sign(&outgoing, story.signed_at).unwrap();
        let mut headers = signed.to_headers();
        headers.extend(story.host.map(|host| ("host".to_owned(), host.to_owned())));
        (story.change)(&mut headers);
        let received = Received::new(story.method, story.url, &headers, &story.body);
        let verifier = Verifier::new("r", story.service).unwrap();
        let diagnosis = verifier.diagnose(&received, story.secret, NOW);

        // Right is what is accepted, and nothing else.
        let mut keys = Keyring::<1, SecretKey>::new();
        let secret = SecretKey::new(story.secret).unwrap();
        keys.insert(KeyEntry::new("AKID", secret).unwrap()).unwrap();
        let is_right = verifier.verify(&received, &keys, NOW).is_ok();
        assert_eq!(diagnosis.causes() == [Cause::Right], is_right, "{diagnosis}");
        assert!(!diagnosis.to_string().contains("MDENG"));
        diagnosis.causes().to_vec()
    }
}

/// Of a header behind the last that is read nothing can be said, so that is the cause.
#[test]
fn too_many_headers_are_named() {
    let error = Error::TooMany { part: Part::Header, maximum: 256 };
    let change: fn(&mut Vec<(String, String)>) = |headers| {
        let others = (0..256).map(|index| (format!("k{index}"), String::new()));
        headers.splice(0..0, others);
    };
    assert_eq!(Story::causes(|it| it.change = change), [Cause::Unreadable(error)]);
    let change: fn(&mut Vec<(String, String)>) = |headers| {
        let others = (headers.len()..256).map(|index| (format!("k{index}"), String::new()));
        headers.splice(0..0, others);
    };
    assert_eq!(Story::causes(|it| it.change = change), [Cause::Right]);
}

#[test]
fn each_usual_cause_is_found() {
    assert_eq!(Story::causes(|_| {}), [Cause::Right]);
    assert_eq!(
        Story::causes(|it| it.signed_at = UnixTime::from_secs(1_440_938_160 - 1_000)),
        [Cause::Skew { behind: 1_000 }]
    );
    assert_eq!(
        Story::causes(|it| it.signed_at = UnixTime::from_secs(1_440_938_160 + 1_000)),
        [Cause::Skew { behind: -1_000 }]
    );
    assert_eq!(Story::causes(|it| it.signed_region = "s"), [Cause::Region]);
    assert_eq!(Story::causes(|it| it.signed_service = Service::new("other")), [Cause::Service]);
    assert_eq!(
        Story::causes(|it| it.secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"),
        [Cause::SecretWhiteSpace]
    );
    assert_eq!(
        Story::causes(|it| it.signed_secret = format!("{SECRET}\n")),
        [Cause::SecretWhiteSpace]
    );
    // A proxy that names another port, and one that hides it.
    assert_eq!(Story::causes(|it| it.host = Some("h.example:8080")), [Cause::Port]);
    assert_eq!(
        Story::causes(|it| {
            it.signed_url = "https://h.example:8443/a/b";
            it.host = Some("h.example:8443");
        }),
        [Cause::Port]
    );
    let encoded = |it: &mut Story| {
        it.signed_url = "https://h.example/a%20b";
        it.url = it.signed_url;
    };
    let once = Service::S3.named("tickets");
    assert_eq!(
        Story::causes(|it| {
            encoded(it);
            it.signed_service = once;
        }),
        [Cause::PathEncoding]
    );
    assert_eq!(
        Story::causes(|it| {
            encoded(it);
            it.signed_service = TICKETS.with_digest_header();
            it.service = once;
        }),
        [Cause::PathEncoding]
    );
    assert_eq!(Story::causes(|it| it.url = "https://h.example/a/b/"), [Cause::TrailingSlash]);
    assert_eq!(Story::causes(|it| it.method = "post"), [Cause::MethodCase]);
}

#[test]
fn a_body_that_was_changed_is_found_with_and_without_its_digest() {
    for service in [TICKETS, TICKETS.with_digest_header()] {
        let with = |body: &[u8]| {
            Story::causes(|it| {
                (it.signed_service, it.service) = (service, service);
                it.body = body.to_vec();
            })
        };
        assert_eq!(with(b"{\"a\": 1, \"b\": [2, 3]}"), [Cause::TrailingNewline]);
        assert_eq!(with(b"{\"a\": 1, \"b\": [2, 3]}\r\n"), [Cause::LineEnds]);
        let other = with(b"{\"a\": 2}");
        assert!(other.is_empty() || other == [Cause::Refused(Error::BodyMismatch)]);
        for signed in
            [&b"{\"a\":\"x: , \\\" y\",\"b\":2}"[..], b"{\"a\": \"x: , \\\" y\", \"b\": 2}"]
        {
            let causes = Story::causes(|it| {
                (it.signed_service, it.service) = (service, service);
                it.signed_body = signed;
                it.body = b"{\n  \"a\": \"x: , \\\" y\",\n  \"b\": 2\n}".to_vec();
            });
            assert_eq!(causes, [Cause::ReserializedBody]);
        }
    }
}

#[test]
fn spellings_of_the_signature_are_found() {
    let upper: fn(&mut Vec<(String, String)>) = |headers| {
        let value = &mut headers[1].1;
        let at = value.find("Signature=").unwrap() + 10;
        let signature = value[at..].to_uppercase();
        value.replace_range(at.., &signature);
    };
    assert_eq!(Story::causes(|it| it.change = upper), [Cause::Spelling]);
    let cut: fn(&mut Vec<(String, String)>) = |headers| {
        let len = headers[1].1.len();
        headers[1].1.truncate(len - 32);
    };
    assert_eq!(Story::causes(|it| it.change = cut), [Cause::Truncated]);
}

#[test]
fn where_no_signature_is_looked_at_that_is_said() {
    assert_eq!(
        Story::causes(|it| it.change = |headers| headers.clear()),
        [Cause::Unreadable(Error::Missing(Part::Signature))]
    );
    assert_eq!(
        Story::causes(
            |it| it.change = |headers| headers.push(("x-amz-acl".to_owned(), String::new()))
        ),
        [Cause::Refused(Error::NotCovered(Part::Header))]
    );
    assert_eq!(Story::causes(|it| it.secret = "a secret of somebody else's"), []);
}
