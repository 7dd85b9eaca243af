//! OAuth 1.0a, what a request has to be: its parameters, its header, its time, once.

#[path = "common/oauth1.rs"]
mod by_hand;

use by_hand::{CONSUMER_KEY, NOW, TOKEN, URL, client_key, signed_with, token_key, verdict, verify};
use creance_sigv::oauth1::{MAX_PARAMETERS, Outgoing, Server};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::{Algorithm, Error, UnixTime, Window};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

#[test]
fn what_is_signed_by_hand_is_verified_and_each_character_counts() {
    let right = signed_with(&[]);
    assert_eq!(verdict(&right), Ok(()));
    let at = right.find("oauth_signature=").unwrap();
    for (index, character) in right.char_indices().skip(6) {
        let other = if character == 'A' { "B" } else { "A" };
        let mut changed = right.clone();
        changed.replace_range(index..=index, other);
        assert!(verdict(&changed).is_err(), "{changed}");
    }
    // A tag that is cut off.
    let cut = format!("{}oauth_signature=\"{}\"", &right[..at], &right[at + 17..at + 25]);
    assert_eq!(verdict(&cut), Err(Error::Mismatch));
}

#[test]
fn each_parameter_of_the_protocol_is_there_once() {
    for (name, error) in [
        ("oauth_consumer_key", Error::Missing(Part::KeyId)),
        ("oauth_nonce", Error::Missing(Part::Id)),
        ("oauth_timestamp", Error::Missing(Part::Timestamp)),
        ("oauth_signature_method", Error::Missing(Part::Signature)),
        ("oauth_signature", Error::Missing(Part::Signature)),
    ] {
        let right = signed_with(&[]);
        let without: Vec<&str> =
            right[6..].split(", ").filter(|it| !it.starts_with(&format!("{name}="))).collect();
        assert_eq!(verdict(&format!("OAuth {}", without.join(", "))), Err(error), "{name}");
        let twice = format!("{right}, {name}=\"x\"");
        assert_eq!(verdict(&twice), Err(Error::Duplicate(Part::Parameter)), "{name}");
        let same = right[6..].split(", ").find(|it| it.starts_with(&format!("{name}="))).unwrap();
        let twice = format!("{right}, {same}");
        assert_eq!(verdict(&twice), Err(Error::Duplicate(Part::Parameter)), "{name}");
    }
    let unknown = format!("{}, oauth_x=\"1\", oauth_x=\"1\"", signed_with(&[]));
    assert_eq!(verdict(&unknown), Err(Error::Duplicate(Part::Parameter)));
}

#[test]
fn the_protocol_stands_in_one_place() {
    let key = client_key(Algorithm::Sha1);
    let signed =
        Outgoing::new("POST", URL).with_nonce("1").with_form("a=1").sign(&key, NOW).unwrap();
    let in_header = [("Authorization", signed.authorization()), (FORM.0, FORM.1.to_owned())];
    let (in_query, in_form) = (signed.url(), signed.form().unwrap());
    let verify = |received: &Received<'_>| verify(received, &key).map(drop);

    // Each by itself.
    assert_eq!(verify(&Received::new("POST", URL, &in_header, b"a=1")), Ok(()));
    assert_eq!(verify(&Received::new("POST", &in_query, &[FORM], b"a=1")), Ok(()));
    assert_eq!(verify(&Received::new("POST", URL, &[FORM], in_form.as_bytes())), Ok(()));
    // Two of them, or a single parameter elsewhere.
    let twice = Err(Error::Duplicate(Part::Parameter));
    let form_too = in_form.as_bytes();
    assert_eq!(verify(&Received::new("POST", &in_query, &in_header, b"a=1")), twice);
    assert_eq!(verify(&Received::new("POST", URL, &in_header, form_too)), twice);
    assert_eq!(verify(&Received::new("POST", &in_query, &[FORM], form_too)), twice);
    let stray = format!("{URL}?oauth_callback=oob");
    assert_eq!(verify(&Received::new("POST", &stray, &in_header, b"a=1")), twice);
    // A form that is not said to be one is none.
    let none = Err(Error::Missing(Part::Signature));
    let plain = [("Content-Type", "text/plain")];
    assert_eq!(verify(&Received::new("POST", URL, &plain, form_too)), none);
    let no_headers: [(&str, &str); 0] = [];
    assert_eq!(verify(&Received::new("POST", URL, &no_headers, form_too)), none);
}

