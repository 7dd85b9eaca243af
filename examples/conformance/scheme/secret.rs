//! The secrets of a case, and the keys made of them.

use creance_sigv::Error;
use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeyMaterial};
use serde_json::Value;

use super::refused;
use crate::answer::Failure;
use crate::case::Case;

/// A secret as a case gives it.
#[derive(Debug)]
pub(super) enum Secret {
    /// `secret`: text, as the provider hands it out.
    Text(String),
    /// `secretB64`: the key's bytes themselves.
    Bytes(Vec<u8>),
}

impl Secret {
    /// The one to sign with.
    pub(super) fn of(case: &Case) -> Result<Self, Failure> {
        if let Some(text) = case.optional_text("secret")? {
            return Ok(Self::Text(text.to_owned()));
        }
        let bytes = case.bytes("secret")?;
        bytes.map(Self::Bytes).ok_or_else(|| Failure::message("there is no secret"))
    }

    /// Those to verify with: `secrets`, of texts or objects with `B64`; or a single one.
    pub(super) fn all_of(case: &Case) -> Result<Vec<Self>, Failure> {
        let Some(secrets) = case.value("secrets") else { return Ok(vec![Self::of(case)?]) };
        let bad = || Failure::message("the field secrets has to be a list of secrets");
        let secrets = secrets.as_array().ok_or_else(bad)?.iter();
        secrets
            .map(|secret| match secret {
                Value::String(text) => Ok(Self::Text(text.clone())),
                Value::Object(fields) => Self::of(&Case::new(fields.clone())),
                _ => Err(bad()),
            })
            .collect()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Keys by their place in the case. The same one twice is there once.
pub(super) struct Ring<K>(GrowingKeyring<K>);

impl<K: KeyMaterial> Ring<K> {
    pub(super) const fn new() -> Self {
        Self(GrowingKeyring::new())
    }

    /// Adds a key of the secret at `index`, of which there may be several under other `names`.
    pub(super) fn add(
        &mut self,
        index: usize,
        name: &str,
        key: Result<K, Error>,
    ) -> Result<(), Failure> {
        let entry = key.and_then(|key| KeyEntry::new(&format!("{index}.{name}"), key));
        match entry.and_then(|entry| self.0.insert(entry)) {
            Ok(()) | Err(Error::DuplicateKey) => Ok(()),
            Err(error) => Err(refused(error)),
        }
    }

    pub(super) const fn keys(&self) -> &GrowingKeyring<K> {
        &self.0
    }

    /// The place of the secret from which the key of this id came.
    pub(super) fn place(id: &str) -> Result<usize, Failure> {
        let index = id.split('.').next().unwrap_or_default();
        index.parse().map_err(Failure::message)
    }
}
