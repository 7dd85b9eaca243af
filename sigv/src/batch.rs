//! HMACs of several short messages at once.
//!
//! The two hashes of an HMAC wait for each other, and two HMACs need not: a processor works on the
//! next one while the last one is still under way. It cannot where a block was just written in small
//! pieces, for it reads blocks in vectors, and until the pieces have reached the cache it waits. So all
//! inner blocks are written first, then all are compressed, and likewise the outer ones.

use crate::Tag;
use crate::bytes::Aligned;
use crate::mac::OUTER_BLOCKS;
use crate::state::State;
use crate::stream::pad;

/// The longest message that fits a block of every algorithm together with its padding.
pub(crate) const MAX_MESSAGE: usize = 55;

/// The tags of messages, by a key's two states.
#[inline]
pub(crate) fn sign<const LEN: usize, const N: usize>(
    [inner, outer]: [&State; 2],
    messages: &[[u8; LEN]; N],
) -> [Tag; N] {
    const { assert!(LEN <= MAX_MESSAGE, "a message of more than a block") };
    let block = inner.algorithm().block_len();
    let mut blocks = [Aligned([0; 128]); N];
    for (Aligned(bytes), message) in blocks.iter_mut().zip(messages) {
        bytes[..LEN].copy_from_slice(message);
        pad(bytes, LEN, block, (block + LEN) as u64);
    }
    let mut digests = [*inner; N];
    compress(&mut digests, &blocks);

    blocks = [OUTER_BLOCKS[inner.algorithm() as usize]; N];
    for (Aligned(bytes), digest) in blocks.iter_mut().zip(&mut digests) {
        digest.write_digest(bytes);
        digest.wipe();
    }
    let mut tags = [*outer; N];
    compress(&mut tags, &blocks);
    tags.each_mut().map(|state| {
        let tag = Tag::of_state(state);
        state.wipe();
        tag
    })
}

/// One block into each state.
#[inline]
fn compress<const N: usize>(states: &mut [State; N], blocks: &[Aligned<[u8; 128]>; N]) {
    for (state, Aligned(bytes)) in states.iter_mut().zip(blocks) {
        state.compress(&bytes[..state.algorithm().block_len()]);
    }
}
