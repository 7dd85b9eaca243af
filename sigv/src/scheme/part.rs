use core::fmt;

/// A part of a signed message, as errors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The signature, or the header that holds it.
    Signature,
    /// The time at which it was signed.
    Timestamp,
    /// The message's id or nonce.
    Id,
    /// The name of the key.
    KeyId,
    /// The access token.
    Token,
    /// The body.
    Body,
    /// The digest of the body.
    Digest,
    /// The method.
    Method,
    /// The URL, or a part of it.
    Url,
    /// The header that says which host was called.
    Host,
    /// A header that is signed.
    Header,
    /// A parameter of the query, the body or the signature.
    Parameter,
    /// The date, region and service that a key is for.
    Scope,
    /// The list of what is signed.
    Coverage,
    /// A component of a message, as the list names it.
    Component,
    /// The status of a response.
    Status,
    /// The secret that a key is made of.
    Secret,
    /// The URL that a user is sent back to.
    Callback,
    /// The code that shows that a user has agreed.
    Verifier,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Timestamp => "timestamp",
            Self::Id => "id",
            Self::KeyId => "key id",
            Self::Token => "token",
            Self::Body => "body",
            Self::Digest => "digest of the body",
            Self::Method => "method",
            Self::Url => "URL",
            Self::Host => "host",
            Self::Header => "header",
            Self::Parameter => "parameter",
            Self::Scope => "scope",
            Self::Coverage => "list of what is signed",
            Self::Component => "signed component",
            Self::Status => "status",
            Self::Secret => "secret",
            Self::Callback => "callback",
            Self::Verifier => "verifier",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
