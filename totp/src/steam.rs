use core::fmt;
use core::hint::black_box;

use creance_sigv::ct::{self, Choice};
use zeroize::Zeroize;

use crate::ahead::Ahead;
use crate::code::Comparable;
use crate::search::newest_match;
use crate::truncate::{dynamic_truncation, twenty_sixth};
use crate::{Algorithm, Error, Key, MatchedStep, Secret, UnixTime};

/// The codes of Steam Guard: those of [`Totp`](crate::Totp) with SHA-1 and 30 s, written as five
/// letters and digits.
///
/// No standard describes them, and nothing but the service itself tells that a secret makes such
/// codes: an issuer's name does not.
///
/// This is the computation only: see the [crate](crate) on what a service has to add.
///
/// ```
/// use creance_totp::{Secret, Steam, SteamCode, UnixTime};
///
/// let steam = Steam::new(&Secret::from_bytes(b"12345678901234567890")?)?;
/// assert_eq!(steam.generate(UnixTime::from_secs(59)).expose(), "PV9M4");
///
/// let typed = SteamCode::parse("pv9m4")?;
/// assert_eq!(steam.verify(&typed, UnixTime::from_secs(61), 1, 0)?.step(), 1);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Steam {
    key: Key,
}

impl Steam {
    /// How long a step lasts, in seconds.
    pub const PERIOD: u64 = 30;

    /// The codes of a secret, which Steam hands out in Base64 and of 20 bytes.
    ///
    /// # Errors
    /// None that can occur: see [`Secret::key`].
    pub fn new(secret: &Secret) -> Result<Self, Error> {
        Ok(Self { key: secret.key(Algorithm::Sha1)? })
    }

    /// The same for a key, which may be longer than any [`Secret`].
    ///
    /// ```
    /// use creance_totp::{Algorithm, Error, Key, Steam, UnixTime};
    ///
    /// let steam = Steam::with_key(Key::new(Algorithm::Sha1, b"12345678901234567890")?)?;
    /// assert_eq!(steam.generate(UnixTime::from_secs(59)).expose(), "PV9M4");
    ///
    /// let other = Key::new(Algorithm::Sha256, b"12345678901234567890123456789012")?;
    /// assert_eq!(Steam::with_key(other).unwrap_err(), Error::WrongKey);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongKey`] for a key of another algorithm than SHA-1, and for a
    /// [decoy](Key::decoy), whose codes everybody can compute.
    pub fn with_key(key: Key) -> Result<Self, Error> {
        let is_right = key.algorithm() == Algorithm::Sha1 && !key.is_decoy();
        if is_right { Ok(Self { key }) } else { Err(Error::WrongKey) }
    }

    /// The step that `time` falls into: whole periods since 1970.
    #[must_use]
    pub const fn step_at(&self, time: UnixTime) -> u64 {
        time.as_secs() / Self::PERIOD
    }

    /// The code at `time`.
    #[must_use]
    pub fn generate(&self, time: UnixTime) -> SteamCode {
        self.generate_step(self.step_at(time))
    }

    /// The code of a step, of which every value has one.
    #[must_use]
    pub fn generate_step(&self, step: u64) -> SteamCode {
        let [tag] = self.key.sign_counters(&[step]);
        SteamCode::of(dynamic_truncation(tag.expose()))
    }

    /// Looks for the step of a received code: the one at `time`, `past_steps` before it and
    /// `future_steps` after it, all included, as far as there are steps. As
    /// [`Totp::verify`](crate::Totp::verify) does it, in constant time and with no early exit.
    ///
    /// # Errors
    /// [`Error::Mismatch`].
    pub fn verify(
        &self,
        code: &SteamCode,
        time: UnixTime,
        past_steps: u8,
        future_steps: u8,
    ) -> Result<MatchedStep, Error> {
        let step = self.step_at(time);
        let first = step.saturating_sub(u64::from(past_steps));
        let last = step.saturating_add(u64::from(future_steps));
        let mut ahead = Ahead::new(&self.key, first..=last);
        let code_of = |step| SteamCode::of(ahead.value_of(step));
        newest_match(code, first..=last, code_of).map(MatchedStep::new)
    }
}

