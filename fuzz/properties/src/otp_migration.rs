//! Google Authenticator's export: any text, any payload, any accounts.
//!
//! * Reading a payload agrees with a slow reader of its fields, and stays within its bounds, whatever
//!   they are.
//! * A payload is read alike in every spelling of its text.
//! * What weak secrets are allowed for is the only thing that differs between the two ways to read.
//! * What was read is exported, and what is exported is read again, in any order.

use arbitrary::{Result, Unstructured};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use creance_totp::{
    Algorithm, Digits, Error, MigrationBatch, MigrationEntry, MigrationExport, MigrationField,
    MigrationImport, Parameters, Scanned, Secret,
};

const BEFORE_DATA: &str = "otpauth-migration://offline?data=";

/// Checks the properties above for these bytes, taken as text, as a payload, and as choices of accounts.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = read(text);
        let _ = read(&format!("{BEFORE_DATA}{text}"));
    }
    reads_payload(data);
    let _ = joins(&mut Unstructured::new(data));
}

/// Both ways to read a text; what comes back is the weak one.
fn read(text: &str) -> core::result::Result<MigrationBatch, Error> {
    let (strict, weak) = (MigrationBatch::parse(text), MigrationBatch::allow_weak_parse(text));
    let (Ok(strict), Ok(weak)) = (&strict, &weak) else {
        assert_eq!(strict.err(), weak.as_ref().err().copied());
        return weak;
    };
    assert!(strict.entries().len() <= MigrationBatch::MAX_ENTRIES);
    assert_eq!(strict.entries().len(), weak.entries().len());
    for pair in strict.entries().iter().zip(weak.entries()) {
        match pair {
            (Ok(strict), Ok(weak)) => assert!(is_same(strict, weak)),
            (Err(strict), Err(weak)) => assert_eq!(strict, weak),
            (Err(refused), Ok(weak)) => {
                let bytes = weak.secret().expose().len();
                assert!((1..16).contains(&bytes));
                assert_eq!(refused.reason(), Error::ShortSecret { bytes });
            }
            (Ok(entry), Err(refused)) => panic!("{entry:?}, but {refused}"),
        }
    }
    let usable: Vec<MigrationEntry> = weak.entries().iter().flatten().cloned().collect();
    is_exported(&usable, MigrationExport::new(weak.id()));
    Ok(weak.clone())
}

const FIELDS: [MigrationField; 3] =
    [MigrationField::Algorithm, MigrationField::Digits, MigrationField::Type];

fn is_same(one: &MigrationEntry, other: &MigrationEntry) -> bool {
    let public = |entry: &MigrationEntry| {
        (entry.parameters(), entry.counter(), FIELDS.map(|field| entry.is_left_out(field)))
    };
    let texts = |entry: &MigrationEntry| {
        [Some(entry.name()), entry.issuer(), entry.unique_id()].map(|text| text.map(str::to_owned))
    };
    one.secret().expose() == other.secret().expose()
        && public(one) == public(other)
        && texts(one) == texts(other)
}

/// Joins what was exported, the last code first.
fn is_exported(entries: &[MigrationEntry], export: MigrationExport) {
    let codes = match export.write(entries) {
        Ok(codes) => codes,
        Err(error) => {
            assert_eq!(error, Error::MigrationUnfit);
            assert!(has_long(entries));
            return;
        }
    };
    let mut import = MigrationImport::new();
    for (index, code) in codes.iter().enumerate().rev() {
        assert!(code.expose().len() <= MigrationExport::MAX_BYTES);
        let batch = MigrationBatch::allow_weak_parse(code.expose()).expect("what was written");
        assert_eq!((batch.size() as usize, batch.index() as usize), (codes.len(), index));
        assert!(!import.is_complete());
        assert_eq!(import.add(batch.clone()), Ok(Scanned::New));
        assert_eq!(import.add(batch), Ok(Scanned::Again));
    }
    let joined = import.finish().unwrap_or_default();
    assert_eq!(joined.len(), entries.len());
    for (joined, entry) in joined.iter().zip(entries) {
        assert!(is_same(joined.as_ref().expect("what was written"), entry));
    }
}

