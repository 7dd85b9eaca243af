//! `MemoryStore`: what it promises, one promise a test.
#![cfg(feature = "std")]

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use creance_sigv::replay::{
    AsyncReplayStore, Claim, DynReplayStore, Entry, MemoryStore, MemoryStoreBuilder, Refusal,
    ReplayStore, Restart,
};
use creance_sigv::{Fault, UnixTime, Window};

const T: u64 = 1_700_000_000;

const fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs)
}

fn builder(past: u64, future: u64) -> MemoryStoreBuilder {
    MemoryStore::builder(Window::new(past, future), Restart::DangerousNoBarrier)
}

fn claim(store: &MemoryStore, credential: &str, nonce: u64, timestamp: u64, now: u64) -> Claim {
    let nonce = nonce.to_string();
    let entry = Entry::new(credential.as_bytes(), nonce.as_bytes(), at(timestamp));
    ReplayStore::claim(store, &entry, at(now))
}

#[test]
fn credential_nonce_and_timestamp_each_make_another_entry() {
    let store = builder(60, 60).build().unwrap();
    let claim = |credential: &str, nonce: &str, timestamp| {
        let entry = Entry::new(credential.as_bytes(), nonce.as_bytes(), at(timestamp));
        ReplayStore::claim(&store, &entry, at(T))
    };
    assert_eq!(claim("ab", "c", T), Claim::New);
    assert_eq!(claim("ab", "c", T), Claim::Replay);
    assert_eq!(claim("a", "bc", T), Claim::New);
    assert_eq!(claim("ab", "c", T + 1), Claim::New);
    assert_eq!(claim("ab", "c", T + 1), Claim::Replay);
    assert_eq!(claim("", "", T), Claim::New);
    assert_eq!(claim("", "", T), Claim::Replay);
}

#[test]
fn an_entry_is_remembered_to_the_last_second_of_its_window() {
    for (past, future) in [(0, 0), (0, 9), (9, 0), (60, 60), (3_600, 5), (86_400, 86_400)] {
        let store = builder(past, future).build().unwrap();
        assert_eq!(claim(&store, "a", 1, T + future, T), Claim::New);
        assert_eq!(claim(&store, "a", 1, T + future, T), Claim::Replay);
        let last = T + future + past;
        assert_eq!(claim(&store, "a", 1, T + future, last), Claim::Replay);
        assert_eq!(store.stats(at(last)).live, 1);
        assert_eq!(
            claim(&store, "a", 1, T + future, last + 1),
            Claim::Unknown(Refusal::OutsideWindow)
        );
    }
}

#[test]
fn a_full_store_refuses_evicts_nothing_and_recovers_by_expiry() {
    let store = builder(60, 5).capacity(1_000).without_quota().build().unwrap();
    for nonce in 0..1_000 {
        assert_eq!(claim(&store, "a", nonce, T, T), Claim::New);
    }
    for nonce in 1_000..1_100 {
        assert_eq!(claim(&store, "b", nonce, T + 1, T + 1), Claim::Unknown(Refusal::Full));
    }
    // All that was accepted is still known, down to the last second.
    for nonce in 0..1_000 {
        assert_eq!(claim(&store, "a", nonce, T, T + 60), Claim::Replay);
    }
    assert_eq!(claim(&store, "b", 1_000, T + 60, T + 60), Claim::Unknown(Refusal::Full));
    // A second later all of it is outside the window.
    for nonce in 1_000..2_000 {
        assert_eq!(claim(&store, "b", nonce, T + 61, T + 61), Claim::New);
    }
    let stats = store.stats(at(T + 61));
    assert_eq!((stats.live, stats.refused_full, stats.refused_quota), (1_000, 101, 0));
}

