use super::account::{Account, CredentialId};
use super::{Event, Passed, Rejection, SecondFactor, Way};
use crate::transition::{Local, at_once, update};
use crate::{
    Accepted, AsyncStateStore, Code, Error, Otp, Purpose, RecoveryCode, Reserved, SealContext,
    SecretSealer, State, StateStore, UnixTime,
};

/// What somebody typed to be let in.
#[derive(Clone, Copy)]
pub(super) enum Typed<'a> {
    Code(&'a Code),
    Run(&'a [Code]),
}

impl Typed<'_> {
    const fn way(self) -> Way {
        match self {
            Self::Code(_) => Way::Code,
            Self::Run(_) => Way::Resynchronisation,
        }
    }

    fn look(self, reserved: &Reserved, state: &State, otp: &Otp) -> Result<Accepted, Error> {
        match self {
            Self::Code(code) => reserved.verify(state, otp, code),
            Self::Run(codes) => reserved.resynchronise(state, otp, codes),
        }
    }
}

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
    /// same work is done, and the same answered; only the store is written to for those alone that
    /// there are.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::Mismatch`], [`Error::Replayed`], [`Error::Throttled`],
    /// [`Error::Locked`], [`Error::NotEnrolled`]; those of the sealer and of the store.
    pub fn verify(&self, user: &str, code: &Code, now: UnixTime) -> Result<Passed, Rejection> {
        at_once(self.verify_in(&Local(&self.store), user, Typed::Code(code), now))
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
    /// # Errors
    /// [`Error::Resync`] for another number of codes, or where the policy has switched it off;
    /// otherwise those of [`verify`](Self::verify).
    pub fn resynchronise(
        &self,
        user: &str,
        codes: &[Code],
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        at_once(self.verify_in(&Local(&self.store), user, Typed::Run(codes), now))
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
        self.verify_in(&self.store, user, Typed::Code(code), now).await
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
        self.verify_in(&self.store, user, Typed::Run(codes), now).await
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
                self.verify_in(store, user, Typed::Code(&code), now).await
            }
            Ok(Either::Recovery(code)) => self.redeem_recovery_in(store, user, &code, now).await,
            Err(error) => Err(self.refused(user, now, Way::Code, error)),
        }
    }

    async fn verify_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        typed: Typed<'_>,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        let way = typed.way();
        let counted = update(store, user, |account| self.count_login(user, account, now)).await;
        let attempt = counted.map_err(|error| {
            self.waste(typed, now);
            self.refused(user, now, way, error)
        })?;
        let counted = attempt.reserved.state().attempts().failures();
        let mut found = counted;
        let looked = update(store, user, |account| {
            let factor = account.ok_or(Error::NotEnrolled)?.factor_of(attempt.credential)?;
            found = factor.credential.state.attempts().failures();
            self.spend(user, account, &attempt, typed, now)
        });
        match looked.await {
            Ok((passed, is_resealed)) => {
                self.tell(user, now, Event::Accepted { way });
                if is_resealed {
                    self.tell(user, now, Event::Resealed);
                }
                Ok(passed)
            }
            Err(error) => {
                let failures = [counted, found, self.verifier.policy().throttle().stop()];
                Err(self.refused_after(user, now, way, failures, error))
            }
        }
    }

    /// Counts the attempt, and opens the secret for it: where that fails, nobody's failure is
    /// counted.
    fn count_login(
        &self,
        user: &str,
        account: Option<&Account>,
        now: UnixTime,
    ) -> Result<(Account, Attempt), Error> {
        let account = account.ok_or(Error::NotEnrolled)?;
        let factor = account.factor()?;
        let reserved = self.verifier.reserve(&factor.credential.state, Purpose::Login, now)?;
        let otp = self.open(user, &factor.credential)?;
        let next = account.with_factor(factor.with_state(*reserved.state()));
        Ok((next, Attempt { credential: factor.credential.id, reserved, otp }))
    }

    /// Looks at what was typed, and spends it.
    fn spend(
        &self,
        user: &str,
        account: Option<&Account>,
        attempt: &Attempt,
        typed: Typed<'_>,
        now: UnixTime,
    ) -> Result<(Account, (Passed, bool)), Error> {
        let account = account.ok_or(Error::NotEnrolled)?;
        let factor = account.factor_of(attempt.credential)?;
        let accepted = typed.look(&attempt.reserved, &factor.credential.state, &attempt.otp)?;
        let next = factor.with_state(*accepted.state());
        // Whoever has shown a right code is let in, even if the sealer fails now.
        let resealed = self.resealed(user, &next.credential).unwrap_or_default();
        let is_resealed = resealed.is_some();
        let next = resealed.map_or(next, |credential| factor.with_credential(credential));
        let passed = self.passed(user, &next, typed.way(), now);
        Ok((account.with_factor(next), (passed, is_resealed)))
    }

    /// The work of looking at what was typed, for nothing.
    pub(super) fn waste(&self, typed: Typed<'_>, now: UnixTime) {
        let _ = self.sealer.open(&self.decoy, SealContext::new("", ""));
        let (nobody, otp) = (State::active(1), Otp::decoy(self.parameters));
        if let Ok(reserved) = self.verifier.reserve(&nobody, Purpose::Login, now) {
            let _ = typed.look(&reserved, &nobody, &otp);
        }
    }
}

/// An attempt that is counted.
pub(super) struct Attempt {
    pub(super) credential: CredentialId,
    pub(super) reserved: Reserved,
    pub(super) otp: Otp,
}
