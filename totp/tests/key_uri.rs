//! Key URIs: those of the format's description, of other apps, and what is odd about some.

mod common;

use common::Fields;
use creance_totp::{
    Algorithm, App, Digits, Error, KeyUri, ManualKey, Parameters, Secret, Support, Warning,
};
use serde_json::Value;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn secret() -> Secret {
    Secret::from_base32(SECRET).expect("a secret")
}

fn named(account: &str) -> Result<KeyUri, Error> {
    KeyUri::new(secret(), account)
}

fn alice() -> KeyUri {
    named("alice").expect("an account").with_issuer("ACME").expect("an issuer")
}

fn text(uri: &KeyUri) -> String {
    uri.to_text().expect("text").expose().to_owned()
}

fn codes(warnings: &[Warning]) -> Vec<&'static str> {
    warnings.iter().map(Warning::code).collect()
}

/// Equality is not for secrets, so it is only here.
fn assert_same(one: &KeyUri, other: &KeyUri) {
    assert_eq!(one.secret().expose(), other.secret().expose());
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
}

/// What is printed parses back to the same, without warnings but those that the value itself has.
fn assert_prints_and_parses(uri: &KeyUri) {
    let printed = text(uri);
    let (parsed, warnings) = KeyUri::allow_weak_parse(&printed).expect(&printed);
    assert_same(uri, &parsed);
    assert_eq!(warnings, uri.warnings(), "{printed}");
    assert_eq!(text(&parsed), printed);
}

fn optional(case: &mut Fields, key: &str) -> Option<String> {
    match case.take(key) {
        Value::Null => None,
        value => Some(value.as_str().expect("text").to_owned()),
    }
}

#[test]
fn uris_of_the_format_and_of_apps_are_read() {
    let mut file = Fields::parse(include_str!("vectors/key_uri.json"));
    assert!(file.text("source").contains("Key-Uri-Format"));
    assert!(file.text("status").starts_with("expect = behaviour proposed"));
    let (mut cases, mut weak) = (0, 0);
    for mut case in file.objects("valid") {
        let given = case.text("uri");
        let mut expected = case.object("expect");
        let bytes = expected.bytes("secret_hex");
        let (uri, warnings) = KeyUri::allow_weak_parse(&given).expect(&given);
        match KeyUri::parse(&given) {
            Ok((strong, same)) => {
                assert_same(&strong, &uri);
                assert_eq!(same, warnings);
            }
            Err(error) => {
                assert_eq!(error, Error::ShortSecret { bytes: bytes.len() });
                weak += 1;
            }
        }
        assert_eq!(uri.secret().expose(), bytes, "{given}");
        assert_eq!(expected.text("type"), "totp");
        assert_eq!(uri.parameters().algorithm(), expected.algorithm("algorithm"), "{given}");
        assert_eq!(uri.parameters().digits().get(), expected.small("digits"), "{given}");
        assert_eq!(uri.parameters().period(), Some(expected.number("period")), "{given}");
        assert_eq!(uri.issuer().map(str::to_owned), optional(&mut expected, "issuer"), "{given}");
        assert_eq!(uri.account(), expected.text("account"), "{given}");
        if warnings.contains(&Warning::IssuersDiffer) {
            assert_eq!(expected.text("warning"), "label issuer differs from parameter");
            assert_eq!(uri.label_issuer(), Some("Acme"));
        }
        expected.end();
        for remark in ["source", "note"] {
            case.skip(remark);
        }
        case.end();
        assert_prints_and_parses(&uri);
        cases += 1;
    }
    assert_eq!((cases, weak), (14, 1));
    cases = 0;
    for mut case in file.objects("invalid") {
        let (given, why) = (case.text("uri"), case.text("why"));
        case.end();
        let error = KeyUri::allow_weak_parse(&given).expect_err(&given);
        assert_eq!(error.status(), 400, "{given}: {why}");
        assert_eq!(KeyUri::parse(&given).err(), Some(error));
        cases += 1;
    }
    assert_eq!(cases, 14);
    file.end();
}

