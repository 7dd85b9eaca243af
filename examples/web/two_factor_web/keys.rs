//! The service's keys, in a file beside the database.

use std::error::Error;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use creance_totp::{Algorithm, HashKeys, Key, KeyBytes, SealKeys, rand};

use crate::database::Database;

/// What secrets are sealed with, recovery codes and devices hashed with, and sessions named by.
///
/// In a real service they come from where the database's backups do not go: whoever has both the
/// database and these keys has everybody's second factor.
#[derive(Debug)]
pub(crate) struct Keys {
    seal: KeyBytes,
    hash: KeyBytes,
    sessions: KeyBytes,
}

/// The bytes of a key.
const LEN: usize = 32;

/// The id of each key, stored with what was made under it, so that there can be a second one.
const ID: u32 = 1;

/// New keys would let the service start, and then nobody in.
const LOST: &str = "the file of keys is not there, and the database has second factors that nothing \
    else opens; put back the file that belongs to this database";

impl Keys {
    pub(crate) fn generate() -> Self {
        let fresh = || KeyBytes::generate(Algorithm::Sha256, &mut rand::rng());
        Self { seal: fresh(), hash: fresh(), sessions: fresh() }
    }

    /// Those of the file, which is made if it is not there and nothing depends on the keys of
    /// another one.
    pub(crate) fn open(path: &Path, database: &Database) -> Result<Self, Box<dyn Error>> {
        let named = |error: &dyn Display| format!("{}: {error}", path.display());
        match read(path) {
            Ok(keys) => return Ok(keys),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(named(&error).into()),
        }
        if database.has_accounts().map_err(|failure| failure.to_string())? {
            return Err(named(&LOST).into());
        }
        let keys = Self::generate();
        write(path, &keys).map_err(|error| named(&error))?;
        Ok(keys)
    }

    /// What seals the secrets of authenticators.
    pub(crate) fn seal(&self) -> Result<SealKeys, creance_totp::Error> {
        SealKeys::new(ID, &self.seal)
    }

    /// What recovery codes are hashed under.
    pub(crate) fn hash(&self) -> Result<HashKeys, creance_totp::Error> {
        HashKeys::new(ID, prepared(&self.hash)?)
    }

    /// What the tokens of devices are hashed under.
    pub(crate) fn devices(&self) -> Result<Key, creance_totp::Error> {
        prepared(&self.hash)
    }

    /// What the names of sessions are hashed under.
    pub(crate) fn sessions(&self) -> Result<Key, creance_totp::Error> {
        prepared(&self.sessions)
    }
}

fn prepared(bytes: &KeyBytes) -> Result<Key, creance_totp::Error> {
    Key::new(Algorithm::Sha256, bytes.expose()).map_err(|_| creance_totp::Error::ServiceKey)
}

fn read(path: &Path) -> io::Result<Keys> {
    let mut file = File::open(path)?;
    check_mode(&file)?;
    let mut next = || {
        let mut bytes = [0; LEN];
        file.read_exact(&mut bytes)?;
        KeyBytes::from_slice(&bytes).map_err(io::Error::other)
    };
    Ok(Keys { seal: next()?, hash: next()?, sessions: next()? })
}

/// Writes a new file in full, or none: keys that are half there would be taken for damage later, and
/// new ones open nothing that the old ones sealed.
fn write(path: &Path, keys: &Keys) -> io::Result<()> {
    let half = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&half)?;
    for key in [&keys.seal, &keys.hash, &keys.sessions] {
        file.write_all(key.expose())?;
    }
    file.sync_all()?;
    fs::rename(half, path)?;
    sync_folder(path)
}

/// The name of a file reaches the disk with its folder. What is sealed from now on is lost without it.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Here a folder is not opened as a file.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A file that others can read holds no secrets any more.
#[cfg(unix)]
fn check_mode(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    match file.metadata()?.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(io::Error::new(
            ErrorKind::PermissionDenied,
            "others may read or write this file of keys; its mode has to be 0600",
        )),
    }
}

#[cfg(not(unix))]
fn check_mode(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::ACCOUNTS;

    fn opened(path: &Path) -> Result<Keys, Box<dyn Error>> {
        Keys::open(path, &Database::in_memory()?)
    }

    #[test]
    fn the_same_keys_come_back_and_nobody_else_may_read_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys");
        let made = opened(&path).expect("new keys");
        let read = opened(&path).expect("the same keys");
        for (made, read) in
            [(&made.seal, &read.seal), (&made.hash, &read.hash), (&made.sessions, &read.sessions)]
        {
            assert_eq!(made.expose(), read.expose());
        }
        assert_ne!(made.seal.expose(), made.hash.expose());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;

            let permit = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode));
            assert_eq!(fs::metadata(&path).expect("it").permissions().mode() & 0o777, 0o600);
            permit(0o640).expect("its owner may");
            let error = opened(&path).expect_err("others may read it").to_string();
            assert!(error.ends_with("its mode has to be 0600"), "{error}");
        }
    }

    #[test]
    fn a_damaged_file_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys");
        opened(&path).expect("new keys");
        OpenOptions::new().write(true).open(&path).expect("it").set_len(40).expect("cut");
        opened(&path).expect_err("half of the keys");
        assert_eq!(fs::metadata(&path).expect("it").len(), 40);
    }

    #[test]
    fn a_database_with_accounts_is_not_given_other_keys() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys");
        let database = Database::in_memory().expect("a database");
        Keys::open(&path, &database).expect("new keys");
        let added = database.write(|transaction| {
            transaction.open_table(ACCOUNTS)?.insert("user-1", (1, b"{}".as_slice()))?;
            Ok(())
        });
        added.expect("an account");
        Keys::open(&path, &database).expect("the same keys");

        fs::remove_file(&path).expect("it");
        let error = Keys::open(&path, &database).expect_err("they are lost").to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
        assert!(error.ends_with("put back the file that belongs to this database"), "{error}");
        assert!(!path.exists());
    }
}
