//! Google Authenticator's export: published and computed codes, what is found in the wild, and what is
//! written here.

mod common;

use std::fmt::Write as _;

use common::{Fields, hex};
use creance_totp::{
    Algorithm, Digits, Error, KeyUri, MigrationBatch, MigrationEntry, MigrationExport,
    MigrationField, MigrationImport, Parameters, Scanned, Secret, Sensitive,
};
use proptest::prelude::*;

const BEFORE_DATA: &str = "otpauth-migration://offline?data=";

fn vectors() -> Fields {
    let mut file = Fields::parse(include_str!("vectors/google_migration.json"));
    assert!(file.text("schema_source").contains("google_auth.proto"));
    let _ = file.object("schema");
    file
}

fn int32(case: &mut Fields, key: &str) -> i32 {
    let number = case.take(key).as_i64().expect("a number");
    i32::try_from(number).expect("an int32")
}

/// What an entry of the file says, as far as there are codes by it here.
fn parameters(case: &mut Fields) -> Result<Parameters, Error> {
    let algorithm = match case.text("algorithm").as_str() {
        "SHA1" | "UNSPECIFIED" => Ok(Algorithm::Sha1),
        "MD5" => Err(Error::MigrationAlgorithm { value: 4 }),
        other => panic!("{other}"),
    };
    let digits = case.text("digits");
    assert!(["SIX", "UNSPECIFIED"].contains(&digits.as_str()));
    assert_eq!(case.text("type"), "TOTP");
    assert_eq!(case.number("counter"), 0);
    Parameters::totp().with_algorithm(algorithm?)
}

fn check_entries(batch: &MigrationBatch, expected: Vec<Fields>) {
    assert_eq!(batch.entries().len(), expected.len());
    for (entry, mut expected) in batch.entries().iter().zip(expected) {
        let secret = expected.bytes("secret_hex");
        let (name, issuer) = (expected.text("name"), expected.text("issuer"));
        let issuer = Some(issuer.as_str()).filter(|issuer| !issuer.is_empty());
        let unique_id = expected.optional("unique_id");
        match (entry, parameters(&mut expected)) {
            (Ok(entry), Ok(parameters)) => {
                assert_eq!(entry.secret().expose(), secret);
                assert_eq!((entry.name(), entry.issuer()), (name.as_str(), issuer));
                assert_eq!((entry.parameters(), entry.counter()), (parameters, None));
                assert_eq!(entry.unique_id(), unique_id.as_ref().and_then(|id| id.as_str()));
            }
            (Err(refused), Err(reason)) => {
                assert_eq!((refused.name(), refused.issuer()), (name.as_str(), issuer));
                assert_eq!(refused.reason(), reason);
            }
            (entry, expected) => panic!("{entry:?}, but {expected:?}"),
        }
        expected.end();
    }
}

/// The accounts of a batch, all of which can be used.
fn accounts(batch: MigrationBatch) -> Vec<MigrationEntry> {
    batch.into_entries().into_iter().map(|entry| entry.expect("usable")).collect()
}

#[test]
fn published_codes_are_read_and_written_alike() {
    let mut file = vectors();
    let (mut written, mut refused) = (0, 0);
    for mut case in file.objects("cases") {
        let (source, uri) = (case.text("source"), case.text("uri"));
        let mut decoded = case.object("decoded");
        let batch = MigrationBatch::allow_weak_parse(&uri).expect(&source);
        assert_eq!(batch.version(), int32(&mut decoded, "version"), "{source}");
        assert_eq!(u64::from(batch.size()), decoded.number("batch_size"), "{source}");
        assert_eq!(u64::from(batch.index()), decoded.number("batch_index"), "{source}");
        assert_eq!(batch.id(), int32(&mut decoded, "batch_id"), "{source}");
        check_entries(&batch, decoded.objects("entries"));
        decoded.end();
        case.end();

        if batch.entries().iter().any(Result::is_err) {
            refused += 1;
        } else if !source.contains("dim13") {
            // That program leaves defaults out; all others write what is written here.
            let export = MigrationExport::new(batch.id())
                .with_version(batch.version())
                .with_aim(MigrationExport::MAX_BYTES);
            let uris = export.write(&accounts(batch)).expect(&source);
            let uris: Vec<&str> = uris.iter().map(Sensitive::expose).collect();
            assert_eq!(uris, [uri], "{source}");
            written += 1;
        }
    }
    assert_eq!((written, refused), (6, 1));
    for mut case in file.objects("invalid") {
        let (uri, why) = (case.text("uri"), case.text("why"));
        case.end();
        let expected = match why.as_str() {
            "no data" => Error::MigrationUri,
            _ => Error::MigrationData,
        };
        assert_eq!(MigrationBatch::allow_weak_parse(&uri).unwrap_err(), expected, "{why}");
    }
    file.end();
}

