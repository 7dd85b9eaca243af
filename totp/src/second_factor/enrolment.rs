use alloc::boxed::Box;
use alloc::vec::Vec;
use core::future::Future;

use creance_sigv::rand::CryptoRng;

use super::account::{Account, Credential, CredentialId, Factor, Pending};
use super::seed::Seed;
use super::{Event, Passed, Rejection, SecondFactor, Way};
use crate::transition::{Local, at_once, update};
use crate::{
    AsyncStateStore, Attempt, Code, Error, KeyUri, Purpose, RecoveryCode, SealContext, Secret,
    SecretSealer, State, StateStore, UnixTime,
};

/// A secret on its way to an authenticator: to be shown once, on a page that is not cached.
#[derive(Debug)]
#[must_use = "the secret has to be shown"]
pub struct Enrolment {
    uri: KeyUri,
    expires: UnixTime,
}

impl Enrolment {
    /// What the authenticator takes: for a QR code, for a link on a phone, and with its secret as
    /// text for those who type it.
    #[must_use]
    pub const fn uri(&self) -> &KeyUri {
        &self.uri
    }

    /// The first second in which it is too late to confirm it.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }
}

/// A factor that is in use from now on.
#[derive(Debug)]
#[must_use = "the recovery codes are shown now or never"]
pub struct Confirmed {
    passed: Passed,
    recovery_codes: Vec<RecoveryCode>,
}

impl Confirmed {
    /// The recovery codes, which are shown this once: only hashes of them are kept.
    #[must_use]
    pub fn recovery_codes(&self) -> &[RecoveryCode] {
        &self.recovery_codes
    }

    /// The proof that the new factor was shown.
    pub const fn passed(&self) -> &Passed {
        &self.passed
    }
}

