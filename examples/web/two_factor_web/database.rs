//! The database: redb, in one file.
//!
//! Why redb: it is written in Rust alone, so that nothing but `cargo` is needed to build the example;
//! its write transactions run one after the other, which makes a compare-and-set as short as it is
//! below; and a commit has reached the disk when it returns, which a second factor depends on: a
//! spent code that is forgotten in a crash could be used again. `SQLite` does the same, and is the
//! better choice where reports have to be made of the data; it brings a C compiler along. The version
//! is the newest that the oldest Rust of this workspace builds.

use std::error::Error;
use std::fmt;
use std::path::Path;

use creance_totp::Unavailable;
use redb::{ReadTransaction, ReadableTableMetadata, TableDefinition, WriteTransaction};

use crate::log;

/// Users by name: their record as JSON.
pub(crate) const USERS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("users");

/// Second factors by the id of the user: revision, and record as JSON.
pub(crate) const ACCOUNTS: TableDefinition<'_, &str, (u64, &[u8])> =
    TableDefinition::new("accounts");

/// Sessions by the hash of their name: the second in which they end, and their content as JSON.
pub(crate) const SESSIONS: TableDefinition<'_, &[u8], (i64, &[u8])> =
    TableDefinition::new("sessions");

/// What counts up for ever.
pub(crate) const COUNTERS: TableDefinition<'_, &str, u64> = TableDefinition::new("counters");

/// The open database. Its calls wait for the disk: they belong on a thread that may.
pub(crate) struct Database {
    redb: redb::Database,
}

impl Database {
    pub(crate) fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        Self::with_tables(redb::Database::create(path)?)
    }

    /// One that ends with the process, for tests.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Result<Self, Box<dyn Error>> {
        let backend = redb::backends::InMemoryBackend::new();
        Self::with_tables(redb::Database::builder().create_with_backend(backend)?)
    }

    fn with_tables(redb: redb::Database) -> Result<Self, Box<dyn Error>> {
        let transaction = redb.begin_write()?;
        transaction.open_table(USERS)?;
        transaction.open_table(ACCOUNTS)?;
        transaction.open_table(SESSIONS)?;
        transaction.open_table(COUNTERS)?;
        transaction.commit()?;
        Ok(Self { redb })
    }

    /// Whether anybody has a second factor, or has begun to set one up.
    pub(crate) fn has_accounts(&self) -> Result<bool, Failure> {
        self.read(|transaction| Ok(!transaction.open_table(ACCOUNTS)?.is_empty()?))
    }

    /// Reads in one transaction: all of it as it was at one moment.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        work(&self.redb.begin_read()?)
    }

    /// Reads and writes in one transaction, alone, and waits until it is on the disk. Where `work`
    /// fails, nothing has happened.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let transaction = self.redb.begin_write()?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database")
    }
}

/// Why the database has no answer, for the operator.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(reason: &str) -> Self {
        Self(reason.to_owned())
    }

    /// Tells the operator here what the store's trait has no place for.
    pub(crate) fn unavailable(self) -> Unavailable {
        log::line(self);
        Unavailable
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