#[test]
fn each_oddity_has_its_warning_and_each_fault_its_error() {
    let mut file = Fields::parse(include_str!("vectors/key_uri_spellings.json"));
    assert!(file.text("source").starts_with("made for this crate"));
    let (mut accepted, mut refused) = (0, 0);
    for mut case in file.objects("accepted") {
        let (name, given) = (case.text("name"), case.text("uri"));
        let expected = case.take("warnings");
        case.end();
        let (uri, warnings) = KeyUri::allow_weak_parse(&given).expect(&name);
        assert_eq!(serde_json::json!(codes(&warnings)), expected, "{name}");
        assert_prints_and_parses(&uri);
        accepted += 1;
    }
    for mut case in file.objects("refused") {
        let (name, given) = (case.text("name"), case.text("uri"));
        let expected = case.text("error");
        case.end();
        let error = KeyUri::allow_weak_parse(&given).expect_err(&name);
        assert_eq!(error.code(), expected, "{name}");
        refused += 1;
    }
    assert_eq!((accepted, refused), (54, 73));
    file.end();
}

#[test]
fn what_is_not_the_default_is_written() {
    let other = Parameters::totp().with_algorithm(Algorithm::Sha256).expect("known");
    let other = other.with_digits(Digits::Eight).with_period(60).expect("a period");
    let uri = alice().with_parameters(other).expect("parameters").with_counter(7);
    assert_eq!(
        text(&uri),
        format!(
            "otpauth://totp/ACME:alice?secret={SECRET}&issuer=ACME&algorithm=SHA256&digits=8&period=60"
        )
    );
    assert_eq!(uri.counter(), None);
    assert_prints_and_parses(&uri.with_counter(0));

    for counter in [0, 7, u64::MAX] {
        let uri = alice().with_parameters(Parameters::hotp()).expect("parameters");
        let uri = uri.with_counter(counter);
        let expected =
            format!("otpauth://hotp/ACME:alice?secret={SECRET}&issuer=ACME&counter={counter}");
        assert_eq!(text(&uri), expected);
        assert_prints_and_parses(&uri);
    }
}

#[test]
fn names_are_encoded_but_for_unreserved_characters() {
    let name = "Zoë & Söhne/100% +?#=\"<>\\ ~-._日本";
    let uri = named(name).expect("a name").with_issuer(name).expect("a name");
    let encoded = "Zo%C3%AB%20%26%20S%C3%B6hne%2F100%25%20%2B%3F%23%3D%22%3C%3E%5C%20~-._\
                   %E6%97%A5%E6%9C%AC";
    let expected = format!("otpauth://totp/{encoded}:{encoded}?secret={SECRET}&issuer={encoded}");
    assert_eq!(text(&uri), expected);
    assert_prints_and_parses(&uri);
}

#[test]
fn names_are_checked_and_trimmed() {
    let uri = named(" alice ").expect("a name").with_issuer("\u{a0}ACME Co\u{3000}").expect("one");
    assert_eq!((uri.account(), uri.issuer()), ("alice", Some("ACME Co")));
    for name in
        ["", " ", "a:b", "a\nb", "a\u{7f}", "a\u{85}b", "\u{1b}[2J", "a\u{202e}b", "\u{200b}"]
    {
        assert_eq!(named(name).unwrap_err(), Error::Account, "{name:?}");
        assert_eq!(alice().with_issuer(name).unwrap_err(), Error::Issuer, "{name:?}");
        assert_eq!(alice().with_issuers(name, "ACME").unwrap_err(), Error::Issuer, "{name:?}");
        assert_eq!(alice().with_issuers("ACME", name).unwrap_err(), Error::Issuer, "{name:?}");
    }
    assert!(named(&"a".repeat(KeyUri::MAX_ACCOUNT)).is_ok());
    assert!(named(&"a".repeat(KeyUri::MAX_ACCOUNT + 1)).is_err());
    assert!(alice().with_issuer(&"a".repeat(KeyUri::MAX_ISSUER)).is_ok());
    assert!(alice().with_issuer(&"a".repeat(KeyUri::MAX_ISSUER + 1)).is_err());
}

#[test]
fn two_issuers_are_both_kept_and_one_is_one() {
    let uri = alice().with_issuers("ACME", "acme.example").expect("issuers");
    assert_eq!((uri.label_issuer(), uri.issuer()), (Some("ACME"), Some("acme.example")));
    assert_prints_and_parses(&uri);
    assert_same(&uri.clone().with_issuer("ACME").expect("one"), &alice());
    assert_same(&uri.with_issuers("ACME", " ACME").expect("two"), &alice());
}

