//! Races: of any number of claims of one entry, one is new.
#![cfg(feature = "std")]

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::thread;

use creance_sigv::replay::{Claim, Entry, MemoryStore, Refusal, ReplayStore, Restart};
use creance_sigv::{UnixTime, Window};

const T: u64 = 1_700_000_000;

const fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs)
}

fn store(capacity: usize, quota: usize) -> MemoryStore {
    MemoryStore::builder(Window::new(60, 5), Restart::DangerousNoBarrier)
        .capacity(capacity)
        .quota(quota)
        .build()
        .unwrap()
}

fn claim(store: &MemoryStore, credential: &str, nonce: u64, timestamp: u64, now: u64) -> Claim {
    let nonce = nonce.to_le_bytes();
    let entry = Entry::new(credential.as_bytes(), &nonce, at(timestamp));
    ReplayStore::claim(store, &entry, at(now))
}

#[test]
fn of_64_threads_exactly_one_wins_in_each_of_1000_rounds() {
    const ROUNDS: usize = 1_000;
    let store = store(1 << 16, 1 << 15);
    let start = Barrier::new(64);
    let won: Vec<AtomicUsize> = (0..ROUNDS).map(|_| AtomicUsize::new(0)).collect();
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                for (round, won) in won.iter().enumerate() {
                    let round = round as u64;
                    start.wait();
                    // The clock moves on between the rounds: buckets expire under the race.
                    let now = T + round / 3;
                    match claim(&store, "a", round, now, now) {
                        Claim::New => _ = won.fetch_add(1, SeqCst),
                        Claim::Replay => {}
                        Claim::Unknown(refusal) => panic!("{refusal}"),
                    }
                }
            });
        }
    });
    assert!(won.iter().all(|won| won.load(SeqCst) == 1));
}

#[test]
fn clocks_that_disagree_let_nothing_through_twice() {
    const NONCES: u64 = 30_000;
    let store = store(1 << 20, 1 << 19);
    let won: Vec<AtomicUsize> = (0..NONCES).map(|_| AtomicUsize::new(0)).collect();
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        for thread in 0..8u64 {
            let (store, won, next) = (&store, &won, &next);
            scope.spawn(move || {
                loop {
                    let step = next.fetch_add(1, SeqCst);
                    if step >= 8 * NONCES {
                        break;
                    }
                    // Each nonce comes eight times in a row, by threads whose clocks differ by
                    // more than the window.
                    let nonce = step / 8;
                    let timestamp = T + nonce / 100;
                    let now = timestamp + thread * 12;
                    if claim(store, "a", nonce, timestamp, now) == Claim::New {
                        won[usize::try_from(nonce).unwrap()].fetch_add(1, SeqCst);
                    }
                }
            });
        }
    });
    assert!(won.iter().all(|won| won.load(SeqCst) <= 1));
}

#[test]
fn a_quota_is_never_passed_however_claims_race() {
    const QUOTA: usize = 50;
    let store = store(1 << 16, QUOTA);
    let start = Barrier::new(16);
    for round in 0..40 {
        let accepted = AtomicUsize::new(0);
        let others = AtomicUsize::new(0);
        let now = T + round * 200;
        thread::scope(|scope| {
            for thread in 0..16u64 {
                let (store, start) = (&store, &start);
                let (accepted, others) = (&accepted, &others);
                scope.spawn(move || {
                    start.wait();
                    for nonce in 0..40 {
                        // Spread over the window, so that the race is between epochs, too.
                        let timestamp = now - nonce % 60;
                        match claim(store, "a", thread << 32 | nonce, timestamp, now) {
                            Claim::New => _ = accepted.fetch_add(1, SeqCst),
                            other => assert_eq!(other, Claim::Unknown(Refusal::Quota)),
                        }
                    }
                    let own = format!("client-{thread}");
                    if claim(store, &own, 0, now, now) == Claim::New {
                        others.fetch_add(1, SeqCst);
                    }
                });
            }
        });
        let accepted = accepted.into_inner();
        assert!(accepted <= QUOTA && accepted + 16 >= QUOTA, "{accepted}");
        assert_eq!(others.into_inner(), 16);
    }
}

#[test]
fn a_capacity_is_never_passed_however_claims_race() {
    let store = store(1_000, 1_000);
    let accepted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for thread in 0..8u64 {
            let (store, accepted) = (&store, &accepted);
            scope.spawn(move || {
                for nonce in 0..1_000 {
                    match claim(store, "a", thread << 32 | nonce, T, T) {
                        Claim::New => _ = accepted.fetch_add(1, SeqCst),
                        other => assert_eq!(other, Claim::Unknown(Refusal::Full)),
                    }
                }
            });
        }
    });
    assert_eq!(accepted.into_inner(), 1_000);
    assert_eq!(store.stats(at(T)).live, 1_000);
}
