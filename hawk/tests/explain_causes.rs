//! Each mistake that a client can make is named, and only that one.
#![cfg(feature = "std")]

#[path = "support/lines.rs"]
mod lines;
mod support;

use creance_hawk::explain::{Cause, Diagnosis, Inquiry};
use creance_hawk::sigv::{Algorithm, Encoding, Key};
use creance_hawk::{Authority, Authorization, Request};
use lines::Lines;
use support::{SECRET, key, mac};

fn diagnose_with<'a>(
    header: &'a str,
    request: &Request<'a>,
    secret: &'a [u8],
    look: impl FnOnce(Inquiry<'a>) -> Inquiry<'a>,
) -> Diagnosis {
    let authorization = Authorization::parse(header).unwrap();
    look(Inquiry::new(request, &authorization, Algorithm::Sha256, secret)).diagnose()
}

fn diagnose(header: &str, request: &Request<'_>) -> Diagnosis {
    diagnose_with(header, request, SECRET.as_bytes(), |inquiry| inquiry)
}

/// What is found where the server verifies `GET target` at `example.com:8080`, and the client
/// signs something else.
fn get(target: &str, mistake: impl FnOnce(&mut Lines)) -> Vec<Cause> {
    let mut lines = Lines::of("GET", target, "example.com", 8080);
    mistake(&mut lines);
    let header = lines.header(&key(), "");
    let request = Request::new("GET", target, "example.com", 8080).unwrap();
    let diagnosis = diagnose(&header, &request);
    if let Some(signed) = diagnosis.signed() {
        assert_eq!(signed, lines.canonical());
    }
    diagnosis.causes().to_vec()
}

/// The same with another spelling of the path and query.
fn resource(target: &str, signed: &str) -> Vec<Cause> {
    get(target, |lines| signed.clone_into(&mut lines.resource))
}

#[test]
fn a_right_request_has_no_cause() {
    assert_eq!(get("/r?a=1", |_| {}), []);
}

#[test]
fn the_default_port_or_one_behind_a_proxy() {
    for signed in [80_u16, 443, 8443, 8000, 3000, 5000] {
        let causes = get("/r", |lines| lines.port = signed.to_string());
        assert_eq!(causes, [Cause::Port { signed, verified: 8080 }]);
    }
}

#[test]
fn another_name_of_the_server() {
    let others = [("api.example.com", 8080), ("example.org", 4430)];
    let others = others.map(|(host, port)| Authority::new(host, port).unwrap());
    let request = Request::new("GET", "/r", "example.com", 8080).unwrap();
    let causes = |host: &str, port: u16| {
        let header = Lines::of("GET", "/r", host, port).header(&key(), "");
        let look = |inquiry: Inquiry<'_>| inquiry.authorities(&others).diagnose();
        let authorization = Authorization::parse(&header).unwrap();
        let inquiry = Inquiry::new(&request, &authorization, Algorithm::Sha256, SECRET.as_bytes());
        look(inquiry).causes().to_vec()
    };
    let host = |signed: &str| Cause::Host { signed: signed.to_owned() };
    assert_eq!(causes("api.example.com", 8080), [host("api.example.com")]);
    assert_eq!(causes("example.org", 8080), [host("example.org")]);
    let signed = "example.org:4430".to_owned();
    assert_eq!(causes("example.org", 4430), [Cause::Authority { signed }]);
    assert_eq!(causes("example.com", 4430), [Cause::Port { signed: 4430, verified: 8080 }]);
    // Both differ, and do not belong together.
    let port = Cause::Port { signed: 443, verified: 8080 };
    assert_eq!(causes("api.example.com", 443), [port, host("api.example.com")]);
    assert_eq!(causes("elsewhere.example", 8080), [Cause::UnknownMac]);
}

#[test]
fn a_trailing_dot_on_one_side() {
    assert_eq!(get("/r", |lines| lines.host += "."), [Cause::TrailingDot]);
    let header = Lines::of("GET", "/r", "example.com", 80).header(&key(), "");
    let request = Request::new("GET", "/r", "example.com.", 80).unwrap();
    assert_eq!(diagnose(&header, &request).causes(), [Cause::TrailingDot]);
}