#[test]
fn a_header_is_read_strictly_but_for_what_the_rfc_leaves_open() {
    let right = signed_with(&[]);
    for (from, to) in [
        ("OAuth ", "oauth "),
        ("OAuth ", "OAUTH   "),
        ("OAuth ", "OAuth realm=\"Photos\", "),
        ("OAuth ", "OAuth Realm=\"a, \\\"b\\\", oauth_nonce=\\\"x\\\"\", "),
        (", ", ","),
        (", ", "  ,  "),
        (", ", "\t,\t "),
        ("OAuth ", "OAuth \t"),
        // Escapes that need not be there, and in lower case, say the same.
        ("chapoH", "%63hapo%48"),
        ("oauth_nonce", "%6fauth_nonce"),
        ("%3D\"", "%3d\""),
    ] {
        let changed = right.replacen(from, to, if from == ", " { 9 } else { 1 });
        assert_ne!(changed, right);
        assert_eq!(verdict(&changed), Ok(()), "{changed}");
    }
    for (from, to) in [
        ("=\"chapoH\"", "=chapoH"),
        ("=\"chapoH\"", " = \"chapoH\""),
        ("=\"chapoH\"", "='chapoH'"),
        ("\"chapoH\"", "\"chapoH"),
        ("\"chapoH\"", "\"chap\\oH\""),
        ("\"chapoH\"", "\"chapo H\""),
        ("\"chapoH\"", "\"chapo+H\""),
        ("\"chapoH\"", "\"chapo\tH\""),
        ("=\"chapoH\"", "\t=\"chapoH\""),
        ("OAuth ", "OAuth\n"),
        ("\"chapoH\"", "\"chapo%4\""),
        ("\"chapoH\"", "\"chapo%zz\""),
        ("\"chapoH\"", "\"chapo%ff\""),
        (", ", ",, "),
        (", ", "; "),
        (", ", " "),
        // A tag in Base64 that is not escaped: its plus signs could be spaces to another reader.
        ("%3D\"", "=\""),
        ("OAuth ", "OAuth realm=\"a\", realm=\"b\", "),
        ("OAuth ", "OAuth realm=\"a\\\", "),
        ("OAuth ", "OAuth , "),
    ] {
        let changed = right.replacen(from, to, 1);
        assert_ne!(changed, right);
        let error = verdict(&changed).expect_err(&changed);
        let is_syntax = matches!(error, Error::Malformed(_) | Error::Duplicate(Part::Signature));
        assert!(is_syntax, "{error:?}: {changed}");
    }
    assert_eq!(verdict(&format!("{right},")), Err(Error::Malformed(Part::Signature)));
    assert_eq!(verdict("OAuth"), Err(Error::Malformed(Part::Signature)));
    assert_eq!(verdict("OAuth "), Err(Error::Malformed(Part::Signature)));
    assert_eq!(verdict(&right.replace("OAuth", "Bearer")), Err(Error::Missing(Part::Signature)));
    let two = [("Authorization", right.as_str()), ("authorization", "Basic x")];
    let key = client_key(Algorithm::Sha1);
    let error = verify(&Received::new("GET", URL, &two, b""), &key).unwrap_err();
    assert_eq!(error, Error::Duplicate(Part::Signature));
}

/// A nonce that is escaped in another way is the same one: otherwise everybody could send a request
/// again who can write `%63` for `c`.
#[test]
fn a_request_that_is_spelled_in_another_way_is_a_replay() {
    let store = MemoryStore::new(Server::new().window(), Restart::DangerousNoBarrier).unwrap();
    let key = token_key(Algorithm::Sha1);
    let signed = Outgoing::new("GET", URL).with_nonce("chapoH").sign(&key, NOW).unwrap();
    let accept = |url: &str, authorization: Option<String>| {
        let headers: Vec<_> = authorization.map(|it| ("Authorization", it)).into_iter().collect();
        let received = Received::new("GET", url, &headers, b"");
        let accepted = Server::new().accept(&received, &key, &store, NOW).map(drop);
        accepted.map_err(|rejection| *rejection.error())
    };
    let right = signed.authorization();
    assert_eq!(accept(URL, Some(right.clone())), Ok(()));
    assert_eq!(accept(URL, Some(right.clone())), Err(Error::Replay));
    for (from, to) in [
        ("chapoH", "%63hapoH"),
        ("chapoH", "cha%70oH"),
        (TOKEN, "%6ench734d00sl2jdk"),
        (CONSUMER_KEY, "%64pf43f3p2l4k3l03"),
        ("=\"1700000000", "=\"%31700000000"),
    ] {
        let respelled = right.replacen(from, to, 1);
        assert_ne!(respelled, right);
        assert_eq!(accept(URL, Some(respelled)), Err(Error::Replay), "{to}");
    }
    // Nor by moving it to another place.
    assert_eq!(accept(&signed.url(), None), Err(Error::Replay));
}

