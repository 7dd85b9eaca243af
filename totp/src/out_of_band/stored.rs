use core::future::Future;

use creance_sigv::rand::CryptoRng;

use crate::out_of_band::delivery::LocalDelivery;
use crate::transition::{Local, at_once, pretend, update};
use crate::{
    AsyncDelivery, AsyncStateStore, Code, Delivery, Dispatch, Dispatched, Error, Fault, OutOfBand,
    OutOfBandAccepted, OutOfBandAttempt, OutOfBandRequest, OutOfBandReserved, OutOfBandState,
    StateStore, UnixTime,
};

impl OutOfBand {
    /// Makes a code, stores its hash under the user's id, and sends it; also for sending it again,
    /// when it is another code.
    ///
    /// The state is stored first: what was sent and not stored could never be verified, and guesses
    /// at it would not be counted. So when the delivery fails, the code before is void, and the
    /// message counts as sent, for it may have been; no try is lost. The person may ask once more
    /// after the interval.
    ///
    /// Answer a user who is not known as if a code had been sent, and do not call this.
    ///
    /// ```
    /// use std::sync::Mutex;
    ///
    /// use creance_totp::{
    ///     Algorithm, Code, Delivery, Destination, Dispatch, Error, Key, MemoryStateStore, Message,
    ///     OutOfBand, OutOfBandPolicy, OutOfBandRequest, Undelivered, UnixTime, rand,
    /// };
    ///
    /// /// A telephone that lies on the table.
    /// struct Telephone(Mutex<Vec<Code>>);
    ///
    /// impl Delivery for Telephone {
    ///     fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
    ///         self.0.lock().map_err(|_| Undelivered)?.push(message.code().clone());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (key, _to_keep) = Key::generate(Algorithm::Sha256, &mut rand::rng());
    /// let codes = OutOfBand::new(key, OutOfBandPolicy::default())?;
    /// let (store, telephone) = (MemoryStateStore::new(), Telephone(Mutex::default()));
    ///
    /// let request = OutOfBandRequest::new("alice", "login 7f3a9c")?;
    /// let destination = Destination::sms("+4915112345678")?;
    /// let dispatch = Dispatch::new(request, destination, "Example, log in")?;
    /// let now = UnixTime::from_secs(1_700_000_000);
    /// let sent = codes.send_stored(&store, &telephone, &dispatch, &mut rand::rng(), now)?;
    /// assert_eq!((sent.tries_left(), sent.sends_left()), (3, 2));
    ///
    /// let received = telephone.0.lock().unwrap().pop().unwrap();
    /// let later = now.saturating_add(20);
    /// assert!(codes.verify_stored(&store, &request, &received, later).is_ok());
    /// let again = codes.verify_stored(&store, &request, &received, later);
    /// assert_eq!(again.unwrap_err(), Error::Replayed);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`issue`](Self::issue), [`Error::Undelivered`], [`Error::StoreUnavailable`] and
    /// [`Error::Contended`].
    pub fn send_stored<S, D, R>(
        &self,
        store: &S,
        delivery: &D,
        dispatch: &Dispatch<'_>,
        rng: &mut R,
        now: UnixTime,
    ) -> Result<Dispatched, Error>
    where
        S: StateStore<Record = OutOfBandState> + ?Sized,
        D: Delivery + ?Sized,
        R: CryptoRng + ?Sized,
    {
        let code = Code::generate(self.policy().digits(), rng);
        at_once(self.send_in(&Local(store), &LocalDelivery(delivery), dispatch, code, now))
    }

    /// The same with a store and a delivery across the network.
    ///
    /// # Errors
    /// Those of [`send_stored`](Self::send_stored).
    pub fn send_stored_async<S, D, R>(
        &self,
        store: &S,
        delivery: &D,
        dispatch: &Dispatch<'_>,
        rng: &mut R,
        now: UnixTime,
    ) -> impl Future<Output = Result<Dispatched, Error>>
    where
        S: AsyncStateStore<Record = OutOfBandState> + ?Sized,
        D: AsyncDelivery + ?Sized,
        R: CryptoRng + ?Sized,
    {
        let code = Code::generate(self.policy().digits(), rng);
        self.send_in(store, delivery, dispatch, code, now)
    }

