use core::fmt;

use creance_sigv::Hasher;
use zeroize::Zeroize;

use crate::{Algorithm, Error};

/// The hash of a PIN or password, by which a suite knows it (`P` of RFC 6287, 5.1).
///
/// The hash has neither salt nor cost: whoever reads it finds a PIN of four digits at once. Seal it
/// like a secret. It is wiped when dropped, and `Debug` hides it.
///
/// ```
/// use creance_totp::{Algorithm, OcraPin};
///
/// let pin = OcraPin::new(Algorithm::Sha1, b"1234");
/// assert_eq!(pin.expose()[..4], [0x71, 0x10, 0xed, 0xa4]);
/// assert_eq!(format!("{pin:?}"), "OcraPin { algorithm: Sha1, .. }");
/// ```
#[derive(Clone)]
pub struct OcraPin {
    hash: [u8; Algorithm::MAX_OUTPUT_LEN],
    algorithm: Algorithm,
}

impl OcraPin {
    /// Hashes a PIN by the algorithm of the [suite](crate::OcraSuite::pin).
    #[must_use]
    pub fn new(algorithm: Algorithm, pin: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(pin);
        Self::copy(algorithm, hasher.finish().expose())
    }

    /// Takes a hash that was stored.
    ///
    /// # Errors
    /// [`Error::OcraInput`] if it does not have the algorithm's length.
    pub fn from_hash(algorithm: Algorithm, hash: &[u8]) -> Result<Self, Error> {
        let has_length = hash.len() == algorithm.output_len();
        if has_length { Ok(Self::copy(algorithm, hash)) } else { Err(Error::OcraInput) }
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The hash: to seal and store it.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.hash[..self.algorithm.output_len()]
    }

    fn copy(algorithm: Algorithm, hash: &[u8]) -> Self {
        let mut pin = Self { hash: [0; Algorithm::MAX_OUTPUT_LEN], algorithm };
        for (place, byte) in pin.hash.iter_mut().zip(hash) {
            *place = *byte;
        }
        pin
    }
}

impl Drop for OcraPin {
    fn drop(&mut self) {
        self.hash.zeroize();
    }
}

impl fmt::Debug for OcraPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcraPin").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
