//! Keys that are replaced without a moment of refusal.
//!
//! A key ring holds keys under ids. One signs: the newest that is active. All that are usable verify,
//! or the one that the wire names. A key goes through four states:
//!
//! | state | signs | verifies | meaning |
//! |---|---|---|---|
//! | [`Pending`](KeyState::Pending) | no | yes | given to everybody who verifies, before anybody signs with it |
//! | [`Active`](KeyState::Active) | the newest does | yes | |
//! | [`VerifyOnly`](KeyState::VerifyOnly) | no | yes | for what was signed before |
//! | [`Retired`](KeyState::Retired) | no | no | wiped; its id stays taken |
//!
//! To rotate: add the new key as pending everywhere; make it active everywhere, in any order; when all
//! have it, make the old one verify-only; when nothing comes any more that it signed (a proof tells, by
//! [`KeyUse::event`], and `SharedKeyring::report` keeps the sum), retire it. No step has to happen on two
//! machines at once.
//!
//! | ring | needs | places | changed by |
//! |---|---|---|---|
//! | [`Keyring`] | nothing | fixed | whoever has it alone |
//! | `GrowingKeyring` | `alloc` | any number | whoever has it alone |
//! | `SharedKeyring` | `std` | any number | one thread while others verify |

mod entry;
#[cfg(feature = "alloc")]
mod growing;
mod id;
#[cfg(feature = "std")]
mod report;
mod ring;
mod set;
#[cfg(feature = "std")]
mod shared;

pub use entry::{KeyEntry, KeyState};
#[cfg(feature = "alloc")]
pub use growing::GrowingKeyring;
pub use id::KeyId;
#[cfg(feature = "std")]
pub use report::KeyReport;
pub use ring::Keyring;
pub use set::{Entries, KeyEvent, KeyMaterial, KeySet, KeyUse, Slot, Usable};
#[cfg(feature = "std")]
pub use shared::SharedKeyring;
