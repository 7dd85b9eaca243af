use core::ops::RangeInclusive;

use zeroize::Zeroize;

use crate::Key;
use crate::truncate::dynamic_truncation;

/// How many are computed at once.
const MOST: usize = 4;

/// The truncated MACs of counters, for a search that asks for those of a window one after the other,
/// and now and then for another one. What will be asked next is computed at the same time, which takes
/// far less of it: see [`Key::sign_counters`].
pub(crate) struct Ahead<'a> {
    key: &'a Key,
    /// What of the window is not computed yet.
    coming: RangeInclusive<u64>,
    /// Whether the next one asked for stands apart from the window.
    is_apart: bool,
    /// What is computed and not asked for yet: in these places, from `next` on.
    counters: [u64; MOST],
    values: [u32; MOST],
    next: usize,
    #[cfg(test)]
    groups: std::vec::Vec<usize>,
}

impl<'a> Ahead<'a> {
    /// For those of the window, one after the other.
    #[inline]
    pub(crate) const fn new(key: &'a Key, window: RangeInclusive<u64>) -> Self {
        Self {
            key,
            coming: window,
            is_apart: false,
            counters: [0; MOST],
            values: [0; MOST],
            next: MOST,
            #[cfg(test)]
            groups: std::vec::Vec::new(),
        }
    }

    /// For another one first, wherever it lies, and then those of the window. What is computed, and
    /// what of it at once, does not depend on which one that is.
    #[inline]
    pub(crate) const fn after_another(key: &'a Key, window: RangeInclusive<u64>) -> Self {
        let mut ahead = Self::new(key, window);
        ahead.is_apart = true;
        ahead
    }

    /// The truncated MAC of a counter (RFC 4226, 5.3).
    #[inline]
    pub(crate) fn value_of(&mut self, counter: u64) -> u32 {
        if self.counters.get(self.next) != Some(&counter) {
            self.compute(counter);
        }
        let value = self.values.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        value
    }

    #[inline]
    fn compute(&mut self, counter: u64) {
        let is_apart = core::mem::replace(&mut self.is_apart, false);
        if !is_apart && *self.coming.start() == counter {
            self.coming.next();
        }
        match [self.coming.next(), self.coming.next(), self.coming.next()] {
            [Some(second), Some(third), Some(fourth)] => {
                self.keep([counter, second, third, fourth]);
            }
            [Some(second), Some(third), None] => self.keep([counter, second, third]),
            [Some(second), ..] => self.keep([counter, second]),
            [None, ..] => self.keep([counter]),
        }
    }

    /// Computes these, into the last places.
    #[inline]
    fn keep<const N: usize>(&mut self, counters: [u64; N]) {
        let tags = self.key.sign_counters(&counters);
        self.next = MOST.saturating_sub(N);
        #[cfg(test)]
        self.groups.push(N);
        let places = self.counters.iter_mut().zip(&mut self.values).skip(self.next);
        for ((counter, value), (of, tag)) in places.zip(counters.iter().zip(&tags)) {
            *counter = *of;
            *value = dynamic_truncation(tag.expose());
        }
    }
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        self.values.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use creance_sigv::Algorithm;

    use super::*;

    fn key() -> Key {
        Key::allow_weak(Algorithm::Sha256, b"key").expect("a key")
    }

    fn check(window: RangeInclusive<u64>, asked: impl Iterator<Item = u64>) {
        let asked: std::vec::Vec<u64> = asked.collect();
        let key = key();
        let aheads = [Ahead::new, Ahead::after_another].map(|new| new(&key, window.clone()));
        for mut ahead in aheads {
            for &counter in &asked {
                let alone = dynamic_truncation(key.sign(&counter.to_be_bytes()).expose());
                assert_eq!(ahead.value_of(counter), alone, "{counter} of {window:?}");
            }
        }
    }

    /// A credential with a spent counter in the window must not take longer than another one.
    #[test]
    fn the_work_does_not_depend_on_the_one_before_the_window() {
        let key = key();
        for len in 0..12 {
            let window = 1_000..=1_000 + len;
            let all = usize::try_from(len).expect("few") + 2;
            for last in [0, 999, 1_000, 1_001, 1_002, 1_000 + len, 1_001 + len, u64::MAX] {
                let mut ahead = Ahead::after_another(&key, window.clone());
                [last].into_iter().chain(window.clone()).for_each(|counter| {
                    let _ = ahead.value_of(counter);
                });
                let mut groups = std::vec![MOST; all / MOST];
                groups.extend(Some(all % MOST).filter(|rest| *rest > 0));
                assert_eq!(ahead.groups, groups, "{last} before {window:?}");
            }
        }
    }

    #[test]
    fn a_window_alone_is_computed_once() {
        let key = key();
        for (len, groups) in [(1, &[1][..]), (2, &[2]), (4, &[4]), (7, &[4, 3]), (9, &[4, 4, 1])] {
            let mut ahead = Ahead::new(&key, 7..=6 + len);
            (7..=6 + len).for_each(|counter| {
                let _ = ahead.value_of(counter);
            });
            assert_eq!(ahead.groups, groups, "{len}");
        }
    }

    #[test]
    fn whatever_is_asked_is_what_it_is_alone() {
        for len in 0..12 {
            for first in [0, 7, u64::MAX - len] {
                let window = first..=first + len;
                check(window.clone(), window.clone());
                // Another one first, in the middle, or one of the window itself.
                for other in [first, first + len, first.wrapping_sub(1), 1_000, 0, u64::MAX] {
                    check(window.clone(), [other].into_iter().chain(window.clone()));
                    check(window.clone(), window.clone().flat_map(|counter| [counter, other]));
                }
                check(window.clone(), window.clone().rev());
                check(window.clone(), window.flat_map(|counter| [counter, counter]));
            }
        }
    }
}
