use crate::Error;

/// What a challenge is made of (RFC 6287, 6.3).
///
/// In the message a challenge is filled up with zeros on the right, and its length is not there, so some
/// challenges have one response. Of numbers these are `1`, `01`, `16` and `256`, whose hexadecimal
/// digits are `1`, `1`, `10` and `100`; of hexadecimal digits `A` and `A0`. Among challenges of one
/// length, which have no zeros in front where they are numbers, no two do: ask such ones only, of as
/// many characters as the suite says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChallengeFormat {
    /// Letters and digits of ASCII: `A`.
    Alphanumeric,
    /// Decimal digits: `N`. They are one number, so leading zeros are lost.
    Numeric,
    /// Hexadecimal digits in either case: `H`. Zeros at their end are lost.
    Hexadecimal,
}

impl ChallengeFormat {
    fn has(self, character: u8) -> bool {
        match self {
            Self::Alphanumeric => character.is_ascii_alphanumeric(),
            Self::Numeric => character.is_ascii_digit(),
            Self::Hexadecimal => character.is_ascii_hexdigit(),
        }
    }

    /// Checks one party's question, of 1 to `max` characters.
    pub(crate) fn check(self, question: &str, max: u8) -> Result<(), Error> {
        let has_length = (1..=usize::from(max)).contains(&question.len());
        let is_right = has_length && question.bytes().all(|character| self.has(character));
        if is_right { Ok(()) } else { Err(Error::OcraChallenge) }
    }

    /// The 128 bytes of a challenge in the message, filled up with zeros on the right. What comes in
    /// was checked: two questions of 64 characters at most.
    pub(crate) fn encode(self, questions: [&str; 2]) -> [u8; BYTES] {
        let characters = || questions.into_iter().flat_map(str::bytes);
        let mut encoded = [0; BYTES];
        match self {
            Self::Alphanumeric => {
                for (place, character) in encoded.iter_mut().zip(characters()) {
                    *place = character;
                }
            }
            Self::Hexadecimal => pack(characters().map(nibble), &mut encoded),
            Self::Numeric => pack(Number::read(characters()).nibbles(), &mut encoded),
        }
        encoded
    }
}

/// Bytes of a challenge in the message.
const BYTES: usize = 128;

/// The value of a hexadecimal digit.
fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20).wrapping_sub(b'a' - 10) & 0x0f,
    }
}

/// Two nibbles in each byte, from the left.
fn pack(nibbles: impl Iterator<Item = u8>, bytes: &mut [u8]) {
    for (index, nibble) in nibbles.enumerate() {
        if let Some(byte) = bytes.get_mut(index / 2) {
            *byte |= if index % 2 == 0 { nibble << 4 } else { nibble };
        }
    }
}

/// A number of up to 128 decimal digits, its lowest 32 bits first.
struct Number([u32; Self::WORDS]);

impl Number {
    /// 128 decimal digits have 426 bits.
    const WORDS: usize = 14;

    fn read(digits: impl Iterator<Item = u8>) -> Self {
        let mut words = [0; Self::WORDS];
        for digit in digits {
            let mut carry = u64::from(digit.wrapping_sub(b'0'));
            for word in &mut words {
                let product = u64::from(*word) * 10 + carry;
                *word = (product & 0xffff_ffff) as u32;
                carry = product >> 32;
            }
        }
        Self(words)
    }

    /// The hexadecimal digits from the first one on that is not zero. They are not filled up to whole
    /// bytes: 255 is `FF`, and 256 is `10 00`, as in RFC 6287, appendix A.
    fn nibbles(&self) -> impl Iterator<Item = u8> {
        let words = self.0.iter().rev();
        let nibbles =
            words.flat_map(|word| word.to_be_bytes()).flat_map(|byte| [byte >> 4, byte & 15]);
        nibbles.skip_while(|nibble| *nibble == 0)
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        let digit = |value: u8| char::from_digit(value.into(), 16).expect("four bits");
        bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    fn encoded(format: ChallengeFormat, first: &str, second: &str) -> String {
        let text = hex(&format.encode([first, second]));
        assert_eq!(text.len(), 2 * BYTES);
        text.trim_end_matches('0').into()
    }

    #[test]
    fn numbers_are_written_in_hexadecimal_from_the_left() {
        for (first, second, expected) in [
            ("00000000", "", ""),
            ("255", "", "ff"),
            ("256", "", "1"),
            ("257", "", "101"),
            ("00000257", "", "101"),
            ("2", "57", "101"),
            ("99999999", "", "5f5e0ff"),
            ("340282366920938463463374607431768211455", "", "ffffffffffffffffffffffffffffffff"),
            ("340282366920938463463374607431768211457", "", "100000000000000000000000000000001"),
        ] {
            assert_eq!(
                encoded(ChallengeFormat::Numeric, first, second),
                expected,
                "{first}{second}"
            );
        }
    }

    /// 10^128 - 1, by its factor 10^64 - 1: as a number of 426 bits it is not cut off.
    #[test]
    fn the_longest_number_fits() {
        let nines = "9".repeat(64);
        let Number(words) = Number::read(nines.bytes().chain(nines.bytes()));
        let bits = words.iter().rposition(|word| *word != 0).map(|last| {
            32 * last + 32 - usize::try_from(words[last].leading_zeros()).expect("few")
        });
        assert_eq!(bits, Some(426));
        // 10^128 = 2^128 * 5^128, so the lowest 128 bits of 10^128 - 1 are ones.
        assert_eq!(words[..4], [u32::MAX; 4]);
        assert_ne!(words[4], u32::MAX);
    }

    #[test]
    fn hexadecimal_digits_of_an_odd_number_are_filled_up_on_the_right() {
        assert_eq!(encoded(ChallengeFormat::Hexadecimal, "0aBcDeF", ""), "0abcdef");
        assert_eq!(encoded(ChallengeFormat::Hexadecimal, "0", "12"), "012");
        let full = "f".repeat(64);
        assert_eq!(encoded(ChallengeFormat::Hexadecimal, &full, &full), "f".repeat(128));
    }

    #[test]
    fn letters_are_their_bytes() {
        assert_eq!(encoded(ChallengeFormat::Alphanumeric, "CLI", "SRV"), hex(b"CLISRV"));
        let full = "Z".repeat(64);
        assert_eq!(encoded(ChallengeFormat::Alphanumeric, &full, &full), "5a".repeat(128));
    }
}
