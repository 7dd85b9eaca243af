#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::{fmt, iter, slice};

use super::{KeyEntry, KeyState};
use crate::ct::{self, Choice};
use crate::{Key, UnixTime};

/// What a ring can hold: a secret that can tell whether it is the same as another, so that no key is
/// in a ring under two ids.
pub trait KeyMaterial: 'static {
    /// Whether both make the same tags. The time must not depend on the secrets.
    fn is_same(&self, other: &Self) -> Choice;

    /// Whether it is a stand-in that is not secret, see [`Key::decoy`]: what it verifies is refused.
    fn is_decoy(&self) -> bool {
        false
    }
}

/// Compares what the two make of the same message: HMAC cannot tell a key from the same key with zeros
/// appended, so the bytes they were made of would not do.
impl KeyMaterial for Key {
    fn is_same(&self, other: &Self) -> Choice {
        ct::eq(self.sign(b"").expose(), other.sign(b"").expose())
    }

    fn is_decoy(&self) -> bool {
        self.is_decoy()
    }
}

/// Keys that may verify: a single [`Key`], a [`Keyring`](super::Keyring), or a
/// `GrowingKeyring`.
pub trait KeySet<K: KeyMaterial = Key> {
    /// All keys of the set.
    fn entries(&self) -> Entries<'_, K>;

    /// How many seconds the clocks of those who sign may differ from ours.
    fn leeway(&self) -> u64 {
        0
    }

    /// The key to sign with at `now`: of the active ones the newest, which is the one with the latest
    /// [`not_before`](KeyEntry::not_before), and among equals the last that was added.
    fn signer(&self, now: UnixTime) -> Option<Usable<'_, K>> {
        let newest = self
            .entries()
            .filter(|slot| slot.signs(now))
            .max_by_key(|slot| (slot.starts(), slot.serial()))?;
        newest.usable(now, 0, true)
    }

    /// All keys that may sign at `now`, for those who sign with each: first the one of
    /// [`signer`](Self::signer), then the others in their order.
    fn signers(&self, now: UnixTime) -> impl Iterator<Item = Usable<'_, K>> {
        let signer = self.signer(now);
        let first = signer.as_ref().map(|signer| signer.use_.index);
        let others = self
            .entries()
            .filter(move |slot| Some(slot.index) != first && slot.signs(now))
            .filter_map(move |slot| slot.usable(now, 0, false));
        signer.into_iter().chain(others)
    }

    /// All keys that may verify at `now`: first the one that signs, then the others in their order.
    fn usable(&self, now: UnixTime) -> impl Iterator<Item = Usable<'_, K>> {
        let signer = self.signer(now);
        let first = signer.as_ref().map(|signer| signer.use_.index);
        let leeway = self.leeway();
        let others = self
            .entries()
            .filter(move |slot| Some(slot.index) != first)
            .filter_map(move |slot| slot.usable(now, leeway, false));
        signer.into_iter().chain(others)
    }

    /// The key of this id, where it may verify at `now`. No other key is tried in its place.
    fn find(&self, id: &str, now: UnixTime) -> Option<Usable<'_, K>> {
        let signer = self.signer(now).map(|signer| signer.use_.index);
        let slot = self.entries().find(|slot| slot.id() == id)?;
        let signs = signer == Some(slot.index);
        slot.usable(now, self.leeway(), signs)
    }
}

impl<K: KeyMaterial, S: KeySet<K> + ?Sized> KeySet<K> for &S {
    fn entries(&self) -> Entries<'_, K> {
        (**self).entries()
    }

    fn leeway(&self) -> u64 {
        (**self).leeway()
    }
}

/// Perhaps a key: what a look-up by the name on the wire has found.
impl<K: KeyMaterial, S: KeySet<K>> KeySet<K> for Option<S> {
    fn entries(&self) -> Entries<'_, K> {
        self.as_ref().map_or_else(|| Entries::fixed(&[]), KeySet::entries)
    }

    fn leeway(&self) -> u64 {
        self.as_ref().map_or(0, KeySet::leeway)
    }
}

/// As a snapshot of a `SharedKeyring` is held.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<K: KeyMaterial, S: KeySet<K> + ?Sized> KeySet<K> for alloc::sync::Arc<S> {
    fn entries(&self) -> Entries<'_, K> {
        (**self).entries()
    }

    fn leeway(&self) -> u64 {
        (**self).leeway()
    }
}

/// One key, which has no id, no end, and signs.
impl KeySet for Key {
    fn entries(&self) -> Entries<'_, Key> {
        Entries::one(self)
    }
}

/// The keys of a [`KeySet`], one after the other.
#[derive(Clone, Debug)]
pub struct Entries<'k, K> {
    source: Source<'k, K>,
    next: usize,
}

