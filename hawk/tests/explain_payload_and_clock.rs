//! Mistakes about a payload and a clock are named.
#![cfg(feature = "std")]

#[path = "support/lines.rs"]
mod lines;
mod support;

use creance_hawk::explain::{Cause, Inquiry};
use creance_hawk::sigv::{Algorithm, Encoding, Key, UnixTime, Window};
use creance_hawk::{Authorization, PayloadHash, Request};
use lines::Lines;
use support::{NOW, SECRET, WINDOW, earlier, key, later};

/// What is found for a header.
fn causes<'a>(
    header: &'a str,
    request: &Request<'a>,
    look: impl FnOnce(Inquiry<'a>) -> Inquiry<'a>,
) -> Vec<Cause> {
    let authorization = Authorization::parse(header).unwrap();
    let inquiry = Inquiry::new(request, &authorization, Algorithm::Sha256, SECRET.as_bytes());
    look(inquiry).diagnose().causes().to_vec()
}

/// What is found about a payload that the client hashed as `hash`.
fn payload(hash: &str, content_type: Option<&str>, body: &[u8]) -> Vec<Cause> {
    let mut lines = Lines::of("POST", "/r", "example.com", 80);
    hash.clone_into(&mut lines.hash);
    let header = lines.header(&key(), &format!(", hash=\"{hash}\""));
    let request = Request::new("POST", "/r", "example.com", 80).unwrap();
    causes(&header, &request, |inquiry| inquiry.payload(content_type, body))
}

/// The hash of a payload with a content type, both as they are given.
fn hash(content_type: &str, body: &[u8]) -> String {
    digest(&[b"hawk.1.payload\n", content_type.as_bytes(), b"\n", body, b"\n"].concat())
}

fn digest(bytes: &[u8]) -> String {
    let mut hasher = creance_hawk::sigv::Hasher::new(Algorithm::Sha256);
    hasher.update(bytes);
    support::text(|out| hasher.finish().write(Encoding::Base64, out))
}

#[test]
fn a_right_payload_has_no_cause() {
    assert_eq!(payload(&hash("text/plain", b"x"), Some("Text/Plain; a=b"), b"x"), []);
}

#[test]
fn a_payload_that_was_not_signed() {
    let request = Request::new("POST", "/r", "example.com", 80).unwrap();
    let header = Lines::of("POST", "/r", "example.com", 80).header(&key(), "");
    let causes = causes(&header, &request, |inquiry| inquiry.payload(None, b"x"));
    assert_eq!(causes, [Cause::HashMissing]);
}

#[test]
fn another_content_type() {
    let raw = "Text/Plain; charset=utf-8";
    assert_eq!(payload(&hash(raw, b"x"), Some(raw), b"x"), [Cause::ContentTypeNotNormalised]);
    for hashed in
        ["", "application/json", "application/x-www-form-urlencoded", "application/octet-stream"]
    {
        let causes = payload(&hash(hashed, b"x"), Some("text/plain"), b"x");
        assert_eq!(causes, [Cause::ContentType { hashed }]);
    }
    let hashed = "text/plain";
    assert_eq!(payload(&hash(hashed, b"x"), None, b"x"), [Cause::ContentType { hashed }]);
    assert_eq!(payload(&hash("image/png", b"x"), None, b"x"), [Cause::UnknownHash]);
    // One that cannot be hashed at all.
    assert_eq!(payload(&hash("", b"x"), Some("a\nb"), b"x"), [Cause::ContentType { hashed: "" }]);
}

#[test]
fn another_body() {
    let text = |body: &[u8]| hash("text/plain", body);
    for (hashed, received, cause) in [
        (&b"a\n"[..], &b"a"[..], Cause::LineBreakAtEnd),
        (b"a\r\n", b"a", Cause::LineBreakAtEnd),
        (b"a", b"a\n", Cause::LineBreakAtEnd),
        (b"a", b"a \r\n", Cause::LineBreakAtEnd),
        (b"a\nb\nc", b"a\r\nb\r\nc", Cause::LineBreaks),
        (b"a\r\nb\r\nc", b"a\nb\nc", Cause::LineBreaks),
        (b"", b"a", Cause::EmptyBody),
    ] {
        let causes = payload(&text(hashed), Some("text/plain"), received);
        assert_eq!(causes, [cause], "{hashed:?} {received:?}");
    }
    assert_eq!(payload(&text(b"a"), Some("text/plain"), b"b"), [Cause::UnknownHash]);
    let both = payload(&hash("", b"a\n"), Some("text/plain"), b"a");
    assert_eq!(both, [Cause::ContentType { hashed: "" }, Cause::LineBreakAtEnd]);
}

