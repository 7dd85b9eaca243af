//! Percent-encoding (RFC 3986, 2.1), for text that is no secret: the schemes differ in what they escape
//! and in what they refuse, not in how an escape is read and written.

/// A piece of percent-encoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A byte that stands there itself, `+` among them.
    Plain(u8),
    /// A byte that came as an escape, with digits of either case.
    Escape(u8),
    /// `%` without two digits behind it.
    Lone,
}

/// Reads a text once from its front to its end.
#[derive(Clone, Debug)]
pub(crate) struct Units<'t> {
    rest: &'t [u8],
}

#[inline]
pub(crate) const fn units(text: &[u8]) -> Units<'_> {
    Units { rest: text }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    #[inline]
    fn next(&mut self) -> Option<Unit> {
        let (first, behind) = self.rest.split_first()?;
        self.rest = behind;
        if *first != b'%' {
            return Some(Unit::Plain(*first));
        }
        let escaped = behind
            .split_first_chunk::<2>()
            .and_then(|([high, low], behind)| Some((digit(*high)? << 4 | digit(*low)?, behind)));
        let Some((byte, behind)) = escaped else { return Some(Unit::Lone) };
        self.rest = behind;
        Some(Unit::Escape(byte))
    }
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}

/// What each byte is escaped as: digits are in upper case (RFC 3986, 2.1).
static ESCAPES: [[u8; 3]; 256] = escapes();

const fn escapes() -> [[u8; 3]; 256] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut table = [[0; 3]; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = [b'%', DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    table
}

/// The escape of a byte, `%` and two digits.
#[inline]
pub(crate) fn escape(byte: u8) -> &'static str {
    core::str::from_utf8(&ESCAPES[usize::from(byte)]).unwrap_or_default()
}

/// RFC 3986, 2.3.
#[inline]
pub(crate) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back_from_its_escape() {
        for byte in 0..=255 {
            let text = escape(byte);
            assert_eq!(text, std::format!("%{byte:02X}"));
            for text in [text, &text.to_lowercase()] {
                assert!(units(text.as_bytes()).eq([Unit::Escape(byte)]), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_escape_is_told_from_one() {
        use Unit::{Escape, Lone, Plain};
        for (text, expected) in [
            ("", &[][..]),
            ("a+", &[Plain(b'a'), Plain(b'+')]),
            ("%", &[Lone]),
            ("%4", &[Lone, Plain(b'4')]),
            ("%4g", &[Lone, Plain(b'4'), Plain(b'g')]),
            ("%+1", &[Lone, Plain(b'+'), Plain(b'1')]),
            ("%%41", &[Lone, Escape(b'A')]),
            ("%2541", &[Escape(b'%'), Plain(b'4'), Plain(b'1')]),
        ] {
            assert!(units(text.as_bytes()).eq(expected.iter().copied()), "{text}");
        }
    }
}
