use super::account::{Account, CredentialId};
use super::{Event, Passed, Rejection, SecondFactor, Way};
use crate::transition::{Local, at_once, pretend, update};
use crate::{
    AsyncStateStore, Attempt, Code, Error, Fault, Otp, Purpose, RecoveryCode, Reserved,
    SealContext, SecretSealer, StateStore, UnixTime,
};

/// What somebody typed into a field that takes both.
enum Either {
    Code(Code),
    Recovery(RecoveryCode),
}

impl Either {
    /// Digits alone, as many as a code may have, are a code.
    fn parse(text: &str) -> Result<Self, Error> {
        if let Ok(code) = Code::parse(text) {
            return Ok(Self::Code(code));
        }
        let recovery = RecoveryCode::parse(text).map_err(|_| Error::Code)?;
        // A code with a digit too few or too many should not count against the recovery codes.
        let is_number = recovery.expose().bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Err(Error::Code) } else { Ok(Self::Recovery(recovery)) }
    }
}

impl<S: StateStore<Record = Account>, K: SecretSealer> SecondFactor<S, K> {
    /// Verifies a code: counts the attempt, looks at the code, and spends it, whatever other
    /// processes and threads do meanwhile.
    ///
    /// A secret that was sealed with an older key is sealed anew. Where there is no such user the
    /// same work is done, and the same answered; but the store is written only for users who exist.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::Mismatch`], [`Error::Replayed`], [`Error::Throttled`],
    /// [`Error::Locked`], [`Error::NotEnrolled`]; those of the sealer and of the store.
    pub fn verify(&self, user: &str, code: &Code, now: UnixTime) -> Result<Passed, Rejection> {
        at_once(self.verify_in(&Local(&self.store), user, &Attempt::login(code, now)))
    }

    /// Verifies what somebody typed into the one field that there is for codes and recovery codes:
    /// what reads as a code is one, everything else a recovery code.
    ///
    /// Recovery codes of eight characters or fewer may read as codes; give those a field of their
    /// own.
    ///
    /// # Errors
    /// [`Error::Code`] for what is neither; otherwise those of [`verify`](Self::verify) and
    /// [`redeem_recovery`](Self::redeem_recovery).
    pub fn verify_typed(&self, user: &str, text: &str, now: UnixTime) -> Result<Passed, Rejection> {
        at_once(self.verify_typed_in(&Local(&self.store), user, text, now))
    }

    /// Verifies two or three consecutive codes, the oldest first, in a range far wider than the
    /// window: for an authenticator whose clock or counter is further off (RFC 4226, 7.4). It lets
    /// its owner in, and the next codes are expected where these were found.
    ///
    /// It takes codes that are as old as the range reaches back, 50 minutes by default, if no later one
    /// was used. Where two codes could be read in passing, set a narrower
    /// [range](crate::Policy::with_resync).
    ///
    /// # Errors
    /// [`Error::Resync`] for another number of codes, or where the policy has switched it off for
    /// what the service enrols, whoever the user is; otherwise those of [`verify`](Self::verify).
    pub fn resynchronise(
        &self,
        user: &str,
        codes: &[Code],
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        at_once(self.verify_in(&Local(&self.store), user, &Attempt::resynchronisation(codes, now)))
    }
}

impl<S: AsyncStateStore<Record = Account>, K: SecretSealer> SecondFactor<S, K> {
    /// [`verify`](Self::verify) in a store across the network.
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify).
    pub async fn verify_async(
        &self,
        user: &str,
        code: &Code,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        self.verify_in(&self.store, user, &Attempt::login(code, now)).await
    }

    /// [`verify_typed`](Self::verify_typed) in a store across the network.
    ///
    /// # Errors
    /// Those of [`verify_typed`](Self::verify_typed).
    pub async fn verify_typed_async(
        &self,
        user: &str,
        text: &str,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        self.verify_typed_in(&self.store, user, text, now).await
    }

    /// [`resynchronise`](Self::resynchronise) in a store across the network.
    ///
    /// # Errors
    /// Those of [`resynchronise`](Self::resynchronise).
    pub async fn resynchronise_async(
        &self,
        user: &str,
        codes: &[Code],
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        self.verify_in(&self.store, user, &Attempt::resynchronisation(codes, now)).await
    }
}

