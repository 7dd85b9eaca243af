use zeroize::Zeroize;

/// Bytes of a secret on its way: overwritten when they are dropped.
pub(crate) struct Wiped<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Drop for Wiped<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
