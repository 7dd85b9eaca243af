use core::future::Future;

use crate::transition::{Local, at_once, update};
use crate::{
    Accepted, AsyncStateStore, Code, Error, Otp, Parameters, Purpose, State, StateStore, UnixTime,
    Verifier,
};

impl Verifier {
    /// Verifies a code of the credential `id` in a store: counts the attempt, looks at the code, and
    /// spends it, whatever other processes and threads do meanwhile.
    ///
    /// `otp` is what was found for the credential. Pass `None` where there is no such user instead of
    /// answering by yourself: the codes are computed all the same.
    ///
    /// ```
    /// use creance_totp::{
    ///     Code, Error, MemoryStateStore, Parameters, Policy, Purpose, Secret, State, StateStore,
    ///     Revision, UnixTime, Verifier,
    /// };
    ///
    /// let store = MemoryStateStore::new();
    /// let _ = store.compare_and_set("alice", Revision::ABSENT, &State::active(0))?;
    /// let otp = Parameters::totp().otp(&Secret::from_bytes(b"12345678901234567890")?)?;
    ///
    /// let verifier = Verifier::new(Policy::default());
    /// let (code, now) = (Code::parse("050471")?, UnixTime::from_secs(1_111_111_111));
    /// let login = || verifier.verify_stored(&store, "alice", Some(&otp), Purpose::Login, &code, now);
    /// assert!(login().is_ok());
    /// assert_eq!(login(), Err(Error::Replayed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`reserve`](Self::reserve) and [`Reserved::verify`](crate::Reserved::verify),
    /// [`Error::NotEnrolled`] where there is no state or no `otp`, [`Error::StoreUnavailable`] and
    /// [`Error::Contended`].
    pub fn verify_stored<S: StateStore<Record = State> + ?Sized>(
        &self,
        store: &S,
        id: &str,
        otp: Option<&Otp>,
        purpose: Purpose,
        code: &Code,
        now: UnixTime,
    ) -> Result<Accepted, Error> {
        at_once(self.verify_in(&Local(store), id, otp, purpose, code, now))
    }

    /// The same in a store across the network.
    ///
    /// # Errors
    /// Those of [`verify_stored`](Self::verify_stored).
    pub fn verify_stored_async<S: AsyncStateStore<Record = State> + ?Sized>(
        &self,
        store: &S,
        id: &str,
        otp: Option<&Otp>,
        purpose: Purpose,
        code: &Code,
        now: UnixTime,
    ) -> impl Future<Output = Result<Accepted, Error>> {
        self.verify_in(store, id, otp, purpose, code, now)
    }

    async fn verify_in<S: AsyncStateStore<Record = State> + ?Sized>(
        &self,
        store: &S,
        id: &str,
        otp: Option<&Otp>,
        purpose: Purpose,
        code: &Code,
        now: UnixTime,
    ) -> Result<Accepted, Error> {
        let reserved = update(store, id, |state| {
            let reserved = self.reserve(state.ok_or(Error::NotEnrolled)?, purpose, now)?;
            Ok((*reserved.state(), reserved))
        })
        .await;
        let (Ok(reserved), Some(otp)) = (reserved, otp) else {
            self.waste(code, now);
            return Err(reserved.err().unwrap_or(Error::NotEnrolled));
        };
        update(store, id, |state| {
            let accepted = reserved.verify(state.ok_or(Error::NotEnrolled)?, otp, code)?;
            Ok((*accepted.state(), accepted))
        })
        .await
    }

    /// The work of looking at a code, for nothing.
    pub(crate) fn waste(&self, code: &Code, now: UnixTime) {
        let otp = Otp::decoy(Parameters::totp());
        let mut nobody = State::active(1);
        let _ = self.verify(&mut nobody, &otp, Purpose::Login, code, now);
    }
}
