use super::super::fingerprint::low_bits;
use crate::{UnixTime, Window};

/// The longest ring: 64 shards then hold 16,384 bucket headers, 384 KiB.
const MOST_BUCKETS: u64 = 256;

/// How a window's seconds are laid out in a ring of buckets.
///
/// A time step is one second where the window has at most 255 of them, otherwise the shortest
/// power of two of seconds that makes the window fit. An entry is then remembered for up to one
/// step longer, which is under a hundredth of the window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ring {
    shift: u32,
    mask: u64,
}

impl Ring {
    pub(super) fn new(window: Window) -> Self {
        let seconds = window.past().saturating_add(window.future());
        let mut shift = 0;
        while steps(seconds, shift) > MOST_BUCKETS {
            shift += 1;
        }
        Self { shift, mask: steps(seconds, shift).next_power_of_two() - 1 }
    }

    /// The time step of a timestamp.
    #[inline]
    pub(super) const fn step(self, timestamp: UnixTime) -> u64 {
        timestamp.as_secs() >> self.shift
    }

    /// The bucket of a time step.
    #[inline]
    pub(super) const fn index(self, step: u64) -> usize {
        low_bits(step & self.mask)
    }

    /// Buckets in the ring.
    pub(super) const fn buckets(self) -> usize {
        low_bits(self.mask) + 1
    }
}

/// How many steps of 2^`shift` seconds a span between two timestamps can touch.
const fn steps(seconds: u64, shift: u32) -> u64 {
    // Coarse steps may begin before the window does.
    let partial = if shift == 0 { 0 } else { 1 };
    (seconds >> shift).saturating_add(1 + partial)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: [u64; 11] = [0, 1, 60, 253, 254, 255, 511, 86_400, 1 << 40, u64::MAX - 1, u64::MAX];

    #[test]
    fn a_window_always_fits() {
        for past in ENDS {
            for future in ENDS {
                let ring = Ring::new(Window::new(past, future));
                let buckets = ring.buckets() as u64;
                assert!(buckets <= MOST_BUCKETS);
                for mark in ENDS.map(UnixTime::from_secs) {
                    let oldest = ring.step(mark.saturating_sub(past));
                    let latest = ring.step(mark.saturating_add(future));
                    assert!(latest - oldest < buckets, "{past} {future} {mark}");
                }
            }
        }
    }

    #[test]
    fn usual_windows_have_steps_of_a_second() {
        let ring = Ring::new(Window::new(60, 60));
        assert_eq!((ring.shift, ring.buckets()), (0, 128));
        assert_eq!(Ring::new(Window::new(0, 0)).buckets(), 1);
        assert_eq!(Ring::new(Window::new(195, 60)).buckets(), 256);
    }
}
