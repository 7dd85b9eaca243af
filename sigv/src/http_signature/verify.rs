use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::base::Base;
use super::component::Component;
use super::covered::{Covered, Streamed};
use super::input::{Candidate, Parameters, params_text};
use super::message::Message;
use super::policy::{BodyRule, Policy};
use crate::content_digest::ContentDigest;
use crate::keyring::{KeySet, KeyUse};
use crate::replay::{AsyncReplayStore, ReplayStore};
use crate::scheme::{Authentic, Nonce, Part, Rejection, Tags, Verified, match_any, match_named};
use crate::{Algorithm, Encoding, Error, Hasher, Key, UnixTime, ct};

/// Where no `keyid` is there: whose message it is, in a replay store.
const CREDENTIAL: &[u8] = b"http-signature";

impl Policy {
    /// Verifies a message: its form, its time, what its signature covers, the signature, and the body by
    /// its digest. What comes out may still be a replay.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Duplicate`], [`Error::Malformed`], [`Error::TooLong`],
    /// [`Error::TooMany`], [`Error::Timestamp`] and [`Error::TagLength`] for what cannot be read or is
    /// not there; [`Error::OtherAlgorithm`]; [`Error::TooOld`], [`Error::TooNew`] and
    /// [`Error::Expired`]; [`Error::NotCovered`]; [`Error::UnknownKey`]; [`Error::Mismatch`];
    /// [`Error::BodyMismatch`]. [`Error::Value`] for a response whose request was not given.
    pub fn verify<'a>(
        &self,
        message: impl Into<Message<'a>>,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, Covered<'a>>, Rejection> {
        let message = message.into();
        let read = Read::new(self, &message, keys, now)?;
        let created = read.check(self, Some(message.body), now)?;
        let proven = read.prove(&message, keys, now)?;
        let covered = read.covers_body() && self.body != BodyRule::Ignored;
        let mut shown = read.into_covered();
        if covered {
            ContentDigest::parse(message.headers)?.verify(message.body)?;
            shown.body = Some(message.body);
        }
        Ok(proven.authentic(shown, created))
    }

    /// Verifies a message and claims it in a store of this process: the whole road in one call.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify) and [`Authentic::claim`].
    pub fn accept<'a, S: ReplayStore + ?Sized>(
        &self,
        message: impl Into<Message<'a>>,
        keys: &'a (impl KeySet + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> Result<Verified<'a, Covered<'a>>, Rejection> {
        self.verify(message, keys, now)?.claim(store, now)
    }

    /// The same with a store across the network. The message is verified at once, and not held while
    /// the store is waited for.
    ///
    /// # Errors
    /// As for [`accept`](Self::accept).
    pub fn accept_async<'a, S: AsyncReplayStore + Sync + ?Sized>(
        &self,
        message: impl Into<Message<'a>>,
        keys: &'a (impl KeySet + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> impl Future<Output = Result<Verified<'a, Covered<'a>>, Rejection>> {
        let authentic = self.verify(message, keys, now);
        async move { authentic?.claim_async(store, now).await }
    }

    /// Verifies a message before its body is there: the body that `message` has is not looked at. What
    /// is shown takes the body in pieces, `maximum` bytes at most, and tells at the end whether it is the
    /// one that was signed.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify), but for the body. A body whose digest is not covered is refused
    /// as soon as there is a piece of it.
    pub fn verify_head<'a>(
        &self,
        message: impl Into<Message<'a>>,
        keys: &'a (impl KeySet + ?Sized),
        maximum: u64,
        now: UnixTime,
    ) -> Result<Authentic<'a, Streamed<'a>>, Rejection> {
        let message = message.into();
        let read = Read::new(self, &message, keys, now)?;
        let created = read.check(self, None, now)?;
        let proven = read.prove(&message, keys, now)?;
        let check = match self.body {
            BodyRule::Ignored => None,
            _ if read.covers_body() => Some(ContentDigest::parse(message.headers)?.check()),
            _ => None,
        };
        let shown = Streamed::new(read.into_covered(), check, maximum);
        Ok(proven.authentic(shown, created))
    }

    /// The signature base of the signature that would be verified, as text: to be laid beside the
    /// signer's. It holds the values of what is covered, and nothing of the key.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify), as far as reading goes.
    pub fn explain<'a>(
        &self,
        message: impl Into<Message<'a>>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<String, Error> {
        let message = message.into();
        let read = Read::new(self, &message, keys, now)?;
        let mut text = String::new();
        Base::new(&message, &read.components, &read.params)?.write(&mut text)?;
        Ok(text)
    }
}