#[test]
fn a_sharded_store_fills_to_nine_tenths_and_never_beyond_its_capacity() {
    for capacity in [0, 1, 2, 4_095, 8_192, 20_001, 300_007] {
        let store = builder(60, 5).capacity(capacity).without_quota().build().unwrap();
        let first_refused =
            (0..=capacity as u64).find(|nonce| claim(&store, "a", *nonce, T, T) != Claim::New);
        let exact = if capacity < 8_192 { capacity } else { capacity / 10 * 9 };
        assert!(first_refused.unwrap() >= exact as u64, "{capacity}");
        for nonce in 0..2 * capacity as u64 {
            let _ = claim(&store, "b", nonce, T, T);
        }
        let live = store.stats(at(T)).live;
        assert_eq!(live, capacity, "every place is taken in the end");
    }
}

#[test]
fn a_used_up_quota_refuses_its_own_credential_only() {
    let store = builder(60, 5).capacity(10_000).quota(100).build().unwrap();
    for nonce in 0..100 {
        assert_eq!(claim(&store, "greedy", nonce, T, T), Claim::New);
    }
    let over = Claim::Unknown(Refusal::Quota);
    for nonce in 100..5_000 {
        assert_eq!(claim(&store, "greedy", nonce, T + nonce % 5, T), over);
    }
    for other in 0..500 {
        assert_eq!(claim(&store, &format!("other-{other}"), 1, T, T), Claim::New);
    }
    // A replay is called a replay even then.
    assert_eq!(claim(&store, "greedy", 0, T, T), Claim::Replay);
    assert_eq!(store.stats(at(T)).refused_quota, 4_900);
    assert_eq!(Refusal::Quota.fault(), Fault::Peer);
    // The promise: a seventh of the window late at most.
    assert_eq!(claim(&store, "greedy", 1, T + 61 + 10, T + 61 + 10), Claim::New);
}

#[test]
fn replays_and_refusals_use_up_no_quota() {
    let store = builder(60, 5).capacity(10_000).quota(10).build().unwrap();
    assert_eq!(claim(&store, "a", 0, T, T), Claim::New);
    for _ in 0..1_000 {
        assert_eq!(claim(&store, "a", 0, T, T), Claim::Replay);
        assert_eq!(claim(&store, "a", 1, T - 61, T), Claim::Unknown(Refusal::OutsideWindow));
    }
    for nonce in 1..10 {
        assert_eq!(claim(&store, "a", nonce, T, T), Claim::New);
    }
    for nonce in 10..1_000 {
        assert_eq!(claim(&store, "a", nonce, T, T), Claim::Unknown(Refusal::Quota));
    }
    for nonce in 100..110 {
        assert_eq!(claim(&store, "a", nonce, T + 80, T + 80), Claim::New);
    }
}

#[test]
fn claims_refused_as_full_use_up_no_quota() {
    let store = builder(0, 0).capacity(4).quota(3).build().unwrap();
    for (credential, nonce) in [("a", 1), ("b", 1), ("b", 2), ("c", 1)] {
        assert_eq!(claim(&store, credential, nonce, T, T), Claim::New);
    }
    for nonce in 2..100 {
        assert_eq!(claim(&store, "a", nonce, T, T), Claim::Unknown(Refusal::Full));
    }
    for nonce in 0..3 {
        assert_eq!(claim(&store, "a", nonce, T + 1, T + 1), Claim::New);
    }
    assert_eq!(claim(&store, "a", 3, T + 1, T + 1), Claim::Unknown(Refusal::Quota));
}

#[test]
fn the_default_quota_is_a_quarter_and_can_be_switched_off() {
    let accepted = |store: &MemoryStore| {
        (0..1_000).filter(|nonce| claim(store, "a", *nonce, T, T) == Claim::New).count()
    };
    let capacity = builder(60, 5).capacity(1_000);
    assert_eq!(accepted(&capacity.build().unwrap()), 250);
    assert_eq!(accepted(&capacity.quota(999).build().unwrap()), 999);
    assert_eq!(accepted(&capacity.quota(usize::MAX).build().unwrap()), 1_000);
    assert_eq!(accepted(&capacity.without_quota().build().unwrap()), 1_000);
    assert_eq!(accepted(&capacity.quota(0).build().unwrap()), 0);
    assert_eq!(accepted(&builder(60, 5).capacity(0).build().unwrap()), 0);
    assert_eq!(accepted(&builder(60, 5).capacity(1).build().unwrap()), 1);
}

