use zeroize::Zeroize;

use crate::Algorithm;
use crate::state::State;

/// Bytes gathered before the compression function is called: a multiple of every block length.
/// Several blocks in one call are cheaper than one by one, and most messages fit whole.
const BUFFER_LEN: usize = 256;

/// A hash that takes its input piece by piece.
#[derive(Clone)]
pub(crate) struct Stream {
    state: State,
    buffer: [u8; BUFFER_LEN],
    /// Bytes in the buffer; below `BUFFER_LEN` between calls.
    filled: usize,
    /// Bytes compressed already.
    compressed: u64,
}

impl Stream {
    /// Goes on from `state`, which stands after `compressed` bytes (whole blocks).
    #[inline]
    pub(crate) fn resume(state: State, compressed: usize) -> Self {
        Self { state, buffer: [0; BUFFER_LEN], filled: 0, compressed: compressed as u64 }
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.state.algorithm()
    }

    #[inline]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let end = self.filled + bytes.len();
        if end < BUFFER_LEN {
            self.buffer[self.filled..end].copy_from_slice(bytes);
            self.filled = end;
        } else {
            self.update_across(bytes);
        }
    }

    /// The input reaches the buffer's end: compress the buffer, then whole blocks straight from
    /// the input, and keep the rest.
    fn update_across(&mut self, bytes: &[u8]) {
        let (head, bytes) = bytes.split_at(BUFFER_LEN - self.filled);
        self.buffer[self.filled..].copy_from_slice(head);
        self.state.compress(&self.buffer);
        let (whole, rest) = bytes.split_at(bytes.len() - bytes.len() % BUFFER_LEN);
        if !whole.is_empty() {
            self.state.compress(whole);
        }
        self.compressed = self.compressed.wrapping_add((BUFFER_LEN + whole.len()) as u64);
        self.buffer[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
    }

    /// Pads (FIPS 180-4, 5.1), compresses what is left, and writes the digest to the front of
    /// `out`, in whole words of the state.
    #[inline]
    pub(crate) fn finish(&mut self, out: &mut [u8; Algorithm::MAX_OUTPUT_LEN]) {
        let block = self.algorithm().block_len();
        let total = self.compressed.wrapping_add(self.filled as u64);
        if self.filled + 1 + length_field(block) > BUFFER_LEN {
            self.compress_full_blocks(block);
        }
        let end = pad(&mut self.buffer, self.filled, block, total);
        self.state.compress(&self.buffer[..end]);
        self.state.write_to(out);
    }

    #[cold]
    fn compress_full_blocks(&mut self, block: usize) {
        let whole = self.filled - self.filled % block;
        self.state.compress(&self.buffer[..whole]);
        self.buffer.copy_within(whole..self.filled, 0);
        self.filled -= whole;
    }

    /// Overwrites the state, and not the gathered bytes: for messages, which are no secret.
    pub(crate) fn wipe_state(&mut self) {
        self.state.wipe();
    }

    /// Overwrites the state and the gathered bytes: for input that is itself a secret.
    pub(crate) fn wipe(&mut self) {
        self.state.wipe();
        self.buffer.zeroize();
    }
}

/// Bytes of the message length at the padding's end.
#[inline]
const fn length_field(block: usize) -> usize {
    block / 8
}

/// Writes the padding of a message of `total` bytes whose last `filled` ones stand at the front
/// of `buffer`; returns where the last block ends.
#[inline]
pub(crate) fn pad(buffer: &mut [u8], filled: usize, block: usize, total: u64) -> usize {
    let end = (filled + 1 + length_field(block)).next_multiple_of(block);
    buffer[filled] = 0x80;
    buffer[filled + 1..end - 8].fill(0);
    // The field counts bits. A message of 2^61 bytes does not occur; the upper half of the
    // 16-byte field of SHA-384 and SHA-512 stays zero.
    buffer[end - 8..end].copy_from_slice(&total.wrapping_mul(8).to_be_bytes());
    end
}
