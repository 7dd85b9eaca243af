use core::ops::RangeInclusive;

use crate::{Error, Otp, Policy, State, UnixTime};

/// Which counters are looked at, and a match of which of them is taken.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// Those looked at. A match of a spent one of them is a replay.
    pub(crate) looked_at: RangeInclusive<u64>,
    /// Those of them that are taken, as far as they are not spent.
    pub(crate) taken: RangeInclusive<u64>,
    /// The first counter that is not spent.
    pub(crate) next: Option<u64>,
    clock: Option<Clock>,
}

/// Where the clocks are, for codes by time.
#[derive(Clone, Copy, Debug)]
struct Clock {
    present: u64,
    /// Steps by which the authenticator's is ahead.
    drift: i32,
}

impl Window {
    /// By counter: from the expected one on. By time: around the present step, as the
    /// authenticator's clock has it.
    pub(crate) fn of(
        state: &State,
        otp: &Otp,
        policy: Policy,
        now: UnixTime,
    ) -> Result<Self, Error> {
        Ok(match otp.step_at(now)? {
            Some(present) => Self::by_time(state, policy, present),
            None => Self::by_counter(state, policy.look_ahead().into()),
        })
    }

    /// The same for a resynchronisation. By time it is around the present step, whatever drift was
    /// known: that may be what is wrong. What any window could still take is in sight.
    pub(crate) fn of_run(
        state: &State,
        otp: &Otp,
        policy: Policy,
        now: UnixTime,
    ) -> Result<Self, Error> {
        let reach = u64::from(policy.resync());
        Ok(match otp.step_at(now)? {
            Some(present) => {
                let back = reach + u64::from(policy.drift()) + u64::from(policy.past());
                Self {
                    looked_at: around(present, back, reach),
                    taken: around(present, reach, reach),
                    next: state.next,
                    clock: Some(Clock { present, drift: 0 }),
                }
            }
            None => Self::by_counter(state, reach),
        })
    }

    fn by_counter(state: &State, ahead: u64) -> Self {
        let expected = state.next.unwrap_or(u64::MAX);
        let taken = expected..=expected.saturating_add(ahead);
        Self { looked_at: taken.clone(), taken, next: state.next, clock: None }
    }

    /// What is looked at does not move with a drift that was learnt. A code that was accepted stays
    /// in sight as long as any drift could let it in: a neighbour with the same code is not taken for
    /// it. And the work is the same whatever the drift is.
    fn by_time(state: &State, policy: Policy, present: u64) -> Self {
        let drift = policy.drift_of(state);
        let (past, future) = policy.steps_around(drift);
        let learnt = u64::from(policy.drift());
        let middle = present.saturating_add_signed(drift.into());
        let fixed = if is_within(drift, policy) { present } else { middle };
        Self {
            looked_at: around(fixed, learnt + past, learnt + future),
            taken: around(middle, past, future),
            next: state.next,
            clock: Some(Clock { present, drift }),
        }
    }

    /// The drift after a code of `counter`: one step nearer to it, within what the policy learns.
    ///
    /// What a resynchronisation set beyond that stays as it is. It must not be learnt in the one
    /// direction only: every code that was typed slowly would take it further from the truth.
    pub(crate) fn learnt(&self, counter: u64, policy: Policy) -> i32 {
        let Some(Clock { present, drift }) = self.clock else { return 0 };
        let moved = drift + (distance(present, counter) - drift).signum();
        if is_within(drift, policy) && is_within(moved, policy) { moved } else { drift }
    }

    /// The drift of a resynchronised clock whose last code was that of `counter`.
    pub(crate) fn found(&self, counter: u64) -> i32 {
        self.clock.map_or(0, |clock| distance(clock.present, counter))
    }
}

fn around(middle: u64, past: u64, future: u64) -> RangeInclusive<u64> {
    middle.saturating_sub(past)..=middle.saturating_add(future)
}

fn is_within(drift: i32, policy: Policy) -> bool {
    drift.unsigned_abs() <= u32::from(policy.drift())
}

/// Steps from `present` to `counter`, which is near it.
fn distance(present: u64, counter: u64) -> i32 {
    let distance = i128::from(counter) - i128::from(present);
    i32::try_from(distance).unwrap_or(0)
}
