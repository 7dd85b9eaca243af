//! The stores of a process: any sequence of claims and steps of the clock, against a list of what was
//! accepted.
//!
//! * Nothing is ever accepted twice, whatever the clock does.
//! * What lies outside the window around the latest time, or before the restart's barrier, is refused
//!   as that, and what was accepted is answered as a replay.
//! * Everything else is accepted, unless the store is full or the credential's share is used up; and
//!   neither is said before it is so.

use std::convert::Infallible;

use arbitrary::{Result, Unstructured};
use creance_sigv::rand::{TryCryptoRng, TryRng};
use creance_sigv::replay::{Claim, Entry, FixedStore, MemoryStore, Refusal, ReplayStore, Restart};
use creance_sigv::{UnixTime, Window};

/// Checks the properties above for what these bytes choose.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let _ = chosen(&mut Unstructured::new(data));
}

fn chosen(choices: &mut Unstructured<'_>) -> Result<()> {
    let ends = [0, 1, 5, 60, 127, 255, 300, 86_400, 1 << 33, u64::MAX];
    let window = Window::new(*choices.choose(&ends)?, *choices.choose(&ends)?);
    let mut now = *choices.choose(&[0, 50, 1_353_832_234, 1 << 32, u64::MAX - 100])?;
    let restart = if choices.ratio(1, 4)? {
        Restart::Barrier { started: UnixTime::from_secs(now) }
    } else {
        Restart::DangerousNoBarrier
    };
    let capacity = choices.int_in_range(0..=40)?;
    let quota = choices.int_in_range(0..=20)?;
    let quota = (quota < capacity && choices.arbitrary()?).then_some(quota);
    let mut stores = [
        Watched::memory(window, restart, capacity, quota),
        Watched::fixed::<4>(window, restart),
        Watched::fixed::<40>(window, restart),
    ];
    while !choices.is_empty() {
        now = step(now, choices)?;
        let timestamp = near(now, window, choices)?;
        let claimed = Claimed {
            credential: choices.int_in_range(0..=3)?,
            nonce: choices.int_in_range(0..=63)?,
            timestamp,
        };
        for store in &mut stores {
            store.claim(claimed, now);
        }
    }
    stores.iter().for_each(Watched::remembers);
    Ok(())
}

/// The clock: mostly on, at times far, at times back.
fn step(now: u64, choices: &mut Unstructured<'_>) -> Result<u64> {
    Ok(match choices.int_in_range(0..=15)? {
        0..=9 => now,
        10..=12 => now.saturating_add(choices.int_in_range(0..=3)?),
        13 => now.saturating_add(choices.arbitrary::<u16>()?.into()),
        14 => now.saturating_sub(choices.arbitrary::<u8>()?.into()),
        _ => choices.arbitrary()?,
    })
}

