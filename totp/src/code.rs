use core::fmt;

use creance_sigv::ct::{self, Choice};
use zeroize::Zeroize;

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
        let digits = &self.text[..usize::from(self.digits.get())];
        core::str::from_utf8(digits).unwrap_or_default()
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
