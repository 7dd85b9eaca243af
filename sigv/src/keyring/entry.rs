use core::fmt;

use super::KeyId;
use crate::{Error, Key, UnixTime};

/// How far a key has come in its life. A key goes forward only, but for the step back from
/// [`VerifyOnly`](Self::VerifyOnly) to [`Active`](Self::Active), which undoes a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyState {
    /// Verifies, and does not sign yet.
    Pending,
    /// Verifies; the newest one signs.
    Active,
    /// Verifies what was signed before.
    VerifyOnly,
    /// Does nothing any more: its secret is gone.
    Retired,
}

impl KeyState {
    /// Whether a key may go from this state to `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::VerifyOnly, Self::Active) => true,
            _ => self as u8 <= next as u8,
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::VerifyOnly => "verify-only",
            Self::Retired => "retired",
        })
    }
}

/// A key in a ring: under an id, in a state, and within two times.
///
/// ```
/// use creance_sigv::keyring::{KeyEntry, KeyState};
/// use creance_sigv::{Algorithm, Key, UnixTime};
///
/// let key = Key::new(Algorithm::Sha256, b"a secret of at least thirty-two bytes")?;
/// let entry = KeyEntry::new("2026-11", key)?
///     .with_state(KeyState::Pending)
///     .with_not_after(UnixTime::from_secs(1_800_000_000));
/// assert_eq!(entry.id(), "2026-11");
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct KeyEntry<K = Key> {
    id: KeyId,
    /// Gone with retirement.
    key: Option<K>,
    state: KeyState,
    not_before: UnixTime,
    not_after: UnixTime,
    /// Grows with each key that is added to a ring: a place that has become free is taken again, so
    /// the order of the places says nothing.
    serial: u64,
}

impl<K> KeyEntry<K> {
    /// An active key without an end.
    ///
    /// # Errors
    /// [`Error::KeyId`].
    pub fn new(id: &str, key: K) -> Result<Self, Error> {
        Ok(Self {
            id: KeyId::new(id)?,
            key: Some(key),
            state: KeyState::Active,
            not_before: UnixTime::default(),
            not_after: UnixTime::MAX,
            serial: 0,
        })
    }

    /// Puts the key in another state. Retired, its secret is dropped at once.
    #[must_use]
    pub fn with_state(mut self, state: KeyState) -> Self {
        self.set_state(state);
        self
    }

    /// Nobody signs with it before this time.
    #[must_use]
    pub fn with_not_before(mut self, time: UnixTime) -> Self {
        self.not_before = time;
        self
    }

    /// Nobody signs with it after this time; what was signed until then is taken a while longer, see
    /// [`Keyring::with_leeway`](super::Keyring::with_leeway).
    #[must_use]
    pub fn with_not_after(mut self, time: UnixTime) -> Self {
        self.not_after = time;
        self
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_str()
    }

    #[cfg(feature = "std")]
    pub(super) const fn key_id(&self) -> &KeyId {
        &self.id
    }

    /// The state.
    #[must_use]
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// The time before which it does not sign.
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// The time after which it does not sign.
    #[must_use]
    pub const fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// The key, where it may sign at `now`.
    #[must_use]
    pub fn signing_key(&self, now: UnixTime) -> Option<&K> {
        let may_sign = self.state == KeyState::Active && self.not_before <= now;
        self.key.as_ref().filter(|_| may_sign && now <= self.not_after)
    }

    /// The key, where it may verify at `now`, if clocks differ by `leeway` seconds.
    #[must_use]
    pub fn verifying_key(&self, now: UnixTime, leeway: u64) -> Option<&K> {
        let begun = self.not_before <= now.saturating_add(leeway);
        let ended = self.not_after.saturating_add(leeway) < now;
        self.key.as_ref().filter(|_| begun && !ended)
    }

    pub(super) const fn key(&self) -> Option<&K> {
        self.key.as_ref()
    }

    pub(super) const fn serial(&self) -> u64 {
        self.serial
    }

    /// The entry as the newest beside those that are there.
    pub(super) fn added_to<'k>(mut self, present: impl Iterator<Item = &'k Self>) -> Self
    where
        K: 'k,
    {
        self.serial = present.map(Self::serial).max().map_or(0, |last| last.saturating_add(1));
        self
    }

    /// # Errors
    /// [`Error::KeyTransition`] for a step back.
    pub(super) fn advance(&mut self, next: KeyState) -> Result<(), Error> {
        if !self.state.may_become(next) {
            return Err(Error::KeyTransition { from: self.state, to: next });
        }
        self.set_state(next);
        Ok(())
    }

    pub(super) const fn end_at(&mut self, time: UnixTime) {
        self.not_after = time;
    }

    fn set_state(&mut self, state: KeyState) {
        self.state = state;
        if state == KeyState::Retired {
            self.key = None;
        }
    }
}

/// All but the key.
impl<K> fmt::Debug for KeyEntry<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyEntry")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("not_before", &self.not_before)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}
