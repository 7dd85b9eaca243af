//! What the benchmarks share: the work of each contender, and how it is measured.

#![allow(dead_code, unreachable_pub, reason = "each benchmark uses a part of it")]

pub mod aws;
pub mod bewit;
pub mod floor;
pub mod header;
pub mod heap;
pub mod load;
pub mod mode;
pub mod otp;
pub mod payload;
pub mod pool;
pub mod race;
pub mod random;
pub mod scheme;
pub mod stores;
pub mod table;
