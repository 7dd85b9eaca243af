//! Races on one store: however many come at once, one is let in, and no more are looked at than there
//! are tries.
#![cfg(feature = "std")]

mod common;

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use common::code;
use common::out_of_band::{at, codes, default, login, request};
use creance_totp::{
    Delivery, Destination, Dispatch, DynDelivery, DynStateStore, Error, MemoryStateStore, Message,
    OutOfBandPolicy, OutOfBandState, Revision, StateStore, Swap, Throttle, Undelivered, rand,
};

/// A store in which `123456` was sent for the login.
fn waiting(policy: OutOfBandPolicy) -> MemoryStateStore<OutOfBandState> {
    let store = MemoryStateStore::new();
    let codes = codes(policy);
    let issued = codes.issue(&OutOfBandState::new(), &login(), &code("123456"), at(0)).unwrap();
    let swap = store.compare_and_set("alice", Revision::ABSENT, issued.state()).unwrap();
    assert!(matches!(swap, Swap::Done(_)));
    store
}

/// What `count` threads get that type these codes at the same time.
fn all_at_once(
    policy: OutOfBandPolicy,
    store: &MemoryStateStore<OutOfBandState>,
    count: usize,
    typed: impl Fn(usize) -> &'static str + Sync,
) -> Vec<Result<(), Error>> {
    let start = Barrier::new(count);
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for thread in 0..count {
            let (start, outcomes, typed) = (&start, &outcomes, &typed);
            scope.spawn(move || {
                let codes = codes(policy);
                let code = code(typed(thread));
                start.wait();
                let outcome = codes.verify_stored(store, &login(), &code, at(1)).map(|_| ());
                outcomes.lock().unwrap().push(outcome);
            });
        }
    });
    outcomes.into_inner().unwrap()
}

#[test]
fn of_64_threads_with_the_code_exactly_one_is_let_in() {
    for _ in 0..20 {
        let policy = OutOfBandPolicy::default();
        let outcomes = all_at_once(policy, &waiting(policy), 64, |_| "123456");
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        for refusal in outcomes.iter().filter_map(|outcome| outcome.err()) {
            assert!(matches!(refusal, Error::Replayed | Error::TriesSpent), "{refusal}");
        }
    }
}

#[test]
fn of_200_guesses_at_most_the_limit_are_looked_at() {
    for tries in [3, 5] {
        let throttle = Throttle::new(100, 1, 1, 100).unwrap();
        let policy = OutOfBandPolicy::default().with_tries(tries).unwrap();
        for policy in [policy, policy.with_throttle(throttle)] {
            let outcomes = all_at_once(policy, &waiting(policy), 200, |_| "000000");
            let looked_at = outcomes.iter().filter(|outcome| **outcome == Err(Error::Mismatch));
            assert_eq!(looked_at.count(), usize::from(tries));
            assert!(outcomes.iter().all(Result::is_err));
        }
    }
}

#[test]
fn guesses_beside_the_code_let_one_in_at_most() {
    let policy = OutOfBandPolicy::default();
    for _ in 0..10 {
        let typed = |thread| if thread % 4 == 0 { "123456" } else { "000000" };
        let outcomes = all_at_once(policy, &waiting(policy), 64, typed);
        let looked_at =
            outcomes.iter().filter(|outcome| matches!(outcome, Ok(()) | Err(Error::Mismatch)));
        assert!(looked_at.count() <= usize::from(policy.tries()));
        assert!(outcomes.iter().filter(|outcome| outcome.is_ok()).count() <= 1);
    }
}

/// Counts what is sent.
#[derive(Default)]
struct Counting(AtomicUsize, Mutex<String>);

impl Delivery for Counting {
    fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
        self.0.fetch_add(1, SeqCst);
        message.code().expose().clone_into(&mut self.1.lock().unwrap());
        Ok(())
    }
}

#[test]
fn of_64_that_ask_for_a_message_at_once_one_gets_it() {
    let (codes, store, delivery) = (default(), MemoryStateStore::new(), Counting::default());
    let start = Barrier::new(64);
    thread::scope(|scope| {
        for thread in 0..64 {
            let (codes, store, delivery, start) = (&codes, &store, &delivery, &start);
            scope.spawn(move || {
                let id = format!("login {thread}");
                let phone = Destination::sms("+4915112345678").unwrap();
                let dispatch = Dispatch::new(request("alice", &id), phone, "Log in").unwrap();
                start.wait();
                let sent = codes.send_stored(store, delivery, &dispatch, &mut rand::rng(), at(0));
                let until = at(30);
                assert!(sent.is_ok() || sent == Err(Error::SendThrottled { until }));
            });
        }
    });
    assert_eq!(delivery.0.load(SeqCst), 1);
}

fn is_send<F: Future + Send>(future: F) -> F {
    future
}

/// The result of a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("nothing to wait for"),
    }
}

#[test]
fn across_the_network_it_is_the_same() {
    let codes = default();
    let store: Arc<dyn DynStateStore<Record = OutOfBandState>> = Arc::new(MemoryStateStore::new());
    let counting = Arc::new(Counting::default());
    let delivery: Arc<dyn DynDelivery> = counting.clone();
    let phone = Destination::sms("+4915112345678").unwrap();
    let dispatch = Dispatch::new(login(), phone, "Log in").unwrap();

    let mut rng = rand::rng();
    let sending = codes.send_stored_async(&*store, &*delivery, &dispatch, &mut rng, at(0));
    assert_eq!(ready(is_send(sending)).unwrap().sends_left(), 2);
    assert_eq!(counting.0.load(SeqCst), 1);

    let (received, request) = (code(&counting.1.lock().unwrap()), login());
    let verify = || codes.verify_stored_async(&*store, &request, &received, at(1));
    assert!(ready(is_send(verify())).is_ok());
    assert_eq!(ready(verify()).unwrap_err(), Error::Replayed);
}
