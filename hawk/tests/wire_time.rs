//! Timestamps, and the server's time as a client learns it.
#![cfg(feature = "std")]

mod support;

use creance_hawk::sigv::{UnixTime, Window};
use creance_hawk::{
    Authorization, Challenge, Client, Error, Incoming, Rejection, Request, Scheme, ServerTime,
};
use support::{
    NONCE, NOW, TARGET, WINDOW, authenticate, by_hand, earlier, header, header_at, incoming, key,
    key_of, later, request, server,
};

const OTHER_SECRET: &str = "another secret of at least 32 bytes!!";

fn judge(ts: UnixTime, now: UnixTime, window: Window) -> Result<(), Rejection> {
    let (key, header) = (key(), header_at(&key(), ts, NONCE));
    let parsed = Authorization::parse(&header)?;
    parsed.authenticate(&request(), Some(&key), window, now).map(|_| ())
}

#[test]
fn the_window_is_sixty_seconds_both_ways_with_its_ends() {
    assert_eq!((server().window(), Window::default()), (WINDOW, WINDOW));
    for fresh in [earlier(60), NOW, later(60)] {
        assert!(judge(fresh, NOW, server().window()).is_ok());
    }
    for stale in [earlier(61), later(61)] {
        let rejection = judge(stale, NOW, server().window()).unwrap_err();
        let (ts, now) = (stale.as_secs(), NOW.as_secs());
        assert_eq!(rejection.error(), &Error::StaleTimestamp { ts, now });
        assert_eq!(rejection.status(), 401);
    }
}

#[test]
fn the_two_sides_of_the_window_are_set_apart() {
    let window = Window::new(30, 5);
    assert!(judge(earlier(30), NOW, window).is_ok() && judge(later(5), NOW, window).is_ok());
    assert!(judge(earlier(31), NOW, window).is_err() && judge(later(6), NOW, window).is_err());
    let server = server().with_window(window);
    assert_eq!(server.window(), window);
    let (key, header) = (key(), header_at(&key(), later(6), NONCE));
    let rejection = server.authenticate(&incoming(&header), |_| Some(&key), NOW).unwrap_err();
    assert_eq!(rejection.code(), "stale-timestamp");
}

#[test]
fn a_window_of_zero_is_zero() {
    assert!(judge(NOW, NOW, Window::new(0, 0)).is_ok());
    assert!(judge(earlier(1), NOW, Window::new(0, 0)).is_err());
    assert!(judge(later(1), NOW, Window::new(0, 0)).is_err());
}

#[test]
fn a_timestamp_has_one_spelling() {
    for ts in ["0", "7", "1353832234", "9999999999999999999"] {
        let header = format!("Hawk id=\"i\", ts=\"{ts}\", nonce=\"n\", mac=\"m\"");
        assert_eq!(Authorization::parse(&header).unwrap().ts().to_string(), ts);
    }
    for ts in [
        "00",
        "01",
        "01353832234",
        "+1",
        "-1",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x1",
        "never",
        "NaN",
        "Infinity",
        "1,0",
        "1_0",
        "10000000000000000000",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999999999",
    ] {
        let header = format!("Hawk id=\"i\", ts=\"{ts}\", nonce=\"n\", mac=\"m\"");
        let error = Authorization::parse(&header).unwrap_err();
        assert_eq!((error, error.status()), (Error::Timestamp, 400), "{ts}");
    }
}

#[test]
fn ts_beyond_u63_is_malformed_and_does_not_panic() {
    // 19 digits reach beyond 2^63: that is a number, and stale.
    for ts in ["9223372036854775807", "9223372036854775808", "9999999999999999999"] {
        let canonical =
            format!("hawk.1.header\n{ts}\nj4h3g2\nGET\n{TARGET}\nexample.com\n8000\n\n\n");
        let (key, header) = (key(), by_hand(&format!("ts=\"{ts}\", nonce=\"j4h3g2\""), &canonical));
        let rejection = authenticate(&header, &request(), &key).unwrap_err();
        assert_eq!(rejection.code(), "stale-timestamp", "{ts}");
    }
    let header = by_hand("ts=\"18446744073709551615\", nonce=\"n\"", "");
    let rejection = authenticate(&header, &request(), &key()).map(|_| ()).unwrap_err();
    assert_eq!((rejection.error(), rejection.status()), (&Error::Timestamp, 400));
}

