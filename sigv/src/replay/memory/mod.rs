mod bucket;
mod builder;
mod counters;
mod line;
mod mark;
mod quota;
mod ring;
mod shard;
mod stats;

use alloc::boxed::Box;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::TryCryptoRng;

pub use builder::MemoryStoreBuilder;
pub use stats::MemoryStats;

use self::line::Line;
use self::mark::Mark;
use self::quota::Quota;
use self::ring::Ring;
use self::shard::{Ask, Shard};
use super::fingerprint::{FingerprintKey, low_bits};
use super::terms::Terms;
use super::{Claim, Entry, Refusal, ReplayStore, Restart};
use crate::{Error, UnixTime, Window};

/// A replay store in the process's memory, shared by its threads.
///
/// * Of any number of claims of one entry, from any number of threads and over any steps of the
///   clock, one at most is answered with [`Claim::New`].
/// * It never gives up a live entry: when it is full it answers [`Refusal::Full`], and to a
///   credential that has used up its share [`Refusal::Quota`].
/// * Time is judged by the latest `now` it was asked with, its *mark*. A clock that steps forward
///   and back again makes it answer [`Refusal::ClockBehind`] to what it has forgotten meanwhile,
///   until the clock reaches the mark; a lag of a second or a few does no harm.
/// * What an entry is told apart by is a fingerprint of 64 bits under a secret key, within its
///   second and shard. A collision refuses a message, it never lets one through; at 100,000
///   messages a second one is to be expected in a thousand years.
/// * It forgets when the process ends: see [`Restart`].
///
/// # How it works
///
/// The timestamp is authenticated, so an entry is only looked for among those of its own second:
/// a ring of one-second sets, in up to 64 shards with a lock each. Expiry drops whole sets, a few
/// of them each second; only the sets of the present seconds are hot in the processor's caches.
///
/// ```
/// use creance_sigv::replay::{Claim, Entry, MemoryStore, ReplayStore, Restart};
/// use creance_sigv::{UnixTime, Window};
///
/// let started = UnixTime::from_secs(900);
/// let store = MemoryStore::new(Window::new(60, 5), Restart::Barrier { started })?;
///
/// let now = UnixTime::from_secs(1_000);
/// let entry = Entry::new(b"dh37fgj492je", b"j4h3g2", now);
/// assert_eq!(store.claim(&entry, now), Claim::New);
/// assert_eq!(store.claim(&entry, now), Claim::Replay);
/// assert_eq!(store.stats(now).live, 1);
/// # Ok::<(), creance_sigv::Error>(())
/// ```
pub struct MemoryStore {
    key: FingerprintKey,
    terms: Terms,
    ring: Ring,
    capacity: usize,
    quota: Option<Quota>,
    shards: Box<[Line<Mutex<Shard>>]>,
    mark: Mark,
    refused: Line<Refused>,
}

/// Written only by what is refused, apart from what every claim reads.
#[derive(Debug, Default)]
struct Refused {
    full: AtomicU64,
    quota: AtomicU64,
}

impl MemoryStore {
    /// The capacity of a store for which none was set: 1,048,576 entries, up to 32 MiB when full.
    pub const DEFAULT_CAPACITY: usize = 1 << 20;

    /// A store with the default capacity, of which one credential may use a quarter: with clocks
    /// in time and a window of 60 s both ways, about 16,000 messages a second in all and 3,200 of
    /// one credential. [`MemoryStoreBuilder`] says how that is counted.
    ///
    /// # Errors
    /// [`Error::Random`] if the system's generator fails.
    pub fn new(window: Window, restart: Restart) -> Result<Self, Error> {
        Self::builder(window, restart).build()
    }

    /// A store with settings.
    ///
    /// Any window is served. One of more than 255 s, both sides together, is kept in steps of
    /// several seconds, and entries up to a hundredth of the window longer.
    pub const fn builder(window: Window, restart: Restart) -> MemoryStoreBuilder {
        MemoryStoreBuilder::new(window, restart)
    }

