use core::fmt;

use subtle::{Choice, ConstantTimeEq};

use crate::bytes::{Aligned, copy_short};

use super::{INVALID, above, in_range, invalid, write_ascii};

/// What the two alphabets of RFC 4648 differ in.
#[derive(Clone, Copy)]
pub(crate) struct Alphabet {
    /// The characters for 62 and 63.
    specials: [u8; 2],
    padded: bool,
}

/// RFC 4648, 4.
pub(crate) const STANDARD: Alphabet = Alphabet { specials: *b"+/", padded: true };

/// RFC 4648, 5, without padding.
pub(crate) const URL_SAFE: Alphabet = Alphabet { specials: *b"-_", padded: false };

/// Characters handled at a time, a vector full, and the bytes that they stand for.
const TEXT_CHUNK: usize = 16;
const BYTES_CHUNK: usize = TEXT_CHUNK / 4 * 3;

/// Decodes unpadded text into `out`, which has the decoded length. Bits that are left over in
/// the last character must be zero.
#[inline]
pub(crate) fn decode(text: &[u8], alphabet: Alphabet, out: &mut [u8]) -> Choice {
    let (chunks, rest) = text.as_chunks::<TEXT_CHUNK>();
    let (places, last) = out.split_at_mut(BYTES_CHUNK * chunks.len());
    let mut seen = 0;
    for (chunk, place) in chunks.iter().zip(places.as_chunks_mut::<BYTES_CHUNK>().0) {
        let (bytes, marks) = decode_chunk(*chunk, alphabet);
        *place = bytes;
        seen |= marks;
    }
    // `A` stands for zero. Whatever the last group is filled up with must not show: what is
    // beyond the end are the left-over bits.
    let mut characters = [b'A'; TEXT_CHUNK];
    copy_short(rest, &mut characters);
    let (bytes, marks) = decode_chunk(characters, alphabet);
    let (whole, left_over) = bytes.split_at(last.len());
    copy_short(whole, last);
    seen |= marks | left_over.iter().fold(0, |seen, byte| seen | byte);
    seen.ct_eq(&0)
}

/// The bytes, and [`INVALID`] if a character is outside the alphabet.
#[inline(always)]
fn decode_chunk(mut characters: [u8; TEXT_CHUNK], alphabet: Alphabet) -> ([u8; BYTES_CHUNK], u8) {
    for character in &mut characters {
        *character = value_of(*character, alphabet);
    }
    let marks = characters.iter().fold(0, |seen, value| seen | value) & INVALID;
    (join(&characters), marks)
}

/// Joins groups of four values of six bits to three bytes.
#[inline]
fn join(values: &[u8; TEXT_CHUNK]) -> [u8; BYTES_CHUNK] {
    let mut bytes = [0; BYTES_CHUNK];
    for (group, bytes) in values.as_chunks::<8>().0.iter().zip(bytes.as_chunks_mut::<6>().0) {
        let [_, _, joined @ ..] = narrow(u64::from_be_bytes(*group)).to_be_bytes();
        *bytes = joined;
    }
    bytes
}

/// Eight lanes of six bits in eight bytes, moved together to 48 bits: lanes of twice the width
/// at each step.
#[inline]
const fn narrow(lanes: u64) -> u64 {
    let lanes = (lanes & 0x3f00_3f00_3f00_3f00) >> 2 | lanes & 0x003f_003f_003f_003f;
    let lanes = (lanes & 0x0fff_0000_0fff_0000) >> 4 | lanes & 0x0000_0fff_0000_0fff;
    (lanes & 0x00ff_ffff_0000_0000) >> 8 | lanes & 0x0000_0000_00ff_ffff
}

/// The reverse of [`narrow`].
#[inline]
const fn widen(bits: u64) -> u64 {
    let lanes = (bits & 0xffff_ff00_0000) << 8 | bits & 0xff_ffff;
    let lanes = (lanes & 0x00ff_f000_00ff_f000) << 4 | lanes & 0x0000_0fff_0000_0fff;
    (lanes & 0x0fc0_0fc0_0fc0_0fc0) << 2 | lanes & 0x003f_003f_003f_003f
}

#[inline]
const fn value_of(character: u8, Alphabet { specials: [plus, slash], .. }: Alphabet) -> u8 {
    let upper = in_range(character, b'A', b'Z');
    let lower = in_range(character, b'a', b'z');
    let digit = in_range(character, b'0', b'9');
    let is_plus = in_range(character, plus, plus);
    let is_slash = in_range(character, slash, slash);
    // What is to be added in each range to get from its characters to its values.
    let distance = upper & 0u8.wrapping_sub(b'A')
        | lower & 26u8.wrapping_sub(b'a')
        | digit & 52u8.wrapping_sub(b'0')
        | is_plus & 62u8.wrapping_sub(plus)
        | is_slash & 63u8.wrapping_sub(slash);
    let valid = upper | lower | digit | is_plus | is_slash;
    character.wrapping_add(distance) & 0x3f | invalid(character, valid)
}

