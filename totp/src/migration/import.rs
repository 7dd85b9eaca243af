use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;

use super::{MigrationBatch, MigrationEntry, RefusedEntry};
use crate::Error;

/// The codes of one export, as they are scanned: in any order, some of them more than once.
///
/// ```
/// use creance_totp::{MigrationBatch, MigrationEntry, MigrationExport, MigrationImport};
/// use creance_totp::{Parameters, Scanned, Secret};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let account = MigrationEntry::new(secret, Parameters::totp())?;
/// let accounts = [account.clone().with_name("alice"), account.with_name("bob")];
/// let codes = MigrationExport::new(7).with_aim(0).write(&accounts)?;
///
/// let mut import = MigrationImport::new();
/// assert_eq!(import.add(MigrationBatch::parse(codes[1].expose())?)?, Scanned::New);
/// assert_eq!(import.add(MigrationBatch::parse(codes[1].expose())?)?, Scanned::Again);
/// assert_eq!(import.missing().collect::<Vec<_>>(), [0]);
/// assert_eq!(import.add(MigrationBatch::parse(codes[0].expose())?)?, Scanned::New);
/// assert!(import.is_complete());
///
/// let accounts = import.finish()?;
/// assert_eq!(accounts[0].as_ref().map(MigrationEntry::name), Ok("alice"));
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MigrationImport {
    /// By index.
    batches: BTreeMap<u32, MigrationBatch>,
}

/// What a code was to the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// It was not there yet.
    New,
    /// It was there already, and is the same.
    Again,
}

impl MigrationImport {
    /// An import without codes. The first one decides which export it is.
    #[must_use]
    pub const fn new() -> Self {
        Self { batches: BTreeMap::new() }
    }

    /// Adds a code.
    ///
    /// # Errors
    /// [`Error::MigrationOther`] for a code of another export, or one that contradicts a code that is
    /// there. Then nothing has changed.
    pub fn add(&mut self, batch: MigrationBatch) -> Result<Scanned, Error> {
        if self.batches.values().next().is_some_and(|first| !first.is_beside(&batch)) {
            return Err(Error::MigrationOther);
        }
        match self.batches.entry(batch.index()) {
            Entry::Vacant(place) => {
                place.insert(batch);
                Ok(Scanned::New)
            }
            Entry::Occupied(known) if known.get().is_same(&batch) => Ok(Scanned::Again),
            Entry::Occupied(_) => Err(Error::MigrationOther),
        }
    }

    /// How many codes the export has; 0 before the first one.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.batches.values().next().map_or(0, |first| first.size().max(1))
    }

    /// Indices of the codes that are still to be scanned, from 0 on, in order.
    pub fn missing(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.size()).filter(|index| !self.batches.contains_key(index))
    }

    /// Whether all codes are there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.batches.is_empty() && self.missing().next().is_none()
    }

    /// The accounts of all codes in the order of the export, each one or why it cannot be used.
    ///
    /// # Errors
    /// [`Error::MigrationIncomplete`] where codes are missing.
    pub fn finish(self) -> Result<Vec<Result<MigrationEntry, RefusedEntry>>, Error> {
        if !self.is_complete() {
            let index = self.missing().next().unwrap_or(0);
            return Err(Error::MigrationIncomplete { index });
        }
        Ok(self.batches.into_values().flat_map(MigrationBatch::into_entries).collect())
    }
}
