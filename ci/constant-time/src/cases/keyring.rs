//! Key rings: whether a secret is there already, and the key of an id.

use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeySet, KeyState, Keyring, SharedKeyring};
use creance_sigv::{Algorithm, Error, Key, UnixTime};

use super::{for_each_algorithm, key_material, secret, shown};
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);

pub(super) fn cases() -> Vec<Case> {
    for_each_algorithm(of_algorithm)
}

fn of_algorithm(algorithm: Algorithm) -> Vec<Case> {
    let material = move |first: u8| {
        let mut bytes = key_material(algorithm.output_len());
        bytes[0] = first;
        bytes
    };
    let entry = move |id: &str, bytes: &[u8]| {
        KeyEntry::new(id, Key::new(algorithm, &secret(bytes)).unwrap()).unwrap()
    };
    let ring = move || {
        let mut ring = GrowingKeyring::new();
        for (id, first) in [("first", 1), ("second", 2), ("third", 3)] {
            ring.insert(entry(id, &material(first))).unwrap();
        }
        ring
    };
    vec![
        // The comparison of each with each becomes public: they differ.
        Case::new(format!("keyring/{algorithm}/insert"), Expected::Verdict, move || {
            let mut ring = Keyring::<3>::new();
            for (id, first) in [("first", 1), ("second", 2), ("third", 3)] {
                assert_eq!(ring.insert(entry(id, &material(first))), Ok(()));
            }
        }),
        Case::new(format!("keyring/{algorithm}/duplicate"), Expected::Verdict, move || {
            for first in [1, 2, 3] {
                let padded = [&material(first)[..], &[0; 3]].concat();
                assert_eq!(ring().insert(entry("id", &padded)), Err(Error::DuplicateKey));
            }
        }),
        // Ids are public: the key of one is found without a look at any secret.
        Case::new(format!("keyring/{algorithm}/find"), Expected::Silence, {
            let ring = ring();
            move || {
                for (id, first) in [("first", 1), ("second", 2), ("third", 3)] {
                    let found = ring.find(id, NOW).unwrap().key().sign(b"message");
                    let expected = Key::new(algorithm, &material(first)).unwrap().sign(b"message");
                    assert_eq!(shown(found.expose()), expected.expose());
                }
                assert!(ring.find("fourth", NOW).is_none());
                assert_eq!(ring.signer(NOW).unwrap().key_use().id(), "third");
                assert_eq!(ring.usable(NOW).count(), 3);
            }
        }),
        Case::new(format!("keyring/{algorithm}/rotate"), Expected::Silence, {
            let ring = SharedKeyring::new(ring());
            move || {
                let keys = ring.snapshot();
                let _ = ring.note(keys.signer(NOW).unwrap().key_use(), NOW);
                for state in [KeyState::VerifyOnly, KeyState::Active, KeyState::Retired] {
                    let _ = ring.set_state("first", state);
                }
                assert_eq!(ring.snapshot().usable(NOW).count(), 2);
                assert_eq!(ring.report().len(), 3);
            }
        }),
    ]
}
