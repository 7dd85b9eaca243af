//! The ops of provisioning: key URIs and their QR codes.

use creance_sigv::Encoding;
use creance_totp::{Digits, Error, KeyUri, Parameters, QrCode, Secret, Warning};
use serde_json::Value;

use crate::Op;
use crate::answer::{Answer, Failure, number, object, written};
use crate::case::Case;

pub(crate) const OPS: &[Op] = &[("uri_parse", uri_parse), ("uri_build", uri_build), ("qr", qr)];

/// However weak the secret is: that is a warning. The label's issuer is answered where it is another.
fn uri_parse(case: &Case) -> Answer {
    let (uri, warnings) = KeyUri::allow_weak_parse(case.text("uri")?).map_err(refused)?;
    let parameters = uri.parameters();
    let secret = uri.secret().expose();
    let label = uri.label_issuer().filter(|label| Some(*label) != uri.issuer());
    let mut fields = object([
        ("type", if parameters.period().is_some() { "totp" } else { "hotp" }.into()),
        ("algorithm", parameters.algorithm().name().to_uppercase().into()),
        ("digits", parameters.digits().get().into()),
        ("period", parameters.period().map(number).into()),
        ("counter", uri.counter().map(number).into()),
        ("secret_hex", written(|out| Encoding::Hex.encode(secret, out))?),
        ("label_issuer", label.into()),
        ("account", uri.account().into()),
        ("warnings", codes(&warnings)),
    ]);
    // Null where there is none.
    fields.insert("issuer".to_owned(), uri.issuer().into());
    Ok(fields)
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
    // Empty is none, as null is.
    let text = |name| Ok(case.optional_text(name)?.filter(|text| !text.is_empty()));
    let issuers = (text("label_issuer")?, text("issuer")?);
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
    let algorithm = case.otp_algorithm()?;
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn answer(case: &Value) -> Value {
        crate::answer(case.to_string().as_bytes())
    }

    fn parse(uri: &Value) -> Value {
        answer(&json!({ "op": "uri_parse", "uri": uri }))
    }

    fn vectors(name: &str) -> Vec<Value> {
        let file = include_str!("../../totp/tests/vectors/key_uri.json");
        let file: Value = serde_json::from_str(file).expect("JSON");
        file[name].as_array().expect("a list").clone()
    }

    #[test]
    fn every_uri_is_answered_as_the_vectors_spell_it() {
        let cases = vectors("valid");
        assert_eq!(cases.len(), 14);
        for case in cases {
            let mut found = parse(&case["uri"]);
            let found = found.as_object_mut().expect("an object");
            let mut expected = case["expect"].as_object().expect("an object").clone();
            // The file says it in words.
            let warnings = found.remove("warnings").expect("a list");
            let differ = expected.remove("warning").is_some();
            let told = warnings.as_array().expect("a list").contains(&json!("issuers-differ"));
            assert_eq!((told, found.remove("label_issuer").is_some()), (differ, differ), "{case}");
            assert_eq!(*found, expected, "{case}");
        }
    }

    #[test]
    fn what_was_read_is_built_and_read_again() {
        for case in vectors("valid") {
            let read = parse(&case["uri"]);
            let mut asked = read.clone();
            asked["op"] = "uri_build".into();
            let built = answer(&asked);
            let again = parse(&built["uri"]);
            for name in case["expect"].as_object().expect("an object").keys() {
                assert_eq!(again[name], read[name], "{name}: {built}");
            }
        }
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        let cases = vectors("invalid");
        assert_eq!(cases.len(), 14);
        for case in cases {
            let found = parse(&case["uri"]);
            assert_eq!(found["ok"], false, "{case}: {found}");
            assert!(found["error"].is_string(), "{case}: {found}");
        }
    }

    #[test]
    fn an_issuer_may_be_left_out_in_three_ways() {
        let mut case = json!({ "op": "uri_build", "type": "totp", "algorithm": "SHA1", "digits": 6,
            "account": "alice", "secret_hex": "3132333435363738393031323334353637383930" });
        let without = answer(&case);
        let uri = "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(without, json!({ "uri": uri, "warnings": ["missing-issuer"] }));
        for none in [json!(""), Value::Null] {
            case["issuer"] = none;
            assert_eq!(answer(&case), without);
        }
        assert_eq!(parse(&uri.into()).get("issuer"), Some(&Value::Null));
    }
}
