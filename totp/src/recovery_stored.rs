use core::future::Future;

use crate::transition::{Local, at_once, pretend, update};
use crate::{
    AsyncStateStore, Error, Fault, RecoveryCode, RecoveryCodes, RecoverySet, Redeemed, StateStore,
    UnixTime,
};

impl RecoveryCodes {
    /// Redeems a code of the user whose set is under `user` in a store: counts the attempt, looks at
    /// the code, and spends it, whatever other processes and threads do meanwhile.
    ///
    /// The work is the same where there is no such user, and so is what the store is asked for.
    /// Where a key or the password hash is missing, no attempt is counted.
    ///
    /// ```
    /// use creance_totp::{
    ///     Algorithm, Error, HashKeys, Key, MemoryStateStore, RecoveryCodes, Revision, StateStore,
    ///     UnixTime, rand,
    /// };
    ///
    /// let (key, _to_keep) = Key::generate(Algorithm::Sha256, &mut rand::rng());
    /// let recovery = RecoveryCodes::new(HashKeys::new(1, key)?);
    /// let (set, shown_once) = recovery.generate("alice", &mut rand::rng())?;
    ///
    /// let store = MemoryStateStore::new();
    /// let _ = store.compare_and_set("alice", Revision::ABSENT, &set)?;
    /// let now = UnixTime::from_secs(1_353_832_234);
    /// let redeem = || recovery.redeem_stored(&store, "alice", &shown_once[0], now);
    /// assert_eq!(redeem()?.remaining(), 9);
    /// assert_eq!(redeem().err(), Some(Error::Replayed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`redeem`](Self::redeem), [`Error::NotEnrolled`] where there is no set,
    /// [`Error::StoreUnavailable`] and [`Error::Contended`].
    pub fn redeem_stored<S: StateStore<Record = RecoverySet> + ?Sized>(
        &self,
        store: &S,
        user: &str,
        code: &RecoveryCode,
        now: UnixTime,
    ) -> Result<Redeemed, Error> {
        at_once(self.redeem_in(&Local(store), user, code, now))
    }

    /// The same in a store across the network.
    ///
    /// # Errors
    /// Those of [`redeem_stored`](Self::redeem_stored).
    pub fn redeem_stored_async<S: AsyncStateStore<Record = RecoverySet> + ?Sized>(
        &self,
        store: &S,
        user: &str,
        code: &RecoveryCode,
        now: UnixTime,
    ) -> impl Future<Output = Result<Redeemed, Error>> {
        self.redeem_in(store, user, code, now)
    }

    async fn redeem_in<S: AsyncStateStore<Record = RecoverySet> + ?Sized>(
        &self,
        store: &S,
        user: &str,
        code: &RecoveryCode,
        now: UnixTime,
    ) -> Result<Redeemed, Error> {
        let mut known = None;
        let looked_up = update(store, user, |set| {
            let reserved = self.reserve(set.ok_or(Error::NotEnrolled)?, now)?;
            // Before it is counted: an outage of the password hash is no failure of the person.
            let lookup = reserved.look_up_once(self, user, code, &mut known)?;
            Ok((reserved.set().clone(), lookup))
        })
        .await;
        let lookup = match looked_up {
            Ok(lookup) => lookup,
            Err(error) => return self.refuse(store, user, code, error).await,
        };
        update(store, user, |set| {
            let redeemed = lookup.redeem(set.ok_or(Error::NotEnrolled)?)?;
            Ok((redeemed.set().clone(), redeemed))
        })
        .await
    }
    /// Does for a refusal what would have been done for a wrong code.
    async fn refuse<S: AsyncStateStore<Record = RecoverySet> + ?Sized>(
        &self,
        store: &S,
        user: &str,
        code: &RecoveryCode,
        error: Error,
    ) -> Result<Redeemed, Error> {
        self.waste(user, code);
        if error.fault() == Fault::Peer {
            pretend(store, user, &self.of_a_stranger()?).await?;
        }
        Err(error)
    }
}
