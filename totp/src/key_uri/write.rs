//! How a key URI is written.

use core::fmt;

use super::{KeyUri, percent};
use crate::{Algorithm, Digits, Totp};

/// The parts in the order of the format's description; what every app assumes is left out, for the
/// shorter the text, the larger the modules of the QR code.
pub(super) fn write<W: fmt::Write + ?Sized>(uri: &KeyUri, out: &mut W) -> fmt::Result {
    let parameters = uri.parameters();
    out.write_str(match parameters.period() {
        Some(_) => "otpauth://totp/",
        None => "otpauth://hotp/",
    })?;
    write_label(uri, out)?;
    out.write_str("?secret=")?;
    uri.secret().write_base32(out)?;
    if let Some(issuer) = uri.issuer() {
        out.write_str("&issuer=")?;
        percent::write(issuer, out)?;
    }
    if parameters.algorithm() != Algorithm::Sha1 {
        write!(out, "&algorithm={}", algorithm_name(parameters.algorithm()))?;
    }
    if parameters.digits() != Digits::Six {
        write!(out, "&digits={}", parameters.digits().get())?;
    }
    match (parameters.period(), uri.counter()) {
        (Some(period), _) if period != Totp::DEFAULT_PERIOD => write!(out, "&period={period}"),
        (None, Some(counter)) => write!(out, "&counter={counter}"),
        _ => Ok(()),
    }
}

fn write_label<W: fmt::Write + ?Sized>(uri: &KeyUri, out: &mut W) -> fmt::Result {
    if let Some(issuer) = uri.label_issuer() {
        percent::write(issuer, out)?;
        out.write_char(':')?;
    }
    percent::write(uri.account(), out)
}

/// The algorithm's name as it stands in key URIs.
pub(crate) const fn algorithm_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Sha1 => "SHA1",
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha384 => "SHA384",
        Algorithm::Sha512 => "SHA512",
    }
}
