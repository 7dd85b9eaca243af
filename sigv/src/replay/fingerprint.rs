use core::fmt;
use core::hash::Hasher as _;
use core::num::NonZeroU64;

use rand::TryCryptoRng;
#[cfg(all(feature = "std", target_has_atomic = "64"))]
use siphasher::sip;
use siphasher::sip128::{Hash128, Hasher128 as _, SipHasher13};
use zeroize::Zeroize as _;

use super::Entry;

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
    ///
    /// What is hashed are whole words: the timestamp, that length, the credential filled up with
    /// zeros, the nonce, and what is left of it with its length. They come straight out of the
    /// texts: gathered in a buffer first, each word would wait for the pieces it was written in.
    #[inline]
    pub(super) fn entry(&self, entry: &Entry<'_>) -> Fingerprint {
        let (credential, nonce) = (entry.credential(), entry.nonce());
        let mut hasher = SipHasher13::new_with_keys(self.0[0], self.0[1]);
        hasher.write_u64(entry.timestamp().as_secs());
        hasher.write_u64(credential.len() as u64);
        let rest = write_words(&mut hasher, credential);
        if !credential.len().is_multiple_of(8) {
            hasher.write_u64(rest);
        }
        let rest = write_words(&mut hasher, nonce);
        hasher.write_u64(rest | (nonce.len() as u64) << 56);
        Fingerprint(hasher.finish128())
    }

    /// 64 keyed bits of a credential alone. Not for a key that hashes entries, too.
    #[cfg(all(feature = "std", target_has_atomic = "64"))]
    pub(super) fn credential(&self, credential: &[u8]) -> u64 {
        sip::SipHasher13::new_with_keys(self.0[0], self.0[1]).hash(credential)
    }
}

/// Hashes the whole words of `text`, and returns the up to seven bytes behind them as a number.
#[inline]
fn write_words(hasher: &mut SipHasher13, text: &[u8]) -> u64 {
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        hasher.write_u64(u64::from_le_bytes(*word));
    }
    match text.last_chunk::<8>() {
        // The last eight bytes, without those that were hashed already.
        Some(last) => u64::from_le_bytes(*last) >> 8 >> (56 - 8 * rest.len()),
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
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
    fn what_is_hashed_is_what_is_said() {
        for length in 0..200 {
            let text: vec::Vec<u8> = (1..=length).collect();
            for border in [0, text.len() / 3, text.len()] {
                let (credential, nonce) = text.split_at(border);
                let mut message = vec![0; 16];
                message[0] = 9;
                message[8] = u8::try_from(credential.len()).unwrap();
                message.extend_from_slice(credential);
                message.resize(message.len().next_multiple_of(8), 0);
                message.extend_from_slice(nonce);
                message.resize(message.len() - nonce.len() % 8 + 8, 0);
                *message.last_mut().unwrap() = u8::try_from(nonce.len()).unwrap();
                let expected = SipHasher13::new_with_keys(1, 2).hash(&message);
                let expected = Fingerprint(expected);
                assert_eq!(bits(credential, nonce, 9), (expected.stored(), expected.place()));
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
