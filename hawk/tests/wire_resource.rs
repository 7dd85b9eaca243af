//! The path and query that are signed.
#![cfg(feature = "std")]

mod support;

use creance_hawk::{Credentials, Error, Incoming, Request, Scheme};
use support::{NOW, authenticate, header, key, server, text};

/// What a client signs for a URL.
fn signed(url: &str) -> String {
    resource_of(&Request::from_url("GET", url).expect(url))
}

/// What a server signs for a target.
fn received(target: &str) -> String {
    resource_of(&Request::new("GET", target, "example.com", 80).expect(target))
}

/// The line of the canonical message, and not what the getter says.
fn resource_of(request: &Request<'_>) -> String {
    let key = key();
    let header = Credentials::new("i", &key).unwrap().header(request).sign(NOW, "n").unwrap();
    let canonical = text(|out| header.write_canonical(out));
    let line = canonical.split('\n').nth(4).unwrap().to_owned();
    assert_eq!(line, request.resource().to_string());
    line
}

#[test]
fn a_client_drops_the_fragment() {
    assert_eq!(signed("http://example.com/a?b#c"), "/a?b");
    assert_eq!(signed("http://example.com/a#c?b"), "/a");
    assert_eq!(signed("http://example.com#c"), "/");
    assert_eq!(signed("http://example.com/#"), "/");
}

#[test]
fn a_trailing_question_mark_is_kept() {
    assert_eq!(signed("http://example.com/a?"), "/a?");
    assert_eq!(received("/a?"), "/a?");
    assert_eq!(signed("http://example.com/a?#b"), "/a?");
}

#[test]
fn an_empty_path_is_a_slash() {
    assert_eq!(signed("http://example.com"), "/");
    assert_eq!(signed("http://example.com:8000"), "/");
    assert_eq!(signed("http://example.com?a=1"), "/?a=1");
    assert_eq!(signed("http://example.com?"), "/?");
    assert_eq!(signed("http://[::1]?a=/b"), "/?a=/b");
}

#[test]
fn nothing_else_is_changed() {
    for resource in [
        "/a/../b/./c",
        "/a%2fb%2F",
        "/%41",
        "/a;p",
        "/a;p=1;q/b;r",
        "//a//b/",
        "/a?b=1&a=2&&",
        "/a?x=%20+%2B",
        "/a?b?c",
        "/a?b=http://x/y",
        "/'()*!$&,:@=~",
        "/a\"b",
        "/a\\b",
        "/a|b^c`{}<>",
    ] {
        assert_eq!(signed(&format!("http://example.com{resource}")), resource);
        assert_eq!(received(resource), resource);
    }
}

#[test]
fn a_server_signs_what_came_on_the_wire() {
    let key = key();
    let request = Request::from_url("GET", "http://example.com:8000/a%2Fb/../c;p?x=1&&y").unwrap();
    let header = header(&key, &request);
    let accept = |target| {
        let mut incoming = Incoming::new("GET", target, Scheme::Http);
        incoming.header("Authorization", header.as_bytes()).unwrap();
        server().authenticate(&incoming, |_| Some(&key), NOW).is_ok()
    };
    assert!(accept("/a%2Fb/../c;p?x=1&&y"));
    for other in [
        "/a%2fb/../c;p?x=1&&y",
        "/a/b/../c;p?x=1&&y",
        "/a%2Fb/../c?x=1&&y",
        "/a%2Fb/../c;p?x=1&y",
        "/a%2Fb/../c;p?&&yx=1",
        "/a%2Fb/../c;p",
        "/a%2Fb/../c;p?x=1&&y#z",
        "/c;p?x=1&&y",
        "//a%2Fb/../c;p?x=1&&y",
    ] {
        assert!(!accept(other), "{other}");
    }
}

#[test]
fn absolute_form_is_reduced_to_path_and_query() {
    assert_eq!(received("http://example.com/a?b"), "/a?b");
    assert_eq!(received("HTTPS://other.example:8000/a%2f?b"), "/a%2f?b");
    assert_eq!(received("http://example.com"), "/");
    assert_eq!(received("http://example.com?b"), "/?b");
    // Which host is verified does not follow from it.
    let target = "http://other.example/";
    let incoming = Incoming::new("GET", target, Scheme::Http);
    let (server, key) = (server(), key());
    assert_eq!(server.request(&incoming).unwrap().host(), "example.com");
    let request = Request::from_url("GET", "http://example.com:8000/").unwrap();
    let sent = header(&key, &request);
    assert!(authenticate(&sent, &server.request(&incoming).unwrap(), &key).is_ok());
}

#[test]
fn the_asterisk_is_kept() {
    assert_eq!(received("*"), "*");
    assert_eq!(Request::new("OPTIONS", "**", "example.com", 80).unwrap_err(), Error::Resource);
}

#[test]
fn what_is_no_request_target_is_refused() {
    for target in [
        "",
        "a",
        "a/b",
        "?a",
        "#a",
        "example.com:80",
        "ftp://example.com/",
        "http:///a",
        "http://",
        "http:/a",
        "/a b",
        "/a\tb",
        "/a\nb",
        "/a\r\nX: y",
        "/\u{7f}",
        "/\0",
        "/\u{e9}",
        "*?a",
    ] {
        let error = Request::new("GET", target, "example.com", 80).unwrap_err();
        assert_eq!((error, error.status()), (Error::Resource, 400), "{target:?}");
    }
}

#[test]
fn what_is_no_url_is_refused() {
    for url in [
        "",
        "/a",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "http:/example.com",
        "http://",
        "http:///a",
        "http://?a",
        "http://#a",
        "http://user@example.com/",
        "http://example.com/a b",
        "http://example.com/\n",
        "http://example.com/\u{e9}",
        "http:// example.com/",
    ] {
        let error = Request::from_url("GET", url).unwrap_err();
        assert_eq!((error, error.status()), (Error::Url, 500), "{url:?}");
    }
    for url in ["http://exam%70le.com/", "http://:80/", "http://a:b/", "http://[::1/"] {
        assert_eq!(Request::from_url("GET", url).unwrap_err(), Error::Host, "{url:?}");
    }
}

#[test]
fn a_method_is_a_token_and_counts_in_upper_case() {
    for method in ["GET", "get", "Get", "M-SEARCH", "x!#$%&'*+.^_`|~1"] {
        let request = Request::new(method, "/", "example.com", 80).unwrap();
        assert_eq!(request.method(), method);
        let key = key();
        let sent = header(&key, &request);
        let upper = method.to_ascii_uppercase();
        let upper = Request::new(&upper, "/", "example.com", 80).unwrap();
        assert!(authenticate(&sent, &upper, &key).is_ok(), "{method}");
    }
    for method in ["", "GET ", "G ET", "GET\n", "GE/T", "G\u{e9}T", "GET\0", "(GET)", "\"GET\""] {
        let error = Request::new(method, "/", "example.com", 80).unwrap_err();
        assert_eq!((error, error.status()), (Error::Method, 400), "{method:?}");
    }
}
