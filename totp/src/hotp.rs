use core::ops::RangeInclusive;

use crate::ahead::Ahead;
use crate::search::newest_match;
use crate::{Algorithm, Code, Digits, Error, Key, truncate};

/// Codes by counter (HOTP, RFC 4226).
///
/// The key decides the algorithm. RFC 4226 knows SHA-1 only, which is also what apps and tokens
/// know for counters; RFC 6238 adds SHA-256 and SHA-512. By [`Key::new`] a SHA-1 key has the 160
/// bits that RFC 4226 recommends, by [`Key::from_provider`] the 128 bits that it demands (4, R6);
/// a shorter one takes [`Key::allow_weak`].
///
/// This is the computation only: see the [crate](crate) on what a service has to add.
///
/// ```
/// use creance_totp::{Algorithm, Code, Digits, Hotp, Key};
///
/// let key = Key::new(Algorithm::Sha1, b"12345678901234567890")?;
/// let hotp = Hotp::new(key, Digits::Six);
/// assert_eq!(hotp.generate(0).expose(), "755224");
///
/// // The next expected counter is 1; the token's button was pressed once in vain.
/// let typed = Code::parse("359 152")?;
/// let matched = hotp.verify(&typed, 1, 5)?;
/// assert_eq!(matched.counter(), 2);
/// assert_eq!(matched.next(), Some(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hotp {
    key: Key,
    digits: Digits,
}

impl Hotp {
    /// Codes of `digits` digits under `key`.
    #[must_use]
    pub const fn new(key: Key, digits: Digits) -> Self {
        Self { key, digits }
    }

    /// How many digits the codes have.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// The key's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    pub(crate) const fn is_decoy(&self) -> bool {
        self.key.is_decoy()
    }

    /// The code of `counter`, of which every value has one.
    #[must_use]
    pub fn generate(&self, counter: u64) -> Code {
        let [tag] = self.key.sign_counters(&[counter]);
        truncate::code(truncate::dynamic_truncation(tag.expose()), self.digits)
    }

    /// The codes of counters, for a search in a window.
    #[inline]
    pub(crate) fn codes(&self, window: RangeInclusive<u64>) -> impl FnMut(u64) -> Code {
        self.codes_of(Ahead::new(&self.key, window))
    }

    /// The codes of counters, for a search in a window that looks at the last spent one before.
    #[inline]
    pub(crate) fn codes_after_last(&self, window: RangeInclusive<u64>) -> impl FnMut(u64) -> Code {
        self.codes_of(Ahead::after_another(&self.key, window))
    }

    #[inline]
    fn codes_of(&self, mut ahead: Ahead<'_>) -> impl FnMut(u64) -> Code {
        move |counter| truncate::code(ahead.value_of(counter), self.digits)
    }

    /// Looks for the counter of a received code, from `counter`, the next one expected, to
    /// `look_ahead` beyond it, both included (RFC 4226, 7.4), or to the last of all.
    ///
    /// All codes are computed, with no early exit, so keep `look_ahead` small; each one is also
    /// one more guess for an attacker. Of several counters with the same code the newest is told.
    ///
    /// # Errors
    /// [`Error::Mismatch`], also for a code with another number of digits, and for every code under a
    /// [decoy](Key::decoy).
    pub fn verify(
        &self,
        code: &Code,
        counter: u64,
        look_ahead: u8,
    ) -> Result<MatchedCounter, Error> {
        let last = counter.saturating_add(u64::from(look_ahead));
        let found = newest_match(code, counter..=last, self.codes(counter..=last));
        // Everybody can compute the codes of a decoy.
        let counter = if self.is_decoy() { Err(Error::Mismatch) } else { found }?;
        Ok(MatchedCounter { counter })
    }
}

/// Proof that a code was right: only [`Hotp::verify`] makes one.
///
/// It becomes a login when [`next`](Self::next) was stored and nobody stored it before: until then
/// the same code would be accepted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the counter must be moved on, or the code is accepted again"]
pub struct MatchedCounter {
    counter: u64,
}

impl MatchedCounter {
    /// The counter of the code.
    #[must_use]
    pub const fn counter(self) -> u64 {
        self.counter
    }

    /// The next counter to expect (RFC 4226, 7.2); `None` after the last of all, when the key has
    /// to be replaced.
    #[must_use]
    pub const fn next(self) -> Option<u64> {
        self.counter.checked_add(1)
    }
}
