//! Percent-encoding (RFC 3986, 2.1), strictly: what is no encoding is not guessed at.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::Error;

/// What a bare `+` says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    /// A plus sign, as RFC 3986 has it.
    Sign,
    /// A space, as HTML forms have it.
    Space,
}

/// Writes `text` with everything encoded but the unreserved characters.
pub(crate) fn write<W: fmt::Write + ?Sized>(text: &str, out: &mut W) -> fmt::Result {
    for byte in text.bytes() {
        if is_unreserved(byte) {
            out.write_char(char::from(byte))?;
        } else {
            write!(out, "%{byte:02X}")?;
        }
    }
    Ok(())
}

/// The text that `encoded` stands for. It may be a secret, so it is wiped.
pub(crate) fn decode(encoded: &str, plus: Plus) -> Result<Zeroizing<String>, Error> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(encoded.len()));
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => digit(rest.next())? << 4 | digit(rest.next())?,
            b'+' if plus == Plus::Space => b' ',
            _ => byte,
        });
    }
    let text = core::str::from_utf8(&bytes).map_err(|_| Error::UriEncoding)?;
    Ok(Zeroizing::new(text.into()))
}

/// Whether a character of a URI stands for itself everywhere.
pub(super) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn digit(byte: Option<u8>) -> Result<u8, Error> {
    let value = byte.and_then(|byte| char::from(byte).to_digit(16));
    value.and_then(|value| u8::try_from(value).ok()).ok_or(Error::UriEncoding)
}
