use crate::key_ring::KeyRing;
use crate::{Algorithm, Error, Key, KeyBytes};

/// The keys under which codes are hashed before they are stored: HMAC-SHA-256.
///
/// Whoever reads the store alone can test no guess. Keep them where the store's backups do not go.
///
/// To replace a key: give the new one to every process by [`with_other`](Self::with_other), then
/// make it the current one, the old one being the other; drop the old one when nothing is left that
/// was hashed under it. A hash cannot be moved to another key, so its codes have to be made anew, or
/// to be used up.
///
/// ```
/// use creance_totp::{Algorithm, HashKeys, KeyBytes, rand};
///
/// let old = KeyBytes::generate(Algorithm::Sha256, &mut rand::rng());
/// let new = KeyBytes::generate(Algorithm::Sha256, &mut rand::rng());
/// let keys = HashKeys::new(2, &new)?.with_other(1, &old)?;
/// assert_eq!(keys.current_id(), 2);
/// assert_eq!(format!("{keys:?}"), "HashKeys { ids: [2, 1] }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
pub struct HashKeys {
    keys: KeyRing<Key>,
}

impl HashKeys {
    /// The fewest bytes of a key.
    pub const MIN_BYTES: usize = 32;

    /// One key, under an id of the caller's choosing. Never give an id to another key later.
    ///
    /// # Errors
    /// [`Error::ServiceKey`] for fewer than 32 bytes.
    pub fn new(id: u32, key: &KeyBytes) -> Result<Self, Error> {
        Ok(Self { keys: KeyRing::new(id, prepared(key)?) })
    }

    /// Adds a key that is only taken: an older one, or one that will become the current one when
    /// every process knows it.
    ///
    /// # Errors
    /// [`Error::ServiceKey`] for fewer than 32 bytes, or an id that is there already.
    pub fn with_other(self, id: u32, key: &KeyBytes) -> Result<Self, Error> {
        Ok(Self { keys: self.keys.with(id, prepared(key)?)? })
    }

    /// The id of the key under which new codes are hashed.
    #[must_use]
    pub fn current_id(&self) -> u32 {
        self.keys.current().map_or(0, |(id, _)| id)
    }

    /// The keyed hash of `parts` for the purpose `label`.
    ///
    /// Each part is preceded by its length, so no two lists of parts are one message, and no hash
    /// for one purpose is one for another.
    pub(crate) fn hash(&self, id: u32, label: &str, parts: &[&[u8]]) -> Result<[u8; 32], Error> {
        let key = self.keys.find(id)?;
        let tag = key.sign_with(|mac| {
            for part in [label.as_bytes()].iter().chain(parts) {
                mac.update(&(part.len() as u64).to_be_bytes());
                mac.update(part);
            }
        });
        // SHA-256 has 32 bytes.
        tag.expose().try_into().map_err(|_| Error::ServiceKey)
    }
}

impl core::fmt::Debug for HashKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HashKeys").field("ids", &self.keys).finish()
    }
}

fn prepared(key: &KeyBytes) -> Result<Key, Error> {
    Key::new(Algorithm::Sha256, key.expose()).map_err(|_| Error::ServiceKey)
}
