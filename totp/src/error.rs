use crate::{Digits, Fault, Secret, UnixTime};

/// Everything that this crate refuses, precisely: for the operator, never for the peer.
///
/// No variant holds a secret or a code; [`fault`](Self::fault) tells whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // What somebody typed or sent that cannot be read.
    /// Text is not a code.
    #[error("a code is 6 to 8 digits, with spaces and one dash at most between them")]
    Code,
    /// Text is not a code of Steam Guard.
    #[error(
        "a code of Steam Guard is 5 of 26 letters and digits, with spaces at most between them"
    )]
    SteamCode,
    /// Text is not a suite of RFC 6287, 6.
    #[error("the text is not a suite of OCRA")]
    OcraSuite,
    /// A challenge has other characters, or more, than the suite allows.
    #[error("the challenge does not have the format of the suite")]
    OcraChallenge,
    /// Text is not a response to a challenge.
    #[error("a response is 4 to 10 digits, or a MAC in hexadecimal")]
    OcraResponse,
    /// Text is not a secret in Base32.
    #[error("the secret is not Base32")]
    SecretText,
    /// A secret is too short (RFC 4226, 4, R6 asks for 16 bytes).
    #[error("the secret has {bytes} bytes, at least {} are required", Secret::MIN_BYTES)]
    ShortSecret {
        /// Its length.
        bytes: usize,
    },
    /// A secret is too long.
    #[error("the secret has {bytes} bytes, at most {} are taken", Secret::MAX_BYTES)]
    LongSecret {
        /// Its length, as judged by its text's length where it is text.
        bytes: usize,
    },

    // What lets nobody in.
    /// The code is not the one of any counter or time step that was looked at.
    #[error("the code does not match")]
    Mismatch,
    /// The code was used before, or is the same as one that was.
    #[error("the code was used before")]
    Replayed,
    /// There were failures, and time has to pass before the next attempt.
    #[error("after failures in a row, the next attempt is at {until}")]
    Throttled {
        /// The first second of the next attempt.
        until: UnixTime,
    },
    /// There were too many failures in a row: an operator or a recovery code has to reset them.
    #[error("after {failures} failures in a row, nothing is verified any more")]
    Locked {
        /// How many.
        failures: u32,
    },
    /// There is no such credential.
    #[error("there is no such credential")]
    NotEnrolled,
    /// The enrolment was not confirmed by a code.
    #[error("the enrolment is not confirmed yet")]
    NotConfirmed,
    /// The enrolment was confirmed before.
    #[error("the credential is active already")]
    AlreadyActive,
    /// The credential was given up.
    #[error("the credential is revoked")]
    Revoked,

    // What the calling program got wrong.
    /// A number of digits that codes do not have (RFC 4226, 5.3 asks for 6 at least).
    #[error("codes of {digits} digits are not made, only of {} to {}", Digits::MIN, Digits::MAX)]
    Digits {
        /// The number asked for.
        digits: u8,
    },
    /// An algorithm that no authenticator knows.
    #[error("codes are made by SHA-1, SHA-256 and SHA-512 only")]
    Algorithm,
    /// A period of 0 seconds: no time step would ever begin.
    #[error("the period of a time step must be at least 1 s")]
    ZeroPeriod,
    /// The time lies before the first time step: the clock is wrong, or the start is.
    #[error("the time {time} is before {t0}, when the first time step begins")]
    BeforeStart {
        /// The time asked for.
        time: UnixTime,
        /// When the first step begins.
        t0: UnixTime,
    },
    /// A policy that guards nothing or lets nobody in.
    #[error("the policy is out of its range")]
    Policy,
    /// A stored state that no state can be.
    #[error("the stored state is out of its range")]
    State,
    /// An input of OCRA that the suite asks for is missing, is not the suite's, or does not fit.
    #[error("the suite asks for other inputs than there are")]
    OcraInput,
    /// A resynchronisation takes two or three codes, and a policy that allows it.
    #[error("a resynchronisation takes 2 or 3 codes, where it is allowed")]
    Resync,
    /// A `core::fmt::Write` failed.
    #[error("the output could not be written")]
    Write,

    // What is not available.
    /// The store cannot say or keep anything: nobody is let in.
    #[error("the store is unavailable")]
    StoreUnavailable,
    /// Others changed the record again and again.
    #[error("too many others change the record at the same time")]
    Contended,
}

impl Error {
    /// Whose fault this is.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self.status() {
            500 => Fault::Caller,
            503 => Fault::Outage,
            _ => Fault::Peer,
        }
    }

    /// The HTTP status that a service answers with to what it received: 400, 401, 429, 500 or 503.
    ///
    /// 429 tells that the account exists, so where codes are asked for before the password, answer
    /// it like 401.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.class().1
    }

    /// A stable kebab-case name, for metrics and for other programs. It says more than the peer
    /// should be told.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.class().0
    }

    const fn class(&self) -> (&'static str, u16) {
        match self {
            Self::Code => ("code", 400),
            Self::SteamCode => ("steam-code", 400),
            Self::OcraSuite => ("ocra-suite", 400),
            Self::OcraChallenge => ("ocra-challenge", 400),
            Self::OcraResponse => ("ocra-response", 400),
            Self::SecretText => ("secret-text", 400),
            Self::ShortSecret { .. } => ("short-secret", 400),
            Self::LongSecret { .. } => ("long-secret", 400),
            Self::Mismatch => ("mismatch", 401),
            Self::Replayed => ("replayed", 401),
            Self::Throttled { .. } => ("throttled", 429),
            Self::Locked { .. } => ("locked", 429),
            Self::NotEnrolled => ("not-enrolled", 401),
            Self::NotConfirmed => ("not-confirmed", 401),
            Self::AlreadyActive => ("already-active", 401),
            Self::Revoked => ("revoked", 401),
            Self::Digits { .. } => ("digits", 500),
            Self::Algorithm => ("algorithm", 500),
            Self::ZeroPeriod => ("zero-period", 500),
            Self::BeforeStart { .. } => ("before-start", 500),
            Self::Policy => ("policy", 500),
            Self::State => ("state", 500),
            Self::OcraInput => ("ocra-input", 500),
            Self::Resync => ("resync", 500),
            Self::Write => ("write", 500),
            Self::StoreUnavailable => ("store-unavailable", 503),
            Self::Contended => ("contended", 503),
        }
    }
}
