//! Recovery codes: making them, and the look-up among what is stored.

use std::convert::Infallible;

use creance_sigv::rand::{TryCryptoRng, TryRng};
use creance_sigv::{Algorithm, Key, UnixTime};
use creance_totp::{
    Error, HashKeys, RecoveryCode, RecoveryCodes, RecoveryPolicy, RecoverySet, RecoverySetParts,
};

use super::{key_material, secret, shown};
use crate::{Case, Expected, memcheck};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);

pub(super) fn cases() -> Vec<Case> {
    vec![
        // What is random is secret: neither making a code nor printing it decides on it.
        Case::new("recovery/generate", Expected::Silence, || {
            let code = RecoveryCode::generate(RecoveryPolicy::default(), &mut Fixed::hidden());
            let mut printed = String::new();
            code.write(&mut printed).unwrap();
            let printed = String::from_utf8(shown(printed.as_bytes())).unwrap();
            let open = RecoveryCode::generate(RecoveryPolicy::default(), &mut Fixed::public());
            let mut expected = String::new();
            open.write(&mut expected).unwrap();
            assert_eq!(printed, expected);
        }),
        Case::new("recovery/redeem", Expected::Verdict, || {
            let (public, watched) = pair();
            let (set, codes) = public.generate("alice", &mut Fixed::public()).unwrap();
            let mut set = hidden(&set);
            for (code, left) in codes.iter().zip((0..codes.len()).rev()) {
                let wrong = watched.redeem(&mut set, "bob", code, NOW);
                assert_eq!(wrong.err(), Some(Error::Mismatch));
                let redeemed = watched.redeem(&mut set, "alice", code, NOW).unwrap();
                // Which one it was is not public before it is stored.
                set = shown_set(redeemed.set());
                assert_eq!(set.remaining(), left);
                set = hidden(&set);
                let again = watched.redeem(&mut set, "alice", code, NOW);
                assert_eq!(again.err(), Some(Error::Replayed));
                set = hidden(&set.unlocked());
            }
        }),
    ]
}

/// The same codes of two sides, one of which is watched.
fn pair() -> (RecoveryCodes, RecoveryCodes) {
    let material = key_material(32);
    let of = |bytes: &[u8]| {
        let key = Key::new(Algorithm::Sha256, bytes).unwrap();
        RecoveryCodes::new(HashKeys::new(1, key).unwrap())
    };
    (of(&material), of(&secret(&material)))
}

/// The same set with hashes that nothing may follow from. Which codes are used is public: the store
/// shows it.
fn hidden(set: &RecoverySet) -> RecoverySet {
    changed(set, |parts| parts.hashes.iter_mut().for_each(|hash| memcheck::hide(hash)))
}

fn shown_set(set: &RecoverySet) -> RecoverySet {
    let mut parts = set.parts().clone();
    parts.used = u32::from_le_bytes(shown(&parts.used.to_le_bytes()).try_into().unwrap());
    RecoverySet::from_parts(parts).unwrap()
}

fn changed(set: &RecoverySet, change: impl FnOnce(&mut RecoverySetParts)) -> RecoverySet {
    let mut parts = set.parts().clone();
    change(&mut parts);
    RecoverySet::from_parts(parts).unwrap()
}

/// A generator that always gives the same bytes: public ones, or secret ones.
struct Fixed {
    state: u8,
    is_hidden: bool,
}

impl Fixed {
    const fn public() -> Self {
        Self { state: 1, is_hidden: false }
    }

    const fn hidden() -> Self {
        Self { state: 1, is_hidden: true }
    }
}

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unimplemented!("only bytes are taken")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unimplemented!("only bytes are taken")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for byte in &mut *out {
            self.state = self.state.wrapping_mul(5).wrapping_add(31);
            *byte = self.state ^ self.state >> 3;
        }
        if self.is_hidden {
            memcheck::hide(out);
        }
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}
