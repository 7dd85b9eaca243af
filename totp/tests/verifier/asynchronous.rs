//! The asynchronous way, in every order in which two requests can reach the store.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use creance_totp::{
    AsyncStateStore, Attempt, DynStateStore, Error, MemoryStateStore, Revision, State, StateStore,
    Stored, Swap, Unavailable, Verifier,
};

use crate::account::{PAIR, start_of, totp, wrong_code};
use crate::stores::{enrolled, state_in};

/// A store across a network: a request is under way for one poll.
struct Remote(MemoryStateStore<State>);

/// The same, but what is asked for is done at once and the reply takes a poll.
struct Replying(MemoryStateStore<State>);

impl AsyncStateStore for Replying {
    type Record = State;

    async fn load_async(&self, id: &str) -> Result<Option<Stored<State>>, Unavailable> {
        let stored = self.0.load(id);
        under_way().await;
        stored
    }

    async fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &State,
    ) -> Result<Swap, Unavailable> {
        let swap = self.0.compare_and_set(id, expected, next);
        under_way().await;
        swap
    }
}

async fn under_way() {
    let mut is_sent = false;
    poll_fn(
        |_| if std::mem::replace(&mut is_sent, true) { Poll::Ready(()) } else { Poll::Pending },
    )
    .await;
}

impl AsyncStateStore for Remote {
    type Record = State;

    async fn load_async(&self, id: &str) -> Result<Option<Stored<State>>, Unavailable> {
        under_way().await;
        self.0.load(id)
    }

    async fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &State,
    ) -> Result<Swap, Unavailable> {
        under_way().await;
        self.0.compare_and_set(id, expected, next)
    }
}

type Verdict = Result<u64, Error>;

/// Polls both, by the bits of `order`, until both are done.
fn interleave(order: u32, futures: [Pin<&mut dyn Future<Output = Verdict>>; 2]) -> [Verdict; 2] {
    let mut context = Context::from_waker(Waker::noop());
    let mut futures = futures;
    let mut verdicts = [None, None];
    for turn in 0..200 {
        let which = usize::from(order >> (turn % 11) & 1 == 1);
        let which = if verdicts[which].is_none() { which } else { 1 - which };
        let Some(future) = verdicts[which].is_none().then(|| futures[which].as_mut()) else {
            break;
        };
        if let Poll::Ready(verdict) = future.poll(&mut context) {
            verdicts[which] = Some(verdict);
        }
    }
    verdicts.map(|verdict| verdict.expect("done"))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

async fn login<S>(store: &S, code: u64, present: u64) -> Verdict
where
    S: AsyncStateStore<Record = State> + ?Sized,
{
    let (otp, code) = (totp(), totp().code_at(code));
    let attempt = Attempt::login(&code, start_of(present));
    let verdict =
        Verifier::default().verify_stored_async(store, "alice", Some(&otp), &attempt).await;
    verdict.map(|accepted| accepted.counter())
}

#[test]
fn in_every_order_of_two_requests_one_is_let_in() {
    for order in 0..1 << 11 {
        let store = Remote(enrolled(State::active(0)));
        // The same code, and two times for which it is that of two steps.
        let futures = [login(&store, PAIR[0], PAIR[0]), login(&store, PAIR[1], PAIR[1])];
        let [one, other] = futures;
        let verdicts = interleave(order, [pin!(one), pin!(other)]);
        let accepted = verdicts.iter().filter(|verdict| verdict.is_ok()).count();
        assert_eq!(accepted, 1, "{order:b}: {verdicts:?}");
        assert!(verdicts.contains(&Err(Error::Replayed)), "{order:b}: {verdicts:?}");
        assert!(state_in(&store.0).last().is_some());
    }
}

#[test]
fn a_request_that_is_dropped_half_way_is_counted_or_spent() {
    for polls in 0..=4 {
        let store = Remote(enrolled(State::active(0)));
        drop_after(polls, login(&store, 1_000, 1_000));
        let failures = state_in(&store.0).attempts().failures();
        assert_eq!(failures, u32::from(polls >= 3), "after {polls}");
        assert_eq!(block_on(login(&store, 1_000, 1_000)), Ok(1_000));
    }
    // The store has done what was asked for, and its reply is what nobody waits for any more.
    for polls in 0..=4 {
        let store = Replying(enrolled(State::active(0)));
        drop_after(polls, login(&store, 1_000, 1_000));
        let failures = state_in(&store.0).attempts().failures();
        assert_eq!(failures, u32::from(matches!(polls, 2 | 3)), "after {polls}");
        let again = if polls < 4 { Ok(1_000) } else { Err(Error::Replayed) };
        assert_eq!(block_on(login(&store, 1_000, 1_000)), again, "after {polls}");
    }
}

/// Polls so many times, and gives up.
fn drop_after(polls: usize, future: impl Future<Output = Verdict>) {
    let mut future = pin!(future);
    for _ in 0..polls {
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
}

#[test]
fn a_boxed_store_is_a_store() {
    let store: Arc<dyn DynStateStore<Record = State>> =
        Arc::new(Remote(enrolled(State::active(0))));
    assert_eq!(block_on(login(&*store, 1_000, 1_000)), Ok(1_000));
    assert_eq!(block_on(login(&*store, 1_000, 1_000)), Err(Error::Replayed));
    // A store of the process is one as it is.
    let store: Box<dyn DynStateStore<Record = State>> = Box::new(enrolled(State::active(0)));
    assert_eq!(block_on(login(&*store, 1_000, 1_000)), Ok(1_000));
    let store = enrolled(State::active(0));
    assert_eq!(block_on(login(&store, 1_000, 1_000)), Ok(1_000));
    assert_eq!(block_on(login(&store, 1_000, 1_000)), Err(Error::Replayed));
}

#[test]
fn an_outage_lets_nobody_in() {
    struct Down;

    impl AsyncStateStore for Down {
        type Record = State;

        async fn load_async(&self, _: &str) -> Result<Option<Stored<State>>, Unavailable> {
            Err(Unavailable)
        }

        async fn compare_and_set_async(
            &self,
            _: &str,
            _: Revision,
            _: &State,
        ) -> Result<Swap, Unavailable> {
            Err(Unavailable)
        }
    }

    assert_eq!(block_on(login(&Down, 1_000, 1_000)), Err(Error::StoreUnavailable));
    let store: &dyn DynStateStore<Record = State> = &Down;
    assert_eq!(block_on(login(store, 1_000, 1_000)), Err(Error::StoreUnavailable));
}

/// A server spawns it on any thread.
#[test]
fn the_future_can_be_sent() {
    fn sent<T>(future: impl Future<Output = T> + Send) -> T {
        block_on(future)
    }

    let store = enrolled(State::active(0));
    let (otp, code) = (totp(), wrong_code(&totp(), 1_000));
    let attempt = Attempt::login(&code, start_of(1_000));
    let verifier = Verifier::default();
    let verdict = sent(verifier.verify_stored_async(&store, "alice", Some(&otp), &attempt));
    assert_eq!(verdict.unwrap_err(), Error::Mismatch);
    let remote = Remote(store);
    let verdict = sent(verifier.verify_stored_async(&remote, "alice", None, &attempt));
    assert_eq!(verdict.unwrap_err(), Error::NotEnrolled);
}
