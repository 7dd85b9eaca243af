use core::fmt;
use core::hash::Hasher as _;
use core::num::NonZeroU64;

use rand::TryCryptoRng;
use siphasher::sip128::{Hasher128 as _, SipHasher13};

use super::Entry;
use crate::wiped::wipe;

/// The key of a store's fingerprints: 128 secret random bits, wiped when dropped.
///
/// Whoever knew it could search for two nonces with one fingerprint, or for a credential that
/// shares another one's counters. The outputs never leave the store, so `SipHash` with one and three
/// rounds is enough, with which the standard library guards its maps.
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

    /// The fingerprint of everything that makes an entry: credential, timestamp and nonce.
    #[inline]
    pub(super) fn entry(&self, entry: &Entry<'_>) -> Fingerprint {
        self.credential(entry.credential()).entry(entry)
    }

    /// The hash of a credential, with which that of its entries begins.
    ///
    /// The credential's length is hashed in front, so `("ab", "c")` and `("a", "bc")` differ.
    #[inline]
    pub(super) fn credential(&self, credential: &[u8]) -> CredentialHash {
        let mut hasher = SipHasher13::new_with_keys(self.0[0], self.0[1]);
        hasher.write_u64(credential.len() as u64);
        let rest = write_words(&mut hasher, credential);
        if !credential.len().is_multiple_of(8) {
            hasher.write_u64(rest);
        }
        CredentialHash(hasher)
    }
}

/// The hash of a credential: both an end, and the beginning of its entries' hashes.
///
/// What is hashed are whole words: the credential's length, the credential filled up with zeros;
/// then the timestamp, the nonce, and what is left of it with its length. They come straight out
/// of the texts: gathered in a buffer first, each word would wait for the pieces it was written in.
///
/// An entry's message is never a credential's: with the same length in front it is longer.
pub(super) struct CredentialHash(SipHasher13);

impl CredentialHash {
    /// 64 keyed bits of the credential alone.
    #[cfg(all(feature = "std", target_has_atomic = "64"))]
    #[inline]
    pub(super) fn bits(&self) -> u64 {
        self.0.finish128().h1
    }

    /// The fingerprint of an entry of this credential.
    #[inline]
    pub(super) fn entry(&self, entry: &Entry<'_>) -> Fingerprint {
        let mut hasher = self.0;
        hasher.write_u64(entry.timestamp().as_secs());
        let rest = write_words(&mut hasher, entry.nonce());
        hasher.write_u64(rest | (entry.nonce().len() as u64) << 56);
        Fingerprint(hasher)
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
        wipe(&mut self.0);
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(..)")
    }
}

/// 128 keyed bits: one half chooses the place, the other one is stored.
///
/// The halves are independent, so the place tells nothing about the bits that are compared.
///
/// Both are computed when they are asked for. The second one takes three rounds more than the
/// first; asked for once the place is found and locked, they are done while the lock is waited for.
#[derive(Clone, Copy)]
pub(super) struct Fingerprint(SipHasher13);

impl Fingerprint {
    /// The 64 bits that choose a place.
    #[inline]
    pub(super) fn place(self) -> u64 {
        self.0.finish128().h1
    }

    /// The 64 bits to store.
    #[inline]
    pub(super) fn stored(self) -> NonZeroU64 {
        nonzero(self.0.finish128().h2)
    }
}

/// Zero stands for an empty slot and is given out as one.
const fn nonzero(bits: u64) -> NonZeroU64 {
    match NonZeroU64::new(bits) {
        Some(bits) => bits,
        None => NonZeroU64::MIN,
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
                let mut message = vec![0; 8];
                message[0] = u8::try_from(credential.len()).unwrap();
                message.extend_from_slice(credential);
                message.resize(message.len().next_multiple_of(8), 0);
                let expected = SipHasher13::new_with_keys(1, 2).hash(&message);
                assert_eq!(key().credential(credential).bits(), expected.h1);
                message.extend_from_slice(&[9, 0, 0, 0, 0, 0, 0, 0]);
                message.extend_from_slice(nonce);
                message.resize(message.len() - nonce.len() % 8 + 8, 0);
                *message.last_mut().unwrap() = u8::try_from(nonce.len()).unwrap();
                let expected = SipHasher13::new_with_keys(1, 2).hash(&message);
                assert_eq!(bits(credential, nonce, 9), (nonzero(expected.h2), expected.h1));
            }
        }
    }

    #[test]
    fn zero_is_never_stored() {
        assert_eq!(nonzero(0).get(), 1);
        assert_eq!(nonzero(2).get(), 2);
    }

    #[test]
    fn the_key_is_not_printed() {
        assert_eq!(format!("{:?}", key()), "FingerprintKey(..)");
    }
}
