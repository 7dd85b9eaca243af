use core::fmt;

use subtle::{Choice, ConstantTimeEq};

use crate::bytes::{Aligned, copy_short};

use super::{INVALID, above, in_range, invalid, write_ascii};

/// Bytes encoded at a time.
const BYTES_CHUNK: usize = 32;

/// Bytes handled by one run of vector instructions; no tag is so short that this is a waste.
const TAG_CHUNK: usize = 16;

/// Decodes pairs of digits into `out`, which has half the text's length.
#[inline]
pub(crate) fn decode(text: &[u8], out: &mut [u8]) -> Choice {
    let mut seen = 0;
    for ([high, low], byte) in text.as_chunks::<2>().0.iter().zip(out) {
        let (high, low) = (value_of(*high), value_of(*low));
        seen |= (high | low) & INVALID;
        *byte = high << 4 | low & 0x0f;
    }
    seen.ct_eq(&0)
}

#[inline]
const fn value_of(character: u8) -> u8 {
    let digit = in_range(character, b'0', b'9');
    let letter = in_range(character, b'a', b'f');
    let value = digit & character.wrapping_sub(b'0') | letter & character.wrapping_sub(b'a' - 10);
    value | invalid(character, digit | letter)
}

/// Writes `bytes` as lower-case digits.
#[inline]
pub(crate) fn encode<W: fmt::Write + ?Sized>(bytes: &[u8], out: &mut W) -> fmt::Result {
    for chunk in bytes.chunks(BYTES_CHUNK) {
        let mut text = Aligned([0; 2 * BYTES_CHUNK]);
        let len = encode_to(chunk, &mut text.0);
        write_ascii(&mut text, len, out)?;
    }
    Ok(())
}

/// Writes `bytes` as digits to the front of `text`, which has room for them; returns how many.
///
/// In whole chunks only. A loop over single bytes was compiled to a branch for each digit, which
/// memcheck reported; over an array it becomes vector instructions.
#[inline]
pub(crate) fn encode_to(bytes: &[u8], text: &mut [u8]) -> usize {
    for (bytes, text) in bytes.chunks(TAG_CHUNK).zip(text.chunks_mut(2 * TAG_CHUNK)) {
        let mut whole = [0; TAG_CHUNK];
        copy_short(bytes, &mut whole);
        let mut digits = [[0; 2]; TAG_CHUNK];
        for (byte, pair) in whole.iter().zip(&mut digits) {
            *pair = [character_of(byte >> 4), character_of(byte & 0x0f)];
        }
        text[..2 * bytes.len()].copy_from_slice(&digits.as_flattened()[..2 * bytes.len()]);
    }
    2 * bytes.len()
}

#[inline]
const fn character_of(value: u8) -> u8 {
    b'0'.wrapping_add(value).wrapping_add(above(value, 9) & (b'a' - 10 - b'0'))
}
