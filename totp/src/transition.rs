//! How every decision reaches the store: load, decide, compare-and-set, and once more if somebody
//! else was faster.

use core::future::{Future, ready};
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use crate::{AsyncStateStore, Error, Revision, StateStore, Stored, Swap, Unavailable};

/// Tries before giving up. Each conflict means that somebody else got through, so among any number
/// of them some always get on.
const MOST_TRIES: usize = 200;

/// Decides about the record of `id` until the decision is stored. What `decide` was asked last
/// counts; if it refuses, nothing is stored.
pub(crate) async fn update<S: AsyncStateStore + ?Sized, T>(
    store: &S,
    id: &str,
    mut decide: impl FnMut(Option<&S::Record>) -> Result<(S::Record, T), Error>,
) -> Result<T, Error> {
    for _ in 0..MOST_TRIES {
        let stored = store.load_async(id).await?;
        let expected = stored.as_ref().map_or(Revision::ABSENT, |stored| stored.revision);
        let (next, answer) = decide(stored.as_ref().map(|stored| &stored.record))?;
        if let Swap::Done(_) = store.compare_and_set_async(id, expected, &next).await? {
            return Ok(answer);
        }
    }
    Err(Error::Contended)
}

/// Asks the store for what a wrong code asks it for after the first look-up, and changes nothing: on
/// the wire, too, a stranger looks like a user.
pub(crate) async fn pretend<S: AsyncStateStore + ?Sized>(
    store: &S,
    id: &str,
    record: &S::Record,
) -> Result<(), Error> {
    let _conflict = store.compare_and_set_async(id, Revision::NEVER, record).await?;
    store.load_async(id).await?;
    Ok(())
}

impl From<Unavailable> for Error {
    fn from(Unavailable: Unavailable) -> Self {
        Self::StoreUnavailable
    }
}

/// A store of the process as one whose futures are ready when they are made, so that there is one
/// way of a decision and not two.
pub(crate) struct Local<'a, S: ?Sized>(pub(crate) &'a S);

impl<S: StateStore<Record: Send> + ?Sized> AsyncStateStore for Local<'_, S> {
    type Record = S::Record;

    fn load_async(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<Stored<Self::Record>>, Unavailable>> + Send {
        ready(self.0.load(id))
    }

    fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &Self::Record,
    ) -> impl Future<Output = Result<Swap, Unavailable>> + Send {
        ready(self.0.compare_and_set(id, expected, next))
    }
}

/// The result of a future over a [`Local`] store, which never waits.
pub(crate) fn at_once<T, E: From<Error>>(
    future: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Error::StoreUnavailable.into()),
    }
}
