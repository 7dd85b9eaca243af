use alloc::vec::Vec;
use core::fmt;

/// Why a signature may be wrong, as found by supposing one usual cause after another. For whoever
/// connects two systems, never for the peer.
///
/// A cause is reported where the received signature is right under its supposition, so it is certain,
/// apart from those that say that no signature was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    causes: Vec<Cause>,
}

impl Diagnosis {
    /// The causes that were found; none means that none of the usual ones explains it.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    pub(crate) fn add(&mut self, cause: Cause) {
        if !self.causes.contains(&cause) {
            self.causes.push(cause);
        }
    }
}

impl From<Cause> for Diagnosis {
    fn from(cause: Cause) -> Self {
        Self { causes: Vec::from([cause]) }
    }
}

/// One cause a line.
impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.causes.is_empty() {
            return f.write_str(
                "none of the usual causes: the secret is another one, or the message was changed\n",
            );
        }
        self.causes.iter().try_for_each(|cause| writeln!(f, "{cause}"))
    }
}

/// A usual cause of a wrong signature, and what to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Nothing is wrong with the signature.
    Right,
    /// The message could not be read that far: what the error of the verification says.
    Unreadable(crate::Error),
    /// The signature is right, and the message is refused all the same: for what the error of the
    /// verification says.
    Refused(crate::Error),
    /// The signature is right, the time is not: `now` and the signer's clock are too far apart.
    Skew {
        /// Seconds that the signer's time lies behind ours; negative where it is ahead.
        behind: i64,
    },
    /// The secret was taken as text where the signer decoded it, or the other way round.
    SecretKind(SecretKind),
    /// The secret has white space or a newline around it, here or at the signer's.
    SecretWhiteSpace,
    /// The body has a newline at its end that was not signed, or lacks one that was.
    TrailingNewline,
    /// The body was parsed and written again: the JSON says the same in other bytes.
    ReserializedBody,
    /// The body was changed from LF to CRLF or the other way round.
    LineEnds,
    /// The URL was signed with a port that we leave out, or without one that we name.
    Port,
    /// The URL was signed as `http` where we say `https`, or the other way round.
    UrlScheme,
    /// The URL was signed with a slash at its end that ours has not, or the other way round.
    TrailingSlash,
    /// The path was signed in another percent-encoding.
    PathEncoding,
    /// The method was signed in another case.
    MethodCase,
    /// The key was derived for another region.
    Region,
    /// The key was derived for another service.
    Service,
    /// The signature is an uppercase or otherwise spelled form of the right one.
    Spelling,
    /// The tag is right as far as it goes, and was cut off.
    Truncated,
    /// The secrets were not percent-encoded before they were joined to a key.
    SecretNotEncoded,
    /// The secrets were percent-encoded once too often.
    SecretEncodedTwice,
    /// The token's secret was left out of the key.
    TokenSecretLeftOut,
    /// The parameters of the query were not signed.
    QueryLeftOut,
    /// The parameters of the form were not signed.
    FormLeftOut,
    /// Parameters were percent-encoded once too often.
    EncodedTwice,
    /// A plus sign was not read as a space.
    PlusForSpace,
    /// It was signed with another algorithm than the message names.
    Algorithm(crate::Algorithm),
}

/// How a secret's text becomes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretKind {
    /// Its characters themselves.
    Text,
    /// Its characters without a prefix like `whsec_`.
    TextWithoutPrefix,
    /// Decoded from Base64.
    Base64,
    /// Decoded from hexadecimal.
    Hex,
}

impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Text => "the secret's text as it stands",
            Self::TextWithoutPrefix => "the secret's text without its prefix",
            Self::Base64 => "the secret decoded from Base64",
            Self::Hex => "the secret decoded from hexadecimal",
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right => f.write_str("the signature is right"),
            Self::Unreadable(error) => write!(f, "the signature was not looked at: {error}"),
            Self::Refused(error) => {
                write!(f, "the signature is right, and it was refused: {error}")
            }
            Self::Skew { behind } => write!(
                f,
                "the signature is right, its time is {behind} s behind ours: set the clocks, or widen the window"
            ),
            Self::SecretKind(kind) => write!(f, "the signature is right under {kind}"),
            Self::SecretWhiteSpace => {
                f.write_str("the secret has white space around it on one of the two sides")
            }
            Self::TrailingNewline => f.write_str(
                "a newline at the body's end was added or removed: verify the raw bytes",
            ),
            Self::ReserializedBody => f.write_str(
                "the body was parsed and written again on the way: verify the raw bytes",
            ),
            Self::LineEnds => {
                f.write_str("the body's line ends were changed on the way: verify the raw bytes")
            }
            Self::Port => f.write_str("the URL was signed with another port, or without it"),
            Self::UrlScheme => f.write_str("the URL was signed with the other of http and https"),
            Self::TrailingSlash => {
                f.write_str("the URL was signed with, or without, a slash at the path's end")
            }
            Self::PathEncoding => f.write_str("the path was signed in another percent-encoding"),
            Self::MethodCase => f.write_str("the method was signed in another case"),
            Self::Region => f.write_str("the request was signed for another region"),
            Self::Service => f.write_str("the request was signed for another service"),
            Self::Spelling => f.write_str("the tag is right, and spelled in another way"),
            Self::Truncated => {
                f.write_str("the tag is the beginning of the right one: it was cut off")
            }
            Self::SecretNotEncoded => {
                f.write_str("the secrets were not percent-encoded before they were joined to a key")
            }
            Self::SecretEncodedTwice => {
                f.write_str("the secrets were percent-encoded once too often")
            }
            Self::TokenSecretLeftOut => f.write_str("the token's secret was left out of the key"),
            Self::QueryLeftOut => f.write_str("the parameters of the query were not signed"),
            Self::FormLeftOut => f.write_str("the parameters of the form were not signed"),
            Self::EncodedTwice => f.write_str("parameters were percent-encoded once too often"),
            Self::PlusForSpace => f.write_str("a plus sign was not read as a space"),
            Self::Algorithm(algorithm) => write!(f, "it was signed with {algorithm}"),
        }
    }
}
