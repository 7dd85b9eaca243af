use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::{
    GrowingKeyring, KeyEntry, KeyEvent, KeyId, KeyMaterial, KeyReport, KeySet, KeyState, KeyUse,
};
use crate::{Error, Key, UnixTime};

/// A key ring that many threads verify with while an operator changes it.
///
/// Each verification takes a [`snapshot`](Self::snapshot) and borrows its keys from there, so a change
/// waits for no verification and no verification for a change. It counts what it is told by
/// [`note`](Self::note), for the [`report`](Self::report).
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::keyring::{KeyEntry, KeyState, SharedKeyring};
/// use creance_sigv::scheme::Received;
/// use creance_sigv::webhook::{GITHUB, Outgoing};
///
/// let ring = SharedKeyring::default();
/// ring.insert(KeyEntry::new("2026-10", GITHUB.key("the secret of October")?)?)?;
///
/// // A thread of the service:
/// let now = UnixTime::from_secs(1_700_000_000);
/// let keys = ring.snapshot();
/// let headers = GITHUB.sign(&Outgoing::new(b"{}"), &keys, now)?.to_headers();
/// let received = Received::webhook(&headers, b"{}");
/// let verified = GITHUB.verify(&received, &keys, now)?.dangerous_accept_replays();
/// if let Some(event) = ring.note(verified.key(), now) {
///     eprintln!("{event}");
/// }
///
/// // The operator, at the same time:
/// let new = GITHUB.key("the secret of November")?;
/// ring.update(|ring| {
///     ring.insert(KeyEntry::new("2026-11", new)?)?;
///     ring.set_state("2026-10", KeyState::VerifyOnly)
/// })?;
/// let report = ring.report();
/// assert_eq!(report[0].to_string(), "2026-10: verify-only, 1 uses, the last at 1700000000");
/// assert_eq!(report[1].to_string(), "2026-11: active, 0 uses");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Retired keys
///
/// A key that is retired verifies nothing in snapshots taken from then on. A snapshot from before still
/// has it; its secret is wiped with the last of those. So take a snapshot for each message, and do not
/// keep it.
pub struct SharedKeyring<K = Key> {
    /// Held as long as it takes to copy the pointer.
    current: RwLock<Arc<GrowingKeyring<K>>>,
    /// Held during a change, so that two changes do not undo each other.
    changing: Mutex<()>,
    /// One for each id of the current ring, and only for those: what a peer sends adds nothing.
    uses: Mutex<Vec<Uses>>,
}

struct Uses {
    id: KeyId,
    count: u64,
    last: Option<UnixTime>,
}

impl<K: KeyMaterial> SharedKeyring<K> {
    /// A ring that begins as this one.
    #[must_use]
    pub fn new(ring: GrowingKeyring<K>) -> Self {
        let uses = uses_of(&ring, &[]);
        Self {
            current: RwLock::new(Arc::new(ring)),
            changing: Mutex::new(()),
            uses: Mutex::new(uses),
        }
    }