/// Whether an account may be too long for a code.
fn has_long(entries: &[MigrationEntry]) -> bool {
    entries.iter().any(|entry| {
        let texts = [Some(entry.name()), entry.issuer(), entry.unique_id()];
        texts.into_iter().flatten().map(str::len).sum::<usize>() > 1_000
    })
}

/// A field as the slow reader has it.
#[derive(Debug)]
enum Slow<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

/// One number of seven bits per byte, by way of more bits than it can have.
fn slow_varint(rest: &mut &[u8]) -> Option<u64> {
    let len = rest.iter().position(|byte| *byte < 0x80)? + 1;
    let (bytes, after) = rest.split_at(len);
    *rest = after;
    let bits = |value: u128, byte: &u8| value << 7 | u128::from(byte & 0x7f);
    (len <= 10).then(|| bytes.iter().rev().fold(0, bits)).and_then(|value| value.try_into().ok())
}

fn slow_take<'a>(rest: &mut &'a [u8], len: u64) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(usize::try_from(len).ok()?)?;
    *rest = after;
    Some(taken)
}

/// The fields up to the end, or up to the end of the group that they are in.
fn slow_fields<'a>(
    rest: &mut &'a [u8],
    group: Option<u64>,
    depth: usize,
) -> Option<Vec<(u64, Slow<'a>)>> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let tag = slow_varint(rest).filter(|tag| *tag >= 8 && *tag < 1 << 32)?;
        let value = match tag % 8 {
            0 => Slow::Number(slow_varint(rest)?),
            1 => slow_take(rest, 8).map(|_| Slow::Other)?,
            2 => {
                let len = slow_varint(rest)?;
                Slow::Bytes(slow_take(rest, len)?)
            }
            3 if depth < 100 => slow_fields(rest, Some(tag / 8), depth + 1).map(|_| Slow::Other)?,
            4 if group == Some(tag / 8) => return Some(fields),
            5 => slow_take(rest, 4).map(|_| Slow::Other)?,
            _ => return None,
        };
        fields.push((tag / 8, value));
    }
    group.is_none().then_some(fields)
}

/// The last number of a field.
fn slow_number(fields: &[(u64, Slow<'_>)], field: u64) -> u64 {
    let number = |(number, value): &(u64, Slow<'_>)| match value {
        Slow::Number(value) if *number == field => Some(*value),
        _ => None,
    };
    fields.iter().rev().find_map(number).unwrap_or(0)
}

/// The same as 32 bits with a sign.
fn slow_int32(fields: &[(u64, Slow<'_>)], field: u64) -> i32 {
    let low = slow_number(fields, field) & 0xffff_ffff;
    u32::try_from(low).expect("32 bits").cast_signed()
}

fn slow_bytes<'a>(fields: &[(u64, Slow<'a>)], field: u64) -> Vec<&'a [u8]> {
    let values = fields.iter().filter_map(|(number, value)| match value {
        Slow::Bytes(bytes) if *number == field => Some(*bytes),
        _ => None,
    });
    values.collect()
}

/// Size, index, id, and the secret of each account with whether it can be used.
type Contents<'a> = (i32, i32, i32, Vec<(&'a [u8], bool)>);

fn slow_contents(mut payload: &[u8]) -> Option<Contents<'_>> {
    let fields = slow_fields(&mut payload, None, 0)?;
    let accounts = slow_bytes(&fields, 1).into_iter().map(slow_account);
    let accounts: Vec<_> = accounts.collect::<Option<_>>()?;
    let [size, index, id] = [3, 4, 5].map(|field| slow_int32(&fields, field));
    let is_one_of_them = size >= 0 && (0..size.max(1)).contains(&index);
    is_one_of_them.then_some((size, index, id, accounts))
}