#[test]
fn a_host_written_in_another_way() {
    assert_eq!(get("/r", |lines| lines.host += ":8080"), [Cause::HostWithPort]);
    let request = Request::new("GET", "/r", "Example.COM", 80).unwrap();
    let header = Lines::of("GET", "/r", "Example.COM", 80).header(&key(), "");
    assert_eq!(diagnose(&header, &request).causes(), [Cause::HostCase]);
    let request = Request::new("GET", "/r", "[::1]", 80).unwrap();
    let header = Lines::of("GET", "/r", "::1", 80).header(&key(), "");
    assert_eq!(diagnose(&header, &request).causes(), [Cause::HostBrackets]);
}

#[test]
fn a_prefix_of_the_path() {
    let causes = |target: &str, signed: &str| {
        let header = Lines::of("GET", signed, "example.com", 80).header(&key(), "");
        let request = Request::new("GET", target, "example.com", 80).unwrap();
        let diagnosis = diagnose_with(&header, &request, SECRET.as_bytes(), |inquiry| {
            inquiry.path_prefixes(&["/v1", "/api/"])
        });
        diagnosis.causes().to_vec()
    };
    let added = |prefix: &str| [Cause::PrefixAdded { prefix: prefix.to_owned() }];
    let stripped = |prefix: &str| [Cause::PrefixStripped { prefix: prefix.to_owned() }];
    assert_eq!(causes("/api/r?a=1", "/r?a=1"), added("/api"));
    assert_eq!(causes("/api", "/"), added("/api"));
    assert_eq!(causes("/v1?a", "/?a"), added("/v1"));
    assert_eq!(causes("/r?a=1", "/api/r?a=1"), stripped("/api"));
    assert_eq!(causes("/r", "/v1/r"), stripped("/v1"));
    assert_eq!(causes("/r", "/v2/r"), [Cause::UnknownMac]);
}

#[test]
fn a_path_and_query_written_in_another_way() {
    for (target, signed, cause) in [
        ("/r", "/r/", Cause::TrailingSlash),
        ("/r/?a", "/r?a", Cause::TrailingSlash),
        ("/r?a=1", "/r", Cause::QueryLeftOut),
        ("/r", "/r?", Cause::TrailingQuestionMark),
        ("/r?", "/r", Cause::TrailingQuestionMark),
        ("/r?a#part", "/r?a", Cause::Fragment),
        ("/a%2fb", "/a/b", Cause::PercentEncoding),
        ("/a%20b", "/a b", Cause::PercentEncoding),
        ("/a%20b?c=%20", "/a b?c=%20", Cause::PercentEncoding),
        ("/a?c=%20", "/a?c= ", Cause::PercentEncoding),
        ("/a%2fb", "/a%2Fb", Cause::PercentEncoding),
        ("/a%2Fb", "/a%2fb", Cause::PercentEncoding),
        ("/a:b", "/a%3Ab", Cause::PercentEncoding),
        ("/a%2fb", "/a%252fb", Cause::PercentEncoding),
        ("/a?b=c+d", "/a?b=c%20d", Cause::PlusForSpace),
        ("/a?b=c%20d", "/a?b=c+d", Cause::PlusForSpace),
        ("/r?a", "http://example.com:8080/r?a", Cause::WholeUrl),
        ("/r", "https://example.com/r", Cause::WholeUrl),
        ("/", "", Cause::EmptyPath),
        ("/?a", "?a", Cause::EmptyPath),
        ("/a/../b//c", "/b/c", Cause::PathNormalised),
        ("/a;p=1/b", "/a/b", Cause::PathParameters),
        ("/r?b=1&a=2", "/r?a=2&b=1", Cause::QueryOrder),
    ] {
        assert_eq!(resource(target, signed), [cause], "{target} {signed}");
    }
    assert_eq!(resource("/r", "/s"), [Cause::UnknownMac]);
}

