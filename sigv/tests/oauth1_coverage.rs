//! OAuth 1.0a, what a signature covers: parameters, URL, body, one trap after the other.

#[path = "common/oauth1.rs"]
mod by_hand;

use by_hand::{
    NOW, URL, base_string, client_key, encoded, form, header, pairs, protocol, signature,
    signed_with, verify,
};
use creance_sigv::oauth1::{Outgoing, Server};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::{Algorithm, Error};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// The traps of RFC 5849, 3.4.1.3: each query, and the parameters that are signed.
#[test]
fn parameters_are_decoded_once_and_sorted_when_encoded() {
    let cases: [(&str, &[(&str, &str)]); 14] = [
        ("a=1&a=1&a=0", &[("a", "0"), ("a", "1"), ("a", "1")]),
        ("c2&c=&=v", &[("", "v"), ("c", ""), ("c2", "")]),
        ("&&a=1&&", &[("a", "1")]),
        ("a+b=c+d", &[("a b", "c d")]),
        ("a%2Bb=%2B", &[("a+b", "+")]),
        ("a=%2520", &[("a", "%20")]),
        ("a=b=c=", &[("a", "b=c=")]),
        ("a=%26%3D", &[("a", "&=")]),
        // `=` is more than `1` and `-`: pairs do not sort as names do.
        ("a=1&a1=0&a-=2", &[("a", "1"), ("a-", "2"), ("a1", "0")]),
        // Encoded, `ä` is `%C3%A4` and comes before `z` and `A`; so does `:` before `0`.
        (
            "z=1&%C3%A4=2&A=3&%3a=4&0=5",
            &[(":", "4"), ("ä", "2"), ("0", "5"), ("A", "3"), ("z", "1")],
        ),
        ("name=%e2%82%ac", &[("name", "€")]),
        ("a~b=c%7Ed", &[("a~b", "c~d")]),
        ("a=;b&c;d=1", &[("a", ";b"), ("c;d", "1")]),
        ("oauth=1&OAUTH_NONCE=2", &[("OAUTH_NONCE", "2"), ("oauth", "1")]),
    ];
    let key = client_key(Algorithm::Sha1);
    for (query, expected) in cases {
        let mut parameters = protocol("HMAC-SHA1");
        parameters.extend(pairs(expected));
        let base_string = base_string("POST", URL, &parameters);
        let mut protocol = protocol("HMAC-SHA1");
        protocol.push(("oauth_signature".to_owned(), signature(Algorithm::Sha1, &base_string)));
        let headers = [("Authorization", header(&protocol)), (FORM.0, FORM.1.to_owned())];
        let url = format!("{URL}?{query}");
        for received in [
            Received::new("POST", &url, &headers, b""),
            Received::new("POST", URL, &headers, query.as_bytes()),
        ] {
            let incoming = Server::new().parse(&received).unwrap();
            assert_eq!(incoming.base_string().to_string(), base_string, "{query}");
            let request = verify(&received, &key).unwrap();
            assert_eq!(request.parameters().collect::<Vec<_>>(), expected, "{query}");
            assert_eq!(request.parameter("no such"), Err(Error::Missing(Part::Parameter)));
        }
    }
    for query in ["a=%", "a=%4", "%zz", "a=%ff", "a=%C3", "%ed%a0%80=1"] {
        let headers = [("Authorization", signed_with(&[]))];
        let url = format!("{URL}?{query}");
        let error = verify(&Received::new("GET", &url, &headers, b""), &key).unwrap_err();
        assert_eq!(error, Error::Malformed(Part::Parameter), "{query}");
    }
    for body in [&b"a=\xff"[..], b"a= b", b"a=\n", "ä=1".as_bytes()] {
        let headers = [("Authorization", signed_with(&[])), (FORM.0, FORM.1.to_owned())];
        let error = verify(&Received::new("GET", URL, &headers, body), &key).unwrap_err();
        assert_eq!(error, Error::Malformed(Part::Parameter));
    }
}