/// A timestamp in the window, or a little outside.
fn near(now: u64, window: Window, choices: &mut Unstructured<'_>) -> Result<u64> {
    let distance: u64 = choices.arbitrary::<u8>()?.into();
    Ok(match choices.int_in_range(0..=5)? {
        0 => now,
        1 => now.saturating_add(distance),
        2 => now.saturating_sub(window.past()).saturating_add(distance % 3).saturating_sub(1),
        3 => now.saturating_add(window.future()).saturating_add(distance % 3).saturating_sub(1),
        _ => now.saturating_sub(distance),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Claimed {
    credential: u8,
    nonce: u8,
    timestamp: u64,
}

/// A store with the list of what it accepted.
struct Watched {
    store: Box<dyn Store>,
    window: Window,
    barrier: Option<UnixTime>,
    limits: Limits,
    mark: UnixTime,
    accepted: Vec<Claimed>,
    /// The clock went so far, in one step or in several, that times kept in 32 bits may have run
    /// around: what is over may count as live then.
    leapt: bool,
}

/// When a store may say that it is full.
struct Limits {
    /// Live entries that it takes at least.
    capacity: usize,
    /// Live entries that it never has more of.
    most: usize,
    quota: Option<usize>,
    /// Seconds that an entry may count for longer than it is live.
    slack: u64,
    /// The same for the quota.
    quota_slack: u64,
}

/// A store, and how many entries it remembers.
trait Store: ReplayStore {
    fn live(&self, now: UnixTime) -> usize;
}

impl Store for MemoryStore {
    fn live(&self, now: UnixTime) -> usize {
        self.stats(now).live
    }
}

impl<const N: usize> Store for FixedStore<N> {
    fn live(&self, now: UnixTime) -> usize {
        FixedStore::live(self, now)
    }
}

impl Watched {
    fn memory(window: Window, restart: Restart, capacity: usize, quota: Option<usize>) -> Self {
        let builder = MemoryStore::builder(window, restart).capacity(capacity);
        let builder = match quota {
            Some(entries) => builder.quota(entries),
            None => builder.without_quota(),
        };
        let Ok(store) = builder.build_with(&mut Sequence(1));
        let seconds = window.past().saturating_add(window.future());
        let slack = if seconds <= 255 { 0 } else { seconds / 100 };
        let quota_slack = (seconds / 7).saturating_add(1);
        let limits = Limits { capacity, most: capacity, quota, slack, quota_slack };
        Self::new(Box::new(store), window, restart, limits)
    }

    fn fixed<const N: usize>(window: Window, restart: Restart) -> Self {
        let store = FixedStore::<N>::new(window, restart, &mut Sequence(1));
        // A claim looks at two runs of eight, which may be one and the same.
        let capacity = N.min(8);
        // A window beyond 2^31 s is kept in coarser steps.
        let seconds = window.past().saturating_add(window.future());
        let slack = if seconds < 1 << 31 { 0 } else { seconds >> 30 };
        let limits = Limits { capacity, most: N, quota: None, slack, quota_slack: 0 };
        Self::new(Box::new(store), window, restart, limits)
    }

    fn new(store: Box<dyn Store>, window: Window, restart: Restart, limits: Limits) -> Self {
        let barrier = restart.refuses_until(window);
        let (mark, accepted) = (UnixTime::default(), Vec::new());
        Self { store, window, barrier, limits, mark, accepted, leapt: false }
    }

    fn claim(&mut self, claimed: Claimed, now: u64) {
        let now = UnixTime::from_secs(now);
        let later = self.mark.max(now);
        let is_first = self.accepted.is_empty();
        self.leapt |= !is_first && later.seconds_since(self.mark) > 1 << 31;
        let age = |held: &Claimed| later.seconds_since(UnixTime::from_secs(held.timestamp));
        self.leapt |= self.accepted.iter().any(|held| age(held) > 1 << 31);
        self.mark = later;

        let (credential, nonce) = ([claimed.credential], [claimed.nonce]);
        let timestamp = UnixTime::from_secs(claimed.timestamp);
        let answer = self.store.claim(&Entry::new(&credential, &nonce, timestamp), now);
        let expected = self.expected(claimed, timestamp, now);
        match (answer, expected) {
            (Claim::New, Claim::New) => self.accept(claimed),
            (Claim::Unknown(Refusal::Full), Claim::New) => self.may_be_full(),
            (Claim::Unknown(Refusal::Quota), Claim::New) => self.may_be_used_up(claimed.credential),
            (answer, expected) => assert_eq!(answer, expected, "{claimed:?} at {now}"),
        }
    }

    fn accept(&mut self, claimed: Claimed) {
        assert!(!self.accepted.contains(&claimed), "accepted twice");
        self.accepted.push(claimed);
        assert!(self.live(0).count() <= self.limits.most);
        if let Some(quota) = self.limits.quota {
            let own = |held: &&Claimed| held.credential == claimed.credential;
            assert!(self.live(0).filter(own).count() <= quota);
        }
    }

    /// The answer of a store without limits.
    fn expected(&self, claimed: Claimed, timestamp: UnixTime, now: UnixTime) -> Claim {
        let mark = self.mark;
        if self.window.check(timestamp, mark).is_err() {
            let behind = Refusal::ClockBehind { mark };
            Claim::Unknown(if now < mark { behind } else { Refusal::OutsideWindow })
        } else if let Some(until) = self.barrier.filter(|until| timestamp <= *until) {
            Claim::Unknown(Refusal::Restarted { until })
        } else if self.accepted.contains(&claimed) {
            Claim::Replay
        } else {
            Claim::New
        }
    }

    /// Entries accepted with a timestamp that is fresh at the mark, or was `slack` seconds ago.
    fn live(&self, slack: u64) -> impl Iterator<Item = &Claimed> {
        let oldest = self.mark.saturating_sub(self.window.past()).saturating_sub(slack);
        self.accepted.iter().filter(move |held| held.timestamp >= oldest.as_secs())
    }

    fn may_be_full(&self) {
        let live = self.live(self.limits.slack).count();
        assert!(live >= self.limits.capacity || self.leapt, "full with {live}");
    }

    fn may_be_used_up(&self, credential: u8) {
        let own = |held: &&Claimed| held.credential == credential;
        let counted = self.live(self.limits.quota_slack).filter(own).count();
        let is_used_up = self.limits.quota.is_some_and(|quota| counted >= quota);
        assert!(is_used_up || self.leapt, "{counted} counted");
    }

    /// The store's own count.
    fn remembers(&self) {
        let live = self.live(0).count();
        let held = self.store.live(self.mark);
        let late = self.live(self.limits.slack).count();
        assert!((live..=late).contains(&held) || self.leapt, "{held} held, {live} to {late} live");
    }
}

/// Keys that are the same in every run, so that what was found can be found again.
struct Sequence(u64);

impl TryRng for Sequence {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> core::result::Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> core::result::Result<u64, Infallible> {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        Ok(self.0 ^ self.0 >> 33)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> core::result::Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u64()?.to_be_bytes()[0];
        }
        Ok(())
    }
}

impl TryCryptoRng for Sequence {}
