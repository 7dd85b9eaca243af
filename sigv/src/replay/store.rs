#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::future::{Future, ready};
#[cfg(feature = "alloc")]
use core::pin::Pin;

use super::{Claim, Entry};
use crate::UnixTime;

/// A store inside the process.
///
/// Implementations must be atomic: of any number of claims of one entry, from any number of
/// threads, exactly one is answered with [`Claim::New`].
///
/// ```
/// use creance_sigv::replay::{Claim, Entry, FixedStore, ReplayStore, Restart};
/// use creance_sigv::{UnixTime, Window};
///
/// fn once(store: &dyn ReplayStore, nonce: &[u8], now: UnixTime) -> bool {
///     store.claim(&Entry::new(b"dh37fgj492je", nonce, now), now) == Claim::New
/// }
///
/// // The keys are made at this start: nothing was accepted before.
/// let restart = Restart::DangerousNoBarrier;
/// let mut random = creance_sigv::rand::rng();
/// let store = FixedStore::<64>::new(Window::default(), restart, &mut random);
/// let now = UnixTime::from_secs(1_353_832_234);
/// assert!(once(&store, b"j4h3g2", now));
/// assert!(!once(&store, b"j4h3g2", now));
/// ```
pub trait ReplayStore {
    /// Claims `entry` at the time `now`.
    ///
    /// The message must be verified, and its timestamp found fresh at `now`. The entry stays
    /// claimed whatever becomes of the message afterwards.
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> Claim;
}

impl<S: ReplayStore + ?Sized> ReplayStore for &S {
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> Claim {
        (**self).claim(entry, now)
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<S: ReplayStore + ?Sized> ReplayStore for alloc::sync::Arc<S> {
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> Claim {
        (**self).claim(entry, now)
    }
}

/// A store across the network: the asynchronous twin of [`ReplayStore`].
///
/// Every shareable [`ReplayStore`] is one too, and answers at once: it claims when it is called,
/// before the future is polled.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::replay::{AsyncReplayStore, Claim, Entry};
///
/// async fn once(store: &impl AsyncReplayStore, nonce: &[u8], now: UnixTime) -> bool {
///     store.claim_async(&Entry::new(b"dh37fgj492je", nonce, now), now).await == Claim::New
/// }
/// ```
pub trait AsyncReplayStore {
    /// Claims `entry` at the time `now`.
    ///
    /// Once the future was polled, dropping it may leave the entry claimed: a nonce stays spent.
    fn claim_async(&self, entry: &Entry<'_>, now: UnixTime) -> impl Future<Output = Claim> + Send;
}

impl<S: ReplayStore + Sync + ?Sized> AsyncReplayStore for S {
    fn claim_async(&self, entry: &Entry<'_>, now: UnixTime) -> impl Future<Output = Claim> + Send {
        ready(self.claim(entry, now))
    }
}

/// A future on the heap.
#[cfg(feature = "alloc")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The form of [`AsyncReplayStore`] for trait objects: `Arc<dyn DynReplayStore>`.
///
/// ```
/// use std::sync::Arc;
///
/// use creance_sigv::Window;
/// use creance_sigv::replay::{DynReplayStore, MemoryStore, Restart};
///
/// let store = MemoryStore::new(Window::default(), Restart::barrier_now())?;
/// let shared: Arc<dyn DynReplayStore> = Arc::new(store);
/// # Ok::<(), creance_sigv::Error>(())
/// ```
///
/// The object is an [`AsyncReplayStore`] again: pass `&*shared` where one is asked for.
#[cfg(feature = "alloc")]
pub trait DynReplayStore: Send + Sync {
    /// Claims `entry` at the time `now`.
    fn claim_boxed<'a>(&'a self, entry: &'a Entry<'a>, now: UnixTime) -> BoxFuture<'a, Claim>;
}

#[cfg(feature = "alloc")]
impl<S: AsyncReplayStore + Send + Sync> DynReplayStore for S {
    fn claim_boxed<'a>(&'a self, entry: &'a Entry<'a>, now: UnixTime) -> BoxFuture<'a, Claim> {
        Box::pin(self.claim_async(entry, now))
    }
}

#[cfg(feature = "alloc")]
impl AsyncReplayStore for dyn DynReplayStore + '_ {
    async fn claim_async(&self, entry: &Entry<'_>, now: UnixTime) -> Claim {
        self.claim_boxed(entry, now).await
    }
}
