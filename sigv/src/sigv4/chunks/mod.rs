//! Bodies in chunks, of which each is signed: the signature of one goes into that of the next.

#[cfg(feature = "alloc")]
mod decode;
mod sign;

use core::fmt::{self, Write as _};

#[cfg(feature = "alloc")]
pub use decode::{ChunkDecoder, ChunkLimits, Trailer};
pub use sign::{ChunkSigner, SignedChunk};

use super::payload::{digest_text, parse_decimal};
use super::{SigningKey, Text, Timestamp, Wire};
use crate::scheme::Part;
use crate::{Encoding, Error, Mac, Tag};

/// A chain of signatures, as far as it has come.
#[derive(Clone)]
pub(super) struct Chain {
    key: SigningKey,
    timestamp: Timestamp,
    /// The signature before.
    last: Text<64>,
}

impl Chain {
    fn new(key: SigningKey, timestamp: Timestamp, seed: Text<64>) -> Self {
        Self { key, timestamp, last: seed }
    }

    /// The signature of a chunk.
    fn chunk(&self, data: &[u8]) -> Tag {
        let (nothing, digest) = (digest_text(b""), digest_text(data));
        self.key.key().sign_with(|mac| {
            self.begin(mac, "AWS4-HMAC-SHA256-PAYLOAD");
            written(mac, format_args!("{}\n{}", nothing.as_str(), digest.as_str()));
        })
    }

    /// The signature of a trailer, given as the digest of its lines.
    fn trailer(&self, digest: &str) -> Tag {
        self.key.key().sign_with(|mac| {
            self.begin(mac, "AWS4-HMAC-SHA256-TRAILER");
            mac.update(digest.as_bytes());
        })
    }

    fn begin(&self, mac: &mut Mac, algorithm: &str) {
        let (scope, last) = (self.key.scope(), self.last.as_str());
        written(mac, format_args!("{algorithm}\n{}\n{scope}\n{last}\n", self.timestamp));
    }

    fn follow(&mut self, tag: &Tag) {
        self.last = tag_text(tag);
    }
}

/// A MAC takes all that is written into it.
fn written(mac: &mut Mac, text: fmt::Arguments<'_>) {
    let _ = mac.write_fmt(text);
}

fn tag_text(tag: &Tag) -> Text<64> {
    let mut text = Text::new();
    // 32 bytes are 64 digits.
    let _ = tag.write(Encoding::Hex, &mut text);
    text
}

/// What the signature of a request gives its chunks.
#[derive(Clone)]
#[cfg_attr(not(feature = "alloc"), expect(dead_code, reason = "chunks need an allocator"))]
pub(super) struct Seed<'a> {
    chain: Chain,
    /// The length of the body without frames.
    bytes: u64,
    /// The names of the trailer's headers, where one has to come.
    trailer: Option<&'a str>,
}

impl<'a> Seed<'a> {
    pub(super) fn new(
        key: SigningKey,
        wire: &Wire,
        length: &str,
        trailer: Option<&'a str>,
    ) -> Result<Self, Error> {
        let bytes = parse_decimal(length).ok_or(Error::Malformed(Part::Body))?;
        let chain = Chain::new(key, wire.timestamp, wire.signature);
        Ok(Self { chain, bytes, trailer })
    }
}
