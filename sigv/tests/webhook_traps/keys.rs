//! Secrets and keys.

use super::{BODY, hex_tag, refusal, ring};
use crate::webhook::{
    ID, NOW, TEMPLATES, URL, body as webhook_body, key, key as webhook_key, secret, send, tag,
};
use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeyEvent, KeySet, KeyState};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::webhook::{ADYEN, DROPBOX, GITHUB, Outgoing, STANDARD, STRIPE, WEBSUB};
use creance_sigv::{Algorithm, Encoding, Error, Key};

#[test]
fn a_secret_that_is_empty_or_easily_guessed_makes_no_key() {
    for template in TEMPLATES {
        assert_eq!(template.key("").unwrap_err(), Error::EmptyKey, "{}", template.name());
        assert_eq!(template.allow_weak_key("").unwrap_err(), Error::EmptyKey);
    }
    assert_eq!(STANDARD.key("whsec_").unwrap_err(), Error::EmptyKey);
    assert_eq!(STANDARD.allow_weak_key("whsec_").unwrap_err(), Error::EmptyKey);
    let short = |minimum, bytes| Error::ShortKey { algorithm: Algorithm::Sha256, bytes, minimum };
    assert_eq!(STRIPE.key("whsec_123456789").unwrap_err(), short(16, 15));
    assert!(STRIPE.key("whsec_1234567890").is_ok());
    assert_eq!(ADYEN.key("00112233445566778899AABBCCDDEE").unwrap_err(), short(16, 15));
    assert!(DROPBOX.key("abcdefghijklmno").is_ok());
    assert_eq!(DROPBOX.key("abcdefghijklmn").unwrap_err(), short(15, 14));
    let base64 = |bytes: usize| {
        let mut text = String::from("whsec_");
        Encoding::Base64.encode(&vec![7; bytes], &mut text).unwrap();
        text
    };
    assert_eq!(STANDARD.key(&base64(23)).unwrap_err(), short(24, 23));
    assert!(STANDARD.key(&base64(24)).is_ok() && STANDARD.key(&base64(64)).is_ok());
    let long = Error::LongKey { bytes: 65, maximum: 64 };
    assert_eq!(STANDARD.key(&base64(65)).unwrap_err(), long);
    assert!(STANDARD.allow_weak_key(&base64(1)).is_ok());
    for secret in ["whsec_AAAA\n", "whsec_A", "WHSEC_AAAA", "whsk_AAAA", "whsec_AAA-"] {
        let encoding = Encoding::Base64;
        let error = STANDARD.allow_weak_key(secret).unwrap_err();
        assert_eq!(error, Error::KeyEncoding { encoding }, "{secret}");
    }
    for secret in ["0", "0g", "@a", "a\u{20}", "\u{e9}"] {
        let error = ADYEN.allow_weak_key(secret).unwrap_err();
        assert_eq!(error, Error::KeyEncoding { encoding: Encoding::Hex }, "{secret}");
    }
    let long = "00".repeat(257);
    assert!(matches!(ADYEN.key(&long).unwrap_err(), Error::LongKey { .. }));
}

#[test]
fn a_retired_key_verifies_nothing() {
    for template in TEMPLATES {
        let mut ring = ring(&template, &[0, 1]);
        let old = send(&template, &key(&template, 0), ID, BODY, NOW);
        let new = send(&template, &key(&template, 1), ID, BODY, NOW);
        for state in [KeyState::Active, KeyState::VerifyOnly] {
            ring.set_state("key-0", state).unwrap();
            let authentic = old.verify(&template, &ring, NOW).unwrap();
            assert_eq!(authentic.key().event(), Some(KeyEvent::OldKeyUsed { id: "key-0" }));
        }
        ring.set_state("key-0", KeyState::Retired).unwrap();
        assert_eq!(refusal(&old, &template, &ring, NOW), Error::Mismatch);
        assert_eq!(new.verify(&template, &ring, NOW).unwrap().key().event(), None);
        ring.set_state("key-1", KeyState::Retired).unwrap();
        assert_eq!(refusal(&new, &template, &ring, NOW), Error::UnknownKey);
    }
}

#[test]
fn a_key_of_another_algorithm_is_not_tried() {
    for template in TEMPLATES {
        let sent = send(&template, &key(&template, 0), ID, BODY, NOW);
        for algorithm in Algorithm::ALL {
            let other = template.with_algorithm(algorithm).key(&secret(&template, 0)).unwrap();
            let verdict = sent.verify(&template, &other, NOW).map(|_| ());
            let error = verdict.err().map(|rejection| *rejection.error());
            let is_own = algorithm == key(&template, 0).algorithm();
            assert_eq!(error, if is_own { None } else { Some(Error::UnknownKey) });
        }
    }
}

