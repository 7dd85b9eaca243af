//! The one-call forms beside the full path: each does what its steps do, and no less.

mod support;

use creance_hawk::sigv::replay::{MemoryStore, Restart};
use creance_hawk::sigv::{Key, Window};
use creance_hawk::{
    Bewit, BewitBuffer, Client, ClockOffset, Credentials, Error, Forwarded, ForwardedHeader,
    Incoming, Rejection, Request, Scheme, Server,
};
use support::{ID, NONCE, NOW, TARGET, URL, WINDOW, key, later, server};

fn store() -> MemoryStore {
    MemoryStore::new(WINDOW, Restart::DangerousNoBarrier).unwrap()
}

fn incoming<'a>(method: &'a str, header: &'a str) -> Incoming<'a> {
    let mut incoming = Incoming::new(method, TARGET, Scheme::Http);
    incoming.header("Host", b"example.com:8000").unwrap();
    incoming.header("Authorization", header.as_bytes()).unwrap();
    incoming
}

fn header(payload: Option<&[u8]>) -> String {
    let key = key();
    let request = Request::from_url("POST", URL).unwrap();
    let mut builder = Credentials::new(ID, &key).unwrap().header(&request);
    if let Some(payload) = payload {
        builder = builder.payload(Some("text/plain"), payload).unwrap();
    }
    builder.sign(NOW, NONCE).unwrap().to_header()
}

#[test]
fn a_header_signed_into_bytes_is_the_one_that_is_kept() {
    let key = key();
    let request = Request::from_url("POST", URL).unwrap();
    let plain = Credentials::new(ID, &key).unwrap().header(&request);
    let with_payload = plain.payload(Some("text/plain"), b"payload").unwrap();
    for builder in [
        plain,
        plain.ext("some data"),
        with_payload,
        plain.payload_hash_text("aGFzaA=="),
        plain.app("an app"),
        with_payload.ext("some data").app("an app").dlg("a delegate"),
    ] {
        let mut bytes = b"before ".to_vec();
        builder.sign_into(NOW, NONCE, &mut bytes).unwrap();
        let kept = builder.sign(NOW, NONCE).unwrap();
        assert_eq!(bytes, format!("before {}", kept.to_header()).into_bytes());
        assert_eq!(kept.to_header().len(), kept.len());
    }
}

#[test]
fn what_cannot_be_signed_adds_no_bytes() {
    let key = key();
    let request = Request::from_url("POST", URL).unwrap();
    let plain = Credentials::new(ID, &key).unwrap().header(&request);
    let long = "x".repeat(4096);
    for (builder, nonce) in
        [(plain, ""), (plain, "\""), (plain.ext("\n"), NONCE), (plain.dlg("d"), NONCE)]
    {
        let mut bytes = b"before".to_vec();
        let error = builder.sign_into(NOW, nonce, &mut bytes).unwrap_err();
        assert_eq!(Some(error), builder.sign(NOW, nonce).err());
        assert_eq!(bytes, b"before");
    }
    let mut bytes = Vec::new();
    assert_eq!(plain.ext(&long).sign_into(NOW, NONCE, &mut bytes), Err(Error::TooLong));
    assert!(bytes.is_empty());
}

#[test]
fn a_look_up_that_fails_is_an_outage_and_not_a_forgery() {
    let (server, header) = (server(), header(None));
    let incoming = incoming("POST", &header);
    let failing = |_: &str| Err::<Option<&Key>, _>("no connection");
    let rejection = server.accept(&incoming, failing, &store(), NOW).unwrap_err();
    assert_eq!((rejection.status(), *rejection.error()), (503, Error::CredentialsUnavailable));
    assert!(rejection.www_authenticate().is_none());
}

#[test]
fn a_look_up_may_answer_with_a_result() {
    let (server, header, key) = (server(), header(None), key());
    let incoming = incoming("POST", &header);
    let lookup = |id: &str| Ok::<_, &str>((id == ID).then_some(&key));
    assert!(server.accept(&incoming, lookup, &store(), NOW).is_ok());
}

