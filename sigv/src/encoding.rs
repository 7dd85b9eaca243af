use core::fmt;

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use subtle::{Choice, ConstantTimeEq};

use crate::Error;

/// How bytes are written as text (RFC 4648), each with one spelling only.
///
/// Decoding takes no white space, no missing or additional padding, no bits left over in the
/// last character and no other alphabet.
///
/// ```
/// use creance_sigv::Encoding;
///
/// let mut text = String::new();
/// Encoding::Base64Url.encode(b"\xff\xfe", &mut text)?;
/// assert_eq!(text, "__4");
///
/// let mut bytes = [0; 2];
/// Encoding::Base64Url.decode("__4", &mut bytes)?;
/// assert_eq!(&bytes, b"\xff\xfe");
/// assert!(Encoding::Base64Url.decode("__5", &mut bytes).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// The standard alphabet with padding (RFC 4648, 4).
    Base64,
    /// The URL-safe alphabet without padding (RFC 4648, 5).
    Base64Url,
    /// Lower-case hexadecimal (RFC 4648, 8).
    Hex,
}

impl Encoding {
    /// Writes `bytes` as text. Not in constant time.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn encode<W: fmt::Write + ?Sized>(self, bytes: &[u8], out: &mut W) -> fmt::Result {
        let mut text = [0; TEXT_CHUNK];
        for chunk in bytes.chunks(BYTES_CHUNK) {
            let len = match self.engine() {
                Some(engine) => engine.encode_slice(chunk, &mut text).map_err(|_| fmt::Error)?,
                None => encode_hex(chunk, &mut text),
            };
            out.write_str(core::str::from_utf8(&text[..len]).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }

    /// Decodes public text into the whole of `out`, in variable time.
    ///
    /// # Errors
    /// [`Error::Encoding`] for text in another spelling, [`Error::Buffer`] where `out` has not
    /// exactly the [decoded length](Self::decoded_len).
    #[inline]
    pub fn decode(self, text: &str, out: &mut [u8]) -> Result<(), Error> {
        let needed = self.decoded_len(text).ok_or(Error::Encoding { encoding: self })?;
        if out.len() != needed {
            return Err(Error::Buffer { bytes: out.len(), needed });
        }
        let canonical = match self.engine() {
            Some(engine) => engine.decode_slice_unchecked(text, out).is_ok_and(|len| len == needed),
            None => bool::from(decode_hex(text.as_bytes(), out)),
        };
        if canonical { Ok(()) } else { Err(Error::Encoding { encoding: self }) }
    }

    /// Bytes that `text` stands for, judged by its length and padding alone; `None` where no
    /// text of that length can be canonical.
    #[must_use]
    #[inline]
    pub fn decoded_len(self, text: &str) -> Option<usize> {
        let len = text.len();
        match self {
            Self::Base64 if !len.is_multiple_of(4) => None,
            Self::Base64 => Some(len / 4 * 3 - padding(text.as_bytes())),
            Self::Base64Url if len % 4 == 1 => None,
            Self::Base64Url => Some(len / 4 * 3 + len % 4 * 3 / 4),
            Self::Hex if !len.is_multiple_of(2) => None,
            Self::Hex => Some(len / 2),
        }
    }

    /// Decodes a secret's text into `out`, whose length is the [decoded
    /// length](Self::decoded_len), and tells whether the text was canonical. Time depends on the
    /// length and the padding only.
    pub(crate) fn decode_constant_time(self, text: &str, out: &mut [u8]) -> Choice {
        let text = text.as_bytes();
        match self {
            Self::Base64 => decode_base64(&text[..text.len() - padding(text)], [b'+', b'/'], out),
            Self::Base64Url => decode_base64(text, [b'-', b'_'], out),
            Self::Hex => decode_hex(text, out),
        }
    }

    #[inline]
    fn engine(self) -> Option<&'static GeneralPurpose> {
        match self {
            Self::Base64 => Some(&STANDARD),
            Self::Base64Url => Some(&URL_SAFE_NO_PAD),
            Self::Hex => None,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Base64 => "Base64 (standard alphabet, padded)",
            Self::Base64Url => "Base64url (URL-safe alphabet, unpadded)",
            Self::Hex => "lower-case hexadecimal",
        })
    }
}

