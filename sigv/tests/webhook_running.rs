//! A body in pieces: verified as the same body in one piece is.
#![cfg(feature = "std")]

#[path = "common/webhook.rs"]
mod webhook;

use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeyState};
use creance_sigv::scheme::{MAX_USABLE_KEYS, Part, Received};
use creance_sigv::webhook::{GITHUB, LINEAR, Layout, Piece, SLACK, STANDARD, Template, WEBSUB};
use creance_sigv::{Algorithm, Encoding, Error};
use proptest::prelude::*;
use webhook::{DIGESTS, ID, NOW, Sent, TEMPLATES, key, secret, send};

/// The verdict on a message whose body comes in the pieces that end at `ends`.
fn in_pieces(
    sent: &Sent,
    template: &Template<'static>,
    keys: &GrowingKeyring,
    ends: &[usize],
) -> Result<(u64, usize), Error> {
    let received = Received::new(&sent.method, &sent.url, &sent.headers, b"");
    let mut running = template.begin(&received, keys, 1 << 20, NOW).map_err(|e| *e.error())?;
    let mut begin = 0;
    for end in ends.iter().chain([&sent.body.len()]) {
        running.update(&sent.body[begin..*end]).map_err(|e| *e.error())?;
        begin = *end;
    }
    let authentic = running.finish().map_err(|e| *e.error())?;
    assert_eq!(authentic.time(), template.signs_time().then_some(NOW));
    let key = authentic.key().index();
    Ok((authentic.dangerous_accept_replays().shown().bytes(), key))
}

fn ring(template: &Template<'_>, numbers: impl IntoIterator<Item = u8>) -> GrowingKeyring {
    let mut ring = GrowingKeyring::new();
    for number in numbers {
        let entry = KeyEntry::new(&number.to_string(), key(template, number)).unwrap();
        ring.insert(entry.with_state(KeyState::VerifyOnly)).unwrap();
    }
    ring
}

fn takes_pieces(template: &Template<'_>) -> bool {
    !["linear", "mailgun", "adyen", "bodiless"].contains(&template.name())
}

proptest! {
    #[test]
    fn any_chunks_are_one_piece(
        content in proptest::collection::vec(any::<u8>(), 0..600),
        mut ends in proptest::collection::vec(0_usize..600, 0..12),
        signer in 0_u8..4,
        flip in proptest::option::of((0_usize..600, 1_u8..)),
    ) {
        for template in TEMPLATES.iter().filter(|template| takes_pieces(template)) {
            let keys = ring(template, 0..3);
            let mut sent = send(template, &key(template, signer), ID, &content, NOW);
            if let Some((at, bits)) = flip && let Some(byte) = sent.body.get_mut(at) {
                *byte ^= bits;
            }
            for end in &mut ends {
                *end = (*end).min(sent.body.len());
            }
            ends.sort_unstable();
            let whole = sent.verify(template, &keys, NOW).map_err(|e| *e.error());
            let whole = whole.map(|a| (sent.body.len() as u64, a.key().index()));
            prop_assert_eq!(whole.is_ok(), signer < 3 && sent.body == content);
            prop_assert_eq!(in_pieces(&sent, template, &keys, &ends), whole, "{}", template.name());
        }
    }
}

#[test]
fn eight_usable_keys_are_held_and_nine_are_not() {
    for template in [SLACK, DIGESTS] {
        let sent = send(&template, &key(&template, 8), ID, b"{}", NOW);
        let keys = ring(&template, 1..9);
        assert_eq!(in_pieces(&sent, &template, &keys, &[1]), Ok((2, 7)));
        let keys = ring(&template, 0..9);
        let error = Error::TooManyKeys { maximum: MAX_USABLE_KEYS };
        assert_eq!(in_pieces(&sent, &template, &keys, &[1]), Err(error));
        assert_eq!(error.status(), 500);
        // In one piece there is no such end.
        assert!(sent.verify(&template, &keys, NOW).is_ok());
        // A retired one takes no place.
        let mut keys = keys;
        keys.set_state("0", KeyState::Retired).unwrap();
        assert_eq!(in_pieces(&sent, &template, &keys, &[1]), Ok((2, 8)));
        let keys = ring(&template, []);
        assert_eq!(in_pieces(&sent, &template, &keys, &[]), Err(Error::UnknownKey));
    }
    // Keys of other algorithms take no place either.
    let sent = send(&WEBSUB, &key(&WEBSUB, 0), ID, b"{}", NOW);
    let mut keys = ring(&WEBSUB, [0]);
    for number in 1..=9 {
        let weak = WEBSUB.with_algorithm(Algorithm::Sha1).key(&secret(&WEBSUB, number)).unwrap();
        keys.insert(KeyEntry::new(&number.to_string(), weak).unwrap()).unwrap();
    }
    assert_eq!(in_pieces(&sent, &WEBSUB, &keys, &[]), Ok((2, 0)));
}

