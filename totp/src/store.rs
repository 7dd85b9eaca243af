#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::future::{Future, ready};
#[cfg(feature = "alloc")]
use core::pin::Pin;

/// Counts the changes of a record. What it was before the record existed is
/// [`ABSENT`](Self::ABSENT).
///
/// A store must never give a record a revision that it had before, not even after it was removed
/// and made again: a decision about the old one would be taken for one about the new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(u64);

impl Revision {
    /// There is no record.
    pub const ABSENT: Self = Self(0);

    /// No record ever has this one, the last of 63 bits. To expect it is a look at the store that
    /// changes nothing, see [`Verifier::verify_stored`](crate::Verifier::verify_stored).
    pub const NEVER: Self = Self(i64::MAX as u64);

    /// A revision: 0 is [`ABSENT`](Self::ABSENT), and a record has 1 to 2^63 - 2.
    #[must_use]
    pub const fn new(revision: u64) -> Self {
        Self(revision)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// A record as it was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored<R> {
    /// Which one of its changes this is.
    pub revision: Revision,
    /// The record.
    pub record: R,
}

/// What became of a compare-and-set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a conflict means that nothing was stored"]
pub enum Swap {
    /// The record is stored, under this revision.
    Done(Revision),
    /// The stored revision is another one than expected: nothing was changed.
    Conflict,
}

/// The store cannot say or keep anything now. The store itself knows why, and should log it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store is unavailable")]
pub struct Unavailable;

/// A store inside the process of records under a user's or a credential's id: of a
/// [`State`](crate::State), or of whatever else has to change in one piece.
///
/// The compare-and-set has to be atomic, among all processes that share the store; it must have
/// reached what survives a crash when it answers [`Swap::Done`]. A store must neither expire nor
/// evict a record by itself: a forgotten one lets a used code in.
///
/// ```
/// use creance_totp::{MemoryStateStore, Revision, State, StateStore, Swap};
///
/// let store = MemoryStateStore::new();
/// let Swap::Done(first) = store.compare_and_set("alice", Revision::ABSENT, &State::pending(0))?
/// else {
///     unreachable!("there was no record")
/// };
/// // Whoever has not seen that there is one by now is told.
/// let late = store.compare_and_set("alice", Revision::ABSENT, &State::pending(0))?;
/// assert_eq!(late, Swap::Conflict);
/// assert_eq!(store.load("alice")?.map(|stored| stored.revision), Some(first));
/// # Ok::<(), creance_totp::Unavailable>(())
/// ```
pub trait StateStore {
    /// What is stored: [`State`](crate::State), or what has it inside.
    type Record;

    /// The record of `id`, if there is one.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn load(&self, id: &str) -> Result<Option<Stored<Self::Record>>, Unavailable>;

    /// Stores `next` if the record of `id` still has the revision `expected`, or is absent and
    /// expected to be.
    ///
    /// # Errors
    /// [`Unavailable`], also where it is not known whether it was stored.
    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &Self::Record,
    ) -> Result<Swap, Unavailable>;
}

impl<S: StateStore + ?Sized> StateStore for &S {
    type Record = S::Record;

    fn load(&self, id: &str) -> Result<Option<Stored<Self::Record>>, Unavailable> {
        (**self).load(id)
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &Self::Record,
    ) -> Result<Swap, Unavailable> {
        (**self).compare_and_set(id, expected, next)
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<S: StateStore + ?Sized> StateStore for alloc::sync::Arc<S> {
    type Record = S::Record;

    fn load(&self, id: &str) -> Result<Option<Stored<Self::Record>>, Unavailable> {
        (**self).load(id)
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &Self::Record,
    ) -> Result<Swap, Unavailable> {
        (**self).compare_and_set(id, expected, next)
    }
}

/// A store across the network: the asynchronous twin of [`StateStore`]. Every shareable
/// [`StateStore`] is one too, and answers at once.
pub trait AsyncStateStore {
    /// What is stored.
    type Record;

    /// The record of `id`, if there is one.
    fn load_async(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<Stored<Self::Record>>, Unavailable>> + Send;

    /// Stores `next` if the record of `id` still has the revision `expected`, or is absent and
    /// expected to be.
    fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &Self::Record,
    ) -> impl Future<Output = Result<Swap, Unavailable>> + Send;
}

impl<S: StateStore<Record: Send> + Sync + ?Sized> AsyncStateStore for S {
    type Record = S::Record;

    fn load_async(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<Stored<Self::Record>>, Unavailable>> + Send {
        ready(self.load(id))
    }

    fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &Self::Record,
    ) -> impl Future<Output = Result<Swap, Unavailable>> + Send {
        ready(self.compare_and_set(id, expected, next))
    }
}

/// A future on the heap.
#[cfg(feature = "alloc")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The form of [`AsyncStateStore`] for trait objects: `Arc<dyn DynStateStore<Record = State>>`.
/// The object, in a box or an `Arc` too, is an [`AsyncStateStore`] again.
#[cfg(feature = "alloc")]
pub trait DynStateStore: Send + Sync {
    /// What is stored.
    type Record;

    /// The record of `id`, if there is one.
    fn load_boxed<'a>(
        &'a self,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Stored<Self::Record>>, Unavailable>>;

    /// Stores `next` if the record of `id` still has the revision `expected`, or is absent and
    /// expected to be.
    fn compare_and_set_boxed<'a>(
        &'a self,
        id: &'a str,
        expected: Revision,
        next: &'a Self::Record,
    ) -> BoxFuture<'a, Result<Swap, Unavailable>>;
}

#[cfg(feature = "alloc")]
impl<S: AsyncStateStore + Send + Sync> DynStateStore for S {
    type Record = S::Record;

    fn load_boxed<'a>(
        &'a self,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Stored<Self::Record>>, Unavailable>> {
        Box::pin(self.load_async(id))
    }

    fn compare_and_set_boxed<'a>(
        &'a self,
        id: &'a str,
        expected: Revision,
        next: &'a Self::Record,
    ) -> BoxFuture<'a, Result<Swap, Unavailable>> {
        Box::pin(self.compare_and_set_async(id, expected, next))
    }
}

#[cfg(feature = "alloc")]
impl<R: Sync> AsyncStateStore for dyn DynStateStore<Record = R> + '_ {
    type Record = R;

    async fn load_async(&self, id: &str) -> Result<Option<Stored<R>>, Unavailable> {
        self.load_boxed(id).await
    }

    async fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &R,
    ) -> Result<Swap, Unavailable> {
        self.compare_and_set_boxed(id, expected, next).await
    }
}

#[cfg(feature = "alloc")]
impl<R: Sync> AsyncStateStore for Box<dyn DynStateStore<Record = R> + '_> {
    type Record = R;

    async fn load_async(&self, id: &str) -> Result<Option<Stored<R>>, Unavailable> {
        (**self).load_boxed(id).await
    }

    async fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &R,
    ) -> Result<Swap, Unavailable> {
        (**self).compare_and_set_boxed(id, expected, next).await
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<R: Sync> AsyncStateStore for alloc::sync::Arc<dyn DynStateStore<Record = R> + '_> {
    type Record = R;

    async fn load_async(&self, id: &str) -> Result<Option<Stored<R>>, Unavailable> {
        (**self).load_boxed(id).await
    }

    async fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &R,
    ) -> Result<Swap, Unavailable> {
        (**self).compare_and_set_boxed(id, expected, next).await
    }
}
