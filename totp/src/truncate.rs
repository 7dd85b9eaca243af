use creance_sigv::ct::{ConditionallySelectable, ConstantTimeEq};

use crate::{Code, Digits};

/// The code of an HMAC (RFC 4226, 5.3).
pub(crate) fn code(mac: &[u8], digits: Digits) -> Code {
    decimal(dynamic_truncation(mac), digits)
}

/// Four bytes from where the last four bits point to, less the topmost bit.
///
/// Those bits are secret: an address or a branch that follows from them tells an observer of the
/// cache which bytes of the MAC the code was made of. So all sixteen places are read, and a mask
/// keeps the one.
fn dynamic_truncation(mac: &[u8]) -> u32 {
    let offset = mac.last().map_or(0, |last| last & 0x0f);
    let mut selected = 0;
    for (place, bytes) in (0..16).zip(mac.windows(4)) {
        let word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
        selected.conditional_assign(&word, offset.ct_eq(&place));
    }
    selected & 0x7fff_ffff
}

/// The lowest decimal digits of `value`, leading zeros included.
pub(crate) fn decimal(mut value: u32, digits: Digits) -> Code {
    let mut text = [b'0'; Digits::MAX as usize];
    for place in text[..usize::from(digits.get())].iter_mut().rev() {
        let quotient = tenth(value);
        let [.., digit] = (value - 10 * quotient).to_be_bytes();
        *place += digit;
        value = quotient;
    }
    Code::new(text, digits)
}

/// `value / 10` by a multiplication with 2^35 / 10, rounded up: exact for every `u32`. A division
/// takes a time that depends on its operands, on some processors and in unoptimised builds.
fn tenth(value: u32) -> u32 {
    ((u64::from(value) * 0xcccc_cccd) >> 35) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 4226, 5.4.
    #[test]
    fn the_example_of_the_rfc_is_met() {
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19,
            0xda, 0x8e, 0x94, 0x5b, 0x55, 0x5a,
        ];
        assert_eq!(dynamic_truncation(&mac), 0x50ef_7f19);
        assert_eq!(code(&mac, Digits::Six).expose(), "872921");
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

    #[test]
    fn a_tenth_is_exact() {
        let ends = [0, 9, 10, 11, 99, 100, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX];
        let steps = (0..u32::MAX).step_by(99_991);
        let multiples = (0..u32::MAX / 10).step_by(99_991).flat_map(|n| [10 * n, 10 * n + 9]);
        for value in ends.into_iter().chain(steps).chain(multiples) {
            assert_eq!(tenth(value), value / 10, "{value}");
        }
    }

    #[test]
    fn leading_zeros_are_kept() {
        assert_eq!(decimal(0, Digits::Six).expose(), "000000");
        assert_eq!(decimal(7, Digits::Eight).expose(), "00000007");
        assert_eq!(decimal(1_000_001, Digits::Six).expose(), "000001");
        assert_eq!(decimal(0x7fff_ffff, Digits::Six).expose(), "483647");
        assert_eq!(decimal(0x7fff_ffff, Digits::Seven).expose(), "7483647");
        assert_eq!(decimal(0x7fff_ffff, Digits::Eight).expose(), "47483647");
    }
}
