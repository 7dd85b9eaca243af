use core::convert::Infallible;

use creance_sigv::KeyBytes;
use creance_sigv::rand::{CryptoRng, TryCryptoRng, TryRng};

use crate::{Algorithm, Error, Key};

/// Randomness that was drawn in advance: from 256 bits as much as is needed, and the same once more
/// where a decision has to be taken again.
///
/// So the caller's generator is not held while a store is waited for, which many of them do not
/// allow.
pub(super) struct Seed {
    key: Key,
}

impl Seed {
    pub(super) fn draw(mut rng: impl CryptoRng) -> Result<Self, Error> {
        Self::from_bytes(KeyBytes::generate(Algorithm::Sha256, &mut rng).expose())
    }

    /// From the beginning.
    pub(super) fn rng(&self) -> SeedRng {
        SeedRng { key: self.key.clone(), next: 0 }
    }

    /// From 32 bytes that nobody else can know.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        // So many are never too few.
        let key = Key::new(Algorithm::Sha256, bytes).map_err(|_| Error::ServiceKey)?;
        Ok(Self { key })
    }
}

/// The HMACs of a counter, each used for one call.
pub(super) struct SeedRng {
    key: Key,
    next: u64,
}

impl TryRng for SeedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for part in out.chunks_mut(Algorithm::Sha256.output_len()) {
            let block = self.key.sign(&self.next.to_be_bytes());
            // Nobody lives to see the end of this counter.
            self.next = self.next.wrapping_add(1);
            for (to, from) in part.iter_mut().zip(block.expose()) {
                *to = *from;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for SeedRng {}

#[cfg(test)]
mod tests {
    use creance_sigv::rand::Rng as _;

    use super::*;

    #[test]
    fn the_same_once_more_and_nothing_twice() {
        let seed = Seed::draw(creance_sigv::rand::rng()).expect("a seed");
        let (mut first, mut second) = ([0; 100], [0; 100]);
        let mut rng = seed.rng();
        rng.fill_bytes(&mut first);
        seed.rng().fill_bytes(&mut second);
        assert_eq!(first, second);
        rng.fill_bytes(&mut second);
        let mut blocks: std::vec::Vec<_> = first.chunks(4).chain(second.chunks(4)).collect();
        blocks.sort_unstable();
        blocks.dedup();
        assert_eq!(blocks.len(), 50, "no four bytes come twice");
    }
}
