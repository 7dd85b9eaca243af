use core::fmt;

use crate::disguise::is_disguise;
use crate::{Code, Destination, Error, UnixTime};

/// What a code is for: a login, a payment, a change of the account, of one user.
///
/// The id has to come from the service and not from the sender; it is best a random one that is made
/// when the request begins and kept in the session. It is never used for a second request: its tries
/// would begin anew.
///
/// ```
/// use creance_totp::OutOfBandRequest;
///
/// assert!(OutOfBandRequest::new("alice", "payment 4711").is_ok());
/// assert!(OutOfBandRequest::new("alice", "").is_err());
/// ```
#[derive(Clone, Copy)]
pub struct OutOfBandRequest<'a> {
    user: &'a str,
    id: &'a str,
}

impl<'a> OutOfBandRequest<'a> {
    /// The longest id of a user or a request, in bytes.
    pub const MAX_ID: usize = 256;

    /// The request `id` of `user`, 1 to 256 bytes each.
    ///
    /// # Errors
    /// [`Error::RequestId`].
    pub const fn new(user: &'a str, id: &'a str) -> Result<Self, Error> {
        if user.is_empty() || user.len() > Self::MAX_ID || id.is_empty() || id.len() > Self::MAX_ID
        {
            return Err(Error::RequestId);
        }
        Ok(Self { user, id })
    }

    /// The user, under whom the state is stored.
    #[must_use]
    pub const fn user(&self) -> &'a str {
        self.user
    }

    /// The request.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }
}

/// Without the id, which is often that of a session.
impl fmt::Debug for OutOfBandRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutOfBandRequest").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A code that is to be made and sent: for which request, where to, and what it tells the person.
#[derive(Clone, Copy, Debug)]
pub struct Dispatch<'a> {
    request: OutOfBandRequest<'a>,
    destination: Destination<'a>,
    purpose: &'a str,
}

impl<'a> Dispatch<'a> {
    /// The longest purpose, in bytes.
    pub const MAX_PURPOSE: usize = 200;

    /// `purpose` is what the person reads beside the code, in their language: who asks, and what for.
    /// For a payment the sum and to whom it goes belong there, or the code is typed in for another
    /// one. 1 to 200 bytes on one line, without invisible characters.
    ///
    /// # Errors
    /// [`Error::MessageText`] for another text.
    pub fn new(
        request: OutOfBandRequest<'a>,
        destination: Destination<'a>,
        purpose: &'a str,
    ) -> Result<Self, Error> {
        let is_long = purpose.len() > Self::MAX_PURPOSE;
        if purpose.is_empty() || is_long || purpose.contains(is_disguise) {
            return Err(Error::MessageText);
        }
        Ok(Self { request, destination, purpose })
    }

    /// What it is for.
    #[must_use]
    pub const fn request(&self) -> &OutOfBandRequest<'a> {
        &self.request
    }

    /// The message that carries `code`.
    pub(super) const fn message(self, code: &'a Code, expires: UnixTime) -> Message<'a> {
        Message { destination: self.destination, code, purpose: self.purpose, expires }
    }
}

/// What a [`Delivery`](crate::Delivery) sends. `Debug` hides the destination and the code.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    destination: Destination<'a>,
    code: &'a Code,
    purpose: &'a str,
    expires: UnixTime,
}

impl<'a> Message<'a> {
    /// Where it goes.
    #[must_use]
    pub const fn destination(&self) -> Destination<'a> {
        self.destination
    }

    /// The code. Never log it, and keep the transport from logging it.
    #[must_use]
    pub const fn code(&self) -> &'a Code {
        self.code
    }

    /// What the person reads beside the code.
    #[must_use]
    pub const fn purpose(&self) -> &'a str {
        self.purpose
    }

    /// The first second in which the code is not taken any more: a transport need not try for longer.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }
}