/// What another program left out is left out again: the account has the same bytes.
#[test]
fn what_was_left_out_stays_out() {
    let data = "CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC";
    let batch = MigrationBatch::allow_weak_parse(&format!("{BEFORE_DATA}{data}")).expect("read");
    let [entry] = accounts(batch).try_into().expect("one");
    assert_eq!(entry.parameters(), Parameters::totp());
    let fields = [MigrationField::Algorithm, MigrationField::Digits, MigrationField::Type];
    assert_eq!(fields.map(|field| entry.is_left_out(field)), [true, true, false]);
    let uris = MigrationExport::new(0).write(std::slice::from_ref(&entry)).expect("fits");
    assert!(uris[0].expose().starts_with(&format!("{BEFORE_DATA}{data}")));

    // To say it is another account's bytes.
    let said = MigrationEntry::new(entry.secret().clone(), Parameters::totp()).expect("fits");
    assert!(fields.iter().all(|field| !said.is_left_out(*field)));
    let said = said.with_name(entry.name()).with_issuer("Example");
    let without = [MigrationField::Algorithm, MigrationField::Digits]
        .into_iter()
        .try_fold(said.clone(), MigrationEntry::with_left_out)
        .expect("defaults");
    let write =
        |entry| MigrationExport::new(0).write(&[entry]).expect("fits")[0].expose().to_owned();
    assert_eq!(write(without), uris[0].expose());
    assert_ne!(write(said), uris[0].expose());
}

#[test]
fn what_is_no_default_is_not_left_out() {
    let other = Parameters::hotp()
        .with_digits(Digits::Eight)
        .with_algorithm(Algorithm::Sha256)
        .expect("known");
    let secret = Secret::from_bytes(&[7; 20]).expect("long enough");
    let entry = MigrationEntry::new(secret, other).expect("fits");
    for field in [MigrationField::Algorithm, MigrationField::Digits, MigrationField::Type] {
        let refused = entry.clone().with_left_out(field).unwrap_err();
        assert_eq!(refused, Error::MigrationUnfit, "{field:?}");
    }
}

/// As many codes as anybody would scan, and not one more.
#[test]
fn how_many_codes_there_are_is_bounded() {
    let batch = MigrationBatch::parse(&uri("18ff7f")).expect("16,383 codes");
    assert_eq!(batch.size(), MigrationBatch::MAX_CODES);
    let mut import = MigrationImport::new();
    assert_eq!(import.add(batch), Ok(Scanned::New));
    assert_eq!(import.missing().count(), 16_382);
    for (size, codes) in [("18808001", 16_384), ("18ffffffff07", 2_147_483_647)] {
        let refused = MigrationBatch::parse(&uri(size)).unwrap_err();
        assert_eq!(refused, Error::MigrationCodes { codes });
        assert_eq!((refused.code(), refused.status()), ("migration-codes", 400));
    }
}

/// A payload as text, for what is not written here.
fn uri(payload: &str) -> String {
    let mut uri = BEFORE_DATA.to_owned();
    creance_sigv::Encoding::Base64Url.encode(&hex(payload), &mut uri).expect("a string");
    uri
}

fn entry(name: &str) -> MigrationEntry {
    let secret = Secret::from_bytes(b"12345678901234567890").expect("long enough");
    MigrationEntry::new(secret, Parameters::totp()).expect("fits").with_name(name)
}

