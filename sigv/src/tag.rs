use core::fmt;

use crate::bytes::Aligned;
use crate::state::State;
use crate::wiped::wipe;
use crate::{Algorithm, Encoding, Error, ct};

/// A tag or digest that was computed here.
///
/// Until it is sent it is a secret: who learns the expected tag of a message can forge it. So
/// there is no equality, `Debug` is redacted, and it is compared with a [`ReceivedTag`] only.
///
/// It is not wiped when it is dropped: it is worth one message, and most are sent. Only where a tag is
/// as good as a key, in derivations, is it wiped here.
#[derive(Clone)]
pub struct Tag {
    bytes: Aligned<[u8; Algorithm::MAX_OUTPUT_LEN]>,
    algorithm: Algorithm,
}

impl Tag {
    #[inline]
    pub(crate) fn of_state(state: &State) -> Self {
        let mut tag =
            Self { bytes: Aligned([0; Algorithm::MAX_OUTPUT_LEN]), algorithm: state.algorithm() };
        state.write_digest(&mut tag.bytes.0);
        tag
    }

    /// The algorithm that it was computed with; it gives the length.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The bytes, to send them. Never compare them by `==`, never log an expected tag.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.bytes.0[..self.algorithm.output_len()]
    }

    /// Wipes it, where it is as good as a key.
    pub(crate) fn wipe(&mut self) {
        wipe(&mut self.bytes.0);
    }

    /// Compares with what was received, in constant time.
    ///
    /// # Errors
    /// [`Error::Mismatch`], also where the algorithms differ.
    #[inline]
    pub fn verify(&self, received: &ReceivedTag) -> Result<(), Error> {
        ct::verify(self.expose(), received.as_slice())
    }

    /// Compares with text that was received, in constant time: it has to be the one spelling of
    /// this tag.
    ///
    /// The expected tag is encoded, in constant time, rather than the received one decoded: that
    /// is less work, and no other spelling can pass. It is the short form of
    /// [`ReceivedTag::decode`] and [`verify`](Self::verify).
    ///
    /// # Errors
    /// [`Error::Mismatch`], whatever the text is.
    #[inline]
    pub fn verify_text(&self, encoding: Encoding, received: &str) -> Result<(), Error> {
        ct::verify(self.text(encoding).expose(), received.as_bytes())
    }

    /// The tag as text, to send it where bytes are wanted: faster than [`write`](Self::write), for which
    /// it has to be shown that the bytes are text.
    ///
    /// ```
    /// use creance_sigv::{Algorithm, Encoding, Key};
    ///
    /// let tag = Key::allow_weak(Algorithm::Sha256, b"key")?.sign(b"message");
    /// let mut header = b"sha256=".to_vec();
    /// header.extend_from_slice(tag.text(Encoding::Hex).expose());
    /// assert_eq!(header.len(), 7 + 64);
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn text(&self, encoding: Encoding) -> TagText {
        let mut bytes = Aligned([0; MAX_TEXT_LEN]);
        let len = encoding.encode_to(self.expose(), &mut bytes.0);
        TagText { bytes, len }
    }

    /// Writes the tag as text, to send it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write<W: fmt::Write + ?Sized>(&self, encoding: Encoding, out: &mut W) -> fmt::Result {
        encoding.encode(self.expose(), out)
    }
}

/// The [text](Tag::text) of a tag, as bytes.
///
/// Until it is sent it is a secret like the tag: there is no equality, and `Debug` is redacted.
#[derive(Clone)]
pub struct TagText {
    bytes: Aligned<[u8; MAX_TEXT_LEN]>,
    len: usize,
}

impl TagText {
    /// The text, to send it. Never compare it by `==`, never log that of an expected tag.
    #[must_use]
    #[inline]
    pub fn expose(&self) -> &[u8] {
        &self.bytes.0[..self.len]
    }
}

impl fmt::Debug for TagText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagText").field("len", &self.len).finish_non_exhaustive()
    }
}

/// The longest tag in the longest encoding, hexadecimal.
const MAX_TEXT_LEN: usize = 2 * Algorithm::MAX_OUTPUT_LEN;

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tag").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// A tag or digest as the peer sent it: text, decoded strictly, of the one length that its
/// algorithm gives.
///
/// ```
/// use creance_sigv::{Algorithm, Encoding, Error, ReceivedTag};
///
/// let text = "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=";
/// assert!(ReceivedTag::decode(Algorithm::Sha256, Encoding::Base64, text).is_ok());
/// // The same bytes without padding, or for another algorithm, are refused.
/// let unpadded = text.trim_end_matches('=');
/// assert!(ReceivedTag::decode(Algorithm::Sha256, Encoding::Base64, unpadded).is_err());
/// assert!(ReceivedTag::decode(Algorithm::Sha1, Encoding::Base64, text).is_err());
/// ```
#[derive(Clone)]
pub struct ReceivedTag {
    bytes: [u8; Algorithm::MAX_OUTPUT_LEN],
    len: usize,
}

impl ReceivedTag {
    /// Takes raw bytes.
    ///
    /// # Errors
    /// [`Error::TagLength`]: a tag is never truncated.
    pub fn from_slice(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, Error> {
        check_len(algorithm, bytes.len())?;
        let mut tag = Self { bytes: [0; Algorithm::MAX_OUTPUT_LEN], len: bytes.len() };
        tag.bytes[..bytes.len()].copy_from_slice(bytes);
        Ok(tag)
    }

    /// Decodes text in its only spelling; the length is checked first.
    ///
    /// # Errors
    /// [`Error::Encoding`] and [`Error::TagLength`].
    #[inline]
    pub fn decode(algorithm: Algorithm, encoding: Encoding, text: &str) -> Result<Self, Error> {
        let len = encoding.decoded_len(text).ok_or(Error::Encoding { encoding })?;
        check_len(algorithm, len)?;
        let mut tag = Self { bytes: [0; Algorithm::MAX_OUTPUT_LEN], len };
        encoding.decode(text, &mut tag.bytes[..len])?;
        Ok(tag)
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[inline]
fn check_len(algorithm: Algorithm, bytes: usize) -> Result<(), Error> {
    let expected = algorithm.output_len();
    if bytes == expected { Ok(()) } else { Err(Error::TagLength { algorithm, bytes, expected }) }
}

/// Redacted: a right tag in a log can be replayed by its reader.
impl fmt::Debug for ReceivedTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedTag").field("len", &self.len).finish_non_exhaustive()
    }
}
