use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use creance_sigv::ct;

use super::MigrationField;
use super::field::LeftOut;
use crate::{Algorithm, Digits, Error, Parameters, Secret, Totp};

/// An account in a migration: a secret, what its codes are made by, and whose it is.
///
/// There is no field for a period or a start: time steps last 30 s and began in 1970.
///
/// ```
/// use creance_totp::{MigrationEntry, Parameters, Secret};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let entry = MigrationEntry::new(secret, Parameters::totp())?
///     .with_name("Acme:alice@example.com")
///     .with_issuer("Acme");
/// assert_eq!((entry.name(), entry.issuer()), ("Acme:alice@example.com", Some("Acme")));
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct MigrationEntry {
    /// In a place of its own: a list of accounts that grows would leave copies of it behind.
    secret: Box<Secret>,
    parameters: Parameters,
    counter: u64,
    name: String,
    issuer: String,
    unique_id: String,
    left_out: LeftOut,
}

impl MigrationEntry {
    /// The highest counter that a migration carries.
    pub const MAX_COUNTER: u64 = i64::MAX.cast_unsigned();

    /// An account without a name.
    ///
    /// # Errors
    /// [`Error::MigrationUnfit`] for 7 digits or a period other than 30 s.
    pub fn new(secret: Secret, parameters: Parameters) -> Result<Self, Error> {
        let has_period = matches!(parameters.period(), None | Some(Totp::DEFAULT_PERIOD));
        if !has_period || parameters.digits().get() == 7 {
            return Err(Error::MigrationUnfit);
        }
        let secret = Box::new(secret);
        let (name, issuer, unique_id) = Default::default();
        let left_out = LeftOut::default();
        Ok(Self { secret, parameters, counter: 0, name, issuer, unique_id, left_out })
    }

    /// Sets the account's name, which is the label of a key URI: with the issuer and a colon in front of
    /// it, or without.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Sets the service that the account is at.
    #[must_use]
    pub fn with_issuer(self, issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), ..self }
    }

    /// Sets the next counter to be used. Codes by time have none: there it does nothing.
    ///
    /// # Errors
    /// [`Error::MigrationUnfit`] above [`MAX_COUNTER`](Self::MAX_COUNTER).
    pub fn with_counter(self, counter: u64) -> Result<Self, Error> {
        match (self.parameters.period(), counter) {
            (None, ..=Self::MAX_COUNTER) => Ok(Self { counter, ..self }),
            (None, _) => Err(Error::MigrationUnfit),
            (Some(_), _) => Ok(self),
        }
    }

    /// Sets what newer apps tell accounts apart by, instead of by their names.
    #[must_use]
    pub fn with_unique_id(self, unique_id: impl Into<String>) -> Self {
        Self { unique_id: unique_id.into(), ..self }
    }

    /// Leaves a field out of what is exported, as some programs do with defaults.
    ///
    /// # Errors
    /// [`Error::MigrationUnfit`] where the account's own value is not the default.
    pub fn with_left_out(self, field: MigrationField) -> Result<Self, Error> {
        let is_default = match field {
            MigrationField::Algorithm => self.parameters.algorithm() == Algorithm::Sha1,
            MigrationField::Digits => self.parameters.digits() == Digits::Six,
            MigrationField::Type => self.parameters.period().is_some(),
        };
        let left_out = self.left_out.with(field);
        if is_default { Ok(Self { left_out, ..self }) } else { Err(Error::MigrationUnfit) }
    }

    /// Whether the export says nothing of a field: [`parameters`](Self::parameters) has its default
    /// then. What is written again leaves it out again.
    #[must_use]
    pub const fn is_left_out(&self, field: MigrationField) -> bool {
        self.left_out.has(field)
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What its codes are made by.
    #[must_use]
    pub const fn parameters(&self) -> Parameters {
        self.parameters
    }

    /// The next counter to be used; `None` for codes by time.
    #[must_use]
    pub const fn counter(&self) -> Option<u64> {
        match self.parameters.period() {
            None => Some(self.counter),
            Some(_) => None,
        }
    }

    /// The account's name as it was exported, which may begin with the issuer and a colon.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The service that the account is at.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        Some(self.issuer.as_str()).filter(|issuer| !issuer.is_empty())
    }

    /// What newer apps tell accounts apart by.
    #[must_use]
    pub fn unique_id(&self) -> Option<&str> {
        Some(self.unique_id.as_str()).filter(|id| !id.is_empty())
    }

    /// Whether both are the same in all that they carry.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let public = |entry: &Self| (entry.parameters, entry.counter, entry.left_out);
        let texts = |entry: &Self| [&entry.name, &entry.issuer, &entry.unique_id].map(Clone::clone);
        ct::verify(self.secret.expose(), other.secret.expose()).is_ok()
            && public(self) == public(other)
            && texts(self) == texts(other)
    }
}

impl fmt::Debug for MigrationEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrationEntry")
            .field("name", &self.name)
            .field("issuer", &self.issuer)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

/// An account that was exported and cannot be used here: which one it is, and why.
///
/// It holds no secret. The other accounts of the same code are read all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account {name:?} cannot be imported: {reason}")]
pub struct RefusedEntry {
    pub(super) name: String,
    pub(super) issuer: String,
    pub(super) reason: Error,
}

impl RefusedEntry {
    /// The account's name as it was exported.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The service that the account is at.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        Some(self.issuer.as_str()).filter(|issuer| !issuer.is_empty())
    }

    /// Why it cannot be used.
    #[must_use]
    pub const fn reason(&self) -> Error {
        self.reason
    }
}
