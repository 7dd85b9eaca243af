//! The first factor: a password, kept as an Argon2id hash.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::database::Failure;

/// Hashes and verifies passwords. It takes a while, on purpose, and memory.
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    /// The hash of a password that nobody has.
    decoy: String,
}

impl Passwords {
    pub(crate) fn new(params: Params) -> Result<Self, Failure> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = argon2.hash_password(b"")?.to_string();
        Ok(Self { argon2, decoy })
    }

    /// What to store of a password.
    pub(crate) fn hash(&self, password: &str) -> Result<String, Failure> {
        Ok(self.argon2.hash_password(password.as_bytes())?.to_string())
    }

    /// Whether it is the password. `None`, for a user who is not there, takes as long.
    pub(crate) fn verify(&self, stored: Option<&str>, password: &str) -> bool {
        let is_right = PasswordHash::new(stored.unwrap_or(&self.decoy))
            .is_ok_and(|hash| self.argon2.verify_password(password.as_bytes(), &hash).is_ok());
        is_right && stored.is_some()
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}
