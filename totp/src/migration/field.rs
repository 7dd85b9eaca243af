/// What an export may leave out of an account. Apps take a default for it then.
///
/// ```
/// use creance_totp::{Error, MigrationEntry, MigrationField, Parameters, Secret};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let by_time = MigrationEntry::new(secret.clone(), Parameters::totp())?
///     .with_left_out(MigrationField::Type)?;
/// assert!(by_time.is_left_out(MigrationField::Type));
/// assert!(!by_time.is_left_out(MigrationField::Digits));
///
/// // Whoever reads this would take it for an account by time.
/// let by_counter = MigrationEntry::new(secret, Parameters::hotp())?;
/// let refused = by_counter.with_left_out(MigrationField::Type).unwrap_err();
/// assert_eq!(refused, Error::MigrationUnfit);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MigrationField {
    /// The algorithm, which is SHA-1 where nothing is said.
    Algorithm,
    /// The number of digits, which is six.
    Digits,
    /// Whether codes are by counter or by time, which is by time.
    Type,
}

/// The fields that an account leaves out.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    algorithm: bool,
    digits: bool,
    kind: bool,
}

impl LeftOut {
    pub(super) const fn has(self, field: MigrationField) -> bool {
        match field {
            MigrationField::Algorithm => self.algorithm,
            MigrationField::Digits => self.digits,
            MigrationField::Type => self.kind,
        }
    }

    pub(super) const fn with(self, field: MigrationField) -> Self {
        match field {
            MigrationField::Algorithm => Self { algorithm: true, ..self },
            MigrationField::Digits => Self { digits: true, ..self },
            MigrationField::Type => Self { kind: true, ..self },
        }
    }
}
