#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod accepted;
mod attributes;
mod authority;
mod authorization;
mod bewit;
mod bewit_resource;
mod canonical;
mod challenge;
#[cfg(feature = "std")]
mod client;
mod clock;
mod credentials;
mod error;
#[cfg(feature = "alloc")]
pub mod explain;
mod forwarded;
mod grammar;
mod header;
mod incoming;
mod lookup;
mod message;
mod names;
mod nonce;
mod payload;
mod rejection;
mod request;
mod resource;
mod response;
mod server;

pub use accepted::{Accepted, Authentic, PayloadCheck, Verified};
pub use attributes::Attribute;
pub use authority::{Authority, AuthorityPolicy, Scheme};
pub use authorization::Authorization;
pub use bewit::{AuthenticBewit, Bewit, BewitBuffer, SignedBewit};
pub use challenge::{Challenge, ServerTime, SignedChallenge};
#[cfg(feature = "std")]
pub use client::{Client, ClientRequest};
pub use clock::ClockOffset;
pub use creance_sigv as sigv;
pub use credentials::Credentials;
pub use error::{Error, Field};
pub use forwarded::{Forwarded, ForwardedHeader};
pub use header::{HeaderBuilder, SignedHeader};
pub use incoming::Incoming;
pub use lookup::Lookup;
pub use message::{
    AcceptedMessage, AuthenticMessage, MessageAuthorization, MessageBuilder, SignedMessage,
    VerifiedMessage,
};
pub use nonce::Nonce;
pub use payload::{PayloadHash, PayloadHasher};
pub use rejection::{Rejection, WwwAuthenticate};
pub use request::Request;
pub use response::{
    AuthenticResponse, ResponseBuilder, ServerAuthorization, SignedResponse, VerifiedResponse,
};
pub use server::Server;