/// A signature that was read, before anything of it is believed.
pub(super) struct Read<'a> {
    candidate: Candidate<'a>,
    pub(super) components: Vec<Component>,
    parameters: Parameters<'a>,
    /// The parameters as they are signed.
    pub(super) params: String,
    /// The received tag.
    pub(super) tag: String,
}

impl<'a> Read<'a> {
    pub(super) fn new(
        policy: &Policy,
        message: &Message<'a>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Self, Error> {
        let candidate = policy.select(message.headers, keys, now)?;
        let components = candidate.components()?;
        let parameters = candidate.parameters()?;
        let params = params_text(&components, &parameters)?;
        let tag = candidate.tag_text(message.headers)?;
        Ok(Self { candidate, components, parameters, params, tag })
    }

    /// All that the policy says of it; gives the time of signing.
    pub(super) fn check(
        &self,
        policy: &Policy,
        body: Option<&[u8]>,
        now: UnixTime,
    ) -> Result<UnixTime, Error> {
        let created = policy.check_parameters(&self.parameters, now)?;
        policy.check_coverage(&self.components, body)?;
        Ok(created)
    }

    fn prove(
        &self,
        message: &Message<'a>,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Proven<'a>, Error> {
        let base = Base::new(message, &self.components, &self.params)?;
        let key = self.matching(&base, keys, now)?;
        let credential = if key.id().is_empty() { CREDENTIAL } else { key.id().as_bytes() };
        let nonce = match self.parameters.nonce() {
            Some(Cow::Borrowed(text)) => Nonce::Text(text.as_bytes()),
            // It had escapes, and is nowhere as it reads.
            Some(Cow::Owned(text)) => Nonce::Digest(digest_of(&text)),
            None => Nonce::Digest(base.digest()),
        };
        Ok(Proven { key, credential, nonce })
    }

    /// The key under which the tag is right.
    pub(super) fn matching<'k>(
        &self,
        base: &Base<'_, '_>,
        keys: &'k (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<KeyUse<'k>, Error> {
        let mut tags = Tags::new(Encoding::Base64);
        tags.push(&self.tag)?;
        let Some(id) = self.parameters.key_id() else {
            let for_this =
                |key: &Key| (key.algorithm() == Algorithm::Sha256).then(|| base.sign(key));
            return match_any(keys, &tags, now, for_this);
        };
        let decoy = Key::decoy(Algorithm::Sha256);
        let mut is_other = false;
        let found = match_named(keys, &id, &decoy, &tags, now, |key| {
            is_other = key.algorithm() != Algorithm::Sha256;
            base.sign(if is_other { &decoy } else { key })
        });
        // Anybody can compute a decoy's tag, so this is asked also where it matches.
        if is_other { Err(Error::OtherAlgorithm) } else { found }
    }

    /// Whether the tag is right under a key.
    pub(super) fn is_right(&self, base: &Base<'_, '_>, key: &Key) -> bool {
        let mut tags = Tags::new(Encoding::Base64);
        tags.push(&self.tag).is_ok() && ct::decide(tags.contain(&base.sign(key))).is_ok()
    }

    pub(super) fn created(&self) -> Option<UnixTime> {
        self.parameters.created()
    }

    pub(super) fn covers_body(&self) -> bool {
        self.components.iter().any(Component::covers_body)
    }

    fn into_covered(self) -> Covered<'a> {
        Covered {
            label: self.candidate.label,
            expires: self.parameters.expires(),
            nonce: self.parameters.nonce(),
            tag: self.parameters.tag(),
            components: self.components,
            body: None,
        }
    }
}

fn digest_of(text: &str) -> crate::Tag {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(text.as_bytes());
    hasher.finish()
}

/// What is known once the tag was right.
struct Proven<'a> {
    key: KeyUse<'a>,
    credential: &'a [u8],
    nonce: Nonce<'a>,
}

impl<'a> Proven<'a> {
    fn authentic<P>(self, shown: P, created: UnixTime) -> Authentic<'a, P> {
        Authentic::new(shown, self.key, Some(created), self.credential, self.nonce)
    }
}

/// Refused where the digest of a body is not covered and there is a body.
pub(super) const NOT_COVERED: Error = Error::NotCovered(Part::Digest);
