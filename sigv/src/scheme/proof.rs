use core::fmt;

use super::Rejection;
use crate::keyring::KeyUse;
use crate::replay::{AsyncReplayStore, Claim, Entry, ReplayStore};
use crate::{Algorithm, Error, Hasher, Tag, UnixTime};

/// A message whose signature is right and whose time is fresh. It may still be a replay: the next step
/// is [`claim`](Self::claim).
///
/// `P` is what has been shown, for webhooks the body. It comes out at the end of the road.
#[must_use = "an authentic message may be a replay: claim it"]
#[derive(Clone)]
pub struct Authentic<'a, P> {
    verified: Verified<'a, P>,
    credential: &'a [u8],
    nonce: Nonce<'a>,
}

/// By what two messages of the same second are told apart.
#[derive(Clone)]
pub(crate) enum Nonce<'a> {
    /// What the sender chose, under the MAC.
    Text(&'a [u8]),
    /// The scheme has nothing of the kind: all that is signed, whose digest is made when it is asked
    /// for. A tag would not do, for a message under two keys has two.
    Message {
        /// The digest of what else is signed, if anything.
        others: Option<Tag>,
        body: &'a [u8],
    },
    /// That digest.
    Digest(Tag),
}

impl Nonce<'_> {
    /// Makes the digest.
    fn settle(&mut self) {
        if let Self::Message { others, body } = self {
            let mut message = Self::begin(others.as_ref());
            message.update(body);
            *self = Self::Digest(message.finish());
        }
    }

    /// What is left to be added is the body.
    pub(crate) fn begin(others: Option<&Tag>) -> Hasher {
        let mut message = Hasher::new(Algorithm::Sha256);
        if let Some(others) = others {
            message.update(others.expose());
        }
        message
    }

    fn as_bytes(&self) -> Result<&[u8], Error> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Digest(digest) => Ok(digest.expose()),
            Self::Message { .. } => Err(Error::NothingToClaim),
        }
    }
}

impl<'a, P> Authentic<'a, P> {
    #[inline]
    pub(crate) const fn new(
        shown: P,
        key: KeyUse<'a>,
        time: Option<UnixTime>,
        credential: &'a [u8],
        nonce: Nonce<'a>,
    ) -> Self {
        Self { verified: Verified { shown, key, time, id: None }, credential, nonce }
    }

    /// With the id that the sender has signed.
    #[inline]
    pub(crate) const fn with_id(mut self, id: Option<&'a str>) -> Self {
        self.verified.id = id;
        self
    }

    /// Whose message it is, where one replay store serves several senders who choose their ids
    /// independently. Without it the scheme's name, or the name of the key on the wire, stands here.
    pub const fn of_sender(mut self, sender: &'a [u8]) -> Self {
        self.credential = sender;
        self
    }

