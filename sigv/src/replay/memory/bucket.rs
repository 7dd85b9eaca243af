use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU64;

use super::super::fingerprint::low_bits;

type Slot = Option<NonZeroU64>;

/// Slots of the smallest table: one cache line.
const SMALLEST: usize = 8;

/// The set of fingerprints of one time step in one shard: open addressing, a power of two slots.
///
/// Nothing is ever taken out of it singly, so probing needs no tombstones.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    slots: Box<[Slot]>,
    len: usize,
}

/// What a look-up found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The fingerprint is there.
    Present,
    /// It is not; this slot is where it belongs.
    Absent(usize),
}

impl Bucket {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        size_of_val::<[Slot]>(&self.slots)
    }

    #[inline]
    pub(super) fn find(&self, tag: NonZeroU64) -> Found {
        find(&self.slots, tag)
    }

    /// Whether one more goes in. At most three quarters are used: a miss then probes 8.5 slots on
    /// average, mostly of one cache line.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        (self.len + 1) * 4 <= self.slots.len() * 3
    }

    /// Puts the absent `tag` where [`find`](Self::find) said. There must be room.
    #[inline]
    pub(super) fn fill(&mut self, tag: NonZeroU64, slot: usize) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some(tag);
            self.len += 1;
        }
    }

    /// The size to begin with, in slots, for a step after two that had `last` and `before` entries.
    ///
    /// What both have taken it takes at once, and as a rule it never has to grow. Of what only the
    /// last one took it takes half, and grows once instead of often. If it stays empty, it wastes
    /// half of what the steps before it use, either way, and the next one wastes nothing.
    pub(super) fn first_size(last: usize, before: usize) -> usize {
        size_for(last.min(before)).max(size_for(last) / 2).max(SMALLEST)
    }

    /// Twice the slots, or `first` if there are none yet: a power of two. `None` if there is no
    /// memory for them.
    #[cold]
    pub(super) fn grow(&mut self, first: usize) -> Option<()> {
        let size = match self.slots.len() {
            0 => first,
            slots => slots.checked_mul(2)?,
        };
        let mut slots = Vec::new();
        // A failed allocation must refuse one claim, not abort the process.
        slots.try_reserve_exact(size).ok()?;
        slots.resize(size, None);
        let mut larger = slots.into_boxed_slice();
        for tag in self.slots.iter().flatten() {
            if let Found::Absent(slot) = find(&larger, *tag) {
                larger[slot] = Some(*tag);
            }
        }
        self.slots = larger;
        Some(())
    }
}

/// The size, in slots, of a bucket with `len` entries.
fn size_for(len: usize) -> usize {
    (len.saturating_mul(4) / 3).checked_next_power_of_two().unwrap_or(0)
}

/// Linear probing from the tag's low bits. No table is ever full, so the search ends.
#[inline]
fn find(slots: &[Slot], tag: NonZeroU64) -> Found {
    let mask = slots.len().wrapping_sub(1);
    let mut slot = low_bits(tag.get()) & mask;
    loop {
        match slots.get(slot) {
            Some(Some(held)) if *held == tag => return Found::Present,
            Some(Some(_)) => slot = (slot + 1) & mask,
            Some(None) | None => return Found::Absent(slot),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(bucket: &mut Bucket, tag: NonZeroU64) -> bool {
        if !bucket.has_room() {
            bucket.grow(SMALLEST).unwrap();
        }
        let Found::Absent(slot) = bucket.find(tag) else { return false };
        bucket.fill(tag, slot);
        true
    }

    #[test]
    fn what_went_in_is_found_through_all_growth() {
        let mut bucket = Bucket::default();
        // Low bits that collide, wrap around the end, and differ only at the top.
        let tags = (0..2_000u64)
            .map(|n| NonZeroU64::new((n << 57) ^ (n.wrapping_mul(n) << 3) ^ 0xffff_ffff).unwrap());
        let mut distinct = alloc::collections::BTreeSet::new();
        for tag in tags.clone() {
            assert_eq!(insert(&mut bucket, tag), distinct.insert(tag));
        }
        assert_eq!(bucket.len(), distinct.len());
        assert!(tags.clone().all(|tag| bucket.find(tag) == Found::Present));
        assert!(matches!(bucket.find(NonZeroU64::MIN), Found::Absent(_)));
    }

    #[test]
    fn what_two_steps_took_is_taken_at_once_and_half_of_what_one_took() {
        assert_eq!(Bucket::first_size(300, 300), 512);
        assert_eq!(Bucket::first_size(300, 385), 512);
        assert_eq!(Bucket::first_size(385, 300), 512);
        assert_eq!(Bucket::first_size(300, 100), 256);
        assert_eq!(Bucket::first_size(300, 0), 256);
        assert_eq!(Bucket::first_size(0, 300), SMALLEST);
    }

    #[test]
    fn an_unused_bucket_takes_nothing_and_a_used_one_under_24_bytes_an_entry() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.bytes(), 0);
        for n in 1..=10_000u64 {
            let tag = NonZeroU64::new(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).unwrap();
            assert!(insert(&mut bucket, tag));
            assert!(bucket.bytes() <= 64.max(bucket.len() * 24), "{n}");
        }
    }
}
