//! Canonical forms that the published suite says nothing of.

use crate::craft::{NOW, TICKETS, keys};
use creance_sigv::sigv4::{Credentials, Outgoing, Payload, Service, Signer};

/// The lines of a canonical request: method, path, query, headers, and what is left.
fn lines(service: Service<'_>, url: &str, headers: &[(&str, &str)]) -> Vec<String> {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", service).unwrap();
    let outgoing = Outgoing::new("GET", url, Payload::Body(b"")).with_headers(&headers);
    let explained = signer.explain(&outgoing, None, NOW).unwrap();
    let text = String::from_utf8(explained.canonical_request).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn paths_are_normalised_and_encoded_by_the_rules_of_the_service() {
    for (path, general, s3) in [
        ("", "/", "/"),
        ("/", "/", "/"),
        ("/..", "/", "/.."),
        ("/../a", "/a", "/../a"),
        ("/a/.", "/a/", "/a/."),
        ("/a/b/..", "/a/", "/a/b/.."),
        ("/a/b/../", "/a/", "/a/b/../"),
        ("/a/./b", "/a/b", "/a/./b"),
        ("/a/../../b/c", "/b/c", "/a/../../b/c"),
        ("/a...", "/a...", "/a..."),
        ("/a%20b", "/a%2520b", "/a%20b"),
        ("/a%2fb", "/a%252fb", "/a%2Fb"),
        ("/%41!", "/%2541%21", "/A%21"),
        ("/a+b", "/a%2Bb", "/a%2Bb"),
        ("/a b", "/a%20b", "/a%20b"),
        ("/ä", "/%C3%A4", "/%C3%A4"),
    ] {
        let url = format!("https://h{path}");
        assert_eq!(lines(TICKETS, &url, &[])[1], general, "{path}");
        assert_eq!(lines(Service::S3, &url, &[])[1], s3, "{path}");
    }
}

#[test]
fn queries_are_read_as_forms_and_sorted_as_they_are_written() {
    for (query, expected) in [
        ("", ""),
        ("a", "a="),
        ("&&a&", "a="),
        ("=1", "=1"),
        ("a=1=2", "a=1%3D2"),
        ("a=b+c", "a=b%20c"),
        ("a=b%2Bc", "a=b%2Bc"),
        ("a=%7e%41", "a=~A"),
        ("a=2&a=1", "a=1&a=2"),
        ("b=1&a=2&B=3", "B=3&a=2&b=1"),
        // What is encoded begins with a percent sign, so it comes first.
        ("a=~&a=ä", "a=%C3%A4&a=~"),
        ("a-b=1&a=2", "a=2&a-b=1"),
        ("ab=1&a%2F=2", "a%2F=2&ab=1"),
    ] {
        assert_eq!(lines(TICKETS, &format!("https://h/?{query}"), &[])[2], expected, "{query}");
    }
}

#[test]
fn headers_that_are_changed_on_the_way_are_left_out() {
    let headers = [
        ("User-Agent", "1"),
        ("Connection", "close"),
        ("Authorization", "old"),
        ("Transfer-Encoding", "chunked"),
        ("Expect", "100-continue"),
        ("X-Amzn-Trace-Id", "1"),
        ("Accept", " a  b "),
    ];
    let lines = lines(TICKETS, "https://h:8443/", &headers);
    assert_eq!(lines[3..5], ["accept:a b", "host:h:8443"]);
    assert_eq!(lines[7], "accept;host;x-amz-date");
}

#[test]
fn long_names_are_written_whole_and_in_lower_case() {
    let name = |last: char| format!("X-{}{last}", "Long-".repeat(30));
    let (first, second) = (name('A'), name('B'));
    let headers = [(second.as_str(), "2"), (first.as_str(), "1")];
    let lines = lines(TICKETS, "https://h/", &headers);
    let lower = [&first, &second].map(|name| name.to_lowercase());
    assert_eq!(lines[5..7], [format!("{}:1", lower[0]), format!("{}:2", lower[1])]);
    assert_eq!(lines[8], format!("host;x-amz-date;{}", lower.join(";")));
}

#[test]
fn the_host_is_written_without_a_port_that_goes_without_saying() {
    for (url, host) in [
        ("https://h:443/", "host:h"),
        ("http://h:80/", "host:h"),
        ("http://h:443/", "host:h:443"),
        ("https://[::1]:80/", "host:[::1]:80"),
    ] {
        assert_eq!(lines(TICKETS, url, &[])[3], host, "{url}");
    }
    assert_eq!(lines(TICKETS, "https://h/", &[("Host", "other")])[3], "host:other");
}
