use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt::{self, Write};

use crate::Error;
use crate::codec::in_range;
use crate::codec::percent::{Unit, escape, is_unreserved, units};
use crate::scheme::Part;

/// What a text is decoded by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// RFC 5849, 3.6: everything but unreserved characters is an escape. So a plus sign, which another
    /// reader may take for a space, has no meaning here at all.
    Percent,
    /// `application/x-www-form-urlencoded`: a plus sign is a space, and other visible characters stand
    /// for themselves.
    Form,
}

/// Decodes a text in one pass: what comes out is not decoded again.
///
/// # Errors
/// [`Error::Malformed`] with [`Part::Parameter`] for an escape that is none, a character that has no
/// place, and bytes that are not UTF-8.
pub(super) fn decode(text: &str, rule: Rule) -> Result<Cow<'_, str>, Error> {
    let is_plain = |byte: u8| match rule {
        Rule::Percent => is_unreserved(byte),
        Rule::Form => byte.is_ascii_graphic() && byte != b'%' && byte != b'+',
    };
    if text.bytes().all(is_plain) {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    for unit in units(text.as_bytes()) {
        decoded.push(match unit {
            Unit::Escape(byte) => byte,
            Unit::Plain(b'+') if rule == Rule::Form => b' ',
            Unit::Plain(byte) if is_plain(byte) => byte,
            Unit::Plain(_) | Unit::Lone => return Err(MALFORMED),
        });
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| MALFORMED)
}

const MALFORMED: Error = Error::Malformed(Part::Parameter);

/// Writes a text in the encoding of RFC 5849, 3.6, which escapes a space as `%20` and nothing that is
/// unreserved. `mark` begins an escape: `%`, or `%25` for a text that is encoded twice.
pub(super) fn write_encoded<W: Write + ?Sized>(out: &mut W, text: &str, mark: &str) -> fmt::Result {
    // Each piece ends with the one character that is escaped, but perhaps for the last piece.
    for piece in text.split_inclusive(is_reserved) {
        let plain = piece.trim_end_matches(is_reserved);
        out.write_str(plain)?;
        for byte in piece.bytes().skip(plain.len()) {
            out.write_str(mark)?;
            // Its digits: the mark stands for its first character.
            out.write_str(escape(byte).get(1..).unwrap_or_default())?;
        }
    }
    Ok(())
}

/// The same as a `String`.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    // A `String` takes everything.
    let _ = write_encoded(&mut encoded, text, "%");
    encoded
}

/// Compares two texts as their encodings would compare, byte by byte (RFC 5849, 3.4.1.3.2).
///
/// An escape begins with `%`, which is less than every unreserved character, and goes on with digits
/// that compare like the byte that they stand for. So it is enough to put the bytes that are escaped
/// before those that are not.
pub(super) fn compare_encoded(first: &str, second: &str) -> Ordering {
    let rank = |byte: u8| (is_unreserved(byte), byte);
    first.bytes().map(rank).cmp(second.bytes().map(rank))
}

/// Writes a secret in the same encoding to the front of `out`, and returns how long it is. Where all of
/// it is unreserved, as in what is generated, nothing depends on its characters but that fact. Where it
/// is not, the time tells which places hold another character, as does the length how many.
pub(super) fn encode_secret(secret: &[u8], out: &mut [u8]) -> Option<usize> {
    let all = secret.iter().fold(0xff, |all, byte| all & unreserved(*byte));
    if crate::ct::decide((all & 1).into()).is_ok() {
        out.get_mut(..secret.len())?.copy_from_slice(secret);
        return Some(secret.len());
    }
    let mut len = 0;
    for byte in secret {
        // Not from a table, which a secret would be looked up in.
        let escape = [b'%', hexadecimal(byte >> 4), hexadecimal(byte & 15)];
        let written: &[u8] =
            if is_unreserved(*byte) { core::slice::from_ref(byte) } else { &escape };
        out.get_mut(len..len + written.len())?.copy_from_slice(written);
        len += written.len();
    }
    Some(len)
}

fn is_reserved(character: char) -> bool {
    !u8::try_from(character).is_ok_and(is_unreserved)
}

/// All ones for an unreserved character, otherwise all zeros; without a branch.
fn unreserved(byte: u8) -> u8 {
    let within = in_range(byte, b'A', b'Z')
        | in_range(byte, b'a', b'z')
        | in_range(byte, b'0', b'9')
        | in_range(byte, b'-', b'.')
        | in_range(byte, b'_', b'_')
        | in_range(byte, b'~', b'~');
    // What lies beyond ASCII is not told apart by the ranges.
    within & (byte >> 7).wrapping_sub(1)
}

const fn hexadecimal(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'A' + value - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString as _;

    #[test]
    fn everything_but_unreserved_characters_is_escaped_and_comes_back() {
        let texts = [
            ("", ""),
            ("abcXYZ019-._~", "abcXYZ019-._~"),
            (" +%&=*!'()", "%20%2B%25%26%3D%2A%21%27%28%29"),
            ("ä€😀\0\u{7f}", "%C3%A4%E2%82%AC%F0%9F%98%80%00%7F"),
            ("a b", "a%20b"),
        ];
        for (plain, written) in texts {
            assert_eq!(encoded(plain), written);
            assert_eq!(decode(written, Rule::Percent).unwrap(), plain);
            assert_eq!(decode(written, Rule::Form).unwrap(), plain);
            assert!(decode(&written.to_lowercase(), Rule::Form).is_ok());
            let mut secret = [0; 64];
            let len = encode_secret(plain.as_bytes(), &mut secret).unwrap();
            assert_eq!(&secret[..len], written.as_bytes());
        }
        let mut twice = String::new();
        write_encoded(&mut twice, "a b", "%25").unwrap();
        assert_eq!(twice, encoded(&encoded("a b")));
    }

    #[test]
    fn the_rules_differ_in_what_stands_for_itself() {
        assert_eq!(decode("a+b", Rule::Form).unwrap(), "a b");
        assert_eq!(decode("a%2Bb", Rule::Form).unwrap(), "a+b");
        assert_eq!(decode("%2525", Rule::Form).unwrap(), "%25");
        assert_eq!(decode("a:b@c", Rule::Form).unwrap(), "a:b@c");
        for text in ["a+b", "a:b", "a=b", "a/b", "%", "%4", "%4g", "%+1", "% 1", "a b", "ä"] {
            assert_eq!(decode(text, Rule::Percent), Err(MALFORMED), "{text}");
        }
        for text in ["%", "%4", "%4g", "%+1", "a b", "ä", "\n", "%ff", "%C3", "%C0%80"] {
            assert_eq!(decode(text, Rule::Form), Err(MALFORMED), "{text}");
        }
    }

    #[test]
    fn the_two_tests_for_unreserved_agree() {
        for byte in 0..=255 {
            assert_eq!(unreserved(byte), if is_unreserved(byte) { 0xff } else { 0 }, "{byte}");
        }
    }

    #[test]
    fn encodings_compare_as_if_they_were_written() {
        let characters: std::vec::Vec<char> =
            (0..=0x100_u32).filter_map(char::from_u32).chain(['€', '😀']).collect();
        let texts: std::vec::Vec<_> = characters
            .iter()
            .flat_map(|c| [c.to_string(), std::format!("a{c}"), std::format!("{c}a")])
            .map(|text| (encoded(&text), text))
            .collect();
        for (first_encoded, first) in &texts {
            for (second_encoded, second) in &texts {
                let expected = first_encoded.cmp(second_encoded);
                assert!(compare_encoded(first, second) == expected, "{first:?} {second:?}");
            }
        }
    }
}
