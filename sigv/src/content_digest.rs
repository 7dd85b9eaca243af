//! `Content-Digest` (RFC 9530): the digest of a body, for a signature to cover.
//!
//! A digest protects nothing by itself, for whoever changes the body can change it too. It has to be
//! covered by a signature, see [`http_signature`](crate::http_signature).
//!
//! ```
//! use creance_sigv::content_digest::{ContentDigest, DigestAlgorithm};
//!
//! let body = br#"{"hello": "world"}"#;
//! let digest = ContentDigest::of(DigestAlgorithm::Sha256, body);
//! let headers = [("Content-Digest", digest.to_string())];
//! assert_eq!(headers[0].1, "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
//!
//! let received = ContentDigest::parse(&headers)?;
//! received.verify(body)?;
//! assert!(received.verify(b"{}").is_err());
//!
//! // A body that comes in pieces.
//! let mut check = received.check();
//! check.update(br#"{"hello": "#);
//! check.update(br#""world"}"#);
//! check.finish()?;
//! # Ok::<(), creance_sigv::Error>(())
//! ```

use alloc::vec::Vec;
use core::fmt;

use crate::scheme::{Headers, MAX_HEADER_BYTES, Part, trim};
use crate::structured::{self, Bare, Item, Member, Trouble};
use crate::{Algorithm, Encoding, Error, Hasher, ct};

/// A hash function by which bodies are told apart. Others of the registry are insecure, and not looked
/// at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// `sha-256`.
    Sha256,
    /// `sha-512`.
    Sha512,
}

impl DigestAlgorithm {
    const ALL: [Self; 2] = [Self::Sha256, Self::Sha512];

    /// The name in the registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha512 => "sha-512",
        }
    }

    const fn algorithm(self) -> Algorithm {
        match self {
            Self::Sha256 => Algorithm::Sha256,
            Self::Sha512 => Algorithm::Sha512,
        }
    }
}

/// The digests of a body: of one algorithm or of both.
#[derive(Clone, Debug, Default)]
pub struct ContentDigest {
    /// In the order of [`DigestAlgorithm::ALL`].
    digests: [Option<Vec<u8>>; 2],
}

impl ContentDigest {
    /// The name of the header.
    pub const HEADER: &'static str = "Content-Digest";

    /// The digest of a body. Its bytes are those that are sent, after a content coding and before a
    /// transfer coding.
    #[must_use]
    pub fn of(algorithm: DigestAlgorithm, body: &[u8]) -> Self {
        let mut running = RunningDigest::new(&[algorithm]);
        running.update(body);
        running.finish()
    }

    /// Reads the header, which may be there in several lines. Algorithms that are not known are not
    /// looked at.
    ///
    /// # Errors
    /// With [`Part::Digest`]: [`Error::Missing`] where no digest of a known algorithm is there,
    /// [`Error::Malformed`], [`Error::Duplicate`] and [`Error::TooLong`].
    pub fn parse(headers: &dyn Headers) -> Result<Self, Error> {
        let mut found = Self::default();
        for line in lines(headers, Self::HEADER, Part::Digest)? {
            for (name, member) in structured::dictionary(line).map_err(trouble)? {
                found.read(name, &member)?;
            }
        }
        match found.digests {
            [None, None] => Err(Error::Missing(Part::Digest)),
            _ => Ok(found),
        }
    }

    fn read(&mut self, name: &str, member: &Member<'_>) -> Result<(), Error> {
        for (algorithm, place) in DigestAlgorithm::ALL.into_iter().zip(&mut self.digests) {
            if algorithm.name() != name {
                continue;
            }
            let Member::Item(Item { bare: Bare::ByteSequence(bytes), .. }) = member else {
                return Err(Error::Malformed(Part::Digest));
            };
            if bytes.len() != algorithm.algorithm().output_len() {
                return Err(Error::Malformed(Part::Digest));
            }
            if place.replace(bytes.clone()).is_some() {
                return Err(Error::Duplicate(Part::Digest));
            }
        }
        Ok(())
    }