    /// The ring as it is now, for one verification or signature. It does not change any more.
    #[must_use]
    pub fn snapshot(&self) -> Arc<GrowingKeyring<K>> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a use, once a proof says which key it was: what `key()` of an `Authentic` or `Verified`
    /// returns. Returns what an operator should know of it, as [`KeyUse::event`] does.
    ///
    /// A key that has left the ring in the meantime is not counted any more.
    pub fn note<'k>(&self, key: KeyUse<'k>, now: UnixTime) -> Option<KeyEvent<'k>> {
        let mut uses = self.uses();
        if let Some(uses) = uses.iter_mut().find(|uses| uses.id.as_str() == key.id()) {
            uses.count = uses.count.saturating_add(1);
            // Threads read their clocks in any order.
            uses.last = uses.last.max(Some(now));
        }
        key.event()
    }

    /// What became of each key, in the order in which they were added.
    ///
    /// It counts from the making of this value, and in this process alone: where several processes
    /// verify, a key can go when none of them has seen it for longer than a message can be under way.
    #[must_use]
    pub fn report(&self) -> Vec<KeyReport> {
        let ring = self.snapshot();
        let uses = self.uses();
        let report = |entry: &KeyEntry<K>| {
            let found = uses.iter().find(|uses| uses.id == *entry.key_id());
            KeyReport {
                id: *entry.key_id(),
                state: entry.state(),
                uses: found.map_or(0, |uses| uses.count),
                last_use: found.and_then(|uses| uses.last),
            }
        };
        ring.entries().filter_map(|slot| slot.entry().map(report)).collect()
    }

    /// Adds a key, as [`GrowingKeyring::insert`].
    ///
    /// # Errors
    /// [`Error::DuplicateKey`].
    pub fn insert(&self, entry: KeyEntry<K>) -> Result<(), Error>
    where
        K: Clone,
    {
        self.update(|ring| ring.insert(entry))
    }

    /// Moves a key to another state, as [`GrowingKeyring::set_state`].
    ///
    /// # Errors
    /// [`Error::UnknownKey`], and [`Error::KeyTransition`] where [`KeyState::may_become`] says no.
    pub fn set_state(&self, id: &str, state: KeyState) -> Result<(), Error>
    where
        K: Clone,
    {
        self.update(|ring| ring.set_state(id, state))
    }

    /// Sets a key's end, as [`GrowingKeyring::set_not_after`].
    ///
    /// # Errors
    /// [`Error::UnknownKey`].
    pub fn set_not_after(&self, id: &str, time: UnixTime) -> Result<(), Error>
    where
        K: Clone,
    {
        self.update(|ring| ring.set_not_after(id, time))
    }

    /// Takes a retired key out, as [`GrowingKeyring::remove`], and forgets its uses.
    ///
    /// # Errors
    /// [`Error::UnknownKey`], and [`Error::KeyTransition`] for a key that is not retired.
    pub fn remove(&self, id: &str) -> Result<(), Error>
    where
        K: Clone,
    {
        self.update(|ring| ring.remove(id))
    }

    /// Makes several changes at once: all of them, or none where `change` fails or panics. No
    /// verification sees a part of them.
    ///
    /// `change` works on a copy and may take its time. It must not call `update` of the same ring, which
    /// would wait for itself.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn update<T>(
        &self,
        change: impl FnOnce(&mut GrowingKeyring<K>) -> Result<T, Error>,
    ) -> Result<T, Error>
    where
        K: Clone,
    {
        let _alone = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ring = GrowingKeyring::clone(&self.snapshot());
        let result = change(&mut ring)?;
        // First the places to count in, so that no use of a new key is missed.
        self.follow(&ring);
        let ring = Arc::new(ring);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let before = core::mem::replace(&mut *current, ring);
        // Nobody waits while keys are wiped.
        drop(current);
        drop(before);
        Ok(result)
    }

    fn follow(&self, ring: &GrowingKeyring<K>) {
        let mut uses = self.uses();
        *uses = uses_of(ring, &uses);
    }

    /// A thread that panicked while it held one of the locks left nothing half done: each guards a
    /// pointer or numbers that are replaced in one step.
    fn uses(&self) -> MutexGuard<'_, Vec<Uses>> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to count for the keys of `ring`, going on where it was counted before.
fn uses_of<K: KeyMaterial>(ring: &GrowingKeyring<K>, before: &[Uses]) -> Vec<Uses> {
    let uses = |id: KeyId| {
        let before = before.iter().find(|uses| uses.id == id);
        Uses {
            id,
            count: before.map_or(0, |uses| uses.count),
            last: before.and_then(|uses| uses.last),
        }
    };
    ring.entries().filter_map(|slot| slot.entry().map(|entry| uses(*entry.key_id()))).collect()
}

impl<K: KeyMaterial> Default for SharedKeyring<K> {
    fn default() -> Self {
        Self::new(GrowingKeyring::new())
    }
}

impl<K: KeyMaterial> fmt::Debug for SharedKeyring<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(f)
    }
}