#[test]
fn a_parameter_that_is_there_twice_is_not_taken_for_one() {
    let key = client_key(Algorithm::Sha1);
    let url = format!("{URL}?to=ann&to=eve&n=1");
    let signed = Outgoing::new("GET", &url).with_nonce("1").sign(&key, NOW).unwrap();
    let headers = signed.to_headers();
    let received = Received::new("GET", &url, &headers, b"");
    let request = verify(&received, &key).unwrap();
    assert_eq!(request.parameter("to"), Err(Error::Duplicate(Part::Parameter)));
    assert_eq!(request.parameter("n"), Ok("1"));
    assert_eq!(request.parameter("oauth_nonce"), Err(Error::Missing(Part::Parameter)));
    assert_eq!(request.protocol("n"), None);
    // In another order, or moved to the form, the request says the same: so that is all it says.
    let moved = format!("{URL}?n=1&to=eve");
    let headers = [("Authorization", signed.authorization()), (FORM.0, FORM.1.to_owned())];
    let received = Received::new("GET", &moved, &headers, b"to=ann");
    let other = verify(&received, &key).unwrap();
    assert!(request.parameters().eq(other.parameters()));
}

#[test]
fn the_url_is_normalised_as_the_rfc_says_and_no_further() {
    let key = client_key(Algorithm::Sha1);
    let headers = [("Authorization", signed_with(&[]))];
    let verify = |method: &str, url: &str| {
        verify(&Received::new(method, url, &headers, b""), &key).map(drop)
    };
    for url in [
        "HTTPS://PHOTOS.example.NET/photos",
        "https://photos.example.net:443/photos",
        "https://photos.example.net/photos?",
        "https://photos.example.net/photos?&",
    ] {
        assert_eq!(verify("GET", url), Ok(()), "{url}");
        assert_eq!(verify("get", url), Ok(()), "{url}");
    }
    for url in [
        "http://photos.example.net/photos",
        "https://photos.example.net:80/photos",
        "https://photos.example.net:8443/photos",
        "https://photos.example.net/Photos",
        "https://photos.example.net/photos/",
        "https://photos.example.net/%70hotos",
        "https://photos.example.net//photos",
        "https://photos.example.net/./photos",
        "https://photos.example.net./photos",
        "https://photos.example.net/photos?a",
        "https://photos.example.org/photos",
    ] {
        assert_eq!(verify("GET", url), Err(Error::Mismatch), "{url}");
    }
    assert_eq!(verify("POST", URL), Err(Error::Mismatch));
    for method in ["", "GE T", "GET/", "GÉT"] {
        assert_eq!(verify(method, URL), Err(Error::Malformed(Part::Method)), "{method}");
    }
    for url in ["", "/photos", "https://u@photos.example.net/photos"] {
        assert_eq!(verify("GET", url), Err(Error::Malformed(Part::Url)), "{url}");
    }
    for (url, base_uri) in [
        ("http://h:80", "http://h/"),
        ("http://h:443/", "http://h:443/"),
        ("http://[2001:DB8::1]:8080/a%20b", "http://[2001:db8::1]:8080/a%20b"),
        ("https://h?x", "https://h/"),
    ] {
        let signed = Outgoing::new("GET", url).with_nonce("1").sign(&key, NOW).unwrap();
        let text = signed.base_string().to_string();
        assert!(text.starts_with(&format!("GET&{}&", encoded(base_uri))), "{text}");
    }
}

