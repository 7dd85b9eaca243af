//! OAuth 1.0a (RFC 5849): requests that a client signs for itself (two-legged) or for a user
//! (three-legged), and the dance by which it gets the token for the latter.
//!
//! HMAC-SHA1 is the RFC's method; HMAC-SHA256 and HMAC-SHA512 are in use beside it. `PLAINTEXT` and RSA
//! are refused. The module needs an allocator, since parameters are decoded and sorted.
//!
//! | for | client | server |
//! |---|---|---|
//! | each request | [`Outgoing`], [`Signed`] | [`Server`], [`Request`] |
//! | temporary credentials | [`TokenResponse`] | [`Temporary`] |
//! | the user's word | [`authorization_url`], [`Returned`] | [`Authorized`] |
//! | token credentials | [`TokenResponse`] | [`Authorized::exchange`] |
//!
//! What a signature covers is said at [`Request`], and it is less than one may think: of a form the
//! parameters and not their places, and of any other body nothing, unless it comes with
//! `oauth_body_hash`. Responses are not signed at all, and tell secrets: they need TLS.
//!
//! ```
//! use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, Server};
//! use creance_sigv::scheme::Received;
//! use creance_sigv::{Algorithm, UnixTime};
//!
//! // The example of RFC 5849, 1.2.
//! let client = Credentials::new("dpf43f3p2l4k3l03", "kd94hf93k423kf44")?;
//! let token = Credentials::new("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")?;
//! let key = RequestKey::new(Algorithm::Sha1, &client, Some(&token))?;
//!
//! let url = "http://photos.example.net/photos?file=vacation.jpg&size=original";
//! let now = UnixTime::from_secs(137_131_202);
//! let signed = Outgoing::new("GET", url).with_nonce("chapoH").with_realm("Photos").sign(&key, now)?;
//! assert!(signed.authorization().contains("oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\""));
//!
//! let headers = [("Authorization", signed.authorization())];
//! let received = Received::new("GET", url, &headers, b"");
//! let authentic = Server::new().verify(&received, &key, now)?;
//! // Next: authentic.claim(&store, now)
//! # let _ = authentic;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base;
mod callback;
mod credentials;
mod diagnose;
mod flow;
mod header;
mod incoming;
mod key;
mod outgoing;
mod parameters;
mod percent;
mod random;
mod request;
mod response;
mod server;
mod signed;

pub use callback::{Callback, Returned, authorization_url};
pub use credentials::{Credentials, generate_nonce};
pub use flow::{Authorized, Temporary, VerificationCode};
pub use incoming::Incoming;
pub use key::RequestKey;
pub use outgoing::Outgoing;
pub use parameters::MAX_PARAMETERS;
pub use request::Request;
pub use response::TokenResponse;
pub use server::Server;
pub use signed::Signed;
