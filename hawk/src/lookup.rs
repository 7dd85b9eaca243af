use creance_sigv::Key;

use crate::Error;

/// What a look-up of credentials may answer: `Option<&Key>`, or a `Result` of it where the look-up
/// can fail.
///
/// An unknown id is `None` and becomes a 401 like a wrong MAC. A failure is none of the peer's
/// fault: it becomes [`Error::CredentialsUnavailable`], a 503. Its own error is dropped here, so
/// log it before.
///
/// ```
/// use creance_hawk::Lookup;
/// use creance_hawk::sigv::Key;
///
/// let unknown: Option<&Key> = None;
/// assert!(unknown.found().is_ok());
/// let failed: Result<Option<&Key>, &str> = Err("no connection to the database");
/// assert_eq!(failed.found().unwrap_err().status(), 503);
/// ```
pub trait Lookup<'k> {
    /// The key, or nothing for an unknown id.
    ///
    /// # Errors
    /// [`Error::CredentialsUnavailable`] where the look-up failed.
    fn found(self) -> Result<Option<&'k Key>, Error>;
}

impl<'k> Lookup<'k> for Option<&'k Key> {
    fn found(self) -> Result<Option<&'k Key>, Error> {
        Ok(self)
    }
}

impl<'k, E> Lookup<'k> for Result<Option<&'k Key>, E> {
    fn found(self) -> Result<Option<&'k Key>, Error> {
        self.map_err(|_| Error::CredentialsUnavailable)
    }
}
