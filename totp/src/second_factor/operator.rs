use core::future::Future;

use creance_sigv::rand::CryptoRng;

use super::account::{Account, Credential, Factor};
use super::summary::Limits;
use super::{Event, Passed, Rejection, SecondFactor, Summary};
use crate::transition::{Local, at_once, update};
use crate::{
    AsyncStateStore, Error, Parameters, RecoverySet, Secret, SecretSealer, State, StateStore,
    Status, UnixTime,
};

impl<S: StateStore<Record = Account>, K: SecretSealer> SecondFactor<S, K> {
    /// Where the user's second factor stands.
    ///
    /// # Errors
    /// [`Error::StoreUnavailable`].
    pub fn status(&self, user: &str, now: UnixTime) -> Result<Summary, Error> {
        at_once(self.status_in(&Local(&self.store), user, now))
    }

    /// Gives the second factor up, with its recovery codes and devices: what its owner decides. An
    /// operator [resets](Self::reset) it.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::Reauthenticate`] where the proof is too old, was given by a device,
    /// or is of a factor that is not in use any more; those of the store.
    pub fn disable(&self, proof: &Passed, now: UnixTime) -> Result<(), Rejection> {
        at_once(self.disable_in(&Local(&self.store), proof, now))
    }

    /// Forgives the failures of codes and recovery codes: for an operator who has found out who they
    /// were.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`]; those of the store.
    pub fn unlock(&self, user: &str, now: UnixTime) -> Result<(), Error> {
        at_once(self.unlock_in(&Local(&self.store), user, now))
    }

    /// Removes the second factor, its recovery codes, its devices, and what is pending: for an
    /// operator who has made sure, by other means, who asks for it. It is the way around the second
    /// factor, so it deserves as much care as the factor itself.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`] where there is nothing to remove; those of the store.
    pub fn reset(&self, user: &str, now: UnixTime) -> Result<(), Error> {
        at_once(self.reset_in(&Local(&self.store), user, now))
    }

    /// Puts a factor in use that was in use elsewhere, with its [state](State::active). It has no
    /// recovery codes: let its owner [make some](Self::renew_recovery_codes) after the next login.
    ///
    /// # Errors
    /// [`Error::AlreadyActive`] where a factor is in use; [`Error::State`] unless `state` is active;
    /// those of [`Parameters::otp`], of the sealer and of the store.
    pub fn import(
        &self,
        user: &str,
        imported: &Imported<'_>,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> Result<(), Error> {
        let credential = self.imported(user, imported, rng);
        at_once(self.import_in(&Local(&self.store), user, credential, now))
    }

    /// Seals the user's secrets with the newest key, if they are not: to be called for all users
    /// before an old key is dropped. A login does it by itself. Whether there was anything to do.
    ///
    /// # Errors
    /// Those of the sealer and of the store.
    pub fn reseal(&self, user: &str, now: UnixTime) -> Result<bool, Error> {
        at_once(self.reseal_in(&Local(&self.store), user, now))
    }
}

impl<S: AsyncStateStore<Record = Account>, K: SecretSealer> SecondFactor<S, K> {
    /// [`status`](Self::status) in a store across the network.
    ///
    /// # Errors
    /// Those of [`status`](Self::status).
    pub async fn status_async(&self, user: &str, now: UnixTime) -> Result<Summary, Error> {
        self.status_in(&self.store, user, now).await
    }

    /// [`disable`](Self::disable) in a store across the network.
    ///
    /// # Errors
    /// Those of [`disable`](Self::disable).
    pub async fn disable_async(&self, proof: &Passed, now: UnixTime) -> Result<(), Rejection> {
        self.disable_in(&self.store, proof, now).await
    }

    /// [`unlock`](Self::unlock) in a store across the network.
    ///
    /// # Errors
    /// Those of [`unlock`](Self::unlock).
    pub async fn unlock_async(&self, user: &str, now: UnixTime) -> Result<(), Error> {
        self.unlock_in(&self.store, user, now).await
    }

    /// [`reset`](Self::reset) in a store across the network.
    ///
    /// # Errors
    /// Those of [`reset`](Self::reset).
    pub async fn reset_async(&self, user: &str, now: UnixTime) -> Result<(), Error> {
        self.reset_in(&self.store, user, now).await
    }

    /// [`import`](Self::import) in a store across the network. The generator is not held while the
    /// store is waited for.
    ///
    /// # Errors
    /// Those of [`import`](Self::import).
    pub fn import_async(
        &self,
        user: &str,
        imported: &Imported<'_>,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> impl Future<Output = Result<(), Error>> {
        let credential = self.imported(user, imported, rng);
        self.import_in(&self.store, user, credential, now)
    }

