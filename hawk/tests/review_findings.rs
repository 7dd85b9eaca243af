//! What a second look found, each kept from coming back.

mod support;

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use creance_hawk::sigv::replay::{AsyncReplayStore, Claim, DynReplayStore, Entry, Refusal};
use creance_hawk::sigv::{Algorithm, Key, UnixTime};
use creance_hawk::{
    Authority, AuthorityPolicy, Bewit, Credentials, Error, Incoming, MessageAuthorization, Nonce,
    Scheme, Server,
};
use support::{ID, NONCE, NOW, TARGET, authenticate, header, key, later, request};

fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// A store that is nothing but asynchronous.
struct Remote;

impl AsyncReplayStore for Remote {
    async fn claim_async(&self, entry: &Entry<'_>, _now: UnixTime) -> Claim {
        if entry.nonce() == NONCE.as_bytes() { Claim::New } else { Claim::Replay }
    }
}

#[test]
fn a_store_behind_a_trait_object_can_be_asked() {
    let (key, shared) = (key(), Arc::new(Remote) as Arc<dyn DynReplayStore>);
    let header = header(&key, &request());
    let authentic = authenticate(&header, &request(), &key).unwrap();
    assert!(wait(authentic.claim_async(&*shared, NOW)).is_ok());
}

#[test]
fn the_answer_of_a_store_that_was_asked_elsewhere_counts() {
    let key = key();
    let header = header(&key, &request());
    let authentic = authenticate(&header, &request(), &key).unwrap();
    assert!(authentic.claimed(Claim::New).is_ok());
    assert_eq!(*authentic.claimed(Claim::Replay).unwrap_err().error(), Error::Replay);
    let full = authentic.claimed(Claim::Unknown(Refusal::Full)).unwrap_err();
    assert_eq!(full.status(), 503);
}

/// The work for an unknown id must not depend on what the peer sent: a decoy is chosen by the
/// server. That it is refused is all that can be seen from outside.
#[test]
fn a_decoy_is_refused_whatever_signed_with_it() {
    for algorithm in Algorithm::ALL {
        let decoy = Key::decoy(algorithm);
        let header = header(&decoy, &request());
        let server =
            Server::new(Authority::new("example.com", 8000).unwrap()).with_algorithm(algorithm);
        let incoming = support::incoming(&header);
        let unknown = server.authenticate(&incoming, |_| None, NOW).unwrap_err();
        assert_eq!(*unknown.error(), Error::UnknownCredentials);
        let given = authenticate(&header, &request(), &decoy).unwrap_err();
        assert_eq!(*given.error(), Error::UnknownCredentials);
        assert!(given.www_authenticate().unwrap().to_string() == "Hawk");
    }
}

fn two_names() -> Server<[Authority; 2]> {
    let authority = |host| Authority::new(host, 80).unwrap();
    Server::with_policy(AuthorityPolicy::Fixed([authority("a.example"), authority("b.example")]))
}

#[test]
fn a_target_in_absolute_form_has_to_agree_with_host() {
    let ask = |target, host: Option<&'static str>| {
        let mut incoming = Incoming::new("GET", target, Scheme::Http);
        if let Some(host) = host {
            incoming.header("Host", host.as_bytes()).unwrap();
        }
        let request = two_names().request(&incoming).map(|request| request.host().to_owned());
        let any = Server::for_any_host();
        assert_eq!(any.request(&incoming).is_ok(), request.is_ok(), "{target} {host:?}");
        request
    };
    assert_eq!(ask("http://b.example/r", Some("b.example")).as_deref(), Ok("b.example"));
    assert_eq!(ask("http://B.example:80/r", Some("b.example")).as_deref(), Ok("B.example"));
    assert_eq!(ask("http://b.example/r", None).as_deref(), Ok("b.example"));
    assert_eq!(ask("http://b.example/r", Some("a.example")), Err(Error::AuthorityMismatch));
    assert_eq!(ask("http://b.example:81/r", Some("b.example")), Err(Error::AuthorityMismatch));
    assert_eq!(ask("http://u@b.example/r", Some("b.example")), Err(Error::Host));
    assert_eq!(ask("http://b.example:99999/r", Some("b.example")), Err(Error::Host));
}

#[test]
fn a_second_header_does_not_replace_the_first() {
    let mut incoming = Incoming::new("GET", TARGET, Scheme::Http);
    incoming.header("Host", b"example.com:8000").unwrap();
    assert_eq!(incoming.header("host", b"b.example"), Err(Error::DuplicateHeader("host")));
    let request = Server::for_any_host();
    assert_eq!(request.request(&incoming).unwrap().host(), "example.com");

    incoming.header(":authority", b"b.example").unwrap();
    assert_eq!(request.request(&incoming).unwrap_err(), Error::AuthorityMismatch);
}

#[test]
fn no_bewit_is_made_that_opens_nothing() {
    let key = key();
    let credentials = Credentials::new(ID, &key).unwrap();
    let link = |url: &str| Bewit::link(&credentials, url, later(60), "").map(|_| ());
    for url in [
        "http://example.com/r?bewit=",
        "http://example.com/r?bewit=B&",
        "http://example.com/r?bewit=B",
        "http://example.com?bewit=B",
        "http://example.com/r?a=1&bewit=B&bewit=B",
    ] {
        assert_eq!(link(url), Err(Error::SeveralBewits), "{url}");
    }
    let path = |len| format!("http://example.com/{}", "a".repeat(len));
    assert_eq!(link(&path(4050)), Err(Error::TooLong));
    assert_eq!(link(&path(3900)), Ok(()));
    assert_eq!(link("http://example.com/r?abewit=B"), Ok(()));
}

#[test]
fn messages_are_bounded_before_anything_is_computed() {
    let key = key();
    let long = "a".repeat(4096);
    let values = MessageAuthorization::new(ID, "1353832234", &long, "hash", "mac");
    assert_eq!(values.map(|_| ()).unwrap_err(), Error::HeaderTooLong { bytes: 4096 + 12 + 10 + 7 });
    let message = Credentials::new(ID, &key).unwrap().message("example.com", 8000).unwrap();
    assert_eq!(message.sign(b"", NOW, &long).map(|_| ()).unwrap_err(), Error::TooLong);
    let nonce = Nonce::random();
    assert!(message.sign(b"", NOW, nonce.as_str()).is_ok());
}
