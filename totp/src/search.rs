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
/// has to be taken and unspent. Two codes or three, none of them that of a spent counter in sight.
pub(crate) fn newest_unspent_run(
    received: &[Code],
    window: &Window,
    mut code_of: impl FnMut(u64) -> Code,
) -> Result<u64, Error> {
    let any = |code: &Code| received.iter().fold(Choice::from(0), |any, r| any | code.equals(r));
    let mut found = Found::nothing();
    found.last_spent(window, |last| any(&code_of(last)));
    // How far a run has come that ends at the counter: its first code, its first two, all three.
    let mut reached = [Choice::from(0); Attempt::MAX_RUN];
    for counter in window.taken.clone() {
        let code = code_of(counter);
        if is_spent(window, counter) {
            found.spent |= any(&code);
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
    use super::*;

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
}
