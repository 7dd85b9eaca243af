use alloc::vec::Vec;
use core::future::Future;

use creance_sigv::rand::CryptoRng;

use super::account::{Account, CredentialId};
use super::seed::Seed;
use super::{Event, Passed, Rejection, SecondFactor, Way};
use crate::transition::{Local, at_once, update};
use crate::{
    AsyncStateStore, Error, RecoveryCode, ReservedRecovery, SecretSealer, StateStore, UnixTime,
};

impl<S: StateStore<Record = Account>, K: SecretSealer> SecondFactor<S, K> {
    /// Takes a recovery code in the place of a code, once. Works while the factor is locked, and
    /// unlocks it; recovery codes have a throttle of their own.
    ///
    /// Who needs one has mostly lost the authenticator: offer a
    /// [replacement](Self::begin_replacement) right away, for which this is the proof.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::Mismatch`], [`Error::Replayed`], [`Error::Throttled`],
    /// [`Error::Locked`], [`Error::NotEnrolled`]; those of the keys and of the password hash, after
    /// which no attempt is counted; those of the store.
    pub fn redeem_recovery(
        &self,
        user: &str,
        code: &RecoveryCode,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        at_once(self.redeem_recovery_in(&Local(&self.store), user, code, now))
    }

    /// Makes new recovery codes, to be shown this once. The old ones are void.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::Reauthenticate`] where the proof is too old, was given by a device,
    /// or is of a factor that is not in use any more; those of the password hash and of the store.
    pub fn renew_recovery_codes(
        &self,
        proof: &Passed,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> Result<Vec<RecoveryCode>, Rejection> {
        let seed = Seed::draw(rng);
        at_once(self.renew_recovery_codes_in(&Local(&self.store), proof, seed, now))
    }
}

impl<S: AsyncStateStore<Record = Account>, K: SecretSealer> SecondFactor<S, K> {
    /// [`redeem_recovery`](Self::redeem_recovery) in a store across the network.
    ///
    /// # Errors
    /// Those of [`redeem_recovery`](Self::redeem_recovery).
    pub async fn redeem_recovery_async(
        &self,
        user: &str,
        code: &RecoveryCode,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        self.redeem_recovery_in(&self.store, user, code, now).await
    }

    /// [`renew_recovery_codes`](Self::renew_recovery_codes) in a store across the network. The
    /// generator is not held while the store is waited for.
    ///
    /// # Errors
    /// Those of [`renew_recovery_codes`](Self::renew_recovery_codes).
    pub fn renew_recovery_codes_async(
        &self,
        proof: &Passed,
        now: UnixTime,
        rng: impl CryptoRng,
    ) -> impl Future<Output = Result<Vec<RecoveryCode>, Rejection>> {
        let seed = Seed::draw(rng);
        self.renew_recovery_codes_in(&self.store, proof, seed, now)
    }
}

impl<S, K: SecretSealer> SecondFactor<S, K> {
    pub(super) async fn redeem_recovery_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        code: &RecoveryCode,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        let way = Way::Recovery;
        let mut known = None;
        let counted = update(store, user, |account| {
            let (next, credential, reserved) = self.count_recovery(account, now)?;
            // Before it is counted: an outage of the password hash is no failure of the person.
            let lookup = reserved.look_up_once(&self.recovery, user, code, &mut known)?;
            Ok((next, (credential, reserved.set().attempts().failures(), lookup)))
        });
        let (credential, counted, lookup) = match counted.await {
            Ok(counted) => counted,
            Err(error) => {
                self.recovery.waste(user, code);
                let error = self.pretended(store, user, error).await;
                return Err(self.refused(user, now, way, error));
            }
        };
        let mut found = counted;
        let looked = update(store, user, |account| {
            let account = account.ok_or(Error::NotEnrolled)?;
            let factor = account.factor_of(credential)?;
            found = factor.recovery()?.attempts().failures();
            let redeemed = lookup.redeem(factor.recovery()?)?;
            let unlocked = factor.credential.state.unlocked();
            let next = factor.with_state(unlocked).with_recovery(redeemed.set().clone());
            let passed = Passed::new(user, &next, way, now);
            Ok((account.with_factor(next), passed))
        });
        let passed = looked.await.map_err(|error| {
            let failures = [counted, found, self.recovery.throttle().stop()];
            self.refused_after(user, now, way, failures, error)
        })?;
        self.tell(user, now, Event::Accepted { way });
        self.tell(user, now, Event::RecoveryUsed { remaining: passed.recovery_codes() });
        Ok(passed)
    }

    fn count_recovery(
        &self,
        account: Option<&Account>,
        now: UnixTime,
    ) -> Result<(Account, CredentialId, ReservedRecovery), Error> {
        let account = account.ok_or(Error::NotEnrolled)?;
        let factor = account.factor()?;
        let reserved = self.recovery.reserve(factor.recovery()?, now)?;
        let next = account.with_factor(factor.with_recovery(reserved.set().clone()));
        Ok((next, factor.credential.id, reserved))
    }

    async fn renew_recovery_codes_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        proof: &Passed,
        seed: Result<Seed, Error>,
        now: UnixTime,
    ) -> Result<Vec<RecoveryCode>, Rejection> {
        let user = proof.user();
        let refuse = |error| self.refused(user, now, proof.way(), error);
        let made = seed.and_then(|seed| self.recovery.generate(user, &mut seed.rng()));
        let (set, codes) = made.map_err(refuse)?;
        let stored = update(store, user, |account| {
            let (account, factor) = self.authorised(proof, account, now)?;
            Ok((account.with_factor(factor.with_recovery(set.clone())), ()))
        });
        stored.await.map_err(refuse)?;
        self.tell(user, now, Event::RecoveryRenewed { codes: codes.len() });
        Ok(codes)
    }
}
