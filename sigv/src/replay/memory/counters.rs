use core::sync::atomic::{AtomicU64, Ordering::SeqCst};

use super::super::fingerprint::low_bits;

/// Epochs that are counted apart.
pub(super) const EPOCHS: usize = 8;

/// Entries by epoch of their timestamp, in one cache line.
///
/// Each word holds the low 32 bits of an epoch's number, and a count. The eight epochs that a
/// window can touch have a word each; an epoch's count is dropped when the epoch eight later
/// begins, so nothing needs cleaning.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(super) struct Counters([AtomicU64; EPOCHS]);

impl Counters {
    /// Counts one more entry in `epoch`. False, and nothing is counted, if the word belongs to
    /// another epoch and `is_over` says that `epoch` is over: then that other one is later.
    ///
    /// `is_over` is asked after the word was read, so it knows whatever made another thread write
    /// that word.
    #[inline]
    pub(super) fn add(&self, epoch: u64, is_over: impl Fn() -> bool) -> bool {
        let update = self.word(epoch).fetch_update(SeqCst, SeqCst, |word| match split(word) {
            (held, count) if held == tag(epoch) => Some(join(held, count.saturating_add(1))),
            _ if is_over() => None,
            _ => Some(join(tag(epoch), 1)),
        });
        update.is_ok()
    }

    /// Takes one [`add`](Self::add) back.
    #[cold]
    pub(super) fn undo(&self, epoch: u64) {
        // If the word has moved on to another epoch, what was added went with it.
        let _ = self.word(epoch).fetch_update(SeqCst, SeqCst, |word| match split(word) {
            (held, count) if held == tag(epoch) => Some(join(held, count.saturating_sub(1))),
            _ => None,
        });
    }

    #[inline]
    pub(super) fn read(&self) -> Counts {
        Counts(self.0.each_ref().map(|word| word.load(SeqCst)))
    }

    #[inline]
    fn word(&self, epoch: u64) -> &AtomicU64 {
        &self.0[low_bits(epoch) % EPOCHS]
    }
}

/// What [`Counters`] held.
#[derive(Debug)]
pub(super) struct Counts([u64; EPOCHS]);

impl Counts {
    /// The sum over `oldest` and the seven epochs after it.
    #[inline]
    pub(super) fn since(&self, oldest: u64) -> u64 {
        let live =
            |(held, _): &(u32, u32)| u64::from(held.wrapping_sub(tag(oldest))) < EPOCHS as u64;
        self.0.map(split).iter().filter(|word| live(word)).map(|(_, count)| u64::from(*count)).sum()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "only the low bits are kept")]
const fn tag(epoch: u64) -> u32 {
    epoch as u32
}

const fn split(word: u64) -> (u32, u32) {
    (tag(word >> 32), tag(word))
}

const fn join(tag: u32, count: u32) -> u64 {
    ((tag as u64) << 32) | count as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: [u64; 6] = [0, 7, 1 << 31, 1 << 32, u64::MAX - 8, u64::MAX];

    #[test]
    fn an_epoch_is_counted_until_the_window_has_left_it() {
        for epoch in ENDS {
            let counters = Counters::default();
            assert!(counters.add(epoch, || false));
            assert!(counters.add(epoch, || false));
            for age in 0..EPOCHS as u64 {
                assert_eq!(counters.read().since(epoch.wrapping_sub(age)), 2);
            }
            assert_eq!(counters.read().since(epoch.wrapping_add(1)), 0);
        }
    }

    #[test]
    fn a_late_caller_does_not_overwrite_a_later_epoch() {
        let counters = Counters::default();
        assert!(counters.add(18, || false));
        assert!(!counters.add(10, || true));
        assert_eq!(counters.read().since(18), 1);
        counters.undo(10);
        assert_eq!(counters.read().since(18), 1);
        counters.undo(18);
        assert_eq!(counters.read().since(18), 0);
    }
}