#[test]
fn a_message_cannot_choose_a_weaker_algorithm() {
    let (strong, weak) = (key(&WEBSUB, 0), WEBSUB.with_algorithm(Algorithm::Sha1));
    let weak = weak.key(&secret(&WEBSUB, 0)).unwrap();
    let sent = send(&WEBSUB, &weak, ID, BODY, NOW);
    assert!(sent.signature.starts_with("sha1="));
    assert_eq!(refusal(&sent, &WEBSUB, &strong, NOW), Error::UnknownKey);
    // A tag of the one under the name of the other.
    let renamed = sent.with_signature(&sent.signature.replace("sha1=", "sha256="));
    assert_eq!(refusal(&renamed, &WEBSUB, &strong, NOW), Error::Mismatch);
    for name in ["md5", "SHA1", "", "sha-1", "sha1 "] {
        let other = sent.with_signature(&sent.signature.replace("sha1", name));
        assert_eq!(refusal(&other, &WEBSUB, &weak, NOW), Error::OtherAlgorithm, "{name}");
    }
    let bare = sent.with_signature(tag(&sent.signature));
    assert_eq!(refusal(&bare, &WEBSUB, &weak, NOW), Error::Malformed(Part::Signature));
}

#[test]
fn a_decoy_neither_signs_nor_verifies() {
    for template in TEMPLATES {
        let decoy = Key::decoy(key(&template, 0).algorithm());
        let body = webhook_body(&template, BODY, NOW);
        let more = [("Content-Type", "application/json")];
        let outgoing = Outgoing::new(&body).with_id(ID).with_method("POST").with_url(URL);
        let error = template.sign(&outgoing.with_headers(&more), &decoy, NOW).map(|_| ());
        assert_eq!(error.unwrap_err(), Error::NoSigningKey, "{}", template.name());
    }
    let decoy = Key::decoy(Algorithm::Sha256);
    let headers = [("X-Hub-Signature-256", format!("sha256={}", hex_tag(&decoy, "{}")))];
    let received = Received::webhook(&headers, b"{}");
    let rejection = GITHUB.verify(&received, &decoy, NOW).map(|_| ()).unwrap_err();
    assert_eq!(*rejection.error(), Error::UnknownKey);
}

#[test]
fn only_keys_that_may_sign_now_sign_with_each() {
    let entry =
        |number: u8| KeyEntry::new(&number.to_string(), webhook_key(&STRIPE, number)).unwrap();
    let mut ring = GrowingKeyring::new();
    // Those that the leeway lets verify must not sign.
    ring.insert(entry(0).with_not_after(NOW.saturating_sub(1))).unwrap();
    ring.insert(entry(1).with_not_before(NOW.saturating_add(1))).unwrap();
    ring.insert(entry(2).with_state(KeyState::Pending)).unwrap();
    ring.insert(entry(3).with_state(KeyState::VerifyOnly)).unwrap();
    assert_eq!(ring.usable(NOW).count(), 4);
    let outgoing = Outgoing::new(BODY);
    let sign = |ring: &GrowingKeyring| {
        STRIPE.sign_with_each(&outgoing, ring, NOW).map(|signed| signed.to_headers())
    };
    assert_eq!(sign(&ring), Err(Error::NoSigningKey));
    ring.insert(entry(4)).unwrap();
    ring.insert(entry(5)).unwrap();
    let headers = sign(&ring).unwrap();
    // The key that signs is first.
    let [_, first, second] = headers[0].1.split(',').collect::<Vec<_>>()[..] else {
        panic!("{headers:?}");
    };
    for (tag, number) in [(first, 5), (second, 4)] {
        let expected = hex_tag(&webhook_key(&STRIPE, number), "1700000000.{\"a\":1}");
        assert_eq!(tag, format!("v1={expected}"));
    }
    // A scheme of one tag has no place for two; more than are read are not written.
    let mut one = GrowingKeyring::new();
    for number in 0..9 {
        let key = webhook_key(&GITHUB, number);
        one.insert(KeyEntry::new(&number.to_string(), key).unwrap()).unwrap();
        ring.insert(entry(10 + number)).unwrap();
    }
    let error = GITHUB.sign_with_each(&outgoing, &one, NOW).map(|_| ()).unwrap_err();
    assert_eq!(error, Error::TooMany { part: Part::Signature, maximum: 1 });
    let error = sign(&ring).unwrap_err();
    assert_eq!(error, Error::TooMany { part: Part::Signature, maximum: 8 });
}
