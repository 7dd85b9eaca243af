//! How an account is stored: with a version, and checked on the way in.

use core::fmt;

use creance_sigv::Encoding;
use serde::de::{Deserialize, Deserializer, Error as _, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::account::{Account, Credential, CredentialId, Factor, Pending};
use crate::{
    Error, Parameters, RecoverySet, SealedSecret, State, Status, TrustedDevices, UnixTime,
};

const VERSION: u8 = 1;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Account", deny_unknown_fields)]
struct AccountFields {
    version: u8,
    #[serde(deserialize_with = "required")]
    factor: Option<FactorFields>,
    #[serde(deserialize_with = "required")]
    pending: Option<PendingFields>,
    devices: TrustedDevices,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Factor", deny_unknown_fields)]
struct FactorFields {
    credential: CredentialFields,
    since: u64,
    #[serde(deserialize_with = "required")]
    recovery: Option<RecoverySet>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Pending", deny_unknown_fields)]
struct PendingFields {
    credential: CredentialFields,
    began: u64,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Credential", deny_unknown_fields)]
struct CredentialFields {
    id: CredentialId,
    parameters: Parameters,
    secret: SealedSecret,
    state: State,
}

/// For a field that must be there, even with nothing in it: left out, an account would have no factor.
fn required<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { factor, pending, devices } = self.clone();
        let factor = factor.map(|factor| FactorFields {
            credential: factor.credential.into(),
            since: factor.since.as_secs(),
            recovery: factor.recovery,
        });
        let pending = pending.map(|pending| PendingFields {
            credential: pending.credential.into(),
            began: pending.began.as_secs(),
        });
        AccountFields { version: VERSION, factor, pending, devices }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = AccountFields::deserialize(deserializer)?;
        if fields.version != VERSION {
            let found = Unexpected::Unsigned(fields.version.into());
            return Err(D::Error::invalid_value(found, &"version 1 of an account"));
        }
        fields.checked().map_err(D::Error::custom)
    }
}

impl AccountFields {
    /// Devices belong to a factor, what is in use is active, and what is pending is pending.
    fn checked(self) -> Result<Account, Error> {
        let factor = self.factor.map(FactorFields::checked).transpose()?;
        let pending = self.pending.map(PendingFields::checked).transpose()?;
        if factor.is_none() && !self.devices.is_empty() {
            return Err(Error::State);
        }
        Ok(Account { factor, pending, devices: self.devices })
    }
}

impl FactorFields {
    fn checked(self) -> Result<Factor, Error> {
        let credential = Credential::from(self.credential);
        if credential.state.status() != Status::Active {
            return Err(Error::State);
        }
        let since = UnixTime::from_secs(self.since);
        Ok(Factor { credential, since, recovery: self.recovery })
    }
}

impl PendingFields {
    fn checked(self) -> Result<Pending, Error> {
        let credential = Credential::from(self.credential);
        if credential.state.status() != Status::Pending {
            return Err(Error::State);
        }
        Ok(Pending { credential, began: UnixTime::from_secs(self.began) })
    }
}

impl From<Credential> for CredentialFields {
    fn from(credential: Credential) -> Self {
        let Credential { id, parameters, secret, state } = credential;
        Self { id, parameters, secret, state }
    }
}

impl From<CredentialFields> for Credential {
    fn from(fields: CredentialFields) -> Self {
        let CredentialFields { id, parameters, secret, state } = fields;
        Self { id, parameters, secret, state }
    }
}

/// In hexadecimal.
impl Serialize for CredentialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for CredentialId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IdVisitor)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = CredentialId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes in hexadecimal", CredentialId::LEN)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<CredentialId, E> {
        let mut bytes = [0; CredentialId::LEN];
        let decoded = Encoding::Hex.decode(text, &mut bytes);
        decoded.map_err(|_| E::invalid_value(Unexpected::Other("other text"), &self))?;
        Ok(CredentialId::from_bytes(bytes))
    }
}
