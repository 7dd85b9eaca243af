use super::{Parts, Piece, Template};
use crate::keyring::KeySet;
use crate::replay::{AsyncReplayStore, ReplayStore};
use crate::scheme::{Authentic, Nonce, Part, Received, Rejection, Verified, match_any};
use crate::{Encoding, Error, Hasher, Mac, Tag, UnixTime};

impl<'t> Template<'t> {
    /// Verifies a message: its form, its time, its tag. What comes out may still be a replay.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse); [`Error::TooOld`] and [`Error::TooNew`]; [`Error::Mismatch`];
    /// [`Error::UnknownKey`] where no key of the scheme's algorithm is usable.
    #[inline]
    pub fn verify<'a>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, &'a [u8]>, Rejection>
    where
        't: 'a,
    {
        let mut parts = Parts::empty(self, received.headers());
        self.read(received, &mut parts)?;
        self.prove(&mut parts, keys, now)
    }

    /// Verifies a message and claims it in a store of this process: the whole road in one call.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify) and [`Authentic::claim`]; for a scheme that signs no time that is
    /// [`Error::NothingToClaim`] always.
    #[inline]
    pub fn accept<'a, S: ReplayStore + ?Sized>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> Result<Verified<'a, &'a [u8]>, Rejection>
    where
        't: 'a,
    {
        self.verify(received, keys, now)?.claim(store, now)
    }

    /// The same with a store across the network.
    ///
    /// # Errors
    /// As for [`accept`](Self::accept).
    pub fn accept_async<'a, S: AsyncReplayStore + Sync + ?Sized>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> impl Future<Output = Result<Verified<'a, &'a [u8]>, Rejection>> + Send
    where
        't: 'a,
    {
        // Before the future begins: headers need not be `Sync`, and what it held had to be.
        let authentic = self.verify(received, keys, now);
        async move { authentic?.claim_async(store, now).await }
    }

    /// Verifies a message whose parts were taken from elsewhere than its headers.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify).
    #[inline]
    pub fn verify_parts<'a>(
        &self,
        mut parts: Parts<'a>,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, &'a [u8]>, Rejection>
    where
        't: 'a,
    {
        self.prove(&mut parts, keys, now)
    }

    #[inline]
    fn prove<'a>(
        &self,
        parts: &mut Parts<'a>,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, &'a [u8]>, Rejection>
    where
        't: 'a,
    {
        self.check(parts, now)?;
        let parts = &*parts;
        let wanted = parts.algorithm.unwrap_or(self.algorithm);
        let key = match_any(keys, &parts.tags, now, |key| {
            let sign = || key.sign_with(|mac| self.write(mac, parts));
            (key.algorithm() == wanted).then(sign)
        })?;
        let time = self.proven_time(parts, now)?;
        let nonce = self.nonce(parts);
        let authentic = Authentic::new(parts.body, key, time, self.name.as_bytes(), nonce);
        Ok(authentic.with_id(parts.id))
    }

