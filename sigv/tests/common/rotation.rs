//! The stages of a rotation from one key to the next, and messages of `webhook::STANDARD`.

use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeySet, KeyState, KeyUse};
use creance_sigv::scheme::{Received, Rejection};
use creance_sigv::webhook::{Outgoing, STANDARD};
use creance_sigv::{Algorithm, Error, Key, UnixTime};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// What an operator does to each process, one stage after the other.
pub(crate) const STAGES: usize = 4;

pub(crate) fn key(number: usize) -> Key {
    let mut secret = [0x5a; 32];
    secret[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Key::new(Algorithm::Sha256, &secret).expect("long enough")
}

pub(crate) fn name(number: usize) -> String {
    format!("key-{number}")
}

pub(crate) fn entry(number: usize) -> KeyEntry {
    KeyEntry::new(&name(number), key(number)).expect("an id")
}

/// A stage of the rotation from key `old` to the next one.
pub(crate) fn advance(ring: &mut GrowingKeyring, stage: usize, old: usize) -> Result<(), Error> {
    match stage {
        0 => ring.insert(entry(old + 1).with_state(KeyState::Pending)),
        1 => ring.set_state(&name(old + 1), KeyState::Active),
        2 => ring.set_state(&name(old), KeyState::VerifyOnly),
        _ => ring.set_state(&name(old), KeyState::Retired),
    }
}

pub(crate) const BODY: &[u8] = b"{\"type\":\"order.paid\"}";

pub(crate) fn sign(keys: &impl KeySet, id: &str) -> Result<(String, Vec<(String, String)>), Error> {
    let key = keys.signer(NOW).ok_or(Error::NoSigningKey)?.key_use().id().to_owned();
    Ok((key, STANDARD.sign(&Outgoing::new(BODY).with_id(id), keys, NOW)?.to_headers()))
}

pub(crate) fn verify<T>(
    keys: &GrowingKeyring,
    headers: &[(String, String)],
    judge: impl FnOnce(KeyUse<'_>) -> T,
) -> Result<T, Rejection> {
    let received = Received::webhook(&headers, BODY);
    STANDARD.verify(&received, keys, NOW).map(|authentic| judge(authentic.key()))
}
