//! Codes that the service sends over another channel.

mod delivery;
mod destination;
mod issuing;
mod policy;
mod request;
mod sends;
#[cfg(feature = "serde")]
mod serial;
mod sms;
mod state;
mod stored;
mod verifying;

#[cfg(feature = "alloc")]
pub use delivery::DynDelivery;
pub use delivery::{AsyncDelivery, Delivery, Undelivered};
pub use destination::{Channel, Destination};
pub use issuing::{Dispatched, Issued};
pub use policy::OutOfBandPolicy;
pub use request::{Dispatch, Message, OutOfBandRequest};
pub use sms::SmsText;
pub use state::OutOfBandState;
pub use verifying::{OutOfBandAccepted, OutOfBandAttempt, OutOfBandReserved};

use crate::keyed_hash::{KeyedHash, checked};
use crate::{Code, Error, Key};

/// Decides about codes that the service makes itself and sends over another channel: by SMS, by a
/// call, by a push message.
///
/// Each code is for one request: the login or the payment in which it is asked for. It is stored as
/// a keyed hash, lives for ten minutes at most and is taken once. A code sent again replaces the one
/// before it. Tries are counted before a code is looked at, those of the request and the failures in
/// a row of the user; what is sent is counted before it is sent, for it costs money and somebody may
/// earn it.
///
/// It holds the service's key and no state: what is remembered is in [`OutOfBandState`], one for each
/// user, so that there is one living code at a time. With a [`StateStore`](crate::StateStore) and a
/// [`Delivery`], [`send_stored`](Self::send_stored) and [`verify_stored`](Self::verify_stored) do all
/// of it; the single steps are [`issue`](Self::issue), [`reserve`](Self::reserve) and
/// [`OutOfBandReserved::verify`].
///
/// Not by e-mail: NIST SP 800-63B, 5.1.3.1 rules it out, because a mailbox shows nothing about who
/// has which device. A code over SMS or by a call is *restricted* there (5.2.10): numbers are moved
/// to other cards by fraud. Offer an authenticator app beside it.
///
/// ```
/// use creance_totp::{
///     Algorithm, Code, Digits, Error, Key, OutOfBand, OutOfBandPolicy, OutOfBandRequest,
///     OutOfBandState, UnixTime, rand,
/// };
///
/// let (key, _to_keep) = Key::generate(Algorithm::Sha256, &mut rand::rng());
/// let codes = OutOfBand::new(key, OutOfBandPolicy::default())?;
/// let request = OutOfBandRequest::new("alice", "login 7f3a9c")?;
/// let now = UnixTime::from_secs(1_700_000_000);
///
/// let code = Code::generate(Digits::Six, &mut rand::rng());
/// let issued = codes.issue(&OutOfBandState::new(), &request, &code, now)?;
/// // Here the state is stored, and the code sent.
/// let mut state = *issued.state();
///
/// let later = now.saturating_add(20);
/// let reserved = codes.reserve(&state, &codes.attempt(&request, &code), later)?;
/// // Here the state is stored again: the try is counted.
/// state = *reserved.state();
/// let accepted = reserved.verify(&state)?;
/// state = *accepted.state();
///
/// let again = codes.reserve(&state, &codes.attempt(&request, &code), later);
/// assert_eq!(again.unwrap_err(), Error::Replayed);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct OutOfBand {
    key: Key,
    policy: OutOfBandPolicy,
}

const REQUEST_LABEL: &str = "creance out-of-band request";
const CODE_LABEL: &str = "creance out-of-band code";

impl OutOfBand {
    /// Codes that are hashed under a key of the service, which is kept apart from the store and is
    /// the same in all of its processes. It may be the one that other hashes are made with: each use
    /// has a label of its own. When it is replaced, the codes that wait are void.
    ///
    /// # Errors
    /// [`Error::HashKey`] for a key that is not one of SHA-256, or the decoy.
    pub fn new(key: Key, policy: OutOfBandPolicy) -> Result<Self, Error> {
        Ok(Self { key: checked(key)?, policy })
    }

    /// What it goes by.
    #[must_use]
    pub const fn policy(&self) -> OutOfBandPolicy {
        self.policy
    }

    fn request_hash(&self, request: &OutOfBandRequest<'_>) -> KeyedHash {
        let parts = [request.user().as_bytes(), request.id().as_bytes()];
        KeyedHash::new(&self.key, REQUEST_LABEL, &parts)
    }

    fn code_hash(&self, request: &OutOfBandRequest<'_>, code: &Code) -> KeyedHash {
        let parts = [request.user().as_bytes(), request.id().as_bytes(), code.bytes()];
        KeyedHash::new(&self.key, CODE_LABEL, &parts)
    }
}