#[test]
fn a_code_is_read_in_every_spelling() {
    let data =
        "CjsKFBHMQnKu/odWlB/zUy+dfiRIaHj0EhhFeGFtcGxlOmFsaWNlQGdvb2dsZS5jb20aB0V4YW1wbGUwAg==";
    let unpadded = data.trim_end_matches('=');
    let escaped = data.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let escaped_low = escaped.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d");
    let every_character = data.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02x}");
        text
    });
    let spellings = [
        format!("{BEFORE_DATA}{data}"),
        format!("{BEFORE_DATA}{unpadded}"),
        format!("{BEFORE_DATA}{escaped}"),
        format!("{BEFORE_DATA}{escaped_low}"),
        format!("{BEFORE_DATA}{every_character}"),
        format!("{BEFORE_DATA}{}", data.replace('+', "-").replace('/', "_")),
        format!("{BEFORE_DATA}{}", unpadded.replace('+', "-").replace('/', "_")),
        format!("{BEFORE_DATA}{}", data.replace('+', " ")),
        format!("{BEFORE_DATA}{}", data.replace('+', "%20")),
        format!("{BEFORE_DATA}{data}&a=b"),
        format!("{BEFORE_DATA}{data}#a"),
        format!("\r\n {BEFORE_DATA}{data}\n"),
        format!("OTPAUTH-Migration://OffLine/?a&data={data}"),
    ];
    for uri in spellings {
        let batch = MigrationBatch::parse(&uri).unwrap_or_else(|error| panic!("{error}: {uri}"));
        let [entry] = accounts(batch).try_into().expect("one");
        assert_eq!(entry.secret().expose(), hex("11cc4272aefe8756941ff3532f9d7e24486878f4"));
        assert_eq!(entry.name(), "Example:alice@google.com");
    }
}

#[test]
fn what_is_no_code_is_refused() {
    for text in [
        "",
        "otpauth-migration",
        "otpauth-migration://offline",
        "otpauth-migration://offline?",
        "otpauth-migration://offline?date=CgA",
        "otpauth-migration://offline?data",
        "otpauth-migration://offline?data=",
        "otpauth-migration://online?data=CgA",
        "otpauth-migration://offline/a?data=CgA",
        "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "otpauth-migration://offline?data=CgA&data=CgA",
        "otpauth-migration://offline#?data=CgA",
    ] {
        assert_eq!(MigrationBatch::parse(text).unwrap_err(), Error::MigrationUri, "{text}");
    }
    for data in [
        "A", "AB", "CgA=CgA=", "Cg===", "KAE===", "C%", "C%g", "C%4", "C%zzAA", "C*AA", "CgAü",
        "%ff%",
    ] {
        let text = format!("{BEFORE_DATA}{data}");
        assert_eq!(MigrationBatch::parse(&text).unwrap_err(), Error::MigrationData, "{text}");
    }
    // Text that is not UTF-8, a length beyond the message, an index beyond the size, a negative size.
    let negative = "ffffffffffffffffff01";
    for payload in [
        "0a031201ff",
        "0a031201",
        "18022002",
        "2001",
        &format!("18{negative}"),
        &format!("20{negative}"),
    ] {
        assert_eq!(MigrationBatch::parse(&uri(payload)).unwrap_err(), Error::MigrationData);
    }
}

#[test]
fn a_code_without_accounts_is_read() {
    let batch = MigrationBatch::parse(&uri("2801")).expect("an id and nothing else");
    assert_eq!((batch.version(), batch.size(), batch.index(), batch.id()), (0, 0, 0, 1));
    assert!(batch.entries().is_empty());
    assert_eq!(MigrationExport::new(1).write(&[]).expect("none").len(), 0);
}

#[test]
fn what_is_read_is_bounded() {
    let most = MigrationBatch::MAX_ENTRIES;
    let batch = MigrationBatch::parse(&uri(&"0a00".repeat(most))).expect("as many as are read");
    assert_eq!(batch.entries().len(), most);
    let more = uri(&"0a00".repeat(most + 1));
    assert_eq!(MigrationBatch::parse(&more).unwrap_err(), Error::MigrationTooLong);

    let longest = format!("{BEFORE_DATA}{}", "A".repeat(16_384 - BEFORE_DATA.len()));
    assert_eq!(MigrationBatch::parse(&longest).unwrap_err(), Error::MigrationData);
    assert_eq!(MigrationBatch::parse(&(longest + "A")).unwrap_err(), Error::MigrationTooLong);
}

