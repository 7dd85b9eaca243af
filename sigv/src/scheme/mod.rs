//! What all schemes of signed messages share: the road from a message that was received to a proof.
//!
//! ```text
//! Received -> parsed, with caps -> fresh? -> one MAC for each usable key, against all tags
//!          -> Authentic -> claimed -> Verified, which alone has the body
//! ```
//!
//! * Nothing is read without a limit: [`MAX_HEADER_BYTES`] of a header, [`MAX_TAGS`] tags.
//! * A time counts only where the MAC covers it.
//! * For each usable key one MAC is computed, however many tags came, and each tag is compared with it
//!   in constant time.
//! * The replay store is asked last, so nothing is stored for what is not authentic.
//! * [`Verified`] is made by this road alone, and the body is had from it alone.
//!
//! Schemes that are a matter of headers, separators and encodings are data: a
//! [`Template`](crate::webhook::Template).

#[cfg(feature = "alloc")]
mod diagnosis;
mod headers;
mod matching;
mod part;
mod proof;
mod received;
mod rejection;
mod url;

#[cfg(feature = "alloc")]
pub use diagnosis::{Cause, Diagnosis, SecretKind};
pub use headers::Headers;
pub(crate) use headers::is_token;
#[cfg(feature = "http-signature")]
pub(crate) use headers::trim;
pub(crate) use headers::{one, text};
pub use matching::{MAX_TAGS, MAX_USABLE_KEYS};
pub(crate) use matching::{Tags, match_any, match_named, matched};
pub use part::Part;
pub(crate) use proof::Nonce;
pub use proof::{Authentic, Verified};
pub use received::Received;
pub use rejection::Rejection;
pub use url::Url;

/// The longest value of a header that is read, in bytes.
pub const MAX_HEADER_BYTES: usize = 4096;