#[test]
fn another_method() {
    for signed in ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let causes = get("/r", |lines| signed.clone_into(&mut lines.method));
        assert_eq!(causes, [Cause::Method { signed }]);
    }
    assert_eq!(get("/r", |lines| lines.method = "get".into()), [Cause::MethodCase]);
    // A method in lower case on the wire is none: it is signed in upper case.
    let header = Lines::of("GET", "/r", "example.com", 80).header(&key(), "");
    let request = Request::new("get", "/r", "example.com", 80).unwrap();
    assert_eq!(diagnose(&header, &request).causes(), []);
}

#[test]
fn an_attribute_that_was_sent_and_not_signed() {
    let request = Request::new("GET", "/r", "example.com", 80).unwrap();
    let lines = Lines::of("GET", "/r", "example.com", 80);
    for (attributes, cause) in [
        (", hash=\"h\"", Cause::HashLeftOut),
        (", ext=\"e\"", Cause::ExtLeftOut),
        (", app=\"a\"", Cause::AppLeftOut),
        (", app=\"a\", dlg=\"d\"", Cause::AppLeftOut),
    ] {
        let header = lines.header(&key(), attributes);
        assert_eq!(diagnose(&header, &request).causes(), [cause], "{attributes}");
    }
    let mut with_app = lines.clone();
    with_app.more = "a\n\n".into();
    let header = with_app.header(&key(), ", app=\"a\", dlg=\"d\"");
    assert_eq!(diagnose(&header, &request).causes(), [Cause::DlgLeftOut]);
    let header = lines.header(&key(), ", hash=\"h\", ext=\"e\"");
    assert_eq!(diagnose(&header, &request).causes(), [Cause::HashLeftOut, Cause::ExtLeftOut]);
}

#[test]
fn a_timestamp_signed_in_another_unit() {
    assert_eq!(get("/r", |lines| lines.ts += "000"), [Cause::TimestampUnit]);
    let lines = Lines::of("GET", "/r", "example.com", 80);
    let header = lines.header(&key(), "").replace("ts=\"1353832234\"", "ts=\"1353832234567\"");
    let request = Request::new("GET", "/r", "example.com", 80).unwrap();
    assert_eq!(diagnose(&header, &request).causes(), [Cause::TimestampUnit]);
}

#[test]
fn a_mac_in_another_spelling() {
    let request = Request::new("GET", "/r", "example.com", 80).unwrap();
    let lines = Lines::of("GET", "/r", "example.com", 80);
    let right = mac(&key(), &lines.canonical());
    let tag = key().sign(lines.canonical().as_bytes());
    let hex = support::text(|out| tag.write(Encoding::Hex, out));
    let url_safe = support::text(|out| tag.write(Encoding::Base64Url, out));
    let padded_url_safe = format!("{url_safe}=");
    for other in
        [right.trim_end_matches('='), &url_safe, &padded_url_safe, &hex, &hex.to_uppercase()]
    {
        let header = lines.header(&key(), "").replace(&right, other);
        assert_eq!(diagnose(&header, &request).causes(), [Cause::MacSpelling], "{other}");
    }
}

/// What is found where the server has one text as its key, and the client the other.
fn keys(server: &[u8], client: &[u8]) -> Vec<Cause> {
    let client = Key::allow_weak(Algorithm::Sha256, client).unwrap();
    let header = Lines::of("GET", "/r", "example.com", 80).header(&client, "");
    let request = Request::new("GET", "/r", "example.com", 80).unwrap();
    diagnose_with(&header, &request, server, |inquiry| inquiry).causes().to_vec()
}

const RAW: &[u8] = b"\xfb\xef\xbe\x00\x01\x7f-a secret in bytes-";
const AS_BASE64: &[u8] = b"+---AAF/LWEgc2VjcmV0IGluIGJ5dGVzLQ==";

