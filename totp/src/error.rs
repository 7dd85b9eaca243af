use crate::{Digits, Fault, UnixTime};

/// Everything that this crate refuses.
///
/// No variant holds a key or a code; [`fault`](Self::fault) tells whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Text is not a code.
    #[error("a code is 6 to 8 digits, with spaces and one dash at most between them")]
    Code,
    /// The code is not the one of any counter or time step that was looked at.
    #[error("the code does not match")]
    Mismatch,
    /// A number of digits that codes do not have (RFC 4226, 5.3 asks for 6 at least).
    #[error("codes of {digits} digits are not made, only of {} to {}", Digits::MIN, Digits::MAX)]
    Digits {
        /// The number asked for.
        digits: u8,
    },
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
}

impl Error {
    /// Whose fault this is.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Self::Code | Self::Mismatch => Fault::Peer,
            Self::Digits { .. } | Self::ZeroPeriod | Self::BeforeStart { .. } => Fault::Caller,
        }
    }
}
