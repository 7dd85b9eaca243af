mod name;
mod parse;
pub(crate) mod percent;
mod query;
mod write;

pub(crate) use write::algorithm_name;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::{App, Error, Otp, Parameters, Secret, Sensitive, Support, Warning, limits};

/// What an authenticator app needs to know of a credential, as an `otpauth://` URI says it: the
/// content of the QR code that people scan.
///
/// It holds the secret, so there is no `Display` and `Debug` hides it; the text comes from
/// [`to_text`](Self::to_text) or [`write`](Self::write).
///
/// ```
/// use creance_totp::{KeyUri, Secret};
///
/// let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
/// let uri = KeyUri::new(secret, "alice@example.com")?.with_issuer("ACME Co")?;
/// assert!(uri.warnings().is_empty());
/// assert_eq!(
///     uri.to_text()?.expose(),
///     "otpauth://totp/ACME%20Co:alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
///      &issuer=ACME%20Co",
/// );
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct KeyUri {
    secret: Secret,
    parameters: Parameters,
    /// The first counter of codes by counter.
    counter: u64,
    issuer: Option<String>,
    /// Where the label names another issuer than the parameter.
    label_issuer: Option<String>,
    account: String,
}

impl KeyUri {
    /// The longest issuer, in bytes of UTF-8.
    pub const MAX_ISSUER: usize = limits::MAX_ISSUER;

    /// The longest account, in bytes of UTF-8: longer than any e-mail address. A URI with names as
    /// long as these fits into a QR code, whatever is in them.
    pub const MAX_ACCOUNT: usize = limits::MAX_ACCOUNT;

    /// The longest period, in seconds: a day.
    pub const MAX_PERIOD: u64 = limits::MAX_PERIOD;

    /// The longest text that is parsed, in bytes.
    pub const MAX_TEXT: usize = limits::MAX_TEXT;

    /// A credential of codes by time, with the parameters that every app takes, and no issuer yet.
    ///
    /// The account is what its owner knows it by, mostly an e-mail address. Spaces around it are
    /// taken off.
    ///
    /// # Errors
    /// [`Error::Account`] if it is empty, longer than [`MAX_ACCOUNT`](Self::MAX_ACCOUNT), or has a
    /// colon, a control character or an invisible one.
    pub fn new(secret: Secret, account: &str) -> Result<Self, Error> {
        Ok(Self {
            secret,
            parameters: Parameters::totp(),
            counter: 0,
            issuer: None,
            label_issuer: None,
            account: name::account(account)?,
        })
    }

    /// Sets the issuer: the service that asks for the codes, by the name that people know. Spaces
    /// around it are taken off.
    ///
    /// # Errors
    /// [`Error::Issuer`] if it is empty, longer than [`MAX_ISSUER`](Self::MAX_ISSUER), or has a
    /// colon, a control character or an invisible one.
    pub fn with_issuer(self, issuer: &str) -> Result<Self, Error> {
        let issuer = Some(name::issuer(issuer)?);
        Ok(Self { issuer, label_issuer: None, ..self })
    }