/// A code of Steam Guard: five characters out of 26, without vowels and what looks alike.
///
/// As secret as a [`Code`](crate::Code), and treated likewise: wiped when dropped, hidden from
/// `Debug`, without `Display` and equality.
///
/// ```
/// use creance_totp::SteamCode;
///
/// let typed = SteamCode::parse(" pv9m4 ")?;
/// assert_eq!(typed.expose(), "PV9M4");
/// assert_eq!(format!("{typed:?}"), "SteamCode { .. }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct SteamCode {
    text: [u8; Self::LEN],
}

impl SteamCode {
    /// How many characters a code has.
    pub const LEN: usize = 5;

    /// The characters that a code is made of, in the order of their values.
    pub const ALPHABET: &str = "23456789BCDFGHJKMNPQRTVWXY";

    /// Reads a code as people type it: in either case, with spaces anywhere.
    ///
    /// Not in constant time: the text is the sender's own.
    ///
    /// # Errors
    /// [`Error::SteamCode`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut code = Self { text: [0; Self::LEN] };
        let mut len = 0;
        for byte in text.bytes().filter(|byte| *byte != b' ') {
            let character = byte.to_ascii_uppercase();
            if !Self::ALPHABET.as_bytes().contains(&character) {
                return Err(Error::SteamCode);
            }
            *code.text.get_mut(len).ok_or(Error::SteamCode)? = character;
            len += 1;
        }
        if len == Self::LEN { Ok(code) } else { Err(Error::SteamCode) }
    }

    /// The characters, in upper case, to send or show them to whom they belong. Never log a code,
    /// and never compare two of them by `==`.
    #[must_use]
    pub fn expose(&self) -> &str {
        // All of it is ASCII, by the only two ways to make a code.
        core::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Compares a computed code with a received one, in constant time.
    ///
    /// # Errors
    /// [`Error::Mismatch`].
    pub fn verify(&self, received: &Self) -> Result<(), Error> {
        ct::decide(self.equals(received)).map_err(|_| Error::Mismatch)
    }

    /// The digits of a truncated value to the base of 26, the lowest first.
    fn of(mut value: u32) -> Self {
        let mut text = [0; Self::LEN];
        for place in &mut text {
            let quotient = twenty_sixth(value);
            let [.., digit] = (value - 26 * quotient).to_be_bytes();
            *place = character_of(digit);
            value = quotient;
        }
        Self { text }
    }
}

impl Comparable for SteamCode {
    #[inline]
    fn equals(&self, received: &Self) -> Choice {
        ct::eq(&self.text, &received.text)
    }
}

impl Drop for SteamCode {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for SteamCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteamCode").finish_non_exhaustive()
    }
}

/// The character of a value below 26, without a look-up: where a table is read tells the value to
/// an observer of the cache.
fn character_of(value: u8) -> u8 {
    /// Before which values ASCII has characters that the alphabet leaves out, and how many.
    const GAPS: [(u8, u8); 7] = [(8, 8), (11, 1), (14, 1), (16, 1), (18, 1), (21, 1), (22, 1)];
    GAPS.iter().fold(b'2' + value, |character, (first, left_out)| {
        // The subtraction borrows where the value is greater. The compiler must not know that this is
        // all ones or all zeros: it would be free to branch.
        let is_behind = black_box(0u8.wrapping_sub((first - 1).wrapping_sub(value) >> 7));
        character + (is_behind & left_out)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_character() {
        for (value, character) in (0..).zip(SteamCode::ALPHABET.bytes()) {
            assert_eq!(character_of(value), character, "{value}");
        }
    }

    #[test]
    fn the_lowest_digit_comes_first() {
        assert_eq!(SteamCode::of(0).expose(), "22222");
        assert_eq!(SteamCode::of(1).expose(), "32222");
        assert_eq!(SteamCode::of(26).expose(), "23222");
        assert_eq!(SteamCode::of(26_u32.pow(5) - 1).expose(), "YYYYY");
        // The sixth digit is cut off.
        assert_eq!(SteamCode::of(26_u32.pow(5)).expose(), "22222");
    }
}
