use core::fmt;

use creance_sigv::rand::CryptoRng;

/// A fresh nonce: 96 random bits as 16 characters.
///
/// A nonce has to be unique among those of one credential in one second.
///
/// ```
/// use creance_hawk::Nonce;
///
/// let nonce = Nonce::generate(&mut creance_hawk::sigv::rand::rng());
/// assert_eq!(nonce.as_str().len(), 16);
/// ```
#[derive(Clone, Copy)]
pub struct Nonce {
    text: [u8; Self::LEN],
}

impl Nonce {
    /// Its length in characters.
    pub const LEN: usize = 16;

    /// A nonce from a generator.
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = [0; Self::LEN];
        rng.fill_bytes(&mut text);
        Self { text: text.map(|byte| ALPHABET[usize::from(byte & 63)]) }
    }

    /// A nonce from the thread's generator, which the system seeds.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn random() -> Self {
        Self::generate(&mut creance_sigv::rand::rng())
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text).unwrap_or_default()
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nonce").finish_non_exhaustive()
    }
}
