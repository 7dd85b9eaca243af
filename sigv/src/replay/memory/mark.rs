use core::sync::atomic::{AtomicU64, Ordering};

use super::line::Line;
use crate::UnixTime;

/// The latest time that any caller came with. It never goes back.
#[derive(Debug, Default)]
pub(super) struct Mark(Line<AtomicU64>);

impl Mark {
    /// Advances to `now` if that is later, and returns the mark.
    ///
    /// Nearly every claim only reads: one write a second leaves the line shared by all cores.
    #[inline]
    pub(super) fn advance(&self, now: UnixTime) -> UnixTime {
        let mark = self.get();
        if now <= mark {
            return mark;
        }
        let before = self.0.fetch_max(now.as_secs(), Ordering::AcqRel);
        UnixTime::from_secs(before).max(now)
    }

    #[inline]
    pub(super) fn get(&self) -> UnixTime {
        UnixTime::from_secs(self.0.load(Ordering::Acquire))
    }
}