    /// Verifies a code that was typed for `request`: counts the try, looks at the code, and uses it
    /// up, whatever other processes and threads do meanwhile.
    ///
    /// Pass a user that is not known as well, instead of answering by yourself: the hashes are made
    /// and the store is asked all the same.
    ///
    /// # Errors
    /// Those of [`reserve`](Self::reserve) and
    /// [`OutOfBandReserved::verify`](crate::OutOfBandReserved::verify), [`Error::StoreUnavailable`]
    /// and [`Error::Contended`].
    pub fn verify_stored<S: StateStore<Record = OutOfBandState> + ?Sized>(
        &self,
        store: &S,
        request: &OutOfBandRequest<'_>,
        code: &Code,
        now: UnixTime,
    ) -> Result<OutOfBandAccepted, Error> {
        at_once(self.verify_in(&Local(store), request, code, now))
    }

    /// The same in a store across the network.
    ///
    /// # Errors
    /// Those of [`verify_stored`](Self::verify_stored).
    pub fn verify_stored_async<S: AsyncStateStore<Record = OutOfBandState> + ?Sized>(
        &self,
        store: &S,
        request: &OutOfBandRequest<'_>,
        code: &Code,
        now: UnixTime,
    ) -> impl Future<Output = Result<OutOfBandAccepted, Error>> {
        self.verify_in(store, request, code, now)
    }

    async fn send_in<S, D>(
        &self,
        store: &S,
        delivery: &D,
        dispatch: &Dispatch<'_>,
        code: Code,
        now: UnixTime,
    ) -> Result<Dispatched, Error>
    where
        S: AsyncStateStore<Record = OutOfBandState> + ?Sized,
        D: AsyncDelivery + ?Sized,
    {
        let request = dispatch.request();
        let sent = update(store, request.user(), |state| {
            let nothing_yet = OutOfBandState::new();
            let issued = self.issue(state.unwrap_or(&nothing_yet), request, &code, now)?;
            Ok((*issued.state(), issued.sent()))
        })
        .await?;
        delivery.deliver_async(&dispatch.message(&code, sent.expires())).await?;
        Ok(sent)
    }

    async fn verify_in<S: AsyncStateStore<Record = OutOfBandState> + ?Sized>(
        &self,
        store: &S,
        request: &OutOfBandRequest<'_>,
        code: &Code,
        now: UnixTime,
    ) -> Result<OutOfBandAccepted, Error> {
        let attempt = self.attempt(request, code);
        let counted = update(store, request.user(), |state| {
            self.counted(state.ok_or(Error::NotRequested)?, &attempt, now)
        })
        .await;
        let reserved = match counted {
            Ok(Ok(reserved)) => reserved,
            Ok(Err(refusal)) => {
                store.load_async(request.user()).await?;
                return Err(refusal);
            }
            Err(error) => {
                if error.fault() == Fault::Peer {
                    pretend(store, request.user(), &OutOfBandState::new()).await?;
                }
                return Err(error);
            }
        };
        update(store, request.user(), |state| {
            let accepted = reserved.verify(state.ok_or(Error::NotRequested)?)?;
            Ok((*accepted.state(), accepted))
        })
        .await
    }

    /// What to store of a try: that it was counted; that the time was over; or nothing, where it was
    /// refused for another reason, so that refusals do not cost the store a write.
    fn counted(
        &self,
        state: &OutOfBandState,
        attempt: &OutOfBandAttempt,
        now: UnixTime,
    ) -> Result<(OutOfBandState, Result<OutOfBandReserved, Error>), Error> {
        match self.reserve(state, attempt, now) {
            Ok(reserved) => Ok((*reserved.state(), Ok(reserved))),
            Err(refusal) if state.becomes_void(now) => Ok((state.at(now), Err(refusal))),
            Err(refusal) => Err(refusal),
        }
    }
}
