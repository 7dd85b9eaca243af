/// Aligned like a vector register. What is written in vectors and read in vectors right
/// afterwards waits where the two do not lie alike.
#[derive(Clone, Copy, Default)]
#[repr(align(16))]
pub(crate) struct Aligned<T>(pub(crate) T);

/// Copies `from` to the front of `to`, which is no shorter.
///
/// Messages come in many pieces of a few bytes; for those the call of a general copy costs more
/// than the copying. Two reads and two writes that may overlap serve each power of two.
#[inline]
pub(crate) fn copy_short(from: &[u8], to: &mut [u8]) {
    let to = &mut to[..from.len()];
    let len = from.len();
    if len >= 8 {
        if len <= 16 {
            copy_ends::<8>(from, to);
        } else if len <= 32 {
            copy_ends::<16>(from, to);
        } else if len <= 64 {
            copy_ends::<32>(from, to);
        } else {
            to.copy_from_slice(from);
        }
    } else if len >= 4 {
        copy_ends::<4>(from, to);
    } else if len > 0 {
        // The first, the middle and the last of up to three: of a loop the compiler makes a call.
        for at in [0, len / 2, len - 1] {
            to[at] = from[at];
        }
    }
}

/// Copies the first and the last `N` bytes.
#[inline]
fn copy_ends<const N: usize>(from: &[u8], to: &mut [u8]) {
    if let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) {
        if let Some(place) = to.first_chunk_mut::<N>() {
            *place = *first;
        }
        if let Some(place) = to.last_chunk_mut::<N>() {
            *place = *last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_copied_and_nothing_more() {
        let mut next = 0u8;
        let from: [u8; 80] = core::array::from_fn(|_| {
            next += 1;
            next
        });
        for len in 0..=from.len() {
            let mut to = [0; 90];
            copy_short(&from[..len], &mut to);
            assert_eq!(to[..len], from[..len]);
            assert!(to[len..].iter().all(|byte| *byte == 0));
        }
    }
}
