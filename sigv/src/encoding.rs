use core::fmt;

use subtle::Choice;

use crate::codec::{base64, hex};
use crate::{Error, ct};

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
    /// Writes `bytes` as text. The time depends on their length only.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn encode<W: fmt::Write + ?Sized>(self, bytes: &[u8], out: &mut W) -> fmt::Result {
        match self {
            Self::Base64 => base64::encode(bytes, base64::STANDARD, out),
            Self::Base64Url => base64::encode(bytes, base64::URL_SAFE, out),
            Self::Hex => hex::encode(bytes, out),
        }
    }

    /// Writes a tag's text to the front of `text`, which has room for it; returns how long it is.
    #[inline]
    pub(crate) fn encode_to(self, tag: &[u8], text: &mut [u8]) -> usize {
        match self {
            Self::Base64 => base64::encode_to(tag, base64::STANDARD, text),
            Self::Base64Url => base64::encode_to(tag, base64::URL_SAFE, text),
            Self::Hex => hex::encode_to(tag, text),
        }
    }

    /// Decodes text into the whole of `out`. The time depends on the text's length and padding
    /// only, so the text may be a secret.
    ///
    /// # Errors
    /// [`Error::Encoding`] for text in another spelling, [`Error::Buffer`] where `out` has not
    /// exactly the [decoded length](Self::decoded_len).
    #[inline]
    pub fn decode(self, text: &str, out: &mut [u8]) -> Result<(), Error> {
        self.decode_bytes(text.as_bytes(), out)
    }

    /// The same of text that is not known to be text: to ask whether bytes are UTF-8, or to cut a
    /// string, looks at characters that may be a secret's.
    #[inline]
    pub(crate) fn decode_bytes(self, text: &[u8], out: &mut [u8]) -> Result<(), Error> {
        let needed = self.decoded_len_of_bytes(text).ok_or(Error::Encoding { encoding: self })?;
        if out.len() != needed {
            return Err(Error::Buffer { bytes: out.len(), needed });
        }
        ct::decide(self.decode_to(text, out)).map_err(|_| Error::Encoding { encoding: self })
    }

    /// Bytes that `text` stands for, judged by its length and padding alone; `None` where no
    /// text of that length can be canonical.
    #[must_use]
    #[inline]
    pub fn decoded_len(self, text: &str) -> Option<usize> {
        self.decoded_len_of_bytes(text.as_bytes())
    }

    #[inline]
    pub(crate) fn decoded_len_of_bytes(self, text: &[u8]) -> Option<usize> {
        let len = text.len();
        match self {
            Self::Base64 if !len.is_multiple_of(4) => None,
            Self::Base64 => Some(len / 4 * 3 - padding(text)),
            Self::Base64Url if len % 4 == 1 => None,
            Self::Base64Url => Some(len / 4 * 3 + len % 4 * 3 / 4),
            Self::Hex if !len.is_multiple_of(2) => None,
            Self::Hex => Some(len / 2),
        }
    }

    /// Decodes into `out`, which has the decoded length, and tells whether the text was canonical.
    #[inline]
    fn decode_to(self, text: &[u8], out: &mut [u8]) -> Choice {
        match self {
            Self::Base64 => {
                let unpadded = text.len() - padding(text);
                base64::decode(&text[..unpadded], base64::STANDARD, out)
            }
            Self::Base64Url => base64::decode(text, base64::URL_SAFE, out),
            Self::Hex => hex::decode(text, out),
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

/// How many `=` end the text: 0, 1 or 2. Part of the length, so not a secret.
#[inline]
fn padding(text: &[u8]) -> usize {
    match text {
        [.., b'=', b'='] => 2,
        [.., b'='] => 1,
        _ => 0,
    }
}
