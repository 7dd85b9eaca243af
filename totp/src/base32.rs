//! Base32 (RFC 4648, 6) without branches or look-ups that depend on the data: what it carries is a
//! secret.

use core::hint::black_box;

/// Characters of a whole group, and the bytes that they carry.
const GROUP_TEXT: usize = 8;
const GROUP_BYTES: usize = 5;

/// Marks a character outside the alphabet, above the five value bits.
const INVALID: u8 = 0x80;

/// Bytes that `characters` of text carry; `None` where no bytes give so many.
pub(crate) const fn decoded_len(characters: usize) -> Option<usize> {
    match characters % GROUP_TEXT {
        0 | 2 | 4 | 5 | 7 => {
            Some(characters / GROUP_TEXT * GROUP_BYTES + characters % GROUP_TEXT * 5 / 8)
        }
        _ => None,
    }
}

/// Characters without padding that `bytes` need.
pub(crate) const fn encoded_len(bytes: usize) -> usize {
    (bytes * 8).div_ceil(5)
}

/// The five bits of a character of the alphabet in either case, otherwise [`INVALID`].
///
/// The time does not depend on the character.
pub(crate) const fn value_of(character: u8) -> u8 {
    let upper = in_range(character, b'A', b'Z') & character.wrapping_sub(b'A');
    let lower = in_range(character, b'a', b'z') & character.wrapping_sub(b'a');
    let digit = in_range(character, b'2', b'7') & character.wrapping_sub(b'2' - 26);
    let is_known = in_range(character, b'A', b'Z')
        | in_range(character, b'a', b'z')
        | in_range(character, b'2', b'7');
    upper | lower | digit | (!is_known & INVALID)
}

/// All ones for the second of two bytes of a text if it is, or belongs to, what separates groups of
/// characters: a dash or white space, the no-break space (`C2 A0` in UTF-8) included. Of another
/// character that begins with `C2` the second byte is left, which no alphabet has.
pub(crate) const fn is_separator([before, byte]: [u8; 2]) -> u8 {
    let no_break = is(byte, 0xc2) | is(before, 0xc2) & is(byte, 0xa0);
    is(byte, b' ') | is(byte, b'-') | in_range(byte, b'\t', b'\r') | no_break
}

/// All ones for the padding's character.
pub(crate) const fn is_padding(character: u8) -> u8 {
    is(character, b'=')
}

/// The character of five bits.
const fn character_of(value: u8) -> u8 {
    // Behind the 26 letters the digits follow, which lie below them in ASCII. The compiler must not
    // know that this is all ones or all zeros: it did branch.
    let is_digit = black_box(0u8.wrapping_sub(25u8.wrapping_sub(value) >> 7));
    (b'A' + value).wrapping_sub(is_digit & (b'A' + 26 - b'2'))
}

/// All ones where `character` is `wanted`, otherwise all zeros.
const fn is(character: u8, wanted: u8) -> u8 {
    in_range(character, wanted, wanted)
}

/// All ones where `character` lies in `first..=last`, otherwise all zeros.
pub(crate) const fn in_range(character: u8, first: u8, last: u8) -> u8 {
    let character = character as u16;
    // Either subtraction borrows from the upper byte exactly outside the range.
    let below = character.wrapping_sub(first as u16) >> 8;
    let above = (last as u16).wrapping_sub(character) >> 8;
    let [_, outside] = (below | above).to_be_bytes();
    black_box(!outside)
}

/// Decodes values of characters into `out`, which has [`decoded_len`] of them. What comes back is
/// zero if all characters were of the alphabet and all bits behind the last byte zero.
pub(crate) fn decode(values: &[u8], out: &mut [u8]) -> u8 {
    let mut wrong = 0;
    for (group, place) in values.chunks(GROUP_TEXT).zip(out.chunks_mut(GROUP_BYTES)) {
        let mut bits = 0u64;
        for index in 0..GROUP_TEXT {
            let value = group.get(index).copied().unwrap_or(0);
            wrong |= value & !0x1f;
            bits = bits << 5 | u64::from(value & 0x1f);
        }
        let [_, _, _, bytes @ ..] = bits.to_be_bytes();
        let (used, tail) = bytes.split_at(place.len());
        place.copy_from_slice(used);
        wrong |= tail.iter().fold(0, |all, byte| all | byte);
    }
    wrong
}

/// The characters of `bytes`, upper case, without padding, one after the other.
pub(crate) fn encode(bytes: &[u8], mut put: impl FnMut(u8)) {
    for group in bytes.chunks(GROUP_BYTES) {
        let mut bits = 0u64;
        for index in 0..GROUP_BYTES {
            bits = bits << 8 | u64::from(group.get(index).copied().unwrap_or(0));
        }
        for index in 0..encoded_len(group.len()) {
            let shifted = bits >> (35 - 5 * index);
            put(character_of((shifted & 0x1f) as u8));
        }
    }
}
