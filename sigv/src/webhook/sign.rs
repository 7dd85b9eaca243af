use super::signed::{Signed, TimeText};
use super::{Layout, Outgoing, Parts, Source, Template};
use crate::keyring::{KeySet, Usable};
use crate::scheme::{MAX_TAGS, Part};
use crate::{Algorithm, Error, Key, Tag, UnixTime};

impl<'t> Template<'t> {
    /// Signs with the key that signs now.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`]; [`Error::OtherAlgorithm`] for a key of another algorithm;
    /// [`Error::Value`] for what the scheme signs and was not given or cannot be written.
    pub fn sign<'a>(
        &self,
        outgoing: &Outgoing<'a>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Signed<'a>, Error>
    where
        't: 'a,
    {
        self.sign_with(outgoing, keys.signer(now).into_iter(), now)
    }

    /// Signs with each key that may sign now, for receivers of which some know the one and some the
    /// other. The scheme must take several tags.
    ///
    /// # Errors
    /// As for [`sign`](Self::sign); [`Error::TooMany`] where the scheme takes one tag only, or there are
    /// more than [`MAX_TAGS`].
    pub fn sign_with_each<'a>(
        &self,
        outgoing: &Outgoing<'a>,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Signed<'a>, Error>
    where
        't: 'a,
    {
        self.sign_with(outgoing, keys.signers(now), now)
    }

    fn sign_with<'a, 'k>(
        &self,
        outgoing: &Outgoing<'a>,
        keys: impl Iterator<Item = Usable<'k, Key>>,
        now: UnixTime,
    ) -> Result<Signed<'a>, Error>
    where
        't: 'a,
    {
        let time = TimeText::new(now)?;
        let parts = outgoing.parts(self, time.as_str())?;
        self.check_outgoing(outgoing)?;
        let mut tags = [const { None }; MAX_TAGS];
        let maximum = if self.takes_one_tag() { 1 } else { MAX_TAGS };
        let mut places = tags.iter_mut().take(maximum);
        for usable in keys {
            let too_many = Error::TooMany { part: Part::Signature, maximum };
            *places.next().ok_or(too_many)? = Some(self.tag(usable.key(), &parts)?);
        }
        if tags[0].is_none() {
            return Err(Error::NoSigningKey);
        }
        Ok(Signed::new(*self, outgoing.id(), time, tags))
    }

    /// What a receiver would not find again where we write it.
    fn check_outgoing(&self, outgoing: &Outgoing<'_>) -> Result<(), Error> {
        let id = outgoing.id().unwrap_or_default();
        let is_visible = id.bytes().all(|byte| byte.is_ascii_graphic());
        let ends = match (self.layout, self.id_source()) {
            (Layout::Fields { separator, .. }, Some(Source::Field(_))) => id.contains(separator),
            _ => false,
        };
        if !is_visible || ends {
            return Err(Error::Value(Part::Id));
        }
        match self.time_in_body {
            Some(read) if read(outgoing.body()).is_none() => Err(Error::Value(Part::Timestamp)),
            _ => Ok(()),
        }
    }

    fn tag<'p>(&self, key: &Key, parts: &Parts<'p>) -> Result<Tag, Error>
    where
        't: 'p,
    {
        // Where the message names the algorithm it is the key's.
        let wanted = if self.layout == Layout::Named { key.algorithm() } else { self.algorithm };
        may_sign(key, wanted)?;
        Ok(key.sign_with(|mac| self.write(mac, parts)))
    }

    const fn takes_one_tag(&self) -> bool {
        matches!(self.layout, Layout::Single(_) | Layout::Named)
    }
}

/// The key that signs now, for this algorithm.
///
/// # Errors
/// [`Error::NoSigningKey`]; [`Error::OtherAlgorithm`].
#[cfg(feature = "alloc")]
pub(super) fn signing_key(
    keys: &(impl KeySet + ?Sized),
    now: UnixTime,
    algorithm: Algorithm,
) -> Result<&Key, Error> {
    let key = keys.signer(now).ok_or(Error::NoSigningKey)?.key();
    may_sign(key, algorithm)?;
    Ok(key)
}

/// # Errors
/// [`Error::NoSigningKey`] for a decoy; [`Error::OtherAlgorithm`].
pub(super) fn may_sign(key: &Key, algorithm: Algorithm) -> Result<(), Error> {
    match key {
        _ if key.is_decoy() => Err(Error::NoSigningKey),
        _ if key.algorithm() != algorithm => Err(Error::OtherAlgorithm),
        _ => Ok(()),
    }
}
