//! The ops of Google Authenticator's export.

use creance_hawk::sigv::Encoding;
use creance_totp::{
    Algorithm, Digits, Error, MigrationBatch, MigrationEntry, MigrationExport, Parameters, Secret,
    Sensitive,
};
use serde_json::Value;

use crate::Op;
use crate::answer::{Answer, Failure, number, object, written};
use crate::case::Case;

pub(crate) const OPS: &[Op] =
    &[("migration_import", migration_import), ("migration_export", migration_export)];

/// The first account that cannot be used is the answer.
fn migration_import(case: &Case) -> Answer {
    let batch = MigrationBatch::allow_weak_parse(case.text("uri")?).map_err(refused)?;
    let entries = batch.entries().iter().map(|entry| match entry {
        Ok(entry) => entry_value(entry),
        Err(entry) => Err(refused(entry.reason())),
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
    Ok(Value::Object(object([
        ("secret_hex", written(|out| Encoding::Hex.encode(secret, out))?),
        ("name", entry.name().into()),
        ("issuer", entry.issuer().unwrap_or_default().into()),
        ("algorithm", parameters.algorithm().to_string().to_uppercase().into()),
        ("digits", if parameters.digits() == Digits::Six { "SIX" } else { "EIGHT" }.into()),
        ("type", if parameters.period().is_some() { "TOTP" } else { "HOTP" }.into()),
        ("counter", number(entry.counter().unwrap_or(0))),
        ("unique_id", entry.unique_id().into()),
    ])))
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
    Ok(entry
        .with_name(text("name")?)
        .with_issuer(text("issuer")?)
        .with_unique_id(text("unique_id")?))
}

fn parameters(case: &Case) -> Result<Parameters, Failure> {
    let choice = |name| Ok::<_, Failure>(case.optional_text(name)?.unwrap_or("UNSPECIFIED"));
    let unknown = |name: &str, value| Failure::Message(format!("the {name} {value} is not known"));
    let parameters = match choice("type")? {
        "TOTP" | "UNSPECIFIED" => Parameters::totp(),
        "HOTP" => Parameters::hotp(),
        other => return Err(unknown("type", other)),
    };
    let digits = match choice("digits")? {
        "SIX" | "UNSPECIFIED" => Digits::Six,
        "EIGHT" => Digits::Eight,
        other => return Err(unknown("digits", other)),
    };
    let algorithm = match choice("algorithm")? {
        "SHA1" | "UNSPECIFIED" => Algorithm::Sha1,
        "SHA256" => Algorithm::Sha256,
        "SHA512" => Algorithm::Sha512,
        other => return Err(unknown("algorithm", other)),
    };
    parameters.with_digits(digits).with_algorithm(algorithm).map_err(Failure::message)
}
