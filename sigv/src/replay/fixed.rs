use core::cell::Cell;
use core::fmt;
use core::num::NonZeroU32;

use rand::CryptoRng;

use super::fingerprint::{Fingerprint, FingerprintKey, low_bits};
use super::terms::Terms;
use super::{Claim, Entry, Refusal, ReplayStore, Restart};
use crate::{UnixTime, Window};

/// Slots in a row that one choice looks at.
const RUN: usize = 8;

/// A replay store of `N` places inside itself: no allocator, no `std`, no atomics.
///
/// Made for small servers and microcontrollers. A place takes 16 bytes; a claim looks at two runs
/// of at most 8 places each, so it takes the same time however full the store is.
///
/// * A live entry is never given up. When both runs of a claim are taken by live entries the
///   answer is [`Refusal::Full`]; with random nonces that is not seen below about two thirds of
///   `N`. Choose `N` as twice the number of messages accepted within the window.
/// * A place is used again once its entry has left the window.
/// * There is no quota per credential: one client that may send can fill the store.
/// * Time is judged by the latest `now` the store was asked with, see [`Refusal::ClockBehind`].
///
/// # Sharing
///
/// The store is `Send` but not `Sync`: its places are [`Cell`]s, so that it works where there is
/// no compare-and-swap. Share it behind what the platform has, a mutex or a critical section
/// (`critical_section::Mutex<FixedStore<N>>`), held for the whole of a claim.
///
/// ```
/// use creance_sigv::replay::{Claim, Entry, FixedStore, ReplayStore, Restart};
/// use creance_sigv::{UnixTime, Window};
///
/// let now = UnixTime::from_secs(1_000);
/// let restart = Restart::Barrier { started: UnixTime::from_secs(900) };
/// let store = FixedStore::<512>::new(Window::new(60, 5), restart, &mut rand::rng());
///
/// let entry = Entry::new(b"door-7", b"j4h3g2", now);
/// assert_eq!(store.claim(&entry, now), Claim::New);
/// assert_eq!(store.claim(&entry, now), Claim::Replay);
/// ```
pub struct FixedStore<const N: usize> {
    key: FingerprintKey,
    terms: Terms,
    clock: Clock,
    mark: Cell<UnixTime>,
    slots: [Cell<Option<Slot>>; N],
}

impl<const N: usize> FixedStore<N> {
    /// An empty store for timestamps within `window`.
    ///
    /// `rng` gives the 128 secret bits of the fingerprints' key and must be unpredictable: with a
    /// known key, nonces can be chosen that crowd two runs. Any window is served; one longer than
    /// 2^31 s (68 years) is kept in coarser steps. A store of no places refuses everything.
    #[must_use]
    pub fn new<R: CryptoRng + ?Sized>(window: Window, restart: Restart, rng: &mut R) -> Self {
        let Ok(key) = FingerprintKey::random(rng);
        Self {
            key,
            terms: Terms::new(window, restart),
            clock: Clock::new(window),
            mark: Cell::new(UnixTime::default()),
            slots: [const { Cell::new(None) }; N],
        }
    }

    /// How many entries, 0 to `N`, are still remembered at `now`. Looks at every place.
    #[must_use]
    pub fn live(&self, now: UnixTime) -> usize {
        let mark = self.mark.get().max(now);
        self.slots.iter().filter(|slot| self.is_live(slot.get(), mark)).count()
    }

    fn is_live(&self, slot: Option<Slot>, mark: UnixTime) -> bool {
        slot.is_some_and(|slot| self.clock.is_live(slot.time, mark))
    }

    /// Looks at both runs; on the way counts who is live, for the emptier run takes the newcomer.
    fn claim_slot(&self, entry: &Entry<'_>, mark: UnixTime) -> Claim {
        let fingerprint = self.key.entry(entry);
        let slot = Slot::new(fingerprint, self.clock.time(entry.timestamp()));
        let mut best: Option<(usize, &Cell<Option<Slot>>)> = None;
        for start in starts(fingerprint, N) {
            let (mut live, mut free) = (0, None);
            for place in self.run(start) {
                match place.get() {
                    Some(held) if held == slot => return Claim::Replay,
                    held if self.is_live(held, mark) => live += 1,
                    _ => free = free.or(Some(place)),
                }
            }
            if let Some(free) = free
                && best.is_none_or(|(least, _)| live < least)
            {
                best = Some((live, free));
            }
        }
        match best {
            Some((_, place)) => {
                place.set(Some(slot));
                Claim::New
            }
            None => Claim::Unknown(Refusal::Full),
        }
    }

