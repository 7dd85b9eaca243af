//! The stores against a model that remembers for ever.
#![cfg(feature = "std")]

use std::collections::{HashMap, HashSet};

use creance_sigv::replay::{Claim, Entry, FixedStore, MemoryStore, Refusal, ReplayStore, Restart};
use creance_sigv::{UnixTime, Window};
use proptest::prelude::*;

/// One claim: the clock's step before it, who, which nonce, and the timestamp's distance to now.
#[derive(Clone, Debug)]
struct Step {
    clock: i64,
    credential: u8,
    nonce: u8,
    offset: i64,
}

fn clock() -> impl Strategy<Value = i64> {
    prop_oneof![
        20 => Just(0),
        10 => 0..3i64,
        4 => -3..3i64,
        2 => -200..200i64,
        1 => -100_000..100_000i64,
    ]
}

fn step(clock: impl Strategy<Value = i64>) -> impl Strategy<Value = Step> {
    (clock, 0..3u8, 0..6u8, prop_oneof![8 => -12..12i64, 2 => -150..150i64])
        .prop_map(|(clock, credential, nonce, offset)| Step { clock, credential, nonce, offset })
}

fn side() -> impl Strategy<Value = u64> {
    prop_oneof![0..12u64, 50..70u64, 100..400u64, Just(u64::MAX)]
}

fn start() -> impl Strategy<Value = u64> {
    prop_oneof![0..200u64, Just(1_700_000_000u64), u64::MAX - 200..=u64::MAX]
}

/// What was claimed, and the answer.
struct Answer {
    who: (u8, u8, u64),
    now: u64,
    claim: Claim,
}

fn drive<'a>(
    store: &'a dyn ReplayStore,
    start: u64,
    steps: &'a [Step],
) -> impl Iterator<Item = Answer> + 'a {
    let mut now = start;
    steps.iter().map(move |step| {
        now = now.saturating_add_signed(step.clock);
        let timestamp = now.saturating_add_signed(step.offset);
        let (credential, nonce) = ([step.credential], [step.nonce]);
        let entry = Entry::new(&credential, &nonce, UnixTime::from_secs(timestamp));
        let claim = store.claim(&entry, UnixTime::from_secs(now));
        Answer { who: (step.credential, step.nonce, timestamp), now, claim }
    })
}

/// Nothing is new twice, and what is called a replay was accepted before.
fn never_twice(store: &dyn ReplayStore, start: u64, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut accepted = HashSet::new();
    for Answer { who, claim, .. } in drive(store, start, steps) {
        match claim {
            Claim::New => prop_assert!(accepted.insert(who), "{who:?} was accepted twice"),
            Claim::Replay => prop_assert!(accepted.contains(&who), "{who:?} is no replay"),
            Claim::Unknown(_) => {}
        }
    }
    Ok(())
}

/// Within the window of the latest time, every answer is exact, and no other is refused wrongly.
fn exact(
    store: &dyn ReplayStore,
    window: Window,
    start: u64,
    steps: &[Step],
) -> Result<(), TestCaseError> {
    let mut accepted = HashSet::new();
    let mut mark = UnixTime::default();
    for Answer { who, now, claim } in drive(store, start, steps) {
        mark = mark.max(UnixTime::from_secs(now));
        let expected = if window.check(UnixTime::from_secs(who.2), mark).is_ok() {
            if accepted.insert(who) { Claim::New } else { Claim::Replay }
        } else if mark > UnixTime::from_secs(now) {
            Claim::Unknown(Refusal::ClockBehind { mark })
        } else {
            Claim::Unknown(Refusal::OutsideWindow)
        };
        prop_assert_eq!(claim, expected);
    }
    Ok(())
}

fn memory(window: Window, capacity: usize, quota: Option<usize>) -> MemoryStore {
    let builder = MemoryStore::builder(window, Restart::DangerousNoBarrier).capacity(capacity);
    match quota {
        Some(entries) => builder.quota(entries),
        None => builder.without_quota(),
    }
    .build()
    .unwrap()
}