    /// Which key has verified it.
    #[must_use]
    pub const fn key(&self) -> KeyUse<'a> {
        self.verified.key
    }

    /// The time at which it was signed, where the scheme signs one.
    #[must_use]
    pub const fn time(&self) -> Option<UnixTime> {
        self.verified.time
    }

    /// The id or nonce that the sender chose, where the scheme is a
    /// [`Template`](crate::webhook::Template) that signs one.
    #[must_use]
    pub const fn id(&self) -> Option<&'a str> {
        self.verified.id
    }

    /// By what a message of a scheme that signs no time is told from others: a SHA-256 digest of what is
    /// signed, each piece with its length where the scheme does not say where one ends. Nothing where it
    /// signs a time, for then a store knows how long to remember it: [`claim`](Self::claim) it.
    ///
    /// A service that must not act twice remembers these of what it has handled, beside the name of
    /// the scheme. The body would not do where it can be written in several ways under one signature.
    #[must_use]
    pub fn digest(&mut self) -> Option<[u8; 32]> {
        self.nonce.settle();
        match &self.nonce {
            Nonce::Digest(digest) if self.verified.time.is_none() => {
                digest.expose().first_chunk().copied()
            }
            _ => None,
        }
    }

    /// Claims it in a store of this process. It stays claimed, whatever fails later.
    ///
    /// # Errors
    /// [`Error::Replay`]; [`Error::Store`] where the store cannot tell; [`Error::NothingToClaim`] where
    /// the scheme signs no time: then the only way on is
    /// [`dangerous_accept_replays`](Self::dangerous_accept_replays).
    #[inline]
    pub fn claim<S: ReplayStore + ?Sized>(
        mut self,
        store: &S,
        now: UnixTime,
    ) -> Result<Verified<'a, P>, Rejection> {
        let claim = store.claim(&self.entry()?, now);
        self.claimed(claim)
    }

    /// Claims it in a store across the network.
    ///
    /// # Errors
    /// As for [`claim`](Self::claim).
    pub async fn claim_async<S: AsyncReplayStore + Sync + ?Sized>(
        mut self,
        store: &S,
        now: UnixTime,
    ) -> Result<Verified<'a, P>, Rejection> {
        let claim = store.claim_async(&self.entry()?, now).await;
        self.claimed(claim)
    }

    /// Goes on without asking a store: everybody who sees this message can send it again. Where the
    /// scheme signs a time, until it has left the window; otherwise for ever. What is done with the
    /// message has then to be such that doing it twice does no harm.
    pub fn dangerous_accept_replays(self) -> Verified<'a, P> {
        self.verified
    }

    /// Goes on with the answer of a store that was asked for [`entry`](Self::entry) elsewhere.
    ///
    /// # Errors
    /// As for [`claim`](Self::claim).
    #[inline]
    pub fn claimed(self, claim: Claim) -> Result<Verified<'a, P>, Rejection> {
        match claim {
            // No store was asked for it: there was nothing to ask for.
            _ if self.verified.time.is_none() => Err(Error::NothingToClaim.into()),
            Claim::New => Ok(self.verified),
            Claim::Replay => Err(Error::Replay.into()),
            Claim::Unknown(refusal) => Err(Error::Store(refusal).into()),
        }
    }

    /// What a store has to be asked for, where that is done elsewhere; its answer goes into
    /// [`claimed`](Self::claimed).
    ///
    /// # Errors
    /// [`Error::NothingToClaim`].
    #[inline]
    pub fn entry(&mut self) -> Result<Entry<'_>, Rejection> {
        let time = self.verified.time.ok_or(Error::NothingToClaim)?;
        self.nonce.settle();
        Ok(Entry::new(self.credential, self.nonce.as_bytes()?, time))
    }
}

/// Not what has been shown: it is not accepted yet.
impl<P> fmt::Debug for Authentic<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentic")
            .field("key", &self.verified.key)
            .field("time", &self.verified.time)
            .finish_non_exhaustive()
    }
}

/// A message that is authentic, fresh and no replay: the proof, and the only way to what it shows.
#[derive(Clone, Copy)]
#[must_use = "this is the proof that the message may be acted on"]
pub struct Verified<'a, P> {
    shown: P,
    key: KeyUse<'a>,
    time: Option<UnixTime>,
    id: Option<&'a str>,
}

impl<'a, P> Verified<'a, P> {
    /// What has been shown.
    #[must_use]
    pub const fn shown(&self) -> &P {
        &self.shown
    }

    /// What has been shown.
    #[must_use]
    pub fn into_shown(self) -> P {
        self.shown
    }

    /// Which key has verified it. Its [`event`](KeyUse::event) says whether an operator should know.
    #[must_use]
    pub const fn key(&self) -> KeyUse<'a> {
        self.key
    }

    /// The time at which it was signed, where the scheme signs one.
    #[must_use]
    pub const fn time(&self) -> Option<UnixTime> {
        self.time
    }
}

impl<'a, P> Verified<'a, P> {
    /// The id or nonce that the sender chose, where the scheme is a
    /// [`Template`](crate::webhook::Template) that signs one: Standard Webhooks' id stays the same when
    /// a message is delivered once more.
    #[must_use]
    pub const fn id(&self) -> Option<&'a str> {
        self.id
    }
}

impl<'a> Verified<'a, &'a [u8]> {
    /// The body, byte for byte as it was signed.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.shown
    }
}

/// Not what has been shown, which is the peer's.
impl<P> fmt::Debug for Verified<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("key", &self.key)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}
