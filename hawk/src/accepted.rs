use creance_sigv::replay::{AsyncReplayStore, Claim, Entry, ReplayStore};
use creance_sigv::{Key, UnixTime};

use crate::payload::PayloadHasher;
use crate::response::ResponseBuilder;
use crate::{Authorization, Error, Rejection, Request};

/// A request whose MAC is right and whose timestamp is fresh. It may still be a replay: the next
/// step is [`claim`](Self::claim).
#[derive(Clone, Copy, Debug)]
#[must_use = "an authentic request may be a replay: claim its nonce"]
pub struct Authentic<'a> {
    parts: Parts<'a>,
}

/// What the types of the chain carry from one to the next.
#[derive(Clone, Copy, Debug)]
struct Parts<'a> {
    request: Request<'a>,
    authorization: Authorization<'a>,
    key: &'a Key,
}

impl<'a> Authentic<'a> {
    #[inline]
    pub(crate) fn new(
        request: Request<'a>,
        authorization: Authorization<'a>,
        key: &'a Key,
    ) -> Self {
        Self { parts: Parts { request, authorization, key } }
    }

    /// What the header said, now proven.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization<'a> {
        &self.parts.authorization
    }

    /// Claims the nonce in a store of this process. It stays claimed, whatever fails later.
    ///
    /// # Errors
    /// [`Error::Replay`], and [`Error::Store`] where the store cannot tell.
    #[inline]
    pub fn claim<S: ReplayStore + ?Sized>(
        self,
        store: &S,
        now: UnixTime,
    ) -> Result<Accepted<'a>, Rejection> {
        self.claimed(store.claim(&self.entry(), now))
    }

    /// Claims the nonce in a store across the network.
    ///
    /// # Errors
    /// As for [`claim`](Self::claim).
    pub async fn claim_async<S: AsyncReplayStore + Sync + ?Sized>(
        self,
        store: &S,
        now: UnixTime,
    ) -> Result<Accepted<'a>, Rejection> {
        let claim = store.claim_async(&self.entry(), now).await;
        self.claimed(claim)
    }

    /// Goes on without asking a store: everybody who sees this request can send it again, as
    /// often as wanted, until its timestamp has left the window.
    pub fn dangerous_accept_replays(self) -> Accepted<'a> {
        Accepted { parts: self.parts }
    }

    /// Goes on with the answer of a store that was asked for [`entry`](Self::entry) elsewhere.
    ///
    /// # Errors
    /// As for [`claim`](Self::claim).
    #[inline]
    pub fn claimed(self, claim: Claim) -> Result<Accepted<'a>, Rejection> {
        match claim {
            Claim::New => Ok(Accepted { parts: self.parts }),
            Claim::Replay => Err(Error::Replay.into()),
            Claim::Unknown(refusal) => Err(Error::Store(refusal).into()),
        }
    }

    /// What a store has to be asked for, where that is done elsewhere; its answer goes into
    /// [`claimed`](Self::claimed).
    #[must_use]
    #[inline]
    pub fn entry(&self) -> Entry<'a> {
        let authorization = &self.parts.authorization;
        Entry::new(
            authorization.id().as_bytes(),
            authorization.nonce().as_bytes(),
            authorization.ts(),
        )
    }
}

/// A request that is authentic, fresh and no replay. Its payload has not been verified: that is
/// [`verify_payload`](Self::verify_payload), or [`payload_check`](Self::payload_check) for one
/// that comes in pieces.
#[derive(Clone, Copy, Debug)]
#[must_use = "this is the proof that the request may be served"]
pub struct Accepted<'a> {
    parts: Parts<'a>,
}

