//! What a provider asks before it sends messages.
#![cfg(feature = "std")]

use creance_sigv::keyring::{KeyEntry, KeySet, KeyState, Keyring};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::webhook::{HubChallenge, Outgoing, WEBSUB, ZOOM, zoom_validation};
use creance_sigv::{Algorithm, Encoding, Error, Key, UnixTime};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

#[test]
fn zoom_is_answered_under_the_key_that_it_knows() {
    let key = |text: &str| ZOOM.key(text).unwrap();
    let mut ring = Keyring::<2>::new();
    ring.insert(KeyEntry::new("old", key("an old secret of Zoom")).unwrap()).unwrap();
    let new = KeyEntry::new("new", key("the new secret of Zoom")).unwrap();
    ring.insert(new.with_state(KeyState::Pending)).unwrap();
    let answer = |ring: &Keyring<2>, theirs: &str| {
        let headers = ZOOM.sign(&Outgoing::new(b"{}"), &key(theirs), NOW).unwrap().to_headers();
        let question = ZOOM.verify(&Received::webhook(&headers, b"{}"), ring, NOW).unwrap();
        let mut text = String::new();
        let tag = zoom_validation("qgg8vlvZRS6UYooatFL8Aw", question.key(), ring, NOW).unwrap();
        tag.write(Encoding::Hex, &mut text).unwrap();
        text
    };
    // Computed by another implementation of HMAC. Which key signs here makes no difference.
    for state in [KeyState::Pending, KeyState::Active] {
        ring.set_state("new", state).unwrap();
        let old = "0d4ae4f8874472398fa8f54a6b403bd1bafdb453a62c51f2cb0810b19b7780d8";
        assert_eq!(answer(&ring, "an old secret of Zoom"), old);
        let new = "47084dff58f98d61b9cd3fece37842123500e40aea6f96ed00adf022da5dbfcf";
        assert_eq!(answer(&ring, "the new secret of Zoom"), new);
    }
    let refusal = |key: &Key| {
        let used = key.usable(NOW).next().unwrap().key_use();
        *zoom_validation("a", used, key, NOW).map(|_| ()).unwrap_err().error()
    };
    let before = ring.clone();
    ring.set_state("old", KeyState::Retired).unwrap();
    let old = before.find("old", NOW).unwrap().key_use();
    let error = zoom_validation("a", old, &ring, NOW).map(|_| ()).unwrap_err();
    assert_eq!(*error.error(), Error::UnknownKey);
    let weak = ZOOM.with_algorithm(Algorithm::Sha1).key("the new secret of Zoom").unwrap();
    assert_eq!(refusal(&weak), Error::OtherAlgorithm);
    let decoy = Key::decoy(Algorithm::Sha256);
    assert_eq!(refusal(&decoy), Error::NoSigningKey);
}

/// Whoever could have `v0:time:body` signed as a token could send any message.
#[test]
fn zooms_handshake_does_not_sign_messages() {
    let key = ZOOM.key("a secret of Zoom's").unwrap();
    for token in ["v0:1700000000:{}", "", "a b", "a\n", "\u{e9}", "a:b", "{}", &"a".repeat(129)] {
        let used = key.signer(NOW).unwrap().key_use();
        let error = zoom_validation(token, used, &key, NOW).map(|_| ()).unwrap_err();
        assert_eq!(*error.error(), Error::Malformed(Part::Token), "{token}");
    }
    // Every message's text has what no token has.
    let signed = ZOOM.sign(&Outgoing::new(b""), &key, NOW).unwrap();
    let headers = signed.to_headers();
    assert!(ZOOM.verify(&Received::webhook(&headers, b""), &key, NOW).is_ok());
}

#[test]
fn a_hubs_question_is_answered_to_who_knows_the_token() {
    let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meaty%20hamhock";
    let challenge = HubChallenge::parse(query).unwrap();
    assert_eq!((challenge.mode(), challenge.topic()), ("subscribe", None));
    assert_eq!(challenge.answer_to_token("meaty hamhock").unwrap(), "1158201444");
    for token in ["meaty hamhoc", "meaty hamhocK", "meaty hamhock "] {
        let error = *challenge.answer_to_token(token).unwrap_err().error();
        assert_eq!(error, Error::Mismatch, "{token}");
    }
    assert_eq!(*challenge.answer_to_token("").unwrap_err().error(), Error::EmptyKey);
    let error = *challenge.answer_to_topic("subscribe", "t").unwrap_err().error();
    assert_eq!(error, Error::Missing(Part::Parameter));

    let query = "hub.mode=unsubscribe&hub.challenge=a&hub.topic=https%3A%2F%2Fexample.com%2Ffeed";
    let challenge = HubChallenge::parse(query).unwrap();
    let topic = "https://example.com/feed";
    assert_eq!(challenge.answer_to_topic("unsubscribe", topic).unwrap(), "a");
    assert!(challenge.answer_to_topic("subscribe", topic).is_err());
    assert!(challenge.answer_to_topic("unsubscribe", "https://example.com/").is_err());
    assert!(challenge.answer_to_token("a").is_err());
    assert!(!format!("{challenge:?}").contains("example.com"));
}