/// Writes `bytes` as text.
#[inline]
pub(crate) fn encode<W: fmt::Write + ?Sized>(
    bytes: &[u8],
    alphabet: Alphabet,
    out: &mut W,
) -> fmt::Result {
    for chunk in bytes.chunks(4 * BYTES_CHUNK) {
        let mut text = Aligned([0; 4 * TEXT_CHUNK]);
        let len = encode_to(chunk, alphabet, &mut text.0);
        write_ascii(&mut text, len, out)?;
    }
    Ok(())
}

/// Writes `bytes` as text to the front of `text`, which has room for whole chunks; returns how
/// long it is.
#[inline]
pub(crate) fn encode_to(bytes: &[u8], alphabet: Alphabet, text: &mut [u8]) -> usize {
    match (<&[u8; 32]>::try_from(bytes), text.first_chunk_mut::<48>()) {
        // The tags and digests of SHA-256: with the length known there are no loops.
        (Ok(bytes), Some(text)) => encode_any(bytes, alphabet, text),
        (_, _) => encode_any(bytes, alphabet, text),
    }
}

#[inline(always)]
fn encode_any(bytes: &[u8], alphabet: Alphabet, text: &mut [u8]) -> usize {
    let (whole, rest) = bytes.as_chunks::<BYTES_CHUNK>();
    let mut places = text.as_chunks_mut::<TEXT_CHUNK>().0.iter_mut();
    for (chunk, place) in whole.iter().zip(&mut places) {
        *place = encode_chunk(chunk, alphabet);
    }
    if let (false, Some(place)) = (rest.is_empty(), places.next()) {
        *place = encode_bits(bits_of(rest), alphabet);
    }
    let (significant, padded) = ((4 * bytes.len()).div_ceil(3), bytes.len().div_ceil(3) * 4);
    for place in &mut text[significant..padded] {
        *place = b'=';
    }
    if alphabet.padded { padded } else { significant }
}

#[inline]
fn encode_chunk(bytes: &[u8; BYTES_CHUNK], alphabet: Alphabet) -> [u8; TEXT_CHUNK] {
    // Two words that overlap: of each, the six bytes at its end of the chunk.
    let [first @ .., _, _, _, _] = bytes;
    let [_, _, _, _, last @ ..] = bytes;
    encode_bits((u64::from_be_bytes(*first) >> 16, u64::from_be_bytes(*last)), alphabet)
}

/// Up to eleven bytes, filled up with zeros, as two numbers: of each the lower 48 bits count.
///
/// In registers. Filled up in memory, they would be read in other pieces than they were written
/// in, for which the processor waits.
#[inline]
fn bits_of(rest: &[u8]) -> (u64, u64) {
    let missing = 8 * (BYTES_CHUNK - rest.len());
    let bits = match (rest.first_chunk::<8>(), rest.last_chunk::<8>()) {
        // Where the two overlap they are the same.
        (Some(first), Some(last)) => {
            u128::from(u64::from_be_bytes(*first)) << 32
                | u128::from(u64::from_be_bytes(*last)) << missing
        }
        _ => rest.iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte)) << missing,
    };
    (low_bits(bits >> 48), low_bits(bits))
}

#[expect(clippy::cast_possible_truncation, reason = "only the low bits are kept")]
const fn low_bits(bits: u128) -> u64 {
    bits as u64
}

#[inline]
fn encode_bits((first, last): (u64, u64), alphabet: Alphabet) -> [u8; TEXT_CHUNK] {
    let (first, last) = (widen(first), widen(last & 0xffff_ffff_ffff));
    let mut text = (u128::from(first) << 64 | u128::from(last)).to_be_bytes();
    for character in &mut text {
        *character = character_of(*character, alphabet);
    }
    text
}

#[inline]
const fn character_of(value: u8, Alphabet { specials: [plus, slash], .. }: Alphabet) -> u8 {
    // The distance of each run of the alphabet from `A`, as a difference to the run before.
    let lower = above(value, 25) & (b'a' - 26 - b'A');
    let digit = above(value, 51) & b'0'.wrapping_sub(52).wrapping_sub(b'a' - 26);
    let first = above(value, 61) & plus.wrapping_sub(62).wrapping_sub(b'0'.wrapping_sub(52));
    let second = above(value, 62) & slash.wrapping_sub(63).wrapping_sub(plus.wrapping_sub(62));
    value
        .wrapping_add(b'A')
        .wrapping_add(lower)
        .wrapping_add(digit)
        .wrapping_add(first)
        .wrapping_add(second)
}
