//! A service of its own for each test.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Params;
use axum::Router;
use creance_totp::UnixTime;

use super::client::Client;
use crate::app::{App, Shared};
use crate::clock::Clock;
use crate::database::Database;
use crate::keys::Keys;
use crate::origin::Origin;
use crate::routes::router;
use crate::sessions::Sessions;

pub(super) const ORIGIN: &str = "http://127.0.0.1:8080";
pub(super) const NAME: &str = "alice@example.com";
pub(super) const PASSWORD: &str = "correct horse";

/// A service with one user.
pub(super) struct World {
    pub(super) router: Router,
    pub(super) app: Shared,
    pub(super) database: Arc<Database>,
    pub(super) origin: String,
    seconds: Arc<AtomicU64>,
}

impl World {
    pub(super) fn new() -> Self {
        Self::at(ORIGIN)
    }

    pub(super) fn at(origin: &str) -> Self {
        let database = Arc::new(Database::in_memory().expect("a database"));
        Self::over(database, &Keys::generate(), origin)
    }

    /// On a disk, as it would be after a restart.
    pub(super) fn restarted(folder: &Path) -> Self {
        let database = Database::open(&folder.join("database")).expect("a database");
        let keys = Keys::open(&folder.join("keys"), &database).expect("keys");
        Self::over(Arc::new(database), &keys, ORIGIN)
    }

    fn over(database: Arc<Database>, keys: &Keys, origin: &str) -> Self {
        let seconds = Arc::new(AtomicU64::new(1_800_000_000));
        let reading = Arc::clone(&seconds);
        let clock = Clock::new(move || UnixTime::from_secs(reading.load(Ordering::SeqCst)));
        let parsed = Origin::parse(origin).expect("an origin");
        let quick = Params::new(8, 1, 1, None).expect("parameters");
        let app = App::new(&database, keys, parsed, clock, quick).expect("a service");
        app.users.add(NAME, PASSWORD).expect("a user");
        let app = Arc::new(app);
        let sessions = Sessions::new(Arc::clone(&database), keys.sessions().expect("a key"));
        let router = router(Arc::clone(&app), sessions);
        Self { router, app, database, origin: origin.to_owned(), seconds }
    }

    pub(super) fn client(&self) -> Client<'_> {
        Client::new(self)
    }

    pub(super) fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.seconds.load(Ordering::SeqCst))
    }

    pub(super) fn wait(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}
