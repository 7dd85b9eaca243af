use core::fmt::{self, Write as _};

use super::Text;
use super::text::held;
use crate::scheme::Part;
use crate::{Algorithm, Encoding, Error, Hasher};

/// What a signature says of the body.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// The body, which is digested here.
    Body(&'a [u8]),
    /// The SHA-256 digest of a body that is elsewhere.
    Digest([u8; 32]),
    /// Nothing: whoever holds the message can give it another body.
    Unsigned,
    /// The body comes in chunks of which each is signed.
    Chunks {
        /// The length of the body itself, without the frames of the chunks.
        bytes: u64,
        /// The names of the headers that come behind the body, with commas between; none where it is
        /// empty.
        trailer: &'a str,
    },
}

/// Not the body.
impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(body) => f.debug_tuple("Body").field(&body.len()).finish(),
            Self::Digest(_) => f.write_str("Digest"),
            Self::Unsigned => f.write_str("Unsigned"),
            Self::Chunks { bytes, trailer } => {
                f.debug_struct("Chunks").field("bytes", bytes).field("trailer", trailer).finish()
            }
        }
    }
}

/// What stands for the body in a canonical request.
pub(super) type PayloadText = Text<64>;

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const CHUNKS: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const CHUNKS_AND_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

impl Payload<'_> {
    pub(super) fn text(&self) -> PayloadText {
        let fixed = match self {
            Self::Body(body) => return digest_text(body),
            Self::Digest(digest) => return hex_text(digest),
            Self::Unsigned => UNSIGNED,
            Self::Chunks { trailer: "", .. } => CHUNKS,
            Self::Chunks { .. } => CHUNKS_AND_TRAILER,
        };
        // The longest of them has 42 bytes.
        held(fixed, Part::Digest).unwrap_or_default()
    }
}

pub(super) fn digest_text(body: &[u8]) -> PayloadText {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(body);
    hex_text(hasher.finish().expose())
}

pub(super) fn hex_text(digest: &[u8]) -> PayloadText {
    let mut text = Text::new();
    // 32 bytes are 64 digits.
    let _ = Encoding::Hex.encode(digest, &mut text);
    text
}

/// What a message says of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    Digest,
    Unsigned,
    Chunks { has_trailer: bool },
}

impl Coverage {
    /// # Errors
    /// [`Error::Malformed`] with [`Part::Digest`] for what is no digest and stands for none;
    /// [`Error::OtherAlgorithm`] for chunks that are signed in another way, or not at all.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        match text {
            UNSIGNED => Ok(Self::Unsigned),
            CHUNKS => Ok(Self::Chunks { has_trailer: false }),
            CHUNKS_AND_TRAILER => Ok(Self::Chunks { has_trailer: true }),
            _ if text.starts_with("STREAMING-") => Err(Error::OtherAlgorithm),
            _ if text.len() == 64 && text.bytes().all(is_digit) => Ok(Self::Digest),
            _ => Err(Error::Malformed(Part::Digest)),
        }
    }
}

/// A length from text, in its one spelling: without a sign and without a zero in front.
pub(super) fn parse_decimal(text: &str) -> Option<u64> {
    let is_canonical =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_canonical)
}

/// A length as text.
pub(super) fn decimal(value: u64) -> Text<20> {
    let mut text = Text::new();
    // There is no number of more than twenty digits.
    let _ = write!(text, "{value}");
    text
}
