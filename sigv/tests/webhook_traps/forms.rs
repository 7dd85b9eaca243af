//! Twilio's forms and Shopify's queries.

use super::{BODY, hex_tag, store};
use crate::webhook::{NOW, URL};
use creance_sigv::Error;
use creance_sigv::scheme::{Part, Received};
use creance_sigv::webhook::{Form, Outgoing, ShopifyQuery, Twilio};

const NO_HEADERS: [(&str, &str); 0] = [];

#[test]
fn twilio_signs_bytes_and_no_text() {
    let key = Twilio::forms().key("a token of sixteen").unwrap();
    let verdict = |signed: &[u8], body: &[u8]| {
        let outgoing = Outgoing::new(signed).with_url(URL);
        let headers = Twilio::forms().sign(&outgoing, &key, NOW).unwrap().to_headers();
        let received = Received::new("POST", URL, &headers, body);
        Twilio::forms().verify(&received, &key, NOW).map(|_| ()).map_err(|e| *e.error())
    };
    assert_eq!(verdict(b"A=%ff", b"A=%fF"), Ok(()));
    assert_eq!(verdict(b"A=%ff", b"A=%fe"), Err(Error::Mismatch));
    assert_eq!(verdict(b"A=%ff", b"A=%ef%bf%bd"), Err(Error::Mismatch));
    assert_eq!(verdict(b"A=1&B=2&B=2", b"B=2&A=1"), Ok(()));
    assert_eq!(verdict(b"A=1&B=2", b"B=3&A=1"), Err(Error::Mismatch));
    assert_eq!(verdict(b"A=+", b"A=%2b"), Err(Error::Mismatch));
    assert_eq!(verdict(b"", b""), Ok(()));
    assert_eq!(verdict(b"A=1", b"A=1&C"), Err(Error::Mismatch));
    for body in [&b"A=%"[..], b"A=%f", b"A=%fg", b"%=1"] {
        assert_eq!(verdict(b"A=1", body), Err(Error::Malformed(Part::Parameter)));
    }
    let many = "a=1&".repeat(Form::MAX_PAIRS + 1);
    let error = Error::TooMany { part: Part::Parameter, maximum: Form::MAX_PAIRS };
    assert_eq!(verdict(b"A=1", many.as_bytes()), Err(error));
}

#[test]
fn twilio_takes_the_kind_of_body_that_the_endpoint_is_for() {
    let twilio = Twilio::digests();
    let key = twilio.key("a token of sixteen").unwrap();
    let url = Twilio::url_with_digest(URL, BODY).unwrap();
    let outgoing = Outgoing::new(BODY).with_url(&url);
    let headers = twilio.sign(&outgoing, &key, NOW).unwrap().to_headers();
    let verdict = |url: &str, body: &[u8]| {
        let received = Received::new("POST", url, &headers, body);
        twilio.verify(&received, &key, NOW).map(|_| ()).map_err(|rejection| *rejection.error())
    };
    assert_eq!(verdict(&url, BODY), Ok(()));
    assert_eq!(verdict(&url, b"{\"a\":2}"), Err(Error::BodyMismatch));
    assert_eq!(verdict(URL, BODY), Err(Error::NotCovered(Part::Body)));
    let twice = url.replace("?a=1", "?bodySHA256=00");
    assert_eq!(verdict(&twice, BODY), Err(Error::Duplicate(Part::Digest)));
    let (front, digest) = url.rsplit_once('=').unwrap();
    let upper = format!("{front}={}", digest.to_ascii_uppercase());
    assert_eq!(verdict(&upper, BODY), Err(Error::Mismatch));
    // A form whose text reads like a digest, moved into the URL: an endpoint for forms does not look.
    let form = format!("Body={}", "%26bodySHA256=00");
    let outgoing = Outgoing::new(form.as_bytes()).with_url(URL);
    let headers = Twilio::forms().sign(&outgoing, &key, NOW).unwrap().to_headers();
    let moved = format!("{URL}Body&bodySHA256=00");
    let received = Received::new("POST", &moved, &headers, b"{}");
    assert!(Twilio::forms().verify(&received, &key, NOW).is_err());
    let error = twilio.verify(&received, &key, NOW).map(|_| ()).unwrap_err();
    assert_eq!(*error.error(), Error::BodyMismatch);
    let other = twilio.sign(&Outgoing::new(BODY).with_url(URL), &key, NOW).map(|_| ());
    assert_eq!(other.unwrap_err(), Error::Value(Part::Digest));
    let other = Twilio::forms().sign(&Outgoing::new(b"%").with_url(URL), &key, NOW).map(|_| ());
    assert_eq!(other.unwrap_err(), Error::Value(Part::Parameter));
}

