use core::fmt;

use crate::key_ring::KeyRing;
use crate::keyed_hash::{KeyedHash, checked};
use crate::{Error, Key};

/// The keys under which recovery codes are hashed before they are stored: HMAC-SHA-256.
///
/// Whoever reads the store alone can test no guess. Keep them where the store's backups do not go.
///
/// To replace a key: give the new one to every process by [`with_other`](Self::with_other), then
/// make it the current one, the old one being the other; drop the old one when nothing is left that
/// was hashed under it. A hash cannot be moved to another key, so its codes have to be made anew, or
/// to be used up.
///
/// ```
/// use creance_totp::{Algorithm, HashKeys, Key, rand};
///
/// let (old, _to_keep) = Key::generate(Algorithm::Sha256, &mut rand::rng());
/// let (new, _to_keep) = Key::generate(Algorithm::Sha256, &mut rand::rng());
/// let keys = HashKeys::new(2, new)?.with_other(1, old)?;
/// assert_eq!(keys.current_id(), 2);
/// assert_eq!(format!("{keys:?}"), "HashKeys { ids: [2, 1] }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
pub struct HashKeys {
    keys: KeyRing<Key>,
}

impl HashKeys {
    /// One key, under an id of the caller's choosing. Never give an id to another key later.
    ///
    /// It may be the key that other hashes are made with: each use has a label of its own.
    ///
    /// # Errors
    /// [`Error::HashKey`] for a key that is not one of SHA-256, or the decoy.
    pub fn new(id: u32, key: Key) -> Result<Self, Error> {
        Ok(Self { keys: KeyRing::new(id, checked(key)?) })
    }

    /// Adds a key that verifies existing hashes but makes no new ones: an older one, or one that will
    /// become the current one when every process knows it.
    ///
    /// # Errors
    /// [`Error::HashKey`] for a key that is not one of SHA-256, or the decoy; [`Error::ServiceKey`]
    /// for an id that is there already.
    pub fn with_other(self, id: u32, key: Key) -> Result<Self, Error> {
        Ok(Self { keys: self.keys.with(id, checked(key)?)? })
    }

    /// The id of the key under which new codes are hashed.
    #[must_use]
    pub fn current_id(&self) -> u32 {
        self.keys.current().0
    }

    /// Whether there is a key with this id.
    pub(crate) fn check(&self, id: u32) -> Result<(), Error> {
        self.keys.find(id).map(drop)
    }

    /// The hash of `parts` for the use that `label` names.
    pub(crate) fn hash(&self, id: u32, label: &str, parts: &[&[u8]]) -> Result<KeyedHash, Error> {
        self.keys.find(id).map(|key| KeyedHash::new(key, label, parts))
    }
}

impl fmt::Debug for HashKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashKeys").field("ids", &self.keys).finish()
    }
}
