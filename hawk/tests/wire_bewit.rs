//! Bewits: URLs that carry the right to be fetched. What they are good for, and for whom.
#![cfg(feature = "std")]

mod support;

use creance_hawk::sigv::{Algorithm, Key, UnixTime};
use creance_hawk::{
    AuthorityPolicy, Bewit, BewitBuffer, Credentials, Error, Incoming, Rejection, Request, Scheme,
    Server,
};
use support::bewits::{accept, asked, get, link, link_until, of_text, plain, refusal, server};
use support::{ID, NOW, SECRET, header, key, later};

#[test]
fn a_link_is_served_until_its_time() {
    for resource in ["/r", "/r?a=1", "/r?a=1&b=2", "/", "/a%2fb;p?x=%20"] {
        let link = link_until(resource, later(300), "some-ext");
        let accepted = accept(&server(), &get(&link), NOW).unwrap();
        assert_eq!(accepted, "dh37fgj492je|1353832534|some-ext");
    }
}

#[test]
fn a_bewit_is_expired_in_the_second_that_it_names() {
    let link = link("/r");
    assert!(accept(&server(), &get(&link), later(299)).is_ok());
    for now in [later(300), later(301), UnixTime::MAX] {
        let rejection = accept(&server(), &get(&link), now).unwrap_err();
        let (exp, now) = (later(300).as_secs(), now.as_secs());
        assert_eq!(rejection.error(), &Error::BewitExpired { exp, now });
        assert_eq!(rejection.www_authenticate().unwrap().to_string(), "Hawk");
    }
    let expired = link_until("/r", NOW, "");
    assert_eq!(refusal(&expired).code(), "bewit-expired");
}

#[test]
fn the_expiry_is_told_only_after_the_mac_was_right() {
    let expired = of_text(&plain("1353832234", "").replace('=', "x"));
    assert_eq!(refusal(&expired), Error::BadMac);
    assert_eq!(refusal(&of_text(&plain("1353832234", ""))).code(), "bewit-expired");
}

