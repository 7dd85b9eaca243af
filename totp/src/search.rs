use core::ops::RangeInclusive;

use creance_sigv::ct::{self, Choice, ConditionallySelectable};

use crate::code::Comparable;
use crate::{Code, Error};

/// The newest counter of the range whose code was received, from `next` on, the first one that is
/// not spent.
///
/// The code of every counter is computed and compared, wherever it matches: how long this takes
/// tells nobody how far a clock or a counter is off, nor that a guess was nearly in time.
///
/// Neighbours can have the same code. So a code that matches a spent counter of the range, or the
/// last spent one of all, is a replay even if it matches a later counter too; and of several that
/// match the newest is told, which is what a service must remember.
pub(crate) fn newest_match<C: Comparable>(
    received: &C,
    counters: RangeInclusive<u64>,
    next: Option<u64>,
    mut code_of: impl FnMut(u64) -> C,
) -> Result<u64, Error> {
    let (mut found, mut newest) = (Choice::from(0), 0);
    let last = next.map_or(Some(u64::MAX), |next| next.checked_sub(1));
    let mut spent = last.map_or(Choice::from(0), |last| code_of(last).equals(received));
    for counter in counters {
        let equal = code_of(counter).equals(received);
        if next.is_some_and(|next| counter >= next) {
            newest.conditional_assign(&counter, equal);
            found |= equal;
        } else {
            spent |= equal;
        }
    }
    ct::decide(!spent).map_err(|_| Error::Replayed)?;
    ct::decide(found).map_err(|_| Error::Mismatch)?;
    Ok(newest)
}

/// The most codes of a run.
pub(crate) const MAX_RUN: usize = 3;

/// The last counter of the newest run whose codes were received, one after the other; the whole run
/// lies in the range, and from `next` on. Two codes or three.
pub(crate) fn newest_run(
    received: &[Code],
    counters: RangeInclusive<u64>,
    next: Option<u64>,
    mut code_of: impl FnMut(u64) -> Code,
) -> Result<u64, Error> {
    let (mut found, mut newest) = (Choice::from(0), 0);
    // How far a run has come that ends at the counter: its first code, its first two, all three.
    let mut reached = [Choice::from(0); MAX_RUN];
    for counter in counters {
        let code = code_of(counter);
        let is_spent = next.is_none_or(|next| counter < next);
        let mut before = Choice::from(u8::from(!is_spent));
        for (reached, received) in reached.iter_mut().zip(received) {
            let here = before & code.equals(received);
            before = core::mem::replace(reached, here);
        }
        let complete = received.len().checked_sub(1).and_then(|last| reached.get(last));
        let complete = complete.copied().unwrap_or(Choice::from(0));
        newest.conditional_assign(&counter, complete);
        found |= complete;
    }
    ct::decide(found).map_err(|_| Error::Mismatch)?;
    Ok(newest)
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
        let found = newest_match(&code(received), 0..=last, Some(0), |counter| {
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
        let found = newest_match(&code("123456"), u64::MAX - 2..=u64::MAX, Some(0), |counter| {
            asked += 1;
            code(if counter == u64::MAX { "123456" } else { "654321" })
        });
        assert_eq!((found, asked), (Ok(u64::MAX), 3));
    }
}
