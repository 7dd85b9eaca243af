use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;

use super::seed::Seed;
use super::{EventSink, SecondFactor};
use crate::{
    DeviceTrust, Error, KeyUri, Parameters, Policy, RecoveryCodes, SealContext, Secret,
    SecretSealer, Verifier,
};

/// Sets up a [`SecondFactor`]; each setting has a default that is safe.
#[must_use = "the builder has to build"]
pub struct SecondFactorBuilder<S, K> {
    store: S,
    sealer: K,
    recovery: RecoveryCodes,
    devices: DeviceTrust,
    policy: Policy,
    parameters: Parameters,
    issuer: Option<String>,
    enrolment_life: u64,
    proof_life: u64,
    hides_accounts: bool,
    events: Option<Box<dyn EventSink + Send + Sync>>,
}

impl<S, K> SecondFactor<S, K> {
    /// Begins with what has no default: the store of [`Account`](super::Account)s, the sealer of
    /// secrets, and the makers of recovery codes and of trust in devices, with the keys under which
    /// they hash.
    pub fn builder(
        store: S,
        sealer: K,
        recovery: RecoveryCodes,
        devices: DeviceTrust,
    ) -> SecondFactorBuilder<S, K> {
        SecondFactorBuilder {
            store,
            sealer,
            recovery,
            devices,
            policy: Policy::default(),
            parameters: Parameters::default(),
            issuer: None,
            enrolment_life: SecondFactorBuilder::<S, K>::ENROLMENT_LIFE,
            proof_life: SecondFactorBuilder::<S, K>::PROOF_LIFE,
            hides_accounts: false,
            events: None,
        }
    }
}

impl<S, K> SecondFactorBuilder<S, K> {
    /// Seconds in which an enrolment has to be confirmed, unless set otherwise: an hour.
    pub const ENROLMENT_LIFE: u64 = 3_600;

    /// The most seconds in which an enrolment may be confirmed: a day.
    pub const MAX_ENROLMENT_LIFE: u64 = 86_400;

    /// Seconds for which a proof allows changes, unless set otherwise: five minutes.
    pub const PROOF_LIFE: u64 = 300;

    /// The most seconds for which a proof may allow changes: an hour.
    pub const MAX_PROOF_LIFE: u64 = 3_600;

    /// Sets the service's name, as people see it in their authenticator. Without one, an
    /// authenticator shows the account alone, and mixes up two services with the same account.
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.to_string());
        self
    }

    /// Sets which codes are taken and how failures slow down the next attempt.
    pub const fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how the codes of new enrolments are made. Those in use keep theirs.
    pub const fn parameters(mut self, parameters: Parameters) -> Self {
        self.parameters = parameters;
        self
    }

    /// Sets in how many seconds an enrolment has to be confirmed.
    pub const fn enrolment_life(mut self, seconds: u64) -> Self {
        self.enrolment_life = seconds;
        self
    }

    /// Sets for how many seconds a [`Passed`](super::Passed) allows to change the account.
    pub const fn proof_life(mut self, seconds: u64) -> Self {
        self.proof_life = seconds;
        self
    }

    /// Hides whether an account exists and is locked: every refusal is a 401, without a time after
    /// which to try again. For services that ask for a code before, or without, a password; where
    /// the password comes first, people are better told how long they have to wait.
    pub const fn hide_accounts(mut self) -> Self {
        self.hides_accounts = true;
        self
    }

    /// Sets where events go. Without it nobody learns of them.
    pub fn events(mut self, sink: impl EventSink + Send + Sync + 'static) -> Self {
        self.events = Some(Box::new(sink));
        self
    }
}

impl<S, K: SecretSealer> SecondFactorBuilder<S, K> {
    /// Checks the settings and seals a secret for a trial, which is kept to do the work of a
    /// verification for those who are not known.
    ///
    /// # Errors
    /// [`Error::Policy`] for a life of 0 or beyond its maximum; those of
    /// [`KeyUri::with_issuer`] and [`KeyUri::with_parameters`]; those of the sealer.
    pub fn build(self) -> Result<SecondFactor<S, K>, Error> {
        let lives_are_right = (1..=Self::MAX_ENROLMENT_LIFE).contains(&self.enrolment_life)
            && (1..=Self::MAX_PROOF_LIFE).contains(&self.proof_life);
        if !lives_are_right {
            return Err(Error::Policy);
        }
        // Public, and nobody's: it seals like any other secret.
        let secret = Secret::from_bytes(&[0; 20])?;
        let uri = KeyUri::new(secret.clone(), "account")?.with_parameters(self.parameters)?;
        if let Some(issuer) = &self.issuer {
            uri.with_issuer(issuer)?;
        }
        let keys = self.recovery.keys();
        let hash = keys.hash(keys.current_id(), DECOY, &[])?;
        let mut rng = Seed::from_bytes(&hash.into_bytes())?.rng();
        let decoy = self.sealer.seal(&secret, SealContext::new("", ""), &mut rng)?;
        Ok(SecondFactor {
            store: self.store,
            sealer: self.sealer,
            recovery: self.recovery,
            devices: self.devices,
            verifier: Verifier::new(self.policy),
            parameters: self.parameters,
            issuer: self.issuer,
            enrolment_life: self.enrolment_life,
            proof_life: self.proof_life,
            hides_accounts: self.hides_accounts,
            events: self.events,
            decoy,
        })
    }
}

const DECOY: &str = "creance decoy 1";

impl<S, K> fmt::Debug for SecondFactorBuilder<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactorBuilder")
            .field("issuer", &self.issuer)
            .field("parameters", &self.parameters)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