#[test]
fn twilio_tries_the_schemes_own_port_and_no_other() {
    let key = Twilio::forms().key("a token of sixteen").unwrap();
    let verdict = |signed: &str, called: &str| {
        let outgoing = Outgoing::new(b"A=1").with_url(signed);
        let headers = Twilio::forms().sign(&outgoing, &key, NOW).unwrap().to_headers();
        let received = Received::new("POST", called, &headers, b"A=1");
        Twilio::forms().verify(&received, &key, NOW).is_ok()
    };
    for (signed, called, is_right) in [
        ("https://h/a", "https://h:443/a", true),
        ("https://h:443/a", "https://h/a", true),
        ("http://h/a", "http://h:80/a", true),
        ("http://h:80/a", "http://h/a", true),
        ("https://h/a", "https://h:80/a", false),
        ("https://h/a", "https://h:8443/a", false),
        ("https://h:8443/a", "https://h/a", false),
        ("https://h/a", "http://h/a", false),
        ("https://h/a", "https://h/a/", false),
    ] {
        assert_eq!(verdict(signed, called), is_right, "{signed} {called}");
    }
}

#[test]
fn a_query_of_shopify_is_signed_whole_and_once() {
    for scheme in [ShopifyQuery::oauth(), ShopifyQuery::app_proxy()] {
        let key = scheme.key("a secret of sixteen").unwrap();
        let url = scheme.sign("https://app.example/cb?shop=a.example&code=1", &key, NOW).unwrap();
        let verdict = |url: &str, now| {
            let received = Received::new("GET", url, &NO_HEADERS, b"");
            scheme.verify(&received, &key, now).map(|_| ()).map_err(|error| *error.error())
        };
        assert_eq!(verdict(&url, NOW), Ok(()));
        let (front, signature) = url.rsplit_once('&').unwrap();
        for (url, error) in [
            (url.replace("code=1", "code=2"), Error::Mismatch),
            (url.replace("code=1&", ""), Error::Mismatch),
            (format!("{url}&more=1"), Error::Mismatch),
            (front.to_owned(), Error::Missing(Part::Signature)),
            (format!("{url}&{signature}"), Error::Duplicate(Part::Signature)),
            (format!("{url}&timestamp=1"), Error::Duplicate(Part::Timestamp)),
            (url.replace("timestamp=1700000000&", ""), Error::Missing(Part::Timestamp)),
            (url.replace("=1700000000", "=01700000000"), Error::Timestamp),
            (url.replace("=1700000000", "=%ff"), Error::Timestamp),
            (url.to_ascii_uppercase(), Error::Missing(Part::Signature)),
            (url.replace("code=1", "code=%"), Error::Malformed(Part::Parameter)),
            (url[8..].to_owned(), Error::Value(Part::Url)),
        ] {
            assert_eq!(verdict(&url, NOW), Err(error), "{url}");
        }
        assert_eq!(verdict(&url, NOW.saturating_add(91)), Err(Error::TooOld { age: 91 }));
        assert_eq!(verdict(&url, NOW.saturating_sub(91)), Err(Error::TooNew { lead: 91 }));
        let error = scheme.sign(&url, &key, NOW).unwrap_err();
        assert_eq!(error, Error::Value(Part::Url));

        let store = store(scheme.window());
        let received = Received::new("GET", &url, &NO_HEADERS, b"");
        let form = scheme.accept(&received, &key, &store, NOW).unwrap().into_shown();
        assert_eq!(form.text("code"), Ok(Some("1")));
        // The order of parameters is not signed: another one is the same message.
        let reordered = url.replace("shop=a.example&code=1", "code=1&shop=a.example");
        let received = Received::new("GET", &reordered, &NO_HEADERS, b"");
        let error = scheme.accept(&received, &key, &store, NOW).map(|_| ()).unwrap_err();
        assert_eq!(*error.error(), Error::Replay);
    }
}