#[test]
fn an_account_that_cannot_be_used_is_named_and_hides_no_other() {
    let secret = format!("0a10{}", "61".repeat(16));
    let cases = [
        ("2004", Error::MigrationAlgorithm { value: 4 }),
        ("2005", Error::MigrationAlgorithm { value: 5 }),
        ("20ffffffffffffffffff01", Error::MigrationAlgorithm { value: -1 }),
        ("2803", Error::MigrationDigits { value: 3 }),
        ("3003", Error::MigrationKind { value: 3 }),
        ("300138ffffffffffffffffff01", Error::MigrationCounter),
        ("0a0f616161616161616161616161616161", Error::ShortSecret { bytes: 15 }),
        ("0a00", Error::ShortSecret { bytes: 0 }),
    ];
    for (fields, reason) in cases {
        let fields = format!("{secret}1203626f621a0441636d65{fields}");
        let refused = format!("0a{:02x}{fields}", fields.len() / 2);
        let usable = format!("0a12{secret}");
        let batch =
            MigrationBatch::parse(&uri(&format!("{usable}{refused}{usable}"))).expect("read");
        let [Ok(_), Err(refused), Ok(_)] = batch.entries() else { panic!("{batch:?}") };
        assert_eq!((refused.name(), refused.issuer()), ("bob", Some("Acme")));
        assert_eq!(refused.reason(), reason);
        let message = format!("the account \"bob\" cannot be imported: {reason}");
        assert_eq!(refused.to_string(), message);
    }
}

#[test]
fn the_last_field_counts_and_unknown_ones_are_skipped() {
    let secret = "61".repeat(16);
    let fields = format!(
        "0a03616161 1203626f62 0a10{secret} 1205616c696365 2004 2002 2a0141 2802 4a0141 0d00000000 \
         3b0a0141 3c 3001 3807 42024944"
    )
    .replace(' ', "");
    let batch = MigrationBatch::parse(&uri(&format!("0a{:02x}{fields}", fields.len() / 2)));
    let [entry] = accounts(batch.expect("read")).try_into().expect("one");
    let expected = Parameters::hotp()
        .with_digits(Digits::Eight)
        .with_algorithm(Algorithm::Sha256)
        .expect("known");
    assert_eq!((entry.parameters(), entry.counter()), (expected, Some(7)));
    assert_eq!((entry.name(), entry.unique_id()), ("alice", Some("ID")));
    assert_eq!(entry.secret().expose(), [b'a'; 16]);
}

#[test]
fn a_counter_without_meaning_is_not_looked_at() {
    let fields = format!("0a10{}38ffffffffffffffffff01", "61".repeat(16));
    let batch = MigrationBatch::parse(&uri(&format!("0a{:02x}{fields}", fields.len() / 2)));
    assert_eq!(accounts(batch.expect("read"))[0].counter(), None);
}

#[test]
fn weak_secrets_are_taken_by_name_only() {
    let secret = Secret::allow_weak_bytes(b"0123456789").expect("80 bits");
    let weak = MigrationEntry::new(secret, Parameters::totp()).expect("fits").with_name("old");
    let uris = MigrationExport::new(1).write(&[weak]).expect("fits");
    let batch = MigrationBatch::parse(uris[0].expose()).expect("read");
    let refused = batch.entries()[0].as_ref().expect_err("80 bits");
    assert_eq!(refused.reason(), Error::ShortSecret { bytes: 10 });
    let batch = MigrationBatch::allow_weak_parse(uris[0].expose()).expect("read");
    assert_eq!(accounts(batch)[0].secret().expose(), b"0123456789");
}