/// A body is had from a proof only where the signature covers it.
#[test]
fn a_body_is_shown_only_with_its_hash() {
    let key = client_key(Algorithm::Sha256);
    let json = ("Content-Type", "application/json".to_owned());
    let hashed =
        Outgoing::new("POST", URL).with_nonce("1").with_body(b"{}").sign(&key, NOW).unwrap();
    let hashed = [("Authorization", hashed.authorization()), json.clone()];
    let bare = Outgoing::new("POST", URL).with_nonce("1").sign(&key, NOW).unwrap();
    let bare = [("Authorization", bare.authorization()), json];
    let strict = Server::new().require_body_hash();

    let received = Received::new("POST", URL, &hashed, b"{}");
    assert_eq!(verify(&received, &key).unwrap().body(), Some(&b"{}"[..]));
    assert!(strict.verify(&received, &key, NOW).is_ok());
    for body in [&b"{ }"[..], b"", b"{}\n"] {
        let received = Received::new("POST", URL, &hashed, body);
        assert_eq!(verify(&received, &key).unwrap_err(), Error::BodyMismatch);
    }
    // Not covered: whoever is on the way may put anything here, and it is not shown.
    for body in [&b"{}"[..], b"anything", b""] {
        let received = Received::new("POST", URL, &bare, body);
        assert_eq!(verify(&received, &key).unwrap().body(), None);
        let error = strict.verify(&received, &key, NOW).err().map(|it| *it.error());
        let expected = (!body.is_empty()).then_some(Error::NotCovered(Part::Body));
        assert_eq!(error, expected);
    }
    // Taken out or put in, the hash makes another base string.
    let header = hashed[0].1.replace("oauth_body_hash", "oauth_body_hush");
    let changed = [("Authorization", header)];
    let received = Received::new("POST", URL, &changed, b"{}");
    assert_eq!(verify(&received, &key).unwrap_err(), Error::Mismatch);
    // Of a form it would be a second opinion.
    let mut parameters = protocol("HMAC-SHA1");
    parameters.extend(pairs(&[("oauth_body_hash", "2jmj7l5rSw0yVb/vlWAYkK/YBwk=")]));
    let tag = signature(Algorithm::Sha1, &base_string("POST", URL, &parameters));
    parameters.push(("oauth_signature".to_owned(), tag));
    let headers = [("Authorization", by_hand::header(&parameters)), (FORM.0, FORM.1.to_owned())];
    let key = client_key(Algorithm::Sha1);
    let received = Received::new("POST", URL, &headers, b"");
    assert_eq!(verify(&received, &key).unwrap_err(), Error::Malformed(Part::Digest));
    // The hash of nothing, as published with the extension, is a hash of nothing.
    let headers = [headers[0].clone()];
    let received = Received::new("POST", URL, &headers, b"");
    assert_eq!(verify(&received, &key).unwrap().body(), Some(&b""[..]));
}

#[test]
fn a_form_is_what_says_that_it_is_one() {
    let key = client_key(Algorithm::Sha1);
    let signed =
        Outgoing::new("POST", URL).with_nonce("1").with_form("a=1").sign(&key, NOW).unwrap();
    let verify = |content_types: &[&str]| {
        let mut headers = vec![("Authorization", signed.authorization())];
        headers.extend(content_types.iter().map(|it| ("content-type", (*it).to_owned())));
        verify(&Received::new("POST", URL, &headers, b"a=1"), &key).map(drop)
    };
    for content_type in [
        "application/x-www-form-urlencoded",
        "APPLICATION/X-WWW-FORM-URLENCODED",
        "application/x-www-form-urlencoded;charset=utf-8",
        "application/x-www-form-urlencoded ; Charset=\"UTF-8\"",
    ] {
        assert_eq!(verify(&[content_type]), Ok(()), "{content_type}");
    }
    for content_type in [
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded2",
        "text/plain;application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded, text/plain",
    ] {
        assert_eq!(verify(&[content_type]), Err(Error::Mismatch), "{content_type}");
    }
    let other_charset = "application/x-www-form-urlencoded; charset=utf-16";
    assert_eq!(verify(&[other_charset]), Err(Error::Malformed(Part::Header)));
    let twice = Err(Error::Duplicate(Part::Header));
    assert_eq!(verify(&[FORM.1, "text/plain"]), twice);
    assert_eq!(verify(&[FORM.1, FORM.1]), twice);

    let long = format!("a={}", "1".repeat(Server::DEFAULT_MAX_FORM_BYTES));
    let signed =
        Outgoing::new("POST", URL).with_nonce("1").with_form(&long).sign(&key, NOW).unwrap();
    let headers = signed.to_headers();
    let received = Received::new("POST", URL, &headers, long.as_bytes());
    let rejection = Server::new().verify(&received, &key, NOW).unwrap_err();
    assert_eq!((rejection.status(), rejection.code()), (413, "body-too-long"));
    let server = Server::new().with_max_form_bytes(long.len());
    assert!(server.verify(&received, &key, NOW).is_ok());
}

/// Parameters of the application may stand in the header, too (RFC 5849, 3.4.1.3.1): they are signed,
/// and shown with the others.
#[test]
fn every_parameter_of_the_header_is_signed() {
    let key = client_key(Algorithm::Sha1);
    let headers = [("Authorization", signed_with(&[("scope", "a b")]))];
    let received = Received::new("GET", URL, &headers, b"");
    assert_eq!(verify(&received, &key).unwrap().parameter("scope"), Ok("a b"));
    let changed = [("Authorization", headers[0].1.replace("a%20b", "a%20c"))];
    let received = Received::new("GET", URL, &changed, b"");
    assert_eq!(verify(&received, &key).unwrap_err(), Error::Mismatch);
    assert!(form(&pairs(&[("a", "b c")])).ends_with("b%20c"));
}
