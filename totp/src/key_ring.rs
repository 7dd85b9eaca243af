//! Keys of the service under ids, so that they can be replaced while what was made under older ones
//! is still there.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use crate::Error;

/// The current key first, behind it those that are only taken.
pub(crate) struct KeyRing<K> {
    #[expect(clippy::vec_box, reason = "a vector that grows leaves copies of what it held behind")]
    keys: Vec<Box<Entry<K>>>,
}

struct Entry<K> {
    id: u32,
    key: K,
}

impl<K> KeyRing<K> {
    pub(crate) fn new(id: u32, key: K) -> Self {
        Self { keys: vec![Box::new(Entry { id, key })] }
    }

    /// An id that is there already is refused.
    pub(crate) fn with(mut self, id: u32, key: K) -> Result<Self, Error> {
        if self.find(id).is_ok() {
            return Err(Error::ServiceKey);
        }
        self.keys.push(Box::new(Entry { id, key }));
        Ok(self)
    }

    pub(crate) fn current(&self) -> Result<(u32, &K), Error> {
        // There is one from the beginning.
        self.keys.first().map(|entry| (entry.id, &entry.key)).ok_or(Error::ServiceKey)
    }

    pub(crate) fn find(&self, id: u32) -> Result<&K, Error> {
        let entry = self.keys.iter().find(|entry| entry.id == id);
        entry.map(|entry| &entry.key).ok_or(Error::UnknownKey { id })
    }
}

/// The ids only.
impl<K> fmt::Debug for KeyRing<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|entry| entry.id)).finish()
    }
}
