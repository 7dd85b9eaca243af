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
//! [`KeyUse::event`]), retire it. No step has to happen on two machines at once.

mod entry;
#[cfg(feature = "alloc")]
mod growing;
mod id;
mod ring;
mod set;

pub use entry::{KeyEntry, KeyState};
#[cfg(feature = "alloc")]
pub use growing::GrowingKeyring;
pub use id::KeyId;
pub use ring::Keyring;
pub use set::{Entries, KeyEvent, KeyMaterial, KeySet, KeyUse, Usable};