    /// Sets two issuers: the name that the label shows, and the parameter, which Apple wants to be
    /// the service's domain to offer the code on its pages. Apps that show the parameter show the
    /// domain then.
    ///
    /// ```
    /// use creance_totp::{KeyUri, Secret, Warning};
    ///
    /// let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
    /// let uri = KeyUri::new(secret, "alice")?.with_issuers("ACME", "acme.example")?;
    /// assert_eq!(uri.warnings(), [Warning::IssuersDiffer]);
    /// let text = uri.to_text()?;
    /// assert!(text.expose().starts_with("otpauth://totp/ACME:alice?"));
    /// assert!(text.expose().ends_with("&issuer=acme.example"));
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`with_issuer`](Self::with_issuer).
    pub fn with_issuers(self, label: &str, parameter: &str) -> Result<Self, Error> {
        let label = name::issuer(label)?;
        let uri = self.with_issuer(parameter)?;
        let differs = uri.issuer.as_ref() != Some(&label);
        Ok(Self { label_issuer: differs.then_some(label), ..uri })
    }

    /// Sets how the codes are made. [`warnings`](Self::warnings) tells if that leaves what every
    /// app takes.
    ///
    /// # Errors
    /// [`Error::LongPeriod`] above [`MAX_PERIOD`](Self::MAX_PERIOD), which [`Parameters`] do not reach.
    pub fn with_parameters(self, parameters: Parameters) -> Result<Self, Error> {
        match parameters.period() {
            Some(period) if period > Self::MAX_PERIOD => Err(Error::LongPeriod { period }),
            _ => Ok(Self { parameters, ..self }),
        }
    }

    /// Sets the counter of the first code, 0 by default. It counts for codes by counter only.
    #[must_use]
    pub const fn with_counter(mut self, counter: u64) -> Self {
        self.counter = counter;
        self
    }

    /// Reads a key URI as it is found in the wild, and says what was odd about it.
    ///
    /// The issuer is the parameter's, otherwise the label's. The warnings are how the text is
    /// written and then those of [`warnings`](Self::warnings). What could be read in two ways is
    /// refused: apps disagree, and each of them would show other codes. That includes a parameter
    /// that is there twice, an algorithm that is not known, and `encoder`, by which some programs
    /// mean codes that are not digits. An issuer named Steam is an issuer like any other.
    ///
    /// ```
    /// use creance_totp::{Error, KeyUri, Warning};
    ///
    /// let text = "otpauth://totp/ACME:%20alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
    ///             &issuer=acme.example&algorithm=sha1";
    /// let (uri, warnings) = KeyUri::parse(text)?;
    /// assert_eq!((uri.issuer(), uri.account()), (Some("acme.example"), "alice"));
    /// assert_eq!(uri.label_issuer(), Some("ACME"));
    /// assert_eq!(warnings, [Warning::AlgorithmSpelling, Warning::IssuersDiffer]);
    ///
    /// let refused = KeyUri::parse("otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP").unwrap_err();
    /// assert_eq!(refused, Error::ShortSecret { bytes: 10 });
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LongUri`], [`Error::UriScheme`], [`Error::UriType`], [`Error::UriCharacter`],
    /// [`Error::UriEncoding`], [`Error::Account`], [`Error::Issuer`], [`Error::UriDuplicate`],
    /// [`Error::UriSecret`], [`Error::UriAlgorithm`], [`Error::UriDigits`], [`Error::UriPeriod`],
    /// [`Error::UriCounter`] and [`Error::UriEncoder`] by their names; those of
    /// [`Secret::from_base32`].
    pub fn parse(text: &str) -> Result<(Self, Vec<Warning>), Error> {
        let (uri, warnings) = Self::allow_weak_parse(text)?;
        match uri.secret.expose().len() {
            bytes @ ..Secret::MIN_BYTES => Err(Error::ShortSecret { bytes }),
            _ => Ok((uri, warnings)),
        }
    }

    /// The same for a secret of at least one byte, however easily it is guessed: to take over the
    /// credentials of a service that handed out 80 bits.
    ///
    /// ```
    /// use creance_totp::{KeyUri, Warning};
    ///
    /// let text = "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example";
    /// let (_, warnings) = KeyUri::allow_weak_parse(text)?;
    /// assert_eq!(warnings, [Warning::WeakSecret { bytes: 10 }]);
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`Error::ShortSecret`] only without any characters.
    pub fn allow_weak_parse(text: &str) -> Result<(Self, Vec<Warning>), Error> {
        parse::parse(text)
    }

    /// Writes the URI, which holds the secret, in the spelling that every app reads.
    ///
    /// The issuer stands in the label and as a parameter; defaults are left out; everything but
    /// unreserved characters is percent-encoded.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        write::write(self, out)
    }

    /// The URI as text that is wiped when dropped.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    pub fn to_text(&self) -> Result<Sensitive, Error> {
        Sensitive::written(|out| self.write(out))
    }

    /// What somebody should know before it is handed out: no issuer or two of them, a weak secret,
    /// and parameters that some apps do not take, see [`Parameters::compatibility`].
    ///
    /// ```
    /// use creance_totp::{Digits, KeyUri, Parameters, Secret, Warning};
    ///
    /// let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
    /// let eight = Parameters::totp().with_digits(Digits::Eight);
    /// let uri = KeyUri::new(secret, "alice")?.with_issuer("ACME")?.with_parameters(eight)?;
    /// assert_eq!(uri.warnings(), [Warning::UncommonDigits]);
    /// # Ok::<(), creance_totp::Error>(())
    /// ```
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let bytes = self.secret.expose().len();
        let found = [
            (self.issuer.is_none(), Warning::MissingIssuer),
            (self.label_issuer.is_some(), Warning::IssuersDiffer),
            (bytes < Secret::MIN_BYTES, Warning::WeakSecret { bytes }),
        ];
        found
            .into_iter()
            .chain(uncommon(self.parameters))
            .filter(|(is_so, _)| *is_so)
            .map(|(_, warning)| warning)
            .collect()
    }

    /// The secret.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// How the codes are made.
    #[must_use]
    pub const fn parameters(&self) -> Parameters {
        self.parameters
    }

    /// The counter of the first code; `None` for codes by time.
    #[must_use]
    pub const fn counter(&self) -> Option<u64> {
        match self.parameters.period() {
            Some(_) => None,
            None => Some(self.counter),
        }
    }

    /// Who issues the codes: the parameter, which is the label's where there is one only.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Who issues them by the label: the same, unless both were given.
    #[must_use]
    pub fn label_issuer(&self) -> Option<&str> {
        self.label_issuer.as_deref().or(self.issuer())
    }

    /// Whose account it is.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What makes the codes, the key prepared.
    ///
    /// # Errors
    /// None that can occur, see [`Parameters::otp`].
    pub fn otp(&self) -> Result<Otp, Error> {
        self.parameters.otp(&self.secret)
    }
}

impl fmt::Debug for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyUri")
            .field("issuer", &self.issuer)
            .field("label_issuer", &self.label_issuer)
            .field("account", &self.account)
            .field("parameters", &self.parameters)
            .field("counter", &self.counter())
            .field("secret", &self.secret)
            .finish()
    }
}

/// Each parameter by itself: what some app is not known to take.
fn uncommon(parameters: Parameters) -> [(bool, Warning); 4] {
    let somewhere_not = |taken: &dyn Fn(App) -> Support| {
        App::ALL.into_iter().any(|app| taken(app) != Support::Taken)
    };
    let (algorithm, digits, period) =
        (parameters.algorithm(), parameters.digits(), parameters.period());
    let is_period_uncommon = period.is_some() && somewhere_not(&|app| app.period(period));
    [
        (somewhere_not(&|app| app.algorithm(algorithm)), Warning::UncommonAlgorithm),
        (somewhere_not(&|app| app.digits(digits)), Warning::UncommonDigits),
        (is_period_uncommon, Warning::UncommonPeriod),
        (period.is_none(), Warning::ByCounter),
    ]
}
