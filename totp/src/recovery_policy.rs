use crate::{Error, RecoveryCode};

/// How many recovery codes there are, and how long.
///
/// The default: 10 codes of 24 characters, which are exactly 120 bits. From 112 bits on NIST
/// SP 800-63B takes a look-up secret like a key: a fast hash at rest is enough.
///
/// ```
/// use creance_totp::RecoveryPolicy;
///
/// let policy = RecoveryPolicy::default();
/// assert_eq!((policy.codes(), policy.characters(), policy.bits()), (10, 24, 120));
/// assert!(!policy.is_short());
///
/// // Easier to type: 50 bits, which a fast hash would not protect.
/// assert!(RecoveryPolicy::new(10, 10).is_err());
/// assert!(RecoveryPolicy::allow_short(10, 10)?.is_short());
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryPolicy {
    codes: u8,
    characters: u8,
}

impl RecoveryPolicy {
    /// The most codes of a set.
    pub const MAX_CODES: u8 = 32;

    /// The bits from which on a code needs no password hash (NIST SP 800-63B).
    pub const STRONG_BITS: usize = 112;

    /// `codes` codes of `characters` characters, 1 to 32 of 23 to 32: 115 to 160 bits.
    ///
    /// # Errors
    /// [`Error::Policy`].
    pub const fn new(codes: u8, characters: u8) -> Result<Self, Error> {
        match Self::allow_short(codes, characters) {
            Ok(policy) if !policy.is_short() => Ok(policy),
            _ => Err(Error::Policy),
        }
    }

    /// The same from 4 characters on, which are 20 bits, the fewest that NIST SP 800-63B allows.
    ///
    /// Codes under 112 bits are guessed from their fast hashes by anyone who has both the hashes and
    /// the key, so they are hashed by a [`PasswordHasher`](crate::PasswordHasher) as well. Codes under
    /// 64 bits could also be guessed at the door: like all codes they are throttled, and a set of
    /// ten of 20 bits falls to a hundred guesses with a chance of 1 in 1,000.
    ///
    /// # Errors
    /// [`Error::Policy`].
    pub const fn allow_short(codes: u8, characters: u8) -> Result<Self, Error> {
        let count_is_right = codes >= 1 && codes <= Self::MAX_CODES;
        let len = characters as usize;
        let is_long = len >= RecoveryCode::MIN_CHARACTERS && len <= RecoveryCode::MAX_CHARACTERS;
        if count_is_right && is_long { Ok(Self { codes, characters }) } else { Err(Error::Policy) }
    }

    /// Codes of a set.
    #[must_use]
    pub const fn codes(self) -> u8 {
        self.codes
    }

    /// Characters of a code.
    #[must_use]
    pub const fn characters(self) -> u8 {
        self.characters
    }

    /// The entropy of a code, in bits: all of its characters are random.
    #[must_use]
    pub const fn bits(self) -> usize {
        self.characters as usize * RecoveryCode::BITS_PER_CHARACTER
    }

    /// Whether a code has less than 112 bits and needs a password hash.
    #[must_use]
    pub const fn is_short(self) -> bool {
        self.bits() < Self::STRONG_BITS
    }
}

impl Default for RecoveryPolicy {
    fn default() -> Self {
        Self { codes: 10, characters: 24 }
    }
}