#[test]
fn a_question_that_could_be_read_in_two_ways_is_refused() {
    let token = "&hub.verify_token=t";
    for (query, error) in [
        ("", Error::Missing(Part::Parameter)),
        ("hub.mode=subscribe", Error::Missing(Part::Parameter)),
        ("hub.mode=subscribe&hub.challenge=", Error::Missing(Part::Parameter)),
        ("hub.challenge=1", Error::Missing(Part::Parameter)),
        ("hub.mode=s&hub.challenge=1&hub.challenge=2", Error::Duplicate(Part::Parameter)),
        ("hub.mode=s&hub.mode=s&hub.challenge=1", Error::Duplicate(Part::Parameter)),
        ("hub.mode=s&hub.challenge=%3Cscript%3E", Error::Malformed(Part::Parameter)),
        ("hub.mode=s&hub.challenge=%0d%0a", Error::Malformed(Part::Parameter)),
        ("hub.mode=s&hub.challenge=%ff", Error::Malformed(Part::Parameter)),
        ("hub.mode=s&hub.challenge=%", Error::Malformed(Part::Parameter)),
        ("hub.mode=denied&hub.mode=denied", Error::Duplicate(Part::Parameter)),
        ("hub.mode=s&hub.challenge=1&hub.lease_seconds=+1", Error::Malformed(Part::Parameter)),
        ("hub.mode=s&hub.challenge=1&hub.lease_seconds=%2B1", Error::Malformed(Part::Parameter)),
        ("hub.mode=s&hub.challenge=1&hub.lease_seconds=", Error::Malformed(Part::Parameter)),
    ] {
        let rejection = HubChallenge::parse(&format!("{query}{token}")).map(|_| ()).unwrap_err();
        assert_eq!(*rejection.error(), error, "{query}");
    }
    let long = format!("hub.mode=s&hub.challenge={}", "1".repeat(1025));
    assert!(HubChallenge::parse(&long).is_err());
    let twice = "hub.mode=s&hub.challenge=1&hub.verify_token=t&hub.verify_token=u";
    let challenge = HubChallenge::parse(twice).unwrap();
    let error = *challenge.answer_to_token("t").unwrap_err().error();
    assert_eq!(error, Error::Duplicate(Part::Parameter));
}

/// `WebSub`, 8: the algorithm is what the subscriber expects, by its key.
#[test]
fn a_hub_may_use_any_algorithm_that_there_is_a_key_for() {
    let mut ring = Keyring::<4>::new();
    for algorithm in Algorithm::ALL {
        let key = WEBSUB.with_algorithm(algorithm).key("a secret of a hub").unwrap();
        ring.insert(KeyEntry::new(algorithm.name(), key).unwrap()).unwrap();
    }
    for algorithm in Algorithm::ALL {
        let key = WEBSUB.with_algorithm(algorithm).key("a secret of a hub").unwrap();
        let signed = WEBSUB.sign(&Outgoing::new(b"{}"), &key, NOW).unwrap();
        let headers = signed.to_headers();
        let authentic = WEBSUB.verify(&Received::webhook(&headers, b"{}"), &ring, NOW).unwrap();
        assert_eq!(authentic.key().id(), algorithm.name());
    }
}

#[test]
fn a_hub_says_for_how_long_or_that_it_does_not() {
    let query = "hub.mode=subscribe&hub.topic=t&hub.challenge=c&hub.lease_seconds=864000";
    let challenge = HubChallenge::parse(query).unwrap();
    assert_eq!((challenge.lease_seconds(), challenge.is_denied()), (Some(864_000), false));
    let denied = HubChallenge::parse("hub.mode=denied&hub.topic=t&hub.reason=no").unwrap();
    assert!(denied.is_denied());
    assert_eq!((denied.topic(), denied.lease_seconds()), (Some("t"), None));
    // There is nothing to answer with.
    let error = *denied.answer_to_topic("denied", "t").unwrap_err().error();
    assert_eq!(error, Error::Missing(Part::Parameter));
}
