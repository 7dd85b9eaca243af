//! Replays.

use super::{BODY, ring, store};
use crate::webhook::{BODILESS, DIGESTS, ID, NOW, Sent, TEMPLATES, key, send};
use creance_sigv::Error;
use creance_sigv::replay::{Claim, FixedStore, Restart};
use creance_sigv::scheme::Received;
use creance_sigv::webhook::{
    LINEAR, MAILGUN, Outgoing, PADDLE, Parts, Piece, SLACK, STANDARD, STRIPE, ShopifyQuery, Source,
    Template,
};

#[test]
fn what_was_accepted_is_a_replay() {
    for template in TEMPLATES {
        let key = key(&template, 0);
        let store = store(template.window());
        let sent = send(&template, &key, ID, BODY, NOW);
        let claim = |sent: &Sent| {
            let authentic = sent.verify(&template, &key, NOW).unwrap();
            authentic.claim(&store, NOW).map(|_| ()).map_err(|rejection| *rejection.error())
        };
        if !template.signs_time() {
            assert_eq!(claim(&sent), Err(Error::NothingToClaim), "{}", template.name());
            continue;
        }
        assert_eq!(claim(&sent), Ok(()), "{}", template.name());
        assert_eq!(claim(&sent), Err(Error::Replay), "{}", template.name());
        // Another message of the same second is none.
        let other = send(&template, &key, "another", b"{\"a\":2}", NOW);
        if template.name() != "bodiless" {
            assert_eq!(claim(&other), Ok(()), "{}", template.name());
        }
        let later = send(&template, &key, ID, BODY, NOW.saturating_add(1));
        assert_eq!(claim(&later), Ok(()), "{}", template.name());
    }
}

#[test]
fn a_message_with_the_other_keys_tag_is_a_replay() {
    for template in [SLACK, STRIPE, PADDLE, DIGESTS, STANDARD, LINEAR] {
        let ring = ring(&template, &[0, 1]);
        let first = send(&template, &key(&template, 0), ID, BODY, NOW);
        let second = send(&template, &key(&template, 1), ID, BODY, NOW);
        assert_ne!(first.signature, second.signature);
        let store = store(template.window());
        let claim = |sent: &Sent| {
            let authentic = sent.verify(&template, &ring, NOW).unwrap();
            authentic.claim(&store, NOW).map(|_| ()).map_err(|rejection| *rejection.error())
        };
        assert_eq!(claim(&first), Ok(()));
        assert_eq!(claim(&second), Err(Error::Replay), "{}", template.name());
    }
}

#[test]
fn tags_in_another_order_are_a_replay() {
    let ring = ring(&STRIPE, &[0, 1]);
    let signed = STRIPE.sign_with_each(&Outgoing::new(BODY), &ring, NOW).unwrap();
    let headers = signed.to_headers();
    let [time, first, second] = headers[0].1.split(',').collect::<Vec<_>>()[..] else {
        panic!("{headers:?}");
    };
    let store = store(STRIPE.window());
    for (tags, is_new) in [
        (vec![time, first, second], true),
        (vec![time, second, first], false),
        (vec![second, time], false),
        (vec![time, first, "v1=0", "x=1"], false),
    ] {
        let headers = [("Stripe-Signature", tags.join(","))];
        let verdict = STRIPE.accept(&Received::webhook(&headers, BODY), &ring, &store, NOW);
        let error = verdict.err().map(|rejection| *rejection.error());
        assert_eq!(error, if is_new { None } else { Some(Error::Replay) });
    }
}

#[test]
fn a_message_in_pieces_and_in_one_claims_the_same() {
    for template in TEMPLATES.iter().filter(|template| template.signs_time()) {
        let key = key(template, 0);
        let sent = send(template, &key, ID, BODY, NOW);
        let Ok(mut running) = template.begin(&sent.received(), &key, 100, NOW) else {
            assert!(["linear", "mailgun", "bodiless"].contains(&template.name()));
            continue;
        };
        let store = store(template.window());
        for byte in BODY {
            running.update(&[*byte]).unwrap();
        }
        let verified = running.finish().unwrap().claim(&store, NOW).unwrap();
        assert_eq!((verified.shown().bytes(), verified.time()), (7, Some(NOW)));
        let again = sent.verify(template, &key, NOW).unwrap().claim(&store, NOW).map(|_| ());
        assert_eq!(*again.unwrap_err().error(), Error::Replay, "{}", template.name());
    }
}

#[test]
fn a_body_that_is_not_signed_does_not_make_a_replay_new() {
    let key = key(&BODILESS, 0);
    let mut sent = send(&BODILESS, &key, ID, b"", NOW);
    let store = store(BODILESS.window());
    for (body, is_new) in [(&b""[..], true), (b"x", false), (b"y", false)] {
        sent.body = body.to_vec();
        let claimed = sent.verify(&BODILESS, &key, NOW).unwrap().claim(&store, NOW);
        assert_eq!(claimed.is_ok(), is_new);
    }
}

