use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU64;

use super::super::{Claim, Refusal};
use super::bucket::{Bucket, Found};
use super::ring::Ring;

/// A part of the store, chosen by fingerprint, under a lock of its own.
///
/// # Why no entry is accepted twice
///
/// Buckets are only emptied by [`advance`](Self::advance), and only those before `oldest`, which
/// never goes back. Both `oldest` and the buckets are under the shard's lock, so the order of the
/// lock is the order of the claims; the store's mark, which other threads move meanwhile, decides
/// nothing here. An entry that was accepted is in the bucket of its time step from then on, until
/// `oldest` has passed that step. From then on the shard answers `None` for it, for ever.
///
/// # Why a bucket holds one time step only
///
/// A caller judged by mark `m` brings a step between those of `m - past` and `m + future`, which
/// are at most as many as the ring has buckets. It finds `oldest` at or after the step of
/// `m - past`, so what is admitted lies within the ring's length from `oldest`: no two such steps
/// share a bucket, and the step that had the bucket before was emptied when `oldest` passed it.
#[derive(Debug)]
pub(super) struct Shard {
    /// The first time step that this shard still answers for.
    oldest: u64,
    /// Entries from `oldest` on.
    live: usize,
    capacity: usize,
    ring: Ring,
    /// None until the first claim.
    buckets: Box<[Bucket]>,
}

/// What is claimed of a shard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    pub(super) tag: NonZeroU64,
    /// The time step of the claimed timestamp.
    pub(super) step: u64,
    /// The oldest time step that is still fresh to the caller.
    pub(super) oldest: u64,
}

impl Shard {
    pub(super) fn new(capacity: usize, ring: Ring) -> Self {
        Self { oldest: 0, live: 0, capacity, ring, buckets: Box::default() }
    }

    /// Answers a claim; `None` if another thread came with a later time in between, to which the
    /// claimed time step is too old.
    ///
    /// `reserve` is asked last, only for what will be accepted if it agrees: a replay, or a claim
    /// refused for another reason, uses up nobody's quota.
    #[inline]
    pub(super) fn claim(
        &mut self,
        ask: Ask,
        reserve: impl FnOnce() -> Result<(), Refusal>,
    ) -> Option<Claim> {
        if ask.oldest > self.oldest {
            self.advance(ask.oldest);
        }
        if ask.step < self.oldest {
            return None;
        }
        Some(self.look_up(ask, reserve).unwrap_or_else(Claim::Unknown))
    }

