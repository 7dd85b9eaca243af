use core::fmt;
use std::collections::HashMap;
use std::string::{String, ToString};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Revision, StateStore, Stored, Swap, Unavailable};

/// A store in the process's memory, shared by its threads: for tests and for trying things out.
///
/// What it holds ends with the process. After a restart a code could be used a second time and
/// failures would be forgotten, so a service needs a store that survives it.
pub struct MemoryStateStore<R> {
    records: Mutex<Records<R>>,
}

struct Records<R> {
    by_id: HashMap<String, Stored<R>>,
    /// The latest revision of any record: none is given out twice.
    latest: u64,
}

impl<R> MemoryStateStore<R> {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self { records: Mutex::new(Records { by_id: HashMap::new(), latest: 0 }) }
    }

    /// Removes the record of `id`.
    pub fn remove(&self, id: &str) -> Option<R> {
        self.lock().by_id.remove(id).map(|stored| stored.record)
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every change is one assignment, so a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Records<R>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Clone> StateStore for MemoryStateStore<R> {
    type Record = R;

    fn load(&self, id: &str) -> Result<Option<Stored<R>>, Unavailable> {
        Ok(self.lock().by_id.get(id).cloned())
    }

    fn compare_and_set(&self, id: &str, expected: Revision, next: &R) -> Result<Swap, Unavailable> {
        let mut records = self.lock();
        let revision = Revision::new(records.latest + 1);
        if revision >= Revision::NEVER {
            return Err(Unavailable);
        }
        let stored = Stored { revision, record: next.clone() };
        match records.by_id.get_mut(id) {
            Some(place) if place.revision == expected => *place = stored,
            None if expected == Revision::ABSENT => {
                records.by_id.insert(id.to_string(), stored);
            }
            _ => return Ok(Swap::Conflict),
        }
        records.latest = revision.get();
        Ok(Swap::Done(revision))
    }
}

impl<R> Default for MemoryStateStore<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> fmt::Debug for MemoryStateStore<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStateStore").field("len", &self.len()).finish_non_exhaustive()
    }
}
