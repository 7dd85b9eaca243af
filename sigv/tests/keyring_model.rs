//! The three rings against a model that is a plain list.
#![cfg(feature = "std")]

use std::sync::LazyLock;

use creance_sigv::keyring::{
    GrowingKeyring, KeyEntry, KeyEvent, KeyReport, KeySet, KeyState, Keyring, SharedKeyring,
};
use creance_sigv::{Algorithm, Error, Hasher, Key, Tag, UnixTime};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const STATES: [KeyState; 4] =
    [KeyState::Pending, KeyState::Active, KeyState::VerifyOnly, KeyState::Retired];
const IDS: [&str; 5] = ["a", "b", "c", "d", "e"];
const TIMES: [u64; 9] = [0, 1, 5, 300, 1_000, u64::MAX - 300, u64::MAX - 5, u64::MAX - 1, u64::MAX];
const PLACES: usize = 3;

/// Secrets by class: HMAC cannot tell those of one class apart.
const SECRETS: [usize; 8] = [0, 0, 0, 1, 1, 2, 3, 4];

/// Made once: to prepare a key is dear without optimisation.
static KEYS: LazyLock<[(Key, Tag); 8]> = LazyLock::new(|| {
    std::array::from_fn(|secret| {
        let key = make_key(secret);
        let tag = key.sign(b"message");
        (key, tag)
    })
});

fn make_key(secret: usize) -> Key {
    let long = [7; 65];
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(&long);
    let digest = hasher.finish();
    let bytes: &[u8] = match secret {
        0 => b"a key of thirty-two bytes, or so",
        1 => b"a key of thirty-two bytes, or so\0",
        2 => b"a key of thirty-two bytes, or so\0\0\0\0\0\0\0\0",
        3 => &long,
        4 => digest.expose(),
        5 => b"\0a key of thirty-two bytes, or so",
        6 => b"A key of thirty-two bytes, or so",
        _ => &[7; 64],
    };
    Key::new(Algorithm::Sha256, bytes).expect("long enough")
}

