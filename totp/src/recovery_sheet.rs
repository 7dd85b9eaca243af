use core::fmt;

use crate::RecoveryCode;
use crate::disguise::is_disguise;
#[cfg(feature = "alloc")]
use crate::{Error, Sensitive};

/// A user's recovery codes as plain text, to be downloaded or printed once.
///
/// ```
/// use creance_totp::{RecoveryCode, RecoverySheet};
///
/// let codes = [RecoveryCode::parse("0123 4567 89AB CDEF GHJK MNPQ")?];
/// let sheet = RecoverySheet { issuer: "Example", account: "alice", date: "21 November 2026", codes: &codes };
/// let text = sheet.to_text()?;
/// let text = text.expose();
/// assert!(text.starts_with("Example: recovery codes for alice\n21 November 2026\n"));
/// assert!(text.ends_with("\n 1  0123-4567-89AB-CDEF-GHJK-MNPQ\n"));
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RecoverySheet<'a> {
    /// The service's name.
    pub issuer: &'a str,
    /// The account's name.
    pub account: &'a str,
    /// When the codes were made, as it is written where the user lives; empty to leave it out.
    pub date: &'a str,
    /// The codes.
    pub codes: &'a [RecoveryCode],
}

impl RecoverySheet<'_> {
    /// Writes the text, with a line feed behind each line.
    ///
    /// Characters that control a terminal or a printer, that are not seen, or that turn text around
    /// are left out of names: a name comes from its owner, the sheet from the service.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        let [issuer, account, date] = [self.issuer, self.account, self.date].map(Printable);
        writeln!(out, "{issuer}: recovery codes for {account}")?;
        if !self.date.is_empty() {
            writeln!(out, "{date}")?;
        }
        out.write_char('\n')?;
        out.write_str(ADVICE)?;
        for (code, number) in self.codes.iter().zip(1u32..) {
            write!(out, "{number:2}  ")?;
            code.write(out)?;
            out.write_char('\n')?;
        }
        Ok(())
    }

    /// The sheet as text that is wiped when dropped.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    #[cfg(feature = "alloc")]
    pub fn to_text(&self) -> Result<Sensitive, Error> {
        Sensitive::written(|out| self.write(out))
    }
}

const ADVICE: &str = "\
Each of these codes lets you in once when you do not have your phone.
Keep them where you would keep a passport, and not on the phone itself.
No employee of the service will ever ask you for one.

";

/// A name without what would let it look like something else.
struct Printable<'a>(&'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.split(is_disguise).try_for_each(|part| f.write_str(part))
    }
}
