use crate::Unavailable;

/// A password hash, such as Argon2id, scrypt or PBKDF2, for recovery codes that are short enough to
/// be guessed from a fast hash.
///
/// It is slow on purpose: on an asynchronous runtime, call what uses it where blocking is allowed.
/// The result is hashed once more under a key of the service.
///
/// ```
/// use argon2::{Algorithm, Argon2, Params, Version};
/// use creance_totp::{
///     Error, HashKeys, Key, PasswordHasher, RecoveryCodes, RecoveryPolicy, Unavailable, rand,
/// };
///
/// struct Argon2id(Argon2<'static>);
///
/// impl PasswordHasher for Argon2id {
///     fn id(&self) -> u32 {
///         1
///     }
///
///     fn hash(
///         &self,
///         password: &[u8],
///         salt: &[u8; 16],
///         out: &mut [u8; 32],
///     ) -> Result<(), Unavailable> {
///         self.0.hash_password_into(password, salt, out).map_err(|_| Unavailable)
///     }
/// }
///
/// // 19 MiB and two passes, where nothing speaks for more.
/// let params = Params::new(19_456, 2, 1, Some(32))?;
/// # let params = Params::new(64, 1, 1, Some(32))?;
/// let hasher = Argon2id(Argon2::new(Algorithm::Argon2id, Version::V0x13, params));
///
/// let (key, _to_keep) = Key::generate(creance_totp::Algorithm::Sha256, &mut rand::rng());
/// let recovery = RecoveryCodes::new(HashKeys::new(1, key)?)
///     .with_policy(RecoveryPolicy::allow_short(10, 10)?)
///     .with_hasher(hasher);
/// let (set, shown_once) = recovery.generate("alice", &mut rand::rng())?;
/// assert_eq!(shown_once[0].expose().len(), 10);
/// # let _ = set;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
