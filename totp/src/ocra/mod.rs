//! Challenge and response (OCRA, RFC 6287).

mod challenge;
mod input;
mod pin;
mod response;
mod suite;

use creance_sigv::Mac;

pub use challenge::ChallengeFormat;
pub use input::OcraInput;
pub use pin::OcraPin;
pub use response::OcraResponse;
pub use suite::OcraSuite;

use crate::{Error, Key, Secret};

/// Responses to challenges (OCRA, RFC 6287): what a token answers to a question, to a counter, a
/// PIN, a session or the time, or to several of them, as its [suite](OcraSuite) says.
///
/// This is the computation only. A service has to ask a question that nobody can foretell and to
/// take one answer to it, to count tries, and to move a counter only after a success (RFC 6287, 7).
///
/// ```
/// use creance_totp::{Ocra, OcraInput, OcraPin, OcraResponse, OcraSuite, Secret};
///
/// let suite = OcraSuite::parse("OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1")?;
/// let pin = OcraPin::new(suite.pin().expect("PSHA1"), b"1234");
/// let ocra = Ocra::new(suite, &Secret::from_bytes(b"12345678901234567890123456789012")?)?;
///
/// let input = OcraInput::new("12345678").with_counter(0).with_pin(&pin);
/// assert_eq!(ocra.respond(&input)?.expose(), "65347737");
/// ocra.verify(&input, &OcraResponse::parse("6534 7737")?)?;
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ocra {
    key: Key,
    suite: OcraSuite,
}

impl Ocra {
    /// The responses of a secret by a suite, whose algorithm the key is made for.
    ///
    /// # Errors
    /// None that can occur: see [`Secret::key`].
    pub fn new(suite: OcraSuite, secret: &Secret) -> Result<Self, Error> {
        Ok(Self { key: secret.key(suite.algorithm())?, suite })
    }

    /// The same for a key, which may be longer than any [`Secret`].
    ///
    /// ```
    /// use creance_totp::{Algorithm, Error, Key, Ocra, OcraInput, OcraSuite};
    ///
    /// let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN08")?;
    /// let key = Key::new(Algorithm::Sha1, b"12345678901234567890")?;
    /// let ocra = Ocra::with_key(suite, key)?;
    /// assert_eq!(ocra.respond(&OcraInput::new("11111111"))?.expose(), "243178");
    ///
    /// let other = Key::new(Algorithm::Sha256, b"12345678901234567890123456789012")?;
    /// assert_eq!(Ocra::with_key(suite, other).unwrap_err(), Error::WrongKey);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongKey`] where the key's algorithm is not the suite's, and for a
    /// [decoy](Key::decoy), whose responses everybody can compute.
    pub fn with_key(suite: OcraSuite, key: Key) -> Result<Self, Error> {
        let is_right = key.algorithm() == suite.algorithm() && !key.is_decoy();
        if is_right { Ok(Self { key, suite }) } else { Err(Error::WrongKey) }
    }

    /// The suite.
    #[must_use]
    pub const fn suite(&self) -> &OcraSuite {
        &self.suite
    }

    /// The response to an input.
    ///
    /// # Errors
    /// [`Error::OcraChallenge`] for a challenge that the suite does not allow, and
    /// [`Error::OcraInput`] where the suite asks for other inputs than there are.
    pub fn respond(&self, input: &OcraInput<'_>) -> Result<OcraResponse, Error> {
        let challenge = input.challenge(&self.suite)?;
        input.check(&self.suite)?;
        let tag = self.key.sign_with(|mac| self.write(mac, input, &challenge));
        Ok(OcraResponse::of(&tag, self.suite.digits()))
    }

    /// Compares what was received with the response to an input, in constant time.
    ///
    /// # Errors
    /// [`Error::Mismatch`], and those of [`respond`](Self::respond).
    pub fn verify(&self, input: &OcraInput<'_>, received: &OcraResponse) -> Result<(), Error> {
        self.respond(input)?.verify(received)
    }

    /// The message (RFC 6287, 5.1). What the suite does not name was checked to be absent.
    fn write(&self, mac: &mut Mac, input: &OcraInput<'_>, challenge: &[u8]) {
        mac.update(self.suite.as_str().as_bytes());
        mac.update(&[0]);
        if let Some(counter) = input.counter {
            mac.update(&counter.to_be_bytes());
        }
        mac.update(challenge);
        if let Some(pin) = input.pin {
            mac.update(pin.expose());
        }
        if let (Some(session), Some(len)) = (input.session, self.suite.session_len()) {
            // Filled up on the left, as in RFC 6287, appendix A.
            (session.len()..usize::from(len)).for_each(|_| mac.update(&[0]));
            mac.update(session);
        }
        if let Some(step) = input.time_step {
            mac.update(&step.to_be_bytes());
        }
    }
}
