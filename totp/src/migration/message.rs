//! The messages of an export, field by field.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::wire::{Fields, Value, from_int32, int32, write_bytes, write_number};
use super::{MigrationEntry, MigrationField, RefusedEntry};
use crate::{Algorithm, Digits, Error, Parameters, Secret};

/// What a code says besides its accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) version: i32,
    /// How many codes there are. Some apps leave it out.
    pub(super) size: i32,
    /// Which one this is, from 0 on.
    pub(super) index: i32,
    /// What the codes of one export have in common.
    pub(super) id: i32,
}

/// An account, or why it cannot be used.
pub(super) type Entry = Result<MigrationEntry, RefusedEntry>;

/// Which secrets are taken.
pub(super) type Take = fn(&[u8]) -> Result<Secret, Error>;

const ENTRY: u32 = 1;
const VERSION: u32 = 2;
const SIZE: u32 = 3;
const INDEX: u32 = 4;
const ID: u32 = 5;

const SECRET: u32 = 1;
const NAME: u32 = 2;
const ISSUER: u32 = 3;
const ALGORITHM: u32 = 4;
const DIGITS: u32 = 5;
const KIND: u32 = 6;
const COUNTER: u32 = 7;
const UNIQUE_ID: u32 = 8;

/// Both tables: how the export numbers what we have a type for. 0 is "unspecified" everywhere, and
/// stands for the default.
const ALGORITHMS: [(i32, Algorithm); 4] =
    [(1, Algorithm::Sha1), (2, Algorithm::Sha256), (3, Algorithm::Sha512), (0, Algorithm::Sha1)];
const NUMBERS_OF_DIGITS: [(i32, Digits); 3] =
    [(1, Digits::Six), (2, Digits::Eight), (0, Digits::Six)];
const HOTP: i32 = 1;
const TOTP: i32 = 2;

/// More than the overhead of all fields of an account, or of the envelope.
const OVERHEAD: usize = 80;

/// Reads a code's payload, with `most` accounts.
pub(super) fn read(
    payload: &[u8],
    most: usize,
    take: Take,
) -> Result<(Envelope, Vec<Entry>), Error> {
    let mut envelope = Envelope::default();
    let mut entries = Vec::new();
    let mut fields = Fields::of(payload);
    while let Some((field, value)) = fields.read()? {
        match (field, value) {
            (ENTRY, Value::Bytes(_)) if entries.len() == most => {
                return Err(Error::MigrationTooLong);
            }
            (ENTRY, Value::Bytes(message)) => entries.push(Account::read(message)?.entry(take)),
            (VERSION, Value::Number(number)) => envelope.version = int32(number),
            (SIZE, Value::Number(number)) => envelope.size = int32(number),
            (INDEX, Value::Number(number)) => envelope.index = int32(number),
            (ID, Value::Number(number)) => envelope.id = int32(number),
            _ => {}
        }
    }
    Ok((envelope, entries))
}

/// Writes a code's payload.
pub(super) fn write(envelope: Envelope, entries: &[MigrationEntry]) -> Zeroizing<Vec<u8>> {
    // All room is taken beforehand: what grows leaves copies of secrets behind.
    let room = entries.iter().map(|entry| room_of(entry) + OVERHEAD).sum::<usize>();
    let mut payload = Zeroizing::new(Vec::with_capacity(room + OVERHEAD));
    for entry in entries {
        write_bytes(ENTRY, &account_of(entry), &mut payload);
    }
    let Envelope { version, size, index, id } = envelope;
    for (field, number) in [(VERSION, version), (SIZE, size), (INDEX, index), (ID, id)] {
        write_number(field, from_int32(number), &mut payload);
    }
    payload
}

/// Bytes of secret and text.
fn room_of(entry: &MigrationEntry) -> usize {
    let texts = [Some(entry.name()), entry.issuer(), entry.unique_id()];
    entry.secret().expose().len() + texts.into_iter().flatten().map(str::len).sum::<usize>()
}

