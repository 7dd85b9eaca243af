//! The short way: the second factor of a service's users, from the first QR code to the last
//! recovery code.

mod account;
#[cfg(feature = "serde")]
mod account_serde;
mod builder;
mod devices;
mod enrolment;
mod event;
mod login;
mod operator;
mod passed;
mod recovery;
mod rejection;
mod seed;
mod summary;

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

pub use account::Account;
pub use builder::SecondFactorBuilder;
pub use enrolment::{Confirmed, Enrolment};
pub use event::{Event, EventSink};
pub use operator::Imported;
pub use passed::{Passed, Way};
pub use rejection::Rejection;
pub use summary::Summary;

use account::{Credential, Factor};
use seed::Seed;

use crate::{
    DeviceTrust, Error, Otp, Parameters, RecoveryCodes, SealContext, SealedSecret, SecretSealer,
    UnixTime, Verifier,
};

/// The second factor of a service's users: the one call for each thing that happens to it.
///
/// A service holds one of these. It brings together the [`Verifier`], a store of [`Account`]s, the
/// sealing of secrets, recovery codes and trusted devices, so that nothing is looked at before the
/// attempt is counted, and nobody is let in before the store has kept that a code is spent.
///
/// | what happens | call |
/// |---|---|
/// | somebody wants a second factor | [`begin_enrolment`](Self::begin_enrolment), [`confirm_enrolment`](Self::confirm_enrolment) |
/// | a code is typed | [`verify`](Self::verify), or [`verify_typed`](Self::verify_typed) for a field that takes recovery codes too |
/// | the phone is lost | [`redeem_recovery`](Self::redeem_recovery), then [`begin_replacement`](Self::begin_replacement) |
/// | the phone's clock is off, the token was played with | [`resynchronise`](Self::resynchronise) |
/// | "do not ask on this device" | [`trust_device`](Self::trust_device), [`verify_device`](Self::verify_device) |
/// | everything is lost | an operator's [`reset`](Self::reset) |
///
/// Each has a twin for a store across the network, whose name ends in `_async`. `user` is the id
/// that the service knows a user by for ever; it is what the record is stored under, and what all
/// that is stored is bound to.
///
/// What needs more than a password, and what needs a new proof, cannot be forgotten: to replace the
/// factor, to renew its recovery codes, to trust a device and to give the factor up take a
/// [`Passed`], which only a verification a few minutes ago gives. The rest is the service's: to ask
/// for the password first, to hold a session, and to tell people what
/// [happened to their account](Event::notifies_user).
///
/// ```
/// # #[cfg(not(feature = "seal"))]
/// # fn main() {}
/// # #[cfg(feature = "seal")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use creance_totp::{
///     Algorithm, DevicePolicy, DeviceTrust, HashKeys, Key, KeyBytes, MemoryStateStore, Otp,
///     RecoveryCodes, SealKeys, SecondFactor, UnixTime, rand,
/// };
///
/// // Two keys, which are kept apart from the store.
/// let seal_key = KeyBytes::generate(Algorithm::Sha256, &mut rand::rng());
/// let (hash_key, _to_keep) = Key::generate(Algorithm::Sha256, &mut rand::rng());
/// let sealer = SealKeys::new(1, &seal_key)?;
/// let recovery = RecoveryCodes::new(HashKeys::new(1, hash_key.clone())?);
/// let devices = DeviceTrust::new(hash_key, DevicePolicy::default())?;
/// let factor = SecondFactor::builder(MemoryStateStore::new(), sealer, recovery, devices)
///     .issuer("Example")
///     .build()?;
///
/// // Alice has typed her password once more and wants a second factor.
/// let now = UnixTime::from_secs(1_700_000_000);
/// let enrolment = factor.begin_enrolment("alice", "alice@example.com", now, rand::rng())?;
/// // Her app scans the QR code of `enrolment.uri()`, and shows its first code.
/// let Otp::Totp(app) = enrolment.uri().otp()? else { unreachable!("codes by time") };
/// let code = app.generate(now)?;
/// let confirmed = factor.confirm_enrolment("alice", &code, now, rand::rng())?;
/// assert_eq!(confirmed.recovery_codes().len(), 10);
///
/// // A minute later she logs in. The same code is not taken again.
/// let later = now.saturating_add(60);
/// let code = app.generate(later)?;
/// let passed = factor.verify("alice", &code, later)?;
/// assert_eq!(passed.user(), "alice");
/// let rejection = factor.verify("alice", &code, later).unwrap_err();
/// assert_eq!((rejection.status(), rejection.code()), (401, "replayed"));
/// # Ok(())
/// # }
/// ```
pub struct SecondFactor<S, K> {
    store: S,
    sealer: K,
    recovery: RecoveryCodes,
    devices: DeviceTrust,
    verifier: Verifier,
    parameters: Parameters,
    issuer: Option<String>,
    enrolment_life: u64,
    proof_life: u64,
    hides_accounts: bool,
    events: Option<Box<dyn EventSink + Send + Sync>>,
    /// A sealed secret that is nobody's: to do the work of a verification for an unknown user.
    decoy: SealedSecret,
}

