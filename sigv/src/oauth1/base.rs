use core::fmt::{self, Write};

use super::parameters::Parameter;
use super::percent::write_encoded;
use crate::scheme::Url;

/// What is signed (RFC 5849, 3.4.1): method, base URI and parameters, each encoded. It is written by
/// its `Display` and nowhere else, into the MAC or for people to read.
#[derive(Clone, Copy)]
pub(super) struct Base<'b> {
    pub(super) method: &'b str,
    pub(super) is_https: bool,
    pub(super) host: &'b str,
    /// The port, where it is not the scheme's own.
    pub(super) port: Option<u16>,
    pub(super) path: &'b str,
    /// Sorted, and without the signature.
    pub(super) parameters: &'b [Parameter<'b>],
}

impl<'b> Base<'b> {
    pub(super) fn new(method: &'b str, url: &Url<'b>, parameters: &'b [Parameter<'b>]) -> Self {
        Self {
            method,
            is_https: url.is_https(),
            host: url.host(),
            port: url.explicit_port(),
            path: url.path(),
            parameters,
        }
    }

    /// The canonical message: the one place that writes it.
    pub(super) fn write<W: Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        write_in_case(out, self.method, char::to_ascii_uppercase as fn(&char) -> char)?;
        out.write_str(if self.is_https { "&https%3A%2F%2F" } else { "&http%3A%2F%2F" })?;
        write_in_case(out, self.host, char::to_ascii_lowercase as fn(&char) -> char)?;
        if let Some(port) = self.port {
            write!(out, "%3A{port}")?;
        }
        write_encoded(out, self.path, "%")?;
        out.write_char('&')?;
        for (index, parameter) in self.parameters.iter().enumerate() {
            if index > 0 {
                out.write_str("%26")?;
            }
            // Encoded as a parameter, and once more as a part of the whole.
            write_encoded(out, &parameter.name, "%25")?;
            out.write_str("%3D")?;
            write_encoded(out, &parameter.value, "%25")?;
        }
        Ok(())
    }
}

impl fmt::Display for Base<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

fn write_in_case<W: Write + ?Sized>(
    out: &mut W,
    text: &str,
    case: fn(&char) -> char,
) -> fmt::Result {
    text.chars().try_for_each(|character| {
        write_encoded(out, case(&character).encode_utf8(&mut [0; 4]), "%")
    })
}
