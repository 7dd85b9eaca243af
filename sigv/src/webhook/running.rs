use core::fmt;

use super::verify::write_digest;
use super::{Parts, Piece, Template};
use crate::keyring::{KeySet, KeyUse, Usable};
use crate::scheme::{Authentic, MAX_USABLE_KEYS, Nonce, Part, Received, Rejection, matched};
use crate::{Error, Hasher, Key, Mac, Tag, UnixTime};

/// A verification whose body comes in pieces.
///
/// Nothing of the body is kept here, and nothing of it is authentic before the end: hold it back, or at
/// least its last piece, until [`finish`](Self::finish) has said so.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::scheme::Received;
/// use creance_sigv::webhook::{GITHUB, Outgoing};
///
/// let key = GITHUB.key("It's a Secret to Everybody")?;
/// let headers = [(
///     "X-Hub-Signature-256",
///     "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
/// )];
/// let received = Received::webhook(&headers, b"");
/// let mut running = GITHUB.begin(&received, &key, 1 << 20, UnixTime::now())?;
/// running.update(b"Hello, ")?;
/// running.update(b"World!")?;
/// let verified = running.finish()?.dangerous_accept_replays();
/// assert_eq!(verified.shown().bytes(), 13);
/// # Ok::<(), creance_sigv::scheme::Rejection>(())
/// ```
#[must_use = "nothing is verified before `finish`"]
pub struct Running<'a> {
    template: Template<'a>,
    parts: Parts<'a>,
    candidates: [Option<Candidate<'a>>; MAX_USABLE_KEYS],
    /// By what the message is told from others, where that is not its id.
    identity: Option<Hasher>,
    /// The body's digest, where the scheme signs that.
    digest: Option<Hasher>,
    bytes: u64,
    maximum: u64,
}

struct Candidate<'a> {
    usable: Usable<'a, Key>,
    mac: Mac,
}

/// What a body that came in pieces was: the pieces are the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streamed {
    bytes: u64,
}

impl Streamed {
    /// The body's length.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl<'t> Template<'t> {
    /// Begins with everything but the body, of which `received` has none yet and `maximum` bytes may
    /// come. A message that has to be refused whatever its body is, is refused here.
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify) but [`Error::Mismatch`]; [`Error::TooManyKeys`];
    /// [`Error::Value`] with [`Part::Body`] for a scheme that cannot be verified so: its time is in the
    /// body, it does not sign the body, it signs it twice, or the body's end could not be told.
    pub fn begin<'a>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet + ?Sized),
        maximum: u64,
        now: UnixTime,
    ) -> Result<Running<'a>, Rejection>
    where
        't: 'a,
    {
        if !self.takes_pieces() {
            return Err(Error::Value(Part::Body).into());
        }
        let mut parts = self.parse(received)?;
        self.check(&mut parts, now)?;
        let mut running = Running {
            template: *self,
            parts,
            candidates: [const { None }; MAX_USABLE_KEYS],
            identity: match self.nonce(&parts) {
                Nonce::Message { others, .. } => Some(Nonce::begin(others.as_ref())),
                _ => None,
            },
            digest: self.digest(),
            bytes: 0,
            maximum,
        };
        running.add_candidates(keys, now)?;
        Ok(running)
    }

    /// Whether the body is signed once, as it is or as its digest, and holds no time.
    fn takes_pieces(&self) -> bool {
        let is_body = |piece: &&Piece<'_>| matches!(piece, Piece::Body | Piece::BodyDigest(..));
        self.time_in_body.is_none() && self.message.iter().filter(is_body).count() == 1
    }

    fn digest(&self) -> Option<Hasher> {
        self.message.iter().find_map(|piece| match piece {
            Piece::BodyDigest(algorithm, _) => Some(Hasher::new(*algorithm)),
            _ => None,
        })
    }

    /// Where the body stands among the pieces.
    fn split(&self) -> (&'t [Piece<'t>], &'t [Piece<'t>]) {
        let body = self.message.iter().position(|piece| *piece == Piece::Body);
        self.message.split_at(body.unwrap_or(self.message.len()))
    }
}

