use core::ops::RangeInclusive;

use crate::{Algorithm, Digits, Parameters};

/// An authenticator app, as far as is known what it takes.
///
/// Apps change; this is a table of what was found out about them, not a promise of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum App {
    /// Google Authenticator on older Android devices.
    GoogleAuthenticatorOld,
    /// Google Authenticator of today.
    GoogleAuthenticator,
    /// Microsoft Authenticator.
    Microsoft,
    /// Authy.
    Authy,
    /// 1Password.
    OnePassword,
    /// Yubico Authenticator.
    Yubico,
    /// Aegis.
    Aegis,
    /// `FreeOTP`.
    FreeOtp,
    /// Apple's Passwords. It takes the issuer's domain as the issuer, see
    /// [`KeyUri::with_issuers`](crate::KeyUri::with_issuers).
    Apple,
}

/// What an app does with parameters.
///
/// In the order of what a person is in for: from codes that are right to codes that are wrong
/// without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Support {
    /// It makes the right codes.
    Taken,
    /// Nobody knows, or reports disagree.
    Unknown,
    /// It is not made for them: it refuses them, or makes other codes.
    NotTaken,
    /// It ignores them and makes wrong codes.
    Ignored,
}

impl App {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::GoogleAuthenticatorOld,
        Self::GoogleAuthenticator,
        Self::Microsoft,
        Self::Authy,
        Self::OnePassword,
        Self::Yubico,
        Self::Aegis,
        Self::FreeOtp,
        Self::Apple,
    ];

    /// Its name, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GoogleAuthenticatorOld => "Google Authenticator (older Android)",
            Self::GoogleAuthenticator => "Google Authenticator",
            Self::Microsoft => "Microsoft Authenticator",
            Self::Authy => "Authy",
            Self::OnePassword => "1Password",
            Self::Yubico => "Yubico Authenticator",
            Self::Aegis => "Aegis",
            Self::FreeOtp => "FreeOTP",
            Self::Apple => "Apple Passwords",
        }
    }

    /// What it does with these parameters: the worst of what it does with each.
    ///
    /// The default of [`Parameters`] is taken by every app. Codes by counter are
    /// [`Support::Unknown`] everywhere: the table does not cover them.
    ///
    /// ```
    /// use creance_totp::{App, Digits, Parameters, Support};
    ///
    /// let eight = Parameters::totp().with_digits(Digits::Eight);
    /// assert_eq!(App::Yubico.support(eight), Support::Taken);
    /// assert_eq!(App::GoogleAuthenticatorOld.support(eight), Support::Ignored);
    /// ```
    #[must_use]
    pub fn support(self, parameters: Parameters) -> Support {
        self.algorithm(parameters.algorithm())
            .max(self.digits(parameters.digits()))
            .max(self.period(parameters.period()))
    }

    pub(crate) fn algorithm(self, algorithm: Algorithm) -> Support {
        let Row { algorithms: (taken, otherwise), .. } = self.row();
        if taken.contains(&algorithm) { Support::Taken } else { otherwise }
    }

    pub(crate) fn digits(self, digits: Digits) -> Support {
        let Row { digits: (taken, otherwise), .. } = self.row();
        if taken.contains(&digits) { Support::Taken } else { otherwise }
    }

    /// Without a period the codes are by counter.
    pub(crate) fn period(self, period: Option<u64>) -> Support {
        let Row { periods: (taken, otherwise), .. } = self.row();
        match period {
            Some(period) if taken.contains(&period) => Support::Taken,
            Some(_) => otherwise,
            None => Support::Unknown,
        }
    }

    const fn row(self) -> Row {
        use Support::{Ignored, NotTaken, Unknown};
        let (algorithms, digits, periods) = match self {
            Self::GoogleAuthenticatorOld => ((SHA1, Ignored), (SIX, Ignored), (THIRTY, Ignored)),
            Self::GoogleAuthenticator => {
                ((EVERY_HASH, NotTaken), (SIX_OR_EIGHT, NotTaken), (THIRTY, NotTaken))
            }
            Self::Microsoft => ((SHA1, NotTaken), (SIX, NotTaken), (THIRTY, NotTaken)),
            // Reports disagree on other numbers of digits.
            Self::Authy => ((SHA1, NotTaken), (SIX, Unknown), (THIRTY, NotTaken)),
            Self::OnePassword => ((SHA1_OR_SHA256, NotTaken), (SIX, NotTaken), (THIRTY, Unknown)),
            Self::Yubico => ((SHA1, NotTaken), (SIX_OR_EIGHT, NotTaken), (THIRTY, Unknown)),
            Self::Aegis => {
                ((EVERY_HASH, NotTaken), (EVERY_LENGTH, NotTaken), (1..=u64::MAX, NotTaken))
            }
            Self::FreeOtp => {
                ((EVERY_HASH, NotTaken), (EVERY_LENGTH, NotTaken), (5..=u64::MAX, NotTaken))
            }
            Self::Apple => ((SHA1, Unknown), (SIX, Unknown), (THIRTY, Unknown)),
        };
        Row { algorithms, digits, periods }
    }
}

/// What an app takes, and what it does with the rest.
struct Row {
    algorithms: (&'static [Algorithm], Support),
    digits: (&'static [Digits], Support),
    /// In seconds.
    periods: (RangeInclusive<u64>, Support),
}

const SHA1: &[Algorithm] = &[Algorithm::Sha1];
const SHA1_OR_SHA256: &[Algorithm] = &[Algorithm::Sha1, Algorithm::Sha256];
const EVERY_HASH: &[Algorithm] = &[Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
const SIX: &[Digits] = &[Digits::Six];
const SIX_OR_EIGHT: &[Digits] = &[Digits::Six, Digits::Eight];
const EVERY_LENGTH: &[Digits] = &[Digits::Six, Digits::Seven, Digits::Eight];
const THIRTY: RangeInclusive<u64> = 30..=30;
