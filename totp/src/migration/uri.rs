use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use creance_sigv::Encoding;
use zeroize::Zeroizing;

use crate::Error;
use crate::base32::in_range;

const SCHEME: &str = "otpauth-migration";
const BEFORE_DATA: &str = "otpauth-migration://offline?data=";

/// The longest text that is read, in bytes: several times what a QR code holds.
const MAX_TEXT: usize = 16_384;

/// The text of one code of an export. It holds secrets: wiped when dropped, hidden by `Debug`, without
/// `Display`.
///
/// ```
/// use creance_totp::{MigrationEntry, MigrationExport, Parameters, Secret};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let entry = MigrationEntry::new(secret, Parameters::totp())?.with_name("alice");
/// let uris = MigrationExport::new(7).write(&[entry])?;
/// assert!(uris[0].expose().starts_with("otpauth-migration://offline?data=Ci"));
/// assert_eq!(format!("{:?}", uris[0]), "MigrationUri { bytes: 93, .. }");
/// # Ok::<(), creance_totp::Error>(())
/// ```
pub struct MigrationUri {
    text: Zeroizing<String>,
}

impl MigrationUri {
    /// The text, to be shown as a QR code to its owner and to nobody else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The text of a payload.
    pub(super) fn of(payload: &[u8]) -> Result<Self, Error> {
        let mut text = Zeroizing::new(String::with_capacity(len_of(payload)?));
        write(payload, &mut *text)?;
        Ok(Self { text })
    }
}

impl fmt::Debug for MigrationUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrationUri").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// How long a payload's text is.
pub(super) fn len_of(payload: &[u8]) -> Result<usize, Error> {
    let mut count = Count(0);
    write(payload, &mut count)?;
    Ok(count.0)
}

fn write<W: fmt::Write>(payload: &[u8], out: &mut W) -> Result<(), Error> {
    out.write_str(BEFORE_DATA)
        .and_then(|()| Encoding::Base64.encode(payload, &mut Escaping(out)))
        .map_err(|_| Error::Write)
}

/// The payload of a code's text, as it is found in the wild.
///
/// The time depends on the text's length and on where characters are escaped.
pub(super) fn payload(uri: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    if uri.len() > MAX_TEXT {
        return Err(Error::MigrationTooLong);
    }
    let text = url_safe(data(uri.trim_ascii()).ok_or(Error::MigrationUri)?)?;
    let len = Encoding::Base64Url.decoded_len(&text).ok_or(Error::MigrationData)?;
    let mut payload = Zeroizing::new(alloc::vec![0; len]);
    Encoding::Base64Url.decode(&text, &mut payload).map_err(|_| Error::MigrationData)?;
    Ok(payload)
}

/// The one parameter `data`.
fn data(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    let (place, query) = rest.split_once('?')?;
    let place = place.strip_suffix('/').unwrap_or(place);
    if !scheme.eq_ignore_ascii_case(SCHEME) || !place.eq_ignore_ascii_case("offline") {
        return None;
    }
    let query = query.split('#').next()?;
    let mut values = query.split('&').filter_map(|parameter| parameter.strip_prefix("data="));
    let value = values.next()?;
    // Of two nobody could say which one was meant.
    values.next().is_none().then_some(value)
}

/// Base64 of either alphabet, escaped or not, with its padding or without, as Base64url without.
fn url_safe(data: &str) -> Result<Zeroizing<String>, Error> {
    let mut text = Zeroizing::new(String::with_capacity(data.len()));
    let mut padding = 0;
    let mut bytes = data.bytes();
    while let Some(byte) = bytes.next() {
        let character = match byte {
            b'%' => unescaped(bytes.next(), bytes.next()).ok_or(Error::MigrationData)?,
            other => other,
        };
        match character {
            b'=' => padding += 1,
            128.. => return Err(Error::MigrationData),
            _ if padding > 0 => return Err(Error::MigrationData),
            _ => text.push(char::from(to_url_safe(character))),
        }
    }
    if padding > 2 { Err(Error::MigrationData) } else { Ok(text) }
}

/// The URL-safe spelling of a character of either alphabet; others stay what they are. A space is what
/// readers of forms make of a plus. Without branches, for the character is a part of a secret.
const fn to_url_safe(character: u8) -> u8 {
    let is_plus = in_range(character, b'+', b'+');
    let is_space = in_range(character, b' ', b' ');
    let is_slash = in_range(character, b'/', b'/');
    character ^ is_plus & (b'+' ^ b'-') ^ is_space & (b' ' ^ b'-') ^ is_slash & (b'/' ^ b'_')
}

fn unescaped(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high?)? << 4 | digit(low?)?).ok()
}

/// Escapes what is not a letter or digit of Base64: readers of forms turn a plus into a space.
struct Escaping<'a, W>(&'a mut W);

impl<W: fmt::Write> fmt::Write for Escaping<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| match character {
            '+' => self.0.write_str("%2B"),
            '/' => self.0.write_str("%2F"),
            '=' => self.0.write_str("%3D"),
            other => self.0.write_char(other),
        })
    }
}

struct Count(usize);

impl fmt::Write for Count {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}
