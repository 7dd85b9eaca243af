use alloc::boxed::Box;

use super::super::Refusal;
use super::super::fingerprint::{CredentialHash, low_bits};
use super::counters::{Counters, EPOCHS};
use super::mark::Mark;
use crate::{UnixTime, Window};

/// Lines of the longest row: 4 MiB.
const MOST_LINES: usize = 1 << 16;

/// How many live entries each credential has, never counted too low.
///
/// A count-min sketch: a credential has one line in each of two rows, found by keyed hash, and
/// counts as the lesser of the two. Others that share a line can only make it count higher, and
/// nobody can choose whose line to share. There is nothing to clean and nothing that grows.
#[derive(Debug)]
pub(super) struct Quota {
    limit: u32,
    past: u64,
    /// Seconds in an epoch, so many that a window never touches more than eight.
    epoch: u64,
    rows: [Box<[Counters]>; 2],
}

/// One credential's counters, for one timestamp.
#[derive(Debug)]
pub(super) struct Account<'a> {
    quota: &'a Quota,
    lines: [&'a Counters; 2],
    epoch: u64,
    /// The first epoch that is not over at `mark`.
    oldest: u64,
    mark: UnixTime,
}

impl Quota {
    pub(super) fn new(limit: u32, capacity: usize, window: Window) -> Self {
        let seconds = window.past().saturating_add(window.future());
        let lines = lines(limit, capacity);
        let row = || core::iter::repeat_with(Counters::default).take(lines).collect();
        Self {
            limit,
            past: window.past(),
            epoch: seconds.div_ceil(EPOCHS as u64 - 1).max(1),
            rows: [row(), row()],
        }
    }

    pub(super) const fn limit(&self) -> u32 {
        self.limit
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        self.rows.iter().map(|row| size_of_val::<[Counters]>(row)).sum()
    }

    /// The counters for a timestamp that is fresh at `mark`.
    #[inline]
    pub(super) fn account(
        &self,
        credential: &CredentialHash,
        timestamp: UnixTime,
        mark: UnixTime,
    ) -> Account<'_> {
        let hash = credential.bits();
        let [first, second] = &self.rows;
        Account {
            quota: self,
            lines: [
                &first[low_bits(hash) & (first.len() - 1)],
                &second[low_bits(hash >> 32) & (second.len() - 1)],
            ],
            epoch: timestamp.as_secs() / self.epoch,
            oldest: self.oldest(mark),
            mark,
        }
    }

    #[inline]
    fn oldest(&self, mark: UnixTime) -> u64 {
        mark.saturating_sub(self.past).as_secs() / self.epoch
    }
}

impl Account<'_> {
    /// Counts one entry more, unless the credential has its quota.
    ///
    /// Counts first and looks afterwards: of two threads that take the last place at once at
    /// least one sees the other, and the limit is never passed. Both may be refused.
    #[inline]
    pub(super) fn reserve(&self, mark: &Mark) -> Result<(), Refusal> {
        let [first, second] = self.lines;
        let is_over = || self.epoch < self.oldest(mark);
        if !first.add(self.epoch, is_over) {
            return Err(Refusal::ClockBehind { mark: mark.get() });
        }
        if !second.add(self.epoch, is_over) {
            first.undo(self.epoch);
            return Err(Refusal::ClockBehind { mark: mark.get() });
        }
        if self.is_within(first, mark) || self.is_within(second, mark) {
            return Ok(());
        }
        first.undo(self.epoch);
        second.undo(self.epoch);
        Err(Refusal::Quota)
    }

    #[inline]
    fn is_within(&self, line: &Counters, mark: &Mark) -> bool {
        // The mark is read after the counts: whoever counted in a later epoch had moved it before.
        let counts = line.read();
        counts.since(self.oldest(mark)) <= u64::from(self.quota.limit)
    }

    /// The first epoch that is not over; divides only where the mark has moved meanwhile.
    #[inline]
    fn oldest(&self, mark: &Mark) -> u64 {
        let mark = mark.get();
        if mark == self.mark { self.oldest } else { self.quota.oldest(mark) }
    }
}

/// Lines in a row: a store full of others adds a 64th of the limit to a credential's count on
/// average, or, in the longest row, what falls on one line.
fn lines(limit: u32, capacity: usize) -> usize {
    let credentials = capacity / usize::try_from(limit).unwrap_or(usize::MAX).max(1);
    credentials.saturating_mul(64).clamp(64, MOST_LINES).next_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_the_number_of_credentials_that_fit() {
        assert_eq!(lines(1 << 18, 1 << 20), 256);
        assert_eq!(lines(1_000, 1_000), 64);
        assert_eq!(lines(0, 0), 64);
        assert_eq!(lines(0, usize::MAX), MOST_LINES);
        assert_eq!(lines(u32::MAX, usize::MAX).count_ones(), 1);
    }
}
