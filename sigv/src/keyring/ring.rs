use core::fmt;

use super::{Entries, KeyEntry, KeyMaterial, KeySet, KeyState};
use crate::{Error, Key, UnixTime};

/// A key ring of `N` places, without an allocator.
///
/// ```
/// use creance_sigv::keyring::{KeyEntry, KeySet, KeyState, Keyring};
/// use creance_sigv::{Algorithm, Key, UnixTime, rand};
///
/// let now = UnixTime::from_secs(1_700_000_000);
/// let (old, _) = Key::generate(Algorithm::Sha256, &mut rand::rng());
/// let (new, _) = Key::generate(Algorithm::Sha256, &mut rand::rng());
///
/// let mut ring = Keyring::<4>::new();
/// ring.insert(KeyEntry::new("2026-10", old)?)?;
/// ring.insert(KeyEntry::new("2026-11", new)?.with_state(KeyState::Pending))?;
/// assert_eq!(ring.signer(now).unwrap().key_use().id(), "2026-10");
///
/// ring.set_state("2026-11", KeyState::Active)?;
/// assert_eq!(ring.signer(now).unwrap().key_use().id(), "2026-11");
/// assert_eq!(ring.usable(now).count(), 2);
///
/// ring.set_state("2026-10", KeyState::Retired)?;
/// assert_eq!(ring.usable(now).count(), 1);
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct Keyring<const N: usize, K = Key> {
    slots: [Option<KeyEntry<K>>; N],
    leeway: u64,
}

impl<const N: usize, K> Keyring<N, K> {
    /// An empty ring, with a leeway of [`DEFAULT_LEEWAY`](Self::DEFAULT_LEEWAY).
    #[must_use]
    pub const fn new() -> Self {
        Self { slots: [const { None }; N], leeway: Self::DEFAULT_LEEWAY }
    }

    /// The leeway that a new ring has, in seconds.
    pub const DEFAULT_LEEWAY: u64 = 300;

    /// How many seconds before a key's begin and after its end what it signed is taken, for the sake
    /// of clocks that differ and of messages under way.
    #[must_use]
    pub fn with_leeway(mut self, secs: u64) -> Self {
        self.leeway = secs;
        self
    }

    /// Takes a key that is not in use any more out of the ring, and with it the memory of its id: a
    /// retired one.
    ///
    /// # Errors
    /// [`Error::UnknownKey`], and [`Error::KeyTransition`] for a key that is not retired.
    pub fn remove(&mut self, id: &str) -> Result<(), Error> {
        let slot = self.slots.iter_mut().find(|slot| has_id(slot.as_ref(), id));
        let slot = slot.ok_or(Error::UnknownKey)?;
        removable(slot.as_ref())?;
        *slot = None;
        Ok(())
    }

    /// Moves a key to another state. A key that is retired is wiped.
    ///
    /// # Errors
    /// [`Error::UnknownKey`], and [`Error::KeyTransition`] where [`KeyState::may_become`] says no.
    pub fn set_state(&mut self, id: &str, state: KeyState) -> Result<(), Error> {
        let mut entries = self.slots.iter_mut().flatten();
        entries.find(|entry| entry.id() == id).ok_or(Error::UnknownKey)?.advance(state)
    }

    /// Sets the time after which nobody signs with the key, sooner or later than it was; see
    /// [`KeyEntry::with_not_after`].
    ///
    /// # Errors
    /// [`Error::UnknownKey`].
    pub fn set_not_after(&mut self, id: &str, time: UnixTime) -> Result<(), Error> {
        let mut entries = self.slots.iter_mut().flatten();
        entries.find(|entry| entry.id() == id).ok_or(Error::UnknownKey)?.end_at(time);
        Ok(())
    }
}

impl<const N: usize, K: KeyMaterial> Keyring<N, K> {
    /// Adds a key.
    ///
    /// # Errors
    /// [`Error::KeyringFull`]; [`Error::DuplicateKey`] where the id is taken, or where the same secret
    /// is in the ring under another id.
    pub fn insert(&mut self, entry: KeyEntry<K>) -> Result<(), Error> {
        check_new(self.slots.iter().flatten(), &entry)?;
        let entry = entry.added_to(self.slots.iter().flatten());
        let place = self.slots.iter_mut().find(|slot| slot.is_none());
        *place.ok_or(Error::KeyringFull { maximum: N })? = Some(entry);
        Ok(())
    }
}

impl<const N: usize, K: KeyMaterial> KeySet<K> for Keyring<N, K> {
    fn entries(&self) -> Entries<'_, K> {
        Entries::fixed(&self.slots)
    }

    fn leeway(&self) -> u64 {
        self.leeway
    }
}

impl<const N: usize, K> Default for Keyring<N, K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize, K> fmt::Debug for Keyring<N, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.slots.iter().flatten()).finish()
    }
}

/// An id stands for one secret, and a secret has one id: otherwise a key that was retired under the one
/// would go on under the other.
pub(super) fn check_new<'k, K: KeyMaterial + 'k>(
    mut present: impl Iterator<Item = &'k KeyEntry<K>>,
    new: &KeyEntry<K>,
) -> Result<(), Error> {
    let is_taken = present.any(|entry| {
        let same_secret = match (entry.key(), new.key()) {
            (Some(key), Some(new)) => crate::ct::decide(key.is_same(new)).is_ok(),
            _ => false,
        };
        same_secret || entry.id() == new.id()
    });
    if is_taken { Err(Error::DuplicateKey) } else { Ok(()) }
}

/// # Errors
/// [`Error::KeyTransition`] for a key that is still in use.
pub(super) fn removable<K>(entry: Option<&KeyEntry<K>>) -> Result<(), Error> {
    match entry.map(KeyEntry::state) {
        Some(from) if from != KeyState::Retired => {
            Err(Error::KeyTransition { from, to: KeyState::Retired })
        }
        _ => Ok(()),
    }
}

pub(super) fn has_id<K>(entry: Option<&KeyEntry<K>>, id: &str) -> bool {
    entry.is_some_and(|entry| entry.id() == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_000_000);

    fn key(byte: u8) -> Key {
        Key::allow_weak(crate::Algorithm::Sha256, &[byte; 32]).unwrap()
    }

    #[test]
    fn times_bound_signing_and_leeway_widens_verification() {
        let entry = KeyEntry::new("a", key(1)).unwrap();
        let entry = entry.with_not_before(NOW).with_not_after(NOW.saturating_add(10));
        let mut ring = Keyring::<2>::new().with_leeway(5);
        ring.insert(entry).unwrap();
        let at = |secs: u64| NOW.saturating_sub(100).saturating_add(secs);
        for (secs, signs, verifies) in [
            (94, false, false),
            (95, false, true),
            (100, true, true),
            (110, true, true),
            (115, false, true),
            (116, false, false),
        ] {
            assert_eq!(ring.signer(at(secs)).is_some(), signs, "{secs}");
            assert_eq!(ring.usable(at(secs)).count() == 1, verifies, "{secs}");
            assert_eq!(ring.find("a", at(secs)).is_some(), verifies, "{secs}");
        }
    }
}
