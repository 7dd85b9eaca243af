use core::fmt;

use creance_sigv::ct;
use creance_sigv::{Algorithm, Encoding, Tag};
use zeroize::Zeroize;

use crate::Error;
use crate::code::read_digits;
use crate::truncate::{dynamic_truncation, ten_digits};

/// A response: 4 to 10 digits, or a whole HMAC in hexadecimal.
///
/// As secret as a [`Code`](crate::Code), and treated likewise: wiped when dropped, hidden from
/// `Debug`, without `Display` and equality.
///
/// ```
/// use creance_totp::OcraResponse;
///
/// let typed = OcraResponse::parse("6534-7737")?;
/// assert_eq!(typed.expose(), "65347737");
/// assert_eq!(format!("{typed:?}"), "OcraResponse { characters: 8, .. }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct OcraResponse {
    /// ASCII, the first `len` bytes in use.
    text: [u8; Self::MAX_LEN],
    len: usize,
}

impl OcraResponse {
    const MAX_LEN: usize = 2 * Algorithm::MAX_OUTPUT_LEN;
    const MIN_DIGITS: usize = 4;
    const MAX_DIGITS: usize = 10;

    /// Reads a response: digits as [`Code::parse`](crate::Code::parse) takes them, from four to ten,
    /// or hexadecimal digits in either case, as many as an HMAC has.
    ///
    /// Not in constant time: the text is the sender's own.
    ///
    /// # Errors
    /// [`Error::OcraResponse`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut response = Self { text: [0; Self::MAX_LEN], len: 0 };
        let digits = read_digits(text, &mut response.text[..Self::MAX_DIGITS]);
        response.len = match digits {
            Some(len) if len >= Self::MIN_DIGITS => len,
            _ => response.read_mac(text).ok_or(Error::OcraResponse)?,
        };
        Ok(response)
    }

    /// The response as it is sent, hexadecimal digits in lower case. Never log it, and never compare
    /// two of them by `==`.
    #[must_use]
    pub fn expose(&self) -> &str {
        // All of it is ASCII, by the only two ways to make a response.
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// Compares a computed response with a received one, in constant time.
    ///
    /// # Errors
    /// [`Error::Mismatch`], also where the lengths differ.
    pub fn verify(&self, received: &Self) -> Result<(), Error> {
        ct::verify(self.bytes(), received.bytes()).map_err(|_| Error::Mismatch)
    }

    /// The truncated MAC, or all of it for 0 digits (RFC 6287, 5.2).
    pub(super) fn of(tag: &Tag, digits: u8) -> Self {
        let mut response = Self { text: [0; Self::MAX_LEN], len: 0 };
        if digits == 0 {
            // Nothing fails: the text has room for every tag.
            let _ = tag.write(Encoding::Hex, &mut Text(&mut response));
        } else {
            let all = ten_digits(dynamic_truncation(tag.expose()));
            let unused = all.len().saturating_sub(usize::from(digits));
            let _ = response.append(&all[unused..]);
        }
        response
    }

    fn read_mac(&mut self, text: &str) -> Option<usize> {
        let of_algorithm = |algorithm: Algorithm| 2 * algorithm.output_len() == text.len();
        let has_length =
            [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512].into_iter().any(of_algorithm);
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !has_length || !is_hex {
            return None;
        }
        for (place, byte) in self.text.iter_mut().zip(text.bytes()) {
            *place = byte.to_ascii_lowercase();
        }
        Some(text.len())
    }

    fn append(&mut self, text: &[u8]) -> Option<()> {
        let place = self.text.get_mut(self.len..)?.get_mut(..text.len())?;
        place.copy_from_slice(text);
        self.len += text.len();
        Some(())
    }

    fn bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

/// For the codec, which writes its text in pieces.
struct Text<'a>(&'a mut OcraResponse);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.append(text.as_bytes()).ok_or(fmt::Error)
    }
}

impl Drop for OcraResponse {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for OcraResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcraResponse").field("characters", &self.len).finish_non_exhaustive()
    }
}
