use core::future::Future;

use crate::transition::{Local, at_once, pretend, update};
use crate::{
    Accepted, AsyncStateStore, Attempt, Error, Fault, Otp, Parameters, State, StateStore, Verifier,
};

impl Verifier {
    /// Verifies what was typed for the credential `id` in a store: counts the attempt, looks at it,
    /// and spends the code, whatever other processes and threads do meanwhile.
    ///
    /// `otp` is what was found for the credential. Pass `None` where there is no such user instead
    /// of answering by yourself: the codes are computed and the store is asked all the same. Where
    /// users have other [`Parameters`](crate::Parameters) than the default, pass a
    /// [decoy](Otp::decoy) of theirs, which costs what theirs do.
    ///
    /// Secret and state have to belong together: a new secret needs a new `id`, or a record that
    /// has both. A request that is under way would else be decided by the old secret on the new
    /// state.
    ///
    /// ```
    /// use creance_totp::{
    ///     Attempt, Code, Error, MemoryStateStore, Parameters, Policy, Revision, Secret, State,
    ///     StateStore, UnixTime, Verifier,
    /// };
    ///
    /// let store = MemoryStateStore::new();
    /// let _ = store.compare_and_set("alice", Revision::ABSENT, &State::active(0))?;
    /// let otp = Parameters::totp().otp(&Secret::from_bytes(b"12345678901234567890")?)?;
    ///
    /// let verifier = Verifier::new(Policy::default());
    /// let code = Code::parse("050471")?;
    /// let attempt = Attempt::login(&code, UnixTime::from_secs(1_111_111_111));
    /// let login = || verifier.verify_stored(&store, "alice", Some(&otp), &attempt);
    /// assert!(login().is_ok());
    /// assert_eq!(login(), Err(Error::Replayed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify), [`Error::NotEnrolled`] where there is no state or no `otp`
    /// but a decoy, [`Error::StoreUnavailable`] and [`Error::Contended`].
    pub fn verify_stored<S: StateStore<Record = State> + ?Sized>(
        &self,
        store: &S,
        id: &str,
        otp: Option<&Otp>,
        attempt: &Attempt<'_>,
    ) -> Result<Accepted, Error> {
        at_once(self.verify_in(&Local(store), id, otp, attempt))
    }

    /// The same in a store across the network. If the future is dropped half-way, the attempt
    /// counts as failed or the code as used.
    ///
    /// # Errors
    /// Those of [`verify_stored`](Self::verify_stored).
    pub fn verify_stored_async<S: AsyncStateStore<Record = State> + ?Sized>(
        &self,
        store: &S,
        id: &str,
        otp: Option<&Otp>,
        attempt: &Attempt<'_>,
    ) -> impl Future<Output = Result<Accepted, Error>> {
        self.verify_in(store, id, otp, attempt)
    }

    async fn verify_in<S: AsyncStateStore<Record = State> + ?Sized>(
        &self,
        store: &S,
        id: &str,
        otp: Option<&Otp>,
        attempt: &Attempt<'_>,
    ) -> Result<Accepted, Error> {
        let decoy = Otp::decoy(Parameters::totp());
        let otp = otp.unwrap_or(&decoy);
        attempt.check(otp, self.policy())?;
        let reserved = update(store, id, |state| {
            let state = state.filter(|_| !otp.is_decoy()).ok_or(Error::NotEnrolled)?;
            let reserved = self.reserve(state, attempt.purpose(), attempt.now())?;
            Ok((*reserved.state(), reserved))
        })
        .await;
        let reserved = match reserved {
            Ok(reserved) => reserved,
            Err(error) => return self.refuse(store, id, otp, attempt, error).await,
        };
        update(store, id, |state| {
            let accepted = reserved.look(state.ok_or(Error::NotEnrolled)?, otp, attempt)?;
            Ok((*accepted.state(), accepted))
        })
        .await
    }

    /// Does for a refusal what would have been done for a wrong code.
    async fn refuse<S: AsyncStateStore<Record = State> + ?Sized>(
        &self,
        store: &S,
        id: &str,
        otp: &Otp,
        attempt: &Attempt<'_>,
        error: Error,
    ) -> Result<Accepted, Error> {
        self.waste(otp, attempt);
        if error.fault() == Fault::Peer {
            pretend(store, id, &State::active(0)).await?;
        }
        Err(error)
    }
}
