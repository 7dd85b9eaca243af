use core::cell::Cell;
use core::fmt;
use core::num::NonZeroU32;

use rand::CryptoRng;

use super::fingerprint::{Fingerprint, FingerprintKey, low_bits};
use super::terms::Terms;
use super::{Claim, Entry, Refusal, ReplayStore, Restart};
use crate::{UnixTime, Window};

/// Places in a line; the last line has those that are left over, too. A short line would fill up
/// earlier, and so would lines that overlap: a crowded one would crowd its neighbours.
const LINE: usize = 8;

/// A replay store of `N` places inside itself: no allocator, no `std`, no atomics.
///
/// Made for small servers and microcontrollers. A place takes 16 bytes; a claim looks at two lines
/// of 8 places each, so it takes the same time however full the store is. (Where `N` is no multiple
/// of 8, the last line has up to 7 places more.)
///
/// * A live entry is never given up. When both lines of a claim are taken by live entries the
///   answer is [`Refusal::Full`]. That was not seen in 5 million claims with half of `N` places
///   live, for any of 22 `N` from 2 to 4,096; at 60 % it meets one claim in 100,000, at 65 % one
///   in 5,000. So choose `N` as twice the number of messages accepted within the window. Up to 23
///   places all are used before one claim is refused.
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
/// let store = FixedStore::<512>::new(Window::new(60, 5), restart, &mut creance_sigv::rand::rng());
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
    /// How many lines there are, one at least: below 16 places they are all in one.
    const LINES: usize = if N < LINE { 1 } else { N / LINE };

    /// An empty store for timestamps within `window`.
    ///
    /// `rng` gives the 128 secret bits of the fingerprints' key and must be unpredictable: with a
    /// known key, nonces can be chosen that crowd two lines. Any window is served; one longer than
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

    /// Looks at both lines and counts free places on the way: the line with more takes the entry.
    fn claim_slot(&self, entry: &Entry<'_>, mark: UnixTime) -> Claim {
        let fingerprint = self.key.entry(entry);
        let slot = Slot::new(fingerprint, self.clock.time(entry.timestamp()));
        let mut best: Option<(usize, &Cell<Option<Slot>>)> = None;
        for index in choices(fingerprint, Self::LINES) {
            let (mut free, mut last) = (0, None);
            for place in self.line(index) {
                match place.get() {
                    Some(held) if held == slot => return Claim::Replay,
                    held if self.is_live(held, mark) => {}
                    _ => (free, last) = (free + 1, Some(place)),
                }
            }
            if let Some(place) = last
                && best.is_none_or(|(most, _)| free > most)
            {
                best = Some((free, place));
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

    /// The line `index` of [`Self::LINES`].
    fn line(&self, index: usize) -> &[Cell<Option<Slot>>] {
        let start = index.saturating_mul(LINE);
        let end = if index + 1 < Self::LINES { start.saturating_add(LINE) } else { N };
        self.slots.get(start..end).unwrap_or_default()
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

/// The two lines that an entry may be in, of `lines`; different ones if there are two.
///
/// Both from the 32 bits that are not stored: one from the bits as they are, the other from their
/// product with an odd number, which spreads what the first one left over.
fn choices(fingerprint: Fingerprint, lines: usize) -> [usize; 2] {
    let [_, bits] = halves(fingerprint.place());
    let lines = u32::try_from(lines).unwrap_or(u32::MAX);
    let pick = |bits: u32, of: u32| (u64::from(bits) * u64::from(of)) >> 32;
    let first = pick(bits, lines);
    let further = 1 + pick(bits.wrapping_mul(0x9e37_79b1), lines - 1);
    [first, (first + further) % u64::from(lines)].map(low_bits)
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
    fn every_place_is_in_one_line() {
        fn check<const N: usize>() {
            let restart = Restart::DangerousNoBarrier;
            let store = FixedStore::<N>::new(Window::new(60, 5), restart, &mut rand::rng());
            let mut places = (0..FixedStore::<N>::LINES).flat_map(|index| store.line(index));
            for slot in &store.slots {
                assert!(places.next().is_some_and(|place| core::ptr::eq(place, slot)), "{N}");
            }
            assert!(places.next().is_none(), "{N}");
        }
        check::<0>();
        check::<1>();
        check::<7>();
        check::<8>();
        check::<15>();
        check::<16>();
        check::<17>();
        check::<100>();
    }

    #[test]
    fn two_lines_are_chosen_where_there_are_two() {
        let Ok(key) = FingerprintKey::random(&mut rand::rng());
        for lines in 1..20 {
            let mut chosen = [0; 20];
            for nonce in 0..1_000u32 {
                let nonce = nonce.to_le_bytes();
                let entry = Entry::new(b"a", &nonce, UnixTime::from_secs(1));
                let [first, second] = choices(key.entry(&entry), lines);
                assert_eq!(first == second, lines == 1);
                chosen[first] += 1;
                chosen[second] += 1;
            }
            assert!(chosen[..lines].iter().all(|times| *times > 0));
            assert_eq!(chosen.iter().sum::<i32>(), chosen[..lines].iter().sum());
        }
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
