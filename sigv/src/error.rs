use crate::{Algorithm, Encoding};

/// Everything that this crate refuses.
///
/// No variant holds a key, a tag or a message; [`fault`](Self::fault) tells whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The key has no bytes: its MACs could be computed by anybody.
    #[error("an HMAC key must not be empty")]
    EmptyKey,
    /// The key is shorter than the constructor allows.
    #[error("the key has {bytes} bytes, at least {minimum} are required for {algorithm}")]
    ShortKey {
        /// What the key is for.
        algorithm: Algorithm,
        /// The key's length.
        bytes: usize,
        /// The shortest length that this constructor takes.
        minimum: usize,
    },
    /// The key is longer than [`KeyBytes::MAX_BYTES`](crate::KeyBytes::MAX_BYTES).
    #[error("the key has {bytes} bytes, at most {maximum} are taken")]
    LongKey {
        /// The key's length, as judged by its text's length where it was to be decoded.
        bytes: usize,
        /// The longest length taken.
        maximum: usize,
    },
    /// The key's text is not canonical in its encoding.
    #[error("the key is not strict {encoding}")]
    KeyEncoding {
        /// The encoding that was expected.
        encoding: Encoding,
    },
    /// A buffer lent by the caller is too small.
    #[error("the buffer has {bytes} bytes, {needed} are needed")]
    Buffer {
        /// The buffer's length.
        bytes: usize,
        /// What the result needs.
        needed: usize,
    },
    /// Received text is not canonical in its encoding.
    #[error("not strict {encoding}")]
    Encoding {
        /// The encoding that was expected.
        encoding: Encoding,
    },
    /// A received tag has another length than its algorithm gives; it is never truncated.
    #[error("the tag has {bytes} bytes, not the {expected} of {algorithm}")]
    TagLength {
        /// What the tag was to be verified with.
        algorithm: Algorithm,
        /// The received length.
        bytes: usize,
        /// The length that the algorithm gives.
        expected: usize,
    },
    /// Two values that had to be equal are not.
    #[error("the values differ")]
    Mismatch,
    /// A timestamp is not 1 to 19 digits in their only spelling.
    #[error("a timestamp is 1 to 19 digits without sign or leading zero")]
    Timestamp,
    /// A timestamp is further back than the window allows.
    #[error("the timestamp is {age} s old")]
    TooOld {
        /// Seconds from the timestamp to now.
        age: u64,
    },
    /// A timestamp is further ahead than the window allows.
    #[error("the timestamp is {lead} s ahead")]
    TooNew {
        /// Seconds from now to the timestamp.
        lead: u64,
    },
    /// An algorithm's name is not known.
    #[error("unknown algorithm: sha1, sha256, sha384 and sha512 are known")]
    UnknownAlgorithm,
    /// The system's random generator failed.
    #[error("the random generator failed")]
    Random,
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The other side sent something that is refused.
    Peer,
    /// The calling program passed something that can never work.
    Caller,
    /// Something outside both is not available now; trying again may help.
    Outage,
}

impl Error {
    /// Whose fault this is.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Self::EmptyKey
            | Self::ShortKey { .. }
            | Self::LongKey { .. }
            | Self::KeyEncoding { .. }
            | Self::Buffer { .. }
            | Self::UnknownAlgorithm => Fault::Caller,
            Self::Encoding { .. }
            | Self::TagLength { .. }
            | Self::Mismatch
            | Self::Timestamp
            | Self::TooOld { .. }
            | Self::TooNew { .. } => Fault::Peer,
            Self::Random => Fault::Outage,
        }
    }
}
