use core::fmt;

use crate::state::State;
use crate::stream::Stream;
use crate::{Algorithm, Tag};

/// A running digest without a key (FIPS 180-4), for hashes that a MAC covers afterwards.
///
/// ```
/// use creance_sigv::{Algorithm, Encoding, Hasher};
///
/// let mut hasher = Hasher::new(Algorithm::Sha256);
/// hasher.update(b"a");
/// hasher.update(b"bc");
/// let mut text = String::new();
/// hasher.finish().write(Encoding::Hex, &mut text)?;
/// assert_eq!(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// # Ok::<(), core::fmt::Error>(())
/// ```
#[derive(Clone)]
pub struct Hasher {
    stream: Stream,
}

impl Hasher {
    /// An empty digest.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self { stream: Stream::resume(State::initial(algorithm), 0) }
    }

    /// Adds bytes.
    #[inline]
    pub fn update(&mut self, bytes: &[u8]) {
        self.stream.update(bytes);
    }

    /// The digest of all that was added.
    ///
    /// It is compared like a tag, so it has the same type.
    #[must_use]
    pub fn finish(mut self) -> Tag {
        Tag::of_state(self.stream.finish())
    }
}

impl fmt::Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.update(text.as_bytes());
        Ok(())
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("algorithm", &self.stream.algorithm())
            .finish_non_exhaustive()
    }
}
