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
pub trait ReplayStore {
    /// Claims `entry` at the time `now`.
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> Claim;
}

impl<S: ReplayStore + ?Sized> ReplayStore for &S {
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> Claim {
        (**self).claim(entry, now)
    }
}

#[cfg(feature = "alloc")]
impl<S: ReplayStore + ?Sized> ReplayStore for alloc::sync::Arc<S> {
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> Claim {
        (**self).claim(entry, now)
    }
}

/// A store across the network: the asynchronous twin of [`ReplayStore`].
///
/// Every shareable [`ReplayStore`] is one too, and answers at once.
pub trait AsyncReplayStore {
    /// Claims `entry` at the time `now`.
    ///
    /// Once the future was polled, dropping it may leave the entry claimed: a nonce stays spent.
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> impl Future<Output = Claim> + Send;
}

impl<S: ReplayStore + Sync + ?Sized> AsyncReplayStore for S {
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> impl Future<Output = Claim> + Send {
        ready(ReplayStore::claim(self, entry, now))
    }
}

/// A future on the heap.
#[cfg(feature = "alloc")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The form of [`AsyncReplayStore`] for trait objects: `Arc<dyn DynReplayStore>`.
#[cfg(feature = "alloc")]
pub trait DynReplayStore: Send + Sync {
    /// Claims `entry` at the time `now`.
    fn claim_boxed<'a>(&'a self, entry: &'a Entry<'a>, now: UnixTime) -> BoxFuture<'a, Claim>;
}

#[cfg(feature = "alloc")]
impl<S: AsyncReplayStore + Send + Sync> DynReplayStore for S {
    fn claim_boxed<'a>(&'a self, entry: &'a Entry<'a>, now: UnixTime) -> BoxFuture<'a, Claim> {
        Box::pin(self.claim(entry, now))
    }
}
