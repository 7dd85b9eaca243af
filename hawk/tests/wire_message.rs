//! Messages that do not travel by HTTP.
#![cfg(feature = "std")]

mod support;

use creance_hawk::sigv::{Algorithm, Key, UnixTime, Window};
use creance_hawk::{Attribute, Credentials, Error, MessageAuthorization, Rejection};
use support::{ID, NONCE, NOW, Recorder, WINDOW, earlier, key, key_of, later, text};

const MESSAGE: &[u8] = b"some message";

/// The five values that are sent.
#[derive(Clone)]
struct Values {
    id: String,
    ts: String,
    nonce: String,
    hash: String,
    mac: String,
}

impl Values {
    fn at(ts: UnixTime) -> Self {
        let key = key();
        let to = Credentials::new(ID, &key).unwrap().message("example.com", 8000).unwrap();
        let signed = to.sign(MESSAGE, ts, NONCE).unwrap();
        Self {
            id: signed.id().to_owned(),
            ts: signed.ts().to_owned(),
            nonce: signed.nonce().to_owned(),
            hash: signed.hash().to_owned(),
            mac: text(|out| signed.write_mac(out)),
        }
    }

    fn received(&self) -> Result<MessageAuthorization<'_>, Error> {
        MessageAuthorization::new(&self.id, &self.ts, &self.nonce, &self.hash, &self.mac)
    }

    fn authenticate(&self, host: &str, port: u16, key: Option<&Key>) -> Result<(), Rejection> {
        self.received()?.authenticate(host, port, key, WINDOW, NOW).map(|_| ())
    }
}

#[test]
fn a_message_is_proven_once() {
    let (values, key, store) = (Values::at(NOW), key(), Recorder::default());
    let authenticate = || {
        let received = values.received().unwrap();
        received.authenticate("example.com", 8000, Some(&key), WINDOW, NOW).unwrap()
    };
    let verified = authenticate().claim(&store, NOW).unwrap().verify(MESSAGE).unwrap();
    assert_eq!((verified.id(), verified.ts(), *verified.message()), (ID, NOW, MESSAGE));
    assert_eq!(verified.into_message(), MESSAGE);
    let replay = authenticate().claim(&store, NOW).unwrap_err();
    assert_eq!((replay.error(), replay.status()), (&Error::Replay, 401));
    let claim = (ID.to_owned(), NONCE.to_owned(), NOW.as_secs());
    assert_eq!(store.asked(), [claim.clone(), claim]);
}

#[test]
fn the_canonical_message_has_no_method_and_no_resource() {
    let key = key();
    let to = Credentials::new(ID, &key).unwrap().message("Example.COM", 8000).unwrap();
    let signed = to.sign(MESSAGE, NOW, NONCE).unwrap();
    assert_eq!(
        text(|out| signed.write_canonical(out)),
        format!("hawk.1.message\n1353832234\nj4h3g2\n\n\nexample.com\n8000\n{}\n\n", signed.hash())
    );
}

#[test]
fn an_empty_message_has_a_hash_too() {
    let (key, store) = (key(), Recorder::default());
    let to = Credentials::new(ID, &key).unwrap().message("example.com", 8000).unwrap();
    let signed = to.sign(b"", NOW, NONCE).unwrap();
    let mac = text(|out| signed.write_mac(out));
    let received = MessageAuthorization::new(ID, signed.ts(), NONCE, signed.hash(), &mac).unwrap();
    let authentic = received.authenticate("example.com", 8000, Some(&key), WINDOW, NOW).unwrap();
    assert!(authentic.claim(&store, NOW).unwrap().verify(b"").is_ok());
}

#[test]
fn another_message_is_refused_and_its_nonce_stays_claimed() {
    let (values, key, store) = (Values::at(NOW), key(), Recorder::default());
    let received = values.received().unwrap();
    let authentic = received.authenticate("example.com", 8000, Some(&key), WINDOW, NOW).unwrap();
    let refused = authentic.claim(&store, NOW).unwrap().verify(b"another message").unwrap_err();
    assert_eq!((refused.error(), refused.status()), (&Error::BadHash, 401));
    assert_eq!(authentic.claim(&store, NOW).unwrap_err().error(), &Error::Replay);
}

