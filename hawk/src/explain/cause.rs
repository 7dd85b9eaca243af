use alloc::string::String;

use creance_sigv::{Algorithm, Encoding};

/// A mistake that explains a refusal. Its `Display` says in plain words what to change.
///
/// ```
/// use creance_hawk::explain::Cause;
///
/// assert_eq!(
///     Cause::Port { signed: 80, verified: 8000 }.to_string(),
///     "the client signed port 80 and the server verifies 8000: configure the authority that \
///      clients use, not the one behind the proxy",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    // Where the request was sent to.
    /// The ports differ.
    Port {
        /// The client's.
        signed: u16,
        /// The server's.
        verified: u16,
    },
    /// The client used another of the server's names.
    Host {
        /// The name.
        signed: String,
    },
    /// The client used another of the server's names with its port.
    Authority {
        /// `host:port`.
        signed: String,
    },
    /// The trailing dot of the host is there on one side only.
    TrailingDot,
    /// The client did not convert the host to lower case.
    HostCase,
    /// The client left out the brackets of an IPv6 address.
    HostBrackets,
    /// The client wrote the port behind the host, too.
    HostWithPort,

    // What was asked for.
    /// The client did not sign a prefix of the path that the server sees.
    PrefixAdded {
        /// The prefix.
        prefix: String,
    },
    /// The client signed a prefix of the path that the server does not see.
    PrefixStripped {
        /// The prefix.
        prefix: String,
    },
    /// The trailing slash of the path is there on one side only.
    TrailingSlash,
    /// The client signed the path without the query.
    QueryLeftOut,
    /// A `?` with nothing behind it is there on one side only.
    TrailingQuestionMark,
    /// The fragment was sent, and not signed.
    Fragment,
    /// The percent-encoding differs.
    PercentEncoding,
    /// A space in the query is `+` on one side and `%20` on the other.
    PlusForSpace,
    /// The client signed the whole URL.
    WholeUrl,
    /// The client signed an empty path.
    EmptyPath,
    /// The client removed dot segments or doubled slashes.
    PathNormalised,
    /// The client dropped what follows a `;` in the path.
    PathParameters,
    /// The client sorted the query.
    QueryOrder,
    /// The methods differ.
    Method {
        /// The client's.
        signed: &'static str,
    },
    /// The client did not convert the method to upper case.
    MethodCase,

    // What the header says.
    /// The client sent seconds and signed milliseconds, or the reverse.
    TimestampUnit,
    /// The client sent `hash` and did not sign it.
    HashLeftOut,
    /// The client sent `ext` and did not sign it.
    ExtLeftOut,
    /// The client sent `app` and did not sign it.
    AppLeftOut,
    /// The client sent `dlg` and did not sign it.
    DlgLeftOut,
    /// The MAC is right and spelled in another way.
    MacSpelling,

    // What was signed with.
    /// The server has no secret.
    EmptyKey,
    /// The client decoded the text that the server takes as the key.
    KeyDecoded {
        /// From what.
        encoding: Encoding,
    },
    /// The client took the text of the bytes that the server has as the key.
    KeyEncoded {
        /// In what.
        encoding: Encoding,
    },
    /// The key has white space at its end on one side only.
    KeySpace,
    /// The algorithms differ.
    Algorithm {
        /// The client's.
        signed: Algorithm,
    },
    /// The MAC is wrong, and none of the above explains it.
    UnknownMac,

    // The payload.
    /// The client did not sign the payload.
    HashMissing,
    /// The client hashed the content type with its parameters or capitals.
    ContentTypeNotNormalised,
    /// The client hashed another content type.
    ContentType {
        /// Which one; empty for none.
        hashed: &'static str,
    },
    /// The payload's end has white space or a line break on one side only.
    LineBreakAtEnd,
    /// The payload's line breaks were converted.
    LineBreaks,
    /// The client hashed an empty payload.
    EmptyBody,
    /// The client hashed with another algorithm.
    HashAlgorithm {
        /// The client's.
        hashed: Algorithm,
    },
    /// The client hashed the payload without what goes before and behind it.
    HashOfBodyAlone,
    /// The hash is right and spelled in another way.
    HashSpelling,
    /// The hash is wrong, and none of the above explains it.
    UnknownHash,

    // The time.
    /// The client's timestamp is in milliseconds.
    Milliseconds,
    /// The client's clock is off by what a time zone is off.
    TimeZone {
        /// How far.
        minutes: u64,
        /// Whether the client is ahead of the server.
        ahead: bool,
    },
    /// The client's clock is off.
    Clock {
        /// How far.
        seconds: u64,
        /// Whether the client is ahead of the server.
        ahead: bool,
    },
}