impl<'a> Running<'a> {
    fn add_candidates(
        &mut self,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<(), Error> {
        let wanted = self.parts.algorithm.unwrap_or(self.template.algorithm);
        let mut places = self.candidates.iter_mut();
        let usable = keys.usable(now).filter(|usable| usable.key().algorithm() == wanted);
        for usable in usable {
            let place = places.next().ok_or(Error::TooManyKeys { maximum: MAX_USABLE_KEYS })?;
            let mac = usable.key().begin();
            place.insert(Candidate { usable, mac }).begin(&self.template, &self.parts);
        }
        if self.candidates[0].is_none() { Err(Error::UnknownKey) } else { Ok(()) }
    }

    /// Adds a piece of the body.
    ///
    /// # Errors
    /// [`Error::TooLong`] with [`Part::Body`].
    pub fn update(&mut self, piece: &[u8]) -> Result<(), Rejection> {
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        if self.bytes > self.maximum {
            let maximum = usize::try_from(self.maximum).unwrap_or(usize::MAX);
            return Err(Error::TooLong { part: Part::Body, maximum }.into());
        }
        for hasher in [&mut self.identity, &mut self.digest].into_iter().flatten() {
            hasher.update(piece);
        }
        if self.template.message.contains(&Piece::Body) {
            for candidate in self.candidates.iter_mut().flatten() {
                candidate.mac.update(piece);
            }
        }
        Ok(())
    }

    /// Compares the tags. The body was authentic if this says so.
    ///
    /// # Errors
    /// [`Error::Mismatch`]; [`Error::TooLong`] where a piece was too much.
    pub fn finish(mut self) -> Result<Authentic<'a, Streamed>, Rejection> {
        self.update(b"")?;
        let digest = self.digest.take().map(Hasher::finish);
        let key = self.matched(digest.as_ref())?;
        let time = self.parts.time.map(|(_, time)| time);
        let nonce = match self.identity {
            Some(identity) => Nonce::Digest(identity.finish()),
            None => self.template.nonce(&self.parts),
        };
        let (name, id) = (self.template.name.as_bytes(), self.parts.id);
        let shown = Streamed { bytes: self.bytes };
        Ok(Authentic::new(shown, key, time, name, nonce).with_id(id))
    }

    fn matched(&mut self, digest: Option<&Tag>) -> Result<KeyUse<'a>, Error> {
        let mut refusal = Error::UnknownKey;
        for candidate in self.candidates.iter_mut().filter_map(Option::take) {
            let Candidate { usable, mac } = candidate;
            let expected = finish(mac, &self.template, &self.parts, digest);
            match matched(&usable, &self.parts.tags, &expected) {
                Ok(key) => return Ok(key),
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }
}

impl<'a> Candidate<'a> {
    /// Writes what stands before the body. Where only the body's digest is signed, all waits for it.
    fn begin(&mut self, template: &Template<'a>, parts: &Parts<'a>) {
        if template.message.contains(&Piece::Body) {
            write_pieces(&mut self.mac, template.split().0, parts, None);
        }
    }
}

/// Writes what stands behind the body.
fn finish<'a>(
    mut mac: Mac,
    template: &Template<'a>,
    parts: &Parts<'a>,
    digest: Option<&Tag>,
) -> Tag {
    let (before, after) = template.split();
    let rest = if template.message.contains(&Piece::Body) { after } else { before };
    write_pieces(&mut mac, rest, parts, digest);
    mac.finish()
}

fn write_pieces<'a>(mac: &mut Mac, pieces: &[Piece<'a>], parts: &Parts<'a>, digest: Option<&Tag>) {
    for piece in pieces {
        match (piece, digest) {
            (Piece::BodyDigest(_, encoding), Some(digest)) => write_digest(mac, digest, *encoding),
            _ => mac.update(parts.piece(piece).unwrap_or_default().as_bytes()),
        }
    }
}

impl fmt::Debug for Running<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("template", &self.template.name)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}
