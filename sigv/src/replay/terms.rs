use super::{Refusal, Restart};
use crate::{UnixTime, Window};

/// For which timestamps a store can answer at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    window: Window,
    barrier: Option<UnixTime>,
}

impl Terms {
    pub(super) const fn new(window: Window, restart: Restart) -> Self {
        Self { window, barrier: restart.refuses_until(window) }
    }

    pub(super) const fn window(&self) -> Window {
        self.window
    }

    /// Judges a claim made at `now` by the store's `mark`, which is not before `now`.
    ///
    /// Around the mark the store's memory is whole, so a caller whose clock is a little behind
    /// gets an exact answer: two threads that read the clock around a second's boundary, or a
    /// leap second, are no fault. Further back the memory is gone, and `now` would have called
    /// fresh what the store can no longer tell from a replay.
    pub(super) fn admit(
        &self,
        timestamp: UnixTime,
        now: UnixTime,
        mark: UnixTime,
    ) -> Result<(), Refusal> {
        if self.window.check(timestamp, mark).is_err() {
            return Err(if now < mark {
                Refusal::ClockBehind { mark }
            } else {
                Refusal::OutsideWindow
            });
        }
        match self.barrier {
            Some(until) if timestamp <= until => Err(Refusal::Restarted { until }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(secs: u64) -> UnixTime {
        UnixTime::from_secs(secs)
    }

    #[test]
    fn the_mark_judges_and_the_clock_explains() {
        let terms = Terms::new(Window::new(10, 2), Restart::DangerousNoBarrier);
        let mark = at(100);
        assert_eq!(terms.admit(at(90), at(99), mark), Ok(()));
        assert_eq!(terms.admit(at(102), at(90), mark), Ok(()));
        assert_eq!(terms.admit(at(89), at(99), mark), Err(Refusal::ClockBehind { mark }));
        assert_eq!(terms.admit(at(89), at(100), mark), Err(Refusal::OutsideWindow));
        assert_eq!(terms.admit(at(103), at(100), mark), Err(Refusal::OutsideWindow));
    }

    #[test]
    fn the_barrier_includes_its_last_second() {
        let terms = Terms::new(Window::new(10, 2), Restart::Barrier { started: at(100) });
        let until = at(102);
        assert_eq!(terms.admit(until, at(101), at(101)), Err(Refusal::Restarted { until }));
        assert_eq!(terms.admit(at(103), at(101), at(101)), Ok(()));
    }

    #[test]
    fn a_barrier_at_the_end_of_time_lets_nothing_through() {
        let terms = Terms::new(Window::new(9, 9), Restart::Barrier { started: UnixTime::MAX });
        let end = UnixTime::MAX;
        assert_eq!(terms.admit(end, end, end), Err(Refusal::Restarted { until: end }));
    }
}