#[test]
fn what_a_migration_has_no_field_for_is_not_exported() {
    let secret = || Secret::from_bytes(&[7; 20]).expect("long enough");
    let unfit = [
        Parameters::totp().with_digits(Digits::Seven),
        Parameters::hotp().with_digits(Digits::Seven),
        Parameters::totp().with_period(60).expect("not zero"),
    ];
    for parameters in unfit {
        let error = MigrationEntry::new(secret(), parameters).unwrap_err();
        assert_eq!((error, error.status()), (Error::MigrationUnfit, 500));
    }
    let hotp = MigrationEntry::new(secret(), Parameters::hotp()).expect("fits");
    let last = MigrationEntry::MAX_COUNTER;
    assert_eq!(hotp.clone().with_counter(last + 1).unwrap_err(), Error::MigrationUnfit);
    let uris = MigrationExport::new(-1).write(&[hotp.with_counter(last).expect("fits")]);
    let batch = MigrationBatch::parse(uris.expect("fits")[0].expose()).expect("read");
    assert_eq!(accounts(batch)[0].counter(), Some(last));

    let long = entry(&"a".repeat(1_700));
    assert_eq!(MigrationExport::new(1).write(&[long]).unwrap_err(), Error::MigrationUnfit);
}

/// Three accounts in three codes.
fn three_codes(id: i32) -> Vec<MigrationBatch> {
    let accounts = ["alice", "bob", "carol"].map(entry);
    let codes = MigrationExport::new(id).with_aim(0).write(&accounts).expect("they fit");
    codes.iter().map(|uri| MigrationBatch::parse(uri.expose()).expect("read")).collect()
}

#[test]
fn codes_are_joined_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let codes = three_codes(5);
        let mut import = MigrationImport::new();
        assert_eq!((import.size(), import.is_complete()), (0, false));
        for (count, index) in order.into_iter().enumerate() {
            assert_eq!(import.missing().count(), if count == 0 { 0 } else { 3 - count });
            assert!(!import.is_complete());
            assert_eq!(import.add(codes[index].clone()), Ok(Scanned::New));
            assert_eq!(import.add(codes[index].clone()), Ok(Scanned::Again));
            assert_eq!(import.size(), 3);
        }
        assert!(import.is_complete());
        let joined = import.finish().expect("complete");
        let names: Vec<&str> =
            joined.iter().map(|entry| entry.as_ref().expect("usable").name()).collect();
        assert_eq!(names, ["alice", "bob", "carol"]);
    }
}

#[test]
fn a_gap_is_told() {
    let [first, _, last] = three_codes(5).try_into().expect("three");
    let mut import = MigrationImport::new();
    let error = import.clone().finish().unwrap_err();
    assert_eq!(error, Error::MigrationIncomplete { index: 0 });
    import.add(last).expect("the same export");
    assert_eq!(import.missing().collect::<Vec<_>>(), [0, 1]);
    import.add(first).expect("the same export");
    assert_eq!(import.missing().collect::<Vec<_>>(), [1]);
    let error = import.finish().unwrap_err();
    assert_eq!(error, Error::MigrationIncomplete { index: 1 });
    assert_eq!(error.to_string(), "code 2 of the export is missing");
}

#[test]
fn codes_of_several_exports_are_not_joined() {
    let [first, second, _] = three_codes(5).try_into().expect("three");
    let [_, of_another, _] = three_codes(6).try_into().expect("three");
    let mut import = MigrationImport::new();
    import.add(first).expect("the first");
    assert_eq!(import.add(of_another).unwrap_err(), Error::MigrationOther);

    // The same id, version, size and index, and another account, name, secret or number of them.
    let parsed = |entries: &[MigrationEntry]| {
        let codes = MigrationExport::new(5).with_aim(0).write(entries).expect("they fit");
        codes.iter().map(|uri| MigrationBatch::parse(uri.expose()).expect("read")).nth(1)
    };
    import.add(second).expect("the same export");
    let secret = Secret::from_bytes(b"12345678901234567891").expect("long enough");
    let other_secret = MigrationEntry::new(secret, Parameters::totp()).expect("fits");
    for other in [
        entry("bill"),
        entry("bob").with_issuer("Acme"),
        entry("bob").with_unique_id("1"),
        other_secret.with_name("bob"),
        MigrationEntry::new(entry("bob").secret().clone(), Parameters::hotp())
            .expect("fits")
            .with_name("bob"),
    ] {
        let other = parsed(&[entry("alice"), other, entry("carol")]).expect("a second one");
        assert_eq!(import.add(other).unwrap_err(), Error::MigrationOther);
    }
    let same = parsed(&["alice", "bob", "carol"].map(entry)).expect("a second one");
    assert_eq!(import.add(same), Ok(Scanned::Again));
    let of_fewer = parsed(&["alice", "bob"].map(entry)).expect("a second one");
    assert_eq!(import.add(of_fewer).unwrap_err(), Error::MigrationOther);
    assert_eq!(import.missing().collect::<Vec<_>>(), [2]);
}