#[test]
fn a_body_that_is_too_long_is_refused_for_good() {
    let key = key(&GITHUB, 0);
    let sent = send(&GITHUB, &key, ID, b"12345", NOW);
    let begin = |maximum| {
        let received = Received::webhook(&sent.headers, b"");
        GITHUB.begin(&received, &key, maximum, NOW).unwrap()
    };
    let mut running = begin(5);
    running.update(b"12345").unwrap();
    assert!(running.finish().is_ok());
    let mut running = begin(4);
    running.update(b"1234").unwrap();
    let rejection = running.update(b"5").unwrap_err();
    assert_eq!(*rejection.error(), Error::TooLong { part: Part::Body, maximum: 4 });
    assert_eq!((rejection.status(), rejection.to_string().as_str()), (413, "the body is too long"));
    assert!(running.update(b"").is_err());
    // Also for who has not looked at the answer.
    assert_eq!(running.finish().map(|_| ()).unwrap_err(), rejection);
}

#[test]
fn what_can_be_refused_without_the_body_is_refused_at_the_beginning() {
    let key = key(&STANDARD, 0);
    let sent = send(&STANDARD, &key, ID, b"{}", NOW);
    let begin = |sent: &Sent, now| {
        let received = Received::webhook(&sent.headers, b"");
        STANDARD.begin(&received, &key, 10, now).map(|_| ()).map_err(|error| *error.error())
    };
    assert_eq!(begin(&sent, NOW), Ok(()));
    assert_eq!(begin(&sent, NOW.saturating_add(301)), Err(Error::TooOld { age: 301 }));
    let mut other = sent.clone();
    other.header("webhook-id").push('.');
    assert_eq!(begin(&other, NOW), Err(Error::Malformed(Part::Id)));
    other.headers.clear();
    assert_eq!(begin(&other, NOW), Err(Error::Missing(Part::Signature)));
}

#[test]
fn a_scheme_whose_body_cannot_come_in_pieces_says_so() {
    const DIGEST: Piece<'static> = Piece::BodyDigest(Algorithm::Sha256, Encoding::Hex);
    const TWICE: Template<'static> = Template::new("", "Sig", &[Piece::Body, Piece::Body]);
    const BOTH: Template<'static> = Template::new("", "Sig", &[DIGEST, Piece::Body]);
    const NEITHER: Template<'static> = Template::new("", "Sig", &[Piece::Method]);
    let headers = [("Sig", "00"), ("Linear-Signature", "00")];
    for template in [TWICE, BOTH, NEITHER, LINEAR] {
        let key = key(&template, 0);
        let received = Received::new("POST", "", &headers, b"");
        let rejection = template.begin(&received, &key, 10, NOW).map(|_| ()).unwrap_err();
        assert_eq!(*rejection.error(), Error::Value(Part::Body));
    }
    // In one piece they are verified as written.
    let template = BOTH.with_layout(Layout::Single(""));
    let key = key(&template, 0);
    let sent = send(&template, &key, ID, b"{}", NOW);
    assert!(sent.verify(&template, &key, NOW).is_ok());
}

/// The pieces of a body are awaited, and a server's tasks move between threads.
#[test]
fn a_running_verification_can_move_to_another_thread() {
    let key = key(&GITHUB, 0);
    let sent = send(&GITHUB, &key, ID, b"{}", NOW);
    let mut running = GITHUB.begin(&sent.received(), &key, 100, NOW).unwrap();
    std::thread::scope(|scope| {
        let verified = scope.spawn(move || {
            running.update(b"{}").unwrap();
            running.finish().is_ok()
        });
        assert!(verified.join().unwrap());
    });
}
