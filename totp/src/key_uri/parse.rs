//! How a key URI is read.

use alloc::string::String;
use alloc::vec::Vec;

use super::percent::{self, Plus};
use super::query::Query;
use super::{KeyUri, name};
use crate::{Algorithm, Digits, Error, Parameters, Secret, Warning};

type Warnings = Vec<Warning>;

/// Reads `text`, however weak its secret is.
pub(super) fn parse(text: &str) -> Result<(KeyUri, Warnings), Error> {
    let mut warnings = Warnings::new();
    let (kind, label, query) = split(text, &mut warnings)?;
    let (label_issuer, account) = split_label(label)?;
    let query = Query::read(query, &mut warnings)?;

    let secret = query.secret.as_ref().ok_or(Error::UriSecret)?;
    warn_of_spelling(secret, &mut warnings);
    let secret = Secret::allow_weak_base32(secret)?;
    let parameters = parameters(kind, &query, &mut warnings)?;
    let uri = KeyUri::new(secret, &account)?
        .with_parameters(parameters)
        .map_err(|_| Error::UriPeriod)?
        .with_counter(counter(kind, &query, &mut warnings)?);
    let uri = match (label_issuer, query.issuer.as_deref()) {
        (Some(label), Some(parameter)) => uri.with_issuers(&label, parameter)?,
        (Some(label), None) => uri.with_issuer(&label)?,
        (None, Some(parameter)) => uri.with_issuer(parameter)?,
        (None, None) => uri,
    };
    warnings.extend(uri.warnings());
    Ok((uri, warnings))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Totp,
    Hotp,
}

/// Type, label and query.
///
/// Done by hand, since a parser of URLs in general takes `..` and `.` out of a label, and lowers or
/// refuses what is no host.
fn split<'a>(text: &'a str, warnings: &mut Warnings) -> Result<(Kind, &'a str, &'a str), Error> {
    if text.len() > KeyUri::MAX_TEXT {
        return Err(Error::LongUri { bytes: text.len() });
    }
    let (scheme, rest) = text.split_once("://").ok_or(Error::UriScheme)?;
    if !scheme.eq_ignore_ascii_case("otpauth") {
        return Err(Error::UriScheme);
    }
    warn_of_characters(rest, warnings)?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, label) = path.split_once('/').unwrap_or((path, ""));
    if [scheme, kind].iter().any(|word| word.contains(|c: char| c.is_ascii_uppercase())) {
        warnings.push(Warning::UpperCase);
    }
    if label.contains('+') || query.contains('+') {
        warnings.push(Warning::Plus);
    }
    match kind {
        _ if kind.eq_ignore_ascii_case("totp") => Ok((Kind::Totp, label, query)),
        _ if kind.eq_ignore_ascii_case("hotp") => Ok((Kind::Hotp, label, query)),
        _ => Err(Error::UriType),
    }
}

/// A fragment ends a URI for some readers and belongs to the text for others. Control characters are
/// in no URI.
fn warn_of_characters(text: &str, warnings: &mut Warnings) -> Result<(), Error> {
    if text.contains(|c: char| c == '#' || c.is_control()) {
        return Err(Error::UriCharacter);
    }
    let is_of_uris = |byte: u8| percent::is_unreserved(byte) || b"%:/?@!$&'()*+,;=".contains(&byte);
    if !text.bytes().all(is_of_uris) {
        warnings.push(Warning::Unencoded);
    }
    Ok(())
}

/// Issuer and account. The colon between them may be encoded, so it is looked for afterwards.
fn split_label(label: &str) -> Result<(Option<String>, String), Error> {
    let label = percent::decode(label, Plus::Sign)?;
    match label.split_once(':') {
        Some((issuer, account)) if issuer.trim().is_empty() => Ok((None, name::account(account)?)),
        Some((issuer, account)) => Ok((Some(name::issuer(issuer)?), name::account(account)?)),
        None => Ok((None, name::account(&label)?)),
    }
}

fn parameters(kind: Kind, query: &Query, warnings: &mut Warnings) -> Result<Parameters, Error> {
    let mut parameters = match (kind, &query.period) {
        (Kind::Totp, None) => Parameters::totp(),
        (Kind::Totp, Some(period)) => {
            let period = number(period).ok_or(Error::UriPeriod)?;
            Parameters::totp().with_period(period).map_err(|_| Error::UriPeriod)?
        }
        (Kind::Hotp, None) => Parameters::hotp(),
        (Kind::Hotp, Some(_)) => {
            warnings.push(Warning::UnusedParameter { name: "period" });
            Parameters::hotp()
        }
    };
    if let Some(text) = &query.algorithm {
        let (algorithm, is_exact) = algorithm(text).ok_or(Error::UriAlgorithm)?;
        if !is_exact {
            warnings.push(Warning::AlgorithmSpelling);
        }
        parameters = parameters.with_algorithm(algorithm)?;
    }
    if let Some(digits) = &query.digits {
        let digits = number(digits).and_then(|digits| u8::try_from(digits).ok());
        let digits = digits.and_then(|digits| Digits::new(digits).ok()).ok_or(Error::UriDigits)?;
        parameters = parameters.with_digits(digits);
    }
    Ok(parameters)
}

/// A counter is required where codes are by counter: an app and a service that do not begin at the
/// same one never meet.
fn counter(kind: Kind, query: &Query, warnings: &mut Warnings) -> Result<u64, Error> {
    match (kind, &query.counter) {
        (Kind::Hotp, Some(counter)) => number(counter).ok_or(Error::UriCounter),
        (Kind::Hotp, None) => Err(Error::UriCounter),
        (Kind::Totp, Some(_)) => {
            warnings.push(Warning::UnusedParameter { name: "counter" });
            Ok(0)
        }
        (Kind::Totp, None) => Ok(0),
    }
}

/// The algorithm, and whether it is spelled as it should be. In any case, with a dash, and with
/// `Hmac` before it: names that other programs have for the same.
fn algorithm(text: &str) -> Option<(Algorithm, bool)> {
    let mut name = text.to_ascii_lowercase();
    name.retain(|c| !matches!(c, '-' | '_'));
    let algorithm = match name.strip_prefix("hmac").unwrap_or(&name) {
        "sha1" => Algorithm::Sha1,
        "sha256" => Algorithm::Sha256,
        "sha512" => Algorithm::Sha512,
        _ => return None,
    };
    Some((algorithm, matches!(text, "SHA1" | "SHA256" | "SHA512")))
}

/// Digits only: no sign, no space, nothing.
fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// How the secret is spelled is not secret.
fn warn_of_spelling(secret: &str, warnings: &mut Warnings) {
    let spellings = [
        (secret.contains(|c: char| c.is_ascii_lowercase()), Warning::LowerCaseSecret),
        (secret.contains('='), Warning::PaddedSecret),
        (secret.contains([' ', '-']), Warning::SeparatedSecret),
    ];
    let found = spellings.into_iter().filter(|(is_so, _)| *is_so);
    warnings.extend(found.map(|(_, warning)| warning));
}