#[test]
fn no_time_of_the_whole_range_panics() {
    let ends = [0, 1, 60, 1 << 31, u64::MAX >> 1, (u64::MAX >> 1) + 1, 9_999_999_999_999_999_999];
    let clocks = [0, 1, 60, NOW.as_secs(), 1 << 63, u64::MAX - 1, u64::MAX];
    for ts in ends.map(UnixTime::from_secs) {
        for now in clocks.map(UnixTime::from_secs) {
            for window in [Window::new(0, 0), WINDOW, Window::new(u64::MAX, u64::MAX)] {
                let fresh = ts.as_secs() <= now.as_secs().saturating_add(window.future())
                    && now.as_secs() <= ts.as_secs().saturating_add(window.past());
                let result = judge(ts, now, window);
                assert_eq!(result.is_ok(), fresh, "{ts} {now} {window:?}");
                if let Err(rejection) = result {
                    assert!(rejection.www_authenticate().unwrap().to_string().contains("tsm="));
                }
            }
        }
    }
}

#[test]
fn a_time_of_twenty_digits_is_not_signed() {
    let key = key();
    let credentials = creance_hawk::Credentials::new("i", &key).unwrap();
    let first = UnixTime::from_secs(10_000_000_000_000_000_000);
    for now in [first, UnixTime::MAX] {
        assert_eq!(credentials.header(&request()).sign(now, "n").unwrap_err(), Error::Timestamp);
        assert_eq!(Challenge::sign(&key, now).unwrap_err(), Error::Timestamp);
    }
    assert!(credentials.header(&request()).sign(first.saturating_sub(1), "n").is_ok());
}

#[test]
fn a_stale_timestamp_is_told_only_after_the_mac_was_right() {
    let (key, stale) = (key(), header_at(&key(), earlier(61), NONCE));
    let rejection = authenticate(&stale, &request(), &key).unwrap_err();
    assert_eq!(
        rejection.www_authenticate().unwrap().to_string(),
        "Hawk ts=\"1353832234\", tsm=\"2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0=\", \
         error=\"Stale timestamp\""
    );
    // The same with a wrong MAC, under a wrong key, and of unknown credentials.
    let forged = stale.replace("nonce=\"j4h3g2\"", "nonce=\"j4h3g3\"");
    let other = key_of(OTHER_SECRET);
    let parse = |header| Authorization::parse(header).unwrap();
    for rejection in [
        authenticate(&forged, &request(), &key).unwrap_err(),
        authenticate(&stale, &request(), &other).unwrap_err(),
        parse(&stale).authenticate(&request(), None, WINDOW, NOW).unwrap_err(),
    ] {
        assert_ne!(rejection.code(), "stale-timestamp");
        assert_eq!(rejection.www_authenticate().unwrap().to_string(), "Hawk");
    }
}

#[test]
fn every_other_refusal_gets_a_bare_challenge_or_none() {
    for error in [
        Error::NoAuthorization,
        Error::UnknownCredentials,
        Error::BadMac,
        Error::StaleTimestamp { ts: 1, now: 2 },
        Error::Replay,
        Error::MissingHash,
        Error::BadHash,
        Error::BewitsDisabled,
        Error::BewitMethod,
        Error::BewitExpired { exp: 1, now: 2 },
        Error::BewitLife { life: 2, maximum: 1 },
    ] {
        let rejection = Rejection::from(error);
        assert_eq!(rejection.status(), 401);
        assert_eq!(rejection.www_authenticate().unwrap().to_string(), "Hawk", "{error:?}");
        assert_eq!(rejection.to_string(), "the request is not authenticated");
    }
    for error in [Error::HeaderSyntax { at: 1 }, Error::PayloadTooLong { maximum: 1 }, Error::Write]
    {
        assert!(Rejection::from(error).www_authenticate().is_none(), "{error:?}");
    }
}

/// A client whose server said what time it is.
fn told(www_authenticate: &str) -> (Client, Result<Option<ServerTime>, Error>) {
    let client = Client::new("dh37fgj492je", key()).unwrap();
    let result = client.learn_at(&request(), www_authenticate, earlier(500));
    (client, result)
}

