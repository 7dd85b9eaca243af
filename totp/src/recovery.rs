use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use creance_sigv::rand::CryptoRng;
use zeroize::Zeroize;

use crate::keyed_hash::KeyedHash;
use crate::{
    Attempts, Error, HashKeys, PasswordHasher, RecoveryCode, RecoveryPolicy, RecoverySet,
    RecoverySetParts, Stretch, Throttle, Unavailable, UnixTime,
};

/// Makes recovery codes, and redeems each of them once.
///
/// A code is stored as its HMAC-SHA-256 under a key of the service, over the user's id and the code;
/// short codes go through a [`PasswordHasher`] first. To redeem one takes three steps, and the
/// results of the first and the last have to be stored by compare-and-set:
/// [`reserve`](Self::reserve) counts the attempt, [`ReservedRecovery::look_up`] computes the hash,
/// [`RecoveryLookup::redeem`] compares it with all that are stored and spends the code. Where the set
/// is in the caller's hand alone, [`redeem`](Self::redeem) is all of it.
///
/// The throttle's count is the recovery codes' own, so nobody who guesses one-time passwords locks
/// them.
///
/// ```
/// use creance_totp::{Algorithm, Error, HashKeys, Key, RecoveryCode, RecoveryCodes, UnixTime, rand};
///
/// let (key, _to_keep) = Key::generate(Algorithm::Sha256, &mut rand::rng());
/// let recovery = RecoveryCodes::new(HashKeys::new(1, key)?);
/// let (mut set, shown_once) = recovery.generate("alice", &mut rand::rng())?;
/// assert_eq!((shown_once.len(), set.remaining()), (10, 10));
///
/// let typed = RecoveryCode::parse(&shown_once[3].expose().to_lowercase())?;
/// let now = UnixTime::from_secs(1_353_832_234);
/// let redeemed = recovery.redeem(&mut set, "alice", &typed, now)?;
/// assert_eq!(redeemed.remaining(), 9);
/// assert_eq!(recovery.redeem(&mut set, "alice", &typed, now).err(), Some(Error::Replayed));
/// # Ok::<(), creance_totp::Error>(())
/// ```
pub struct RecoveryCodes {
    policy: RecoveryPolicy,
    throttle: Throttle,
    keys: HashKeys,
    hashers: Vec<Box<dyn PasswordHasher + Send + Sync>>,
}

impl RecoveryCodes {
    /// Ten codes of 120 bits for each user, and [`Throttle::default`].
    #[must_use]
    pub fn new(keys: HashKeys) -> Self {
        let (policy, throttle) = (RecoveryPolicy::default(), Throttle::default());
        Self { policy, throttle, keys, hashers: Vec::new() }
    }

    /// Sets how many codes are made, and how long.
    #[must_use]
    pub fn with_policy(self, policy: RecoveryPolicy) -> Self {
        Self { policy, ..self }
    }

    /// Sets the throttle.
    #[must_use]
    pub fn with_throttle(self, throttle: Throttle) -> Self {
        Self { throttle, ..self }
    }

    /// Adds a password hash. The first one hashes new short codes, the others those that were made
    /// with them before.
    #[must_use]
    pub fn with_hasher(mut self, hasher: impl PasswordHasher + Send + Sync + 'static) -> Self {
        self.hashers.push(Box::new(hasher));
        self
    }

    /// How many codes are made, and how long.
    #[must_use]
    pub const fn policy(&self) -> RecoveryPolicy {
        self.policy
    }

    pub(crate) const fn keys(&self) -> &HashKeys {
        &self.keys
    }

    pub(crate) const fn throttle(&self) -> Throttle {
        self.throttle
    }

    /// New codes for a user: what to store, and what to show once. Storing the set ends the life of
    /// the codes before.
    ///
    /// # Errors
    /// For short codes [`Error::NoPasswordHasher`] and [`Error::HasherUnavailable`];
    /// [`Error::Random`] where the generator makes the same codes again and again.
    pub fn generate<R: CryptoRng + ?Sized>(
        &self,
        user: &str,
        rng: &mut R,
    ) -> Result<(RecoverySet, Vec<RecoveryCode>), Error> {
        let (key, stretch) = (self.keys.current_id(), self.new_stretch(rng)?);
        let codes = self.new_codes(rng)?;
        let hash = |code| self.hash(key, stretch, user, code).map(KeyedHash::into_bytes);
        let hashes = codes.iter().map(hash).collect::<Result<Vec<_>, Error>>()?;
        let locked_until = Attempts::NONE.locked_until();
        let parts = RecoverySetParts { key, stretch, hashes, used: 0, failures: 0, locked_until };
        Ok((RecoverySet::from_parts(parts)?, codes))
    }

