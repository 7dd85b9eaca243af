//! Which bytes may stand where.

use crate::{Error, Field};

/// The longest header, and the longest request target with a bewit, in bytes.
pub(crate) const MAX_LEN: usize = 4096;

/// Bytes at the front of `text` that may stand in an attribute's value: printable ASCII without
/// the quotation mark and the backslash.
#[inline]
pub(crate) fn value_len(text: &[u8]) -> usize {
    let (pairs, rest) = text.as_chunks::<16>();
    for (index, pair) in pairs.iter().enumerate() {
        if let Some(at) = first_of_pair(pair) {
            return 16 * index + at;
        }
    }
    let (words, tail) = rest.as_chunks::<8>();
    for word in words {
        let hit = no_value_bytes(u64::from_le_bytes(*word));
        if hit != 0 {
            return text.len() - rest.len() + hit.trailing_zeros() as usize / 8;
        }
    }
    text.len() - tail.len() + tail.iter().take_while(|byte| is_value_byte(**byte)).count()
}

/// Where the first of sixteen bytes stands that may not stand in a value. Most values are no
/// longer, and in which half they end nobody can foretell: so there is no branch between the two.
#[inline(always)]
fn first_of_pair(pair: &[u8; 16]) -> Option<usize> {
    let [first, second] = pair.as_chunks::<8>().0 else { return None };
    let [first, second] = [first, second].map(|word| no_value_bytes(u64::from_le_bytes(*word)));
    let (hit, before) = if first == 0 { (second, 8) } else { (first, 0) };
    (hit != 0).then(|| before + hit.trailing_zeros() as usize / 8)
}

/// Where `byte`, which is ASCII, stands first.
#[inline]
pub(crate) fn position(text: &[u8], byte: u8) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let (words, tail) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let difference = u64::from_le_bytes(*word) ^ (EACH * u64::from(byte));
        // As below: the lowest bit that is set is exact.
        let hit = difference.wrapping_sub(EACH) & !difference & (EACH * 0x80);
        if hit != 0 {
            return Some(8 * index + hit.trailing_zeros() as usize / 8);
        }
    }
    tail.iter().position(|other| *other == byte).map(|at| 8 * words.len() + at)
}

