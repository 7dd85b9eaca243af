//! Where sessions are kept: in the database, so that a restart signs nobody out.

use std::sync::Arc;

use async_trait::async_trait;
use creance_sigv::Key;
use redb::{ReadableTable, Table, WriteTransaction};
use tokio::task::spawn_blocking;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use crate::database::{Database, Failure, SESSIONS};

/// Keeps sessions under a keyed hash of their names: whoever reads the database, or a backup of it,
/// can take none of them over.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    database: Arc<Database>,
    key: Key,
}

type Rows<'a> = Table<'a, &'static [u8], (i64, &'static [u8])>;

impl Sessions {
    pub(crate) fn new(database: Arc<Database>, key: Key) -> Self {
        Self { database, key }
    }

    /// Removes the sessions whose time is over, and says how many there were.
    pub(crate) async fn sweep(&self) -> Result<usize> {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        self.write(move |sessions| {
            let over = sessions.extract_if(|_, (ends, _)| ends <= now)?;
            over.map(|row| row.map(|_| ()))
                .collect::<std::result::Result<Vec<_>, _>>()
                .map(|rows| rows.len())
                .map_err(Failure::from)
        })
        .await
    }

    fn place(&self, id: Id) -> Vec<u8> {
        self.key.sign(&id.0.to_be_bytes()).expose().to_vec()
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Rows<'_>) -> std::result::Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let database = Arc::clone(&self.database);
        let open =
            move |transaction: &WriteTransaction| work(&mut transaction.open_table(SESSIONS)?);
        off_the_way(move || database.write(open)).await
    }

    /// Stores the record if there is one already, or if there is none, and says whether it did.
    async fn put(&self, record: &Record, is_there: bool) -> Result<bool> {
        let (place, ends) = (self.place(record.id), record.expiry_date.unix_timestamp());
        let content =
            serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        self.write(move |sessions| {
            let is_right = sessions.get(place.as_slice())?.is_some() == is_there;
            if is_right {
                sessions.insert(place.as_slice(), (ends, content.as_slice()))?;
            }
            Ok(is_right)
        })
        .await
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self.put(record, false).await? {
            record.id = Id::default();
        }
        Ok(())
    }

    /// A session that was ended meanwhile stays ended: a request that ran beside the signing out must
    /// not bring it back.
    async fn save(&self, record: &Record) -> Result<()> {
        self.put(record, true).await.map(|_| ())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (database, place, id) = (Arc::clone(&self.database), self.place(*id), *id);
        let read = move || {
            database.read(|transaction| {
                let sessions = transaction.open_table(SESSIONS)?;
                let Some(row) = sessions.get(place.as_slice())? else { return Ok(None) };
                let (ends, content) = row.value();
                let expiry_date = OffsetDateTime::from_unix_timestamp(ends)?;
                Ok(Some(Record { id, data: serde_json::from_slice(content)?, expiry_date }))
            })
        };
        let record = off_the_way(read).await?;
        Ok(record.filter(|record| record.expiry_date > OffsetDateTime::now_utc()))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let place = self.place(*id);
        self.write(move |sessions| Ok(sessions.remove(place.as_slice()).map(|_| ())?)).await
    }
}

/// The database waits for the disk, which the threads that serve requests must not.
async fn off_the_way<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, Failure> + Send + 'static,
) -> Result<T> {
    let done = spawn_blocking(work).await.map_err(|error| Error::Backend(error.to_string()))?;
    done.map_err(|failure| Error::Backend(failure.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use super::*;
    use crate::keys::Keys;

    fn sessions() -> Sessions {
        let database = Arc::new(Database::in_memory().expect("a database"));
        Sessions::new(database, Keys::generate().sessions().expect("a key"))
    }

    fn record(ends_in: i64) -> Record {
        let seconds = Duration::from_secs(ends_in.unsigned_abs());
        let now = OffsetDateTime::now_utc();
        let expiry_date = if ends_in < 0 { now - seconds } else { now + seconds };
        Record { id: Id::default(), data: HashMap::new(), expiry_date }
    }

    #[tokio::test]
    async fn a_session_that_was_ended_is_not_brought_back() {
        let sessions = sessions();
        let mut record = record(60);
        sessions.create(&mut record).await.expect("created");
        assert!(sessions.load(&record.id).await.expect("loaded").is_some());
        sessions.delete(&record.id).await.expect("deleted");
        sessions.save(&record).await.expect("nothing to save");
        assert!(sessions.load(&record.id).await.expect("loaded").is_none());
    }

    #[tokio::test]
    async fn a_session_ends_at_its_time_and_is_swept_away() {
        let sessions = sessions();
        let (mut live, mut over) = (record(60), record(-1));
        sessions.create(&mut live).await.expect("created");
        sessions.create(&mut over).await.expect("created");
        assert!(sessions.load(&over.id).await.expect("loaded").is_none());
        assert_eq!(sessions.sweep().await.expect("swept"), 1);
        assert_eq!(sessions.sweep().await.expect("swept"), 0);
        assert!(sessions.load(&live.id).await.expect("loaded").is_some());
    }

    #[tokio::test]
    async fn two_sessions_do_not_share_a_name() {
        let sessions = sessions();
        let mut first = record(60);
        sessions.create(&mut first).await.expect("created");
        let mut second = first.clone();
        sessions.create(&mut second).await.expect("created");
        assert_ne!(first.id, second.id);
    }
}
