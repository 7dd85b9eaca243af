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
    /// What is computed and not asked for yet: in these places, from `next` on.
    counters: [u64; MOST],
    values: [u32; MOST],
    next: usize,
}

impl<'a> Ahead<'a> {
    #[inline]
    pub(crate) const fn new(key: &'a Key, window: RangeInclusive<u64>) -> Self {
        let (counters, values) = ([0; MOST], [0; MOST]);
        Self { key, coming: window, counters, values, next: MOST }
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
        if *self.coming.start() == counter {
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

    fn check(window: RangeInclusive<u64>, asked: impl IntoIterator<Item = u64>) {
        let key = Key::allow_weak(Algorithm::Sha256, b"key").expect("a key");
        let mut ahead = Ahead::new(&key, window.clone());
        for counter in asked {
            let alone = dynamic_truncation(key.sign(&counter.to_be_bytes()).expose());
            assert_eq!(ahead.value_of(counter), alone, "{counter} of {window:?}");
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