#[test]
fn a_period_of_more_than_a_day_is_refused() {
    let period = |period| Parameters::totp().with_period(period);
    let day = period(KeyUri::MAX_PERIOD).expect("a day");
    assert!(alice().with_parameters(day).is_ok());
    assert!(period(u64::MAX).is_err());
    let error = period(86_401).unwrap_err();
    assert_eq!(error, Error::LongPeriod { period: 86_401 });
    assert_eq!(error.to_string(), "the period of a time step is at most 86400 s, not 86401 s");
}

#[test]
fn no_secret_is_shown() {
    let uri = alice();
    let shown = format!("{uri:?} {:?} {:?}", uri.to_text(), ManualKey::new(&uri));
    assert!(!shown.contains("GEZD") && shown.contains("bytes: 20"), "{shown}");
    let (_, warnings) =
        KeyUri::parse(&format!("otpauth://totp/a?secret={}&x={SECRET}", SECRET.to_lowercase()))
            .expect("a URI");
    assert_eq!(warnings.len(), 3);
    for warning in warnings {
        let shown = format!("{warning} {warning:?} {}", warning.code()).to_lowercase();
        assert!(!shown.contains("gezd"), "{shown}");
    }
}

#[test]
fn what_a_sender_names_cannot_pretend_to_be_a_line_of_its_own() {
    let uri = format!("otpauth://totp/a?secret={SECRET}&%E2%80%AEx%22=1");
    let (_, warnings) = KeyUri::parse(&uri).expect("a URI");
    assert_eq!(
        warnings[0].to_string(),
        r#"the parameter "\u{202e}x\"" is not known and was ignored"#
    );
}

#[test]
fn errors_are_read_by_people() {
    let refused = |query: &str| {
        KeyUri::parse(&format!("otpauth://totp/a?secret={SECRET}&{query}")).unwrap_err().to_string()
    };
    assert_eq!(refused("digits=9"), "the digits of the URI are not 6 to 8");
    assert_eq!(refused("period=0"), "the period of the URI is not 1 to 86400 s");
    assert_eq!(
        refused("issuer=a%3Ab"),
        "an issuer is 1 to 128 bytes, without colon, control and invisible characters"
    );
    assert_eq!(refused("encoder=steam"), "the URI asks for codes that are not digits");
}

#[test]
fn the_codes_are_those_of_the_parameters() {
    let (uri, _) = KeyUri::parse(&format!(
        "otpauth://hotp/a?secret={SECRET}&counter=3&digits=8&algorithm=SHA1"
    ))
    .expect("a URI");
    let otp = uri.otp().expect("codes");
    assert_eq!((otp.digits(), otp.algorithm()), (Digits::Eight, Algorithm::Sha1));
    let creance_totp::Otp::Hotp(hotp) = otp else { panic!("by counter") };
    // RFC 4226, appendix D, with two digits more of the truncated value 1640338314.
    assert_eq!(hotp.generate(uri.counter().expect("a counter") + 1).expose(), "40338314");
}

#[test]
fn a_key_for_typing_comes_in_groups_of_four() {
    let short = Secret::allow_weak_base32("GEZDGNBVGY").expect("a secret");
    let uri = KeyUri::new(short, "alice").expect("an account");
    let uri = uri.with_parameters(Parameters::hotp().with_digits(Digits::Seven)).expect("some");
    let manual = ManualKey::new(&uri);
    assert_eq!(manual.kind(), "counter-based");
    assert_eq!(manual.key().expect("text").expose(), "GEZD GNBV GY");
    assert_eq!(
        manual.to_text().expect("text").expose(),
        "Account: alice\nKey: GEZD GNBV GY\nType: counter-based\nDigits: 7\nCounter: 0\n"
    );

    let other = Parameters::totp().with_algorithm(Algorithm::Sha512).expect("known");
    let other = other.with_period(45).expect("a period");
    let uri = alice().with_parameters(other).expect("parameters");
    let shown = ManualKey::new(&uri).to_text().expect("text");
    assert!(shown.expose().starts_with("Account: ACME: alice\n"), "{}", shown.expose());
    assert!(shown.expose().ends_with("\nType: time-based\nAlgorithm: SHA512\nPeriod: 45 s\n"));
    // What is typed is what was shown.
    let typed = Secret::from_base32(ManualKey::new(&uri).key().expect("text").expose());
    assert_eq!(typed.expect("a secret").expose(), uri.secret().expose());
}