#[derive(Clone, Debug)]
enum Step {
    Insert { id: &'static str, secret: usize, state: KeyState, from: u64, to: u64 },
    SetState { id: &'static str, state: KeyState },
    Remove { id: &'static str },
}

fn step() -> impl Strategy<Value = Step> {
    let from = prop_oneof![2 => Just(0), 1 => select(&TIMES[..])];
    let to = prop_oneof![2 => Just(u64::MAX), 1 => select(&TIMES[..])];
    let state = || select(&STATES[..]);
    prop_oneof![
        4 => (select(&IDS[..]), 0..SECRETS.len(), state(), from, to)
            .prop_map(|(id, secret, state, from, to)| Step::Insert { id, secret, state, from, to }),
        3 => (select(&IDS[..]), state()).prop_map(|(id, state)| Step::SetState { id, state }),
        2 => select(&IDS[..]).prop_map(|id| Step::Remove { id }),
    ]
}

/// A ring as a list: the last added is the last.
#[derive(Clone, Debug, Default)]
struct Model {
    keys: Vec<ModelKey>,
    leeway: u64,
    places: usize,
}

#[derive(Clone, Debug)]
struct ModelKey {
    id: &'static str,
    secret: usize,
    state: KeyState,
    from: u64,
    to: u64,
}

impl ModelKey {
    fn signs(&self, now: u64) -> bool {
        self.state == KeyState::Active && (self.from..=self.to).contains(&now)
    }

    fn verifies(&self, now: u64, leeway: u64) -> bool {
        let wide = |time: u64| u128::from(time);
        self.state != KeyState::Retired
            && wide(self.from) <= wide(now) + wide(leeway)
            && wide(now) <= wide(self.to) + wide(leeway)
    }
}

impl Model {
    fn apply(&mut self, step: &Step) -> Result<(), Error> {
        let found = |id| self.keys.iter().position(|key| key.id == id).ok_or(Error::UnknownKey);
        match *step {
            Step::Insert { id, secret, state, from, to } => {
                let retired = KeyState::Retired;
                let same = |key: &ModelKey| {
                    let both_there = key.state != retired && state != retired;
                    key.id == id || both_there && SECRETS[key.secret] == SECRETS[secret]
                };
                if self.keys.iter().any(same) {
                    return Err(Error::DuplicateKey);
                }
                if self.keys.len() == self.places {
                    return Err(Error::KeyringFull { maximum: self.places });
                }
                self.keys.push(ModelKey { id, secret, state, from, to });
            }
            Step::SetState { id, state } => {
                let key = found(id).map(|at| &mut self.keys[at])?;
                let from = key.state;
                let back = from == KeyState::VerifyOnly && state == KeyState::Active;
                if !back && (state as u8) < from as u8 {
                    return Err(Error::KeyTransition { from, to: state });
                }
                key.state = state;
            }
            Step::Remove { id } => {
                let at = found(id)?;
                let from = self.keys[at].state;
                if from != KeyState::Retired {
                    return Err(Error::KeyTransition { from, to: KeyState::Retired });
                }
                self.keys.remove(at);
            }
        }
        Ok(())
    }

    fn signer(&self, now: u64) -> Option<&ModelKey> {
        self.keys.iter().filter(|key| key.signs(now)).max_by_key(|key| key.from)
    }

    fn usable(&self, now: u64) -> impl Iterator<Item = &ModelKey> {
        self.keys.iter().filter(move |key| key.verifies(now, self.leeway))
    }
}

fn entry(id: &str, secret: usize, state: KeyState, from: u64, to: u64) -> KeyEntry {
    let [from, to] = [from, to].map(UnixTime::from_secs);
    KeyEntry::new(id, KEYS[secret].0.clone())
        .unwrap()
        .with_state(state)
        .with_not_before(from)
        .with_not_after(to)
}

/// The same step for each kind of ring, whose methods have the same names.
macro_rules! apply {
    ($ring:expr, $step:expr) => {
        match *$step {
            Step::Insert { id, secret, state, from, to } => {
                $ring.insert(entry(id, secret, state, from, to))
            }
            Step::SetState { id, state } => $ring.set_state(id, state),
            Step::Remove { id } => $ring.remove(id),
        }
    };
}

fn agrees(ring: &impl KeySet, model: &Model, now: u64) -> Result<(), TestCaseError> {
    let time = UnixTime::from_secs(now);
    let signer = ring.signer(time).map(|usable| usable.key_use().id());
    prop_assert_eq!(signer, model.signer(now).map(|key| key.id), "the signer at {}", now);

    let mut found: Vec<_> = ring.usable(time).map(|usable| usable.key_use().id()).collect();
    if let Some(signer) = signer {
        prop_assert_eq!(found.first(), Some(&signer), "the signer is tried first");
    }
    let mut expected: Vec<_> = model.usable(now).map(|key| key.id).collect();
    found.sort_unstable();
    expected.sort_unstable();
    prop_assert_eq!(found, expected, "usable at {}", now);

    for id in IDS {
        let expected = model.usable(now).find(|key| key.id == id);
        let found = ring.find(id, time);
        prop_assert_eq!(found.is_some(), expected.is_some(), "{} at {}", id, now);
        let (Some(found), Some(expected)) = (found, expected) else { continue };
        let tag = found.key().sign(b"message");
        prop_assert_eq!(tag.expose(), KEYS[expected.secret].1.expose());
        let key_use = found.key_use();
        prop_assert_eq!(key_use.state(), expected.state);
        prop_assert_eq!(key_use.is_current(), signer == Some(id));
        prop_assert_eq!(key_use.event(), event(expected, now, signer == Some(id)));
    }
    Ok(())
}

fn event(key: &ModelKey, now: u64, is_current: bool) -> Option<KeyEvent<'static>> {
    let id = key.id;
    match key.state {
        _ if is_current => None,
        KeyState::Pending => Some(KeyEvent::PendingKeyUsed { id }),
        _ if now < key.from => Some(KeyEvent::PendingKeyUsed { id }),
        _ => Some(KeyEvent::OldKeyUsed { id }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn rings_agree_with_the_model(
        steps in vec(step(), 1..24),
        leeway in select(&[0, 5, 300, u64::MAX][..]),
    ) {
        let mut fixed = Keyring::<PLACES>::new().with_leeway(leeway);
        let mut growing = GrowingKeyring::new().with_leeway(leeway);
        let shared = SharedKeyring::new(GrowingKeyring::new().with_leeway(leeway));
        let mut small = Model { leeway, places: PLACES, ..Model::default() };
        let mut large = Model { leeway, places: usize::MAX, ..Model::default() };
        for step in &steps {
            prop_assert_eq!(apply!(fixed, step), small.apply(step), "{:?}", step);
            let expected = large.apply(step);
            prop_assert_eq!(apply!(growing, step), expected, "{:?}", step);
            prop_assert_eq!(apply!(shared, step), expected, "{:?}", step);
            for now in TIMES {
                agrees(&fixed, &small, now)?;
                agrees(&growing, &large, now)?;
                agrees(&shared.snapshot(), &large, now)?;
            }
        }
    }

    /// Whatever is asked of a ring, no key goes back but from verify-only to active, and what is
    /// retired is not usable at any time.
    #[test]
    fn states_go_forward(steps in vec((select(&IDS[..]), select(&STATES[..])), 1..40)) {
        let mut ring = GrowingKeyring::new().with_leeway(u64::MAX);
        for (secret, id) in [0, 3, 5, 6, 7].into_iter().zip(IDS) {
            ring.insert(entry(id, secret, KeyState::Pending, 0, u64::MAX)).unwrap();
        }
        let states = |ring: &GrowingKeyring| -> Vec<KeyState> {
            ring.entries().map(|slot| slot.entry().unwrap().state()).collect()
        };
        for (id, state) in steps {
            let before = states(&ring);
            let changed = ring.set_state(id, state);
            for (id_there, (before, after)) in IDS.into_iter().zip(before.iter().zip(states(&ring))) {
                let back = (*before, after) == (KeyState::VerifyOnly, KeyState::Active);
                prop_assert!(after >= *before || back, "{} to {}", before, after);
                let asked_for = id_there == id && changed.is_ok();
                prop_assert_eq!(after, if asked_for { state } else { *before });
                if after == KeyState::Retired {
                    let usable = TIMES.map(|now| ring.find(id_there, UnixTime::from_secs(now)).is_some());
                    prop_assert!(!usable.contains(&true));
                }
            }
        }
    }

    /// An update that fails in the middle has done nothing.
    #[test]
    fn updates_are_all_or_nothing(steps in vec(step(), 1..12)) {
        let shared = SharedKeyring::default();
        let mut model = Model { leeway: 300, places: usize::MAX, ..Model::default() };
        for steps in steps.chunks(3) {
            let mut changed = model.clone();
            let expected = steps.iter().try_for_each(|step| changed.apply(step));
            let found = shared.update(|ring| steps.iter().try_for_each(|step| apply!(ring, step)));
            prop_assert_eq!(found, expected);
            if expected.is_ok() {
                model = changed;
            }
            for now in TIMES {
                agrees(&shared.snapshot(), &model, now)?;
            }
            let reported: Vec<_> = shared.report().iter().map(KeyReport::state).collect();
            let expected: Vec<_> = model.keys.iter().map(|key| key.state).collect();
            prop_assert_eq!(reported, expected);
        }
    }
}
