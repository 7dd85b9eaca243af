use core::fmt;

use super::{KeyId, KeyState};
use crate::UnixTime;

/// What became of a key: by this an operator knows when an old one can go.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::keyring::{KeyReport, KeyState};
///
/// /// An old key that nobody has used for a day, in a process that has run longer than that.
/// fn can_go(key: &KeyReport, now: UnixTime) -> bool {
///     const DAY: u64 = 24 * 60 * 60;
///     key.state() == KeyState::VerifyOnly
///         && key.last_use().is_none_or(|last| now.seconds_since(last) > DAY)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyReport {
    pub(super) id: KeyId,
    pub(super) state: KeyState,
    pub(super) uses: u64,
    pub(super) last_use: Option<UnixTime>,
}

impl KeyReport {
    /// The key's id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_str()
    }

    /// The key's state.
    #[must_use]
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// How often it has verified something in this process.
    #[must_use]
    pub const fn uses(&self) -> u64 {
        self.uses
    }

    /// When it has verified something for the last time in this process; `None` where it has not yet.
    #[must_use]
    pub const fn last_use(&self) -> Option<UnixTime> {
        self.last_use
    }
}

/// A line for a log: `2026-10: verify-only, 1203 uses, the last at 1700000000`.
impl fmt::Display for KeyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, {} uses", self.id, self.state, self.uses)?;
        match self.last_use {
            Some(last) => write!(f, ", the last at {last}"),
            None => Ok(()),
        }
    }
}
