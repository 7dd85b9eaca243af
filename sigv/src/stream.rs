use crate::Algorithm;
use crate::bytes::{Aligned, copy_short};
use crate::state::State;
use crate::wiped::wipe;

/// Bytes gathered before the compression function is called: a multiple of every block length.
/// Several blocks in one call are cheaper than one by one, and most messages fit whole.
const BUFFER_LEN: usize = 256;

/// A hash that takes its input piece by piece.
#[derive(Clone)]
pub(crate) struct Stream {
    state: State,
    /// Zero beyond `filled`: most of the padding is there already.
    buffer: Aligned<[u8; BUFFER_LEN]>,
    /// Bytes in the buffer; below `BUFFER_LEN` between calls.
    filled: usize,
    /// Bytes compressed already.
    compressed: u64,
}

impl Stream {
    /// Goes on from `state`, which stands after `compressed` bytes (whole blocks).
    #[inline]
    pub(crate) fn resume(state: State, compressed: usize) -> Self {
        Self { state, buffer: Aligned([0; BUFFER_LEN]), filled: 0, compressed: compressed as u64 }
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.state.algorithm()
    }

    #[inline]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let free = &mut self.buffer.0[self.filled..];
        if bytes.len() < free.len() {
            copy_short(bytes, free);
            self.filled += bytes.len();
        } else {
            self.update_across(bytes);
        }
    }

    /// Adds pieces and `end` behind each of them.
    #[inline]
    pub(crate) fn update_each(&mut self, pieces: &[&[u8]], end: u8) {
        // The place to write at stays in a register from one piece to the next.
        let mut filled = self.filled;
        for piece in pieces {
            let free = &mut self.buffer.0[filled..];
            if piece.len() + 1 < free.len() {
                copy_short(piece, free);
                free[piece.len()] = end;
                filled += piece.len() + 1;
            } else {
                self.filled = filled;
                self.update_across(piece);
                self.update(&[end]);
                filled = self.filled;
            }
        }
        self.filled = filled;
    }

    /// The input reaches the buffer's end: complete the block that has begun, compress the buffer, then
    /// whole blocks straight from the input, and keep the rest.
    #[inline(never)]
    fn update_across(&mut self, bytes: &[u8]) {
        let block = self.algorithm().block_len();
        let end = self.filled.next_multiple_of(block);
        let Some((head, bytes)) = bytes.split_at_checked(end - self.filled) else {
            return self.update(bytes);
        };
        if end > 0 {
            self.buffer.0[self.filled..end].copy_from_slice(head);
            self.state.compress(&self.buffer.0[..end]);
        }
        let (whole, rest) = bytes.split_at(bytes.len() - bytes.len() % block);
        if !whole.is_empty() {
            self.state.compress(whole);
        }
        self.compressed = self.compressed.wrapping_add((end + whole.len()) as u64);
        self.buffer.0 = [0; BUFFER_LEN];
        self.buffer.0[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
    }

    /// Pads (FIPS 180-4, 5.1) and compresses what is left: the state is the digest then.
    #[inline]
    pub(crate) fn finish(&mut self) -> &State {
        let block = self.algorithm().block_len();
        let total = self.compressed.wrapping_add(self.filled as u64);
        if self.filled + 1 + length_field(block) > BUFFER_LEN {
            self.compress_full_blocks(block);
        }
        let end = pad(&mut self.buffer.0, self.filled, block, total);
        self.state.compress(&self.buffer.0[..end]);
        &self.state
    }

    #[cold]
    fn compress_full_blocks(&mut self, block: usize) {
        let whole = self.filled - self.filled % block;
        self.state.compress(&self.buffer.0[..whole]);
        self.buffer.0.copy_within(whole..self.filled, 0);
        self.filled -= whole;
        self.buffer.0[self.filled..].fill(0);
    }

    /// Overwrites the state, and not the gathered bytes: for messages, which are no secret.
    pub(crate) fn wipe_state(&mut self) {
        self.state.wipe();
    }

    /// Overwrites the state and the gathered bytes: for input that is itself a secret.
    pub(crate) fn wipe(&mut self) {
        self.state.wipe();
        wipe(&mut self.buffer.0);
    }
}

/// Bytes of the message length at the padding's end.
#[inline]
const fn length_field(block: usize) -> usize {
    block / 8
}

/// Writes the padding of a message of `total` bytes whose last `filled` ones stand at the front
/// of `buffer`, which is zero beyond them; returns where the last block ends.
#[inline]
pub(crate) const fn pad(buffer: &mut [u8], filled: usize, block: usize, total: u64) -> usize {
    let end = (filled + 1 + length_field(block)).next_multiple_of(block);
    buffer[filled] = 0x80;
    // The field counts bits. A message of 2^61 bytes does not occur; the upper half of the
    // 16-byte field of SHA-384 and SHA-512 stays zero.
    let (_, field) = buffer.split_at_mut(end - 8);
    if let Some(field) = field.first_chunk_mut() {
        *field = total.wrapping_mul(8).to_be_bytes();
    }
    end
}
