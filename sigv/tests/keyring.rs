//! Key rings: ids, duplicates, order, and a ring that is changed while it is used.
#![cfg(feature = "std")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use creance_sigv::keyring::{
    GrowingKeyring, KeyEntry, KeyEvent, KeyId, KeySet, KeyState, Keyring, SharedKeyring,
};
use creance_sigv::{Algorithm, Error, Fault, Hasher, Key, UnixTime};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

fn key(byte: u8) -> Key {
    Key::new(Algorithm::Sha256, &[byte; 32]).expect("long enough")
}

fn entry(id: &str, byte: u8) -> KeyEntry {
    KeyEntry::new(id, key(byte)).expect("an id")
}

fn pair() -> SharedKeyring {
    let ring = SharedKeyring::default();
    ring.insert(entry("old", 1)).unwrap();
    ring.insert(entry("new", 2).with_state(KeyState::Pending)).unwrap();
    ring
}

fn usable(ring: &impl KeySet) -> Vec<&str> {
    ring.usable(NOW).map(|usable| usable.key_use().id()).collect()
}

#[test]
fn ids_are_1_to_64_visible_ascii_characters() {
    let longest = "x".repeat(64);
    for id in ["a", "2026-11", "!~", &longest] {
        let id_read = KeyId::new(id).expect(id);
        assert_eq!((id_read.as_str(), id_read.to_string()), (id, id.to_owned()));
        assert_eq!(format!("{id_read:?}"), format!("{id:?}"));
    }
    let too_long = "x".repeat(65);
    let much_too_long = "x".repeat(256 + 5);
    for id in ["", " ", "a b", "a\n", "a\0", "\u{7f}", "ä", "\u{202e}", &too_long, &much_too_long]
    {
        assert_eq!(KeyId::new(id), Err(Error::KeyId), "{id:?}");
        assert_eq!(KeyEntry::new(id, key(1)).unwrap_err(), Error::KeyId, "{id:?}");
    }
}

#[test]
fn a_secret_is_in_a_ring_once_whatever_it_looks_like() {
    let algorithm = Algorithm::Sha256;
    let short = [9; 32];
    let padded = [&short[..], &[0; 7]].concat();
    let filled = [&short[..], &[0; 32]].concat();
    let long = [8; 65];
    let mut hasher = Hasher::new(algorithm);
    hasher.update(&long);
    let digest = hasher.finish();
    for (first, second) in
        [(&short[..], &padded[..]), (&padded, &short), (&short, &filled), (&long, digest.expose())]
    {
        let [first, second] = [first, second].map(|bytes| Key::new(algorithm, bytes).unwrap());
        let mut ring = Keyring::<4>::new();
        ring.insert(KeyEntry::new("first", first).unwrap()).unwrap();
        let refused = ring.insert(KeyEntry::new("second", second).unwrap());
        assert_eq!(refused, Err(Error::DuplicateKey));
        assert_eq!(usable(&ring), ["first"]);
    }
    // For another algorithm the same bytes are another key.
    let mut ring = Keyring::<4>::new();
    for (id, algorithm) in ["sha1", "sha256", "sha384", "sha512"].into_iter().zip(Algorithm::ALL) {
        ring.insert(KeyEntry::new(id, Key::new(algorithm, &[9; 64]).unwrap()).unwrap()).unwrap();
    }
    assert_eq!(usable(&ring).len(), 4);
}

#[test]
fn a_place_that_became_free_does_not_make_a_key_older() {
    let mut ring = Keyring::<3>::new();
    for (id, byte) in [("first", 1), ("second", 2), ("third", 3)] {
        ring.insert(entry(id, byte)).unwrap();
    }
    assert_eq!(ring.insert(entry("fourth", 4)), Err(Error::KeyringFull { maximum: 3 }));
    ring.set_state("first", KeyState::Retired).unwrap();
    // A retired key still has its place: its id stays taken.
    assert_eq!(ring.insert(entry("fourth", 4)), Err(Error::KeyringFull { maximum: 3 }));
    assert_eq!(ring.insert(entry("first", 4)), Err(Error::DuplicateKey));
    ring.remove("first").unwrap();
    ring.insert(entry("fourth", 4)).unwrap();
    assert_eq!(ring.signer(NOW).unwrap().key_use().id(), "fourth");
}