impl<S: StateStore<Record = Account>, K: SecretSealer> SecondFactor<S, K> {
    /// Makes a secret for a user who has no second factor yet. It lets nobody in before a code of it
    /// [has come back](Self::confirm_enrolment). Another secret that still waits for its first code
    /// is void.
    ///
    /// `account` is what the authenticator shows, mostly an e-mail address.
    ///
    /// Ask for the password again before: there is no second factor that could be asked for, and
    /// who has found an open session could otherwise lock its owner out of the account.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::AlreadyActive`] where a factor is in use, which takes a
    /// [replacement](Self::begin_replacement); [`Error::Account`]; those of the sealer and of the
    /// store.
    pub fn begin_enrolment(
        &self,
        user: &str,
        account: &str,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> Result<Enrolment, Rejection> {
        let offer = self.offer(user, account, now, rng);
        at_once(self.begin_in(&Local(&self.store), user, None, offer, now))
    }

    /// Makes a secret to replace the factor in use, which stays in use until a code of the new one
    /// [has come back](Self::confirm_enrolment).
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::Reauthenticate`] where the proof is too old, was given by a device,
    /// or is of a factor that is not in use any more; otherwise those of
    /// [`begin_enrolment`](Self::begin_enrolment).
    pub fn begin_replacement(
        &self,
        proof: &Passed,
        account: &str,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> Result<Enrolment, Rejection> {
        let offer = self.offer(proof.user(), account, now, rng);
        at_once(self.begin_in(&Local(&self.store), proof.user(), Some(proof), offer, now))
    }

    /// Puts the pending secret in use, if this is a code of it. The code is spent.
    ///
    /// Recovery codes are made and shown once. A factor that was in use before is gone, and with it
    /// its recovery codes and all trusted devices: whoever has a lost phone, or an old list, has
    /// nothing.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::NotEnrolled`] where nothing is pending, [`Error::Expired`],
    /// [`Error::Revoked`] where another enrolment was begun meanwhile; those of
    /// [`RecoveryCodes::generate`](crate::RecoveryCodes::generate), after which a right code is
    /// neither spent nor a failure; otherwise those of [`verify`](Self::verify).
    pub fn confirm_enrolment(
        &self,
        user: &str,
        code: &Code,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> Result<Confirmed, Rejection> {
        let seed = Seed::draw(rng);
        at_once(self.confirm_in(&Local(&self.store), user, code, seed, now))
    }

    /// Gives the pending secret up. A factor in use stays in use.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::NotEnrolled`] where nothing is pending; those of the store.
    pub fn cancel_enrolment(&self, user: &str, now: UnixTime) -> Result<(), Rejection> {
        at_once(self.cancel_in(&Local(&self.store), user, now))
    }
}

impl<S: AsyncStateStore<Record = Account>, K: SecretSealer> SecondFactor<S, K> {
    /// [`begin_enrolment`](Self::begin_enrolment) in a store across the network. The generator is
    /// not held while the store is waited for.
    ///
    /// # Errors
    /// Those of [`begin_enrolment`](Self::begin_enrolment).
    pub fn begin_enrolment_async(
        &self,
        user: &str,
        account: &str,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> impl Future<Output = Result<Enrolment, Rejection>> {
        let offer = self.offer(user, account, now, rng);
        self.begin_in(&self.store, user, None, offer, now)
    }

    /// [`begin_replacement`](Self::begin_replacement) in a store across the network. The generator
    /// is not held while the store is waited for.
    ///
    /// # Errors
    /// Those of [`begin_replacement`](Self::begin_replacement).
    pub fn begin_replacement_async(
        &self,
        proof: &Passed,
        account: &str,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> impl Future<Output = Result<Enrolment, Rejection>> {
        let offer = self.offer(proof.user(), account, now, rng);
        self.begin_in(&self.store, proof.user(), Some(proof), offer, now)
    }

    /// [`confirm_enrolment`](Self::confirm_enrolment) in a store across the network. The generator
    /// is not held while the store is waited for.
    ///
    /// # Errors
    /// Those of [`confirm_enrolment`](Self::confirm_enrolment).
    pub fn confirm_enrolment_async(
        &self,
        user: &str,
        code: &Code,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> impl Future<Output = Result<Confirmed, Rejection>> {
        let seed = Seed::draw(rng);
        self.confirm_in(&self.store, user, code, seed, now)
    }

    /// [`cancel_enrolment`](Self::cancel_enrolment) in a store across the network.
    ///
    /// # Errors
    /// Those of [`cancel_enrolment`](Self::cancel_enrolment).
    pub async fn cancel_enrolment_async(&self, user: &str, now: UnixTime) -> Result<(), Rejection> {
        self.cancel_in(&self.store, user, now).await
    }
}

/// A new secret: what is shown, and what is stored.
struct Offer {
    enrolment: Enrolment,
    pending: Pending,
}

impl<S, K: SecretSealer> SecondFactor<S, K> {
    fn offer(
        &self,
        user: &str,
        account: &str,
        now: UnixTime,
        mut rng: impl CryptoRng,
    ) -> Result<Box<Offer>, Error> {
        let secret = Secret::generate(self.parameters.algorithm(), &mut rng);
        let uri = KeyUri::new(secret, account)?.with_parameters(self.parameters)?;
        let uri = match &self.issuer {
            Some(issuer) => uri.with_issuer(issuer)?,
            None => uri,
        };
        let credential =
            self.sealed(user, uri.secret(), self.parameters, State::pending(0), rng)?;
        let expires = now.saturating_add(self.enrolment_life);
        let pending = Pending { credential, began: now };
        Ok(Box::new(Offer { enrolment: Enrolment { uri, expires }, pending }))
    }

    /// A new credential.
    pub(super) fn sealed(
        &self,
        user: &str,
        secret: &Secret,
        parameters: crate::Parameters,
        state: State,
        mut rng: impl CryptoRng,
    ) -> Result<Credential, Error> {
        let id = CredentialId::generate(&mut rng);
        let secret = self.sealer.seal(secret, SealContext::new(user, &id.text()), &mut rng)?;
        Ok(Credential { id, parameters, secret, state })
    }

    async fn begin_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        proof: Option<&Passed>,
        offer: Result<Box<Offer>, Error>,
        now: UnixTime,
    ) -> Result<Enrolment, Rejection> {
        let refuse = |error| self.refused(user, now, Way::Enrolment, error);
        let Offer { enrolment, pending } = *offer.map_err(refuse)?;
        let stored = update(store, user, |account| {
            let next = match proof {
                Some(proof) => self.authorised(proof, account, now)?.0.clone(),
                None => account.cloned().unwrap_or_default(),
            };
            if proof.is_none() && next.factor.is_some() {
                return Err(Error::AlreadyActive);
            }
            Ok((next.with_pending(Some(pending.clone())), ()))
        });
        stored.await.map_err(refuse)?;
        self.tell(user, now, Event::EnrolmentBegun);
        Ok(enrolment)
    }

    async fn confirm_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        code: &Code,
        seed: Result<Seed, Error>,
        now: UnixTime,
    ) -> Result<Confirmed, Rejection> {
        let way = Way::Enrolment;
        let seed = self.recovery.check_new().and(seed);
        let seed = seed.map_err(|error| self.refused(user, now, way, error))?;
        let attempt = Attempt::enrolment(code, now);
        let counted = match self.count(store, user, &attempt).await {
            Ok(counted) => counted,
            Err(error) => return Err(self.refused(user, now, way, error)),
        };
        let mut found = counted.failures();
        let mut made = None;
        let looked = update(store, user, |account| {
            let account = account.ok_or(Error::NotEnrolled)?;
            let pending = account.pending_of(counted.credential, self.enrolment_life, now)?;
            found = pending.credential.state.attempts().failures();
            let state = &pending.credential.state;
            let accepted = counted.reserved.look(state, &counted.otp, &attempt)?;
            // Once, and for right codes only: short recovery codes take a while.
            let new = made.take().map_or_else(|| self.recovery.generate(user, &mut seed.rng()), Ok);
            let (recovery, codes) = match new {
                Ok(new) => new,
                Err(error) => {
                    // The code was right: an outage of ours is no failure, and it may come again.
                    found = 0;
                    let unlocked = account.with_state(Purpose::Enrolment, state.unlocked());
                    return Ok((unlocked, Err(error)));
                }
            };
            let credential = pending.credential.with_state(*accepted.state());
            let factor = Factor { credential, since: now, recovery: Some(recovery.clone()) };
            made = Some((recovery, codes));
            let answer = (Passed::new(user, &factor, way, now), account.factor.is_some());
            Ok((account.replaced(Some(factor)), Ok(answer)))
        });
        let looked = looked.await.and_then(|answer| answer);
        let (passed, is_replaced) = looked.map_err(|error| {
            let failures = [counted.failures(), found, self.verifier.policy().throttle().stop()];
            self.refused_after(user, now, way, failures, error)
        })?;
        let event = if is_replaced { Event::EnrolmentReplaced } else { Event::EnrolmentConfirmed };
        self.tell(user, now, event);
        let recovery_codes = made.map(|(_, codes)| codes).unwrap_or_default();
        Ok(Confirmed { passed, recovery_codes })
    }

    async fn cancel_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        let stored = update(store, user, |account| {
            let pending = account.filter(|account| account.pending.is_some());
            Ok((pending.ok_or(Error::NotEnrolled)?.with_pending(None), ()))
        });
        stored.await.map_err(|error| self.refused(user, now, Way::Enrolment, error))?;
        self.tell(user, now, Event::EnrolmentCancelled);
        Ok(())
    }
}