#[test]
fn every_value_is_covered_by_the_mac() {
    let (values, key) = (Values::at(NOW), key());
    let changes: [fn(&mut Values); 4] = [
        |values| values.ts = "1353832235".into(),
        |values| values.nonce = "j4h3g3".into(),
        |values| values.hash = "x".into(),
        |values| values.mac = values.mac.replace('=', ""),
    ];
    for change in changes {
        let mut altered = values.clone();
        change(&mut altered);
        let rejection = altered.authenticate("example.com", 8000, Some(&key)).unwrap_err();
        assert_eq!(rejection.error(), &Error::BadMac);
    }
    assert!(values.authenticate("EXAMPLE.com", 8000, Some(&key)).is_ok());
    for (host, port) in [("example.org", 8000), ("example.com", 80), ("example.com.", 8000)] {
        let rejection = values.authenticate(host, port, Some(&key)).unwrap_err();
        assert_eq!(rejection.error(), &Error::BadMac);
    }
    let other = key_of("another secret of at least 32 bytes!!");
    assert_eq!(
        values.authenticate("example.com", 8000, Some(&other)).unwrap_err().code(),
        "bad-mac"
    );
    let unknown = values.authenticate("example.com", 8000, None).unwrap_err();
    assert_eq!((unknown.code(), unknown.status()), ("unknown-credentials", 401));
}

#[test]
fn a_message_is_fresh_within_the_window_with_its_ends() {
    let key = key();
    for ts in [earlier(60), later(60)] {
        assert!(Values::at(ts).authenticate("example.com", 8000, Some(&key)).is_ok());
    }
    for ts in [earlier(61), later(61)] {
        let rejection = Values::at(ts).authenticate("example.com", 8000, Some(&key)).unwrap_err();
        let (ts, now) = (ts.as_secs(), NOW.as_secs());
        assert_eq!(rejection.error(), &Error::StaleTimestamp { ts, now });
        // The time is told, because the MAC was right.
        assert!(rejection.www_authenticate().unwrap().to_string().contains("tsm=\""));
    }
    let values = Values::at(earlier(1));
    let received = values.received().unwrap();
    let refused = received.authenticate("example.com", 8000, Some(&key), Window::new(0, 0), NOW);
    assert_eq!(refused.unwrap_err().code(), "stale-timestamp");
}

/// Sets one of the values.
type Set = fn(&mut Values, &str);

#[test]
fn values_that_a_header_could_not_hold_are_refused() {
    let values = Values::at(NOW);
    let fields: [(Attribute, Set); 5] = [
        (Attribute::Id, |values, text| values.id = text.into()),
        (Attribute::Ts, |values, text| values.ts = text.into()),
        (Attribute::Nonce, |values, text| values.nonce = text.into()),
        (Attribute::Hash, |values, text| values.hash = text.into()),
        (Attribute::Mac, |values, text| values.mac = text.into()),
    ];
    for (attribute, set) in fields {
        let refusal = |text| {
            let mut changed = values.clone();
            set(&mut changed, text);
            let error = changed.received().unwrap_err();
            assert_eq!(error.status(), 400);
            error
        };
        assert_eq!(refusal(""), Error::MissingAttribute(attribute));
        for text in ["ab\"", "ab\\", "ab\n", "ab\t", "ab\u{7f}", "ab\u{e9}", "ab\0"] {
            assert_eq!(refusal(text), Error::ForbiddenCharacter { at: 2 }, "{attribute} {text:?}");
        }
    }
    let mut changed = values;
    for ts in ["never", "-1", "01", "18446744073709551615"] {
        changed.ts = ts.to_owned();
        assert_eq!(changed.received().unwrap_err(), Error::Timestamp, "{ts}");
    }
}

#[test]
fn what_cannot_be_sent_is_not_signed() {
    let key = key();
    let credentials = Credentials::new(ID, &key).unwrap();
    for host in ["", "a/b", "a@b", "::1", "a:80", "a b"] {
        assert_eq!(credentials.message(host, 80).unwrap_err(), Error::Host, "{host}");
        let refused = Values::at(NOW).authenticate(host, 80, Some(&key)).unwrap_err();
        assert_eq!(refused.error(), &Error::Host);
    }
    let to = credentials.message("[::1]", 80).unwrap();
    assert_eq!(to.sign(MESSAGE, UnixTime::MAX, NONCE).unwrap_err(), Error::Timestamp);
}

#[test]
fn every_algorithm_signs_messages() {
    for algorithm in Algorithm::ALL {
        let key = Key::new(algorithm, support::SECRET.repeat(2).as_bytes()).unwrap();
        let to = Credentials::new(ID, &key).unwrap().message("example.com", 80).unwrap();
        let signed = to.sign(MESSAGE, NOW, NONCE).unwrap();
        let mac = text(|out| signed.write_mac(out));
        assert_eq!(mac.len(), algorithm.output_len().div_ceil(3) * 4);
        let received =
            MessageAuthorization::new(ID, signed.ts(), NONCE, signed.hash(), &mac).unwrap();
        assert!(received.authenticate("example.com", 80, Some(&key), WINDOW, NOW).is_ok());
    }
}
