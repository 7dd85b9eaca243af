//! Time.

use super::{BODY, hex_tag, refusal, store};
use crate::webhook::{BODILESS, ID, NOW, TEMPLATES, URL, key, key as webhook_key, send};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::webhook::{GITHUB, LINEAR, Outgoing, Parts, SLACK, STRIPE, Template};
use creance_sigv::{Error, UnixTime};

#[test]
fn a_time_at_the_end_of_a_range_neither_panics_nor_passes() {
    let key = key(&SLACK, 0);
    for (time, error) in [
        ("9223372036854775807", Error::TooNew { lead: i64::MAX as u64 - NOW.as_secs() }),
        ("0", Error::TooOld { age: NOW.as_secs() }),
        ("-9223372036854775808", Error::Timestamp),
        ("18446744073709551615", Error::Timestamp),
        ("18446744073709551616", Error::Timestamp),
        ("-1", Error::Timestamp),
        ("+1700000000", Error::Timestamp),
        ("01700000000", Error::Timestamp),
        ("1700000000.0", Error::Timestamp),
        ("1.7e9", Error::Timestamp),
        ("0x6553f100", Error::Timestamp),
        ("1700000000 1700000000", Error::Timestamp),
        ("NaN", Error::Timestamp),
        ("", Error::Timestamp),
    ] {
        // The tag is right, so nothing but the time refuses it.
        let tag = format!("v0={}", hex_tag(&key, &format!("v0:{time}:{{}}")));
        let headers = [("X-Slack-Request-Timestamp", time), ("X-Slack-Signature", &tag)];
        let received = Received::webhook(&headers, b"{}");
        let rejection = SLACK.verify(&received, &key, NOW).map(|_| ()).unwrap_err();
        assert_eq!(*rejection.error(), error, "{time}");

        let tag = hex_tag(&key, &format!("{time}.{{}}"));
        let header = [("Stripe-Signature", format!("t={time},v1={tag}"))];
        let received = Received::webhook(&header, b"{}");
        let rejection = STRIPE.verify(&received, &key, NOW).map(|_| ()).unwrap_err();
        assert_eq!(*rejection.error(), error, "{time}");
    }
}

#[test]
fn a_clock_at_the_end_of_its_range_does_not_panic() {
    for template in TEMPLATES {
        let key = key(&template, 0);
        let sent = send(&template, &key, ID, BODY, NOW);
        for now in [0, 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
            let verdict = sent.verify(&template, &key, UnixTime::from_secs(now));
            assert_eq!(verdict.is_ok(), !template.signs_time(), "{}", template.name());
        }
    }
}

#[test]
fn the_ends_of_the_window_are_in_it_and_the_next_seconds_are_not() {
    for template in TEMPLATES.iter().filter(|template| template.signs_time()) {
        let (key, window) = (key(template, 0), template.window());
        let (past, future) = (window.past(), window.future());
        let at = |time| {
            let sent = send(template, &key, ID, BODY, time);
            sent.verify(template, &key, NOW).map(|_| ()).map_err(|rejection| *rejection.error())
        };
        assert_eq!(at(NOW.saturating_sub(past)), Ok(()), "{}", template.name());
        assert_eq!(at(NOW.saturating_add(future)), Ok(()), "{}", template.name());
        let old = at(NOW.saturating_sub(past + 1));
        assert_eq!(old, Err(Error::TooOld { age: past + 1 }), "{}", template.name());
        let new = at(NOW.saturating_add(future + 1));
        assert_eq!(new, Err(Error::TooNew { lead: future + 1 }), "{}", template.name());
    }
}

#[test]
fn a_time_in_the_body_counts_and_a_header_beside_it_does_not() {
    let key = key(&LINEAR, 0);
    let mut sent = send(&LINEAR, &key, ID, BODY, NOW);
    sent.headers.push(("Linear-Timestamp".into(), "1".into()));
    assert_eq!(sent.verify(&LINEAR, &key, NOW).unwrap().time(), Some(NOW));
    // An old message does not become new by a header that anybody can write.
    let later = NOW.saturating_add(61);
    *sent.header("linear-timestamp") = format!("{}000", later.as_secs());
    assert_eq!(refusal(&sent, &LINEAR, &key, later), Error::TooOld { age: 61 });
}

