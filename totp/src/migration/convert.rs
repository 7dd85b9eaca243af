//! Accounts as key URIs, and back.

use super::MigrationEntry;
use crate::{Error, KeyUri};

impl MigrationEntry {
    /// The account as a key URI: what stands before a colon in its name is the label's issuer.
    ///
    /// ```
    /// use creance_totp::{MigrationEntry, Parameters, Secret};
    ///
    /// let secret = Secret::from_bytes(b"12345678901234567890")?;
    /// let entry = MigrationEntry::new(secret, Parameters::totp())?.with_name("ACME: alice");
    /// let uri = entry.to_key_uri()?;
    /// assert_eq!((uri.issuer(), uri.account()), (Some("ACME"), "alice"));
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Account`] and [`Error::Issuer`] for names that a key URI does not have: a migration
    /// may carry any, or none.
    pub fn to_key_uri(&self) -> Result<KeyUri, Error> {
        let (label, account) = self.label();
        let uri = KeyUri::new(self.secret().clone(), account)?
            .with_parameters(self.parameters())?
            .with_counter(self.counter().unwrap_or(0));
        match (label, self.issuer()) {
            (Some(label), Some(issuer)) => uri.with_issuers(label, issuer),
            (Some(issuer), None) | (None, Some(issuer)) => uri.with_issuer(issuer),
            (None, None) => Ok(uri),
        }
    }

    /// The account of a key URI. Where the label names another issuer than the parameter, it is kept
    /// in the name.
    ///
    /// # Errors
    /// [`Error::MigrationUnfit`] for what a migration has no field for, see [`new`](Self::new) and
    /// [`with_counter`](Self::with_counter).
    pub fn from_key_uri(uri: &KeyUri) -> Result<Self, Error> {
        let name = match uri.label_issuer() {
            label if label == uri.issuer() => uri.account().into(),
            label => [label.unwrap_or_default(), ":", uri.account()].concat(),
        };
        Self::new(uri.secret().clone(), uri.parameters())?
            .with_name(name)
            .with_issuer(uri.issuer().unwrap_or_default())
            .with_counter(uri.counter().unwrap_or(0))
    }

    /// The issuer in the name, and what follows it.
    fn label(&self) -> (Option<&str>, &str) {
        match self.name().split_once(':') {
            Some((issuer, account)) if !issuer.trim().is_empty() => (Some(issuer), account),
            Some((_, account)) => (None, account),
            None => (None, self.name()),
        }
    }
}