impl<S, K: SecretSealer> SecondFactor<S, K> {
    async fn verify_typed_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        text: &str,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        match Either::parse(text) {
            Ok(Either::Code(code)) => {
                self.verify_in(store, user, &Attempt::login(&code, now)).await
            }
            Ok(Either::Recovery(code)) => self.redeem_recovery_in(store, user, &code, now).await,
            Err(error) => Err(self.refused(user, now, Way::Code, error)),
        }
    }

    async fn verify_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        attempt: &Attempt<'_>,
    ) -> Result<Passed, Rejection> {
        let (way, now) = (way_of(attempt), attempt.now());
        let counted = match self.count(store, user, attempt).await {
            Ok(counted) => counted,
            Err(error) => return Err(self.refused(user, now, way, error)),
        };
        let mut found = counted.failures();
        let looked = update(store, user, |account| {
            let account = account.ok_or(Error::NotEnrolled)?;
            let factor = account.factor_of(counted.credential)?;
            found = factor.credential.state.attempts().failures();
            let state = &factor.credential.state;
            let accepted = counted.reserved.look(state, &counted.otp, attempt)?;
            let next = factor.with_state(*accepted.state());
            // Whoever has shown a right code is let in, even if the sealer fails now.
            let resealed = self.resealed(user, &next.credential).unwrap_or_default();
            let is_resealed = resealed.is_some();
            let next = resealed.map_or(next, |credential| factor.with_credential(credential));
            let passed = Passed::new(user, &next, way, now);
            Ok((account.with_factor(next), (passed, is_resealed)))
        });
        let (passed, is_resealed) = looked.await.map_err(|error| {
            let failures = [counted.failures(), found, self.verifier.policy().throttle().stop()];
            self.refused_after(user, now, way, failures, error)
        })?;
        self.tell(user, now, Event::Accepted { way });
        if is_resealed {
            self.tell(user, now, Event::Resealed);
        }
        Ok(passed)
    }

    /// Counts an attempt on one of the account's credentials, and opens its secret: where that fails,
    /// nothing is counted, for it is nobody's failure.
    ///
    /// Where there is nothing to count it on, the work of a wrong code is done all the same.
    pub(super) async fn count<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        attempt: &Attempt<'_>,
    ) -> Result<Counted, Error> {
        let (purpose, now) = (attempt.purpose(), attempt.now());
        // Before the store is asked: what the program got wrong must not tell which users there are.
        if attempt.run().is_some() {
            attempt.check(&Otp::decoy(self.parameters), self.verifier.policy())?;
        }
        let counted = update(store, user, |account| {
            let account = account.ok_or(Error::NotEnrolled)?;
            let credential = match purpose {
                Purpose::Login => &account.factor()?.credential,
                Purpose::Enrolment => &account.pending(self.enrolment_life, now)?.credential,
            };
            let reserved = self.verifier.reserve(&credential.state, purpose, now)?;
            let otp = self.open(user, credential)?;
            attempt.check(&otp, self.verifier.policy())?;
            let next = account.with_state(purpose, *reserved.state());
            Ok((next, Counted { credential: credential.id, reserved, otp }))
        });
        let error = match counted.await {
            Ok(counted) => return Ok(counted),
            Err(error) => error,
        };
        let _ = self.sealer.open(&self.decoy, SealContext::new("", ""));
        self.verifier.waste(&Otp::decoy(self.parameters), attempt);
        Err(self.pretended(store, user, error).await)
    }

    /// Asks the store for what a wrong code would have asked it for, and gives the error that is to
    /// be told then.
    pub(super) async fn pretended<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        error: Error,
    ) -> Error {
        match error.fault() {
            Fault::Peer => pretend(store, user, &Account::default()).await.err().unwrap_or(error),
            _ => error,
        }
    }
}

/// An attempt that is counted.
pub(super) struct Counted {
    pub(super) credential: CredentialId,
    pub(super) reserved: Reserved,
    pub(super) otp: Otp,
}

impl Counted {
    /// Failures in a row, this one included.
    pub(super) const fn failures(&self) -> u32 {
        self.reserved.state().attempts().failures()
    }
}

fn way_of(attempt: &Attempt<'_>) -> Way {
    match (attempt.purpose(), attempt.run()) {
        (Purpose::Enrolment, _) => Way::Enrolment,
        (Purpose::Login, None) => Way::Code,
        (Purpose::Login, Some(_)) => Way::Resynchronisation,
    }
}
