use alloc::string::String;
use core::fmt;

use crate::Secret;

/// Something about a key URI that works, and that somebody should know.
///
/// A value, not a line in a log: a service decides what of it is shown to whom. No warning holds
/// anything of a secret. `Display` is for people, [`code`](Self::code) for programs.
///
/// ```
/// use creance_totp::{KeyUri, Warning};
///
/// let (_, warnings) = KeyUri::parse(
///     "otpauth://totp/ACME:alice?secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq&issuer=ACME&color=red",
/// )?;
/// let expected = [
///     Warning::UnknownParameter { name: "color".to_owned() },
///     Warning::LowerCaseSecret,
/// ];
/// assert_eq!(warnings, expected);
/// assert_eq!(warnings[0].to_string(), "the parameter \"color\" is not known and was ignored");
/// assert_eq!(warnings[1].code(), "lower-case-secret");
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    // How it is written, which writing it anew repairs.
    /// The scheme or the type has capital letters, which some apps do not take.
    UpperCase,
    /// Characters are there as they are that have to be percent-encoded.
    Unencoded,
    /// A bare `+` was read as a plus sign in the label, as a space in a parameter, which is how
    /// most apps read it; some do otherwise.
    Plus,
    /// The secret has lower-case letters.
    LowerCaseSecret,
    /// The secret is padded by `=`.
    PaddedSecret,
    /// There are spaces or dashes in the secret.
    SeparatedSecret,
    /// The algorithm's name is not exactly `SHA1`, `SHA256` or `SHA512`.
    AlgorithmSpelling,
    /// The issuer is there and empty; it counts as absent.
    EmptyIssuer,
    /// A parameter that is not one of a key URI, or only to some apps. It was ignored.
    UnknownParameter {
        /// Its name, up to the `=`.
        name: String,
    },
    /// A parameter of the other type: a period for codes by counter, or a counter for codes by
    /// time. It was ignored.
    UnusedParameter {
        /// Its name.
        name: &'static str,
    },

    // What it says.
    /// There is no issuer: a person with two accounts of the same name cannot tell them apart.
    MissingIssuer,
    /// The issuer in the label is another than the one in the parameter, which counts. It is
    /// legitimate where the parameter is a domain, as Apple asks for.
    IssuersDiffer,
    /// The secret is shorter than the 128 bits that RFC 4226 demands.
    WeakSecret {
        /// Its length.
        bytes: usize,
    },
    /// Some apps do not take the algorithm, or ignore it and show wrong codes.
    UncommonAlgorithm,
    /// Some apps do not take the number of digits, or ignore it and show wrong codes.
    UncommonDigits,
    /// Some apps do not take the period, or ignore it and show wrong codes.
    UncommonPeriod,
    /// The codes are by counter, which many apps do not make.
    ByCounter,

    // How it is shown.
    /// The QR code is of a version above 10: some cameras cannot read it from a screen.
    LargeQrCode {
        /// The version, up to 40.
        version: u8,
    },
}

impl Warning {
    /// A stable kebab-case name, for metrics and for other programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UpperCase => "upper-case",
            Self::Unencoded => "unencoded",
            Self::Plus => "plus",
            Self::LowerCaseSecret => "lower-case-secret",
            Self::PaddedSecret => "padded-secret",
            Self::SeparatedSecret => "separated-secret",
            Self::AlgorithmSpelling => "algorithm-spelling",
            Self::EmptyIssuer => "empty-issuer",
            Self::UnknownParameter { .. } => "unknown-parameter",
            Self::UnusedParameter { .. } => "unused-parameter",
            Self::MissingIssuer => "missing-issuer",
            Self::IssuersDiffer => "issuers-differ",
            Self::WeakSecret { .. } => "weak-secret",
            Self::UncommonAlgorithm => "uncommon-algorithm",
            Self::UncommonDigits => "uncommon-digits",
            Self::UncommonPeriod => "uncommon-period",
            Self::ByCounter => "by-counter",
            Self::LargeQrCode { .. } => "large-qr-code",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UpperCase => "the scheme and the type should be in lower case",
            Self::Unencoded => "there are characters that should be percent-encoded",
            Self::Plus => "a + was read as a plus sign in the label, as a space in a parameter",
            Self::LowerCaseSecret => "the secret should be in upper case",
            Self::PaddedSecret => "the secret should not be padded by =",
            Self::SeparatedSecret => "the secret should have no spaces and dashes",
            Self::AlgorithmSpelling => "the algorithm should be SHA1, SHA256 or SHA512 by name",
            Self::EmptyIssuer => "the issuer is empty and was ignored",
            Self::MissingIssuer => "there is no issuer to tell the account from others by",
            Self::IssuersDiffer => "the issuer in the label is not the one in the parameter",
            Self::UncommonAlgorithm => "not every app takes the algorithm",
            Self::UncommonDigits => "not every app takes the number of digits",
            Self::UncommonPeriod => "not every app takes the period",
            Self::ByCounter => "not every app makes codes by counter",
            // The name is the sender's: escaped, so that it cannot pretend to be a line of its own.
            Self::UnknownParameter { name } => {
                return write!(f, "the parameter {name:?} is not known and was ignored");
            }
            Self::UnusedParameter { name } => {
                return write!(f, "the parameter {name} is not one of this type and was ignored");
            }
            Self::WeakSecret { bytes } => {
                let minimum = Secret::MIN_BYTES;
                return write!(f, "the secret has {bytes} bytes, fewer than {minimum}");
            }
            Self::LargeQrCode { version } => {
                return write!(
                    f,
                    "the QR code is of version {version}, some cameras read up to 10"
                );
            }
        })
    }
}
