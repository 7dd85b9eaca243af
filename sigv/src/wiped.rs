use zeroize::optimization_barrier;

/// Bytes of a secret on its way: overwritten when they are dropped.
pub(crate) struct Wiped<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Drop for Wiped<N> {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites a secret, in vectors and in a way that the compiler keeps. Byte by byte the block of a key
/// would take as long as a compression.
#[inline]
pub(crate) fn wipe<T: Copy + Default>(values: &mut [T]) {
    values.fill(T::default());
    optimization_barrier(values);
}
