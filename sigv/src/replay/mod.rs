//! Replay stores: what was accepted once is not accepted again.
//!
//! A store is asked last, when the message is known to be authentic and fresh: it *claims* the
//! pair of credential and nonce for the message's timestamp. The claim is remembered until the
//! timestamp leaves the window, counted from the timestamp itself and not from the arrival.
//!
//! A store that cannot know answers [`Claim::Unknown`], never [`Claim::New`]: it refuses when it
//! is full, it never evicts what is still live.
//!
//! | store | needs | memory | shared by |
//! |---|---|---|---|
//! | [`FixedStore`] | nothing | 16 bytes for each of its places | whoever holds its lock |
//! | `MemoryStore` | `std`, 64-bit atomics | grows, up to 32 bytes for each entry | threads |
//!
//! Both forget at a restart: [`Restart`] says what that means, and has no default.

mod entry;
mod fingerprint;
mod fixed;
#[cfg(all(feature = "std", target_has_atomic = "64"))]
mod memory;
mod restart;
mod store;
mod terms;

pub use entry::{Claim, Entry, Refusal};
pub use fixed::FixedStore;
#[cfg(all(feature = "std", target_has_atomic = "64"))]
pub use memory::{MemoryStats, MemoryStore, MemoryStoreBuilder};
pub use restart::Restart;
pub use store::{AsyncReplayStore, ReplayStore};
#[cfg(feature = "alloc")]
pub use store::{BoxFuture, DynReplayStore};