    /// Redeems a code of a set that nobody else has. `set` is the next one afterwards, whatever comes
    /// out; where a key or the password hash is missing, no attempt is counted.
    ///
    /// # Errors
    /// Those of [`reserve`](Self::reserve), [`ReservedRecovery::look_up`] and
    /// [`RecoveryLookup::redeem`].
    pub fn redeem(
        &self,
        set: &mut RecoverySet,
        user: &str,
        code: &RecoveryCode,
        now: UnixTime,
    ) -> Result<Redeemed, Error> {
        let reserved = self.reserve(set, now)?;
        let lookup = reserved.look_up(self, user, code)?;
        set.clone_from(reserved.set());
        let redeemed = lookup.redeem(set)?;
        set.clone_from(redeemed.set());
        Ok(redeemed)
    }

    /// Counts an attempt. Nothing may be compared before the [new set](ReservedRecovery::set) is
    /// stored: otherwise guesses that come at once are all free.
    ///
    /// The [hash](ReservedRecovery::look_up) may be computed before that, and is best, for where it
    /// cannot be, that is no failure of the person: do not store the set then.
    ///
    /// # Errors
    /// [`Error::Throttled`] and [`Error::Locked`] after failures; [`Error::UnknownKey`] and
    /// [`Error::NoPasswordHasher`] where the set's key or password hash is not here. Then there is
    /// nothing to store.
    pub fn reserve(&self, set: &RecoverySet, now: UnixTime) -> Result<ReservedRecovery, Error> {
        let attempts = set.attempts().reserve(self.throttle, now)?;
        let RecoverySetParts { key, stretch, .. } = set.parts();
        self.keys.check(*key)?;
        stretch.map_or(Ok(()), |stretch| self.hasher(stretch.hasher).map(drop))?;
        Ok(ReservedRecovery { set: set.with_attempts(attempts) })
    }

    /// The work of a look-up, for nothing: where there is no such user, so that the time does not
    /// tell.
    pub fn waste(&self, user: &str, code: &RecoveryCode) {
        let hasher = self.hashers.first().filter(|_| self.policy.is_short());
        let stretch = hasher.map(|hasher| Stretch { hasher: hasher.id(), salt: [0; 16] });
        let _ = self.hash(self.keys.current_id(), stretch, user, code);
    }

    /// Whether what new codes take is here: what the program got wrong must not count as a failure
    /// of the person.
    pub(crate) fn check_new(&self) -> Result<(), Error> {
        let lacks_hasher = self.policy.is_short() && self.hashers.is_empty();
        if lacks_hasher { Err(Error::NoPasswordHasher) } else { Ok(()) }
    }

    /// What is asked of a store in the place of a stranger's set.
    pub(crate) fn of_a_stranger(&self) -> Result<RecoverySet, Error> {
        let hashes = alloc::vec![[0; KeyedHash::LEN]; self.policy.codes().into()];
        let locked_until = Attempts::NONE.locked_until();
        let key = self.keys.current_id();
        let parts =
            RecoverySetParts { key, stretch: None, hashes, used: 0, failures: 0, locked_until };
        RecoverySet::from_parts(parts)
    }

    /// A salt of their own for short codes, nothing for long ones.
    fn new_stretch<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Option<Stretch>, Error> {
        if !self.policy.is_short() {
            return Ok(None);
        }
        let hasher = self.hashers.first().ok_or(Error::NoPasswordHasher)?.id();
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        Ok(Some(Stretch { hasher, salt }))
    }

    /// Codes that differ from each other, for those that are equal would all be spent at once.
    fn new_codes<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Vec<RecoveryCode>, Error> {
        let mut codes = Vec::with_capacity(self.policy.codes().into());
        // More tries than any good generator needs: a bad one must not make this endless.
        for _ in 0..u16::from(self.policy.codes()) * 2 {
            let code = RecoveryCode::generate(self.policy, rng);
            if !codes.iter().any(|other| code.is_same(other)) {
                codes.push(code);
            }
            if codes.len() == usize::from(self.policy.codes()) {
                return Ok(codes);
            }
        }
        Err(Error::Random)
    }

