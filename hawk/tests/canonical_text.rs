//! What each kind of MAC is over, line by line, as the signing side shows it, and the challenge.
#![cfg(feature = "std")]

use creance_hawk::sigv::{Algorithm, Encoding, Key, UnixTime};
use creance_hawk::{Authorization, Bewit, Challenge, Credentials, Error, Request};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);

fn key() -> Key {
    Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn").unwrap()
}

fn text(write: impl FnOnce(&mut String) -> std::fmt::Result) -> String {
    let mut text = String::new();
    write(&mut text).unwrap();
    text
}

/// The MAC of a shown text is the MAC that was made: it is what was signed, not a likeness.
fn assert_signed(key: &Key, shown: &str, mac: &creance_hawk::sigv::Tag) {
    assert_eq!(key.sign(shown.as_bytes()).expose(), mac.expose());
}

#[test]
fn a_header() {
    let key = key();
    let request = Request::from_url("post", "http://Example.com:8000/resource/1?b=1&a=2").unwrap();
    let credentials = Credentials::new("dh37fgj492je", &key).unwrap();
    let signed = credentials
        .header(&request)
        .payload(Some("text/plain"), b"Thank you for flying Hawk")
        .unwrap()
        .ext("some-app-ext-data")
        .app("app")
        .sign(NOW, "j4h3g2")
        .unwrap();
    let shown = text(|out| signed.write_canonical(out));
    assert_eq!(
        shown,
        "hawk.1.header\n1353832234\nj4h3g2\nPOST\n/resource/1?b=1&a=2\nexample.com\n8000\n\
         Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=\nsome-app-ext-data\napp\n\n"
    );
    assert_signed(&key, &shown, signed.mac());
}

#[test]
fn a_response() {
    let key = key();
    let request = Request::from_url("GET", "https://example.com/").unwrap();
    let credentials = Credentials::new("dh37fgj492je", &key).unwrap();
    let header = credentials.header(&request).sign(NOW, "j4h3g2").unwrap().to_header();
    let window = creance_hawk::sigv::Window::default();
    let accepted = Authorization::parse(&header)
        .unwrap()
        .authenticate(&request, Some(&key), window, NOW)
        .unwrap()
        .dangerous_accept_replays();
    let signed = accepted.respond().ext("response-specific").sign().unwrap();
    let shown = text(|out| signed.write_canonical(out));
    assert_eq!(
        shown,
        "hawk.1.response\n1353832234\nj4h3g2\nGET\n/\nexample.com\n443\n\nresponse-specific\n"
    );
    assert_signed(&key, &shown, signed.mac());
}

#[test]
fn a_bewit() {
    let key = key();
    // Whatever the method of the request is, a bewit's is GET.
    let request = Request::from_url("HEAD", "http://example.com:8000/r?a=1").unwrap();
    let credentials = Credentials::new("dh37fgj492je", &key).unwrap();
    let signed = Bewit::sign(&credentials, &request, NOW, "two\nlines").unwrap();
    let shown = text(|out| signed.write_canonical(out));
    assert_eq!(
        shown,
        "hawk.1.bewit\n1353832234\n\nGET\n/r?a=1\nexample.com\n8000\n\ntwo\\nlines\n"
    );
    assert_signed(&key, &shown, signed.mac());
}

#[test]
fn a_message() {
    let key = key();
    let credentials = Credentials::new("dh37fgj492je", &key).unwrap();
    let signed = credentials
        .message("Example.com", 8000)
        .unwrap()
        .sign(b"some message", NOW, "j4h3g2")
        .unwrap();
    let shown = text(|out| signed.write_canonical(out));
    let hash = signed.hash();
    assert_eq!(
        shown,
        format!("hawk.1.message\n1353832234\nj4h3g2\n\n\nexample.com\n8000\n{hash}\n\n")
    );
    assert_signed(&key, &shown, signed.mac());
}

#[test]
fn a_challenge() {
    let key = key();
    let challenge = Challenge::sign(&key, NOW).unwrap();
    assert_eq!(challenge.ts(), NOW);
    assert_signed(&key, "hawk.1.ts\n1353832234\n", challenge.tsm());
    let tsm = text(|out| challenge.tsm().write(Encoding::Base64, out));
    assert_eq!(
        challenge.to_string(),
        format!("Hawk ts=\"1353832234\", tsm=\"{tsm}\", error=\"Stale timestamp\"")
    );
    // A time that no client reads is not told.
    assert_eq!(Challenge::sign(&key, UnixTime::MAX).unwrap_err(), Error::Timestamp);
}