    /// The run from `start` on, over the end to the beginning.
    fn run(&self, start: usize) -> impl Iterator<Item = &Cell<Option<Slot>>> {
        let (before, from) = self.slots.split_at(start.min(N));
        from.iter().chain(before).take(RUN)
    }
}

impl<const N: usize> ReplayStore for FixedStore<N> {
    fn claim(&self, entry: &Entry<'_>, now: UnixTime) -> Claim {
        let mark = self.mark.get().max(now);
        self.mark.set(mark);
        match self.terms.admit(entry.timestamp(), now, mark) {
            Ok(()) => self.claim_slot(entry, mark),
            Err(refusal) => Claim::Unknown(refusal),
        }
    }
}

/// Neither the key nor the entries.
impl<const N: usize> fmt::Debug for FixedStore<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedStore")
            .field("places", &N)
            .field("window", &self.terms.window())
            .field("mark", &self.mark.get())
            .finish_non_exhaustive()
    }
}

/// Where the two runs begin, below `places`.
///
/// Both from the 32 bits that are not stored: one from the bits as they are, the other from their
/// product with an odd number, which spreads what the first one left over.
fn starts(fingerprint: Fingerprint, places: usize) -> [usize; 2] {
    let [_, bits] = halves(fingerprint.place());
    let places = u32::try_from(places).unwrap_or(u32::MAX);
    [bits, bits.wrapping_mul(0x9e37_79b1)]
        .map(|bits| low_bits((u64::from(bits) * u64::from(places)) >> 32))
}

/// 16 bytes: 96 bits of fingerprint and the short time.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot {
    tag: NonZeroU32,
    more: [u32; 2],
    time: u32,
}

impl Slot {
    fn new(fingerprint: Fingerprint, time: u32) -> Self {
        let [low, high] = halves(fingerprint.stored().get());
        let [more, _] = halves(fingerprint.place());
        // Zero stands for an empty place.
        let tag = NonZeroU32::new(low).unwrap_or(NonZeroU32::MIN);
        Self { tag, more: [high, more], time }
    }
}

/// The low and the high half of a word.
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
const fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// Timestamps in 32 bits: the low bits of their number of steps.
///
/// A step is a second, or for windows beyond 2^31 s the shortest power of two that lets the window
/// fit. What is live is then never mistaken for expired. What expired may look live again when 32
/// bits have run around, and takes up its place for one window more.
#[derive(Clone, Copy)]
struct Clock {
    past: u64,
    shift: u32,
    steps: u32,
}

impl Clock {
    const fn new(window: Window) -> Self {
        let seconds = window.past().saturating_add(window.future());
        let shift = (u64::BITS - seconds.leading_zeros()).saturating_sub(31);
        // One step more than the seconds fill: the window may begin in the middle of a step.
        let [steps, _] = halves((seconds >> shift) + 1);
        Self { past: window.past(), shift, steps }
    }

    const fn time(self, timestamp: UnixTime) -> u32 {
        halves(timestamp.as_secs() >> self.shift)[0]
    }

    const fn is_live(self, time: u32, mark: UnixTime) -> bool {
        let oldest = self.time(mark.saturating_sub(self.past));
        time.wrapping_sub(oldest) <= self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_takes_sixteen_bytes() {
        assert_eq!(size_of::<Cell<Option<Slot>>>(), 16);
    }

    #[test]
    fn short_times_never_expire_early() {
        let ends = [0, 1, 60, u64::from(u32::MAX), 1 << 40, u64::MAX / 2, u64::MAX - 1, u64::MAX];
        for past in ends {
            for future in ends {
                let clock = Clock::new(Window::new(past, future));
                for mark in ends.map(UnixTime::from_secs) {
                    let oldest = mark.saturating_sub(past);
                    let latest = mark.saturating_add(future);
                    assert!(clock.is_live(clock.time(oldest), mark));
                    assert!(clock.is_live(clock.time(mark), mark));
                    assert!(clock.is_live(clock.time(latest), mark));
                }
            }
        }
    }

    #[test]
    fn the_second_before_the_window_is_expired() {
        let clock = Clock::new(Window::new(60, 60));
        let mark = UnixTime::from_secs(5_000_000_000);
        assert!(!clock.is_live(clock.time(mark.saturating_sub(61)), mark));
    }
}