/// Whether all of `text` is visible ASCII: what a request target is made of.
#[inline]
pub(crate) fn is_visible(text: &[u8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // The last eight bytes may be looked at twice.
    let Some(last) = text.last_chunk::<8>() else {
        return text.iter().all(u8::is_ascii_graphic);
    };
    let hit = text.as_chunks::<8>().0.iter().chain([last]).fold(0, |hit, word| {
        let word = u64::from_le_bytes(*word);
        hit | word.wrapping_sub(EACH * 0x21) & !word | word.wrapping_add(EACH) | word
    });
    hit & (EACH * 0x80) == 0
}

/// Eight bytes at once: the upper bit of each byte that may not stand in a value.
///
/// The lowest bit that is set is exact. A subtraction or an addition that carries can set bits
/// wrongly, but only above a byte that is hit rightly.
#[inline]
const fn no_value_bytes(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // This turns `"` into a space and a space into `"`, and keeps the control characters below
    // both: so they and `"` are what lies below `!`.
    let swapped = word ^ (EACH * 2);
    let control_or_quote = swapped.wrapping_sub(EACH * 0x21) & !swapped;
    let delete_or_beyond = word.wrapping_add(EACH) | word;
    let backslash = word ^ (EACH * 0x5c);
    let backslash = backslash.wrapping_sub(EACH) & !backslash;
    (control_or_quote | delete_or_beyond | backslash) & (EACH * 0x80)
}

#[inline]
fn is_value_byte(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\'
}

/// Checks a value before it is written: nothing that cannot be parsed is ever emitted.
pub(crate) fn check_value(field: Field, value: &str) -> Result<(), Error> {
    if !value.is_empty() && value_len(value.as_bytes()) == value.len() {
        Ok(())
    } else {
        Err(Error::Value { field })
    }
}

/// What a byte may be part of, as a set of bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Class(u8);

impl Class {
    /// A method or scheme: `tchar` of RFC 9110, 5.6.2.
    pub(crate) const TOKEN: Self = Self(1);
    /// A host's name: `reg-name` of RFC 3986, 3.2.2, without percent-encoding.
    pub(crate) const NAME: Self = Self(2);
    /// Not a lower-case letter.
    pub(crate) const NOT_LOWER: Self = Self(8);
    /// Not an upper-case letter.
    pub(crate) const NOT_UPPER: Self = Self(16);

    /// The classes that all bytes of `text` share.
    #[inline]
    pub(crate) fn of(text: &str) -> Self {
        Self(text.bytes().fold(0xff, |shared, byte| shared & CLASSES[usize::from(byte)]))
    }

    #[inline]
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn of_byte(byte: u8) -> u8 {
        let alphanumeric = byte.is_ascii_alphanumeric();
        let mut class = 0;
        if alphanumeric
            || matches!(
                byte,
                b'!' | b'#'
                    | b'$'
                    | b'%'
                    | b'&'
                    | b'\''
                    | b'*'
                    | b'+'
                    | b'-'
                    | b'.'
                    | b'^'
                    | b'_'
                    | b'`'
                    | b'|'
                    | b'~'
            )
        {
            class |= Self::TOKEN.0;
        }
        if alphanumeric
            || matches!(
                byte,
                b'-' | b'.'
                    | b'_'
                    | b'~'
                    | b'!'
                    | b'$'
                    | b'&'
                    | b'\''
                    | b'('
                    | b')'
                    | b'*'
                    | b'+'
                    | b','
                    | b';'
                    | b'='
            )
        {
            class |= Self::NAME.0;
        }
        if !byte.is_ascii_lowercase() {
            class |= Self::NOT_LOWER.0;
        }
        if !byte.is_ascii_uppercase() {
            class |= Self::NOT_UPPER.0;
        }
        class
    }
}

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0u8;
    loop {
        classes[byte as usize] = Class::of_byte(byte);
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

#[inline]
pub(crate) fn is_token_byte(byte: u8) -> bool {
    Class(CLASSES[usize::from(byte)]).has(Class::TOKEN)
}

/// White space that HTTP allows around things (RFC 9110, 5.6.3).
#[inline]
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The text without the white space around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| u8::try_from(c).is_ok_and(is_space))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_search_finds_the_first_of_every_position() {
        for position_of_first in 0..20 {
            for other in [b'a', 0, 0x5d, 0x5b, 0xdc, 0x80, 0xff, b'\\'] {
                let mut text = [b'~'; 24];
                text[position_of_first] = b'\\';
                text[position_of_first + 1..].fill(other);
                assert_eq!(position(&text, b'\\'), Some(position_of_first), "{text:?}");
                assert_eq!(position(&text[..position_of_first], b'\\'), None, "{text:?}");
            }
        }
    }

    #[test]
    fn the_fast_check_of_targets_agrees_on_every_byte_and_position() {
        for position in 0..19 {
            for byte in 0..=u8::MAX {
                let mut text = [b'~'; 19];
                text[position] = byte;
                assert_eq!(is_visible(&text), byte.is_ascii_graphic(), "{text:?}");
            }
        }
    }

    #[test]
    fn the_fast_scan_agrees_with_the_grammar_on_every_byte_and_position() {
        for position in 0..20 {
            for byte in 0..=u8::MAX {
                for after in [b'a', 0, b'"', 0xff, 0x80, 0x7f, b'!', b'#', b']'] {
                    let mut text = [b'~'; 24];
                    text[position] = byte;
                    text[position + 1] = after;
                    let expected = text.iter().take_while(|byte| is_value_byte(**byte)).count();
                    assert_eq!(value_len(&text), expected, "{text:?}");
                }
            }
        }
    }
}