#[test]
fn a_bewit_is_for_get_and_head_only() {
    let target = link("/r");
    for method in ["GET", "HEAD"] {
        assert!(accept(&server(), &asked(method, &target), NOW).is_ok(), "{method}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "QUERY"] {
        let rejection = accept(&server(), &asked(method, &target), NOW).unwrap_err();
        assert_eq!((rejection.error(), rejection.status()), (&Error::BewitMethod, 401), "{method}");
    }
}

#[test]
fn the_signed_method_is_get_whatever_the_request_was_made_with() {
    let key = key();
    let credentials = Credentials::new(ID, &key).unwrap();
    let sign = |method| {
        let request = Request::from_url(method, "https://example.com/r").unwrap();
        Bewit::sign(&credentials, &request, later(300), "").unwrap().to_string()
    };
    assert_eq!(sign("HEAD"), sign("GET"));
    assert_eq!(sign("POST"), sign("GET"));
}

#[test]
fn a_header_and_a_bewit_are_refused_together() {
    let target = link("/r");
    let key = key();
    let mut incoming = get(&target);
    let with_bewit = Request::new("GET", &target, "example.com", 443).unwrap();
    let header = header(&key, &with_bewit);
    incoming.header("Authorization", header.as_bytes()).unwrap();
    for error in [
        *accept(&server(), &incoming, NOW).unwrap_err().error(),
        server().authorization(&incoming).unwrap_err(),
        *server().authenticate(&incoming, |_| Some(&key), NOW).unwrap_err().error(),
    ] {
        assert_eq!((error, error.status()), (Error::MultipleAuthentications, 400));
    }
    // Any scheme's header is one.
    let mut basic = get(&target);
    basic.header("Authorization", b"Basic dTpw").unwrap();
    assert_eq!(
        accept(&server(), &basic, NOW).unwrap_err().error(),
        &Error::MultipleAuthentications
    );
}

#[test]
fn bewits_are_off_until_they_are_switched_on() {
    let off = Server::with_policy(AuthorityPolicy::Host);
    let target = link("/r");
    let rejection = accept(&off, &get(&target), NOW).unwrap_err();
    assert_eq!((rejection.error(), rejection.status()), (&Error::BewitsDisabled, 401));
    assert_eq!(rejection.www_authenticate().unwrap().to_string(), "Hawk");
}

#[test]
fn a_bewit_lives_no_longer_than_the_server_allows() {
    let server = Server::with_policy(AuthorityPolicy::Host).with_bewits(60);
    let target = link_until("/r", later(61), "");
    let rejection = accept(&server, &get(&target), NOW).unwrap_err();
    assert_eq!(rejection.error(), &Error::BewitLife { life: 61, maximum: 60 });
    assert_eq!(rejection.status(), 401);
    assert!(accept(&server, &get(&target), later(1)).is_ok());
    let none = Server::with_policy(AuthorityPolicy::Host).with_bewits(0);
    assert_eq!(accept(&none, &get(&target), later(60)).unwrap_err().code(), "bewit-life");
}

#[test]
fn a_bewit_is_for_one_url_at_one_authority_under_one_key() {
    let target = link("/r");
    let bewit = target.strip_prefix("/r?").unwrap();
    for other in [
        format!("/s?{bewit}"),
        format!("/r/?{bewit}"),
        format!("/r?x&{bewit}"),
        format!("//r?{bewit}"),
    ] {
        assert_eq!(refusal(&other), Error::BadMac, "{other}");
    }
    let at = |host: &[u8], scheme| {
        let mut incoming = Incoming::new("GET", &target, scheme);
        incoming.header("Host", host.to_vec().leak()).unwrap();
        accept(&server(), &incoming, NOW).map_err(|rejection| *rejection.error())
    };
    assert!(at(b"example.com", Scheme::Https).is_ok());
    assert_eq!(at(b"example.org", Scheme::Https), Err(Error::BadMac));
    assert_eq!(at(b"example.com:8443", Scheme::Https), Err(Error::BadMac));
    assert_eq!(at(b"example.com", Scheme::Http), Err(Error::BadMac));
    let other = Key::new(Algorithm::Sha256, SECRET.repeat(2).as_bytes()).unwrap();
    let (incoming, mut buffer) = (get(&target), BewitBuffer::new());
    let rejection =
        server().accept_bewit(&incoming, &mut buffer, |_| Some(&other), NOW).unwrap_err();
    assert_eq!(rejection.error(), &Error::BadMac);
}

#[test]
fn an_unknown_id_gets_the_same_answer_as_a_wrong_mac() {
    let target = link("/r");
    let (incoming, mut buffer) = (get(&target), BewitBuffer::new());
    let rejection = server().accept_bewit(&incoming, &mut buffer, |_| None, NOW).unwrap_err();
    assert_eq!(rejection.error(), &Error::UnknownCredentials);
    let wrong = accept(&server(), &get(&target.replace("/r?", "/s?")), NOW).unwrap_err();
    let answer = |rejection: &Rejection| {
        let header = rejection.www_authenticate().unwrap().to_string();
        (rejection.status(), header, rejection.to_string(), rejection.retry_after(NOW))
    };
    assert_eq!(answer(&rejection), answer(&wrong));
}

#[test]
fn the_key_is_looked_up_by_the_id_in_the_bewit_and_only_where_there_is_one() {
    let (target, mut buffer) = (link("/r"), BewitBuffer::new());
    let mut asked = Vec::new();
    let _ = server().accept_bewit(
        &get(&target),
        &mut buffer,
        |id| {
            asked.push(id.to_owned());
            None
        },
        NOW,
    );
    assert_eq!(asked, [ID]);
    for target in ["/r", "/r?bewit=", "/r?bewit=x", "/r?bewit=QQ", "/r?a=bewit=x", "/r?Bewit=x"] {
        let lookup = |_: &str| -> Option<&Key> { panic!("asked for a key: {target}") };
        assert!(server().accept_bewit(&get(target), &mut buffer, lookup, NOW).is_err());
    }
    assert_eq!(refusal("/r"), Error::NoAuthorization);
}
