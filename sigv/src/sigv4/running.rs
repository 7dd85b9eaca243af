use core::fmt;

use super::payload::{PayloadText, hex_text};
use crate::scheme::{Part, Rejection};
use crate::{Algorithm, Error, Hasher};

/// A body that comes in pieces, whose digest is signed.
///
/// Nothing of it is kept here, and nothing of it is authentic before the end: hold it back until
/// [`finish`](Self::finish) has said so.
#[must_use = "nothing of the body is authentic before `finish`"]
pub struct RunningBody {
    hasher: Hasher,
    signed: PayloadText,
    bytes: u64,
    maximum: u64,
}

impl RunningBody {
    pub(super) fn new(signed: PayloadText, maximum: u64) -> Self {
        Self { hasher: Hasher::new(Algorithm::Sha256), signed, bytes: 0, maximum }
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
        self.hasher.update(piece);
        Ok(())
    }

    /// Compares the digests. The body was the one that was signed if this says so, and how many bytes it
    /// had.
    ///
    /// # Errors
    /// [`Error::BodyMismatch`]; [`Error::TooLong`] where a piece was too much.
    pub fn finish(mut self) -> Result<u64, Rejection> {
        self.update(b"")?;
        // A digest that came with the message is no secret.
        let is_same = hex_text(self.hasher.finish().expose()).as_str() == self.signed.as_str();
        if is_same { Ok(self.bytes) } else { Err(Error::BodyMismatch.into()) }
    }
}

impl fmt::Debug for RunningBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningBody").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}