    /// [`reseal`](Self::reseal) in a store across the network.
    ///
    /// # Errors
    /// Those of [`reseal`](Self::reseal).
    pub async fn reseal_async(&self, user: &str, now: UnixTime) -> Result<bool, Error> {
        self.reseal_in(&self.store, user, now).await
    }
}

/// A factor that was in use elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Imported<'a> {
    /// Its secret.
    pub secret: &'a Secret,
    /// How its codes are made.
    pub parameters: Parameters,
    /// Which of its codes are spent.
    pub state: State,
}

impl<S, K: SecretSealer> SecondFactor<S, K> {
    async fn status_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        now: UnixTime,
    ) -> Result<Summary, Error> {
        let stored = store.load_async(user).await?;
        let account = stored.as_ref().map(|stored| &stored.record);
        let limits = Limits {
            codes: self.verifier.policy().throttle(),
            recovery: self.recovery.throttle(),
            enrolment_life: self.enrolment_life,
        };
        Ok(Summary::of(account, limits, &self.devices, now))
    }

    async fn disable_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        proof: &Passed,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        let user = proof.user();
        let stored = update(store, user, |account| {
            Ok((self.authorised(proof, account, now)?.0.replaced(None), ()))
        });
        stored.await.map_err(|error| self.refused(user, now, proof.way(), error))?;
        self.tell(user, now, Event::Disabled);
        Ok(())
    }

    async fn unlock_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let stored = update(store, user, |account| {
            let account = account.ok_or(Error::NotEnrolled)?;
            let factor = account.factor()?;
            let unlocked = factor.with_state(factor.credential.state.unlocked());
            let recovery = factor.recovery.as_ref().map(RecoverySet::unlocked);
            Ok((account.with_factor(Factor { recovery, ..unlocked }), ()))
        });
        stored.await?;
        self.tell(user, now, Event::Unlocked);
        Ok(())
    }

    async fn reset_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let stored = update(store, user, |account| {
            let account = account.filter(|account| !account.is_empty());
            Ok((account.ok_or(Error::NotEnrolled)?.replaced(None), ()))
        });
        stored.await?;
        self.tell(user, now, Event::Reset);
        Ok(())
    }

    fn imported(
        &self,
        user: &str,
        imported: &Imported<'_>,
        rng: impl CryptoRng,
    ) -> Result<Credential, Error> {
        let Imported { secret, parameters, state } = *imported;
        if state.status() != Status::Active {
            return Err(Error::State);
        }
        let _ = parameters.otp(secret)?;
        self.sealed(user, secret, parameters, state, rng)
    }

    async fn import_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        credential: Result<Credential, Error>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let factor = Factor { credential: credential?, since: now, recovery: None };
        let stored = update(store, user, |account| {
            let account = account.cloned().unwrap_or_default();
            if account.factor.is_some() {
                return Err(Error::AlreadyActive);
            }
            Ok((account.replaced(Some(factor.clone())), ()))
        });
        stored.await?;
        self.tell(user, now, Event::Imported);
        Ok(())
    }

    async fn reseal_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        now: UnixTime,
    ) -> Result<bool, Error> {
        let stored = store.load_async(user).await?.ok_or(Error::NotEnrolled)?;
        if self.account_resealed(user, &stored.record)?.is_none() {
            return Ok(false);
        }
        let stored = update(store, user, |account| {
            let account = account.ok_or(Error::NotEnrolled)?;
            // Somebody may have logged in since.
            let resealed = self.account_resealed(user, account)?;
            let is_new = resealed.is_some();
            Ok((resealed.unwrap_or_else(|| account.clone()), is_new))
        });
        let is_new = stored.await?;
        if is_new {
            self.tell(user, now, Event::Resealed);
        }
        Ok(is_new)
    }

    fn account_resealed(&self, user: &str, account: &Account) -> Result<Option<Account>, Error> {
        let mut next = account.clone();
        let factor = next.factor.as_mut().map(|factor| &mut factor.credential);
        let pending = next.pending.as_mut().map(|pending| &mut pending.credential);
        let mut is_new = false;
        for credential in factor.into_iter().chain(pending) {
            if let Some(resealed) = self.resealed(user, credential)? {
                *credential = resealed;
                is_new = true;
            }
        }
        Ok(is_new.then_some(next))
    }
}