fn verify_body(signed: Option<&[u8]>, sent: &[u8]) -> Result<usize, Error> {
    let (server, header, key) = (server(), header(signed), key());
    let incoming = incoming("POST", &header);
    let accepted = server.accept(&incoming, |_| Some(&key), &store(), NOW).unwrap();
    let verified = accepted.verify_body(Some("text/plain"), sent);
    verified.map(|verified| verified.payload().len()).map_err(|rejection| *rejection.error())
}

#[test]
fn a_body_is_verified_wherever_there_is_one_or_a_hash() {
    assert_eq!(verify_body(Some(b"body"), b"body"), Ok(4));
    assert_eq!(verify_body(Some(b""), b""), Ok(0));
    assert_eq!(verify_body(None, b""), Ok(0));
    // A body that nobody signed, one that was taken away, and one that was changed.
    assert_eq!(verify_body(None, b"body"), Err(Error::MissingHash));
    assert_eq!(verify_body(Some(b"body"), b""), Err(Error::BadHash));
    assert_eq!(verify_body(Some(b"body"), b"bodY"), Err(Error::BadHash));
}

#[test]
fn a_link_opens_what_it_was_made_for() {
    let key = key();
    let credentials = Credentials::new(ID, &key).unwrap();
    let link = Bewit::link(&credentials, URL, later(300), "ext").unwrap();
    let target = link.strip_prefix("http://example.com:8000").unwrap();
    let server = server().with_bewits(300);
    let mut buffer = BewitBuffer::new();
    let mut open = |target| -> Result<(), Rejection> {
        let incoming = Incoming::new("GET", target, Scheme::Http);
        let bewit = server.accept_bewit(&incoming, &mut buffer, |_| Some(&key), NOW)?;
        assert_eq!((bewit.id(), bewit.ext()), (ID, "ext"));
        Ok(())
    };
    open(target).unwrap();
    assert_eq!(Bewit::link(&credentials, &link, later(300), "").unwrap_err(), Error::SeveralBewits);
    assert_eq!(Bewit::link(&credentials, "/r", later(300), "").unwrap_err(), Error::Url);
}

#[test]
fn a_client_signs_for_its_time_with_its_nonce() {
    let client = Client::new(ID, key()).unwrap();
    let request = Request::from_url("POST", URL).unwrap();
    let outgoing = client.request_at(&request, NOW);
    let header = outgoing.sign(|header| Ok(header.ext("some data"))).unwrap().to_header();
    let by_steps = outgoing.header().ext("some data").sign(outgoing.now(), outgoing.nonce());
    assert_eq!(header, by_steps.unwrap().to_header());
    let refused = outgoing.sign(|header| header.payload(Some("a\nb"), b""));
    assert_eq!(refused.unwrap_err(), Error::ContentType);
}

#[test]
fn the_shorter_constructors_are_the_policies() {
    let (key, header) = (key(), header(None));
    let any = Server::for_any_host();
    assert!(any.authenticate(&incoming("POST", &header), |_| Some(&key), NOW).is_ok());

    let hops = 1.try_into().unwrap();
    let forwarded = Forwarded::new(ForwardedHeader::XForwardedHost, hops, Scheme::Https);
    let behind = Server::behind_proxies(forwarded).with_window(Window::new(60, 5));
    let mut incoming = incoming("POST", &header);
    incoming.header("X-Forwarded-Host", b"example.com:8000").unwrap();
    assert!(behind.authenticate(&incoming, |_| Some(&key), NOW).is_ok());
}

#[test]
fn an_offset_can_be_given_in_seconds() {
    assert_eq!(ClockOffset::from_secs(-60), ClockOffset::between(later(60), NOW));
    assert_eq!(ClockOffset::from_secs(60).apply(NOW), later(60));
    assert_eq!(ClockOffset::from_secs(i64::MIN).apply(NOW).as_secs(), 0);
}
