use core::fmt::Write;

use crate::{Error, Message};

/// The text of a message over SMS, whose last line binds the code to a site: a browser that knows the
/// format offers the code on that site only, so a person who was lured to another one is not helped to
/// type it there.
///
/// The format is that of "Origin-bound one-time codes delivered via SMS" (WICG), which the `WebOTP`
/// interface of browsers reads; the form needs `autocomplete="one-time-code"`.
///
/// ```
/// use creance_totp::{
///     Code, Delivery, Dispatch, Destination, Message, OutOfBandRequest, SmsText, Undelivered,
/// };
///
/// struct Gateway(SmsText<'static>);
///
/// impl Delivery for Gateway {
///     fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
///         let mut text = String::new();
///         self.0.write(message, &mut text).map_err(|_| Undelivered)?;
///         // "Example, log in: 123456\n\n@example.com #123456"
///         send(message.destination().expose(), &text)
///     }
/// }
/// # fn send(_number: &str, text: &str) -> Result<(), Undelivered> {
/// #     text.ends_with("\n@example.com #123456").then_some(()).ok_or(Undelivered)
/// # }
///
/// let gateway = Gateway(SmsText::new("example.com")?);
/// # let _ = gateway;
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SmsText<'a> {
    host: &'a str,
    embedded: Option<&'a str>,
}

impl<'a> SmsText<'a> {
    /// The longest host, in bytes (RFC 1035, 2.3.4).
    pub const MAX_HOST: usize = 253;

    /// Codes for the site whose pages are at `https://host/`: a name in lower case, without a port.
    ///
    /// # Errors
    /// [`Error::MessageHost`].
    pub fn new(host: &'a str) -> Result<Self, Error> {
        host_checked(host)?;
        Ok(Self { host, embedded: None })
    }

    /// Codes that are typed into a frame of the site `embedded`, inside a page of the first one.
    ///
    /// # Errors
    /// [`Error::MessageHost`].
    pub fn with_embedded(self, embedded: &'a str) -> Result<Self, Error> {
        host_checked(embedded)?;
        Ok(Self { embedded: Some(embedded), ..self })
    }

    /// Writes the text: the purpose, the code for the person, an empty line, and the line for the
    /// browser.
    ///
    /// 160 characters of the GSM alphabet fit into one message, 70 of others: longer ones are sent, and
    /// paid for, in parts.
    ///
    /// # Errors
    /// [`Error::Write`] where `out` fails.
    pub fn write<W: Write + ?Sized>(
        &self,
        message: &Message<'_>,
        out: &mut W,
    ) -> Result<(), Error> {
        let (purpose, code, host) = (message.purpose(), message.code().expose(), self.host);
        write!(out, "{purpose}: {code}\n\n@{host} #{code}").map_err(|_| Error::Write)?;
        match self.embedded {
            Some(embedded) => write!(out, " %{embedded}").map_err(|_| Error::Write),
            None => Ok(()),
        }
    }
}

/// Labels of letters, digits and inner hyphens, at least two of them (RFC 1123, 2.1). A name beyond
/// ASCII is given as its `xn--` form.
fn host_checked(host: &str) -> Result<(), Error> {
    let is_label = |label: &str| {
        let is_inner = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_host =
        host.len() <= SmsText::MAX_HOST && host.contains('.') && host.split('.').all(is_label);
    if is_host { Ok(()) } else { Err(Error::MessageHost) }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;
    use crate::{Code, Destination, Dispatch, OutOfBandRequest, UnixTime};

    fn text(sms: &SmsText<'_>) -> String {
        let request = OutOfBandRequest::new("alice", "login").unwrap();
        let destination = Destination::sms("+4915112345678").unwrap();
        let dispatch = Dispatch::new(request, destination, "Example, log in").unwrap();
        let code = Code::parse("012345").unwrap();
        let mut text = String::new();
        sms.write(&dispatch.message(&code, UnixTime::MAX), &mut text).unwrap();
        text
    }

    #[test]
    fn the_last_line_is_for_the_browser() {
        let sms = SmsText::new("example.com").unwrap();
        assert_eq!(text(&sms), "Example, log in: 012345\n\n@example.com #012345");
        let framed = sms.with_embedded("pay.example").unwrap();
        assert_eq!(text(&framed), "Example, log in: 012345\n\n@example.com #012345 %pay.example");
    }

    #[test]
    fn a_host_is_a_name_and_nothing_else() {
        for host in ["example.com", "a.b-c.example", "xn--bcher-kva.example", "1.example"] {
            assert!(host_checked(host).is_ok(), "{host}");
        }
        for host in [
            "",
            "localhost",
            "Example.com",
            "example.com:443",
            "https://example.com",
            "example.com/",
            "example..com",
            ".example.com",
            "example.com.",
            "-a.example",
            "a-.example",
            "a b.example",
            "a.example #000000",
            "a.example\n",
            "bücher.example",
        ] {
            assert_eq!(host_checked(host), Err(Error::MessageHost), "{host}");
        }
        let label = "a".repeat(63);
        assert!(host_checked(&std::format!("{label}.example")).is_ok());
        assert!(host_checked(&std::format!("{label}a.example")).is_err());
        let of_251 = [label.as_str(); 4].join(".").split_off(4);
        assert_eq!(of_251.len(), 251);
        assert!(host_checked(&std::format!("{of_251}.a")).is_ok());
        assert!(host_checked(&std::format!("{of_251}.ab")).is_err());
    }
}
