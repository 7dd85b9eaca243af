//! What each cause asks to change, in plain words.

use core::fmt;

use creance_sigv::Encoding;

use super::Cause;

impl fmt::Display for Cause {
    #[expect(clippy::too_many_lines, reason = "one table: no cause is without advice")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port { signed, verified } => write!(
                f,
                "the client signed port {signed} and the server verifies {verified}: configure \
                 the authority that clients use, not the one behind the proxy"
            ),
            Self::Host { signed } => write!(
                f,
                "the client signed the host {signed:?}: add it to the server's authorities, or \
                 correct the client's URL"
            ),
            Self::Authority { signed } => write!(
                f,
                "the client signed the authority {signed:?}: add it to the server's authorities, \
                 or correct the client's URL"
            ),
            Self::PrefixAdded { prefix } => write!(
                f,
                "the client did not sign the prefix {prefix:?}: verify the path before a proxy \
                 adds it"
            ),
            Self::PrefixStripped { prefix } => write!(
                f,
                "the client signed the prefix {prefix:?}: verify the path before a proxy or \
                 router strips it"
            ),
            Self::Method { signed } => write!(
                f,
                "the client signed the method {signed}: verify the method that came on the wire, \
                 without override and redirection"
            ),
            Self::KeyDecoded { encoding } => write!(
                f,
                "the client decodes the secret from {}: decode it at the server, too, or \
                 nowhere",
                name(*encoding)
            ),
            Self::KeyEncoded { encoding } => write!(
                f,
                "the client uses the secret's {} text as the key: decode it at the client, or at \
                 neither side",
                name(*encoding)
            ),
            Self::Algorithm { signed } => write!(
                f,
                "the client signs with {signed}: agree on one algorithm for these credentials"
            ),
            Self::ContentType { hashed: "" } => {
                f.write_str("the client hashed no content type: hash the one that is sent")
            }
            Self::ContentType { hashed } => {
                write!(f, "the client hashed the content type {hashed}: hash the one that is sent")
            }
            Self::HashAlgorithm { hashed } => write!(
                f,
                "the client hashed the payload with {hashed}: use the credentials' algorithm"
            ),
            Self::TimeZone { minutes, ahead } => write!(
                f,
                "the client's clock is {}:{:02} h {}: local time was taken for UTC",
                minutes / 60,
                minutes % 60,
                direction(*ahead)
            ),
            Self::Clock { seconds, ahead } => write!(
                f,
                "the client's clock is {seconds} s {}: set it, or let the client use the time of \
                 the server's challenge",
                direction(*ahead)
            ),
            Self::TrailingDot => f.write_str(
                "the trailing dot of the host is signed on one side only: use one spelling in \
                 the client's URL and the server's authority",
            ),
            Self::HostCase => {
                f.write_str("the client signed the host with capitals: sign it in lower case")
            }
            Self::HostBrackets => f.write_str(
                "the client signed the IPv6 address without its brackets: sign them, too",
            ),
            Self::HostWithPort => f.write_str(
                "the client signed the host with the port behind it: sign the name alone, the \
                 port has a line of its own",
            ),
            Self::TrailingSlash => f.write_str(
                "the path's trailing slash is there on one side only: sign what is sent, and \
                 verify before a router adds or removes it",
            ),
            Self::QueryLeftOut => {
                f.write_str("the client signed the path alone: sign the query, too")
            }
            Self::TrailingQuestionMark => {
                f.write_str("a trailing `?` is there on one side only: sign what is sent")
            }
            Self::Fragment => {
                f.write_str("the client sends the fragment: send what is signed, without it")
            }
            Self::PercentEncoding => f.write_str(
                "the percent-encoding differs: sign the path as it is sent, and verify it as it \
                 came, before anything decodes or encodes it",
            ),
            Self::PlusForSpace => f.write_str(
                "a space in the query is `+` on one side and `%20` on the other: sign the query \
                 as it is sent",
            ),
            Self::WholeUrl => {
                f.write_str("the client signed the whole URL: sign path and query alone")
            }
            Self::EmptyPath => f.write_str("the client signed an empty path: sign `/`"),
            Self::PathNormalised => f.write_str(
                "the client signed the path without dot segments or doubled slashes: sign what \
                 is sent",
            ),
            Self::PathParameters => f.write_str(
                "the client signed the path without what follows a `;`: sign what is sent",
            ),
            Self::QueryOrder => {
                f.write_str("the client sorted the query: sign it in the order that is sent")
            }
            Self::MethodCase => {
                f.write_str("the client signed the method in lower case: sign it in upper case")
            }
            Self::TimestampUnit => f.write_str(
                "the client signed another ts than it sent, in milliseconds on one side: use \
                 seconds for both",
            ),
            Self::HashLeftOut => f.write_str("the client sends hash without signing it: sign it"),
            Self::ExtLeftOut => f.write_str("the client sends ext without signing it: sign it"),
            Self::AppLeftOut => f.write_str(
                "the client sends app without signing it: sign app and dlg as two lines more",
            ),
            Self::DlgLeftOut => f.write_str("the client sends dlg without signing it: sign it"),
            Self::MacSpelling => f.write_str(
                "the MAC is right and not spelled in padded Base64 of the standard alphabet: \
                 spell it so",
            ),
            Self::EmptyKey => f.write_str("the server's secret is empty: look it up"),
            Self::KeySpace => f.write_str(
                "the secret has white space at its end on one side only, perhaps a file's line \
                 break: remove it",
            ),
            Self::UnknownMac => f.write_str(
                "none of the usual causes explains the MAC: compare the canonical message with \
                 the client's, and if they are the same, the keys",
            ),
            Self::Milliseconds => f.write_str("the client's ts is in milliseconds: send seconds"),
            Self::HashMissing => f.write_str("the client did not sign the payload: send its hash"),
            Self::ContentTypeNotNormalised => f.write_str(
                "the client hashed the content type as it stands: hash the part before `;`, \
                 trimmed and in lower case",
            ),
            Self::LineBreakAtEnd => f.write_str(
                "white space or a line break at the payload's end is there on one side only: \
                 hash the bytes that are sent, and verify those that came",
            ),
            Self::LineBreaks => f.write_str(
                "the payload's line breaks were converted: hash the bytes that are sent, and \
                 verify those that came",
            ),
            Self::EmptyBody => f.write_str(
                "the client hashed an empty payload: hash it after it is filled, and verify it \
                 before something else reads it",
            ),
            Self::HashOfBodyAlone => f.write_str(
                "the client hashed the payload alone: hash the line `hawk.1.payload`, the \
                 content type's line, the payload and a line break",
            ),
            Self::HashSpelling => f.write_str(
                "the hash is right and not spelled in padded Base64 of the standard alphabet: \
                 spell it so",
            ),
            Self::UnknownHash => f.write_str(
                "none of the usual causes explains the hash: compare the payload's bytes and the \
                 content type as they are sent with those that came",
            ),
        }
    }
}

const fn direction(ahead: bool) -> &'static str {
    if ahead { "ahead" } else { "behind" }
}

const fn name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Base64 => "Base64",
        Encoding::Base64Url => "Base64url",
        Encoding::Hex => "hexadecimal",
    }
}
