use crate::keyring::KeyState;
use crate::replay::Refusal;
use crate::scheme::Part;
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

    // What is wrong with a signed message, before anything was computed.
    /// Something is not there that the scheme signs, or by which it signs.
    #[error("the message has no {0}")]
    Missing(Part),
    /// Something is there more than once where the scheme has it once.
    #[error("the message has more than one {0}")]
    Duplicate(Part),
    /// Something is not written as the scheme writes it.
    #[error("the {0} is malformed")]
    Malformed(Part),
    /// Something is longer than is read.
    #[error("the {part} has more than {maximum} bytes")]
    TooLong {
        /// What it is.
        part: Part,
        /// The longest length read.
        maximum: usize,
    },
    /// There is more of something than is looked at.
    #[error("the message has more than {maximum} of: {part}")]
    TooMany {
        /// What there is too much of.
        part: Part,
        /// How many are looked at.
        maximum: usize,
    },
    /// The message names an algorithm that its key is not for, or a version that is not known.
    #[error("the message is signed in another way than the one agreed on")]
    OtherAlgorithm,

    // What is not authentic.
    /// There is no usable key, or none of the name that the message gives.
    #[error("the key is unknown, retired or not valid now")]
    UnknownKey,
    /// Something that has to be signed is not covered by the signature.
    #[error("the signature does not cover the {0}")]
    NotCovered(Part),
    /// The body is not the one that was signed, by its digest.
    #[error("the body has another digest")]
    BodyMismatch,
    /// The signature says when it ends, and that is over.
    #[error("the signature expired {ago} s ago")]
    Expired {
        /// Seconds from its end to now.
        ago: u64,
    },
    /// The signature says that it holds longer than the verifier allows.
    #[error("the signature holds for {life} s, at most {maximum} are allowed")]
    LongLife {
        /// Seconds that it was made to hold.
        life: u64,
        /// The longest time allowed.
        maximum: u64,
    },
    /// The message was accepted before.
    #[error("the message was accepted before")]
    Replay,
    /// The replay store cannot tell.
    #[error(transparent)]
    Store(Refusal),

    // What the calling program got wrong.
    /// The scheme signs no time, or nothing by which a message is told apart: a store could not say
    /// what is a replay.
    #[error("the scheme signs nothing that a replay could be told by")]
    NothingToClaim,
    /// The id of a key is not 1 to 64 visible ASCII characters.
    #[error("a key's id is 1 to 64 visible ASCII characters")]
    KeyId,
    /// The key ring has no place left.
    #[error("the key ring holds {maximum} keys and is full")]
    KeyringFull {
        /// How many it holds.
        maximum: usize,
    },
    /// The id, or the same secret, is in the key ring already.
    #[error("the id or the secret is in the key ring already")]
    DuplicateKey,
    /// A key does not go back to an earlier state.
    #[error("a key does not go from {from} to {to}")]
    KeyTransition {
        /// The key's state.
        from: KeyState,
        /// The state that was asked for.
        to: KeyState,
    },
    /// No key is active.
    #[error("no key is active now")]
    NoSigningKey,
    /// More keys are usable at once than a running verification holds.
    #[error("more than {maximum} keys are usable at once")]
    TooManyKeys {
        /// How many there may be.
        maximum: usize,
    },
    /// A value cannot be signed or written, or was not given.
    #[error("the {0} is missing or cannot be written")]
    Value(Part),
    /// HKDF (RFC 5869) gives 255 times the algorithm's output at most.
    #[error("{bytes} bytes cannot be derived, at most {maximum}")]
    DerivedLength {
        /// What was asked for.
        bytes: usize,
        /// 255 times the output of the hash function.
        maximum: usize,
    },
    /// A derivation without a label: two uses of one secret could get the same key.
    #[error("a derived key needs a label")]
    EmptyLabel,
    /// A `core::fmt::Write` failed.
    #[error("the output could not be written")]
    Write,
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
    /// Whose fault this is, where it comes from something that was received. When one signs or
    /// configures, every error but an outage is one's own.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self.status() {
            500 => Fault::Caller,
            503 => Fault::Outage,
            _ => Fault::Peer,
        }
    }

    /// The HTTP status that a server answers with to what it received.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.class().1
    }

    /// A stable kebab-case name, for metrics and for other programs. It says more than the peer
    /// should be told: see [`Rejection`](crate::scheme::Rejection).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.class().0
    }

    const fn class(&self) -> (&'static str, u16) {
        match self {
            Self::Encoding { .. } => ("encoding", 400),
            Self::Timestamp => ("timestamp-syntax", 400),
            Self::Missing(Part::Signature) => ("no-signature", 401),
            Self::Missing(_) => ("missing", 400),
            Self::Duplicate(_) => ("duplicate", 400),
            Self::Malformed(_) => ("malformed", 400),
            Self::TooLong { part: Part::Body, .. } => ("body-too-long", 413),
            Self::TooLong { .. } => ("too-long", 400),
            Self::TooMany { .. } => ("too-many", 400),
            Self::OtherAlgorithm => ("other-algorithm", 401),
            Self::TagLength { .. } => ("tag-length", 401),
            Self::Mismatch => ("mismatch", 401),
            Self::TooOld { .. } => ("too-old", 401),
            Self::TooNew { .. } => ("too-new", 401),
            Self::UnknownKey => ("unknown-key", 401),
            Self::NotCovered(_) => ("not-covered", 401),
            Self::BodyMismatch => ("body-mismatch", 401),
            Self::Expired { .. } => ("expired", 401),
            Self::LongLife { .. } => ("long-life", 401),
            Self::Replay => ("replay", 401),
            Self::Store(Refusal::Quota) => ("quota", 429),
            Self::Store(Refusal::OutsideWindow) => ("store-window", 500),
            Self::Store(_) => ("store-unavailable", 503),
            Self::Random => ("random", 503),
            Self::EmptyKey => ("empty-key", 500),
            Self::ShortKey { .. } => ("short-key", 500),
            Self::LongKey { .. } => ("long-key", 500),
            Self::KeyEncoding { .. } => ("key-encoding", 500),
            Self::Buffer { .. } => ("buffer", 500),
            Self::UnknownAlgorithm => ("unknown-algorithm", 500),
            Self::NothingToClaim => ("nothing-to-claim", 500),
            Self::KeyId => ("key-id", 500),
            Self::KeyringFull { .. } => ("keyring-full", 500),
            Self::DuplicateKey => ("duplicate-key", 500),
            Self::KeyTransition { .. } => ("key-transition", 500),
            Self::NoSigningKey => ("no-signing-key", 500),
            Self::TooManyKeys { .. } => ("too-many-keys", 500),
            Self::Value(_) => ("value", 500),
            Self::DerivedLength { .. } => ("derived-length", 500),
            Self::EmptyLabel => ("empty-label", 500),
            Self::Write => ("write", 500),
        }
    }
}

impl From<core::fmt::Error> for Error {
    fn from(_: core::fmt::Error) -> Self {
        Self::Write
    }
}
