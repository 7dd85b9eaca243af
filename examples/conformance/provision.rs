//! The ops of provisioning: key URIs and their QR codes.

use creance_sigv::Encoding;
use creance_totp::{Algorithm, Digits, Error, KeyUri, Parameters, QrCode, Secret, Warning};
use serde_json::Value;

use crate::Op;
use crate::answer::{Answer, Failure, number, object, written};
use crate::case::Case;

pub(crate) const OPS: &[Op] = &[("uri_parse", uri_parse), ("uri_build", uri_build), ("qr", qr)];

/// However weak the secret is: that is a warning.
fn uri_parse(case: &Case) -> Answer {
    let (uri, warnings) = KeyUri::allow_weak_parse(case.text("uri")?).map_err(refused)?;
    let parameters = uri.parameters();
    let secret = uri.secret().expose();
    Ok(object([
        ("type", if parameters.period().is_some() { "totp" } else { "hotp" }.into()),
        ("algorithm", parameters.algorithm().name().into()),
        ("digits", parameters.digits().get().into()),
        ("period", parameters.period().map(number).into()),
        ("counter", uri.counter().map(number).into()),
        ("secret_hex", written(|out| Encoding::Hex.encode(secret, out))?),
        ("issuer", uri.issuer().into()),
        ("label_issuer", uri.label_issuer().into()),
        ("account", uri.account().into()),
        ("warnings", codes(&warnings)),
    ]))
}

/// Without `period` a type `totp` has that of the library. `label_issuer` is for two issuers.
fn uri_build(case: &Case) -> Answer {
    let secret = Secret::allow_weak_bytes(&case.hex("secret_hex")?).map_err(Failure::message)?;
    let parameters = parameters(case)?;
    let uri = KeyUri::new(secret, case.text("account")?)
        .and_then(|uri| uri.with_parameters(parameters))
        .map_err(Failure::message)?;
    let uri = named(uri, case)?.with_counter(case.optional_number("counter")?.unwrap_or(0));
    Ok(object([("uri", written(|out| uri.write(out))?), ("warnings", codes(&uri.warnings()))]))
}

fn named(uri: KeyUri, case: &Case) -> Result<KeyUri, Failure> {
    let issuers = (case.optional_text("label_issuer")?, case.optional_text("issuer")?);
    let named = match issuers {
        (Some(label), Some(issuer)) => uri.with_issuers(label, issuer),
        (Some(issuer), None) | (None, Some(issuer)) => uri.with_issuer(issuer),
        (None, None) => Ok(uri),
    };
    named.map_err(Failure::message)
}

fn parameters(case: &Case) -> Result<Parameters, Failure> {
    let digits = u8::try_from(case.number("digits")?).unwrap_or(u8::MAX);
    let digits = Digits::new(digits).map_err(Failure::message)?;
    let parameters = match (case.text("type")?, case.optional_number("period")?) {
        ("totp", Some(period)) => {
            Parameters::totp().with_period(period).map_err(Failure::message)?
        }
        ("totp", None) => Parameters::totp(),
        ("hotp", _) => Parameters::hotp(),
        _ => return Err(Failure::message("the type has to be totp or hotp")),
    };
    let algorithm: Algorithm = case.algorithm()?;
    parameters.with_digits(digits).with_algorithm(algorithm).map_err(Failure::message)
}

/// `svg`, `png`, `svg-data-uri`, `png-data-uri`, `terminal`, `terminal-ascii`; an image in `scale`.
fn qr(case: &Case) -> Answer {
    let scale = case.optional_number("scale")?.unwrap_or(8);
    let code = QrCode::from_text(case.text("uri")?)
        .map_err(Failure::message)?
        .with_scale(u8::try_from(scale).unwrap_or(u8::MAX));
    let bytes = shown(&code, case.text("format")?)?;
    Ok(object([
        ("dataB64", written(|out| Encoding::Base64.encode(&bytes, out))?),
        ("version", code.version().into()),
        ("warnings", codes(code.warning().as_slice())),
    ]))
}

fn shown(code: &QrCode, format: &str) -> Result<Vec<u8>, Failure> {
    let text = match format {
        "png" => return Ok(code.png().map_err(Failure::message)?.expose().to_vec()),
        "svg" => code.svg(),
        "svg-data-uri" => code.svg_data_uri(),
        "png-data-uri" => code.png_data_uri(),
        "terminal" => code.terminal(),
        "terminal-ascii" => code.terminal_ascii(),
        _ => return Err(Failure::message("no such format")),
    };
    Ok(text.map_err(Failure::message)?.expose().as_bytes().to_vec())
}

fn codes(warnings: &[Warning]) -> Value {
    warnings.iter().map(Warning::code).collect()
}

fn refused(error: Error) -> Failure {
    Failure::Refused { code: error.code(), status: None, www: None }
}
