use crate::UnixTime;

/// What a [`MemoryStore`](super::MemoryStore) holds and has refused.
///
/// ```
/// use creance_sigv::replay::{MemoryStore, Restart};
/// use creance_sigv::{UnixTime, Window};
///
/// let store = MemoryStore::new(Window::default(), Restart::barrier_now())?;
/// let stats = store.stats(UnixTime::now());
/// assert_eq!((stats.live, stats.refused_full), (0, 0));
/// assert!(stats.bytes < 64 << 10);
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryStats {
    /// Entries that are still remembered.
    pub live: usize,
    /// The most entries that the store takes.
    pub capacity: usize,
    /// Bytes that the store has allocated, itself included, the allocator's own overhead not.
    pub bytes: usize,
    /// Claims answered with [`Refusal::Full`](super::super::Refusal::Full) so far.
    pub refused_full: u64,
    /// Claims answered with [`Refusal::Quota`](super::super::Refusal::Quota) so far.
    pub refused_quota: u64,
    /// The latest time that the store was asked with; the epoch before the first claim.
    pub mark: UnixTime,
}
