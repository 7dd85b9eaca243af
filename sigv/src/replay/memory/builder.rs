use rand::TryCryptoRng;
use rand::rngs::SysRng;

use super::MemoryStore;
use crate::replay::Restart;
use crate::{Error, Window};

/// Settings of a [`MemoryStore`]; made by [`MemoryStore::builder`].
///
/// Where clocks are in time, what takes `rate` messages a second is:
/// * a capacity of `rate` × ([`past`](Window::past) + 1 s), and 6 % more because shards fill
///   unevenly;
/// * a quota of `rate` × (`past` + 1 s + a seventh of the window, both sides together), and a
///   tenth more for what others count into it.
///
/// ```
/// use creance_sigv::Window;
/// use creance_sigv::replay::{MemoryStore, Restart};
///
/// // 5,000 messages a second, of which one credential may send a tenth:
/// // 5,000 × 61 × 1.06 = 323,300 and 500 × (61 + 65 / 7) × 1.1 = 38,657.
/// let store = MemoryStore::builder(Window::new(60, 5), Restart::barrier_now())
///     .capacity(330_000)
///     .quota(40_000)
///     .build()?;
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a builder does nothing until it builds"]
pub struct MemoryStoreBuilder {
    pub(super) window: Window,
    pub(super) restart: Restart,
    pub(super) capacity: usize,
    pub(super) quota: QuotaRule,
}

/// How many live entries a credential may have.
#[derive(Clone, Copy, Debug)]
pub(super) enum QuotaRule {
    /// A quarter of the capacity.
    Share,
    Entries(usize),
    Unlimited,
}

impl MemoryStoreBuilder {
    pub(super) const fn new(window: Window, restart: Restart) -> Self {
        let capacity = MemoryStore::DEFAULT_CAPACITY;
        Self { window, restart, capacity, quota: QuotaRule::Share }
    }

    /// The most live entries; [`MemoryStore::DEFAULT_CAPACITY`] if not set.
    ///
    /// Nothing is allocated ahead. Count on up to 32 bytes for each entry when full (11 to
    /// 21 where messages come evenly, more where they come in bursts). How many entries there are is said
    /// [above](Self); where clients' clocks are off, count both sides of the window instead of
    /// [`Window::past`].
    ///
    /// From 8,192 on the capacity is divided evenly over up to 64 shards, each with a lock of its
    /// own and at least 4,096 places. Entries fall on the shards at random, so the first
    /// [`Refusal::Full`](super::super::Refusal::Full) may come up to 5 % before the store is
    /// full; it never comes later. 0 refuses everything.
    pub const fn capacity(mut self, entries: usize) -> Self {
        self.capacity = entries;
        self
    }

    /// The most live entries of one credential; a quarter of the capacity if not set.
    ///
    /// The promise, exactly:
    /// * No credential ever has more than `entries` live entries, however its claims race.
    /// * An entry may count for up to a seventh of the window longer than it is live, and claims
    ///   that race for the last places may all be refused.
    /// * Other credentials count into one's own quota only where they share a counter in both of
    ///   two rows by chance, under a key that nobody knows. Counters are so many that a full
    ///   store adds a 64th of `entries` on average, or a 65,536th of the capacity if that is
    ///   more: a quota below a thousandth of the capacity is met early in a full store.
    ///
    /// The counters take 8 KiB to 8 MiB, 32 KiB by default. More than the capacity means no
    /// quota; 0 refuses everything.
    pub const fn quota(mut self, entries: usize) -> Self {
        self.quota = QuotaRule::Entries(entries);
        self
    }

    /// No quota: right where there is only one credential. Otherwise one client that may send can
    /// fill the store, and every other one is refused.
    pub const fn without_quota(mut self) -> Self {
        self.quota = QuotaRule::Unlimited;
        self
    }

    /// The store, its keys from the system's generator.
    ///
    /// # Errors
    /// [`Error::Random`] if that generator fails.
    pub fn build(self) -> Result<MemoryStore, Error> {
        self.build_with(&mut SysRng).map_err(|_| Error::Random)
    }

    /// The store, its keys from `rng`, which must be unpredictable.
    ///
    /// # Errors
    /// What `rng` returns; a generator that cannot fail makes a store that cannot fail.
    pub fn build_with<R: TryCryptoRng + ?Sized>(
        self,
        rng: &mut R,
    ) -> Result<MemoryStore, R::Error> {
        MemoryStore::make(self, rng)
    }

    /// The quota as a number that can be reached.
    pub(super) fn limit(&self) -> Option<u32> {
        let entries = match self.quota {
            QuotaRule::Share => (self.capacity / 4).max(1),
            QuotaRule::Entries(entries) => entries,
            QuotaRule::Unlimited => return None,
        };
        // Half of the range is left to the claims that count themselves before they are refused.
        let limit = u32::try_from(entries).unwrap_or(u32::MAX).min(u32::MAX / 2);
        (entries < self.capacity).then_some(limit)
    }
}
