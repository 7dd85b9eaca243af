//! AWS Signature Version 4: requests signed with a secret of the client's, in a header or in the URL.
//!
//! [`Signer`] signs, [`Verifier`] verifies; each has a running example. What is signed is a canonical
//! form of the request, hashed, with a time and a scope: the day, the region and the service. The key is
//! derived from the secret for that scope, so it is of no use elsewhere or on another day.
//!
//! * Paths are read by the rules of the [`Service`]: S3 takes an object's name as it stands, others
//!   normalise the path and encode it twice. A query is read as a form is, with `+` for a space.
//! * A body is signed by its digest, or comes in signed [chunks](ChunkSigner), or is not signed, which
//!   a verifier does not take unless [told to](Verifier::allow_unsigned_payload).
//! * The scheme has no nonce: what is claimed in a replay store is the request's canonical digest, with
//!   its time. See [`Verifier::verify`].
//!
//! Signing and verifying need no allocator. [`ChunkDecoder`] needs one, for it holds a chunk back until
//! its signature is verified; so do [`Signer::explain`] and [`Verifier::diagnose`]. What is read is kept
//! on the stack instead, of which a verification takes some 15 KiB.
//!
//! Not here: `SigV4A` (signatures by elliptic curves, for several regions), event streams, the signed
//! forms of POST policies, and chunks that are not signed (`STREAMING-UNSIGNED-PAYLOAD-TRAILER`), whose
//! trailer is no more authentic than their data. They are refused.
//!
//! Limits: a URL of 8,192 bytes with 128 parameters; 256 headers, of which 64 are signed, each of 4,096
//! bytes and all of them of 65,536.

mod canonical;
mod chunks;
mod credentials;
#[cfg(feature = "alloc")]
mod diagnose;
mod draft;
mod fields;
mod outgoing;
mod params;
mod path;
mod payload;
mod percent;
mod presigned;
mod request;
mod running;
mod scope;
mod secret_key;
mod service;
mod sign;
mod signing_key;
mod target;
mod text;
mod timestamp;
mod verifier;
mod verify;
mod wire;

#[cfg(feature = "alloc")]
pub use chunks::{ChunkDecoder, ChunkLimits, Trailer};
pub use chunks::{ChunkSigner, SignedChunk};
pub use credentials::Credentials;
pub use outgoing::Outgoing;
pub use payload::Payload;
pub use presigned::Presigned;
#[cfg(feature = "alloc")]
pub use request::Parameter;
pub use request::Request;
pub use running::RunningBody;
pub use scope::Scope;
pub use secret_key::SecretKey;
pub use service::Service;
#[cfg(feature = "alloc")]
pub use sign::Explained;
pub use sign::{MAX_EXPIRES, Signed, SignedHeader, Signer};
pub use signing_key::{SigningKey, SigningKeys};
pub use timestamp::Timestamp;
pub use verifier::Verifier;

use canonical::{ALGORITHM, Canonical, write_string_to_sign};
use fields::Fields;
use params::Params;
use path::Path;
use text::Text;
use wire::Wire;
