use crate::{Error, OutOfBandPolicy, UnixTime};

/// When messages went to a user: the last ones, in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sends {
    times: [UnixTime; Self::MAX],
    len: usize,
}

impl Sends {
    pub(super) const MAX: usize = OutOfBandPolicy::MAX_SENDS_PER_PERIOD as usize;

    pub(super) const NONE: Self = Self { times: [UnixTime::from_secs(0); Self::MAX], len: 0 };

    /// The times, the latest one last.
    pub(super) fn as_slice(&self) -> &[UnixTime] {
        self.times.get(..self.len).unwrap_or_default()
    }

    /// The first second in which one more message may go out, as far as that is known from those
    /// before: an interval after the last one, and a period after the one that would be too many
    /// together with it.
    pub(super) fn next_at(&self, policy: OutOfBandPolicy) -> UnixTime {
        let last_ones = self.as_slice().iter().rev();
        let after = |back: usize, seconds| {
            let sent = last_ones.clone().nth(back);
            sent.map_or(UnixTime::from_secs(0), |sent: &UnixTime| sent.saturating_add(seconds))
        };
        let of_period = usize::from(policy.sends_per_period()).saturating_sub(1);
        after(0, policy.interval()).max(after(of_period, policy.period()))
    }

    /// Counts one more message, to be stored before it is sent. It is refused while a clock set back
    /// is behind the last one, too: there is no way round by the clock.
    ///
    /// Times further ahead than any wait can be are those of a clock that was wrong for a moment. They
    /// are forgotten, or nothing would be sent to this user for as long as that clock was ahead.
    pub(super) fn reserve(self, policy: OutOfBandPolicy, now: UnixTime) -> Result<Self, Error> {
        let until = self.next_at(policy);
        match until.seconds_since(now) {
            0 => Ok(self.pushed(now)),
            waits if waits <= policy.period().saturating_mul(2) => {
                Err(Error::SendThrottled { until })
            }
            _ => Ok(Self::NONE.pushed(now)),
        }
    }

    /// The same with one more time, in the place of the oldest one where there is no room.
    pub(super) fn pushed(mut self, now: UnixTime) -> Self {
        if self.len == Self::MAX {
            self.times.rotate_left(1);
            self.len -= 1;
        }
        if let Some(place) = self.times.get_mut(self.len) {
            *place = now;
            self.len += 1;
        }
        self
    }
}