fn fixed<const N: usize>(window: Window) -> FixedStore<N> {
    FixedStore::new(window, Restart::DangerousNoBarrier, &mut rand::rng())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn memory_never_accepts_twice(
        (past, future, start) in (side(), side(), start()),
        capacity in prop_oneof![0..20usize, Just(1_000)],
        quota in prop_oneof![Just(None), (0..9usize).prop_map(Some)],
        steps in prop::collection::vec(step(clock()), 1..300),
    ) {
        let store = memory(Window::new(past, future), capacity, quota);
        never_twice(&store, start, &steps)?;
    }

    #[test]
    fn memory_with_room_is_exact_under_every_step_of_the_clock(
        (past, future, start) in (side(), side(), start()),
        steps in prop::collection::vec(step(clock()), 1..300),
    ) {
        let window = Window::new(past, future);
        exact(&memory(window, 20_000, None), window, start, &steps)?;
    }

    #[test]
    fn memory_with_room_accepts_whatever_is_fresh_and_new_while_the_clock_goes_forward(
        (past, future, start) in (side(), side(), start()),
        steps in prop::collection::vec(step(0..40i64), 1..300),
    ) {
        let window = Window::new(past, future);
        let store = memory(window, 20_000, None);
        let mut seen = HashSet::new();
        for Answer { who, now, claim } in drive(&store, start, &steps) {
            let fresh = window.check(UnixTime::from_secs(who.2), UnixTime::from_secs(now)).is_ok();
            if fresh && seen.insert(who) {
                prop_assert_eq!(claim, Claim::New);
            }
        }
    }

    #[test]
    fn memory_never_passes_its_capacity_or_a_quota(
        (past, future) in (0..90u64, 0..90u64),
        (capacity, quota) in (1..40usize, 0..12usize),
        steps in prop::collection::vec(step(clock()), 1..300),
    ) {
        let window = Window::new(past, future);
        let store = memory(window, capacity, Some(quota));
        let mut live: HashMap<u8, Vec<u64>> = HashMap::new();
        let mut mark = 0;
        for Answer { who: (credential, _, timestamp), now, claim } in drive(&store, 5_000, &steps) {
            mark = mark.max(now);
            let oldest = mark.saturating_sub(past);
            for entries in live.values_mut() {
                entries.retain(|entry| *entry >= oldest);
            }
            if claim == Claim::New {
                live.entry(credential).or_default().push(timestamp);
            }
            let all: usize = live.values().map(Vec::len).sum();
            prop_assert!(all <= capacity);
            prop_assert_eq!(store.stats(UnixTime::from_secs(now)).live, all);
            if quota < capacity {
                prop_assert!(live.values().all(|entries| entries.len() <= quota));
            }
            if claim == Claim::Unknown(Refusal::Full) {
                prop_assert_eq!(all, capacity);
            }
        }
    }

    #[test]
    fn quota_is_given_back_a_seventh_of_the_window_after_expiry_at_the_latest(
        (past, future) in (0..90u64, 0..90u64),
        quota in 1..12usize,
        steps in prop::collection::vec(step(0..3i64), 1..300),
    ) {
        let window = Window::new(past, future);
        let store = memory(window, 1_000, Some(quota));
        let epoch = (past + future).div_ceil(7).max(1);
        let mut accepted: Vec<(u8, u64)> = Vec::new();
        for Answer { who: (credential, _, timestamp), now, claim } in drive(&store, 5_000, &steps) {
            // Three credentials in two rows of thousands of lines: no chance of sharing both.
            if claim == Claim::Unknown(Refusal::Quota) {
                let counted = accepted.iter().filter(|(owner, entry)| {
                    *owner == credential && *entry + past + epoch > now
                });
                prop_assert!(counted.count() >= quota);
            }
            if claim == Claim::New {
                accepted.push((credential, timestamp));
            }
        }
    }

    #[test]
    fn fixed_never_accepts_twice(
        (past, future, start) in (side(), side(), start()),
        steps in prop::collection::vec(step(clock()), 1..300),
    ) {
        let window = Window::new(past, future);
        never_twice(&fixed::<0>(window), start, &steps)?;
        never_twice(&fixed::<1>(window), start, &steps)?;
        never_twice(&fixed::<5>(window), start, &steps)?;
        never_twice(&fixed::<40>(window), start, &steps)?;
    }

    #[test]
    fn fixed_with_room_is_exact_under_every_step_of_the_clock(
        (past, future, start) in (side(), side(), start()),
        steps in prop::collection::vec(step(clock()), 1..300),
    ) {
        let window = Window::new(past, future);
        exact(&fixed::<1024>(window), window, start, &steps)?;
    }
}
