use core::slice;

use crate::{Code, Error, Otp, Policy, Status, UnixTime};

/// What a code is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To be let in, with an [active](Status::Active) credential.
    Login,
    /// To show that the secret has arrived, with a [pending](Status::Pending) one, which becomes
    /// active.
    Enrolment,
}

impl Purpose {
    /// Whether a credential in this status serves the purpose.
    pub(crate) fn admits(self, status: Status) -> Result<(), Error> {
        match (self, status) {
            (Self::Login, Status::Active) | (Self::Enrolment, Status::Pending) => Ok(()),
            (Self::Login, Status::Pending) => Err(Error::NotConfirmed),
            (Self::Enrolment, Status::Active) => Err(Error::AlreadyActive),
            (_, Status::Revoked) => Err(Error::Revoked),
        }
    }
}

/// What was typed, what for, and when.
///
/// ```
/// use creance_totp::{Attempt, Code, Purpose, UnixTime};
///
/// let (code, now) = (Code::parse("755 224")?, UnixTime::from_secs(59));
/// assert_eq!(Attempt::login(&code, now).purpose(), Purpose::Login);
/// assert_eq!(Attempt::enrolment(&code, now).now(), now);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    purpose: Purpose,
    codes: &'a [Code],
    is_run: bool,
    now: UnixTime,
}

impl<'a> Attempt<'a> {
    /// The most codes of a resynchronisation.
    pub const MAX_RUN: usize = 3;

    /// A code, to be let in. `now` is the service's own time, never the client's.
    #[must_use]
    pub const fn login(code: &'a Code, now: UnixTime) -> Self {
        Self { purpose: Purpose::Login, codes: slice::from_ref(code), is_run: false, now }
    }

    /// The first code of a credential, to confirm its enrolment.
    #[must_use]
    pub const fn enrolment(code: &'a Code, now: UnixTime) -> Self {
        Self { purpose: Purpose::Enrolment, ..Self::login(code, now) }
    }

    /// Two or three consecutive codes, the oldest first, of an authenticator whose counter or clock
    /// is too far off for a single one; see
    /// [`Reserved::resynchronise`](crate::Reserved::resynchronise).
    #[must_use]
    pub const fn resynchronisation(codes: &'a [Code], now: UnixTime) -> Self {
        Self { purpose: Purpose::Login, codes, is_run: true, now }
    }

    /// What for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// When.
    #[must_use]
    pub const fn now(&self) -> UnixTime {
        self.now
    }

    /// The codes of a resynchronisation.
    pub(crate) fn run(&self) -> Option<&'a [Code]> {
        self.is_run.then_some(self.codes)
    }

    pub(crate) const fn codes(&self) -> &'a [Code] {
        self.codes
    }

    /// Whether it could succeed at all: what the program got wrong must not count as a failure of
    /// the person.
    pub(crate) fn check(&self, otp: &Otp, policy: Policy) -> Result<(), Error> {
        otp.step_at(self.now)?;
        self.run().map_or(Ok(()), |codes| policy.allows_run(otp, codes))
    }
}
