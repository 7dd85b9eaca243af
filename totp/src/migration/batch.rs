use alloc::vec::Vec;

use super::message::{self, Envelope, Take};
use super::{MigrationEntry, RefusedEntry, text};
use crate::{Error, Secret};

/// What one code of an export holds.
///
/// Read as codes are found in the wild: in either Base64 alphabet, with or without padding, escaped or
/// not, the fields in any order, unknown ones among them. An account that cannot be used, for its
/// algorithm or its secret, is told as such and does not hide the others.
///
/// ```
/// use creance_totp::MigrationBatch;
///
/// let uri = "otpauth-migration://offline?data=CjUKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZXJyeXBpGgtyYXNw\
///            YmVycnlwaSABKAEwAhABGAEgACjr4JKK%2B%2F%2F%2F%2F%2F8B";
/// let batch = MigrationBatch::parse(uri)?;
/// assert_eq!((batch.index(), batch.size(), batch.id()), (0, 1, -1_320_898_453));
/// for entry in batch.entries() {
///     match entry {
///         Ok(account) => assert_eq!(account.name(), "pi@raspberrypi"),
///         Err(refused) => println!("{refused}"),
///     }
/// }
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MigrationBatch {
    envelope: Envelope,
    entries: Vec<Result<MigrationEntry, RefusedEntry>>,
}

impl MigrationBatch {
    /// The most accounts that one code may have. Google Authenticator puts ten into one.
    pub const MAX_ENTRIES: usize = 100;

    /// The most codes that an export may have, which is more than anybody scans. A code says how many
    /// there are, and must not make its reader wait for two billion.
    pub const MAX_CODES: u32 = (1 << 14) - 1;

    /// Reads the text of a code. Accounts with a secret below 128 bits are refused.
    ///
    /// # Errors
    /// [`Error::MigrationUri`], [`Error::MigrationData`], and [`Error::MigrationTooLong`] beyond 16,384
    /// bytes or [`MAX_ENTRIES`](Self::MAX_ENTRIES) accounts, [`Error::MigrationCodes`] beyond
    /// [`MAX_CODES`](Self::MAX_CODES). An account that cannot be used has its
    /// reason in [`entries`](Self::entries).
    pub fn parse(uri: &str) -> Result<Self, Error> {
        Self::read(uri, Secret::from_bytes)
    }

    /// The same, with accounts whose secret has a byte at least, however easily it is guessed: older
    /// exports are full of the 80 bits that services once handed out.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn allow_weak_parse(uri: &str) -> Result<Self, Error> {
        Self::read(uri, Secret::allow_weak_bytes)
    }

    fn read(uri: &str, take: Take) -> Result<Self, Error> {
        let payload = text::read(uri)?;
        let (envelope, entries) = message::read(&payload, Self::MAX_ENTRIES, take)?;
        let Envelope { size, index, .. } = envelope;
        let is_one_of_them = index >= 0 && index < size.max(1) && size >= 0;
        match size.unsigned_abs() {
            _ if !is_one_of_them => Err(Error::MigrationData),
            ..=Self::MAX_CODES => Ok(Self { envelope, entries }),
            codes => Err(Error::MigrationCodes { codes }),
        }
    }

    /// The accounts, each one or why it cannot be used.
    pub fn entries(&self) -> &[Result<MigrationEntry, RefusedEntry>] {
        &self.entries
    }

    /// The accounts, taken out.
    #[must_use]
    pub fn into_entries(self) -> Vec<Result<MigrationEntry, RefusedEntry>> {
        self.entries
    }

    /// The version of the format that the code says: 1 or 2, or 0 where it says nothing.
    #[must_use]
    pub const fn version(&self) -> i32 {
        self.envelope.version
    }

    /// How many codes the export has; 0 where the code says nothing, and then it is the only one.
    #[must_use]
    pub const fn size(&self) -> u32 {
        self.envelope.size.unsigned_abs()
    }

    /// Which of them this is, from 0 on.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.envelope.index.unsigned_abs()
    }

    /// What the codes of one export have in common: a random number.
    #[must_use]
    pub const fn id(&self) -> i32 {
        self.envelope.id
    }

    /// Whether both are codes of one export.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let export = |batch: &Self| Envelope { index: 0, ..batch.envelope };
        export(self) == export(other)
    }

    /// Whether both hold the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Result<_, _>, &Result<_, _>)| match (one, other) {
            (Ok(one), Ok(other)) => MigrationEntry::is_same(one, other),
            (Err(one), Err(other)) => RefusedEntry::eq(one, other),
            _ => false,
        };
        self.envelope == other.envelope
            && self.entries.len() == other.entries.len()
            && self.entries.iter().zip(&other.entries).all(is_same)
    }
}