    /// Figures for `now`, or for the mark if that is later.
    ///
    /// Takes one shard's lock after the other, up to a microsecond each: for a metrics endpoint, not
    /// for every message. Memory of expired entries is given back by the next claims that
    /// come to their shards, and is counted in [`MemoryStats::bytes`] until then.
    #[must_use]
    pub fn stats(&self, now: UnixTime) -> MemoryStats {
        let mark = self.mark.get();
        let oldest = self.oldest(mark.max(now));
        let own = size_of::<Self>() + size_of_val::<[Line<Mutex<Shard>>]>(&self.shards);
        let mut stats = MemoryStats {
            live: 0,
            capacity: self.capacity,
            bytes: own + self.quota.as_ref().map_or(0, Quota::bytes),
            refused_full: self.refused.full.load(Relaxed),
            refused_quota: self.refused.quota.load(Relaxed),
            mark,
        };
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            stats.live += shard.live(oldest);
            stats.bytes += shard.bytes();
        }
        stats
    }

    fn make<R: TryCryptoRng + ?Sized>(
        settings: MemoryStoreBuilder,
        rng: &mut R,
    ) -> Result<Self, R::Error> {
        let MemoryStoreBuilder { window, restart, capacity, .. } = settings;
        let layout = Ring::new(window);
        let quota = settings.limit().map(|limit| Quota::new(limit, capacity, window));
        Ok(Self {
            key: FingerprintKey::random(rng)?,
            terms: Terms::new(window, restart),
            ring: layout,
            capacity,
            quota,
            shards: shards(capacity, layout),
            mark: Mark::default(),
            refused: Line::default(),
        })
    }

    /// Claims what the terms admit.
    ///
    /// Before the lock only what chooses the shard is computed, because a processor finishes all of
    /// that first. The rest it does while it waits for the lock and for the bucket.
    #[inline]
    fn look_up(&self, entry: &Entry<'_>, mark: UnixTime) -> Claim {
        let timestamp = entry.timestamp();
        let credential = self.key.credential(entry.credential());
        let fingerprint = credential.entry(entry);
        let Some(mut shard) = self.shard(fingerprint.place()) else {
            return Claim::Unknown(Refusal::Unavailable);
        };
        let ask = Ask {
            tag: fingerprint.stored(),
            step: self.ring.step(timestamp),
            oldest: self.oldest(mark),
        };
        let reserve = || match &self.quota {
            Some(quota) => quota.account(&credential, timestamp, mark).reserve(&self.mark),
            None => Ok(()),
        };
        let answer = shard.claim(ask, reserve);
        drop(shard);
        answer.unwrap_or_else(|| Claim::Unknown(Refusal::ClockBehind { mark: self.mark.get() }))
    }

    /// A shard, locked; `None` if a thread died in it, for then its memory may have a gap.
    #[inline]
    fn shard(&self, place: u64) -> Option<MutexGuard<'_, Shard>> {
        let index = low_bits(place) & (self.shards.len() - 1);
        self.shards.get(index)?.lock().ok()
    }

    /// The oldest time step that is fresh at `mark`.
    #[inline]
    fn oldest(&self, mark: UnixTime) -> u64 {
        self.ring.step(mark.saturating_sub(self.terms.window().past()))
    }

    #[cold]
    fn count(&self, refusal: Refusal) {
        match refusal {
            Refusal::Full => self.refused.full.fetch_add(1, Relaxed),
            Refusal::Quota => self.refused.quota.fetch_add(1, Relaxed),
            _ => 0,
        };
    }
}

impl ReplayStore for MemoryStore {
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> Claim {
        let mark = self.mark.advance(now);
        if let Err(refusal) = self.terms.admit(entry.timestamp(), now, mark) {
            return Claim::Unknown(refusal);
        }
        let answer = self.look_up(entry, mark);
        if let Claim::Unknown(refusal) = answer {
            self.count(refusal);
        }
        answer
    }
}

/// Neither the keys nor the entries.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("window", &self.terms.window())
            .field("capacity", &self.capacity)
            .field("quota", &self.quota.as_ref().map(Quota::limit))
            .field("mark", &self.mark.get())
            .finish_non_exhaustive()
    }
}

/// A power of two of shards with 4,096 places or more, 64 at most; together `capacity` places.
fn shards(capacity: usize, ring: Ring) -> Box<[Line<Mutex<Shard>>]> {
    let count = 1 << (capacity / 4_096).clamp(1, 64).ilog2();
    let share = |index| capacity / count + usize::from(index < capacity % count);
    (0..count).map(|index| Line(Mutex::new(Shard::new(share(index), ring)))).collect()
}
