//! Who has an account here.

use std::sync::Arc;

use creance_sigv::Encoding;
use creance_sigv::rand::{self, Rng};
use redb::ReadableTable;
use serde::{Deserialize, Serialize};

use crate::database::{Database, Failure, USERS};
use crate::passwords::Passwords;

/// A user as stored under their name.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct User {
    /// What the second factor is stored under and bound to. It never changes and is never given to
    /// anybody else, which a name may.
    pub(crate) id: String,
    /// The hash.
    password: String,
    /// Counts the times at which all sessions were ended: one of an earlier epoch is over.
    pub(crate) epoch: u64,
}

/// All users.
#[derive(Debug)]
pub(crate) struct Users {
    database: Arc<Database>,
    passwords: Passwords,
}

impl Users {
    pub(crate) fn new(database: Arc<Database>, passwords: Passwords) -> Self {
        Self { database, passwords }
    }

    pub(crate) fn find(&self, name: &str) -> Result<Option<User>, Failure> {
        self.database.read(|transaction| {
            let users = transaction.open_table(USERS)?;
            let row = users.get(name)?;
            Ok(row.map(|row| serde_json::from_slice(row.value())).transpose()?)
        })
    }

    /// Adds a user, unless the name is taken.
    pub(crate) fn add(&self, name: &str, password: &str) -> Result<bool, Failure> {
        let user = User { id: random_text(), password: self.passwords.hash(password)?, epoch: 0 };
        self.database.write(|transaction| {
            let mut users = transaction.open_table(USERS)?;
            if users.get(name)?.is_some() {
                return Ok(false);
            }
            users.insert(name, serde_json::to_vec(&user)?.as_slice())?;
            Ok(true)
        })
    }

    /// The user of this name if this is the password; the answer does not tell which was wrong, nor
    /// does the time.
    pub(crate) fn verify(&self, name: &str, password: &str) -> Result<Option<User>, Failure> {
        let user = self.find(name)?;
        let stored = user.as_ref().map(|user| user.password.as_str());
        let is_right = self.passwords.verify(stored, password);
        Ok(user.filter(|_| is_right))
    }

    /// Ends all sessions of a user, as after a change of how they sign in; the new epoch is for the
    /// one session that goes on.
    pub(crate) fn end_sessions(&self, name: &str) -> Result<u64, Failure> {
        self.database.write(|transaction| {
            let mut users = transaction.open_table(USERS)?;
            let row = users.get(name)?.map(|row| serde_json::from_slice::<User>(row.value()));
            let mut user = row.ok_or_else(|| Failure::new("the user is gone"))??;
            user.epoch = user.epoch.saturating_add(1);
            users.insert(name, serde_json::to_vec(&user)?.as_slice())?;
            Ok(user.epoch)
        })
    }
}

/// 128 random bits as text.
pub(crate) fn random_text() -> String {
    let (mut bytes, mut text) = ([0; 16], String::new());
    rand::rng().fill_bytes(&mut bytes);
    // Text has room for all.
    let _ = Encoding::Hex.encode(&bytes, &mut text);
    text
}
