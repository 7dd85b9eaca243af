//! HTTP Message Signatures (RFC 9421) with `hmac-sha256`, and with `Content-Digest` (RFC 9530) for the
//! body. Both sides, requests and responses.
//!
//! The signer lists what it covers, and a signature that covers too little is right and worthless. So
//! there is no verification without a [`Policy`], and none of its lists is empty.
//!
//! ```
//! use creance_sigv::http_signature::{Message, Policy, Signer};
//! use creance_sigv::keyring::{KeyEntry, Keyring};
//! use creance_sigv::replay::{MemoryStore, Restart};
//! use creance_sigv::scheme::Received;
//! use creance_sigv::{Algorithm, Key, UnixTime, Window};
//!
//! // Once, on both sides: a key under its id.
//! let (key, _) = Key::generate(Algorithm::Sha256, &mut creance_sigv::rand::rng());
//! let mut keys = Keyring::<2>::new();
//! keys.insert(KeyEntry::new("client-1", key)?)?;
//! let now = UnixTime::from_secs(1_700_000_000);
//!
//! // The client.
//! let url = "https://example.com/orders?draft=1";
//! let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
//! let request = Message::request("POST", url, &headers, b"{}");
//! let signed = Signer::for_requests().with_nonce("2d1f9a").sign(&request, &keys, now)?;
//! let mut sent = headers.clone();
//! sent.extend(signed.to_headers());
//!
//! // The server.
//! let policy = Policy::for_requests(Window::new(300, 5)).requiring_nonce();
//! let started = UnixTime::from_secs(1_699_999_000);
//! let store = MemoryStore::new(policy.window(), Restart::Barrier { started })?;
//! let received = Received::new("POST", url, &sent, b"{}");
//! let verified = policy.accept(&received, &keys, &store, now)?;
//! assert_eq!((verified.body(), verified.key().id()), (Some(b"{}".as_slice()), "client-1"));
//!
//! let replayed = policy.accept(&received, &keys, &store, now).unwrap_err();
//! assert_eq!(replayed.code(), "replay");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is not there
//!
//! * Other algorithms: keys here are shared secrets.
//! * Trailers (`tr`), which nothing here receives.
//! * A request target in another form than a path with a query, or for CONNECT an authority.
//! * Two signatures under two keys of one ring over the same message count as two messages. A sender
//!   signs with one key, [`KeySet::signer`](crate::keyring::KeySet::signer).

mod base;
mod component;
mod covered;
mod derived;
mod diagnose;
mod fields;
mod input;
mod message;
mod policy;
mod sign;
mod verify;

pub use component::Component;
pub use covered::{Covered, Streamed};
pub use input::MAX_COMPONENTS;
pub use message::Message;
pub use policy::Policy;
pub use sign::{Signed, Signer};
