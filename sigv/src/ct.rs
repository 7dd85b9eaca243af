//! The one place where secrets are compared.
//!
//! Nothing here branches on, or indexes memory with, what it compares: time depends on lengths
//! only. What becomes public at the end is the verdict, and it becomes public in one function
//! that is never inlined; for the number of what matched there is a second one. A checker that
//! tracks secrets through the built program (valgrind's memcheck with the secret marked undefined)
//! can therefore let those two pass, and must find nothing anywhere else.

use core::hint::black_box;

pub use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::Error;

/// Whether two byte strings are equal, as a value to compute with and not to branch on.
///
/// Strings of different lengths are unequal, which is found out from the lengths alone: a length
/// is public.
///
/// ```
/// use creance_sigv::ct;
///
/// let first = ct::eq(b"state-1", b"state-1");
/// let second = ct::eq(b"state-1", b"state-2");
/// assert!(bool::from(first | second));
/// assert!(!bool::from(first & second));
/// ```
#[inline]
#[must_use]
pub fn eq(secret: &[u8], received: &[u8]) -> Choice {
    if secret.len() != received.len() {
        return Choice::from(0);
    }
    // Word by word: `subtle` keeps the compiler from reasoning about each step by a volatile
    // read, which is dear per byte and cheap per word.
    let (words, tail) = secret.as_chunks::<8>();
    let (other_words, other_tail) = received.as_chunks::<8>();
    let differing = words
        .iter()
        .zip(other_words)
        .fold(0, |differing, (a, b)| differing | (u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b)));
    let differing = tail
        .iter()
        .zip(other_tail)
        .fold(differing, |differing, (a, b)| differing | u64::from(a ^ b));
    black_box(differing).ct_eq(&0)
}

/// Compares a secret with what was received.
///
/// ```
/// use creance_sigv::ct;
///
/// assert!(ct::verify(b"expected", b"expected").is_ok());
/// assert!(ct::verify(b"expected", b"something else").is_err());
/// ```
///
/// # Errors
/// [`Error::Mismatch`] where they differ, in content or length.
#[inline]
pub fn verify(secret: &[u8], received: &[u8]) -> Result<(), Error> {
    decide(eq(secret, received))
}

/// Makes a verdict public: the only branch that follows from a secret.
///
/// # Errors
/// [`Error::Mismatch`] for a `Choice` of 0.
#[inline]
pub fn decide(verdict: Choice) -> Result<(), Error> {
    if reveal(verdict.unwrap_u8()) { Ok(()) } else { Err(Error::Mismatch) }
}

/// Makes a number public that was selected by masks, once a verdict has decided that it may be:
/// which of several counters has matched.
///
/// ```
/// use creance_sigv::ct::{self, Choice, ConditionallySelectable};
///
/// let mut matched = 0;
/// for (counter, code) in [(41_u64, *b"755224"), (42, *b"287082")] {
///     matched.conditional_assign(&counter, ct::eq(&code, b"287082"));
/// }
/// assert_eq!(ct::publish(matched), 42);
/// ```
#[inline]
#[must_use]
pub fn publish(number: u64) -> u64 {
    u64::from_le_bytes(reveal_bytes(number.to_le_bytes()))
}

/// Looks each byte up in a table, which holds it: to memcheck what [`reveal`] is for a verdict.
#[inline(never)]
fn reveal_bytes(mut bytes: [u8; 8]) -> [u8; 8] {
    let table = black_box(&EVERY_BYTE);
    for byte in &mut bytes {
        *byte = table[usize::from(*byte)];
    }
    bytes
}

static EVERY_BYTE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = byte.to_le_bytes()[0];
        byte += 1;
    }
    table
};

/// Looks the verdict up in a table. To memcheck the look-up is a use of the secret (the one that
/// is let pass), and what comes out of the table is public.
#[inline(never)]
fn reveal(verdict: u8) -> bool {
    black_box(&[false, true])[usize::from(verdict & 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_position_and_length_counts() {
        let secret: [u8; 70] = core::array::from_fn(|i| (i * 3).to_le_bytes()[0]);
        for len in 0..secret.len() {
            assert_eq!(verify(&secret[..len], &secret[..len]), Ok(()));
            assert_eq!(verify(&secret[..len], &secret[..=len]), Err(Error::Mismatch));
            for position in 0..len {
                for bit in 0..8 {
                    let mut received = secret;
                    received[position] ^= 1 << bit;
                    assert_eq!(verify(&secret[..len], &received[..len]), Err(Error::Mismatch));
                }
            }
        }
    }

    #[test]
    fn a_number_is_published_as_it_is() {
        for shift in 0..64 {
            for number in
                [1 << shift, u64::MAX >> shift, 0x0123_4567_89ab_cdef_u64.rotate_left(shift)]
            {
                assert_eq!(publish(number), number);
            }
        }
        assert!((0..=255).all(|byte| publish(byte) == byte));
    }

    #[test]
    fn a_prefix_is_not_equal() {
        assert_eq!(verify(b"", b"x"), Err(Error::Mismatch));
        assert_eq!(verify(b"x", b""), Err(Error::Mismatch));
        assert_eq!(verify(b"", b""), Ok(()));
    }
}
