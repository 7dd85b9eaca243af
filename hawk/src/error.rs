use core::fmt;

use creance_sigv::Fault;
use creance_sigv::replay::Refusal;

use crate::Attribute;

/// Everything that this crate refuses, precisely: for the operator, never for the peer.
///
/// No variant holds a key, a nonce or a MAC. What the peer may be told is a
/// [`Rejection`](crate::Rejection).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // What a peer sent that cannot be read: 400.
    /// A header is longer than 4096 bytes.
    #[error("the header has {bytes} bytes, at most 4096 are read")]
    HeaderTooLong {
        /// Its length.
        bytes: usize,
    },
    /// A header is not `Hawk name="value", name="value"`.
    #[error("the header's syntax is wrong at byte {at}")]
    HeaderSyntax {
        /// Where.
        at: usize,
    },
    /// A value holds a byte that the grammar forbids.
    #[error("the header has a forbidden character at byte {at}")]
    ForbiddenCharacter {
        /// Where.
        at: usize,
    },
    /// An attribute has no value.
    #[error("the attribute {0} is empty")]
    EmptyAttribute(Attribute),
    /// An attribute that this header does not have.
    #[error("the header has an unknown attribute at byte {at}")]
    UnknownAttribute {
        /// Where.
        at: usize,
    },
    /// An attribute occurs twice.
    #[error("the attribute {0} occurs twice")]
    DuplicateAttribute(Attribute),
    /// A required attribute is not there.
    #[error("the attribute {0} is missing")]
    MissingAttribute(Attribute),
    /// A timestamp or expiry is not 1 to 19 digits without sign or leading zero.
    #[error("the attribute ts or the bewit's expiry is not 1 to 19 digits without leading zero")]
    Timestamp,
    /// `dlg` without `app` would not be covered by the MAC.
    #[error("dlg stands without app")]
    DlgWithoutApp,
    /// The method is not a token of RFC 9110.
    #[error("the method is not a token")]
    Method,
    /// The request target is not a path, an absolute URL or `*`, or has a forbidden byte.
    #[error("the request target cannot be authenticated")]
    Resource,
    /// A host is not a name, an IPv4 address or a bracketed IPv6 address with an optional port.
    #[error("the host is malformed")]
    Host,
    /// There is no `Host`, and the policy needs one.
    #[error("the host is missing")]
    MissingHost,
    /// `Host`, the `:authority` of HTTP/2 or HTTP/3, and the authority of a target in absolute
    /// form differ.
    #[error("Host, :authority and the request target name different authorities")]
    AuthorityMismatch,
    /// The authority is none of those that this server answers for.
    #[error("the authority is not one of the configured ones")]
    UnknownAuthority,
    /// The trusted proxies did not say which host was asked for.
    #[error("the forwarded host is missing or malformed")]
    Forwarded,
    /// A header that must stand alone occurs twice.
    #[error("the header {0} occurs twice")]
    DuplicateHeader(&'static str),
    /// A header is not text.
    #[error("the header {0} is not text")]
    NotText(&'static str),
    /// An `Authorization` header and a bewit.
    #[error("the request has an Authorization header and a bewit")]
    MultipleAuthentications,
    /// A request target with a bewit is longer than 4096 bytes.
    #[error("the request target has {bytes} bytes, at most 4096 are read")]
    UrlTooLong {
        /// Its length.
        bytes: usize,
    },
    /// A bewit is not unpadded Base64url of UTF-8 text.
    #[error("the bewit is not unpadded Base64url of UTF-8 text")]
    BewitEncoding,
    /// A bewit does not have its four parts, or lacks one that is required.
    #[error("the bewit does not have the parts id, exp, mac and ext")]
    BewitStructure,
    /// More than one bewit.
    #[error("the request has several bewits")]
    SeveralBewits,
    /// A content type holds a control character.
    #[error("the content type holds a control character")]
    ContentType,

    // What cannot be let in: 401.
    /// There is nothing of this scheme in the request.
    #[error("the request has no Hawk authentication")]
    NoAuthorization,
    /// No key is known for the id.
    #[error("the credentials are unknown")]
    UnknownCredentials,
    /// The MAC is wrong.
    #[error("the MAC is wrong")]
    BadMac,
    /// The MAC is right and the timestamp outside the window.
    #[error("the timestamp {ts} is outside the window around {now}")]
    StaleTimestamp {
        /// The peer's seconds.
        ts: u64,
        /// Our seconds.
        now: u64,
    },
    /// The nonce was claimed before.
    #[error("the nonce was used before")]
    Replay,
    /// The payload has to be authenticated and the header has no hash.
    #[error("the payload's hash is missing")]
    MissingHash,
    /// The payload is not the one that the header's hash is of.
    #[error("the payload's hash is wrong")]
    BadHash,
    /// Bewits are not switched on at this server.
    #[error("bewits are not enabled")]
    BewitsDisabled,
    /// A bewit is for GET and HEAD only.
    #[error("a bewit is for GET and HEAD only")]
    BewitMethod,
    /// The bewit's time is over.
    #[error("the bewit expired at {exp}, it is {now}")]
    BewitExpired {
        /// Its last second, exclusive.
        exp: u64,
        /// Our seconds.
        now: u64,
    },
    /// The bewit would live longer than this server allows.
    #[error("the bewit has {life} s to live, at most {maximum} are allowed")]
    BewitLife {
        /// Seconds from now to its expiry.
        life: u64,
        /// The longest time allowed.
        maximum: u64,
    },

    // Limits and outages: 413, 429, 503.
    /// The payload is longer than the caller allows.
    #[error("the payload is longer than {maximum} bytes")]
    PayloadTooLong {
        /// The longest payload allowed.
        maximum: u64,
    },
    /// The look-up of the credentials failed.
    #[error("the credentials cannot be looked up now")]
    CredentialsUnavailable,
    /// The replay store cannot tell.
    #[error(transparent)]
    Store(Refusal),

    // What a client finds wrong with a response.
    /// The response is not authenticated.
    #[error("the response has no Server-Authorization header")]
    NoServerAuthorization,
    /// The challenge has a time without a MAC over it.
    #[error("the challenge has ts without tsm")]
    UnprovenTime,

    // What the calling program got wrong: 500.
    /// A value cannot be written into a header or signed.
    #[error("the value of {field} is empty or has a character that cannot be written")]
    Value {
        /// Which one.
        field: Field,
    },
    /// A URL is not an absolute `http` or `https` URL without user information.
    #[error("the URL is not an absolute http or https URL without user information")]
    Url,
    /// What would be written is longer than any receiver reads.
    #[error("the result would have more than 4096 bytes")]
    TooLong,
    /// A server without any authority could never let anything in.
    #[error("no authority is configured")]
    NoAuthority,
    /// A `core::fmt::Write` failed.
    #[error("the output could not be written")]
    Write,
}

/// A value that is given by the calling program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The credentials' id.
    Id,
    /// A nonce.
    Nonce,
    /// A payload hash.
    Hash,
    /// Application data.
    Ext,
    /// An application's id.
    App,
    /// The id of the application that delegated.
    Dlg,
    /// A MAC.
    Mac,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Id => "id",
            Self::Nonce => "nonce",
            Self::Hash => "hash",
            Self::Ext => "ext",
            Self::App => "app",
            Self::Dlg => "dlg",
            Self::Mac => "mac",
        })
    }
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

    /// The HTTP status that a server answers with to what it received. For an error of its own
    /// signing, say of a response, it is 500 whatever this says.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.class().1
    }

    /// A stable kebab-case name, for metrics and for other programs. It says more than the peer
    /// should be told.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.class().0
    }

    const fn class(&self) -> (&'static str, u16) {
        match self {
            Self::HeaderTooLong { .. } => ("header-too-long", 400),
            Self::HeaderSyntax { .. } => ("header-syntax", 400),
            Self::ForbiddenCharacter { .. } => ("forbidden-character", 400),
            Self::EmptyAttribute(_) => ("empty-attribute", 400),
            Self::UnknownAttribute { .. } => ("unknown-attribute", 400),
            Self::DuplicateAttribute(_) => ("duplicate-attribute", 400),
            Self::MissingAttribute(_) => ("missing-attribute", 400),
            Self::Timestamp => ("timestamp-syntax", 400),
            Self::DlgWithoutApp => ("dlg-without-app", 400),
            Self::Method => ("method-syntax", 400),
            Self::Resource => ("resource-syntax", 400),
            Self::Host => ("host-syntax", 400),
            Self::MissingHost => ("missing-host", 400),
            Self::AuthorityMismatch => ("authority-mismatch", 400),
            Self::UnknownAuthority => ("unknown-authority", 400),
            Self::Forwarded => ("forwarded-syntax", 400),
            Self::DuplicateHeader(_) => ("duplicate-header", 400),
            Self::NotText(_) => ("header-not-text", 400),
            Self::MultipleAuthentications => ("multiple-authentications", 400),
            Self::UrlTooLong { .. } => ("url-too-long", 400),
            Self::BewitEncoding => ("bewit-encoding", 400),
            Self::BewitStructure => ("bewit-structure", 400),
            Self::SeveralBewits => ("several-bewits", 400),
            Self::ContentType => ("content-type-syntax", 400),
            Self::NoAuthorization => ("no-authorization", 401),
            Self::UnknownCredentials => ("unknown-credentials", 401),
            Self::BadMac => ("bad-mac", 401),
            Self::StaleTimestamp { .. } => ("stale-timestamp", 401),
            Self::Replay => ("replay", 401),
            Self::MissingHash => ("missing-hash", 401),
            Self::BadHash => ("bad-hash", 401),
            Self::BewitsDisabled => ("bewits-disabled", 401),
            Self::BewitMethod => ("bewit-method", 401),
            Self::BewitExpired { .. } => ("bewit-expired", 401),
            Self::BewitLife { .. } => ("bewit-life", 401),
            Self::NoServerAuthorization => ("no-server-authorization", 401),
            Self::UnprovenTime => ("unproven-time", 401),
            Self::PayloadTooLong { .. } => ("payload-too-long", 413),
            Self::CredentialsUnavailable => ("credentials-unavailable", 503),
            Self::Store(Refusal::Quota) => ("quota", 429),
            Self::Store(Refusal::OutsideWindow) => ("store-window", 500),
            Self::Store(_) => ("store-unavailable", 503),
            Self::Value { .. } => ("value", 500),
            Self::Url => ("url", 500),
            Self::TooLong => ("too-long", 500),
            Self::NoAuthority => ("no-authority", 500),
            Self::Write => ("write", 500),
        }
    }
}

impl From<fmt::Error> for Error {
    fn from(_: fmt::Error) -> Self {
        Self::Write
    }
}
