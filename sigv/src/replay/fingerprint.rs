use core::fmt;
use core::hash::Hasher as _;
use core::num::NonZeroU64;

use rand::TryCryptoRng;
#[cfg(all(feature = "std", target_has_atomic = "64"))]
use siphasher::sip;
use siphasher::sip128::{Hash128, Hasher128 as _, SipHasher13};
use zeroize::Zeroize as _;

use super::Entry;
use crate::bytes::copy_short;

/// Timestamp and credential length, in front of the two texts.
const FRAME: usize = 16;

/// Entries up to this length are hashed in one piece: a frame, an id and a nonce of 40 bytes each.
const PIECE: usize = FRAME + 80;

/// The key of a store's fingerprints: 128 secret random bits, wiped when dropped.
///
/// Whoever knew it could search for two nonces with one fingerprint, or for a credential that
/// shares another one's counters. The outputs never leave the store.
pub(super) struct FingerprintKey([u64; 2]);

impl FingerprintKey {
    /// A key from `rng`.
    pub(super) fn random<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        let mut key = Self([0; 2]);
        for word in &mut key.0 {
            *word = rng.try_next_u64()?;
        }
        Ok(key)
    }

    /// The fingerprint of everything that makes an entry: timestamp, credential and nonce.
    ///
    /// The credential's length is hashed in front, so `("ab", "c")` and `("a", "bc")` differ.
    pub(super) fn entry(&self, entry: &Entry<'_>) -> Fingerprint {
        let (credential, nonce) = (entry.credential(), entry.nonce());
        let mut frame = [0; FRAME];
        frame[..8].copy_from_slice(&entry.timestamp().as_secs().to_le_bytes());
        frame[8..].copy_from_slice(&(credential.len() as u64).to_le_bytes());

        let between = FRAME.saturating_add(credential.len());
        let end = between.saturating_add(nonce.len());
        if end > PIECE {
            return self.long(&[&frame, credential, nonce]);
        }
        let mut piece = [0; PIECE];
        piece[..FRAME].copy_from_slice(&frame);
        copy_short(credential, &mut piece[FRAME..]);
        copy_short(nonce, &mut piece[between..]);
        Fingerprint(self.hasher().hash(&piece[..end]))
    }

    /// 64 keyed bits of a credential alone. Not for a key that hashes entries, too.
    #[cfg(all(feature = "std", target_has_atomic = "64"))]
    pub(super) fn credential(&self, credential: &[u8]) -> u64 {
        sip::SipHasher13::new_with_keys(self.0[0], self.0[1]).hash(credential)
    }

    fn long(&self, parts: &[&[u8]]) -> Fingerprint {
        let mut hasher = self.hasher();
        for part in parts {
            hasher.write(part);
        }
        Fingerprint(hasher.finish128())
    }

    fn hasher(&self) -> SipHasher13 {
        SipHasher13::new_with_keys(self.0[0], self.0[1])
    }
}

impl Drop for FingerprintKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(..)")
    }
}

/// 128 keyed bits: one half is stored, the other one chooses the place.
///
/// The halves are independent, so the place tells nothing about the bits that are compared.
#[derive(Clone, Copy)]
pub(super) struct Fingerprint(Hash128);

impl Fingerprint {
    /// The 64 bits to store. Zero stands for an empty slot and is given out as one.
    pub(super) fn stored(self) -> NonZeroU64 {
        NonZeroU64::new(self.0.h1).unwrap_or(NonZeroU64::MIN)
    }

    /// The 64 bits that choose a place.
    pub(super) const fn place(self) -> u64 {
        self.0.h2
    }
}

/// The low bits of `word`, as many as an index has.
#[expect(clippy::cast_possible_truncation, reason = "every caller masks the result")]
pub(super) const fn low_bits(word: u64) -> usize {
    word as usize
}

#[cfg(test)]
mod tests {
    extern crate std;

    use core::convert::Infallible;
    use std::format;
    use std::vec;

    use rand::{TryCryptoRng, TryRng};

    use super::*;
    use crate::UnixTime;

    struct Counting(u64);

    impl TryRng for Counting {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            self.try_next_u64().map(|word| (word >> 32) as u32)
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            self.0 += 1;
            Ok(self.0)
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            bytes.fill(7);
            Ok(())
        }
    }

    impl TryCryptoRng for Counting {}

    fn key() -> FingerprintKey {
        let Ok(key) = FingerprintKey::random(&mut Counting(0));
        key
    }

    fn bits(credential: &[u8], nonce: &[u8], secs: u64) -> (NonZeroU64, u64) {
        let entry = Entry::new(credential, nonce, UnixTime::from_secs(secs));
        let fingerprint = key().entry(&entry);
        (fingerprint.stored(), fingerprint.place())
    }

    #[test]
    fn every_part_and_every_border_counts() {
        let base = bits(b"ab", b"c", 1);
        assert_eq!(base, bits(b"ab", b"c", 1));
        for other in [
            bits(b"a", b"bc", 1),
            bits(b"abc", b"", 1),
            bits(b"", b"abc", 1),
            bits(b"ab", b"c\0", 1),
            bits(b"ab", b"c", 2),
            bits(b"ab", b"c", u64::MAX),
        ] {
            assert_ne!(base.0, other.0);
            assert_ne!(base.1, other.1);
        }
    }

    #[test]
    fn the_two_ways_of_hashing_agree() {
        for length in 0..200 {
            let text = vec![b'x'; length];
            for border in [0, length / 3, length] {
                let (credential, nonce) = text.split_at(border);
                let mut frame = [0; FRAME];
                frame[0] = 9;
                frame[8..].copy_from_slice(&(credential.len() as u64).to_le_bytes());
                let long = key().long(&[&frame, credential, nonce]);
                assert_eq!(bits(credential, nonce, 9), (long.stored(), long.place()), "{length}");
            }
        }
    }

    #[test]
    fn zero_is_never_stored() {
        let zero = Fingerprint(Hash128 { h1: 0, h2: 0 });
        assert_eq!(zero.stored().get(), 1);
    }

    #[test]
    fn the_key_is_not_printed() {
        assert_eq!(format!("{:?}", key()), "FingerprintKey(..)");
    }
}
