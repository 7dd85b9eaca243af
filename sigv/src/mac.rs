use core::fmt;

use crate::bytes::Aligned;
use crate::state::State;
use crate::stream::{Stream, pad};
use crate::wiped::wipe;
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

    /// Adds several pieces, and `end` behind each of them: the lines of a canonical message.
    /// Faster than to add one by one.
    ///
    /// ```
    /// use creance_sigv::{Algorithm, Key};
    ///
    /// let key = Key::allow_weak(Algorithm::Sha256, b"key")?;
    /// let tag = key.sign_with(|mac| mac.update_each(&[b"GET", b"/resource"], b'\n'));
    /// assert_eq!(tag.expose(), key.sign(b"GET\n/resource\n").expose());
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[inline]
    pub fn update_each(&mut self, pieces: &[&[u8]], end: u8) {
        self.inner.update_each(pieces, end);
    }

    /// The tag of all that was added.
    #[inline]
    #[must_use]
    pub fn finish(mut self) -> Tag {
        self.finish_in_place()
    }

    /// By reference: to move a running MAC would be to copy it.
    pub(crate) fn finish_in_place(&mut self) -> Tag {
        let mut last = OUTER_BLOCKS[self.algorithm() as usize];
        self.finish_outer(&mut last);
        Tag::of_state(&self.outer)
    }

    /// Writes the tag to the front of `out`, where message and tag are secrets as those of HKDF are:
    /// what they leave behind is wiped.
    pub(crate) fn finish_secret(&mut self, out: &mut [u8]) {
        let mut last = OUTER_BLOCKS[self.algorithm() as usize];
        self.finish_outer(&mut last);
        self.outer.write_digest(out);
        self.inner.wipe();
        wipe(&mut last.0);
    }

    /// On the way of each verification, so it costs no call.
    #[inline(always)]
    fn finish_outer(&mut self, last: &mut Aligned<[u8; 128]>) {
        self.inner.finish().write_digest(&mut last.0);
        self.outer.compress(&last.0[..self.algorithm().block_len()]);
    }
}

/// The second block of the outer hash, for each algorithm: the inner digest, which is still to be
/// written, and its padding. One block is enough for each of them.
static OUTER_BLOCKS: [Aligned<[u8; 128]>; 4] = [
    outer_block(Algorithm::Sha1),
    outer_block(Algorithm::Sha256),
    outer_block(Algorithm::Sha384),
    outer_block(Algorithm::Sha512),
];

const fn outer_block(algorithm: Algorithm) -> Aligned<[u8; 128]> {
    let mut bytes = [0; 128];
    let (output, block) = (algorithm.output_len(), algorithm.block_len());
    pad(&mut bytes, output, block, (block + output) as u64);
    Aligned(bytes)
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
