//! Which bytes may stand where.

use crate::{Error, Field};

/// The longest header, and the longest request target with a bewit, in bytes.
pub(crate) const MAX_LEN: usize = 4096;

/// Bytes at the front of `text` that may stand in an attribute's value: printable ASCII without
/// the quotation mark and the backslash.
///
/// Eight at a time. In each of the tests below a byte that is hit can only disturb the verdict on
/// bytes that come after it, so the first hit is exact.
#[inline]
pub(crate) fn value_len(text: &[u8]) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, tail) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let equals = |byte: u8| {
            let difference = word ^ (LOW * u64::from(byte));
            difference.wrapping_sub(LOW) & !difference
        };
        let control = word.wrapping_sub(LOW * 0x20) & !word;
        let delete_or_beyond = word.wrapping_add(LOW) | word;
        let hit = (control | delete_or_beyond | equals(b'"') | equals(b'\\')) & HIGH;
        if hit != 0 {
            return 8 * index + hit.trailing_zeros() as usize / 8;
        }
    }
    8 * words.len() + tail.iter().take_while(|byte| is_value_byte(**byte)).count()
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

/// `tchar` of RFC 9110, 5.6.2.
#[inline]
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// White space that HTTP allows around things (RFC 9110, 5.6.3).
#[inline]
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

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