#[test]
fn a_client_corrects_its_clock_by_the_time_that_the_server_proved() {
    let challenge = Challenge::sign(&key(), NOW).unwrap().to_string();
    let (client, result) = told(&challenge);
    assert_eq!(result.unwrap().unwrap().ts(), NOW);
    assert_eq!(client.request_at(&request(), earlier(490)).now(), later(10));
}

#[test]
fn a_client_checks_tsm_before_it_believes_the_time() {
    let right = Challenge::sign(&key(), NOW).unwrap().to_string();
    let by_other = Challenge::sign(&key_of(OTHER_SECRET), NOW).unwrap().to_string();
    for (challenge, error) in [
        (right.replace("1353832234", "1353832235"), Error::BadMac),
        (right.replace("tsm=\"2", "tsm=\"3"), Error::BadMac),
        (by_other, Error::BadMac),
        ("Hawk ts=\"1353832234\"".to_owned(), Error::UnprovenTime),
        ("Basic".to_owned(), Error::NoAuthorization),
    ] {
        let (client, result) = told(&challenge);
        assert_eq!(result.unwrap_err(), error, "{challenge}");
        assert_eq!(client.request_at(&request(), earlier(490)).now(), earlier(490));
    }
    // Nothing to learn, and nothing wrong.
    let (client, result) = told("Hawk");
    assert_eq!(result, Ok(None));
    assert_eq!(client.offset(&request()), creance_hawk::ClockOffset::default());
}

#[test]
fn an_offset_is_kept_for_its_server_only() {
    let client = Client::new("dh37fgj492je", key()).unwrap();
    let challenge = Challenge::sign(&key(), later(100)).unwrap().to_string();
    client.learn_at(&request(), &challenge, NOW).unwrap();
    let now_at = |url| client.request_at(&Request::from_url("GET", url).unwrap(), NOW).now();
    assert_eq!(now_at("http://example.com:8000/other?x"), later(100));
    assert_eq!(now_at("http://EXAMPLE.com:8000/"), later(100));
    for other in ["http://example.com/", "https://example.com/", "http://example.org:8000/"] {
        assert_eq!(now_at(other), NOW, "{other}");
    }
    // Another server may be off the other way.
    let challenge = Challenge::sign(&key(), earlier(100)).unwrap().to_string();
    let other = Request::from_url("GET", "http://example.org/").unwrap();
    client.learn_at(&other, &challenge, NOW).unwrap();
    assert_eq!(now_at("http://example.org/"), earlier(100));
    assert_eq!(now_at("http://example.com:8000/"), later(100));
}

#[test]
fn an_offset_never_leaves_the_range() {
    let ends = [0, 1, u64::MAX >> 1, u64::MAX].map(UnixTime::from_secs);
    for ours in ends {
        for theirs in ends {
            let offset = creance_hawk::ClockOffset::between(ours, theirs);
            assert_eq!(offset.apply(ours), theirs);
            for now in ends {
                let _ = offset.apply(now);
            }
        }
    }
}

#[test]
fn a_stale_request_is_accepted_after_its_client_learnt_the_time() {
    let client = Client::new("dh37fgj492je", key()).unwrap();
    let (server, key, request) = (server(), key(), request());
    let send = |now| {
        let outgoing = client.request_at(&request, now);
        let header = outgoing.header().sign(outgoing.now(), outgoing.nonce()).unwrap();
        let header = header.to_header();
        server.authenticate(&incoming(&header), |_| Some(&key), NOW).map(|_| ())
    };
    let rejection = send(earlier(4000)).unwrap_err();
    let challenge = rejection.www_authenticate().unwrap().to_string();
    assert!(client.learn_at(&request, &challenge, earlier(4000)).unwrap().is_some());
    assert!(send(earlier(3999)).is_ok());
}

#[test]
fn nothing_stale_is_looked_for_in_a_malformed_request() {
    let (key, header) = (key(), header(&key(), &request()));
    let mut incoming = Incoming::new("GET", "not a path", Scheme::Http);
    incoming.header("Authorization", header.as_bytes()).unwrap();
    let rejection = server().authenticate(&incoming, |_| Some(&key), later(999)).unwrap_err();
    assert_eq!((rejection.error(), rejection.status()), (&Error::Resource, 400));
    assert!(rejection.www_authenticate().is_none());
}
