//! A provider's keys, which are replaced while messages come in.

use std::sync::{Arc, PoisonError, RwLock};

use creance_sigv::Error;
use creance_sigv::keyring::GrowingKeyring;

/// A key ring that many verify with and few change. Who verifies holds the ring as it was; a change
/// makes another one, and waits for nobody.
pub(crate) struct SharedKeys(RwLock<Arc<GrowingKeyring>>);

impl SharedKeys {
    pub(crate) fn new(ring: GrowingKeyring) -> Self {
        Self(RwLock::new(Arc::new(ring)))
    }

    /// The ring as it is now.
    pub(crate) fn now(&self) -> Arc<GrowingKeyring> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the ring for whoever asks for it from now on; where `change` fails nothing changes.
    pub(crate) fn change(
        &self,
        change: impl FnOnce(&mut GrowingKeyring) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut place = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut ring = GrowingKeyring::clone(&place);
        change(&mut ring)?;
        *place = Arc::new(ring);
        Ok(())
    }
}