#[test]
fn a_payload_hashed_in_another_way() {
    assert_eq!(payload(&digest(b"x"), Some("text/plain"), b"x"), [Cause::HashOfBodyAlone]);
    let right = hash("text/plain", b"x");
    let unpadded = right.trim_end_matches('=');
    assert_eq!(payload(unpadded, Some("text/plain"), b"x"), [Cause::HashSpelling]);
    let causes = payload(unpadded, Some("text/html"), b"x");
    assert_eq!(causes, [Cause::HashSpelling, Cause::ContentType { hashed: "text/plain" }]);
    for hashed in [Algorithm::Sha1, Algorithm::Sha384, Algorithm::Sha512] {
        let hash = PayloadHash::of(hashed, Some("text/plain"), b"x").unwrap();
        let causes = payload(hash.as_str(), Some("text/plain"), b"x");
        assert_eq!(causes, [Cause::HashAlgorithm { hashed }]);
    }
}

#[test]
fn a_payload_hashed_with_the_algorithm_of_the_mac_is_one_mistake() {
    let key = Key::allow_weak(Algorithm::Sha512, SECRET.as_bytes()).unwrap();
    let hash = PayloadHash::of(Algorithm::Sha512, None, b"x").unwrap();
    let mut lines = Lines::of("POST", "/r", "example.com", 80);
    hash.as_str().clone_into(&mut lines.hash);
    let header = lines.header(&key, &format!(", hash=\"{hash}\""));
    let request = Request::new("POST", "/r", "example.com", 80).unwrap();
    let causes = causes(&header, &request, |inquiry| inquiry.payload(None, b"x"));
    assert_eq!(causes, [Cause::Algorithm { signed: Algorithm::Sha512 }]);
}

/// What is found about a timestamp under a right MAC, judged now.
fn clock(ts: UnixTime, window: Window) -> Option<Cause> {
    let mut lines = Lines::of("GET", "/r", "example.com", 80);
    lines.ts = ts.to_string();
    let header =
        lines.header(&key(), "").replace(&format!("ts=\"{NOW}\""), &format!("ts=\"{ts}\""));
    let request = Request::new("GET", "/r", "example.com", 80).unwrap();
    let causes = causes(&header, &request, |inquiry| inquiry.at(NOW, window));
    assert!(causes.len() <= 1);
    causes.first().cloned()
}

#[test]
fn a_clock_that_is_off() {
    for ts in [earlier(60), NOW, later(60)] {
        assert_eq!(clock(ts, WINDOW), None);
    }
    assert_eq!(clock(earlier(61), WINDOW), Some(Cause::Clock { seconds: 61, ahead: false }));
    assert_eq!(clock(later(61), WINDOW), Some(Cause::Clock { seconds: 61, ahead: true }));
    let zero = Window::new(0, 0);
    assert_eq!(clock(later(1), zero), Some(Cause::Clock { seconds: 1, ahead: true }));
    let seconds = NOW.as_secs();
    let epoch = UnixTime::from_secs(0);
    assert_eq!(clock(epoch, WINDOW), Some(Cause::Clock { seconds, ahead: false }));
}

#[test]
fn local_time_taken_for_utc() {
    let zone = |minutes, ahead| Some(Cause::TimeZone { minutes, ahead });
    assert_eq!(clock(later(3600), WINDOW), zone(60, true));
    assert_eq!(clock(earlier(5 * 3600 - 20), WINDOW), zone(300, false));
    assert_eq!(clock(later(19_800 + 30), WINDOW), zone(330, true));
    assert_eq!(clock(later(14 * 3600), WINDOW), zone(840, true));
    assert_eq!(
        clock(later(3601), Window::new(0, 0)),
        Some(Cause::Clock { seconds: 3601, ahead: true })
    );
    assert_eq!(
        clock(later(15 * 3600), WINDOW),
        Some(Cause::Clock { seconds: 54_000, ahead: true })
    );
    assert_eq!(clock(later(4000), WINDOW), Some(Cause::Clock { seconds: 4000, ahead: true }));
}

#[test]
fn a_timestamp_in_milliseconds() {
    let milliseconds = UnixTime::from_secs(NOW.as_secs() * 1000 + 567);
    assert_eq!(clock(milliseconds, WINDOW), Some(Cause::Milliseconds));
    let end = UnixTime::from_secs(9_999_999_999_999_999_999);
    assert!(matches!(clock(end, WINDOW), Some(Cause::Clock { ahead: true, .. })));
}

#[test]
fn mistakes_about_everything_are_named_in_order() {
    let mut lines = Lines::of("POST", "/r", "example.com", 443);
    lines.hash = hash("", b"x");
    let header = lines.header(&key(), &format!(", hash=\"{}\"", lines.hash));
    let request = Request::new("POST", "/r", "example.com", 8080).unwrap();
    let causes = causes(&header, &request, |inquiry| {
        inquiry.payload(Some("text/plain"), b"x").at(later(100), WINDOW)
    });
    assert_eq!(
        causes,
        [
            Cause::Port { signed: 443, verified: 8080 },
            Cause::ContentType { hashed: "" },
            Cause::Clock { seconds: 100, ahead: false },
        ]
    );
}
