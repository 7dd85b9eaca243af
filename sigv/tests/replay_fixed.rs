//! `FixedStore`: what it promises, one promise a test.
#![cfg(feature = "std")]

use creance_sigv::replay::{Claim, Entry, FixedStore, Refusal, ReplayStore, Restart};
use creance_sigv::{UnixTime, Window};

const T: u64 = 1_700_000_000;

const fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs)
}

fn store<const N: usize>(past: u64, future: u64) -> FixedStore<N> {
    FixedStore::new(Window::new(past, future), Restart::DangerousNoBarrier, &mut rand::rng())
}

fn claim<const N: usize>(store: &FixedStore<N>, nonce: u64, timestamp: u64, now: u64) -> Claim {
    store.claim(&Entry::new(b"a", &nonce.to_le_bytes(), at(timestamp)), at(now))
}

#[test]
fn a_place_takes_sixteen_bytes() {
    let overhead = size_of::<FixedStore<0>>();
    assert!(overhead <= 96, "{overhead}");
    assert_eq!(size_of::<FixedStore<1024>>(), overhead + 1024 * 16);
}

#[test]
fn no_places_refuse_everything() {
    let store = store::<0>(60, 5);
    assert_eq!(claim(&store, 1, T, T), Claim::Unknown(Refusal::Full));
    assert_eq!(claim(&store, 1, T - 61, T), Claim::Unknown(Refusal::OutsideWindow));
    assert_eq!(store.live(at(T)), 0);
}

#[test]
fn credential_nonce_and_timestamp_each_make_another_entry() {
    let store = store::<64>(60, 5);
    let claim = |credential: &[u8], nonce: &[u8], timestamp| {
        store.claim(&Entry::new(credential, nonce, at(timestamp)), at(T))
    };
    assert_eq!(claim(b"ab", b"c", T), Claim::New);
    assert_eq!(claim(b"ab", b"c", T), Claim::Replay);
    assert_eq!(claim(b"a", b"bc", T), Claim::New);
    assert_eq!(claim(b"ab", b"c", T + 1), Claim::New);
}

#[test]
fn few_places_are_all_used_none_is_given_up_and_all_come_back() {
    let store = store::<8>(60, 5);
    for round in 0..50 {
        let now = T + round * 61;
        for nonce in 0..8 {
            assert_eq!(claim(&store, nonce, now, now), Claim::New);
        }
        assert_eq!(store.live(at(now)), 8);
        assert_eq!(claim(&store, 8, now, now), Claim::Unknown(Refusal::Full));
        for nonce in 0..8 {
            assert_eq!(claim(&store, nonce, now, now + 60), Claim::Replay);
        }
        assert_eq!(claim(&store, 8, now + 60, now + 60), Claim::Unknown(Refusal::Full));
        assert_eq!(store.live(at(now + 61)), 0);
    }
}

#[test]
fn up_to_23_places_all_are_used() {
    fn fill<const N: usize>() {
        for _ in 0..100 {
            let store = store::<N>(60, 5);
            for nonce in 0..N as u64 {
                assert_eq!(claim(&store, nonce, T, T), Claim::New, "{N}");
            }
            assert_eq!(claim(&store, u64::MAX, T, T), Claim::Unknown(Refusal::Full), "{N}");
            assert!((0..N as u64).all(|nonce| claim(&store, nonce, T, T) == Claim::Replay), "{N}");
        }
    }
    fill::<0>();
    fill::<1>();
    fill::<7>();
    fill::<9>();
    fill::<15>();
    fill::<16>();
    fill::<17>();
    fill::<20>();
    fill::<23>();
}

#[test]
fn half_full_it_never_refuses_whether_lines_are_whole_or_not() {
    fn churn<const N: usize>() {
        let live = N as u64 / 2;
        for _ in 0..20 {
            let store = store::<N>(live - 1, 0);
            for second in T..T + 20 * live {
                assert_eq!(claim(&store, 1, second, second), Claim::New, "{N}");
            }
            assert_eq!(store.live(at(T + 20 * live - 1)) as u64, live);
        }
    }
    churn::<2>();
    churn::<17>();
    churn::<20>();
    churn::<31>();
    churn::<32>();
    churn::<100>();
    churn::<129>();
}

#[test]
fn half_full_at_all_times_it_never_refuses() {
    let store = store::<4096>(60, 0);
    for second in 0..2_000 {
        for nonce in 0..2048 / 61 {
            assert_eq!(claim(&store, nonce, T + second, T + second), Claim::New);
        }
    }
    assert_eq!(store.live(at(T + 1_999)), 2048 / 61 * 61);
}

#[test]
fn filled_at_once_it_takes_at_least_three_fifths() {
    for _ in 0..20 {
        let store = store::<4096>(60, 0);
        let first = (0..=4096).find(|nonce| claim(&store, *nonce, T, T) != Claim::New);
        assert!(first.unwrap() > 4096 * 3 / 5, "{first:?}");
    }
}

#[test]
fn a_step_forward_that_is_undone_lets_no_replay_through() {
    let store = store::<64>(60, 5);
    assert_eq!(claim(&store, 1, T, T), Claim::New);
    assert_eq!(claim(&store, 1, T, T - 1), Claim::Replay);
    assert_eq!(claim(&store, 2, T, T - 1), Claim::New);
    assert_eq!(claim(&store, 3, T + 3_600, T + 3_600), Claim::New);
    let behind = Claim::Unknown(Refusal::ClockBehind { mark: at(T + 3_600) });
    assert_eq!(claim(&store, 1, T, T), behind);
    assert_eq!(claim(&store, 9, T + 5, T + 5), behind);
}

#[test]
fn the_barrier_ends_one_second_after_what_the_future_allows() {
    let restart = Restart::Barrier { started: at(T) };
    let store = FixedStore::<64>::new(Window::new(60, 5), restart, &mut rand::rng());
    let until = at(T + 5);
    for timestamp in T - 10..=T + 5 {
        let refused = Claim::Unknown(Refusal::Restarted { until });
        assert_eq!(claim(&store, timestamp, timestamp, T), refused);
    }
    assert_eq!(claim(&store, 1, T + 6, T + 1), Claim::New);
}

#[test]
fn the_ends_of_time_neither_panic_nor_forget() {
    let ends = [0, 1, 59, 1 << 31, 1 << 32, 1 << 63, u64::MAX - 60, u64::MAX - 1, u64::MAX];
    for past in ends {
        for future in ends {
            let store = store::<256>(past, future);
            let mut accepted = Vec::new();
            for now in ends {
                for timestamp in ends {
                    let answer = claim(&store, 1, timestamp, now);
                    assert_ne!(claim(&store, 1, timestamp, now), Claim::New);
                    if answer == Claim::New {
                        assert!(!accepted.contains(&timestamp));
                        accepted.push(timestamp);
                    }
                    let _ = store.live(at(timestamp));
                }
            }
        }
    }
}

#[test]
fn it_can_be_sent_and_debug_shows_no_entry() {
    fn send<T: Send>(_: &T) {}
    let store = store::<16>(60, 5);
    send(&store);
    assert_eq!(claim(&store, 1, T, T), Claim::New);
    assert_eq!(
        format!("{store:?}"),
        "FixedStore { places: 16, window: Window { past: 60, future: 5 }, \
         mark: UnixTime(1700000000), .. }"
    );
}
