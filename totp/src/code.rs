use core::fmt;

use creance_sigv::ct::{self, Choice};
use creance_sigv::rand::CryptoRng;
use zeroize::Zeroize;

use crate::truncate;
use crate::{Digits, Error};

/// A one-time password: 6 to 8 decimal digits, leading zeros included.
///
/// As long as it is valid it is a secret, whether it was computed here or typed by a person. So it
/// is wiped when dropped, `Debug` hides it, there is no `Display` and no equality: it is compared
/// in constant time by [`verify`](Self::verify), or read with [`expose`](Self::expose).
///
/// ```
/// use creance_totp::Code;
///
/// let typed = Code::parse("012 345")?;
/// assert_eq!(typed.expose(), "012345");
/// assert_eq!(format!("{typed:?}"), "Code { digits: Six, .. }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct Code {
    /// ASCII digits in the first `digits` places, zero bytes in the others: two codes are equal
    /// where all eight bytes are.
    text: [u8; Self::MAX_LEN],
    digits: Digits,
}

impl Code {
    const MAX_LEN: usize = Digits::MAX as usize;

    #[inline]
    pub(crate) const fn new(text: [u8; Self::MAX_LEN], digits: Digits) -> Self {
        Self { text, digits }
    }

    /// Reads a code as people type it: 6 to 8 ASCII digits, with spaces anywhere, and between the
    /// digits one dash at most. What else there may be around a code has to be cut off before.
    ///
    /// Not in constant time: the text is the sender's own.
    ///
    /// ```
    /// use creance_totp::Code;
    ///
    /// for typed in ["123456", "123 456", "123-456", " 12 34 56 ", "1234 5678"] {
    ///     assert!(Code::parse(typed).is_ok());
    /// }
    /// for typed in ["12345", "123456789", "-123456", "12-34-56", "12345six", "１２３４５６"] {
    ///     assert!(Code::parse(typed).is_err());
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Code`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut code = Self::new([0; Self::MAX_LEN], Digits::Six);
        let len = read_digits(text, &mut code.text).ok_or(Error::Code)?;
        let len = u8::try_from(len).map_err(|_| Error::Code)?;
        code.digits = Digits::new(len).map_err(|_| Error::Code)?;
        Ok(code)
    }

    /// A random code, to be sent to somebody: each of the 10^`digits` codes is as likely as any
    /// other.
    ///
    /// ```
    /// use creance_totp::{Code, Digits};
    ///
    /// let code = Code::generate(Digits::Six, &mut creance_totp::rand::rng());
    /// assert_eq!(code.expose().len(), 6);
    /// ```
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(digits: Digits, rng: &mut R) -> Self {
        // From the last incomplete run of codes below 2^32 some would be drawn more often. That a
        // number is drawn again becomes public, and nothing of the one that is kept.
        let codes = 10_u32.pow(u32::from(digits.get()));
        let in_complete_runs = u32::MAX - u32::MAX % codes;
        loop {
            let drawn = rng.next_u32();
            let difference = u64::from(drawn).wrapping_sub(u64::from(in_complete_runs));
            let [is_below, ..] = (difference >> 63).to_le_bytes();
            if ct::decide(Choice::from(is_below)).is_ok() {
                return truncate::code(drawn, digits);
            }
        }
    }

    /// How many digits it has.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// The digits, to send or show them to whom they belong. Never log a code, and never compare
    /// two of them by `==`.
    #[must_use]
    pub fn expose(&self) -> &str {
        // All of it is ASCII, by the only two ways to make a code.
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.digits.get())]
    }

    /// Writes the digits in two groups, as they are easier to read and to type: `123 456`, `123 4567`
    /// or `1234 5678`. [`parse`](Self::parse) takes them back.
    ///
    /// ```
    /// use creance_totp::Code;
    ///
    /// let mut to_show = String::new();
    /// Code::parse("012345")?.write_grouped(&mut to_show)?;
    /// assert_eq!(to_show, "012 345");
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Write`] where `out` fails.
    pub fn write_grouped<W: fmt::Write + ?Sized>(&self, out: &mut W) -> Result<(), Error> {
        let (first, second) = self.expose().split_at(usize::from(self.digits.get() / 2));
        write!(out, "{first} {second}").map_err(|_| Error::Write)
    }

    /// Writes the digits one by one, for a machine that reads them out: it would say `123456` as a
    /// number, and leave out leading zeros.
    ///
    /// ```
    /// use creance_totp::Code;
    ///
    /// let mut to_say = String::new();
    /// Code::parse("012345")?.write_spelled(&mut to_say)?;
    /// assert_eq!(to_say, "0, 1, 2, 3, 4, 5");
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Write`] where `out` fails.
    pub fn write_spelled<W: fmt::Write + ?Sized>(&self, out: &mut W) -> Result<(), Error> {
        for (at, digit) in self.expose().chars().enumerate() {
            let pause = if at == 0 { "" } else { ", " };
            write!(out, "{pause}{digit}").map_err(|_| Error::Write)?;
        }
        Ok(())
    }

    /// Compares a computed code with a received one, in constant time.
    ///
    /// ```
    /// use creance_totp::Code;
    ///
    /// let expected = Code::parse("755224")?;
    /// assert!(expected.verify(&Code::parse("755 224")?).is_ok());
    /// assert!(expected.verify(&Code::parse("755225")?).is_err());
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Mismatch`], also where the numbers of digits differ.
    pub fn verify(&self, received: &Self) -> Result<(), Error> {
        ct::decide(self.equals(received)).map_err(|_| Error::Mismatch)
    }
}

/// Writes the digits of a text to the front of `digits`, and tells how many there are: `None` where
/// they do not fit, or where there is more than spaces and one dash between them.
pub(crate) fn read_digits(text: &str, digits: &mut [u8]) -> Option<usize> {
    let (mut len, mut dash_at) = (0, None);
    for byte in text.bytes() {
        match byte {
            b' ' => {}
            b'-' if len > 0 && dash_at.is_none() => dash_at = Some(len),
            b'0'..=b'9' => {
                *digits.get_mut(len)? = byte;
                len += 1;
            }
            _ => return None,
        }
    }
    (dash_at != Some(len)).then_some(len)
}

/// Codes of one kind, as a search compares them.
pub(crate) trait Comparable {
    /// Whether two codes are the same, as a value to compute with and not to branch on.
    fn equals(&self, received: &Self) -> Choice;
}

impl Comparable for Code {
    #[inline]
    fn equals(&self, received: &Self) -> Choice {
        ct::eq(&self.text, &received.text)
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("digits", &self.digits).finish_non_exhaustive()
    }
}