    fn hasher(&self, id: u32) -> Result<&(dyn PasswordHasher + Send + Sync), Error> {
        let hasher = self.hashers.iter().find(|hasher| hasher.id() == id);
        hasher.map(Box::as_ref).ok_or(Error::NoPasswordHasher)
    }

    /// What is stored of a code: the one place where it is computed.
    fn hash(
        &self,
        key: u32,
        stretch: Option<Stretch>,
        user: &str,
        code: &RecoveryCode,
    ) -> Result<KeyedHash, Error> {
        let Some(Stretch { hasher, salt }) = stretch else {
            return self.keys.hash(key, LABEL, &[user.as_bytes(), code.bytes()]);
        };
        let mut stretched = Stretched([0; 32]);
        let done = self.hasher(hasher)?.hash(code.bytes(), &salt, &mut stretched.0);
        done.map_err(|Unavailable| Error::HasherUnavailable)?;
        self.keys.hash(key, STRETCHED_LABEL, &[user.as_bytes(), &stretched.0])
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryCodes")
            .field("policy", &self.policy)
            .field("throttle", &self.throttle)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

const LABEL: &str = "creance recovery code";
const STRETCHED_LABEL: &str = "creance short recovery code";

/// What a password hash makes of a code, wiped after use.
struct Stretched([u8; 32]);

impl Drop for Stretched {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// An attempt that is counted and may be looked at.
#[derive(Clone, Debug)]
#[must_use = "the attempt is counted when this set is stored"]
pub struct ReservedRecovery {
    set: RecoverySet,
}

impl ReservedRecovery {
    /// The set to store before a hash is compared.
    #[must_use]
    pub const fn set(&self) -> &RecoverySet {
        &self.set
    }

    /// Computes what would be stored of the code, once: for a short one this takes long.
    ///
    /// # Errors
    /// [`Error::UnknownKey`] and [`Error::NoPasswordHasher`] where the set's key or password hash is
    /// not here, [`Error::HasherUnavailable`].
    pub fn look_up(
        &self,
        codes: &RecoveryCodes,
        user: &str,
        code: &RecoveryCode,
    ) -> Result<RecoveryLookup, Error> {
        let RecoverySetParts { key, stretch, .. } = self.set.parts();
        codes.hash(*key, *stretch, user, code).map(|hash| RecoveryLookup { hash })
    }

    /// The same for decisions that are taken until they are stored: computed again only for another
    /// key or salt.
    pub(crate) fn look_up_once(
        &self,
        codes: &RecoveryCodes,
        user: &str,
        code: &RecoveryCode,
        known: &mut Option<KnownLookup>,
    ) -> Result<RecoveryLookup, Error> {
        let RecoverySetParts { key, stretch, .. } = self.set.parts();
        match known {
            Some(known) if (known.key, known.stretch) == (*key, *stretch) => {
                Ok(known.lookup.clone())
            }
            _ => {
                let lookup = self.look_up(codes, user, code)?;
                *known = Some(KnownLookup { key: *key, stretch: *stretch, lookup: lookup.clone() });
                Ok(lookup)
            }
        }
    }
}

/// A hash, and what it was made with.
pub(crate) struct KnownLookup {
    key: u32,
    stretch: Option<Stretch>,
    lookup: RecoveryLookup,
}

/// The hash of a code that was typed.
#[derive(Clone)]
pub struct RecoveryLookup {
    hash: KeyedHash,
}

impl RecoveryLookup {
    /// Spends the code. `current` is the set as it is now stored; if it moves on once more before the
    /// result is stored, this has to be asked again.
    ///
    /// All stored hashes are compared, in constant time.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for a code that is none of these, also of codes that were replaced since
    /// the reservation; [`Error::Replayed`] for one that was used.
    pub fn redeem(&self, current: &RecoverySet) -> Result<Redeemed, Error> {
        current.spend(self.hash).map(|set| Redeemed { set })
    }
}

impl fmt::Debug for RecoveryLookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryLookup").finish_non_exhaustive()
    }
}

/// Proof that a recovery code was right, not used before, and typed when it was allowed to.
///
/// It lets somebody in when its [set](Self::set) was stored in the place of the one that was looked
/// at, and not before.
#[derive(Clone, Debug)]
#[must_use = "the code is spent when this set is stored"]
pub struct Redeemed {
    set: RecoverySet,
}

impl Redeemed {
    /// The set to store: the code spent, no failures.
    #[must_use]
    pub const fn set(&self) -> &RecoverySet {
        &self.set
    }

    /// Codes that are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.set.remaining()
    }
}
