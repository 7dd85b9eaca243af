use core::fmt;

use crate::state::State;
use crate::stream::{Stream, pad};
use crate::{Algorithm, Tag};

/// A running HMAC: the message is written into it piece by piece, never concatenated.
///
/// It is also a [`core::fmt::Write`], so a canonical message can be formatted straight into it.
///
/// ```
/// use core::fmt::Write;
/// use creance_sigv::{Algorithm, Key};
///
/// let key = Key::allow_weak(Algorithm::Sha256, b"key")?;
/// let mut mac = key.begin();
/// write!(mac, "{}.{}", 1_353_832_234, "body")?;
/// assert_eq!(mac.finish().expose(), key.sign(b"1353832234.body").expose());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Mac {
    inner: Stream,
    outer: State,
}

impl Mac {
    #[inline]
    pub(crate) fn new(inner: Stream, outer: State) -> Self {
        Self { inner, outer }
    }

    /// The algorithm of the key that it was begun with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.inner.algorithm()
    }

    /// Adds bytes to the message.
    #[inline]
    pub fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    /// The tag of all that was added.
    #[inline]
    #[must_use]
    pub fn finish(mut self) -> Tag {
        let algorithm = self.algorithm();
        let (output, block) = (algorithm.output_len(), algorithm.block_len());
        let mut bytes = [0; Algorithm::MAX_OUTPUT_LEN];
        self.inner.finish(&mut bytes);
        // The inner digest and its padding fit one block for each of the algorithms.
        let mut last = [0; 2 * Algorithm::MAX_OUTPUT_LEN];
        last[..Algorithm::MAX_OUTPUT_LEN].copy_from_slice(&bytes);
        let end = pad(&mut last, output, block, (block + output) as u64);
        self.outer.compress(&last[..end]);
        self.outer.write_to(&mut bytes);
        Tag::new(algorithm, bytes)
    }
}

/// The running states follow from the key and the message: they are wiped with the MAC.
impl Drop for Mac {
    #[inline]
    fn drop(&mut self) {
        self.inner.wipe_state();
        self.outer.wipe();
    }
}

impl fmt::Write for Mac {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.update(text.as_bytes());
        Ok(())
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mac").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}
