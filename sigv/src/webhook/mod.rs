//! Webhooks and house schemes: a shared secret, a header, an HMAC.
//!
//! Most of them differ in a few things only: which header, which pieces are signed in which order, how
//! the tag is written. Those are data, a [`Template`]; the providers' are constants here, and a house
//! scheme is one of your own.
//!
//! ```
//! use creance_sigv::replay::{MemoryStore, Restart};
//! use creance_sigv::scheme::Received;
//! use creance_sigv::webhook::SLACK;
//! use creance_sigv::UnixTime;
//!
//! // Once.
//! let started = UnixTime::from_secs(1_531_420_000);
//! let store = MemoryStore::new(SLACK.window(), Restart::Barrier { started })?;
//! let key = SLACK.key("8f742231b10e8888abcd99yyyzzz85a5")?;
//!
//! // For each message.
//! let headers = [
//!     ("X-Slack-Request-Timestamp", "1531420618"),
//!     ("X-Slack-Signature", "v0=a27deb22cd6631704eb492e5c25c14a84f4cc0135c7e2052cb49cd3a1b1fc269"),
//! ];
//! let received = Received::webhook(&headers, b"command=%2Fweather");
//! let now = UnixTime::from_secs(1_531_420_620);
//! let verified = SLACK.accept(&received, &key, &store, now)?;
//! assert_eq!(verified.body(), b"command=%2Fweather");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "alloc")]
pub(crate) mod diagnose;
#[cfg(feature = "alloc")]
mod form;
#[cfg(feature = "alloc")]
mod hub_challenge;
mod json;
mod outgoing;
mod parse;
mod parts;
mod piece;
mod providers;
mod running;
mod secret;
#[cfg(feature = "alloc")]
mod shopify;
mod sign;
mod signed;
mod template;
#[cfg(feature = "alloc")]
mod twilio;
mod verify;
mod zoom_validation;

#[cfg(feature = "alloc")]
pub use form::Form;
#[cfg(feature = "alloc")]
pub use hub_challenge::HubChallenge;
pub use outgoing::Outgoing;
pub use parts::Parts;
pub use piece::{Layout, Piece, Source};
pub use providers::*;
pub use running::{Running, Streamed};
pub use secret::SecretForm;
#[cfg(feature = "alloc")]
pub use shopify::ShopifyQuery;
pub use signed::{Signed, SignedHeader};
pub use template::Template;
#[cfg(feature = "alloc")]
pub use twilio::Twilio;
pub use zoom_validation::zoom_validation;