    /// What can be refused before anything is computed. What the scheme does not sign is forgotten
    /// here: nothing can follow from it later on, be it freshness, a claim or a proof.
    pub(super) fn check<'a>(&self, parts: &mut Parts<'a>, now: UnixTime) -> Result<(), Error>
    where
        't: 'a,
    {
        parts.time = parts.time.filter(|_| self.time_source().is_some());
        parts.id = parts.id.filter(|_| self.id_source().is_some());
        parts.body = if self.signs_body() { parts.body } else { b"" };
        if let Some((_, time)) = parts.time {
            self.window.check(time, now)?;
        }
        self.check_pieces(parts)
    }

    /// Looks at each piece once before anything is computed, so that writing cannot fail. None may
    /// hold the text behind it: `a.b` and `c` were signed as `a` and `b.c` would be.
    ///
    /// The body may hold anything. So what is behind it is read from the end: there no piece may hold
    /// the text in front of it, and each has to have one.
    ///
    /// # Errors
    /// Those of the pieces; [`Error::Malformed`]; [`Error::Value`] with [`Part::Body`] for a template
    /// in which the end of the body could not be told.
    pub(super) fn check_pieces<'a>(&self, parts: &Parts<'a>) -> Result<(), Error>
    where
        't: 'a,
    {
        let (mut in_front, mut is_behind_body) = (None, false);
        for (index, piece) in self.message.iter().enumerate() {
            let text = parts.piece(piece)?;
            let behind = self.message.get(index + 1);
            let is_held = match (piece, in_front, behind) {
                // How many digits a time has is fixed by the window.
                (Piece::Text(_) | Piece::Body | Piece::BodyDigest(..), ..)
                | (Piece::Time(_), Some(Piece::Body), _) => false,
                (_, Some(Piece::Text(begin)), _) if is_behind_body && !begin.is_empty() => {
                    begins_in(text, begin)
                }
                _ if is_behind_body => return Err(Error::Value(Part::Body)),
                (_, _, Some(Piece::Text(end))) => ends_in(text, end),
                _ => false,
            };
            if is_held {
                return Err(Error::Malformed(piece.part()));
            }
            is_behind_body |= *piece == Piece::Body;
            in_front = Some(*piece);
        }
        Ok(())
    }

    /// The canonical message: the one place that writes it where the body lies in one piece.
    #[inline]
    pub(super) fn write<'a>(&self, mac: &mut Mac, parts: &Parts<'a>)
    where
        't: 'a,
    {
        for piece in self.message {
            match piece {
                Piece::Body => mac.update(parts.body),
                Piece::BodyDigest(algorithm, encoding) => {
                    let mut hasher = Hasher::new(*algorithm);
                    hasher.update(parts.body);
                    write_digest(mac, &hasher.finish(), *encoding);
                }
                _ => mac.update(parts.piece(piece).unwrap_or_default().as_bytes()),
            }
        }
    }

    /// The time of an authentic message, wherever it stands.
    fn proven_time(&self, parts: &Parts<'_>, now: UnixTime) -> Result<Option<UnixTime>, Error> {
        match self.time_in_body {
            Some(read) if self.signs_body() => {
                let time = read(parts.body).ok_or(Error::Missing(Part::Timestamp))?;
                self.window.check(time, now)?;
                Ok(Some(time))
            }
            _ => Ok(parts.time.map(|(_, time)| time)),
        }
    }

    /// By what a store tells this message, of which [`check`](Self::check) has left what is signed,
    /// from others.
    #[inline]
    pub(super) fn nonce<'a>(&self, parts: &Parts<'a>) -> Nonce<'a>
    where
        't: 'a,
    {
        match parts.id {
            Some(id) if self.signs_time() => Nonce::Text(id.as_bytes()),
            _ => Nonce::Message { others: parts.identity(self.message), body: parts.body },
        }
    }
}

/// Whether `end`, which follows on `text`, begins in it already: as a whole, or with its first bytes
/// where the others go on as it begins.
fn ends_in(text: &str, end: &str) -> bool {
    let (bytes, end_bytes) = (text.as_bytes(), end.as_bytes());
    match end_bytes {
        [] => false,
        [byte] => bytes.contains(byte),
        _ => text.contains(end) || overlaps(end_bytes).any(|at| bytes.ends_with(&end_bytes[..at])),
    }
}

/// The same from the other side: whether `begin`, which stands before `text`, ends in it once more.
fn begins_in(text: &str, begin: &str) -> bool {
    let (bytes, begin_bytes) = (text.as_bytes(), begin.as_bytes());
    let starts = |at: usize| bytes.starts_with(&begin_bytes[begin_bytes.len() - at..]);
    text.contains(begin) || overlaps(begin_bytes).any(starts)
}

/// By how many bytes a text may be shifted and go on as itself.
fn overlaps(text: &[u8]) -> impl Iterator<Item = usize> {
    (1..text.len()).filter(|at| text[*at..] == text[..text.len() - at])
}

/// Writes a digest as text into the MAC, in place.
pub(super) fn write_digest(mac: &mut Mac, digest: &Tag, encoding: Encoding) {
    // A MAC takes all that is written into it.
    let _ = digest.write(encoding, mac);
}