#[test]
fn a_time_in_the_body_is_one_number_and_is_there_once() {
    let key = key(&LINEAR, 0);
    for body in [
        "{}",
        "[]",
        "",
        "{\"webhookTimestamp\":\"1700000000000\"}",
        "{\"webhookTimestamp\":1700000000000.5}",
        "{\"webhookTimestamp\":-1}",
        "{\"webhookTimestamp\":1700000000000,\"webhookTimestamp\":1700000000000}",
        "{\"webhookTimestamp\":1700000000000,\"webhook\\u0054imestamp\":1}",
        "{\"data\":{\"webhookTimestamp\":1700000000000}}",
    ] {
        let headers = [("Linear-Signature", hex_tag(&key, body))];
        let received = Received::webhook(&headers, body.as_bytes());
        let rejection = LINEAR.verify(&received, &key, NOW).map(|_| ()).unwrap_err();
        assert_eq!(*rejection.error(), Error::Missing(Part::Timestamp), "{body}");
        let outgoing = Outgoing::new(body.as_bytes());
        let error = LINEAR.sign(&outgoing, &key, NOW).map(|_| ()).unwrap_err();
        assert_eq!(error, Error::Value(Part::Timestamp), "{body}");
    }
    for (time, verdict) in [(u64::MAX, false), (1_700_000_000_999, true), (0, false)] {
        let body = format!("{{\"webhookTimestamp\":{time}}}");
        let headers = [("Linear-Signature", hex_tag(&key, &body))];
        let received = Received::webhook(&headers, body.as_bytes());
        assert_eq!(LINEAR.verify(&received, &key, NOW).is_ok(), verdict, "{body}");
    }
}

#[test]
fn a_time_or_id_that_is_not_signed_is_forgotten() {
    let key = key(&GITHUB, 0);
    let sent = send(&GITHUB, &key, ID, BODY, NOW);
    let parts = Parts::new(&GITHUB, &sent.signature).unwrap().with_body(BODY);
    // Neither does an old one refuse, nor can a new one be claimed.
    let parts = parts.with_time("1").unwrap().with_id("n").unwrap();
    let authentic = GITHUB.verify_parts(parts, &key, NOW).unwrap();
    assert_eq!((authentic.time(), authentic.id()), (None, None));
    let claimed = authentic.claim(&store(GITHUB.window()), NOW).map(|_| ());
    assert_eq!(*claimed.unwrap_err().error(), Error::NothingToClaim);

    // An id beside a scheme that signs none would make each replay a new message.
    let key = webhook_key(&BODILESS, 0);
    let sent = send(&BODILESS, &key, ID, b"", NOW);
    let store = store(BODILESS.window());
    for (id, is_new) in [("n-1", true), ("n-2", false)] {
        let parts = Parts::new(&BODILESS, &sent.signature).unwrap();
        let parts = parts.with_time(&sent.time).unwrap().with_id(id).unwrap();
        let parts = parts.with_method("POST").with_url(URL);
        let authentic = BODILESS.verify_parts(parts, &key, NOW).unwrap();
        assert_eq!(authentic.claim(&store, NOW).is_ok(), is_new);
    }
}

/// The windows are part of each scheme's facts.
#[test]
fn each_scheme_has_the_window_of_its_provider() {
    for template in TEMPLATES {
        let window = template.window();
        let expected = match template.name() {
            "paddle" => (5, 5),
            "linear" => (60, 60),
            "house" => (60, 5),
            _ => (300, 300),
        };
        assert_eq!((window.past(), window.future()), expected, "{}", template.name());
    }
    let untimed = TEMPLATES.iter().filter(|template| !template.signs_time());
    let untimed: Vec<_> = untimed.map(Template::name).collect();
    let expected =
        ["github", "meta", "websub", "shopify", "square", "line", "dropbox", "pagerduty", "adyen"];
    assert_eq!(untimed, expected);
}
