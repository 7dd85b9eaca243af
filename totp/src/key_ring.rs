//! Keys of the service under ids, so that they can be replaced while what was made under older ones
//! is still there.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::iter::once;

use crate::Error;

/// The current key, and those that are only taken.
pub(crate) struct KeyRing<K> {
    current: Entry<K>,
    /// Boxed, because a vector that grows leaves copies of what it held behind.
    others: Vec<Box<Entry<K>>>,
}

struct Entry<K> {
    id: u32,
    key: K,
}

impl<K> KeyRing<K> {
    pub(crate) const fn new(id: u32, key: K) -> Self {
        Self { current: Entry { id, key }, others: Vec::new() }
    }

    /// An id that is there already is refused.
    pub(crate) fn with(mut self, id: u32, key: K) -> Result<Self, Error> {
        if self.find(id).is_ok() {
            return Err(Error::ServiceKey);
        }
        self.others.push(Box::new(Entry { id, key }));
        Ok(self)
    }

    pub(crate) const fn current(&self) -> (u32, &K) {
        (self.current.id, &self.current.key)
    }

    pub(crate) fn find(&self, id: u32) -> Result<&K, Error> {
        let entry = self.entries().find(|entry| entry.id == id);
        entry.map(|entry| &entry.key).ok_or(Error::UnknownKey { id })
    }

    fn entries(&self) -> impl Iterator<Item = &Entry<K>> {
        once(&self.current).chain(self.others.iter().map(Box::as_ref))
    }
}

/// The ids only.
impl<K> fmt::Debug for KeyRing<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries().map(|entry| entry.id)).finish()
    }
}