#[test]
fn a_clock_a_little_behind_gets_exact_answers() {
    let store = builder(60, 5).build().unwrap();
    assert_eq!(claim(&store, "a", 1, T, T), Claim::New);
    // One second back: another thread's clock, or a leap second.
    assert_eq!(claim(&store, "a", 1, T, T - 1), Claim::Replay);
    assert_eq!(claim(&store, "a", 2, T, T - 1), Claim::New);
    assert_eq!(claim(&store, "a", 3, T - 60, T - 1), Claim::New);
    let behind = Claim::Unknown(Refusal::ClockBehind { mark: at(T) });
    assert_eq!(claim(&store, "a", 4, T - 61, T - 1), behind);
}

#[test]
fn a_step_forward_that_is_undone_lets_no_replay_through() {
    let store = builder(60, 5).build().unwrap();
    let mut nonces = 0..;
    for timestamp in T - 60..=T + 5 {
        assert_eq!(claim(&store, "a", timestamp, timestamp, T), Claim::New);
    }
    // An hour ahead: everything expires.
    let ahead = T + 3_600;
    assert_eq!(claim(&store, "b", nonces.next().unwrap(), ahead, ahead), Claim::New);
    assert_eq!(store.stats(at(ahead)).live, 1);
    // Back again. The verifier would call all of it fresh.
    let behind = Refusal::ClockBehind { mark: at(ahead) };
    for now in [T, T + 1, T + 30] {
        for timestamp in T - 60..=T + 5 {
            assert_eq!(claim(&store, "a", timestamp, timestamp, now), Claim::Unknown(behind));
        }
    }
    assert_eq!(behind.fault(), Fault::Outage);
    assert_eq!(
        behind.to_string(),
        format!("the clock is behind the replay store's mark of {ahead}")
    );
    assert_eq!(claim(&store, "b", nonces.next().unwrap(), ahead, ahead), Claim::New);
}

#[test]
fn a_barrier_refuses_all_that_the_process_before_may_have_accepted() {
    for (past, future) in [(60, 60), (60, 5), (60, 0), (0, 0)] {
        let window = Window::new(past, future);
        let before = MemoryStore::new(window, Restart::DangerousNoBarrier).unwrap();
        let mut accepted = Vec::new();
        for now in T - 100..=T {
            for timestamp in now.saturating_sub(past)..=now + future {
                let nonce = accepted.len() as u64;
                assert_eq!(claim(&before, "a", nonce, timestamp, now), Claim::New);
                accepted.push((nonce, timestamp));
            }
        }
        // Killed and started again within the same second.
        let restart = Restart::Barrier { started: at(T) };
        let after = MemoryStore::new(window, restart).unwrap();
        for now in T..=T + past + future + 2 {
            for (nonce, timestamp) in &accepted {
                let fresh = window.check(at(*timestamp), at(now)).is_ok();
                if fresh {
                    let until = at(T + future);
                    let refused = Claim::Unknown(Refusal::Restarted { until });
                    assert_eq!(claim(&after, "a", *nonce, *timestamp, now), refused);
                }
            }
        }
    }
}

#[test]
fn honest_messages_are_refused_for_one_second_more_than_the_future_allows() {
    let window = Window::new(60, 5);
    let store = MemoryStore::new(window, Restart::Barrier { started: at(T) }).unwrap();
    let refused = (T..).take_while(|now| claim(&store, "a", *now, *now, *now) != Claim::New);
    assert_eq!(refused.count(), 6);
    let until = at(T + 5);
    assert_eq!(
        Refusal::Restarted { until }.to_string(),
        "the replay store restarted; it can answer for timestamps after 1700000005"
    );
}