#[test]
fn only_a_retired_key_can_be_taken_out() {
    let ring = pair();
    let (from, to) = (KeyState::Active, KeyState::Retired);
    let error = ring.remove("old").unwrap_err();
    assert_eq!(error, Error::KeyTransition { from, to });
    assert_eq!(error.to_string(), "a key does not go from active to retired");
    assert_eq!(error.fault(), Fault::Caller);
    assert_eq!(ring.remove("none"), Err(Error::UnknownKey));
    ring.set_state("old", KeyState::Retired).unwrap();
    assert_eq!(
        ring.set_state("old", KeyState::Active),
        Err(Error::KeyTransition { from: KeyState::Retired, to: KeyState::Active })
    );
    ring.remove("old").unwrap();
    assert_eq!(ring.report().len(), 1);
}

#[test]
fn a_snapshot_stays_as_it_is() {
    let ring = pair();
    let before = ring.snapshot();
    ring.set_state("new", KeyState::Active).unwrap();
    ring.set_state("old", KeyState::Retired).unwrap();
    assert_eq!(usable(&before), ["old", "new"]);
    assert_eq!(usable(&ring.snapshot()), ["new"]);
}

#[test]
fn an_update_that_fails_or_panics_changes_nothing() {
    let ring = pair();
    let failed = ring.update(|ring| {
        ring.set_state("old", KeyState::Retired)?;
        ring.set_state("none", KeyState::Active)
    });
    assert_eq!(failed, Err(Error::UnknownKey));
    assert_eq!(usable(&ring.snapshot()), ["old", "new"]);

    let panicked = catch_unwind(AssertUnwindSafe(|| {
        ring.update(|ring| -> Result<(), Error> {
            ring.set_state("old", KeyState::Retired)?;
            panic!("in the middle")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(usable(&ring.snapshot()), ["old", "new"]);

    // And the ring goes on: the lock that was held is poisoned, and no reason to stop.
    ring.update(|ring| ring.set_state("old", KeyState::VerifyOnly)).unwrap();
    let returned = ring.update(|ring| ring.insert(entry("third", 3)).map(|()| 42));
    assert_eq!(returned, Ok(42));
    assert_eq!(ring.report().len(), 3);
}

#[test]
fn uses_are_counted_for_each_key_of_the_ring() {
    let ring = pair();
    let later = NOW.saturating_add(10);
    let keys = ring.snapshot();
    let [old, new] = ["old", "new"].map(|id| keys.find(id, NOW).unwrap().key_use());
    assert_eq!(ring.note(old, later), None);
    // A thread that read its clock earlier does not set the time back.
    assert_eq!(ring.note(old, NOW), None);
    assert_eq!(ring.note(new, NOW), Some(KeyEvent::PendingKeyUsed { id: "new" }));

    ring.set_state("new", KeyState::Active).unwrap();
    ring.set_state("old", KeyState::VerifyOnly).unwrap();
    let keys_now = ring.snapshot();
    let old_now = keys_now.find("old", NOW).unwrap().key_use();
    let event = ring.note(old_now, NOW).expect("an event");
    assert_eq!(event, KeyEvent::OldKeyUsed { id: "old" });
    assert_eq!(event.to_string(), "the old key old was used");

    let shown: Vec<_> = ring.report().iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "old: verify-only, 3 uses, the last at 1700000010",
            "new: active, 1 uses, the last at 1700000000",
        ]
    );

    // Retired, a key keeps its numbers; taken out, it is forgotten, also where a late use comes.
    ring.set_state("old", KeyState::Retired).unwrap();
    assert_eq!((ring.report()[0].id(), ring.report()[0].uses()), ("old", 3));
    ring.remove("old").unwrap();
    let _ = ring.note(old_now, NOW);
    ring.insert(entry("old", 1)).unwrap();
    let report = ring.report();
    assert_eq!((report[1].id(), report[1].uses(), report[1].last_use()), ("old", 0, None));
}

#[test]
fn a_key_without_a_ring_is_nobodys_use() {
    let (ring, single) = (pair(), key(1));
    let bare = single.signer(NOW).unwrap().key_use();
    assert_eq!(ring.note(bare, NOW), None);
    assert!(ring.report().iter().all(|key| key.uses() == 0));
}

/// The key ahead of its time is newer than the one that signs, not an old one.
#[test]
fn a_key_whose_time_has_not_begun_is_not_reported_as_old() {
    let mut ring = GrowingKeyring::new();
    ring.insert(entry("now", 1)).unwrap();
    ring.insert(entry("soon", 2).with_not_before(NOW.saturating_add(60))).unwrap();
    let soon = ring.find("soon", NOW).expect("within the leeway").key_use();
    let event = soon.event().expect("an event");
    assert_eq!(event, KeyEvent::PendingKeyUsed { id: "soon" });
    assert_eq!(event.to_string(), "the key soon was used, which is not active here yet");
    let later = NOW.saturating_add(60);
    assert_eq!(ring.find("soon", later).unwrap().key_use().event(), None);
    let old = ring.find("now", later).unwrap().key_use();
    assert_eq!(old.event(), Some(KeyEvent::OldKeyUsed { id: "now" }));
}

/// Both keys change places in each update until every reader has seen many changes: it sees one signer
/// each time.
#[test]
fn no_thread_sees_half_an_update() {
    let ring = SharedKeyring::default();
    ring.insert(entry("a", 1)).unwrap();
    ring.insert(entry("b", 2).with_state(KeyState::VerifyOnly)).unwrap();
    thread::scope(|scope| {
        let watch = || {
            let (mut changes, mut last) = (0, "a".to_owned());
            while changes < 20 {
                let keys = ring.snapshot();
                let active = keys.entries().filter(|slot| {
                    slot.entry().is_some_and(|entry| entry.state() == KeyState::Active)
                });
                assert_eq!(active.count(), 1);
                let signer = keys.signer(NOW).expect("one is active").key_use();
                let _ = ring.note(signer, NOW);
                if signer.id() != last {
                    changes += 1;
                    signer.id().clone_into(&mut last);
                }
            }
        };
        let watchers = [scope.spawn(watch), scope.spawn(watch)];
        while watchers.iter().any(|watcher| !watcher.is_finished()) {
            for [off, on] in [["a", "b"], ["b", "a"]] {
                ring.update(|ring| {
                    ring.set_state(off, KeyState::VerifyOnly)?;
                    ring.set_state(on, KeyState::Active)
                })
                .unwrap();
            }
        }
    });
    assert!(ring.report().iter().all(|key| key.uses() > 0));
}

#[test]
fn counts_of_many_threads_add_up() {
    let ring = pair();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for turn in 0..1_000 {
                    let keys = ring.snapshot();
                    let _ = ring.note(keys.find("old", NOW).unwrap().key_use(), NOW);
                    if turn % 100 == 0 {
                        ring.set_state("new", KeyState::Pending).unwrap();
                    }
                }
            });
        }
    });
    assert_eq!(ring.report()[0].uses(), 4_000);
}

