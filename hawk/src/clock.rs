use creance_sigv::UnixTime;

/// How far a server's clock is from ours, in whole seconds.
///
/// It comes from a [`ServerTime`](crate::ServerTime) that was proven, and counts for that server
/// only.
///
/// ```
/// use creance_hawk::ClockOffset;
/// use creance_hawk::sigv::UnixTime;
///
/// let offset = ClockOffset::between(UnixTime::from_secs(1_000), UnixTime::from_secs(940));
/// assert_eq!(offset.apply(UnixTime::from_secs(1_010)), UnixTime::from_secs(950));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockOffset {
    seconds: u64,
    behind: bool,
}

impl ClockOffset {
    /// The offset of a server whose clock showed `theirs` when ours showed `ours`.
    #[must_use]
    pub const fn between(ours: UnixTime, theirs: UnixTime) -> Self {
        let behind = theirs.as_secs() < ours.as_secs();
        Self { seconds: ours.as_secs().abs_diff(theirs.as_secs()), behind }
    }

    /// An offset of `seconds`, negative for a server whose clock is behind ours.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self { seconds: seconds.unsigned_abs(), behind: seconds < 0 }
    }

    /// The server's time at our time `now`, saturating.
    #[must_use]
    pub const fn apply(self, now: UnixTime) -> UnixTime {
        if self.behind {
            now.saturating_sub(self.seconds)
        } else {
            now.saturating_add(self.seconds)
        }
    }
}