#[test]
fn a_secret_that_one_side_decodes() {
    let text = |encoding: Encoding| support::text(|out| encoding.encode(RAW, out)).into_bytes();
    let (base64, url_safe, hex) =
        (text(Encoding::Base64), text(Encoding::Base64Url), text(Encoding::Hex));
    let decoded = |encoding| [Cause::KeyDecoded { encoding }];
    let encoded = |encoding| [Cause::KeyEncoded { encoding }];
    assert_ne!(base64, AS_BASE64);
    assert_eq!(keys(&base64, RAW), decoded(Encoding::Base64));
    assert_eq!(keys(&url_safe, RAW), decoded(Encoding::Base64));
    assert_eq!(
        keys(base64.trim_ascii_end().strip_suffix(b"=").unwrap(), RAW),
        decoded(Encoding::Base64)
    );
    assert_eq!(keys(&hex, RAW), decoded(Encoding::Hex));
    assert_eq!(keys(&hex.to_ascii_uppercase(), RAW), decoded(Encoding::Hex));
    assert_eq!(keys(&[&hex[..], b"\n"].concat(), RAW), decoded(Encoding::Hex));
    assert_eq!(keys(RAW, &base64), encoded(Encoding::Base64));
    assert_eq!(keys(RAW, &url_safe), encoded(Encoding::Base64Url));
    assert_eq!(keys(RAW, &hex), encoded(Encoding::Hex));
    assert_eq!(keys(RAW, b"something else"), [Cause::UnknownMac]);
}

#[test]
fn a_secret_with_white_space_at_its_end() {
    for end in ["\n", "\r\n", " "] {
        let with_end = format!("{SECRET}{end}");
        assert_eq!(keys(SECRET.as_bytes(), with_end.as_bytes()), [Cause::KeySpace]);
        assert_eq!(keys(with_end.as_bytes(), SECRET.as_bytes()), [Cause::KeySpace]);
    }
}

#[test]
fn a_secret_that_is_not_there_or_too_long_to_be_respelled() {
    assert_eq!(keys(b"", SECRET.as_bytes()), [Cause::EmptyKey]);
    for length in [256, 257, 600] {
        assert_eq!(keys(&vec![b'x'; length], SECRET.as_bytes()), [Cause::UnknownMac]);
    }
    let long = [b'x'; 256];
    assert_eq!(keys(&long, &[&long[..], b"\n"].concat()), [Cause::KeySpace]);
}

#[test]
fn another_algorithm() {
    let request = Request::new("GET", "/r", "example.com", 80).unwrap();
    for signed in [Algorithm::Sha1, Algorithm::Sha384, Algorithm::Sha512] {
        let key = Key::allow_weak(signed, SECRET.as_bytes()).unwrap();
        let header = Lines::of("GET", "/r", "example.com", 80).header(&key, "");
        assert_eq!(diagnose(&header, &request).causes(), [Cause::Algorithm { signed }]);
    }
}

#[test]
fn two_mistakes_at_once() {
    let client = Key::allow_weak(Algorithm::Sha256, RAW).unwrap();
    let server = support::text(|out| Encoding::Base64.encode(RAW, out));
    let request = Request::new("GET", "/r?a=1", "example.com", 8080).unwrap();
    let causes = |mistake: fn(&mut Lines)| {
        let mut lines = Lines::of("GET", "/r?a=1", "example.com", 8080);
        mistake(&mut lines);
        let header = lines.header(&client, "");
        let diagnosis = diagnose_with(&header, &request, server.as_bytes(), |inquiry| inquiry);
        assert_eq!(diagnosis.signed(), Some(&*lines.canonical()));
        diagnosis.causes().to_vec()
    };
    let decoded = || Cause::KeyDecoded { encoding: Encoding::Base64 };
    let port = Cause::Port { signed: 443, verified: 8080 };
    assert_eq!(causes(|lines| lines.port = "443".into()), [port, decoded()]);
    assert_eq!(causes(|lines| lines.host += "."), [Cause::TrailingDot, decoded()]);
    assert_eq!(causes(|lines| lines.resource = "/r".into()), [Cause::QueryLeftOut, decoded()]);
    let mixed = get("/r?a=1", |lines| (lines.port, lines.resource) = ("443".into(), "/r".into()));
    assert_eq!(mixed, [Cause::Port { signed: 443, verified: 8080 }, Cause::QueryLeftOut]);
}