#[test]
fn shopify_writes_lists_and_separators_so_that_they_cannot_be_mixed_up() {
    let scheme = ShopifyQuery::oauth();
    let key = scheme.key("a secret of sixteen").unwrap();
    let verdict = |query: &str, message: &str| {
        let url =
            format!("https://h/?{query}&timestamp=1700000000&hmac={}", hex_tag(&key, message));
        let received = Received::new("GET", &url, &NO_HEADERS, b"");
        scheme.verify(&received, &key, NOW).map(|_| ()).map_err(|error| *error.error())
    };
    let time = "timestamp=1700000000";
    let list = format!("ids=[\"2\", \"1\"]&shop=a&{time}");
    assert_eq!(verdict("ids[]=2&shop=a&ids%5B%5D=1", &list), Ok(()));
    assert_eq!(verdict("ids[]=1&shop=a&ids[]=2", &list), Err(Error::Mismatch));
    assert_eq!(verdict("ids[]=%22&shop=a", &list), Err(Error::Malformed(Part::Parameter)));
    // A plain value that is signed as a list of its name is.
    let list = format!("ids=[\"1\", \"2\"]&{time}");
    assert_eq!(verdict("ids[]=1&ids[]=2", &list), Ok(()));
    let plain = "ids=%5B%221%22,%20%222%22%5D";
    assert_eq!(verdict(plain, &list), Err(Error::Malformed(Part::Parameter)));
    assert_eq!(verdict("a=1%26b=2", &format!("a=1%26b=2&{time}")), Ok(()));
    assert_eq!(verdict("a=1&b=2", &format!("a=1%26b=2&{time}")), Err(Error::Mismatch));
    assert_eq!(verdict("a%3Db=c", &format!("a%3Db=c&{time}")), Ok(()));
    assert_eq!(verdict("a=b%3Dc", &format!("a=b=c&{time}")), Ok(()));
    assert_eq!(verdict("a=%2525", &format!("a=%2525&{time}")), Ok(()));
    assert_eq!(verdict("a=1&a=2", time), Err(Error::Duplicate(Part::Parameter)));
    // The older signature beside it is not signed, and no part of the proof.
    assert_eq!(verdict("signature=x&a=1", &format!("a=1&{time}")), Ok(()));
}

