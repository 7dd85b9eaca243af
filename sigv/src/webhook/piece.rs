use crate::scheme::Part;
use crate::{Algorithm, Encoding};

/// A piece of what a scheme signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece<'t> {
    /// The same text in each message.
    Text(&'t str),
    /// The time of signing, as it was written. There is no other way for a template to have a time than
    /// to sign it.
    Time(Source<'t>),
    /// The message's id or nonce, as it was written.
    Id(Source<'t>),
    /// The value of a header, which has to be there once.
    Header(&'t str),
    /// The method.
    Method,
    /// The URL as the sender called it.
    Url,
    /// The URL's host, and its port if it has one.
    Host,
    /// The URL's path and query.
    Target,
    /// The URL's path.
    Path,
    /// The URL's query without its question mark, which may be empty.
    Query,
    /// The body.
    Body,
    /// The digest of the body.
    BodyDigest(Algorithm, Encoding),
}

impl Piece<'_> {
    /// What errors call it.
    pub(super) const fn part(&self) -> Part {
        match self {
            Self::Time(_) => Part::Timestamp,
            Self::Id(_) => Part::Id,
            Self::Header(_) => Part::Header,
            Self::Method => Part::Method,
            Self::Url | Self::Target | Self::Path | Self::Query => Part::Url,
            Self::Host => Part::Host,
            Self::Text(_) | Self::Body | Self::BodyDigest(..) => Part::Body,
        }
    }
}

/// Where a time or an id stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'t> {
    /// In a header of this name.
    Header(&'t str),
    /// In a header of the first name, or where that is missing of the second.
    Either(&'t str, &'t str),
    /// In a field of the signature's own header, see [`Layout::Fields`].
    Field(&'t str),
    /// Elsewhere: the caller hands it over in [`Parts`](super::Parts).
    Given,
}

/// How tags stand in the signature's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout<'t> {
    /// One tag behind this text, which may be empty: `sha256=<tag>`.
    Single(&'t str),
    /// One tag behind the name of its algorithm: `sha1=<tag>`, `sha256=<tag>` and so on. Only keys of
    /// the algorithm that the message names are tried, so a sender cannot choose a weaker one.
    Named,
    /// Several tags, each behind `prefix`. What has another prefix is of another version and not looked
    /// at.
    List {
        /// What stands between two tags.
        separator: char,
        /// What stands before each tag.
        prefix: &'t str,
    },
    /// Fields of a name and a value, of which those named `tag` are tags. Others are not looked at, but
    /// for a time or an id whose [`Source::Field`] names them.
    Fields {
        /// What stands between two fields.
        separator: char,
        /// The name of the fields that are tags.
        tag: &'t str,
    },
}
