//! The second factors of all users, as [`SecondFactor`](creance_totp::SecondFactor) wants them kept.

use std::sync::Arc;

use creance_totp::{Account, Revision, StateStore, Stored, Swap, Unavailable};
use redb::ReadableTable;

use crate::database::{ACCOUNTS, COUNTERS, Database, Failure};

/// Keeps a record for each user. What is in it is sealed or hashed, so that it may be in a backup.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    database: Arc<Database>,
}

/// The latest revision of any account, in [`COUNTERS`].
const REVISION: &str = "accounts";

impl Accounts {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

impl StateStore for Accounts {
    type Record = Account;

    fn load(&self, id: &str) -> Result<Option<Stored<Account>>, Unavailable> {
        let found = self.database.read(|transaction| {
            let accounts = transaction.open_table(ACCOUNTS)?;
            let Some(row) = accounts.get(id)? else { return Ok(None) };
            let (revision, record) = row.value();
            let record = serde_json::from_slice(record)?;
            Ok(Some(Stored { revision: Revision::new(revision), record }))
        });
        found.map_err(Failure::unavailable)
    }

    /// In one write transaction, of which there is one at a time.
    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &Account,
    ) -> Result<Swap, Unavailable> {
        let swapped = self.database.write(|transaction| {
            let mut accounts = transaction.open_table(ACCOUNTS)?;
            let stored = accounts.get(id)?.map_or(Revision::ABSENT.get(), |row| row.value().0);
            if stored != expected.get() {
                return Ok(Swap::Conflict);
            }
            // One counter for all accounts: a revision does not come back, not even after a removal.
            let mut counters = transaction.open_table(COUNTERS)?;
            let latest = counters.get(REVISION)?.map_or(0, |row| row.value());
            let revision = latest.saturating_add(1);
            counters.insert(REVISION, revision)?;
            accounts.insert(id, (revision, serde_json::to_vec(next)?.as_slice()))?;
            Ok(Swap::Done(Revision::new(revision)))
        });
        swapped.map_err(Failure::unavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_second_with_the_same_revision_has_to_look_again() {
        let database = Arc::new(Database::in_memory().expect("a database"));
        let accounts = Accounts::new(database);
        let account = Account::default();
        let set =
            |expected| accounts.compare_and_set("alice", expected, &account).expect("a database");

        assert!(accounts.load("alice").expect("a database").is_none());
        let Swap::Done(first) = set(Revision::ABSENT) else { panic!("there was none") };
        assert_eq!(set(Revision::ABSENT), Swap::Conflict);
        let Swap::Done(second) = set(first) else { panic!("it was the first") };
        assert!(second > first);
        assert_eq!(set(first), Swap::Conflict);
        let loaded = accounts.load("alice").expect("a database").expect("a record");
        assert_eq!(loaded.revision, second);
        // Another user's first record has a revision of its own.
        let other = accounts.compare_and_set("bob", Revision::ABSENT, &account);
        assert!(matches!(other, Ok(Swap::Done(third)) if third > second));
    }
}