/// What is signed has nothing between parameters: one signature for several queries.
#[test]
fn an_app_proxys_own_parameters_are_read_at_one_place() {
    let scheme = ShopifyQuery::app_proxy();
    let key = scheme.key("a secret of sixteen").unwrap();
    let store = store(scheme.window());
    let verdict = |query: &str, message: &str| {
        let url = format!("https://h/?{query}&signature={}", hex_tag(&key, message));
        let received = Received::new("GET", &url, &NO_HEADERS, b"");
        scheme.accept(&received, &key, &store, NOW).map(|_| ()).map_err(|error| *error.error())
    };
    let time = "timestamp=1700000000";
    let message = format!("path_prefix=/apps/xshop=s.myshopify.com{time}");
    let query = |front: &str| format!("path_prefix=/apps/x{front}shop=s.myshopify.com&{time}");
    assert_eq!(verdict(&query("&"), &message), Ok(()));
    let twice = Err(Error::Malformed(Part::Parameter));
    assert_eq!(verdict(&query(""), &message), twice);
    // Somebody has chosen the value of `a`.
    let own = format!("logged_in_customer_id=path_prefix=/apps/xshop=s.myshopify.com{time}");
    let message = format!("a=1logged_in_customer_id=42m={own}");
    let rest = format!("path_prefix=/apps/x&shop=s.myshopify.com&{time}");
    let signed = format!("a=1logged_in_customer_id%3D42m%3D&logged_in_customer_id=&{rest}");
    assert_eq!(verdict(&signed, &message), twice);
    let forged = format!("a=1&logged_in_customer_id=42&m=logged_in_customer_id%3D&{rest}");
    assert_eq!(verdict(&forged, &message), twice);
    for query in ["shop=a&shop=b", "myshop=a", "a=shop%3D", "shop=a&path_prefix=b&path_prefix=c"] {
        let url = format!("https://h/?{query}");
        assert_eq!(scheme.sign(&url, &key, NOW).unwrap_err(), Error::Value(Part::Parameter));
    }
    // Of others only the whole is proven, and that is one message.
    let message = format!("a=1b=2shop=s{time}");
    assert_eq!(verdict(&format!("a=1&b=2&shop=s&{time}"), &message), Ok(()));
    let shifted = format!("a=1b%3D2&shop=s&{time}");
    assert_eq!(verdict(&shifted, &message), Err(Error::Replay));
}

#[test]
fn a_strangers_url_is_the_strangers_fault() {
    let long = format!("https://h/?{}", "a".repeat(8193 - 11));
    let headers = [("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")];
    let (forms, query) = (Twilio::forms(), ShopifyQuery::oauth());
    let key = forms.key("a token of sixteen").unwrap();
    for (url, error) in [
        (long.as_str(), Error::TooLong { part: Part::Url, maximum: 8192 }),
        ("https://h/?a b", Error::Malformed(Part::Url)),
        ("/?a", Error::Value(Part::Url)),
        ("h/?a=http://h/", Error::Value(Part::Url)),
        ("", Error::Value(Part::Url)),
    ] {
        let received = Received::new("POST", url, &headers, b"");
        assert_eq!(*forms.verify(&received, &key, NOW).unwrap_err().error(), error, "{url}");
        assert_eq!(*query.verify(&received, &key, NOW).unwrap_err().error(), error, "{url}");
    }
}

/// Order, repetition and spelling of a form are not signed: what a service remembers must not be
/// made of them.
#[test]
fn a_message_of_twilio_has_one_digest_however_it_is_written() {
    let twilio = Twilio::forms();
    let key = twilio.key("a token of sixteen").unwrap();
    let outgoing = Outgoing::new(b"A=1&B=2").with_url("https://h/a");
    let headers = twilio.sign(&outgoing, &key, NOW).unwrap().to_headers();
    let digest = |url: &str, body: &[u8]| {
        let received = Received::new("POST", url, &headers, body);
        twilio.verify(&received, &key, NOW).unwrap().digest().unwrap()
    };
    let first = digest("https://h/a", b"A=1&B=2");
    for body in [&b"B=2&A=1"[..], b"%41=%31&B=2", b"A=1&A=1&B=2&"] {
        assert_eq!(digest("https://h/a", body), first);
    }
    assert_eq!(digest("https://h:443/a", b"A=1&B=2"), first);
    let outgoing = Outgoing::new(b"A=1&B=3").with_url("https://h/a");
    let headers = twilio.sign(&outgoing, &key, NOW).unwrap().to_headers();
    let received = Received::new("POST", "https://h/a", &headers, b"A=1&B=3");
    assert_ne!(twilio.verify(&received, &key, NOW).unwrap().digest(), Some(first));
}
