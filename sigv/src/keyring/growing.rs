use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::ring::{check_new, removable};
use super::{Entries, KeyEntry, KeyMaterial, KeySet, KeyState, Keyring};
use crate::{Error, Key, UnixTime};

/// A key ring of any number of places: what [`Keyring`] is without an allocator.
///
/// ```
/// use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeySet};
/// use creance_sigv::{Algorithm, Key, UnixTime, rand};
///
/// let mut ring = GrowingKeyring::new();
/// let (key, _) = Key::generate(Algorithm::Sha256, &mut rand::rng());
/// ring.insert(KeyEntry::new("2026-11", key)?)?;
/// assert!(ring.find("2026-11", UnixTime::now()).is_some());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct GrowingKeyring<K = Key> {
    /// Boxed, because a vector that grows leaves copies of what it held behind.
    entries: Vec<Box<KeyEntry<K>>>,
    leeway: u64,
}

impl<K> GrowingKeyring<K> {
    /// An empty ring, with a leeway of [`Keyring::DEFAULT_LEEWAY`].
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new(), leeway: Keyring::<0>::DEFAULT_LEEWAY }
    }

    /// As [`Keyring::with_leeway`].
    #[must_use]
    pub fn with_leeway(mut self, secs: u64) -> Self {
        self.leeway = secs;
        self
    }

    /// As [`Keyring::remove`].
    ///
    /// # Errors
    /// [`Error::UnknownKey`], and [`Error::KeyTransition`] for a key that is not retired.
    pub fn remove(&mut self, id: &str) -> Result<(), Error> {
        let index = self.entries.iter().position(|entry| entry.id() == id);
        let index = index.ok_or(Error::UnknownKey)?;
        removable(self.entries.get(index).map(Box::as_ref))?;
        self.entries.remove(index);
        Ok(())
    }

    /// As [`Keyring::set_state`].
    ///
    /// # Errors
    /// [`Error::UnknownKey`], and [`Error::KeyTransition`] where [`KeyState::may_become`] says no.
    pub fn set_state(&mut self, id: &str, state: KeyState) -> Result<(), Error> {
        let entry = self.entries.iter_mut().find(|entry| entry.id() == id);
        entry.ok_or(Error::UnknownKey)?.advance(state)
    }

    /// As [`Keyring::set_not_after`].
    ///
    /// # Errors
    /// [`Error::UnknownKey`].
    pub fn set_not_after(&mut self, id: &str, time: UnixTime) -> Result<(), Error> {
        let entry = self.entries.iter_mut().find(|entry| entry.id() == id);
        entry.ok_or(Error::UnknownKey)?.end_at(time);
        Ok(())
    }
}

impl<K: KeyMaterial> GrowingKeyring<K> {
    /// As [`Keyring::insert`], without an end to the places.
    ///
    /// # Errors
    /// [`Error::DuplicateKey`].
    pub fn insert(&mut self, entry: KeyEntry<K>) -> Result<(), Error> {
        check_new(self.entries.iter().map(Box::as_ref), &entry)?;
        let entry = entry.added_to(self.entries.iter().map(Box::as_ref));
        self.entries.push(Box::new(entry));
        Ok(())
    }
}

impl<K: KeyMaterial> KeySet<K> for GrowingKeyring<K> {
    fn entries(&self) -> Entries<'_, K> {
        Entries::boxed(&self.entries)
    }

    fn leeway(&self) -> u64 {
        self.leeway
    }
}

impl<K> Default for GrowingKeyring<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> fmt::Debug for GrowingKeyring<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.entries).finish()
    }
}
