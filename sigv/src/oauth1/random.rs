use alloc::string::String;

use rand::CryptoRng;

use crate::wiped::wipe;
use crate::{Encoding, KeyBytes};

/// Random bytes on their way into text; wiped.
pub(super) struct Random<const N: usize>([u8; N]);

impl<const N: usize> Random<N> {
    pub(super) fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut random = Self([0; N]);
        rng.fill_bytes(&mut random.0);
        random
    }

    /// As Base64url: unreserved characters only.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::with_capacity(2 * N);
        // A `String` takes everything.
        let _ = Encoding::Base64Url.encode(&self.0, &mut text);
        text
    }

    /// The same as a secret.
    pub(super) fn to_secret(&self) -> KeyBytes {
        KeyBytes::of_text(Encoding::Base64Url, &self.0)
    }

    /// Eight decimal digits, each as likely as the others. A generator that is broken gives the longer
    /// secret instead.
    pub(super) fn to_digits(&self) -> KeyBytes {
        let mut digits = Random([0; 8]);
        // Beyond 249 the lower digits would come more often.
        let fair = self.0.iter().filter(|byte| **byte < 250);
        let places = digits.0.iter_mut().zip(fair);
        let written = places.map(|(digit, byte)| *digit = b'0' + byte % 10).count();
        match KeyBytes::from_slice(&digits.0) {
            Ok(digits) if written == 8 => digits,
            _ => self.to_secret(),
        }
    }
}

impl<const N: usize> Drop for Random<N> {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}
