use core::fmt;

use super::chunks::Seed;
use super::payload::Coverage;
#[cfg(feature = "alloc")]
use super::{ChunkDecoder, ChunkLimits};
use super::{SigningKey, Wire};
use crate::Error;
use crate::scheme::{Part, Received, text};

/// What a verified request shows: its body, as far as that is signed.
#[derive(Clone)]
pub struct Request<'a> {
    body: &'a [u8],
    coverage: Coverage,
    is_presigned: bool,
    #[cfg_attr(not(feature = "alloc"), expect(dead_code, reason = "chunks need an allocator"))]
    seed: Option<Seed<'a>>,
}

impl<'a> Request<'a> {
    /// # Errors
    /// For a body in chunks: [`Error::Missing`] and [`Error::Malformed`], with [`Part::Body`] for the
    /// body's length and with [`Part::Header`] for the names of the trailer.
    pub(super) fn new(
        received: &Received<'a>,
        wire: &Wire,
        coverage: Coverage,
        key: Option<SigningKey>,
    ) -> Result<Self, Error> {
        let seed = match (coverage, key) {
            (Coverage::Chunks { has_trailer }, Some(key)) => {
                let length = text(received.headers(), "x-amz-decoded-content-length", Part::Body)?;
                let trailer = || text(received.headers(), "x-amz-trailer", Part::Header);
                let trailer = has_trailer.then(trailer).transpose()?;
                Some(Seed::new(key, wire, length, trailer)?)
            }
            _ => None,
        };
        let is_presigned = wire.expires.is_some();
        Ok(Self { body: received.body(), coverage, is_presigned, seed })
    }

    /// The body, byte for byte as it was signed; none where it is not signed, or comes in chunks.
    #[must_use]
    pub const fn body(&self) -> Option<&'a [u8]> {
        match self.coverage {
            Coverage::Digest => Some(self.body),
            _ => None,
        }
    }

    /// The body of a request that says that it is not signed: it may be anybody's.
    #[must_use]
    pub const fn dangerous_unsigned_body(&self) -> Option<&'a [u8]> {
        match self.coverage {
            Coverage::Unsigned => Some(self.body),
            _ => None,
        }
    }

    /// Whether the signature was in the URL.
    #[must_use]
    pub const fn is_presigned(&self) -> bool {
        self.is_presigned
    }

    /// What reads a body in chunks; none for any other one.
    ///
    /// # Errors
    /// [`Error::TooLong`] with [`Part::Body`] where the body is to be longer than `limits` allow.
    #[cfg(feature = "alloc")]
    pub fn into_chunks(self, limits: ChunkLimits) -> Result<Option<ChunkDecoder<'a>>, Error> {
        self.seed.map(|seed| ChunkDecoder::new(seed, limits)).transpose()
    }
}

/// Not the body, which is the peer's.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("is_presigned", &self.is_presigned)
            .field("is_body_signed", &(self.coverage == Coverage::Digest))
            .finish_non_exhaustive()
    }
}