/// A key whose end was not known when it was added, and one that has to end sooner.
#[test]
fn the_end_of_a_key_can_be_set_later() {
    let mut fixed = Keyring::<2>::new().with_leeway(5);
    let mut growing = GrowingKeyring::new().with_leeway(5);
    fixed.insert(entry("a", 1)).unwrap();
    growing.insert(entry("a", 1)).unwrap();
    let shared = SharedKeyring::new(growing.clone());
    for end in [NOW.saturating_sub(1), NOW.saturating_sub(6), NOW] {
        fixed.set_not_after("a", end).unwrap();
        growing.set_not_after("a", end).unwrap();
        shared.set_not_after("a", end).unwrap();
        let expected = (end >= NOW, end.saturating_add(5) >= NOW);
        let snapshot = shared.snapshot();
        assert_eq!((fixed.signer(NOW).is_some(), fixed.find("a", NOW).is_some()), expected);
        for ring in [&growing, &*snapshot] {
            assert_eq!((ring.signer(NOW).is_some(), ring.find("a", NOW).is_some()), expected);
        }
    }
    assert_eq!(fixed.set_not_after("b", NOW), Err(Error::UnknownKey));
    assert_eq!(growing.set_not_after("b", NOW), Err(Error::UnknownKey));
    assert_eq!(shared.set_not_after("b", NOW), Err(Error::UnknownKey));
}
