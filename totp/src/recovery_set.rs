use alloc::vec::Vec;
use core::fmt;

use creance_sigv::ct::{self, Choice};

use crate::keyed_hash::KeyedHash;
use crate::{Attempts, Error, RecoveryPolicy, Throttle, UnixTime};

/// What is stored of a user's recovery codes: their keyed hashes, which of them are used, and the
/// failures in a row.
///
/// Made, and taken from one value to the next, by [`RecoveryCodes`](crate::RecoveryCodes); stored by
/// compare-and-set, alone or in a record with other things. Codes are replaced by storing a new set.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoverySet {
    parts: RecoverySetParts,
}

impl RecoverySet {
    /// A set from its parts as they were stored.
    ///
    /// # Errors
    /// [`Error::State`] for parts that no set has: no hash or more than 32 of them, marks behind the
    /// last one, or more failures than any throttle allows.
    pub fn from_parts(parts: RecoverySetParts) -> Result<Self, Error> {
        let count = parts.hashes.len();
        let count_is_right = (1..=usize::from(RecoveryPolicy::MAX_CODES)).contains(&count);
        let marks_are_right = u64::from(parts.used) >> count == 0;
        if count_is_right && marks_are_right && parts.failures <= Throttle::MAX_STOP {
            Ok(Self { parts })
        } else {
            Err(Error::State)
        }
    }

    /// Its parts, to be stored.
    #[must_use]
    pub const fn parts(&self) -> &RecoverySetParts {
        &self.parts
    }

    /// Codes that were not used yet. Tell people when few are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.parts.hashes.len().saturating_sub(self.parts.used.count_ones() as usize)
    }

    /// Failures in a row.
    #[must_use]
    pub const fn attempts(&self) -> Attempts {
        Attempts::from_parts(self.parts.failures, self.parts.locked_until)
    }

    /// The set without failures: after an operator has looked.
    #[must_use]
    pub fn unlocked(&self) -> Self {
        self.with_attempts(Attempts::NONE)
    }

    pub(crate) fn with_attempts(&self, attempts: Attempts) -> Self {
        let mut parts = self.parts.clone();
        parts.failures = attempts.failures();
        parts.locked_until = attempts.locked_until();
        Self { parts }
    }

    /// Marks the code with this hash as used. All hashes are compared, and the time does not tell
    /// which one it was.
    pub(crate) fn spend(&self, hash: KeyedHash) -> Result<Self, Error> {
        let hash = hash.into_bytes();
        let (mut is_known, mut is_unused) = (Choice::from(0), Choice::from(0));
        let mut next = self.with_attempts(Attempts::NONE);
        for (stored, at) in self.parts.hashes.iter().zip(0..) {
            let is_this = ct::eq(stored, &hash);
            let mark = u32::from(is_this.unwrap_u8()) << at;
            is_known |= is_this;
            is_unused |= is_this & !Choice::from(u8::from(self.parts.used >> at & 1 == 1));
            next.parts.used |= mark;
        }
        ct::decide(is_known).map_err(|_| Error::Mismatch)?;
        ct::decide(is_unused).map_err(|_| Error::Replayed)?;
        Ok(next)
    }
}

/// The hashes are not shown: nobody needs them in a log.
impl fmt::Debug for RecoverySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoverySet")
            .field("codes", &self.parts.hashes.len())
            .field("remaining", &self.remaining())
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}

/// The parts of a [`RecoverySet`], for a store that has columns of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoverySetParts {
    /// The id of the key that the codes are hashed under.
    pub key: u32,
    /// The id and salt of the password hash before it; none for codes that need none.
    pub stretch: Option<Stretch>,
    /// HMAC-SHA-256 of each code.
    pub hashes: Vec<[u8; 32]>,
    /// Which codes are used: bit 0 stands for the first one.
    pub used: u32,
    /// Failures in a row.
    pub failures: u32,
    /// The first second of the next attempt.
    pub locked_until: UnixTime,
}

impl fmt::Debug for RecoverySetParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoverySetParts")
            .field("key", &self.key)
            .field("hashes", &self.hashes.len())
            .finish_non_exhaustive()
    }
}

/// How short codes were hashed before they were hashed under the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// [`PasswordHasher::id`](crate::PasswordHasher::id).
    pub hasher: u32,
    /// The salt of the set.
    pub salt: [u8; 16],
}