#[test]
fn the_ends_of_time_neither_panic_nor_forget() {
    let ends = [0, 1, 59, 1 << 31, 1 << 32, 1 << 63, u64::MAX - 60, u64::MAX - 1, u64::MAX];
    for past in ends {
        for future in ends {
            for started in [None, Some(0), Some(u64::MAX)] {
                let restart = started.map_or(Restart::DangerousNoBarrier, |started| {
                    Restart::Barrier { started: at(started) }
                });
                let window = Window::new(past, future);
                let store = MemoryStore::builder(window, restart).capacity(50_000).build().unwrap();
                let mut accepted = Vec::new();
                for now in ends {
                    for timestamp in ends {
                        let answer = claim(&store, "a", 1, timestamp, now);
                        let again = claim(&store, "a", 1, timestamp, now);
                        assert_ne!(again, Claim::New);
                        if answer == Claim::New {
                            assert!(!accepted.contains(&timestamp));
                            accepted.push(timestamp);
                        } else if started.is_none() && answer != Claim::Replay {
                            assert!(window.check(at(timestamp), at(now)).is_err());
                        }
                        let _ = store.stats(at(timestamp));
                    }
                }
            }
        }
    }
}

#[test]
fn huge_settings_cost_nothing() {
    let store = builder(u64::MAX, u64::MAX).capacity(usize::MAX).quota(1).build().unwrap();
    assert_eq!(claim(&store, "a", 1, 5, T), Claim::New);
    assert_eq!(claim(&store, "a", 2, 5, T), Claim::Unknown(Refusal::Quota));
    assert_eq!(claim(&store, "a", 1, 5, u64::MAX), Claim::Replay);
    assert!(store.stats(at(T)).bytes < 10 << 20);
}

#[test]
fn live_entries_are_counted_for_the_asked_time() {
    let store = builder(60, 60).build().unwrap();
    for second in 0..=120 {
        assert_eq!(claim(&store, "a", second, T - 60 + second, T), Claim::New);
    }
    for later in 0..=130u32 {
        let live = 121u32.saturating_sub(later);
        assert_eq!(store.stats(at(T + u64::from(later))).live, live as usize);
    }
    // Asking moves nothing: the mark is where the claims put it.
    let stats = store.stats(at(T));
    assert_eq!((stats.live, stats.mark, stats.capacity), (121, at(T), 1 << 20));
    assert_eq!(store.stats(UnixTime::MAX).live, 0);
    assert_eq!(claim(&store, "a", 0, T - 60, T), Claim::Replay);
}

#[test]
fn async_and_boxed_forms_give_the_same_answers() {
    fn ready<T>(future: impl Future<Output = T>) -> T {
        let mut context = Context::from_waker(Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("a store in memory never waits"),
        }
    }
    let memory = Arc::new(builder(60, 5).build().unwrap());
    let shared: Arc<dyn DynReplayStore> = memory.clone();
    let object: &(dyn ReplayStore + Sync) = &*memory;

    let entry = Entry::new(b"a", b"1", at(T));
    assert_eq!(ready(shared.claim_boxed(&entry, at(T))), Claim::New);
    assert_eq!(ready(AsyncReplayStore::claim_async(&*memory, &entry, at(T))), Claim::Replay);
    assert_eq!(ReplayStore::claim(object, &entry, at(T)), Claim::Replay);
    assert_eq!(ready(AsyncReplayStore::claim_async(object, &entry, at(T))), Claim::Replay);
    assert_eq!(ReplayStore::claim(&memory, &entry, at(T)), Claim::Replay);
}

#[test]
fn debug_output_has_settings_and_nothing_else() {
    let store = builder(60, 5).build().unwrap();
    assert_eq!(claim(&store, "credential-in-clear", 1, T, T), Claim::New);
    assert_eq!(
        format!("{store:?}"),
        "MemoryStore { window: Window { past: 60, future: 5 }, capacity: 1048576, \
         quota: Some(262144), mark: UnixTime(1700000000), .. }"
    );
}

#[test]
fn a_generator_that_cannot_fail_makes_a_store_that_cannot_fail() {
    let made: Result<MemoryStore, Infallible> = builder(60, 5).build_with(&mut rand::rng());
    let Ok(store) = made;
    assert_eq!(claim(&store, "a", 1, T, T), Claim::New);
}
