#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

use super::chunks::Seed;
use super::payload::Coverage;
#[cfg(feature = "alloc")]
use super::{ChunkDecoder, ChunkLimits, Params};
use super::{SigningKey, Wire};
use crate::Error;
use crate::scheme::{Part, Received, text};

/// What a verified request shows: its body as far as that is signed, and its parameters.
///
/// The signature covers a canonical form, so some requests that differ have one signature:
///
/// * those whose query has its parameters in another order, also those of one name; a space spelled `+`
///   or `%20`; any byte percent-encoded or not; a parameter without a value, with `=` or without. So take
///   parameters from here, not from the URL.
/// * but for S3, and unless told [otherwise](super::Service::without_normalization), those whose paths
///   are the same without empty segments, `.` and `..`. So what looks at the path has to normalise it
///   first; of S3 the path may be spelled with any byte percent-encoded.
/// * those that differ in headers that are not signed, in spaces around and within values, and in
///   whether two values stand in one header, with a comma, or in two.
#[derive(Clone)]
pub struct Request<'a> {
    body: &'a [u8],
    #[cfg_attr(not(feature = "alloc"), expect(dead_code, reason = "decoding needs an allocator"))]
    query: &'a str,
    coverage: Coverage,
    is_presigned: bool,
    #[cfg_attr(not(feature = "alloc"), expect(dead_code, reason = "chunks need an allocator"))]
    seed: Option<Seed<'a>>,
}

/// A parameter's name and value, decoded: borrowed where they stand in the URL as they are.
#[cfg(feature = "alloc")]
pub type Parameter<'a> = (Cow<'a, str>, Cow<'a, str>);

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
        let query = received.url().split_once('?').map_or("", |cut| cut.1);
        Ok(Self { body: received.body(), query, coverage, is_presigned, seed })
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

    /// The parameters of the query, decoded, without those of the scheme: sorted by name, and those of
    /// one name by value, since their order is not covered.
    ///
    /// # Errors
    /// [`Error::Malformed`] with [`Part::Parameter`] where one is not UTF-8.
    #[cfg(feature = "alloc")]
    pub fn parameters(&self) -> Result<Vec<Parameter<'a>>, Error> {
        let mut params = self.params()?;
        params.sort();
        params.others().map(|(name, value)| Ok((name.decode()?, value.decode()?))).collect()
    }

    /// The value of a parameter that has to be there once.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Duplicate`] and [`Error::Malformed`], with [`Part::Parameter`].
    #[cfg(feature = "alloc")]
    pub fn parameter(&self, name: &str) -> Result<Cow<'a, str>, Error> {
        let params = self.params()?;
        let mut values = params.others().filter(|param| param.0.is(name));
        let (_, value) = values.next().ok_or(Error::Missing(Part::Parameter))?;
        match values.next() {
            None => value.decode(),
            Some(_) => Err(Error::Duplicate(Part::Parameter)),
        }
    }

    #[cfg(feature = "alloc")]
    fn params(&self) -> Result<Params<'a>, Error> {
        let mut params = Params::new();
        params.read(self.query)?;
        Ok(params)
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
