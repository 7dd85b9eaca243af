//! AWS Signature Version 4: the published vectors, what a verifier must not take, and properties.
#![allow(clippy::similar_names, reason = "who signs and what is signed")]

#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod canonical;
mod chunks;
mod craft;
mod diagnosis;
mod form;
mod keys;
mod parameters;
mod properties;
mod suite;
mod times;
mod urls;
