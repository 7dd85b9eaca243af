//! HMACs of several counters at once.
//!
//! The two hashes of an HMAC wait for each other, and two HMACs need not: a processor works on the
//! next one while the last one is still under way. It cannot where a block was just written in small
//! pieces, for it reads blocks in vectors, and waits until the pieces have reached the cache. So all
//! inner blocks are written before the first is compressed, and likewise the outer ones.

use core::hint::black_box;

use crate::Tag;
use crate::bytes::Aligned;
use crate::state::State;
use crate::wiped::wipe;

/// The tags of counters, each a message of eight bytes, by a key's two states.
#[inline]
pub(crate) fn sign<const N: usize>(key: [&State; 2], counters: &[u64; N]) -> [Tag; N] {
    match key {
        [State::Sha1(inner), State::Sha1(outer)] => {
            let key = [&inner.0, &outer.0];
            sign32(key, sha1::block_api::compress, State::Sha1, counters)
        }
        [State::Sha256(inner), State::Sha256(outer)] => {
            let key = [&inner.0, &outer.0];
            sign32(key, sha2::block_api::compress256, State::Sha256, counters)
        }
        [State::Sha384(inner), State::Sha384(outer)] => {
            sign64::<6, N>([&inner.0, &outer.0], State::Sha384, counters)
        }
        [State::Sha512(inner), State::Sha512(outer)] => {
            sign64::<8, N>([&inner.0, &outer.0], State::Sha512, counters)
        }
        // Both states of a key are of one algorithm.
        [inner, _] => counters.map(|_| Tag::of_state(inner)),
    }
}

/// By a hash with words of 32 bits, whose digest is all of its state.
#[inline]
fn sign32<const WORDS: usize, const N: usize>(
    [inner, outer]: [&[u32; WORDS]; 2],
    compress: impl Fn(&mut [u32; WORDS], &[[u8; 64]]),
    state: impl Fn(Aligned<[u32; WORDS]>) -> State,
    counters: &[u64; N],
) -> [Tag; N] {
    let compress_each = |states: &mut [[u32; WORDS]; N], blocks: &[Aligned<[[u8; 4]; 16]>; N]| {
        for (state, Aligned(block)) in states.iter_mut().zip(blocks) {
            compress(state, block.as_flattened().as_chunks().0);
        }
    };
    let halves = |counter: u64| [(counter >> 32) as u32, (counter & 0xffff_ffff) as u32];
    let mut digests = [*inner; N];
    compress_each(&mut digests, &counters.map(|counter| block32(&halves(counter))));
    let mut states = [*outer; N];
    let mut blocks = digests.each_ref().map(block32);
    compress_each(&mut states, &blocks);
    let tags = states.each_ref().map(|words| Tag::of_state(&state(Aligned(*words))));
    wipe(digests.as_flattened_mut());
    wipe(&mut blocks);
    wipe(states.as_flattened_mut());
    tags
}

/// By a hash with words of 64 bits, of whose state the digest is some words.
#[inline]
fn sign64<const WORDS: usize, const N: usize>(
    [inner, outer]: [&[u64; 8]; 2],
    state: impl Fn(Aligned<[u64; 8]>) -> State,
    counters: &[u64; N],
) -> [Tag; N] {
    let compress_each = |states: &mut [[u64; 8]; N], blocks: &[Aligned<[[u8; 8]; 16]>; N]| {
        for (state, Aligned(block)) in states.iter_mut().zip(blocks) {
            sha2::block_api::compress512(state, block.as_flattened().as_chunks().0);
        }
    };
    let mut digests = [*inner; N];
    compress_each(&mut digests, &counters.map(|counter| block64(&[counter])));
    let mut states = [*outer; N];
    let mut blocks = digests.each_ref().map(|digest| block64::<WORDS>(front(digest)));
    compress_each(&mut states, &blocks);
    let tags = states.each_ref().map(|words| Tag::of_state(&state(Aligned(*words))));
    wipe(digests.as_flattened_mut());
    wipe(&mut blocks);
    wipe(states.as_flattened_mut());
    tags
}

/// The second and last block of a hash: some words, and the padding (FIPS 180-4, 5.1).
#[inline]
fn block32<const WORDS: usize>(words: &[u32; WORDS]) -> Aligned<[[u8; 4]; 16]> {
    const { assert!(WORDS < 14, "no room for the padding") };
    let mut block = [0; 16];
    block[..WORDS].copy_from_slice(words);
    block[WORDS] = 1 << 31;
    block[15] = (16 + u32::try_from(WORDS).unwrap_or(0)) * 32;
    // What the compiler takes for unknown in every word, it computes and writes in vectors; it would
    // write the words one by one if it saw that most of them are constant.
    for (word, zero) in block.iter_mut().zip(black_box(&[0; 16])) {
        *word |= zero;
    }
    Aligned(block.map(u32::to_be_bytes))
}

/// Likewise; the field of the length has two words, of which the first stays zero.
#[inline]
fn block64<const WORDS: usize>(words: &[u64; WORDS]) -> Aligned<[[u8; 8]; 16]> {
    const { assert!(WORDS < 14, "no room for the padding") };
    let mut block = [0; 16];
    block[..WORDS].copy_from_slice(words);
    block[WORDS] = 1 << 63;
    block[15] = (16 + WORDS as u64) * 64;
    Aligned(block.map(u64::to_be_bytes))
}

/// The words of a state that are its digest.
#[inline]
fn front<const WORDS: usize>(state: &[u64; 8]) -> &[u64; WORDS] {
    const { assert!(WORDS <= 8, "more than the state") };
    state.first_chunk().unwrap_or(&[0; WORDS])
}

#[cfg(test)]
mod tests {
    use crate::wiped::wipe;
    use crate::{Algorithm, Key, Tag};

    #[test]
    fn blocks_are_wiped() {
        let mut blocks = [&[1], &[u32::MAX]].map(super::block32);
        wipe(&mut blocks);
        assert_eq!(blocks.map(|block| block.0), [[[0; 4]; 16]; 2]);
        let mut blocks = [&[1], &[u64::MAX]].map(super::block64);
        wipe(&mut blocks);
        assert_eq!(blocks.map(|block| block.0), [[[0; 8]; 16]; 2]);
    }

    #[test]
    fn each_tag_is_what_it_is_alone() {
        for algorithm in Algorithm::ALL {
            let key = Key::allow_weak(algorithm, b"a key of any length").expect("a key");
            let alone = |counter: u64| key.sign(&counter.to_be_bytes());
            for first in [0, 1, 255, 1 << 31, 1 << 32, u64::MAX - 3] {
                let counters = [first, first + 3, first + 1, first];
                for (tag, counter) in key.sign_counters(&counters).iter().zip(counters) {
                    assert_eq!(tag.algorithm(), algorithm);
                    assert_eq!(tag.expose(), alone(counter).expose(), "{algorithm}, {counter}");
                }
                let [tag] = key.sign_counters(&[first]);
                assert_eq!(tag.expose(), alone(first).expose());
            }
            let none: [Tag; 0] = key.sign_counters(&[]);
            assert!(none.is_empty());
        }
    }
}
