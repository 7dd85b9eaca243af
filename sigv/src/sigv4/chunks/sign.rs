#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

use super::{Chain, tag_text};
use crate::scheme::{Headers, Part};
use crate::sigv4::draft::as_value;
use crate::sigv4::payload::hex_text;
use crate::sigv4::{Fields, SigningKey, Timestamp};
use crate::{Algorithm, Error, Hasher, Tag};

/// Signs the chunks of a body, one after the other.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::sigv4::{Credentials, Outgoing, Payload, SecretKey, Service, Signer};
///
/// let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")?;
/// let signer = Signer::new(Credentials::new("AKID", &secret)?, "us-east-1", Service::S3)?;
/// let url = "https://s3.amazonaws.com/examplebucket/object";
/// let headers = [("content-encoding", "aws-chunked")];
/// let payload = Payload::Chunks { bytes: 11, trailer: "" };
/// let outgoing = Outgoing::new("PUT", url, payload).with_headers(&headers);
/// let signed = signer.sign(&outgoing, UnixTime::from_secs(1_369_353_600))?;
/// // Send the headers, and then:
/// let mut chunks = signed.into_chunks().expect("the payload comes in chunks");
/// let mut body = Vec::new();
/// chunks.write(b"hello ", &mut body)?;
/// chunks.write(b"world", &mut body)?;
/// chunks.finish(&mut body)?;
/// assert!(body.starts_with(b"6;chunk-signature="));
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct ChunkSigner {
    chain: Chain,
    /// How much of the body is still to come.
    left: u64,
    has_trailer: bool,
}

impl ChunkSigner {
    pub(in crate::sigv4) fn new(
        key: SigningKey,
        timestamp: Timestamp,
        seed: &Tag,
        bytes: u64,
        has_trailer: bool,
    ) -> Self {
        Self { chain: Chain::new(key, timestamp, tag_text(seed)), left: bytes, has_trailer }
    }

    /// The line that goes before a chunk's data; behind the data goes `\r\n`. S3 wants all chunks but the
    /// last to have 8 KiB or more.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Body`] for a chunk without data, which is how a body ends, and for
    /// more data than was announced.
    pub fn sign(&mut self, data: &[u8]) -> Result<SignedChunk, Error> {
        let left = self.left.checked_sub(data.len() as u64);
        self.left = left.filter(|_| !data.is_empty()).ok_or(Error::Value(Part::Body))?;
        Ok(self.next(data))
    }

    /// The line that ends the body. Behind it goes the trailer if there is one, and `\r\n`.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Body`] where less data was signed than announced.
    pub fn sign_end(&mut self) -> Result<SignedChunk, Error> {
        if self.left > 0 { Err(Error::Value(Part::Body)) } else { Ok(self.next(b"")) }
    }

    /// The signature of the trailer, to be sent as its last line under the name
    /// `x-amz-trailer-signature`. It has to have the headers that were announced.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Header`] for what cannot be signed, or where no trailer was
    /// announced.
    pub fn sign_trailer(&mut self, trailer: &dyn Headers) -> Result<Tag, Error> {
        if !self.has_trailer {
            return Err(Error::Value(Part::Header));
        }
        let tag = self.chain.trailer(trailer_digest(trailer)?.as_str());
        self.chain.follow(&tag);
        Ok(tag)
    }

    fn next(&mut self, data: &[u8]) -> SignedChunk {
        let tag = self.chain.chunk(data);
        self.chain.follow(&tag);
        SignedChunk { bytes: data.len(), signature: self.chain.last }
    }
}

#[cfg(feature = "alloc")]
impl ChunkSigner {
    /// Writes a chunk, frame and all.
    ///
    /// # Errors
    /// As for [`sign`](Self::sign).
    pub fn write(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let chunk = self.sign(data)?;
        chunk.write_line(out);
        out.extend_from_slice(data);
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Writes the end of a body that has no trailer.
    ///
    /// # Errors
    /// As for [`sign_end`](Self::sign_end); [`Error::Value`] with [`Part::Header`] where a trailer was
    /// announced.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.has_trailer {
            return Err(Error::Value(Part::Header));
        }
        self.sign_end()?.write_line(out);
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Writes the end of a body, and its trailer.
    ///
    /// # Errors
    /// As for [`sign_end`](Self::sign_end) and [`sign_trailer`](Self::sign_trailer).
    pub fn finish_with_trailer(
        mut self,
        trailer: &dyn Headers,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let end = self.sign_end()?;
        let tag = self.sign_trailer(trailer)?;
        end.write_line(out);
        trailer.visit(&mut |name, value| {
            for piece in [name.as_bytes(), b":", value, b"\r\n"] {
                out.extend_from_slice(piece);
            }
        });
        out.extend_from_slice(TRAILER_SIGNATURE.as_bytes());
        out.push(b':');
        out.extend_from_slice(tag_text(&tag).as_str().as_bytes());
        out.extend_from_slice(b"\r\n\r\n");
        Ok(())
    }
}

/// The name of a trailer's last line.
#[cfg(feature = "alloc")]
pub(super) const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// The digest of a trailer's lines, in the order of their names.
///
/// # Errors
/// [`Error::Value`] with [`Part::Header`] for what cannot be signed, [`Error::TooMany`] and
/// [`Error::TooLong`].
pub(super) fn trailer_digest(
    trailer: &dyn Headers,
) -> Result<crate::sigv4::payload::PayloadText, Error> {
    let mut fields = Fields::new(trailer);
    fields.take(|_| false).map_err(as_value)?;
    if fields.has_doubles() {
        return Err(Error::Value(Part::Header));
    }
    let mut hasher = Hasher::new(Algorithm::Sha256);
    fields.write(&mut hasher);
    Ok(hex_text(hasher.finish().expose()))
}

impl fmt::Debug for ChunkSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkSigner").field("left", &self.left).finish_non_exhaustive()
    }
}

/// A signed chunk: displayed, it is the line before its data, with the line end.
#[derive(Clone, Copy, Debug)]
pub struct SignedChunk {
    bytes: usize,
    signature: crate::sigv4::Text<64>,
}

impl SignedChunk {
    /// The chunk's signature.
    #[must_use]
    pub fn signature(&self) -> &str {
        self.signature.as_str()
    }

    #[cfg(feature = "alloc")]
    fn write_line(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(alloc::format!("{self}").as_bytes());
    }
}

impl fmt::Display for SignedChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x};chunk-signature={}\r\n", self.bytes, self.signature.as_str())
    }
}
