use core::fmt;

use crate::key_uri::algorithm_name;
use crate::{Error, KeyUri, Parameters, Sensitive};

/// What a person types into an authenticator app who cannot scan: the secret in groups of four,
/// and what the app's form asks for besides.
///
/// ```
/// use creance_totp::{KeyUri, ManualKey, Secret};
///
/// let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
/// let uri = KeyUri::new(secret, "alice@example.com")?.with_issuer("ACME Co")?;
/// let manual = ManualKey::new(&uri);
/// assert_eq!(manual.key()?.expose(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
/// assert_eq!(
///     manual.to_text()?.expose(),
///     "Account: ACME Co: alice@example.com\n\
///      Key: GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ\n\
///      Type: time-based\n",
/// );
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ManualKey<'a> {
    uri: &'a KeyUri,
}

impl<'a> ManualKey<'a> {
    /// For typing what `uri` says.
    #[must_use]
    pub const fn new(uri: &'a KeyUri) -> Self {
        Self { uri }
    }

    /// The name to give the account: the issuer as people know it, and the account.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_account<W: fmt::Write + ?Sized>(self, out: &mut W) -> fmt::Result {
        if let Some(issuer) = self.uri.label_issuer() {
            write!(out, "{issuer}: ")?;
        }
        out.write_str(self.uri.account())
    }

    /// The secret in Base32, in groups of four with a space between. Apps drop the spaces.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    pub fn key(self) -> Result<Sensitive, Error> {
        Sensitive::written(|out| self.write_key(out))
    }

    /// Writes the same.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_key<W: fmt::Write + ?Sized>(self, out: &mut W) -> fmt::Result {
        self.uri.secret().write_base32(&mut Groups { out, written: 0 })
    }

    /// `time-based` or `counter-based`, the types that apps offer.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self.uri.parameters().period() {
            Some(_) => "time-based",
            None => "counter-based",
        }
    }

    /// All of it in English: account, key and type, then what is not as apps assume it, each on a
    /// line.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    pub fn to_text(self) -> Result<Sensitive, Error> {
        Sensitive::written(|out| self.write(out))
    }

    fn write(self, out: &mut dyn fmt::Write) -> fmt::Result {
        out.write_str("Account: ")?;
        self.write_account(out)?;
        out.write_str("\nKey: ")?;
        self.write_key(out)?;
        writeln!(out, "\nType: {}", self.kind())?;
        let (own, usual) = (self.uri.parameters(), Parameters::totp());
        if own.algorithm() != usual.algorithm() {
            writeln!(out, "Algorithm: {}", algorithm_name(own.algorithm()))?;
        }
        if own.digits() != usual.digits() {
            writeln!(out, "Digits: {}", own.digits().get())?;
        }
        match (own.period(), self.uri.counter()) {
            (None, Some(counter)) => writeln!(out, "Counter: {counter}"),
            (Some(period), _) if own.period() != usual.period() => {
                writeln!(out, "Period: {period} s")
            }
            _ => Ok(()),
        }
    }
}

/// Writes ASCII on with a space before each group of four but the first.
struct Groups<'a, W: ?Sized> {
    out: &'a mut W,
    written: usize,
}

impl<W: fmt::Write + ?Sized> fmt::Write for Groups<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.written > 0 && self.written.is_multiple_of(4) {
                self.out.write_char(' ')?;
            }
            self.out.write_char(character)?;
            self.written += 1;
        }
        Ok(())
    }
}