impl<'a> Accepted<'a> {
    /// The id of the credentials that the request was made with.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.parts.authorization.id()
    }

    /// The request that was authenticated.
    #[must_use]
    pub const fn request(&self) -> &Request<'a> {
        &self.parts.request
    }

    /// The header's attributes.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization<'a> {
        &self.parts.authorization
    }

    /// Verifies a payload that lies in one piece, and hands it back as proven.
    ///
    /// `content_type` is the value of the request's header, if there is one.
    ///
    /// # Errors
    /// [`Error::MissingHash`] where the client did not sign the payload, [`Error::BadHash`], and
    /// [`Error::ContentType`].
    pub fn verify_payload<B: AsRef<[u8]>>(
        self,
        content_type: Option<&str>,
        payload: B,
    ) -> Result<Verified<'a, B>, Rejection> {
        let mut check = self.payload_check(content_type, u64::MAX)?;
        check.update(payload.as_ref())?;
        let Verified { accepted, payload: () } = check.finish()?;
        Ok(Verified { accepted, payload })
    }

    /// Verifies the request's body under the usual policy: whatever is there has to be signed.
    ///
    /// Where the client signed a payload, the body has to be that payload, even if it is empty;
    /// where it did not, there must be no body.
    ///
    /// # Errors
    /// As for [`verify_payload`](Self::verify_payload).
    pub fn verify_body<B: AsRef<[u8]>>(
        self,
        content_type: Option<&str>,
        body: B,
    ) -> Result<Verified<'a, B>, Rejection> {
        if self.parts.authorization.hash().is_none() && body.as_ref().is_empty() {
            return Ok(Verified { accepted: self, payload: body });
        }
        self.verify_payload(content_type, body)
    }

    /// Begins the verification of a payload that comes in pieces and has at most `maximum` bytes.
    ///
    /// Hold the last piece back until [`finish`](PayloadCheck::finish) agreed: what was passed on
    /// before cannot be taken back.
    ///
    /// # Errors
    /// [`Error::MissingHash`] and [`Error::ContentType`], before a byte is read.
    pub fn payload_check(
        self,
        content_type: Option<&str>,
        maximum: u64,
    ) -> Result<PayloadCheck<'a>, Rejection> {
        let hash = self.parts.authorization.hash().ok_or(Error::MissingHash)?;
        let hasher = PayloadHasher::new(self.parts.key.algorithm(), content_type)?;
        Ok(PayloadCheck { accepted: self, hash, hasher, left: maximum, maximum })
    }

    /// Begins the response's `Server-Authorization`, by which the client knows who answered.
    pub fn respond(&self) -> ResponseBuilder<'a> {
        ResponseBuilder::new(self.parts.request, self.parts.authorization, self.parts.key)
    }
}

/// A running verification of a payload.
#[derive(Clone, Debug)]
#[must_use = "a payload is verified only when finish() agreed"]
pub struct PayloadCheck<'a> {
    accepted: Accepted<'a>,
    hash: &'a str,
    hasher: PayloadHasher,
    left: u64,
    maximum: u64,
}

impl<'a> PayloadCheck<'a> {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`Error::PayloadTooLong`], as soon as the maximum is passed.
    pub fn update(&mut self, bytes: &[u8]) -> Result<(), Rejection> {
        self.left = u64::try_from(bytes.len())
            .ok()
            .and_then(|len| self.left.checked_sub(len))
            .ok_or(Error::PayloadTooLong { maximum: self.maximum })?;
        self.hasher.update(bytes);
        Ok(())
    }

    /// Agrees if all the bytes together are the payload that was signed.
    ///
    /// # Errors
    /// [`Error::BadHash`].
    pub fn finish(self) -> Result<Verified<'a, ()>, Rejection> {
        self.hasher.verify(self.hash)?;
        Ok(Verified { accepted: self.accepted, payload: () })
    }
}

/// A request that is accepted with its payload. A payload that came in pieces is with the caller,
/// and `B` is `()`.
#[derive(Clone, Debug)]
#[must_use = "this is the proof that the payload is the one that was signed"]
pub struct Verified<'a, B> {
    accepted: Accepted<'a>,
    payload: B,
}

impl<'a, B> Verified<'a, B> {
    /// The request.
    pub const fn accepted(&self) -> &Accepted<'a> {
        &self.accepted
    }

    /// The payload, proven.
    #[must_use]
    pub const fn payload(&self) -> &B {
        &self.payload
    }

    /// The payload, proven and handed over.
    #[must_use]
    pub fn into_payload(self) -> B {
        self.payload
    }
}