#[test]
fn debug_shows_no_secret() {
    let entry = entry("alice").with_issuer("Acme");
    let shown = format!("{entry:?}");
    assert!(shown.starts_with("MigrationEntry { name: \"alice\", issuer: \"Acme\""), "{shown}");
    let uris = MigrationExport::new(1).write(&[entry]).expect("fits");
    let batch = MigrationBatch::parse(uris[0].expose()).expect("read");
    for shown in [shown, format!("{uris:?}"), format!("{batch:?}")] {
        for secret in ["12345678901234567890", "49, 50, 51", "GEZDGNBV", "MTIzNDU2", "CkMxMjM0"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn accounts_become_key_uris() {
    let cases = [
        ("alice", None, (None, None, "alice")),
        ("alice", Some("ACME"), (Some("ACME"), Some("ACME"), "alice")),
        ("ACME:alice", None, (Some("ACME"), Some("ACME"), "alice")),
        ("ACME: alice", Some("ACME"), (Some("ACME"), Some("ACME"), "alice")),
        ("ACME:alice", Some("acme.example"), (Some("acme.example"), Some("ACME"), "alice")),
        (" :alice", Some("ACME"), (Some("ACME"), Some("ACME"), "alice")),
    ];
    for (name, issuer, (expected, label, account)) in cases {
        let entry = entry(name).with_issuer(issuer.unwrap_or_default());
        let uri = entry.to_key_uri().expect("names as they should be");
        assert_eq!((uri.issuer(), uri.label_issuer(), uri.account()), (expected, label, account));
        assert_eq!(uri.secret().expose(), entry.secret().expose());
        assert_eq!((uri.parameters(), uri.counter()), (Parameters::totp(), None));

        let again = MigrationEntry::from_key_uri(&uri).expect("it has fields for all of it");
        assert_eq!((again.issuer(), again.counter()), (expected, None));
        let named = if label == expected { account } else { "ACME:alice" };
        assert_eq!(again.name(), named);
        let uri = again.to_key_uri().expect("names as they should be");
        assert_eq!((uri.issuer(), uri.label_issuer(), uri.account()), (expected, label, account));
    }
    let wrong = |name, issuer| entry(name).with_issuer(issuer).to_key_uri().unwrap_err();
    assert_eq!(wrong("", "ACME"), Error::Account);
    assert_eq!(wrong("ACME:", ""), Error::Account);
    assert_eq!(wrong("ACME:alice:bob", ""), Error::Account);
    assert_eq!(wrong("ali\nce", ""), Error::Account);
    assert_eq!(wrong("alice", "AC:ME"), Error::Issuer);
}

#[test]
fn key_uris_keep_their_parameters_as_accounts() {
    let eight = |parameters: Parameters| parameters.with_digits(Digits::Eight);
    let parameters = eight(Parameters::hotp()).with_algorithm(Algorithm::Sha512).expect("known");
    let secret = Secret::allow_weak_bytes(b"0123456789").expect("80 bits");
    let uri = KeyUri::new(secret, "alice").and_then(|uri| uri.with_parameters(parameters));
    let uri = uri.expect("a key URI").with_counter(9);
    let entry = MigrationEntry::from_key_uri(&uri).expect("it has fields for all of it");
    assert_eq!((entry.parameters(), entry.counter()), (parameters, Some(9)));
    let again = entry.to_key_uri().expect("a key URI");
    assert_eq!((again.parameters(), again.counter()), (parameters, Some(9)));
    assert_eq!(again.secret().expose(), b"0123456789");

    let unfit = uri.clone().with_counter(u64::MAX);
    assert_eq!(MigrationEntry::from_key_uri(&unfit).unwrap_err(), Error::MigrationUnfit);
    let sixty = Parameters::totp().with_period(60).and_then(|sixty| uri.with_parameters(sixty));
    let unfit = sixty.expect("a key URI");
    assert_eq!(MigrationEntry::from_key_uri(&unfit).unwrap_err(), Error::MigrationUnfit);
}

fn any_entry() -> impl Strategy<Value = MigrationEntry> {
    let parameters = (any::<bool>(), 0..3_usize, any::<bool>()).prop_map(|(time, index, eight)| {
        let algorithm = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][index];
        let parameters = if time { Parameters::totp() } else { Parameters::hotp() };
        let digits = if eight { Digits::Eight } else { Digits::Six };
        parameters.with_digits(digits).with_algorithm(algorithm).expect("known")
    });
    let secret = prop::collection::vec(any::<u8>(), 16..=64);
    let counter = 0..=MigrationEntry::MAX_COUNTER;
    (secret, parameters, counter, ".{0,30}", ".{0,10}", ".{0,8}").prop_map(
        |(secret, parameters, counter, name, issuer, unique_id)| {
            let secret = Secret::from_bytes(&secret).expect("long enough");
            MigrationEntry::new(secret, parameters)
                .and_then(|entry| entry.with_counter(counter))
                .expect("fits")
                .with_name(name)
                .with_issuer(issuer)
                .with_unique_id(unique_id)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_exported_is_imported_again(
        entries in prop::collection::vec(any_entry(), 0..200),
        id in any::<i32>(),
        aim in 0..1_000_usize,
        version in 1..3_i32,
    ) {
        let export = MigrationExport::new(id).with_aim(aim).with_version(version);
        let uris = export.write(&entries).expect("they fit");
        let mut import = MigrationImport::new();
        for uri in uris.iter().rev() {
            let batch = MigrationBatch::parse(uri.expose()).expect("read");
            let count = batch.entries().len();
            prop_assert!((1..=MigrationExport::MAX_PER_CODE).contains(&count));
            prop_assert!(uri.expose().len() <= aim || count == 1, "{} bytes", uri.expose().len());
            prop_assert_eq!((batch.id(), batch.version()), (id, version));
            prop_assert_eq!(batch.size() as usize, uris.len());
            prop_assert_eq!(import.add(batch), Ok(Scanned::New));
        }
        prop_assert_eq!(import.is_complete(), !entries.is_empty());
        let joined = import.finish().unwrap_or_default();
        prop_assert_eq!(joined.len(), entries.len());
        for (joined, entry) in joined.iter().zip(&entries) {
            let joined = joined.as_ref().expect("usable");
            prop_assert_eq!(joined.secret().expose(), entry.secret().expose());
            prop_assert_eq!(joined.parameters(), entry.parameters());
            prop_assert_eq!(joined.counter(), entry.counter());
            prop_assert_eq!(
                (joined.name(), joined.issuer(), joined.unique_id()),
                (entry.name(), entry.issuer(), entry.unique_id()),
            );
        }
    }

    /// A code is as full as it can be: with the next account it would be longer than the aim, but for
    /// the few bytes that are kept free.
    #[test]
    fn no_code_is_needlessly_empty(
        entries in prop::collection::vec(any_entry(), 2..20),
        aim in 200..1_000_usize,
    ) {
        let export = MigrationExport::new(-1).with_aim(aim);
        let one = MigrationExport::new(-1).with_aim(MigrationExport::MAX_BYTES);
        let mut rest = entries.as_slice();
        for uri in export.write(&entries).expect("they fit") {
            let batch = MigrationBatch::parse(uri.expose()).expect("read");
            let count = batch.entries().len();
            if count < rest.len().min(MigrationExport::MAX_PER_CODE) {
                let with_next = one.write(&rest[..=count]).expect("they fit");
                let len = with_next[0].expose().len();
                prop_assert!(len + 24 > aim, "{len} bytes of {aim} with {count} accounts");
            }
            rest = &rest[count..];
        }
        prop_assert!(rest.is_empty());
    }
}
