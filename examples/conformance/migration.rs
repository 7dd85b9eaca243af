//! The ops of Google Authenticator's export.

use creance_hawk::sigv::Encoding;
use creance_totp::{
    Algorithm, Digits, Error, MigrationBatch, MigrationEntry, MigrationExport, MigrationField,
    Parameters, RefusedEntry, Secret, Sensitive,
};
use serde_json::Value;

use crate::Op;
use crate::answer::{Answer, Failure, number, object, written};
use crate::case::Case;

pub(crate) const OPS: &[Op] =
    &[("migration_import", migration_import), ("migration_export", migration_export)];

/// What a field that was left out is answered with.
const UNSPECIFIED: &str = "UNSPECIFIED";

/// An account that cannot be used is in the list with the reason. Where none can, that of the first one
/// is the answer.
fn migration_import(case: &Case) -> Answer {
    let batch = MigrationBatch::allow_weak_parse(case.text("uri")?).map_err(refused)?;
    if let (Some(Err(first)), false) =
        (batch.entries().first(), batch.entries().iter().any(Result::is_ok))
    {
        return Err(refused(first.reason()));
    }
    let entries = batch.entries().iter().map(|entry| match entry {
        Ok(entry) => entry_value(entry),
        Err(entry) => Ok(refused_value(entry)),
    });
    Ok(object([
        ("version", batch.version().into()),
        ("batch_size", batch.size().into()),
        ("batch_index", batch.index().into()),
        ("batch_id", batch.id().into()),
        ("entries", entries.collect::<Result<Vec<Value>, Failure>>()?.into()),
    ]))
}

/// Without `batch_id` and `version` they are 0 and 1, without `aim` that of the library counts.
fn migration_export(case: &Case) -> Answer {
    let entries = case.cases("entries")?.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let mut export = MigrationExport::new(case.optional_int32("batch_id")?.unwrap_or(0))
        .with_version(case.optional_int32("version")?.unwrap_or(1));
    if let Some(aim) = case.optional_number("aim")? {
        export = export.with_aim(usize::try_from(aim).unwrap_or(usize::MAX));
    }
    let uris = export.write(&entries).map_err(Failure::message)?;
    let uris: Vec<Value> = uris.iter().map(|uri| Sensitive::expose(uri).into()).collect();
    Ok(object([("uris", uris.into())]))
}

fn entry_value(entry: &MigrationEntry) -> Result<Value, Failure> {
    let parameters = entry.parameters();
    let secret = entry.secret().expose();
    let said = |field, value| if entry.is_left_out(field) { UNSPECIFIED } else { value }.into();
    let algorithm = parameters.algorithm().name().to_uppercase();
    let digits = if parameters.digits() == Digits::Six { "SIX" } else { "EIGHT" };
    let kind = if parameters.period().is_some() { "TOTP" } else { "HOTP" };
    Ok(Value::Object(object([
        ("secret_hex", written(|out| Encoding::Hex.encode(secret, out))?),
        ("name", entry.name().into()),
        ("issuer", entry.issuer().unwrap_or_default().into()),
        ("algorithm", said(MigrationField::Algorithm, &algorithm)),
        ("digits", said(MigrationField::Digits, digits)),
        ("type", said(MigrationField::Type, kind)),
        ("counter", number(entry.counter().unwrap_or(0))),
        ("unique_id", entry.unique_id().into()),
    ])))
}

fn refused_value(entry: &RefusedEntry) -> Value {
    Value::Object(object([
        ("name", entry.name().into()),
        ("issuer", entry.issuer().unwrap_or_default().into()),
        ("error", entry.reason().code().into()),
    ]))
}

fn refused(error: Error) -> Failure {
    Failure::Refused { code: error.code(), status: None, www: None }
}