impl<S, K> SecondFactor<S, K> {
    /// What the records are kept in.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// What the secrets are sealed by.
    pub const fn sealer(&self) -> &K {
        &self.sealer
    }

    fn tell(&self, user: &str, now: UnixTime, event: Event) {
        if let Some(sink) = &self.events {
            sink.record(user, now, event);
        }
    }

    /// A refusal, told to the operator.
    fn refused(&self, user: &str, now: UnixTime, way: Way, reason: Error) -> Rejection {
        self.tell(user, now, Event::Refused { way, reason });
        let rejection = Rejection::from(reason);
        if self.hides_accounts { rejection.hiding_account() } else { rejection }
    }

    /// A refusal after a look. `counted` failures in a row were there when the attempt was counted:
    /// of those that run at once, one alone counted up to the end. `found` were there at the last
    /// look, none if somebody else has passed meanwhile.
    fn refused_after(
        &self,
        user: &str,
        now: UnixTime,
        way: Way,
        [counted, found, stop]: [u32; 3],
        reason: Error,
    ) -> Rejection {
        let rejection = self.refused(user, now, way, reason);
        if counted == stop && found >= stop {
            self.tell(user, now, Event::Locked { way, failures: counted });
        }
        rejection
    }

    /// The account, if the proof may change it now: fresh, and of the factor in use.
    fn authorised<'a>(
        &self,
        proof: &Passed,
        account: Option<&'a Account>,
        now: UnixTime,
    ) -> Result<(&'a Account, &'a Factor), Error> {
        proof.authorise(self.proof_life, now)?;
        let account = account.ok_or(Error::Reauthenticate)?;
        let factor = account.factor_of(proof.credential).map_err(|_| Error::Reauthenticate)?;
        Ok((account, factor))
    }
}

impl<S, K: SecretSealer> SecondFactor<S, K> {
    /// What makes the codes of a credential.
    fn open(&self, user: &str, credential: &Credential) -> Result<Otp, Error> {
        let id = credential.id.text();
        let secret = self.sealer.open(&credential.secret, SealContext::new(user, &id))?;
        credential.parameters.otp(&secret)
    }

    /// The credential sealed with the newest key, if it is not.
    fn resealed(&self, user: &str, credential: &Credential) -> Result<Option<Credential>, Error> {
        if self.sealer.is_current(&credential.secret) {
            return Ok(None);
        }
        let id = credential.id.text();
        let parts = [user.as_bytes(), id.as_bytes(), credential.secret.as_bytes()];
        // Randomness that follows from what is sealed now: it repeats only where the same secret is
        // sealed for the same credential, and so gives nothing away that was not there.
        let hash = self.recovery.keys().hash(self.recovery.keys().current_id(), RESEAL, &parts)?;
        let mut rng = Seed::from_bytes(&hash.into_bytes())?.rng();
        let context = SealContext::new(user, &id);
        let resealed = self.sealer.reseal(&credential.secret, context, &mut rng)?;
        Ok(resealed.map(|secret| Credential { secret, ..credential.clone() }))
    }
}

const RESEAL: &str = "creance reseal 1";

/// Neither the store nor the sealer, which may not know what to hide.
impl<S, K> fmt::Debug for SecondFactor<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactor")
            .field("issuer", &self.issuer)
            .field("parameters", &self.parameters)
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}
