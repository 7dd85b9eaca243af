//! The verifier: what RFC 4226, RFC 6238, NIST SP 800-63B and OWASP ASVS 5 demand of it, demand by
//! demand, on one state, in stores, and under threads.

#[path = "../common/mod.rs"]
mod common;

mod account;
mod asynchronous;
mod demands_on_codes;
mod demands_on_counters;
mod demands_on_guesses;
mod drift;
mod properties;
mod resynchronisation;
mod stores;
mod threads;
mod unknown_users;
