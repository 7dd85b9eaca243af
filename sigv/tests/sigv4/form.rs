//! What is signed, and how it is written.

use crate::craft::{Craft, EMPTY, HOST, NOW, TICKETS, code, keys, verdict, verifier};
use creance_sigv::sigv4::{Credentials, Outgoing, Payload, Service, Signer, Verifier};

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
    let none = verdict(&verifier(), "GET", "https://h/", &[], b"", NOW).unwrap_err();
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
fn nothing_is_read_without_a_limit() {
    let many = |count: usize| {
        Craft::with(|it| {
            let names: Vec<String> = (0..count).map(|index| format!("a{index:03}")).collect();
            for name in &names {
                it.header(name, "1");
            }
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
        let headers = signer.sign(&outgoing, NOW).unwrap().to_headers();
        let verifier = Verifier::new("r", service).unwrap();
        assert_eq!(code(verdict(&verifier, "GET", &signed, &headers, b"", NOW)), "ok");
        assert_eq!(
            code(verdict(&verifier, "GET", &called, &headers, b"", NOW)),
            "mismatch",
            "{called}"
        );
    }
}
