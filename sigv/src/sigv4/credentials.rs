use core::fmt;

use super::SecretKey;
use super::scope::check_id;
use crate::keyring::{KeyMaterial as _, KeySet};
use crate::scheme::Part;
use crate::{Error, UnixTime};

/// Who signs: the id of an access key, its secret, and the session token of a temporary one.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'s> {
    pub(super) id: &'s str,
    pub(super) secret: &'s SecretKey,
    token: Option<SessionToken<'s>>,
}

/// A bearer's secret, which has no place in a log.
#[derive(Clone, Copy)]
struct SessionToken<'s>(&'s str);

impl fmt::Debug for SessionToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken")
    }
}

impl<'s> Credentials<'s> {
    /// A secret under the id of its key.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::KeyId`] for an id that is not 1 to 128 visible ASCII characters
    /// without a comma; [`Error::NoSigningKey`] for a decoy.
    pub fn new(id: &'s str, secret: &'s SecretKey) -> Result<Self, Error> {
        check_id(id).map_err(|_| Error::Value(Part::KeyId))?;
        if secret.is_decoy() {
            return Err(Error::NoSigningKey);
        }
        Ok(Self { id, secret, token: None })
    }

    /// The key of a ring that signs now.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`].
    pub fn of_ring(
        keys: &'s (impl KeySet<SecretKey> + ?Sized),
        now: UnixTime,
    ) -> Result<Self, Error> {
        let signer = keys.signer(now).ok_or(Error::NoSigningKey)?;
        Self::new(signer.key_use().id(), signer.key())
    }

    /// The session token that goes with a temporary secret.
    #[must_use]
    pub const fn with_session_token(mut self, token: &'s str) -> Self {
        self.token = Some(SessionToken(token));
        self
    }

    pub(super) fn token(&self) -> Option<&'s str> {
        self.token.map(|token| token.0)
    }
}
