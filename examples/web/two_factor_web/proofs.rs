//! Proofs of a moment ago, so that nobody has to wait for the next code to change something right
//! after signing in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use creance_totp::{Passed, UnixTime};

/// For how many seconds a proof may be used, which the second factor checks once more.
pub(crate) const LIFE: u64 = 300;

/// The most proofs that are kept. Beyond, people are asked for another code.
const MOST: usize = 10_000;

/// Keeps the proof of each session in memory and nowhere else: a proof on a disk could be given to
/// another session.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    by_session: Mutex<HashMap<String, Arc<Passed>>>,
}

impl Proofs {
    pub(crate) fn keep(&self, session: &str, proof: Passed, now: UnixTime) {
        let mut proofs = self.by_session.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.retain(|_, proof| now.seconds_since(proof.at()) <= LIFE);
        if proofs.len() < MOST {
            proofs.insert(session.to_owned(), Arc::new(proof));
        }
    }

    pub(crate) fn find(&self, session: &str, now: UnixTime) -> Option<Arc<Passed>> {
        let proofs = self.by_session.lock().unwrap_or_else(PoisonError::into_inner);
        let proof = proofs.get(session).map(Arc::clone);
        proof.filter(|proof| now.seconds_since(proof.at()) <= LIFE)
    }

    pub(crate) fn forget(&self, session: &str) {
        self.by_session.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
    }
}
