use crate::Error;

/// How many digits a code has: 6, 7 or 8.
///
/// RFC 4226, 5.3 asks for six at least; more than eight nobody shows, and the 31 bits that codes
/// are made of do not fill ten.
///
/// ```
/// use creance_totp::Digits;
///
/// assert_eq!(Digits::new(8), Ok(Digits::Eight));
/// assert!(Digits::new(4).is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digits {
    /// Six, what every authenticator app shows.
    #[default]
    Six,
    /// Seven.
    Seven,
    /// Eight.
    Eight,
}

impl Digits {
    /// The fewest digits.
    pub const MIN: u8 = 6;

    /// The most digits.
    pub const MAX: u8 = 8;

    /// The number of digits as a type.
    ///
    /// # Errors
    /// [`Error::Digits`] for a number other than 6, 7 and 8.
    pub const fn new(digits: u8) -> Result<Self, Error> {
        match digits {
            6 => Ok(Self::Six),
            7 => Ok(Self::Seven),
            8 => Ok(Self::Eight),
            _ => Err(Error::Digits { digits }),
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        match self {
            Self::Six => 6,
            Self::Seven => 7,
            Self::Eight => 8,
        }
    }
}