fn account_of(entry: &MigrationEntry) -> Zeroizing<Vec<u8>> {
    let mut message = Zeroizing::new(Vec::with_capacity(room_of(entry) + OVERHEAD));
    write_bytes(SECRET, entry.secret().expose(), &mut message);
    write_bytes(NAME, entry.name().as_bytes(), &mut message);
    if let Some(issuer) = entry.issuer() {
        write_bytes(ISSUER, issuer.as_bytes(), &mut message);
    }
    let parameters = entry.parameters();
    if !entry.is_left_out(MigrationField::Algorithm) {
        write_choice(ALGORITHM, &ALGORITHMS, &parameters.algorithm(), &mut message);
    }
    if !entry.is_left_out(MigrationField::Digits) {
        write_choice(DIGITS, &NUMBERS_OF_DIGITS, &parameters.digits(), &mut message);
    }
    match entry.counter() {
        None if entry.is_left_out(MigrationField::Type) => {}
        None => write_number(KIND, from_int32(TOTP), &mut message),
        Some(counter) => {
            write_number(KIND, from_int32(HOTP), &mut message);
            write_number(COUNTER, counter, &mut message);
        }
    }
    if let Some(unique_id) = entry.unique_id() {
        write_bytes(UNIQUE_ID, unique_id.as_bytes(), &mut message);
    }
    message
}

/// Writes the first number that stands for `chosen`. An entry has no value that the tables lack.
fn write_choice<T: PartialEq>(field: u32, table: &[(i32, T)], chosen: &T, message: &mut Vec<u8>) {
    let known = table.iter().find(|(_, value)| value == chosen);
    write_number(field, known.map_or(0, |(number, _)| from_int32(*number)), message);
}

fn choose<T: Copy>(table: &[(i32, T)], number: i32, unknown: Error) -> Result<T, Error> {
    let known = table.iter().find(|(known, _)| *known == number);
    known.map(|(_, value)| *value).ok_or(unknown)
}

/// An account as it was sent.
#[derive(Default)]
struct Account<'a> {
    secret: &'a [u8],
    name: &'a str,
    issuer: &'a str,
    unique_id: &'a str,
    algorithm: i32,
    digits: i32,
    kind: i32,
    counter: i64,
}

impl<'a> Account<'a> {
    /// Of a field that comes twice the last one counts, and unknown ones are skipped.
    fn read(message: &'a [u8]) -> Result<Self, Error> {
        let mut account = Self::default();
        let mut fields = Fields::of(message);
        while let Some((field, value)) = fields.read()? {
            match (field, value) {
                (SECRET, Value::Bytes(bytes)) => account.secret = bytes,
                (NAME, Value::Bytes(bytes)) => account.name = text(bytes)?,
                (ISSUER, Value::Bytes(bytes)) => account.issuer = text(bytes)?,
                (UNIQUE_ID, Value::Bytes(bytes)) => account.unique_id = text(bytes)?,
                (ALGORITHM, Value::Number(number)) => account.algorithm = int32(number),
                (DIGITS, Value::Number(number)) => account.digits = int32(number),
                (KIND, Value::Number(number)) => account.kind = int32(number),
                (COUNTER, Value::Number(number)) => account.counter = number.cast_signed(),
                _ => {}
            }
        }
        Ok(account)
    }

    fn entry(&self, take: Take) -> Entry {
        let refused = |reason| RefusedEntry {
            name: self.name.to_owned(),
            issuer: self.issuer.to_owned(),
            reason,
        };
        self.checked(take).map_err(refused)
    }

    fn checked(&self, take: Take) -> Result<MigrationEntry, Error> {
        let parameters = self.parameters()?;
        // Where there is no counter, what is said of it has no meaning.
        let counter = if parameters.period().is_some() { 0 } else { self.counter };
        let counter = u64::try_from(counter).map_err(|_| Error::MigrationCounter)?;
        let entry = MigrationEntry::new(take(self.secret)?, parameters)?
            .with_name(String::from(self.name))
            .with_issuer(String::from(self.issuer))
            .with_unique_id(String::from(self.unique_id))
            .with_counter(counter)?;
        self.left_out().try_fold(entry, MigrationEntry::with_left_out)
    }

    fn left_out(&self) -> impl Iterator<Item = MigrationField> {
        let said = [
            (self.algorithm, MigrationField::Algorithm),
            (self.digits, MigrationField::Digits),
            (self.kind, MigrationField::Type),
        ];
        said.into_iter().filter(|(number, _)| *number == 0).map(|(_, field)| field)
    }

    fn parameters(&self) -> Result<Parameters, Error> {
        let unknown = Error::MigrationAlgorithm { value: self.algorithm };
        let algorithm = choose(&ALGORITHMS, self.algorithm, unknown)?;
        let unknown = Error::MigrationDigits { value: self.digits };
        let digits = choose(&NUMBERS_OF_DIGITS, self.digits, unknown)?;
        let parameters = match self.kind {
            HOTP => Parameters::hotp(),
            TOTP | 0 => Parameters::totp(),
            value => return Err(Error::MigrationKind { value }),
        };
        parameters.with_digits(digits).with_algorithm(algorithm)
    }
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    core::str::from_utf8(bytes).map_err(|_| Error::MigrationData)
}
