use core::ops::RangeInclusive;

use creance_sigv::ct::{self, Choice, ConditionallySelectable};

use crate::code::Comparable;
use crate::window::Window;
use crate::{Attempt, Code, Error};

/// The newest counter of the range whose code was received.
///
/// The code of every counter is computed and compared, wherever it matches: how long this takes
/// tells nobody how far a clock or a counter is off, nor that a guess was nearly in time.
pub(crate) fn newest_match<C: Comparable>(
    received: &C,
    counters: RangeInclusive<u64>,
    mut code_of: impl FnMut(u64) -> C,
) -> Result<u64, Error> {
    let mut found = Found::nothing();
    for counter in counters {
        found.newest(counter, code_of(counter).equals(received));
    }
    found.decide()
}

/// The newest counter that the window takes and whose code was received; all are computed.
///
/// Neighbours can have the same code. So a code that matches a spent counter in sight, or the last
/// spent one of all, is a replay even if it matches a later counter too; and of several that match the
/// newest is told, which is what a service must remember.
pub(crate) fn newest_unspent(
    received: &Code,
    window: &Window,
    mut code_of: impl FnMut(u64) -> Code,
) -> Result<u64, Error> {
    let mut found = Found::nothing();
    found.last_spent(window, |last| code_of(last).equals(received));
    for counter in window.looked_at.clone() {
        let equal = code_of(counter).equals(received);
        if is_spent(window, counter) {
            found.spent |= equal;
        } else if window.taken.contains(&counter) {
            found.newest(counter, equal);
        }
    }
    found.decide()
}

/// The last counter of the newest run whose codes were received, one after the other; the whole run
/// has to be taken and unspent. Two codes or three, none of them that of a spent counter in sight,
/// and no two the same: who has one code only must not pass where neighbours share it.
pub(crate) fn newest_unspent_run(
    received: &[Code],
    window: &Window,
    mut code_of: impl FnMut(u64) -> Code,
) -> Result<u64, Error> {
    let equal_any = |codes: &[Code], code: &Code| {
        codes.iter().fold(Choice::from(0), |any, other| any | other.equals(code))
    };
    let any = |code: &Code| equal_any(received, code);
    let mut found = Found::nothing();
    found.last_spent(window, |last| any(&code_of(last)));
    // How far a run has come that ends at the counter: its first code, its first two, all three.
    let mut reached = [Choice::from(0); Attempt::MAX_RUN];
    for counter in window.looked_at.clone() {
        let code = code_of(counter);
        if is_spent(window, counter) {
            found.spent |= any(&code);
            continue;
        }
        if !window.taken.contains(&counter) {
            continue;
        }
        let mut before = Choice::from(1);
        for (reached, received) in reached.iter_mut().zip(received) {
            let here = before & code.equals(received);
            before = core::mem::replace(reached, here);
        }
        let complete = received.len().checked_sub(1).and_then(|last| reached.get(last));
        found.newest(counter, complete.copied().unwrap_or(Choice::from(0)));
    }
    for (place, code) in received.iter().enumerate() {
        found.any &= !equal_any(received.get(..place).unwrap_or_default(), code);
    }
    found.decide()
}

fn is_spent(window: &Window, counter: u64) -> bool {
    window.next.is_none_or(|next| counter < next)
}

/// What has been found so far, secret until it is decided.
struct Found {
    any: Choice,
    newest: u64,
    spent: Choice,
}

impl Found {
    fn nothing() -> Self {
        Self { any: Choice::from(0), newest: 0, spent: Choice::from(0) }
    }

    #[inline]
    fn newest(&mut self, counter: u64, equal: Choice) {
        self.newest.conditional_assign(&counter, equal);
        self.any |= equal;
    }

    /// Compares with the last spent counter of all. Where there is none a code is computed all the
    /// same: a credential that was never used costs what every other one costs.
    fn last_spent(&mut self, window: &Window, equals: impl FnOnce(u64) -> Choice) {
        let last = window.next.map_or(Some(u64::MAX), |next| next.checked_sub(1));
        let equal = equals(last.unwrap_or(0));
        self.spent |= equal & Choice::from(u8::from(last.is_some()));
    }

