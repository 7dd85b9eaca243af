//! Text codecs (RFC 4648) without branches or look-ups that depend on the data: the same code
//! serves tags, which are public, and keys, which are not. It works on whole arrays of
//! characters, which the compiler turns into vector instructions; that makes it faster than a
//! table, too.

pub(crate) mod base64;
pub(crate) mod hex;

use core::fmt;
use core::hint::black_box;

/// Marks a character outside the alphabet, above the value bits.
const INVALID: u8 = 0x80;

/// All ones where `character` lies in `first..=last`, otherwise all zeros. For the lower half of
/// the range of `u8`, in which all alphabets lie;
/// what lies above is found by [`invalid`].
#[inline]
pub(crate) const fn in_range(character: u8, first: u8, last: u8) -> u8 {
    // Adding either bound's distance to 0x80 moves the upper bit exactly where it is passed.
    let from_first = (character & 0x7f) + (0x80 - first);
    let beyond_last = (character & 0x7f) + (0x7f - last);
    0u8.wrapping_sub((from_first & !beyond_last) >> 7)
}

/// [`INVALID`] where `valid` is zero or the character is beyond ASCII, otherwise 0.
#[inline]
const fn invalid(character: u8, valid: u8) -> u8 {
    (!valid | character) & INVALID
}

/// All ones where `value` is above `limit`, otherwise all zeros. For values below 0x80.
#[inline]
const fn above(value: u8, limit: u8) -> u8 {
    0u8.wrapping_sub(limit.wrapping_sub(value) >> 7)
}

/// Writes characters of an alphabet. The mask changes none of them: it clears, where the compiler
/// cannot know that they are clear, the bits that are asked about when bytes become text. So that
/// question does not depend on a secret.
#[inline]
fn write_ascii<W: fmt::Write + ?Sized>(text: &mut [u8], out: &mut W) -> fmt::Result {
    let text = black_box(text);
    for character in &mut *text {
        *character &= 0x7f;
    }
    out.write_str(core::str::from_utf8(text).map_err(|_| fmt::Error)?)
}
