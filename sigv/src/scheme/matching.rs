use crate::ct::{self, Choice};
use crate::keyring::{KeyMaterial, KeySet, KeyUse, Usable};
use crate::{Encoding, Error, Tag, UnixTime};

use super::Part;

/// The most tags that one message may carry.
pub const MAX_TAGS: usize = 8;

/// The most keys that may be usable at once in a verification whose body comes in pieces.
pub const MAX_USABLE_KEYS: usize = 8;

/// The tags that a message carries, as text: they are the sender's own, and not decoded.
#[derive(Clone, Copy)]
pub(crate) struct Tags<'a> {
    texts: [&'a [u8]; MAX_TAGS],
    len: usize,
    encoding: Encoding,
}

impl<'a> Tags<'a> {
    pub(crate) const fn new(encoding: Encoding) -> Self {
        Self { texts: [b""; MAX_TAGS], len: 0, encoding }
    }

    /// # Errors
    /// [`Error::TooMany`]: the sender does not decide how often we compare.
    pub(crate) fn push(&mut self, text: &'a str) -> Result<(), Error> {
        let too_many = Error::TooMany { part: Part::Signature, maximum: MAX_TAGS };
        *self.texts.get_mut(self.len).ok_or(too_many)? = text.as_bytes();
        self.len += 1;
        Ok(())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[cfg(feature = "alloc")]
    pub(crate) const fn encoding(&self) -> Encoding {
        self.encoding
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'a [u8]> {
        self.texts.into_iter().take(self.len)
    }

    /// Whether one of the tags is the expected one. All are looked at. The expected tag is encoded, in
    /// constant time, rather than the others decoded, so a tag has one spelling and one length.
    #[inline]
    pub(crate) fn contain(&self, expected: &Tag) -> Choice {
        let text = expected.text(self.encoding);
        let tags = self.texts.iter().take(self.len);
        tags.fold(Choice::from(0), |found, tag| found | ct::eq(text.expose(), tag))
    }
}

/// Computes the tag under each usable key, first under the one that signs now, until one is among
/// `tags`. `sign` makes no tag of a key that is not for this message. Where no key is usable the refusal
/// is the same as for a wrong tag but for its reason, which the peer does not see.
#[inline]
pub(crate) fn match_any<'k, K: KeyMaterial>(
    keys: &'k (impl KeySet<K> + ?Sized),
    tags: &Tags<'_>,
    now: UnixTime,
    mut sign: impl FnMut(&K) -> Option<Tag>,
) -> Result<KeyUse<'k>, Error> {
    let mut refusal = Error::UnknownKey;
    for usable in keys.usable(now) {
        let Some(expected) = sign(usable.key()) else { continue };
        match matched(&usable, tags, &expected) {
            Ok(key) => return Ok(key),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

/// Computes the tag under the one key that the message names. An unknown name is refused after the
/// work of a wrong tag, done with `decoy`, so that time does not tell which names there are.
#[inline]
pub(crate) fn match_named<'k, K: KeyMaterial>(
    keys: &'k (impl KeySet<K> + ?Sized),
    id: &str,
    decoy: &K,
    tags: &Tags<'_>,
    now: UnixTime,
    mut sign: impl FnMut(&K) -> Tag,
) -> Result<KeyUse<'k>, Error> {
    let Some(usable) = keys.find(id, now) else {
        let _ = ct::decide(tags.contain(&sign(decoy)));
        return Err(Error::UnknownKey);
    };
    matched(&usable, tags, &sign(usable.key()))
}

/// A decoy's tags can be computed by anybody, so they prove nothing, wherever one came from.
#[inline]
pub(crate) fn matched<'k, K: KeyMaterial>(
    usable: &Usable<'k, K>,
    tags: &Tags<'_>,
    expected: &Tag,
) -> Result<KeyUse<'k>, Error> {
    ct::decide(tags.contain(expected))?;
    if usable.key().is_decoy() { Err(Error::UnknownKey) } else { Ok(usable.key_use()) }
}