    #[inline]
    fn look_up(
        &mut self,
        ask: Ask,
        reserve: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<Claim, Refusal> {
        if self.buckets.is_empty() {
            self.open()?;
        }
        let index = self.ring.index(ask.step);
        let bucket = self.buckets.get(index).ok_or(Refusal::Full)?;
        let Found::Absent(slot) = bucket.find(ask.tag) else { return Ok(Claim::Replay) };
        if self.live >= self.capacity {
            return Err(Refusal::Full);
        }
        let slot = if bucket.has_room() { slot } else { self.grow(ask).ok_or(Refusal::Full)? };
        reserve()?;
        let bucket = self.buckets.get_mut(index).ok_or(Refusal::Full)?;
        bucket.fill(ask.tag, slot);
        self.live += 1;
        Ok(Claim::New)
    }

    /// Makes room in a bucket, for about as many as the steps before it have if it is new, and
    /// finds the slot anew.
    #[cold]
    fn grow(&mut self, ask: Ask) -> Option<usize> {
        let first = Bucket::first_size(self.len(ask.step, 1), self.len(ask.step, 2));
        let bucket = self.buckets.get_mut(self.ring.index(ask.step))?;
        bucket.grow(first)?;
        match bucket.find(ask.tag) {
            Found::Absent(slot) => Some(slot),
            Found::Present => None,
        }
    }

    /// Entries of the time step that is `back` steps before `step`.
    fn len(&self, step: u64, back: u64) -> usize {
        let index = self.ring.index(step.wrapping_sub(back));
        self.buckets.get(index).map_or(0, Bucket::len)
    }

    /// Makes the ring: a store that is never asked stays small.
    #[cold]
    fn open(&mut self) -> Result<(), Refusal> {
        let mut buckets = Vec::new();
        buckets.try_reserve_exact(self.ring.buckets()).map_err(|_| Refusal::Full)?;
        buckets.resize_with(self.ring.buckets(), Bucket::default);
        self.buckets = buckets.into_boxed_slice();
        Ok(())
    }

    /// Empties what lies before `oldest`: one bucket in a second, the whole ring after a pause.
    #[cold]
    fn advance(&mut self, oldest: u64) {
        for step in self.expiring(oldest) {
            if let Some(bucket) = self.buckets.get_mut(self.ring.index(step)) {
                self.live -= bucket.len();
                *bucket = Bucket::default();
            }
        }
        self.oldest = oldest;
    }

    /// The steps that expire when `oldest` is reached, each bucket once.
    fn expiring(&self, oldest: u64) -> impl Iterator<Item = u64> + use<> {
        (self.oldest..oldest).take(self.ring.buckets())
    }

    /// Entries from time step `oldest` on.
    pub(super) fn live(&self, oldest: u64) -> usize {
        let bucket = |step| self.buckets.get(self.ring.index(step));
        self.live - self.expiring(oldest).filter_map(bucket).map(Bucket::len).sum::<usize>()
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        let tables: usize = self.buckets.iter().map(Bucket::bytes).sum();
        size_of_val::<[Bucket]>(&self.buckets) + tables
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Window;

    fn ask(tag: u64, step: u64, oldest: u64) -> Ask {
        Ask { tag: NonZeroU64::new(tag).unwrap(), step, oldest }
    }

    #[expect(clippy::unnecessary_wraps, reason = "the signature of a reservation")]
    fn free() -> Result<(), Refusal> {
        Ok(())
    }

    #[test]
    fn a_caller_left_behind_by_another_thread_gets_no_answer() {
        let mut shard = Shard::new(10, Ring::new(Window::new(5, 5)));
        assert_eq!(shard.claim(ask(1, 100, 95), free), Some(Claim::New));
        // Somebody comes with a mark that is six seconds later.
        assert_eq!(shard.claim(ask(2, 110, 101), free), Some(Claim::New));
        // A caller still judged by the mark of before asks for what has been forgotten.
        assert_eq!(shard.claim(ask(1, 100, 95), free), None);
        assert_eq!(shard.claim(ask(2, 110, 95), free), Some(Claim::Replay));
    }

    #[test]
    fn a_full_shard_asks_for_no_quota() {
        let mut shard = Shard::new(1, Ring::new(Window::new(5, 5)));
        assert_eq!(shard.claim(ask(1, 100, 95), free), Some(Claim::New));
        let never = || -> Result<(), Refusal> { unreachable!() };
        assert_eq!(shard.claim(ask(1, 100, 95), never), Some(Claim::Replay));
        assert_eq!(shard.claim(ask(2, 100, 95), never), Some(Claim::Unknown(Refusal::Full)),);
    }

    #[test]
    fn what_was_refused_is_not_remembered() {
        let mut shard = Shard::new(10, Ring::new(Window::new(5, 5)));
        let over = || Err(Refusal::Quota);
        assert_eq!(shard.claim(ask(1, 100, 95), over), Some(Claim::Unknown(Refusal::Quota)));
        assert_eq!(shard.claim(ask(1, 100, 95), free), Some(Claim::New));
    }

    #[test]
    fn bursts_and_gaps_take_32_bytes_an_entry_at_most() {
        // A bucket of 385 has just grown, and is the emptiest; one of 1 has what it did not need.
        for pattern in [&[385, 385, 1][..], &[385, 1], &[385, 385, 385, 1], &[385, 385, 1, 385, 1]]
        {
            let mut shard = Shard::new(usize::MAX, Ring::new(Window::new(59, 0)));
            let mut tag = 0;
            for (step, entries) in (100..160).zip(pattern.iter().cycle()) {
                for _ in 0..*entries {
                    tag += 1;
                    assert_eq!(shard.claim(ask(tag, step, 100), free), Some(Claim::New));
                }
            }
            let tables = shard.bytes() - size_of_val::<[Bucket]>(&shard.buckets);
            assert!(tables <= 32 * shard.live(100), "{pattern:?}: {tables}");
        }
    }
}
