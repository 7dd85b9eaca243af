use core::fmt;

use creance_sigv::ct::{self, Choice};

use crate::{Algorithm, Error, Key};

/// What is stored in the place of a code or token: HMAC-SHA-256 under a key of the service, over
/// what the code is for and the code itself.
///
/// A plain hash of six digits is undone by a million guesses. Under a key that is kept elsewhere, who
/// reads the store learns nothing, and who writes to it cannot put in a code of his own.
#[derive(Clone, Copy)]
pub(crate) struct KeyedHash([u8; Self::LEN]);

impl KeyedHash {
    pub(crate) const LEN: usize = 32;

    /// The hash of `parts` for the use that `label` names. Each part goes in behind its length, so no
    /// two lists of parts run together into the same message.
    pub(crate) fn new(key: &Key, label: &str, parts: &[&[u8]]) -> Self {
        let tag = key.sign_with(|mac| {
            for part in core::iter::once(label.as_bytes()).chain(parts.iter().copied()) {
                mac.update(&(part.len() as u64).to_be_bytes());
                mac.update(part);
            }
        });
        let mut hash = Self([0; Self::LEN]);
        for (to, from) in hash.0.iter_mut().zip(tag.expose()) {
            *to = *from;
        }
        hash
    }

    /// The bytes, to be stored.
    #[cfg(feature = "alloc")]
    pub(crate) const fn into_bytes(self) -> [u8; Self::LEN] {
        self.0
    }

    /// Compares in constant time.
    pub(crate) fn verify(&self, other: &Self) -> Result<(), Error> {
        ct::decide(self.equals(other)).map_err(|_| Error::Mismatch)
    }

    pub(crate) fn equals(&self, other: &Self) -> Choice {
        ct::eq(&self.0, &other.0)
    }
}

impl fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedHash(..)")
    }
}

/// A key for hashes that are stored: one of SHA-256, and not the decoy, which is no secret.
pub(crate) fn checked(key: Key) -> Result<Key, Error> {
    let is_right = key.algorithm() == Algorithm::Sha256 && !key.is_decoy();
    if is_right { Ok(key) } else { Err(Error::HashKey) }
}

#[cfg(feature = "serde")]
mod serial;
