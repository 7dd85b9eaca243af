use core::fmt;

use crate::{Error, OcraPin, OcraSuite};

/// What a response is computed of besides the secret. The suite says which inputs there have to be:
/// exactly those, since one that is passed and not used would be believed to be signed.
///
/// ```
/// use creance_totp::{Error, Ocra, OcraInput, OcraSuite, Secret};
///
/// let suite = OcraSuite::parse("OCRA-1:HOTP-SHA256-8:QA08")?;
/// let ocra = Ocra::new(suite, &Secret::from_bytes(b"12345678901234567890123456789012")?)?;
///
/// // Both sides have asked something: the server answers first, and then the client.
/// let server = OcraInput::mutual("CLI22220", "SRV11110");
/// assert_eq!(ocra.respond(&server)?.expose(), "28247970");
/// let client = OcraInput::mutual("SRV11110", "CLI22220");
/// assert_eq!(ocra.respond(&client)?.expose(), "15510767");
///
/// let counted = OcraInput::new("SIG10000").with_counter(1);
/// assert_eq!(ocra.respond(&counted).unwrap_err(), Error::OcraInput);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct OcraInput<'a> {
    questions: [&'a str; 2],
    is_mutual: bool,
    pub(super) counter: Option<u64>,
    pub(super) pin: Option<&'a OcraPin>,
    pub(super) session: Option<&'a [u8]>,
    pub(super) time_step: Option<u64>,
}

impl<'a> OcraInput<'a> {
    /// One party's question, or what is to be signed.
    ///
    /// Ask with as many characters as the suite says: a shorter question may have the response of
    /// another one, see [`ChallengeFormat`](crate::ChallengeFormat).
    #[must_use]
    pub const fn new(question: &'a str) -> Self {
        Self {
            questions: [question, ""],
            is_mutual: false,
            counter: None,
            pin: None,
            session: None,
            time_step: None,
        }
    }

    /// Both parties' questions (RFC 6287, 7.2), as whoever responds has them: first what the other
    /// one asked, and then the own question.
    ///
    /// Nothing stands between the two in the message: `"1"` and `"23"` have the response of `"12"` and
    /// `"3"`. Refuse a question of the other one's that is not as long as the suite says, or it moves
    /// characters into or out of the own question.
    #[must_use]
    pub const fn mutual(asked: &'a str, own: &'a str) -> Self {
        Self { questions: [asked, own], is_mutual: true, ..Self::new("") }
    }

    /// Sets the counter.
    #[must_use]
    pub const fn with_counter(self, counter: u64) -> Self {
        Self { counter: Some(counter), ..self }
    }

    /// Sets the PIN.
    #[must_use]
    pub const fn with_pin(self, pin: &'a OcraPin) -> Self {
        Self { pin: Some(pin), ..self }
    }

    /// Sets the information about the session. Where it is shorter than the suite says, it is filled
    /// up with zero bytes in front.
    #[must_use]
    pub const fn with_session(self, session: &'a [u8]) -> Self {
        Self { session: Some(session), ..self }
    }

    /// Sets the time step, see [`OcraSuite::step_at`].
    #[must_use]
    pub const fn with_time_step(self, step: u64) -> Self {
        Self { time_step: Some(step), ..self }
    }

    /// The challenge as it stands in the message.
    pub(super) fn challenge(&self, suite: &OcraSuite) -> Result<[u8; 128], Error> {
        let (format, max) = suite.challenge();
        let parties = if self.is_mutual { 2 } else { 1 };
        self.questions.iter().take(parties).try_for_each(|question| format.check(question, max))?;
        Ok(format.encode(self.questions))
    }

    /// Checks the other inputs.
    pub(super) fn check(&self, suite: &OcraSuite) -> Result<(), Error> {
        let pin_is_right = self.pin.map(OcraPin::algorithm) == suite.pin();
        let session_is_right = match (self.session, suite.session_len()) {
            (Some(session), Some(len)) => session.len() <= usize::from(len),
            (session, len) => session.is_none() && len.is_none(),
        };
        let are_right = self.counter.is_some() == suite.has_counter()
            && self.time_step.is_some() == suite.period().is_some()
            && pin_is_right
            && session_is_right;
        if are_right { Ok(()) } else { Err(Error::OcraInput) }
    }
}

/// Without the session, which may hold what is secret elsewhere.
impl fmt::Debug for OcraInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcraInput")
            .field("questions", &self.questions)
            .field("counter", &self.counter)
            .field("pin", &self.pin)
            .field("time_step", &self.time_step)
            .finish_non_exhaustive()
    }
}
