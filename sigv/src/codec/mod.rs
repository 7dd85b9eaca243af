//! Text codecs (RFC 4648) without branches or look-ups that depend on the data: the same code
//! serves tags, which are public, and keys, which are not. It works on whole arrays of
//! characters, which the compiler turns into vector instructions; that makes it faster than a
//! table, too. (`percent` is for text that is no secret.)

pub(crate) mod base64;
pub(crate) mod hex;
#[cfg(feature = "alloc")]
pub(crate) mod percent;

use core::fmt;
use core::hint::black_box;

use crate::bytes::Aligned;

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

/// Writes the first `len` of characters of an alphabet. The mask changes none of them: it clears,
/// where the compiler cannot know that they are clear, the bits that are asked about when bytes
/// become text. So that question does not depend on a secret.
///
/// All of the array is asked about: that goes in words to the end.
#[inline]
fn write_ascii<const N: usize, W: fmt::Write + ?Sized>(
    text: &mut Aligned<[u8; N]>,
    len: usize,
    out: &mut W,
) -> fmt::Result {
    let text = black_box(text);
    for character in &mut text.0 {
        *character &= 0x7f;
    }
    let text = core::str::from_utf8(&text.0).ok().and_then(|text| text.get(..len));
    out.write_str(text.ok_or(fmt::Error)?)
}
