use crate::Unavailable;

/// A password hash, such as Argon2id, scrypt or PBKDF2, for recovery codes that are short enough to
/// be guessed from a fast hash.
///
/// It is slow on purpose: on an asynchronous runtime, call what uses it where blocking is allowed.
/// The result is hashed once more under a key of the service.
pub trait PasswordHasher {
    /// Which hash with which cost this is: a number of the caller's choosing, stored with what was
    /// hashed. Give another one when the algorithm or its cost changes, never one twice.
    fn id(&self) -> u32;

    /// Hashes `password` under `salt` and fills `out`.
    ///
    /// # Errors
    /// [`Unavailable`] where it cannot be computed now, for want of memory for example.
    fn hash(&self, password: &[u8], salt: &[u8; 16], out: &mut [u8; 32])
    -> Result<(), Unavailable>;
}