/// Bytes encoded at a time: whole groups of three, so that only the last chunk is padded.
const BYTES_CHUNK: usize = 66;
const TEXT_CHUNK: usize = 2 * BYTES_CHUNK;

/// How many `=` end the text: 0, 1 or 2. Part of the length, so not a secret.
#[inline]
fn padding(text: &[u8]) -> usize {
    match text {
        [.., b'=', b'='] => 2,
        [.., b'='] => 1,
        _ => 0,
    }
}

fn encode_hex(bytes: &[u8], text: &mut [u8]) -> usize {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (byte, pair) in bytes.iter().zip(text.as_chunks_mut::<2>().0) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    2 * bytes.len()
}

/// `value` where `byte` lies in `first..=last`, otherwise 0, without a branch.
#[inline]
fn in_range(byte: u8, first: u8, last: u8, value: u8) -> u16 {
    let (byte, first, last) = (i16::from(byte), i16::from(first), i16::from(last));
    // Both differences are negative exactly inside the range: their sign bits make the mask.
    let mask = (((first - 1) - byte) & (byte - (last + 1))) >> 8;
    mask.cast_unsigned() & u16::from(value)
}

/// Marks a character outside the alphabet, above the value bits.
const INVALID: u16 = 0x100;

/// The value of a hexadecimal digit, or [`INVALID`].
#[inline]
fn hex_value(byte: u8) -> u16 {
    let found = in_range(byte, b'0', b'9', byte.wrapping_sub(b'0').wrapping_add(1))
        | in_range(byte, b'a', b'f', byte.wrapping_sub(b'a').wrapping_add(11));
    found.wrapping_sub(1) & (INVALID | 0x0f)
}

/// The value of a Base64 character, or [`INVALID`] with any value bits.
#[inline]
fn base64_value(byte: u8, [plus, slash]: [u8; 2]) -> u16 {
    let found = in_range(byte, b'A', b'Z', byte.wrapping_sub(b'A').wrapping_add(1))
        | in_range(byte, b'a', b'z', byte.wrapping_sub(b'a').wrapping_add(27))
        | in_range(byte, b'0', b'9', byte.wrapping_sub(b'0').wrapping_add(53))
        | in_range(byte, plus, plus, 63)
        | in_range(byte, slash, slash, 64);
    found.wrapping_sub(1) & (INVALID | 0x3f)
}

fn decode_hex(text: &[u8], out: &mut [u8]) -> Choice {
    let mut seen = 0;
    for ([high, low], byte) in text.as_chunks::<2>().0.iter().zip(out) {
        let (high, low) = (hex_value(*high), hex_value(*low));
        seen |= high | low;
        [_, *byte] = (high << 4 | low).to_be_bytes();
    }
    (seen & INVALID).ct_eq(&0)
}

/// Decodes unpadded text. Bits that are left over in the last character must be zero.
fn decode_base64(text: &[u8], specials: [u8; 2], out: &mut [u8]) -> Choice {
    let mut seen = 0;
    let mut left_over = 0;
    for (group, bytes) in text.chunks(4).zip(out.chunks_mut(3)) {
        let mut values = [0; 4];
        for (value, character) in values.iter_mut().zip(group) {
            *value = base64_value(*character, specials);
            seen |= *value;
        }
        let joined = values.iter().fold(0, |joined, value| joined << 6 | u32::from(value & 0x3f));
        let [_, whole @ ..] = joined.to_be_bytes();
        for (byte, decoded) in bytes.iter_mut().zip(whole) {
            *byte = decoded;
        }
        left_over = joined & (0x00ff_ffff >> (8 * bytes.len()));
    }
    (seen & INVALID).ct_eq(&0) & left_over.ct_eq(&0)
}
