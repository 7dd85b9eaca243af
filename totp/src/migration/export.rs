use alloc::vec::Vec;

use super::message::{self, Envelope};
use super::{MigrationBatch, MigrationEntry, text};
use crate::{Error, Sensitive};

/// Writes accounts into codes that Google Authenticator and many others read.
///
/// A code with many accounts is a dense one, which cameras read badly, so the accounts are split over
/// several. The default aims at QR version 10 with error correction level M, which is 213 bytes: one
/// or two accounts. An account that is longer than the aim has a code of its own.
///
/// ```
/// use creance_totp::{Algorithm, MigrationEntry, MigrationExport, Parameters, Secret};
/// use creance_totp::rand::{self, RngExt as _};
///
/// let mut rng = rand::rng();
/// let mut accounts = Vec::new();
/// for name in ["alice@example.com", "bob@example.com", "carol@example.com"] {
///     let secret = Secret::generate(Algorithm::Sha1, &mut rng);
///     accounts.push(MigrationEntry::new(secret, Parameters::totp())?.with_name(name));
/// }
/// assert_eq!(MigrationExport::new(rng.random()).write(&accounts)?.len(), 2);
///
/// // As dense as the app itself makes them.
/// let dense = MigrationExport::new(rng.random()).with_aim(MigrationExport::MAX_BYTES);
/// assert_eq!(dense.write(&accounts)?.len(), 1);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MigrationExport {
    id: i32,
    version: i32,
    aim: usize,
}

impl MigrationExport {
    /// The default aim in bytes: what QR version 10 holds at error correction level M.
    pub const DEFAULT_AIM: usize = 213;

    /// The longest code in bytes: what QR version 40, the last one, holds at level M.
    pub const MAX_BYTES: usize = 2_331;

    /// The most accounts in one code, as in Google Authenticator.
    pub const MAX_PER_CODE: usize = 10;

    /// An export with an id, which should be random: a reader tells by it that two codes do not belong
    /// together.
    #[must_use]
    pub const fn new(id: i32) -> Self {
        Self { id, version: 1, aim: Self::DEFAULT_AIM }
    }

    /// Sets how many bytes a code should have at most; up to [`MAX_BYTES`](Self::MAX_BYTES) count. With
    /// 0 every account has a code of its own.
    #[must_use]
    pub const fn with_aim(self, bytes: usize) -> Self {
        Self { aim: bytes, ..self }
    }

    /// Sets the version of the format that the codes say: 1, the default, or 2 as newer apps do. They
    /// are read alike.
    #[must_use]
    pub const fn with_version(self, version: i32) -> Self {
        Self { version, ..self }
    }

    /// Writes the accounts, in order; no codes where there are none.
    ///
    /// The time depends on the secrets, as does the length of what is written.
    ///
    /// # Errors
    /// [`Error::MigrationUnfit`] for an account that no code holds, and for more codes than
    /// [`MigrationBatch::MAX_CODES`].
    pub fn write(&self, entries: &[MigrationEntry]) -> Result<Vec<Sensitive>, Error> {
        let parts = self.split(entries)?;
        let size = number(parts.len())?;
        let write = |(index, part): (usize, &&[MigrationEntry])| {
            text::write(&message::write(self.envelope(size, number(index)?), part))
        };
        parts.iter().enumerate().map(write).collect()
    }

    const fn envelope(&self, size: i32, index: i32) -> Envelope {
        Envelope { version: self.version, size, index, id: self.id }
    }

    /// The accounts of each code: as many as fit, one at least.
    fn split<'a>(
        &self,
        mut rest: &'a [MigrationEntry],
    ) -> Result<Vec<&'a [MigrationEntry]>, Error> {
        let aim = self.aim.min(Self::MAX_BYTES);
        let mut parts = Vec::new();
        while let [first, ..] = rest {
            let index = number(parts.len())?;
            if self.len_of(core::slice::from_ref(first), index)? > Self::MAX_BYTES {
                return Err(Error::MigrationUnfit);
            }
            let mut count = 1;
            while count < rest.len().min(Self::MAX_PER_CODE)
                && self.len_of(&rest[..=count], index)? <= aim
            {
                count += 1;
            }
            let (part, others) = rest.split_at(count);
            parts.push(part);
            rest = others;
        }
        Ok(parts)
    }

    /// How long the code of these accounts is at most. How many codes there will be is not known yet:
    /// the number takes one byte or two, which moves all that follows it, and lies in up to four
    /// characters, each of which may have to be percent-encoded.
    fn len_of(&self, entries: &[MigrationEntry], index: i32) -> Result<usize, Error> {
        let len = |size| text::len_of(&message::write(self.envelope(size, index), entries));
        Ok(len(1)?.max(len(1 << 7)?) + 4 * "2B".len())
    }
}

/// The number of a code, or of all of them. It takes two bytes at most.
fn number(count: usize) -> Result<i32, Error> {
    let is_right = u32::try_from(count).is_ok_and(|count| count <= MigrationBatch::MAX_CODES);
    let number = i32::try_from(count).ok().filter(|_| is_right);
    number.ok_or(Error::MigrationUnfit)
}