/// The table, written down once more: T taken, I ignored, N not taken, ? unknown.
#[test]
fn the_apps_take_what_was_found_out() {
    let sha = |algorithm| Parameters::totp().with_algorithm(algorithm).expect("known");
    let digits = |digits| Parameters::totp().with_digits(digits);
    let period = |period| Parameters::totp().with_period(period).expect("not zero");
    let columns = [
        Parameters::totp(),
        sha(Algorithm::Sha256),
        sha(Algorithm::Sha512),
        digits(Digits::Seven),
        digits(Digits::Eight),
        period(60),
        period(4),
        Parameters::hotp(),
    ];
    let table = [
        (App::GoogleAuthenticatorOld, "TIIIIII?"),
        (App::GoogleAuthenticator, "TTTNTNN?"),
        (App::Microsoft, "TNNNNNN?"),
        (App::Authy, "TNN??NN?"),
        (App::OnePassword, "TTNNN???"),
        (App::Yubico, "TNNNT???"),
        (App::Aegis, "TTTTTTT?"),
        (App::FreeOtp, "TTTTTTN?"),
        (App::Apple, "T???????"),
    ];
    assert_eq!(table.map(|(app, _)| app), App::ALL);
    for (app, row) in table {
        for (parameters, expected) in columns.into_iter().zip(row.chars()) {
            let expected = match expected {
                'T' => Support::Taken,
                'I' => Support::Ignored,
                'N' => Support::NotTaken,
                _ => Support::Unknown,
            };
            assert_eq!(app.support(parameters), expected, "{}: {parameters:?}", app.name());
        }
    }
    let worst = sha(Algorithm::Sha512).with_digits(Digits::Seven).with_period(4).expect("some");
    assert_eq!(App::Authy.support(worst), Support::NotTaken);
    assert_eq!(worst.compatibility().apps(Support::Taken).collect::<Vec<_>>(), [App::Aegis]);
}

#[test]
fn parameters_that_not_every_app_takes_are_warned_of() {
    let of = |parameters| codes(&alice().with_parameters(parameters).expect("some").warnings());
    assert!(of(Parameters::totp()).is_empty());
    let all = Parameters::totp().with_algorithm(Algorithm::Sha512).expect("known");
    let all = all.with_digits(Digits::Seven).with_period(31).expect("a period");
    assert_eq!(of(all), ["uncommon-algorithm", "uncommon-digits", "uncommon-period"]);
    assert_eq!(of(Parameters::hotp()), ["by-counter"]);
    assert_eq!(codes(&named("alice").expect("a name").warnings()), ["missing-issuer"]);
}

mod any {
    use proptest::prelude::*;

    use super::*;

    fn parameters() -> impl Strategy<Value = Parameters> {
        let algorithms = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
        let digits = [Digits::Six, Digits::Seven, Digits::Eight];
        let algorithm = prop::sample::select(algorithms.to_vec());
        let digits = prop::sample::select(digits.to_vec());
        let period = prop::option::of(1..=KeyUri::MAX_PERIOD);
        (algorithm, digits, period).prop_map(|(algorithm, digits, period)| {
            let parameters = match period {
                Some(period) => Parameters::totp().with_period(period).expect("not zero"),
                None => Parameters::hotp(),
            };
            parameters.with_algorithm(algorithm).expect("known").with_digits(digits)
        })
    }

    proptest! {
        #[test]
        fn uri_prints_and_parses(
            bytes in prop::collection::vec(any::<u8>(), 1..=Secret::MAX_BYTES),
            names in ("\\PC{1,40}", prop::option::of("\\PC{1,30}"), "\\PC{1,30}"),
            parameters in parameters(),
            counter in any::<u64>(),
        ) {
            let secret = Secret::allow_weak_bytes(&bytes).expect("1 to 128 bytes");
            let (account, issuer, label) = names;
            let Ok(uri) = KeyUri::new(secret, &account) else { return Ok(()) };
            let uri = uri.with_parameters(parameters).expect("below a day").with_counter(counter);
            assert_prints_and_parses(&uri);
            if let Some(issuer) = issuer {
                uri.clone().with_issuer(&issuer).iter().for_each(assert_prints_and_parses);
                uri.with_issuers(&label, &issuer).iter().for_each(assert_prints_and_parses);
            }
        }

        #[test]
        fn text_does_not_panic(text in "(otpauth://[th]otp/)?\\PC*") {
            let _ = KeyUri::allow_weak_parse(&text);
        }
    }
}