#[test]
fn a_token_of_mailgun_is_taken_once() {
    let key = key(&MAILGUN, 0);
    let mut rng = creance_sigv::rand::rng();
    let store = FixedStore::<8>::new(MAILGUN.window(), Restart::DangerousNoBarrier, &mut rng);
    let sent = send(&MAILGUN, &key, "a8ce0edb2dd8301dee6c2405", b"", NOW);
    let claim = |sent: &Sent| sent.verify(&MAILGUN, &key, NOW).unwrap().claim(&store, NOW).is_ok();
    assert!(claim(&sent));
    assert!(!claim(&sent));
    assert!(claim(&send(&MAILGUN, &key, "another", b"", NOW)));
    // Time and token have nothing between them: what is shifted is a time out of every window.
    for (time, id) in [("170000000", "0a8ce0"), ("1700000000a", "8ce0"), ("17000000001", "a")] {
        let parts = Parts::new(&MAILGUN, &sent.signature).unwrap().with_time(time);
        let verdict = parts.and_then(|parts| parts.with_id(id)).map(|parts| {
            let verdict = MAILGUN.verify_parts(parts, &key, NOW).map(|_| ());
            *verdict.unwrap_err().error()
        });
        let error = verdict.unwrap_or_else(|error| error);
        assert!(
            matches!(error, Error::TooOld { .. } | Error::TooNew { .. } | Error::Timestamp),
            "{error}"
        );
    }
}

#[test]
fn senders_who_choose_the_same_id_do_not_meet_in_one_store() {
    let key = key(&STANDARD, 0);
    let sent = send(&STANDARD, &key, ID, BODY, NOW);
    let store = store(STANDARD.window());
    let claim = |sender: &'static str| {
        let authentic = sent.verify(&STANDARD, &key, NOW).unwrap();
        authentic.of_sender(sender.as_bytes()).claim(&store, NOW).is_ok()
    };
    assert!(claim("one") && claim("two"));
    assert!(!claim("one") && !claim("two"));
}

/// Schemes without a time are remembered by the service.
#[test]
fn a_message_without_a_time_has_a_digest_and_one_with_a_time_is_claimed() {
    const UNTIMED: Template<'static> = Template::new(
        "untimed",
        "Sig",
        &[Piece::Id(Source::Header("Id")), Piece::Text("."), Piece::Body],
    );
    for template in TEMPLATES.into_iter().chain([UNTIMED]) {
        let ring = ring(&template, &[0, 1]);
        let digest = |number, id, body: &[u8]| {
            let sent = send(&template, &key(&template, number), id, body, NOW);
            sent.verify(&template, &ring, NOW).unwrap().digest()
        };
        let (first, other_key) = (digest(0, ID, BODY), digest(1, ID, BODY));
        assert_eq!(first.is_some(), !template.signs_time(), "{}", template.name());
        assert_eq!(first, other_key);
        if first.is_some() {
            assert_ne!(first, digest(0, ID, b"{}"), "{}", template.name());
            assert_eq!(first != digest(0, "n-2", BODY), template.name() == "untimed");
        }
        let sent = send(&template, &key(&template, 0), ID, BODY, NOW);
        if let Ok(mut running) = template.begin(&sent.received(), &ring, 100, NOW) {
            running.update(BODY).unwrap();
            assert_eq!(running.finish().unwrap().digest(), first);
        }
        // The answer of a store that was asked for nothing.
        let claimed = sent.verify(&template, &ring, NOW).unwrap().claimed(Claim::New);
        let error = claimed.err().map(|rejection| *rejection.error());
        assert_eq!(error.is_none(), template.signs_time());
        assert!(error.is_none_or(|error| error == Error::NothingToClaim));
    }
}

#[test]
fn a_proof_has_the_id_that_was_signed() {
    for template in TEMPLATES {
        let key = key(&template, 0);
        let sent = send(&template, &key, ID, BODY, NOW);
        let signs_id = ["standard", "svix", "mailgun", "house"].contains(&template.name());
        let id = signs_id.then_some(ID);
        let authentic = sent.verify(&template, &key, NOW).unwrap();
        assert_eq!(authentic.id(), id, "{}", template.name());
        assert_eq!(authentic.dangerous_accept_replays().id(), id);
        if let Ok(mut running) = template.begin(&sent.received(), &key, 100, NOW) {
            running.update(BODY).unwrap();
            assert_eq!(running.finish().unwrap().id(), id);
        }
    }
}

/// A server's tasks move between threads, and headers need not be shared between them.
#[test]
fn accepting_can_be_awaited_on_any_thread() {
    fn is_send<F: Future + Send>(_: &F) {}
    let key = key(&STANDARD, 0);
    let sent = send(&STANDARD, &key, ID, BODY, NOW);
    let store = store(STANDARD.window());
    is_send(&STANDARD.accept_async(&sent.received(), &key, &store, NOW));
    is_send(&ShopifyQuery::oauth().accept_async(&sent.received(), &key, &store, NOW));
}
