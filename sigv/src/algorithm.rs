use core::fmt;
use core::str::FromStr;

use crate::Error;

/// A hash function of FIPS 180-4, by which HMAC (RFC 2104) and plain digests are computed.
///
/// There is no fallback from one to another: a key is bound to its algorithm.
///
/// ```
/// use creance_sigv::Algorithm;
///
/// assert_eq!("sha256".parse(), Ok(Algorithm::Sha256));
/// assert_eq!(Algorithm::Sha512.output_len(), 64);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-1: for protocols that ask for it by name. Broken as a digest; HMAC-SHA-1 is not, but
    /// choose it for nothing new.
    Sha1,
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// All of them, the weakest first.
    pub const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The longest output of any of them, in bytes.
    pub const MAX_OUTPUT_LEN: usize = 64;

    /// The length of a digest or tag, in bytes.
    #[must_use]
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The block length, in bytes: a longer HMAC key is replaced by its digest (RFC 2104, 2).
    #[must_use]
    pub const fn block_len(self) -> usize {
        match self {
            Self::Sha1 | Self::Sha256 => 64,
            Self::Sha384 | Self::Sha512 => 128,
        }
    }

    /// The name as protocols write it: `sha1`, `sha256`, `sha384`, `sha512`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Takes the exact names of [`Algorithm::name`], nothing else.
impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
            .ok_or(Error::UnknownAlgorithm)
    }
}
