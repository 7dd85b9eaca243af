use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::comparison::write_fields;
use super::{Cause, Comparison, compare};

/// What an [`Inquiry`](super::Inquiry) found. Its `Display` is a report of several lines.
///
/// It is no proof of anything, however plausible: a request is let in by verification alone.
///
/// ```
/// use creance_hawk::explain::Inquiry;
/// use creance_hawk::sigv::Algorithm;
/// use creance_hawk::{Authorization, Request};
///
/// let request = Request::new("GET", "/resource/1?b=1&a=2", "example.com", 8000)?;
/// let authorization = Authorization::parse(
///     r#"Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=""#,
/// )?;
/// let secret = b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";
/// let diagnosis = Inquiry::new(&request, &authorization, Algorithm::Sha256, secret).diagnose();
/// // The client sent no `ext` and signed one: nothing that could be found by trying.
/// assert!(diagnosis.to_string().starts_with("none of the usual causes explains the MAC"));
/// assert!(diagnosis.to_string().contains("  resource  /resource/1?b=1&a=2\n"));
/// # Ok::<(), creance_hawk::Error>(())
/// ```
#[derive(Clone)]
pub struct Diagnosis {
    causes: Vec<Cause>,
    canonical: String,
    signed: Option<String>,
}

impl Diagnosis {
    pub(super) const fn new(causes: Vec<Cause>, canonical: String, signed: Option<String>) -> Self {
        Self { causes, canonical, signed }
    }

    /// What to change: first what explains the MAC, then the payload's hash, then the timestamp.
    ///
    /// Two mistakes that are made together are two causes. Where something is wrong and nothing
    /// explains it there is [`Cause::UnknownMac`] or [`Cause::UnknownHash`]; where nothing was
    /// found to be wrong there is none.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// The canonical message that the server verifies, to be [compared](compare) with the client's.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The canonical message that the client signed instead, where that was found.
    #[must_use]
    pub fn signed(&self) -> Option<&str> {
        self.signed.as_deref().filter(|signed| *signed != self.canonical)
    }

    fn comparison(&self) -> Option<Comparison<'_>> {
        self.signed().map(|signed| compare(&self.canonical, signed))
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.causes.is_empty() {
            f.write_str("nothing is wrong with what was looked into\n")?;
        }
        for cause in &self.causes {
            writeln!(f, "{cause}")?;
        }
        if let Some(comparison) = self.comparison() {
            write!(f, "canonical messages, as verified and as signed:\n{comparison}")
        } else {
            f.write_str("canonical message:\n")?;
            write_fields(&self.canonical, f)
        }
    }
}

/// No canonical message: it has the nonce in it.
impl fmt::Debug for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diagnosis").field("causes", &self.causes).finish_non_exhaustive()
    }
}
