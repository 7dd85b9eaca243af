use alloc::string::String;
use core::fmt;

use creance_sigv::Encoding;
use creance_sigv::rand::CryptoRng;

use crate::{
    Error, Parameters, Purpose, RecoverySet, SealedSecret, State, TrustedDevices, UnixTime,
};

/// All that a service stores of one user's second factor, in one record, so that everything changes
/// in one piece.
///
/// It holds the secret as it was sealed, keyed hashes of recovery codes and devices, and no secret
/// in the clear. Recovery codes and devices belong to the factor that they were made with, and end
/// with it.
///
/// With the feature `serde` it is serialised with a version, and checked on its way back.
#[derive(Clone, Debug, Default)]
pub struct Account {
    pub(super) factor: Option<Factor>,
    pub(super) pending: Option<Pending>,
    /// Without a factor there are none; the list remembers which numbers were given out.
    pub(super) devices: TrustedDevices,
}

/// The factor in use.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    pub(super) credential: Credential,
    pub(super) since: UnixTime,
    /// None for what was imported, until somebody makes some.
    pub(super) recovery: Option<RecoverySet>,
}

/// One that was shown and not confirmed.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) credential: Credential,
    pub(super) began: UnixTime,
}

/// A secret with all that has to be known to verify its codes.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    pub(super) id: CredentialId,
    pub(super) parameters: Parameters,
    pub(super) secret: SealedSecret,
    pub(super) state: State,
}

impl Account {
    /// The factor in use.
    pub(super) fn factor(&self) -> Result<&Factor, Error> {
        self.factor.as_ref().ok_or(Error::NotEnrolled)
    }

    /// The factor in use, if it is still this one.
    pub(super) fn factor_of(&self, credential: CredentialId) -> Result<&Factor, Error> {
        let factor = self.factor.as_ref().filter(|factor| factor.credential.id == credential);
        factor.ok_or(Error::Revoked)
    }

    /// What waits for its first code, if that is not too late. A clock that was set back does not
    /// make it later.
    pub(super) fn pending(&self, life: u64, now: UnixTime) -> Result<&Pending, Error> {
        let pending = self.pending.as_ref().ok_or(Error::NotEnrolled)?;
        if now.seconds_since(pending.began) < life { Ok(pending) } else { Err(Error::Expired) }
    }

    /// The same, if it is still this one.
    pub(super) fn pending_of(
        &self,
        credential: CredentialId,
        life: u64,
        now: UnixTime,
    ) -> Result<&Pending, Error> {
        let pending = self.pending(life, now)?;
        if pending.credential.id == credential { Ok(pending) } else { Err(Error::Revoked) }
    }

    /// The account with another factor, or none: nothing that belonged to the one before is left.
    pub(super) fn replaced(&self, factor: Option<Factor>) -> Self {
        Self { factor, pending: None, devices: self.devices.without_any() }
    }

    /// The account with its factor changed.
    pub(super) fn with_factor(&self, factor: Factor) -> Self {
        Self { factor: Some(factor), ..self.clone() }
    }

    /// The account with the state that a code of this purpose is looked at on.
    pub(super) fn with_state(&self, purpose: Purpose, state: State) -> Self {
        let mut next = self.clone();
        let credential = match purpose {
            Purpose::Login => next.factor.as_mut().map(|factor| &mut factor.credential),
            Purpose::Enrolment => next.pending.as_mut().map(|pending| &mut pending.credential),
        };
        if let Some(credential) = credential {
            credential.state = state;
        }
        next
    }

    pub(super) fn with_pending(&self, pending: Option<Pending>) -> Self {
        Self { pending, ..self.clone() }
    }

    pub(super) fn with_devices(&self, devices: TrustedDevices) -> Self {
        Self { devices, ..self.clone() }
    }

    /// Whether there is nothing to remove.
    pub(super) const fn is_empty(&self) -> bool {
        self.factor.is_none() && self.pending.is_none()
    }
}

impl Factor {
    pub(super) fn with_credential(&self, credential: Credential) -> Self {
        Self { credential, ..self.clone() }
    }

    pub(super) fn with_state(&self, state: State) -> Self {
        self.with_credential(self.credential.with_state(state))
    }

    pub(super) fn with_recovery(&self, recovery: RecoverySet) -> Self {
        Self { recovery: Some(recovery), ..self.clone() }
    }

    pub(super) fn recovery(&self) -> Result<&RecoverySet, Error> {
        self.recovery.as_ref().ok_or(Error::NotEnrolled)
    }

    /// Recovery codes that are left.
    pub(super) fn recovery_codes(&self) -> usize {
        self.recovery.as_ref().map_or(0, RecoverySet::remaining)
    }
}

impl Credential {
    pub(super) fn with_state(&self, state: State) -> Self {
        Self { state, ..self.clone() }
    }
}

/// Names a secret among all that there ever were: what is sealed for one opens for no other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct CredentialId([u8; Self::LEN]);

impl CredentialId {
    pub(super) const LEN: usize = 16;

    pub(super) fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut id = Self([0; Self::LEN]);
        rng.fill_bytes(&mut id.0);
        id
    }

    #[cfg(feature = "serde")]
    pub(super) const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// In hexadecimal.
    pub(super) fn text(self) -> String {
        let mut text = String::new();
        // Text has room for all.
        let _ = Encoding::Hex.encode(&self.0, &mut text);
        text
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