/// What waits for a store across the network may be moved to another thread, whatever holds the headers.
#[test]
fn a_store_may_be_waited_for() {
    fn ready<T>(future: impl Future<Output = T> + Send) -> T {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => panic!("the store is in memory"),
        }
    }
    let (key, server) = (client_key(Algorithm::Sha1), Server::new());
    let store = MemoryStore::new(server.window(), Restart::DangerousNoBarrier).unwrap();
    let signed = Outgoing::new("GET", URL).with_nonce("1").sign(&key, NOW).unwrap();
    let headers = signed.to_headers();
    let received = Received::new("GET", URL, &headers, b"");
    assert!(ready(server.accept_async(&received, &key, &store, NOW)).is_ok());
    let refused = ready(server.accept_async(&received, &key, &store, NOW)).unwrap_err();
    assert_eq!(refused.error(), &Error::Replay);
}

#[test]
fn the_version_is_one_or_nothing() {
    assert_eq!(verdict(&signed_with(&[("oauth_version", "1.0")])), Ok(()));
    for version in ["1.0a", "2.0", "1", ""] {
        let header = signed_with(&[("oauth_version", version)]);
        assert_eq!(verdict(&header), Err(Error::OtherAlgorithm), "{version}");
    }
}

#[test]
fn times_are_taken_within_the_window_and_never_panic() {
    for (time, expected) in [
        ("1699999700", Ok(())),
        ("1699999699", Err(Error::TooOld { age: 301 })),
        ("1700000300", Ok(())),
        ("1700000301", Err(Error::TooNew { lead: 301 })),
        ("0", Err(Error::TooOld { age: 1_700_000_000 })),
        ("9223372036854775807", Err(Error::TooNew { lead: 9_223_372_035_154_775_807 })),
        ("9999999999999999999", Err(Error::TooNew { lead: 9_999_999_998_299_999_999 })),
        ("18446744073709551616", Err(Error::Timestamp)),
        ("-1", Err(Error::Timestamp)),
        ("+1700000000", Err(Error::Timestamp)),
        ("01700000000", Err(Error::Timestamp)),
        ("1700000000.0", Err(Error::Timestamp)),
        ("", Err(Error::Timestamp)),
    ] {
        assert_eq!(verdict(&signed_with(&[("oauth_timestamp", time)])), expected, "{time}");
    }
    let headers = [("Authorization", signed_with(&[("oauth_timestamp", "1699999000")]))];
    let received = Received::new("GET", URL, &headers, b"");
    let key = client_key(Algorithm::Sha1);
    let server = Server::new().with_window(Window::new(1000, 0));
    assert!(server.verify(&received, &key, NOW).is_ok());
    for now in [UnixTime::from_secs(0), UnixTime::MAX] {
        assert!(server.verify(&received, &key, now).is_err());
    }
}

#[test]
fn names_have_lengths() {
    let long = |len: usize| "n".repeat(len);
    assert_eq!(verdict(&signed_with(&[("oauth_nonce", &long(256))])), Ok(()));
    let too_long = Error::TooLong { part: Part::Id, maximum: 256 };
    assert_eq!(verdict(&signed_with(&[("oauth_nonce", &long(257))])), Err(too_long));
    assert_eq!(verdict(&signed_with(&[("oauth_nonce", "")])), Err(Error::Malformed(Part::Id)));
    let empty = signed_with(&[("oauth_consumer_key", "")]);
    assert_eq!(verdict(&empty), Err(Error::Malformed(Part::KeyId)));
    let too_long = Error::TooLong { part: Part::KeyId, maximum: 1024 };
    assert_eq!(verdict(&signed_with(&[("oauth_consumer_key", &long(1025))])), Err(too_long));
    let too_long = Error::TooLong { part: Part::Token, maximum: 1024 };
    assert_eq!(verdict(&signed_with(&[("oauth_token", &long(1025))])), Err(too_long));
    // Some clients send an empty token where they have none.
    assert_eq!(verdict(&signed_with(&[("oauth_token", "")])), Ok(()));
    let key = client_key(Algorithm::Sha1);
    let long_url = format!("{URL}?{}", long(8192));
    let headers = [("Authorization", signed_with(&[]))];
    let error = verify(&Received::new("GET", &long_url, &headers, b""), &key).unwrap_err();
    assert_eq!(error, Error::TooLong { part: Part::Url, maximum: 8192 });
    let many = format!("{URL}?{}", "a&".repeat(MAX_PARAMETERS + 1));
    let error = verify(&Received::new("GET", &many, &headers, b""), &key).unwrap_err();
    assert_eq!(error, Error::TooMany { part: Part::Parameter, maximum: MAX_PARAMETERS });
    let long_header = [("Authorization", format!("OAuth realm=\"{}\"", long(4096)))];
    let error = verify(&Received::new("GET", URL, &long_header, b""), &key).unwrap_err();
    assert_eq!(error, Error::TooLong { part: Part::Signature, maximum: 4096 });
}