fn slow_account(mut message: &[u8]) -> Option<(&[u8], bool)> {
    let fields = slow_fields(&mut message, None, 0)?;
    let texts = [2, 3, 8].map(|field| slow_bytes(&fields, field));
    if texts.iter().flatten().any(|text| core::str::from_utf8(text).is_err()) {
        return None;
    }
    let [algorithm, digits, kind] = [4, 5, 6].map(|field| slow_int32(&fields, field));
    let counter = slow_number(&fields, 7);
    let secret = slow_bytes(&fields, 1).last().copied().unwrap_or_default();
    let usable = (0..=3).contains(&algorithm)
        && (0..=2).contains(&digits)
        && (0..=2).contains(&kind)
        && (kind != 1 || counter < 1 << 63)
        && (1..=Secret::MAX_BYTES).contains(&secret.len());
    Some((secret, usable))
}

fn reads_payload(payload: &[u8]) {
    let standard = STANDARD.encode(payload);
    let batch = read(&format!("{BEFORE_DATA}{standard}"));
    // A space at the end is taken for one that came with the text.
    let spaced =
        if standard.ends_with('+') { standard.clone() } else { standard.replace('+', " ") };
    let spellings = [
        URL_SAFE_NO_PAD.encode(payload),
        spaced,
        standard.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D"),
    ];
    for spelling in spellings {
        let again = MigrationBatch::allow_weak_parse(&format!("{BEFORE_DATA}{spelling}"));
        assert_eq!(format!("{again:?}"), format!("{batch:?}"), "{spelling}");
    }
    match (batch, slow_contents(payload)) {
        (Ok(batch), Some((size, index, id, accounts))) => {
            assert!(batch.size() <= MigrationBatch::MAX_CODES);
            assert_eq!((batch.size().cast_signed(), batch.index().cast_signed()), (size, index));
            assert_eq!((batch.id(), batch.entries().len()), (id, accounts.len()));
            for (entry, (secret, usable)) in batch.entries().iter().zip(accounts) {
                assert_eq!(entry.is_ok(), usable, "{entry:?}");
                assert!(entry.as_ref().map_or(true, |entry| entry.secret().expose() == secret));
            }
        }
        (Err(Error::MigrationTooLong), contents) => {
            // Too many accounts take two bytes each, too long a text more than that.
            assert!(payload.len() > 2 * MigrationBatch::MAX_ENTRIES, "{contents:?}");
        }
        (Err(Error::MigrationCodes { codes }), Some((size, ..))) => {
            assert_eq!(codes, size.unsigned_abs());
            assert!(codes > MigrationBatch::MAX_CODES);
        }
        (Err(Error::MigrationData), None) => {}
        (Err(Error::MigrationUri), Some(_)) if payload.is_empty() => {}
        (batch, contents) => panic!("{batch:?}, but {contents:?}"),
    }
}

fn joins(choices: &mut Unstructured<'_>) -> Result<()> {
    let export = MigrationExport::new(choices.arbitrary()?)
        .with_version(choices.arbitrary()?)
        .with_aim(choices.int_in_range(0..=600)?);
    let mut entries = Vec::new();
    while !choices.is_empty() && entries.len() < 300 {
        entries.push(entry(choices)?);
    }
    is_exported(&entries, export);
    Ok(())
}

fn entry(choices: &mut Unstructured<'_>) -> Result<MigrationEntry> {
    let len = choices.int_in_range(1..=Secret::MAX_BYTES)?;
    let mut secret = choices.bytes(len.min(choices.len()))?.to_vec();
    secret.resize(len, 1);
    let secret = Secret::allow_weak_bytes(&secret).expect("1 to 128 bytes");
    let kind = if choices.arbitrary()? { Parameters::totp() } else { Parameters::hotp() };
    let digits = if choices.arbitrary()? { Digits::Six } else { Digits::Eight };
    let algorithm = choices.choose(&[Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512])?;
    let parameters = kind.with_digits(digits).with_algorithm(*algorithm).expect("a known one");
    let counter = choices.arbitrary::<u64>()? & MigrationEntry::MAX_COUNTER;
    let entry = MigrationEntry::new(secret, parameters).expect("there are fields for it");
    Ok(entry
        .with_counter(counter)
        .expect("63 bits")
        .with_name(choices.arbitrary::<&str>()?)
        .with_issuer(choices.arbitrary::<&str>()?)
        .with_unique_id(choices.arbitrary::<&str>()?))
}
