use crate::scheme::{Part, Rejection};
use crate::webhook::Form;
use crate::{Error, ct};

/// The question whether a subscription is meant, which comes as a `GET` before messages do: Meta's,
/// and `WebSub`'s (W3C recommendation, 5.3). Answered with its challenge, as `text/plain`.
///
/// ```
/// use creance_sigv::webhook::HubChallenge;
///
/// let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock";
/// let challenge = HubChallenge::parse(query)?;
/// assert_eq!(challenge.answer_to_token("meatyhamhock")?, "1158201444");
/// assert!(challenge.answer_to_token("another").is_err());
/// # Ok::<(), creance_sigv::scheme::Rejection>(())
/// ```
#[derive(Clone, Debug)]
pub struct HubChallenge {
    form: Form,
}

/// The mode of a hub that says no.
const DENIED: &str = "denied";

impl HubChallenge {
    /// Reads the query of the request.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Duplicate`] and [`Error::Missing`] with
    /// [`Part::Parameter`].
    pub fn parse(query: &str) -> Result<Self, Rejection> {
        let challenge = Self { form: Form::parse(query.as_bytes())? };
        if challenge.required("hub.mode")? != DENIED {
            challenge.challenge()?;
        }
        challenge.seconds()?;
        Ok(challenge)
    }

    /// `subscribe` or `unsubscribe`; `denied` where `WebSub` does not grant it, or no longer does: then
    /// there is no challenge, and any answer of a success will do.
    #[must_use]
    pub fn mode(&self) -> &str {
        self.required("hub.mode").unwrap_or_default()
    }

    /// What `WebSub` is asked to be subscribed to.
    #[must_use]
    pub fn topic(&self) -> Option<&str> {
        self.form.text("hub.topic").ok().flatten()
    }

    /// Whether the hub says no to a subscription (`WebSub`, 5.2). Anybody could have said so: ask the hub
    /// again before you act on it.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.mode() == DENIED
    }

    /// How long `WebSub`'s subscription lasts, in seconds, where the hub says so.
    #[must_use]
    pub fn lease_seconds(&self) -> Option<u64> {
        self.seconds().ok().flatten()
    }

    /// Meta: the challenge to answer with, if the verify token is the one of the app's settings.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Mismatch`], which is constant in time.
    pub fn answer_to_token(&self, verify_token: &str) -> Result<&str, Rejection> {
        if verify_token.is_empty() {
            return Err(Error::EmptyKey.into());
        }
        let received = self.required("hub.verify_token")?;
        ct::verify(verify_token.as_bytes(), received.as_bytes())?;
        Ok(self.challenge()?)
    }

    /// `WebSub`: the challenge to answer with, if this topic is what was asked for, and this mode
    /// what we wanted of it.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Mismatch`].
    pub fn answer_to_topic(&self, mode: &str, topic: &str) -> Result<&str, Rejection> {
        if self.mode() != mode || self.required("hub.topic")? != topic {
            return Err(Error::Mismatch.into());
        }
        Ok(self.challenge()?)
    }

    /// Visible ASCII without what could begin markup, whatever the answer is taken for.
    fn challenge(&self) -> Result<&str, Error> {
        let challenge = self.required("hub.challenge")?;
        let is_plain = challenge.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<');
        if is_plain && challenge.len() <= 1024 {
            Ok(challenge)
        } else {
            Err(Error::Malformed(Part::Parameter))
        }
    }

    fn seconds(&self) -> Result<Option<u64>, Error> {
        let Some(seconds) = self.form.text("hub.lease_seconds")? else { return Ok(None) };
        let is_number = seconds.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = seconds.parse().ok().filter(|_| is_number);
        seconds.map(Some).ok_or(Error::Malformed(Part::Parameter))
    }

    fn required(&self, name: &str) -> Result<&str, Error> {
        let value = self.form.text(name)?;
        value.filter(|value| !value.is_empty()).ok_or(Error::Missing(Part::Parameter))
    }
}