    /// Verifies a body: every digest of a known algorithm has to be the right one.
    ///
    /// # Errors
    /// [`Error::BodyMismatch`].
    pub fn verify(&self, body: &[u8]) -> Result<(), Error> {
        let mut check = self.check();
        check.update(body);
        check.finish()
    }

    /// Begins the verification of a body that comes in pieces.
    pub fn check(&self) -> DigestCheck {
        let mut running = RunningDigest::new(&[]);
        for (algorithm, digest) in DigestAlgorithm::ALL.into_iter().zip(&self.digests) {
            if digest.is_some() {
                running.add(algorithm);
            }
        }
        DigestCheck { expected: self.clone(), running }
    }
}

/// The header's value.
impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (algorithm, digest) in DigestAlgorithm::ALL.into_iter().zip(&self.digests) {
            if let Some(digest) = digest {
                write!(f, "{separator}{}=:", algorithm.name())?;
                Encoding::Base64.encode(digest, f)?;
                f.write_str(":")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

/// The running digest of a body that is sent in pieces.
#[derive(Clone, Debug)]
pub struct RunningDigest {
    hashers: [Option<Hasher>; 2],
}

impl RunningDigest {
    /// Of an empty body, by each of these algorithms.
    #[must_use]
    pub fn new(algorithms: &[DigestAlgorithm]) -> Self {
        let mut running = Self { hashers: [None, None] };
        for algorithm in algorithms {
            running.add(*algorithm);
        }
        running
    }

    fn add(&mut self, algorithm: DigestAlgorithm) {
        self.hashers[algorithm as usize] = Some(Hasher::new(algorithm.algorithm()));
    }

    /// Adds a piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.hashers.iter_mut().flatten().for_each(|hasher| hasher.update(piece));
    }

    /// The digests of all that was added.
    #[must_use]
    pub fn finish(self) -> ContentDigest {
        let digests = self.hashers.map(|hasher| Some(hasher?.finish().expose().to_vec()));
        ContentDigest { digests }
    }
}

/// The running verification of a body that comes in pieces.
#[derive(Clone, Debug)]
#[must_use = "nothing is verified before the end"]
pub struct DigestCheck {
    expected: ContentDigest,
    running: RunningDigest,
}

impl DigestCheck {
    /// Adds a piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.running.update(piece);
    }

    /// Whether all that was added is the body.
    ///
    /// # Errors
    /// [`Error::BodyMismatch`].
    pub fn finish(self) -> Result<(), Error> {
        let found = self.running.finish();
        let pairs = self.expected.digests.iter().zip(&found.digests);
        let same = pairs.fold(ct::Choice::from(1), |same, (expected, found)| {
            let bytes = |digest| Option::map_or(digest, b"".as_slice(), Vec::as_slice);
            same & ct::eq(bytes(expected.as_ref()), bytes(found.as_ref()))
        });
        ct::decide(same).map_err(|_| Error::BodyMismatch)
    }
}

/// The lines of a header that may have several, without white space around them and not longer together
/// than one may be.
///
/// # Errors
/// [`Error::TooLong`].
pub(crate) fn lines<'h>(
    headers: &'h dyn Headers,
    name: &str,
    part: Part,
) -> Result<Vec<&'h [u8]>, Error> {
    let (mut lines, mut bytes) = (Vec::new(), 0_usize);
    headers.visit(&mut |candidate, value| {
        if candidate.eq_ignore_ascii_case(name) {
            // What is joined to one value has a comma and a space in between.
            bytes = bytes.saturating_add(value.len()).saturating_add(2);
            if bytes <= MAX_HEADER_BYTES + 2 {
                lines.push(trim(value));
            }
        }
    });
    if bytes > MAX_HEADER_BYTES + 2 {
        return Err(Error::TooLong { part, maximum: MAX_HEADER_BYTES });
    }
    Ok(lines)
}

const fn trouble(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Malformed => Error::Malformed(Part::Digest),
        Trouble::Twice => Error::Duplicate(Part::Digest),
    }
}