    fn decide(self) -> Result<u64, Error> {
        ct::decide(!self.spent).map_err(|_| Error::Replayed)?;
        ct::decide(self.any).map_err(|_| Error::Mismatch)?;
        Ok(ct::publish(self.newest))
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::{Policy, State, UnixTime};

    fn code(text: &str) -> Code {
        Code::parse(text).expect("a code")
    }

    /// The range asked for, the texts of codes from 0 on: what was found, and how many were asked.
    fn search(received: &str, codes: &[&str]) -> (Result<u64, Error>, usize) {
        let mut asked = 0;
        let last = u64::try_from(codes.len()).expect("few") - 1;
        let found = newest_match(&code(received), 0..=last, |counter| {
            asked += 1;
            code(codes[usize::try_from(counter).expect("few")])
        });
        (found, asked)
    }

    #[test]
    fn every_counter_is_computed_wherever_the_match_is() {
        let codes = ["111111", "222222", "333333", "444444"];
        for (place, received) in (0..).zip(codes) {
            assert_eq!(search(received, &codes), (Ok(place), 4));
        }
        assert_eq!(search("555555", &codes), (Err(Error::Mismatch), 4));
    }

    #[test]
    fn of_equal_codes_the_newest_counts() {
        let codes = ["111111", "222222", "222222", "333333", "222222", "444444"];
        assert_eq!(search("222222", &codes), (Ok(4), 6));
    }

    #[test]
    fn the_last_counter_of_all_is_looked_at() {
        let mut asked = 0;
        let found = newest_match(&code("123456"), u64::MAX - 2..=u64::MAX, |counter| {
            asked += 1;
            code(if counter == u64::MAX { "123456" } else { "654321" })
        });
        assert_eq!((found, asked), (Ok(u64::MAX), 3));
    }

    /// A window by time with a step each way around 100, and two of drift: what was asked for.
    fn window(next: Option<u64>, drift: i32) -> Window {
        let policy = Policy::default().with_window(1, 1).and_then(|policy| policy.with_drift(2));
        let key = crate::Key::decoy(crate::Algorithm::Sha1);
        let otp = crate::Totp::new(key, crate::Digits::Six).into();
        let state = State { next, drift, ..State::active(0) };
        let now = UnixTime::from_secs(3_000);
        Window::of(&state, &otp, policy.expect("in range"), now).expect("since 1970")
    }

    /// Six digits for each counter.
    fn numbered(counter: u64) -> Code {
        code(&std::format!("{counter:06}"))
    }

    #[test]
    fn the_work_is_the_same_whatever_is_spent_and_whatever_matches() {
        for next in [Some(0_u64), Some(1), Some(99), Some(100), Some(104), Some(5_000), None] {
            for received in 90..110 {
                (-2..=2).for_each(|drift| check(next, drift, received));
            }
        }
    }

    fn check(next: Option<u64>, drift: i32, received: u64) {
        let mut asked = Vec::new();
        let found = newest_unspent(&numbered(received), &window(next, drift), |counter| {
            asked.push(counter);
            numbered(counter % 1_000_000)
        });
        let last = next.map_or(u64::MAX, |next| next.saturating_sub(1));
        let all: Vec<u64> = [last].into_iter().chain(97..=103).collect();
        assert_eq!(asked, all, "{next:?}, {drift}, {received}");

        let is_spent = next.is_none_or(|next| received < next);
        let is_seen = (97..=103).contains(&received) || Some(received + 1) == next;
        let is_taken = received.abs_diff(100_u64.wrapping_add_signed(drift.into())) <= 1;
        let expected = match (is_spent && is_seen, is_taken) {
            (true, _) => Err(Error::Replayed),
            (false, true) => Ok(received),
            (false, false) => Err(Error::Mismatch),
        };
        assert_eq!(found, expected, "{next:?}, {drift}, {received}");
    }

    #[test]
    fn a_run_is_looked_for_in_all_of_its_range() {
        let looked_at = 90..=110;
        for next in [Some(0_u64), Some(95), Some(111), None] {
            for first in 85..115 {
                let mut window = window(next, 0);
                (window.looked_at, window.taken) = (looked_at.clone(), 93..=108);
                let mut asked = 0;
                let received = [numbered(first), numbered(first + 1)];
                let found = newest_unspent_run(&received, &window, |counter| {
                    asked += 1;
                    numbered(counter % 1_000_000)
                });
                assert_eq!(asked, 22, "21 in sight, and the last one");
                let is_spent = |counter| {
                    let is_spent = next.is_none_or(|next| counter < next);
                    is_spent && (looked_at.contains(&counter) || Some(counter + 1) == next)
                };
                let expected = if is_spent(first) || is_spent(first + 1) {
                    Err(Error::Replayed)
                } else if (93..108).contains(&first) {
                    Ok(first + 1)
                } else {
                    Err(Error::Mismatch)
                };
                assert_eq!(found, expected, "{next:?}, {first}");
            }
        }
    }
}
