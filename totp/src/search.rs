use core::ops::RangeInclusive;

use creance_sigv::ct::{self, Choice, ConditionallySelectable};

use crate::{Code, Error};

/// The newest counter of the range whose code was received.
///
/// The code of every counter is computed and compared, wherever it matches: how long this takes
/// tells nobody how far a clock or a counter is off, nor that a guess was nearly in time.
///
/// Neighbours can have the same code. The newest one is what a service must remember: if it
/// remembered an older one, the same code would be taken once more for the newer.
pub(crate) fn newest_match(
    received: &Code,
    counters: RangeInclusive<u64>,
    mut code_of: impl FnMut(u64) -> Code,
) -> Result<u64, Error> {
    let mut found = Choice::from(0);
    let mut newest = 0;
    for counter in counters {
        let equal = code_of(counter).equals(received);
        newest.conditional_assign(&counter, equal);
        found |= equal;
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