/// What is left out is unspecified.
fn entry(case: &Case) -> Result<MigrationEntry, Failure> {
    let parameters = parameters(case)?;
    let secret = Secret::allow_weak_bytes(&case.hex("secret_hex")?).map_err(Failure::message)?;
    let counter = case.optional_number("counter")?.unwrap_or(0);
    let text = |name| Ok::<_, Failure>(case.optional_text(name)?.unwrap_or_default());
    let entry = MigrationEntry::new(secret, parameters)
        .and_then(|entry| entry.with_counter(counter))
        .map_err(Failure::message)?;
    let entry = entry
        .with_name(text("name")?)
        .with_issuer(text("issuer")?)
        .with_unique_id(text("unique_id")?);
    let fields = [
        ("algorithm", MigrationField::Algorithm),
        ("digits", MigrationField::Digits),
        ("type", MigrationField::Type),
    ];
    fields.into_iter().try_fold(entry, |entry, (name, field)| match choice(case, name)?.as_str() {
        UNSPECIFIED => entry.with_left_out(field).map_err(Failure::message),
        _ => Ok(entry),
    })
}

fn choice(case: &Case, name: &str) -> Result<String, Failure> {
    Ok(case.optional_text(name)?.unwrap_or(UNSPECIFIED).to_ascii_uppercase())
}

fn parameters(case: &Case) -> Result<Parameters, Failure> {
    let unknown =
        |name: &str, value: &str| Failure::Message(format!("the {name} {value} is not known"));
    let parameters = match choice(case, "type")?.as_str() {
        "TOTP" | UNSPECIFIED => Parameters::totp(),
        "HOTP" => Parameters::hotp(),
        other => return Err(unknown("type", other)),
    };
    let digits = match choice(case, "digits")?.as_str() {
        "SIX" | UNSPECIFIED => Digits::Six,
        "EIGHT" => Digits::Eight,
        other => return Err(unknown("digits", other)),
    };
    let algorithm = match choice(case, "algorithm")?.as_str() {
        "SHA1" | UNSPECIFIED => Algorithm::Sha1,
        "SHA256" => Algorithm::Sha256,
        "SHA512" => Algorithm::Sha512,
        other => return Err(unknown("algorithm", other)),
    };
    parameters.with_digits(digits).with_algorithm(algorithm).map_err(Failure::message)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn import(uri: &Value) -> Value {
        crate::answer(json!({ "op": "migration_import", "uri": uri }).to_string().as_bytes())
    }

    fn vectors(name: &str) -> Vec<Value> {
        let file = include_str!("../../totp/tests/vectors/google_migration.json");
        let file: Value = serde_json::from_str(file).expect("JSON");
        file[name].as_array().expect("a list").clone()
    }

    /// The account by MD5 is there to be refused.
    #[test]
    fn every_code_is_answered_as_the_vectors_decode_it() {
        let cases = vectors("cases");
        assert_eq!(cases.len(), 9);
        for case in cases {
            let expected = match case["decoded"]["entries"][0]["algorithm"].as_str() {
                Some("MD5") => json!({ "ok": false, "error": "migration-algorithm" }),
                _ => case["decoded"].clone(),
            };
            assert_eq!(import(&case["uri"]), expected, "{}", case["source"]);
        }
        for case in vectors("invalid") {
            assert_eq!(import(&case["uri"])["ok"], false, "{case}");
        }
    }

    #[test]
    fn what_was_read_is_written_alike() {
        for case in vectors("cases") {
            let read = import(&case["uri"]);
            if read["ok"] == false {
                continue;
            }
            let mut asked = read.clone();
            asked["op"] = "migration_export".into();
            asked["aim"] = 2_331.into();
            let written = crate::answer(asked.to_string().as_bytes());
            assert_eq!(import(&written["uris"][0])["entries"], read["entries"], "{written}");
            if read["batch_size"] == 1 {
                assert_eq!(written["uris"], json!([case["uri"]]));
            }
        }
    }

    /// An account `a`, and one `b` by MD5.
    #[test]
    fn a_refused_account_hides_no_other() {
        let uri = "otpauth-migration://offline?data=CgcKAmFhEgFhCgkKAmFhEgFiIAQ";
        let expected = json!([
            { "secret_hex": "6161", "name": "a", "issuer": "", "algorithm": "UNSPECIFIED",
              "digits": "UNSPECIFIED", "type": "UNSPECIFIED", "counter": 0 },
            { "name": "b", "issuer": "", "error": "migration-algorithm" },
        ]);
        assert_eq!(import(&uri.into())["entries"], expected);
    }
}
