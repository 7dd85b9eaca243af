use core::hint::black_box;

use crate::{Code, Digits};

/// The code of a truncated HMAC: its lowest digits (RFC 4226, 5.3).
#[inline]
pub(crate) fn code(value: u32, digits: Digits) -> Code {
    let text = u64::from_be_bytes(eight_digits(value));
    let unused = u32::from(Digits::MAX - digits.get());
    Code::new((text << (8 * unused)).to_be_bytes(), digits)
}

/// Four bytes from where the last four bits point to, less the topmost bit.
///
/// Those bits are secret: an address or a branch that follows from them tells an observer of the
/// cache which bytes of the MAC the code was made of. So all bytes that they can point to are read,
/// and each of the four bits keeps one half of what is left, by a mask.
#[inline]
pub(crate) fn dynamic_truncation(mac: &[u8]) -> u32 {
    let (Some(front), Some(last)) = (mac.first_chunk::<20>(), mac.last()) else { return 0 };
    // The compiler must not know that these are all ones or all zeros: it would be free to branch.
    let mask = |place: u32| 0u64.wrapping_sub(u64::from(*last >> place & 1));
    let [eights, fours, twos, ones] = black_box([mask(3), mask(2), mask(1), mask(0)]);

    let words = front.as_chunks::<4>().0;
    let word = |place: usize| words.get(place).map_or(0, |bytes| u32::from_be_bytes(*bytes).into());
    let either = |place| select(word(place), word(place + 2), eights);
    let [first, second, third] = [either(0), either(1), either(2)];
    let bytes = select(first, second, fours) << 32 | select(second, third, fours);
    let bytes = select(bytes, bytes << 16, twos);
    let bytes = select(bytes, bytes << 8, ones);
    (bytes >> 32) as u32 & 0x7fff_ffff
}

/// `first` for a mask of zeros, `second` for one of ones.
#[inline]
fn select(first: u64, second: u64, mask: u64) -> u64 {
    first ^ (mask & (first ^ second))
}

/// All ten decimal digits of `value`, in ASCII.
pub(crate) fn ten_digits(value: u32) -> [u8; 10] {
    let above = ten_thousandth(ten_thousandth(value));
    let [.., first] = tenth(above).to_be_bytes();
    let [.., second] = (above - 10 * tenth(above)).to_be_bytes();
    let mut text = [b'0'; 10];
    let [tens, ones, lower @ ..] = &mut text;
    *tens += first;
    *ones += second;
    *lower = eight_digits(value);
    text
}

/// The eight lowest decimal digits of `value`, in ASCII, made side by side in the lanes of one
/// register.
#[inline]
fn eight_digits(value: u32) -> [u8; 8] {
    let thousands = ten_thousandth(value);
    let low = value - 10_000 * thousands;
    let high = thousands - 10_000 * ten_thousandth(thousands);
    // Four digits in each of two lanes, the first ones lowest; then two in four, one in eight.
    let lanes = u64::from(low) << 32 | u64::from(high);
    let upper = ((lanes * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let lanes = (lanes - 100 * upper) << 16 | upper;
    let upper = ((lanes * 103) >> 10) & 0x000f_000f_000f_000f;
    let lanes = (lanes - 10 * upper) << 8 | upper;
    (lanes | 0x3030_3030_3030_3030).to_le_bytes()
}

/// `value / 10` by a multiplication with 2^35 / 10, rounded up: exact for every `u32`. A division
/// takes a time that depends on its operands, on some processors and in unoptimised builds.
fn tenth(value: u32) -> u32 {
    ((u64::from(value) * 0xcccc_cccd) >> 35) as u32
}

/// `value / 10_000` likewise, with 2^45 / 10,000.
#[inline]
fn ten_thousandth(value: u32) -> u32 {
    ((u64::from(value) * 0xd1b7_1759) >> 45) as u32
}

/// `value / 26` likewise, with 2^36 / 26: exact up to 2^31, which no truncated value reaches.
#[inline]
pub(crate) fn twenty_sixth(value: u32) -> u32 {
    ((u64::from(value) * 0x9d89_d89e) >> 36) as u32
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    /// The example of RFC 4226, 5.4.
    #[test]
    fn the_example_of_the_rfc_is_met() {
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19,
            0xda, 0x8e, 0x94, 0x5b, 0x55, 0x5a,
        ];
        assert_eq!(dynamic_truncation(&mac), 0x50ef_7f19);
        assert_eq!(code(0x50ef_7f19, Digits::Six).expose(), "872921");
    }

    #[test]
    fn each_of_the_sixteen_places_is_selected_by_its_number_alone() {
        for len in [20, 32, 48, 64] {
            let mut mac: [u8; 64] = core::array::from_fn(|i| 0xff - (i * 3).to_le_bytes()[0]);
            for place in 0..16_u8 {
                for high in [0, 0x10, 0xf0] {
                    mac[len - 1] = place | high;
                    let at = usize::from(place);
                    let bytes = [mac[at], mac[at + 1], mac[at + 2], mac[at + 3]];
                    let expected = u32::from_be_bytes(bytes) % (1 << 31);
                    assert_eq!(dynamic_truncation(&mac[..len]), expected, "{len}, {place}");
                }
            }
        }
    }

    /// Ends, a spread, and the neighbours of multiples of `divisor`.
    fn values(divisor: u32) -> impl Iterator<Item = u32> {
        let ends = [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX];
        let multiples = (0..u32::MAX / divisor).step_by(9_973);
        let around = move |n: u32| [n * divisor, n * divisor + divisor - 1];
        ends.into_iter().chain((0..u32::MAX).step_by(99_991)).chain(multiples.flat_map(around))
    }

    #[test]
    fn divisions_are_exact() {
        for (division, divisor, last) in [
            (tenth as fn(u32) -> u32, 10, u32::MAX),
            (ten_thousandth, 10_000, u32::MAX),
            (twenty_sixth, 26, 0x7fff_ffff),
        ] {
            for value in values(divisor).filter(|value| *value <= last) {
                assert_eq!(division(value), value / divisor, "{value} / {divisor}");
            }
        }
    }

    #[test]
    fn digits_are_those_of_the_number() {
        let every_half = (0..10_000).flat_map(|half| [half, half * 10_000, 99_990_000 + half]);
        for value in values(10).step_by(7).chain(every_half) {
            let expected = format!("{value:010}");
            assert_eq!(ten_digits(value), *expected.as_bytes(), "{value}");
            assert_eq!(eight_digits(value), expected.as_bytes()[2..], "{value}");
        }
    }

    #[test]
    fn leading_zeros_are_kept_and_all_lengths_are_the_last_digits() {
        for (value, six, eight) in [
            (0, "000000", "00000000"),
            (7, "000007", "00000007"),
            (1_000_001, "000001", "01000001"),
            (0x7fff_ffff, "483647", "47483647"),
        ] {
            assert_eq!(code(value, Digits::Six).expose(), six);
            assert_eq!(code(value, Digits::Seven).expose(), &eight[1..]);
            assert_eq!(code(value, Digits::Eight).expose(), eight);
        }
    }
}