#[derive(Clone, Debug)]
enum Source<'k, K> {
    One(iter::Once<&'k K>),
    Fixed(slice::Iter<'k, Option<KeyEntry<K>>>),
    #[cfg(feature = "alloc")]
    Boxed(slice::Iter<'k, Box<KeyEntry<K>>>),
}

impl<'k, K> Entries<'k, K> {
    /// A single key without an id.
    pub fn one(key: &'k K) -> Self {
        Self { source: Source::One(iter::once(key)), next: 0 }
    }

    pub(super) fn fixed(slots: &'k [Option<KeyEntry<K>>]) -> Self {
        Self { source: Source::Fixed(slots.iter()), next: 0 }
    }

    #[cfg(feature = "alloc")]
    pub(super) fn boxed(entries: &'k [Box<KeyEntry<K>>]) -> Self {
        Self { source: Source::Boxed(entries.iter()), next: 0 }
    }
}

impl<'k, K> Iterator for Entries<'k, K> {
    type Item = Slot<'k, K>;

    fn next(&mut self) -> Option<Slot<'k, K>> {
        let held = match &mut self.source {
            Source::One(key) => Held::Bare(key.next()?),
            Source::Fixed(slots) => Held::Entry(slots.find_map(Option::as_ref)?),
            #[cfg(feature = "alloc")]
            Source::Boxed(entries) => Held::Entry(entries.next()?),
        };
        let index = self.next;
        self.next += 1;
        Some(Slot { held, index })
    }
}

/// A key of a set, in its place.
#[derive(Debug)]
pub struct Slot<'k, K> {
    held: Held<'k, K>,
    index: usize,
}

#[derive(Debug)]
enum Held<'k, K> {
    Bare(&'k K),
    Entry(&'k KeyEntry<K>),
}

impl<'k, K> Slot<'k, K> {
    /// The entry; none for a single key.
    #[must_use]
    pub const fn entry(&self) -> Option<&'k KeyEntry<K>> {
        match self.held {
            Held::Bare(_) => None,
            Held::Entry(entry) => Some(entry),
        }
    }

    fn id(&self) -> &'k str {
        self.entry().map_or("", |entry| entry.id())
    }

    fn starts(&self) -> UnixTime {
        self.entry().map_or_else(UnixTime::default, KeyEntry::not_before)
    }

    fn serial(&self) -> u64 {
        self.entry().map_or(0, KeyEntry::serial)
    }

    fn signs(&self, now: UnixTime) -> bool {
        self.entry().is_none_or(|entry| entry.signing_key(now).is_some())
    }

    fn usable(&self, now: UnixTime, leeway: u64, is_current: bool) -> Option<Usable<'k, K>> {
        let (key, state) = match self.held {
            Held::Bare(key) => (key, KeyState::Active),
            Held::Entry(entry) => (entry.verifying_key(now, leeway)?, entry.state()),
        };
        let is_early = state == KeyState::Pending || now < self.starts();
        let use_ = KeyUse { id: self.id(), index: self.index, state, is_current, is_early };
        Some(Usable { key, use_ })
    }
}

/// A key that may be used now, and which one it is.
#[derive(Debug)]
pub struct Usable<'k, K> {
    key: &'k K,
    use_: KeyUse<'k>,
}

impl<'k, K> Usable<'k, K> {
    /// The key.
    #[must_use]
    pub const fn key(&self) -> &'k K {
        self.key
    }

    /// Which one it is.
    #[must_use]
    pub const fn key_use(&self) -> KeyUse<'k> {
        self.use_
    }
}

/// Which key has verified something: a part of every proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse<'k> {
    id: &'k str,
    index: usize,
    state: KeyState,
    is_current: bool,
    is_early: bool,
}

impl<'k> KeyUse<'k> {
    /// The key's id; empty for a single key without a ring.
    #[must_use]
    pub const fn id(&self) -> &'k str {
        self.id
    }

    /// The place of the key in its set, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The key's state.
    #[must_use]
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// Whether it is the key that we would sign with now.
    #[must_use]
    pub const fn is_current(&self) -> bool {
        self.is_current
    }

    /// What an operator wants to know of this use, if anything: somebody has not changed to the
    /// current key yet, or has done so already.
    #[must_use]
    pub const fn event(&self) -> Option<KeyEvent<'k>> {
        match (self.is_current, self.is_early) {
            (true, _) => None,
            (false, true) => Some(KeyEvent::PendingKeyUsed { id: self.id }),
            (false, false) => Some(KeyEvent::OldKeyUsed { id: self.id }),
        }
    }
}

/// A key was used that is not the current one. Count these: when an old key is not used any more, it
/// can be retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEvent<'k> {
    /// Something came that was signed with an older key.
    OldKeyUsed {
        /// The key's id.
        id: &'k str,
    },
    /// Something came that was signed with a key that is not active here yet, or whose time has not
    /// begun by our clock.
    PendingKeyUsed {
        /// The key's id.
        id: &'k str,
    },
}

/// For a log: the id is public.
impl fmt::Display for KeyEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OldKeyUsed { id } => write!(f, "the old key {id} was used"),
            Self::PendingKeyUsed { id } => {
                write!(f, "the key {id} was used, which is not active here yet")
            }
        }
    }
}
