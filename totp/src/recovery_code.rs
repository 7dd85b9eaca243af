use core::fmt;
use core::hint::black_box;

use creance_sigv::rand::CryptoRng;
use zeroize::Zeroize;

use crate::{Error, RecoveryPolicy};

/// A recovery code: what lets somebody in whose authenticator is lost, once.
///
/// Letters and digits of an alphabet in which no two look alike (digits, and letters without I, L,
/// O and U), 5 bits each. As long as it is not used it is a secret: wiped when dropped, hidden by
/// `Debug`, without `Display` and equality. What is stored is a keyed hash of it, see
/// `RecoverySet`.
///
/// ```
/// use creance_totp::RecoveryCode;
///
/// let typed = RecoveryCode::parse("olo1 zzzz-2345")?;
/// let mut printed = String::new();
/// typed.write(&mut printed)?;
/// assert_eq!(printed, "0101-ZZZZ-2345");
/// assert_eq!(format!("{typed:?}"), "RecoveryCode { characters: 12, .. }");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RecoveryCode {
    /// Characters of the alphabet, the first `len` of them in use.
    text: [u8; Self::MAX_CHARACTERS],
    len: usize,
}

impl RecoveryCode {
    /// The fewest characters: the 20 bits that NIST SP 800-63B asks of a look-up secret.
    pub const MIN_CHARACTERS: usize = 4;

    /// The most characters: 160 bits.
    pub const MAX_CHARACTERS: usize = 32;

    /// The bits of a character.
    pub const BITS_PER_CHARACTER: usize = 5;

    /// The longest text that is looked at, in bytes.
    const MAX_TEXT: usize = 256;

    /// A fresh code as long as the policy says, all of it random.
    ///
    /// `RecoveryCodes` makes all that a user gets, together with what is stored of them.
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(policy: RecoveryPolicy, rng: &mut R) -> Self {
        // No policy has more characters than there is room for.
        let mut code = Self { text: [0; Self::MAX_CHARACTERS], len: policy.characters().into() };
        let text = &mut code.text[..code.len];
        rng.fill_bytes(text);
        for byte in text {
            *byte = character_of(*byte & 0x1f);
        }
        code
    }

    /// Reads a code as people type and paste it: in either case, with white space and dashes
    /// anywhere, O for 0, and I or L for 1.
    ///
    /// Not in constant time: the text is the sender's own.
    ///
    /// # Errors
    /// [`Error::RecoveryCode`] for other characters, for fewer than
    /// [`MIN_CHARACTERS`](Self::MIN_CHARACTERS) or more than
    /// [`MAX_CHARACTERS`](Self::MAX_CHARACTERS), and for more than 256 bytes.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > Self::MAX_TEXT {
            return Err(Error::RecoveryCode);
        }
        let mut code = Self { text: [0; Self::MAX_CHARACTERS], len: 0 };
        for character in text.chars().filter(|character| !is_space(*character)) {
            let place = code.text.get_mut(code.len).ok_or(Error::RecoveryCode)?;
            *place = typed(character).ok_or(Error::RecoveryCode)?;
            code.len += 1;
        }
        if code.len < Self::MIN_CHARACTERS { Err(Error::RecoveryCode) } else { Ok(code) }
    }

    /// How many characters it has, without dashes.
    #[must_use]
    pub const fn characters(&self) -> usize {
        self.len
    }

    /// The characters without dashes. Never log them, and never compare them by `==`.
    #[must_use]
    pub fn expose(&self) -> &str {
        // All of it is ASCII, by the only two ways to make a code.
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// Writes it as it is shown: in groups of four with dashes between them, or of five where that
    /// leaves no shorter group.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        let group = if self.len.is_multiple_of(5) { 5 } else { 4 };
        for (index, characters) in self.bytes().chunks(group).enumerate() {
            if index > 0 {
                out.write_char('-')?;
            }
            out.write_str(core::str::from_utf8(characters).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }

    /// What [`write`](Self::write) writes, as text that is wiped when dropped.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    #[cfg(feature = "alloc")]
    pub fn to_text(&self) -> Result<crate::Sensitive, Error> {
        crate::Sensitive::written(|out| self.write(out))
    }

    /// Whether two fresh codes are the same.
    #[cfg(feature = "alloc")]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        creance_sigv::ct::verify(self.bytes(), other.bytes()).is_ok()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryCode").field("characters", &self.len).finish_non_exhaustive()
    }
}

/// What separates groups: white space, and the dashes that word processors make of a hyphen.
fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The character of the alphabet that somebody meant.
fn typed(character: char) -> Option<u8> {
    match character.to_ascii_uppercase() {
        'O' => Some(b'0'),
        'I' | 'L' => Some(b'1'),
        'U' => None,
        upper @ ('0'..='9' | 'A'..='Z') => u8::try_from(upper).ok(),
        _ => None,
    }
}

/// The character of five bits, without a look-up in a table: they are a secret.
fn character_of(value: u8) -> u8 {
    // ASCII has a gap behind the digits; I, L, O and U are left out.
    let gaps: [(u8, u8); 5] = [(9, 7), (17, 1), (19, 1), (21, 1), (26, 1)];
    let character = gaps.iter().fold(b'0' + value, |character, (last_before, width)| {
        // All ones where the subtraction borrows. The compiler must not know that it is that or zeros:
        // it would be free to branch.
        let is_behind = black_box(0u8.wrapping_sub(last_before.wrapping_sub(value) >> 7));
        character.wrapping_add(is_behind & width)
    });
    // The mask clears what the compiler cannot know to be clear: whether bytes are UTF-8 must not
    // depend on a secret.
    black_box(character) & 0x7f
}
