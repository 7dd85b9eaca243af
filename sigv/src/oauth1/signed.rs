use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::Outgoing;
use super::base::Base;
use super::parameters::{Origin, Parameters};
use super::percent::write_encoded;
use crate::scheme::{Part, Url};
use crate::{Encoding, Error, Tag};

/// A signed request. The parameters of the protocol go into the header, the URL or the form, into
/// exactly one of them (RFC 5849, 3.5); the signature is the same.
#[derive(Clone)]
pub struct Signed<'a> {
    pub(super) outgoing: Outgoing<'a>,
    pub(super) url: Url<'a>,
    pub(super) parameters: Parameters<'a>,
    pub(super) tag: Tag,
}

impl Signed<'_> {
    /// The value of the `Authorization` header: where the parameters belong (RFC 5849, 3.5.1).
    #[must_use]
    pub fn authorization(&self) -> String {
        let mut header = String::new();
        // A `String` takes everything.
        let _ = self.write_authorization(&mut header);
        header
    }

    /// Writes the same.
    ///
    /// # Errors
    /// [`Error::Write`] where `out` fails.
    pub fn write_authorization<W: Write + ?Sized>(&self, out: &mut W) -> Result<(), Error> {
        out.write_str("OAuth ")?;
        if let Some(realm) = self.outgoing.realm {
            out.write_str("realm=\"")?;
            for character in realm.chars() {
                if matches!(character, '"' | '\\') {
                    out.write_char('\\')?;
                }
                out.write_char(character)?;
            }
            out.write_str("\", ")?;
        }
        self.write_protocol(out, "=\"", "\", ")?;
        out.write_char('"')?;
        Ok(())
    }

    /// The headers as pairs.
    #[must_use]
    pub fn to_headers(&self) -> Vec<(String, String)> {
        let mut headers = Vec::from([(String::from("Authorization"), self.authorization())]);
        if self.outgoing.form.is_some() {
            let form = "application/x-www-form-urlencoded";
            headers.push((String::from("Content-Type"), String::from(form)));
        }
        headers
    }

    /// The URL with the parameters in its query (RFC 5849, 3.5.3): for links, and for what cannot set
    /// headers. URLs get into logs.
    #[must_use]
    pub fn url(&self) -> String {
        let mut url = String::from(self.outgoing.url);
        url.push(if self.url.query().is_some() { '&' } else { '?' });
        self.push_pairs(&mut url);
        url
    }

    /// The form with the parameters in it (RFC 5849, 3.5.2), to be sent as
    /// `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// [`Error::Value`] for a request with another body.
    pub fn form(&self) -> Result<String, Error> {
        if self.outgoing.body.is_some() {
            return Err(Error::Value(Part::Body));
        }
        let mut form = String::from(self.outgoing.form.unwrap_or_default());
        if !form.is_empty() {
            form.push('&');
        }
        self.push_pairs(&mut form);
        Ok(form)
    }

    /// What was signed: to compare it with what the other side has, when the two do not agree. It holds
    /// all parameters.
    #[must_use]
    pub fn base_string(&self) -> impl fmt::Display + '_ {
        Base::new(self.outgoing.method, &self.url, self.parameters.as_slice())
    }

    fn push_pairs(&self, text: &mut String) {
        // A `String` takes everything.
        let _ = self.write_protocol(text, "=", "&");
    }

    /// The parameters of the protocol, and behind them the signature.
    fn write_protocol<W: Write + ?Sized>(
        &self,
        out: &mut W,
        equals: &str,
        separator: &str,
    ) -> fmt::Result {
        for parameter in self.parameters.as_slice() {
            if parameter.origin == Origin::Header {
                out.write_str(&parameter.name)?;
                out.write_str(equals)?;
                write_encoded(out, &parameter.value, "%")?;
                out.write_str(separator)?;
            }
        }
        write!(out, "oauth_signature{equals}")?;
        let mut signature = String::new();
        self.tag.write(Encoding::Base64, &mut signature)?;
        write_encoded(out, &signature, "%")
    }
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("outgoing", &self.outgoing).finish_non_exhaustive()
    }
}
