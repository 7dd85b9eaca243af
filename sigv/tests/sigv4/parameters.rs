//! What a verified request says of its parameters.

use crate::craft::{Craft, NOW, keys, verifier};
use creance_sigv::Error;
use creance_sigv::scheme::{Part, Received};
use creance_sigv::sigv4::{Credentials, Outgoing, Payload};
use creance_sigv::sigv4::{Request, Signer};

/// What is shown of a request with this query, of which `signed` is the canonical form.
fn shown(query: &str, signed: &str, look: impl FnOnce(&Request<'_>)) {
    let (url, headers) =
        Craft::with(|it| it.query = [query.to_owned(), signed.to_owned()]).signed();
    let (keys, received) = (keys(), Received::new("GET", &url, &headers, b""));
    let authentic = verifier().verify(&received, &keys, NOW).unwrap();
    look(authentic.dangerous_accept_replays().shown());
}

#[test]
fn parameters_are_the_same_for_all_that_have_one_signature() {
    for query in ["b=1&a=2&a=1+2&c", "a=1%202&a=2&b=%31&c=", "c&&a=1+2&b=1&a=2"] {
        shown(query, "a=1%202&a=2&b=1&c=", |request| {
            let all = request.parameters().unwrap();
            let all: Vec<(&str, &str)> = all.iter().map(|it| (&*it.0, &*it.1)).collect();
            assert_eq!(all, [("a", "1 2"), ("a", "2"), ("b", "1"), ("c", "")], "{query}");
            assert_eq!(request.parameter("b").unwrap(), "1");
            assert_eq!(request.parameter("c").unwrap(), "");
            assert_eq!(request.parameter("a"), Err(Error::Duplicate(Part::Parameter)));
            assert_eq!(request.parameter("d"), Err(Error::Missing(Part::Parameter)));
        });
    }
    shown("", "", |request| assert!(request.parameters().unwrap().is_empty()));
    shown("a=%FF&b=%C3%A4", "a=%FF&b=%C3%A4", |request| {
        assert_eq!(request.parameters(), Err(Error::Malformed(Part::Parameter)));
        assert_eq!(request.parameter("a"), Err(Error::Malformed(Part::Parameter)));
        assert_eq!(request.parameter("b").unwrap(), "\u{e4}");
    });
}

#[test]
fn those_of_the_scheme_are_not_among_them() {
    let keys = keys();
    let credentials = Credentials::of_ring(&keys, NOW).unwrap();
    let signer = Signer::new(credentials, "r", crate::craft::TICKETS).unwrap();
    let outgoing = Outgoing::new("GET", "https://h/?x=1", Payload::Body(b""));
    let url = signer.presign(&outgoing, 60, NOW).unwrap().to_url().unwrap();
    let headers = [("host", "h")];
    let received = Received::new("GET", &url, &headers, b"");
    let authentic = verifier().with_presigned(60).verify(&received, &keys, NOW).unwrap();
    let verified = authentic.dangerous_accept_replays();
    assert_eq!(verified.shown().parameters().unwrap(), [("x".into(), "1".into())]);
    let expires = verified.shown().parameter("X-Amz-Expires");
    assert_eq!(expires, Err(Error::Missing(Part::Parameter)));
}
