//! The text of one code: the URI around a payload.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use creance_sigv::Encoding;
use zeroize::Zeroizing;

use crate::base32::in_range;
use crate::key_uri::percent::{self, Plus};
use crate::sensitive::written_len;
use crate::{Error, Sensitive};

const SCHEME: &str = "otpauth-migration";
const BEFORE_DATA: &str = "otpauth-migration://offline?data=";

/// The longest text that is read, in bytes: several times what a QR code holds.
const MAX_TEXT: usize = 16_384;

/// The text of a payload, in the spelling that Google Authenticator writes.
pub(super) fn write(payload: &[u8]) -> Result<Sensitive, Error> {
    Sensitive::written(|out| write_to(payload, out))
}

/// How long that text is.
pub(super) fn len_of(payload: &[u8]) -> Result<usize, Error> {
    written_len(|out| write_to(payload, out))
}

fn write_to(payload: &[u8], out: &mut dyn fmt::Write) -> fmt::Result {
    out.write_str(BEFORE_DATA)?;
    Encoding::Base64.encode(payload, &mut Encoded(out))
}

/// The payload of a code's text, as it is found in the wild.
///
/// The time depends on the text's length and on where characters are percent-encoded.
pub(super) fn read(text: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    if text.len() > MAX_TEXT {
        return Err(Error::MigrationTooLong);
    }
    let text = url_safe(data(text.trim_ascii()).ok_or(Error::MigrationUri)?)?;
    let len = Encoding::Base64Url.decoded_len(&text).ok_or(Error::MigrationData)?;
    let mut payload = Zeroizing::new(alloc::vec![0; len]);
    Encoding::Base64Url.decode(&text, &mut payload).map_err(|_| Error::MigrationData)?;
    Ok(payload)
}

/// The one parameter `data`, which is not empty.
fn data(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let (place, query) = rest.split_once('?')?;
    let place = place.strip_suffix('/').unwrap_or(place);
    if !scheme.eq_ignore_ascii_case(SCHEME) || !place.eq_ignore_ascii_case("offline") {
        return None;
    }
    let query = query.split('#').next()?;
    let mut values = query.split('&').filter_map(|parameter| parameter.strip_prefix("data="));
    let value = values.next().filter(|value| !value.is_empty())?;
    // Of two nobody could say which one was meant.
    values.next().is_none().then_some(value)
}

/// Base64 of either alphabet, percent-encoded or not, with its padding or without, as Base64url
/// without.
fn url_safe(data: &str) -> Result<Zeroizing<String>, Error> {
    let data = percent::decode(data, Plus::Sign).map_err(|_| Error::MigrationData)?;
    let unpadded = data.trim_end_matches('=');
    if data.len() - unpadded.len() > 2 || !unpadded.is_ascii() {
        return Err(Error::MigrationData);
    }
    let mut text = Zeroizing::new(String::with_capacity(unpadded.len()));
    unpadded.bytes().for_each(|character| text.push(char::from(to_url_safe(character))));
    Ok(text)
}

/// The URL-safe spelling of a character of either alphabet; others stay what they are. A space is
/// what readers of forms make of a plus. Without branches, for the character is a part of a secret.
const fn to_url_safe(character: u8) -> u8 {
    let is_plus = in_range(character, b'+', b'+');
    let is_space = in_range(character, b' ', b' ');
    let is_slash = in_range(character, b'/', b'/');
    character ^ is_plus & (b'+' ^ b'-') ^ is_space & (b' ' ^ b'-') ^ is_slash & (b'/' ^ b'_')
}

/// Percent-encodes what is not a letter or digit: readers of forms turn a plus into a space.
struct Encoded<'a>(&'a mut dyn fmt::Write);

impl fmt::Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        percent::write(text, self.0)
    }
}
