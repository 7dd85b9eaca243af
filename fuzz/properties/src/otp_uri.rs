//! Key URIs: any text, and any URI that can be written.
//!
//! * What is written is read back as the same, with the warnings that the value itself has and no
//!   others.
//! * Any text that is read is written in a spelling which is then read as the same, and stays.
//! * What is read keeps its bounds, and is refused without the name that warns exactly where its
//!   secret is weak.

use arbitrary::{Result, Unstructured};
use creance_totp::{Algorithm, Digits, Error, KeyUri, Parameters, Secret};

use crate::edit::{EDITS, edit};

/// Checks the properties above for these bytes as text, and for what they choose.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    if let Ok(text) = core::str::from_utf8(data) {
        read(text);
    }
    let _ = chosen(&mut Unstructured::new(data));
}

fn read(text: &str) {
    let strict = KeyUri::parse(text);
    let (uri, warnings) = match KeyUri::allow_weak_parse(text) {
        Ok(read) => read,
        Err(error) => {
            assert_eq!(error.status(), 400, "{text:?}: {error}");
            assert_eq!(strict.err(), Some(error), "{text:?}");
            return;
        }
    };
    assert!(text.len() <= KeyUri::MAX_TEXT);
    assert!(warnings.ends_with(&uri.warnings()), "{text:?}: {warnings:?}");
    keeps_bounds(&uri);
    match strict {
        Ok((strict, same)) => assert!(same == warnings && is_same(&strict, &uri), "{text:?}"),
        Err(Error::ShortSecret { bytes }) => assert!(bytes < Secret::MIN_BYTES, "{text:?}"),
        Err(error) => panic!("{text:?}: {error}"),
    }
    written(&uri);
}

fn keeps_bounds(uri: &KeyUri) {
    let (issuer, label) = (uri.issuer().unwrap_or("-"), uri.label_issuer().unwrap_or("-"));
    let names = [
        (uri.account(), KeyUri::MAX_ACCOUNT),
        (issuer, KeyUri::MAX_ISSUER),
        (label, KeyUri::MAX_ISSUER),
    ];
    for (name, most) in names {
        assert!(!name.is_empty() && name.len() <= most && name.trim() == name, "{name:?}");
        assert!(
            !name.contains(|c: char| c == ':' || c == '\u{202e}' || c.is_control()),
            "{name:?}"
        );
    }
    let period = uri.parameters().period();
    assert!(period.is_none_or(|period| (1..=KeyUri::MAX_PERIOD).contains(&period)));
    assert_eq!(period.is_none(), uri.counter().is_some());
    assert!(uri.otp().is_ok());
}

/// Writes it, and gives what was written.
fn written(uri: &KeyUri) -> String {
    let text = uri.to_text().expect("memory takes it");
    let text = text.expose();
    // So it fits into a QR code, and a URL parser that is not ours leaves it as it is.
    assert!(text.len() <= 2331 && text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
    let (again, warnings) = KeyUri::allow_weak_parse(text).expect(text);
    assert!(is_same(uri, &again), "{text:?}");
    assert_eq!(warnings, uri.warnings(), "{text:?}");
    assert_eq!(again.to_text().expect("memory takes it").expose(), text);
    text.to_owned()
}

fn is_same(one: &KeyUri, other: &KeyUri) -> bool {
    one.secret().expose() == other.secret().expose()
        && one.parameters() == other.parameters()
        && one.counter() == other.counter()
        && (one.issuer(), one.label_issuer()) == (other.issuer(), other.label_issuer())
        && one.account() == other.account()
}

fn chosen(choices: &mut Unstructured<'_>) -> Result<()> {
    let length = choices.int_in_range(0..=Secret::MAX_BYTES + 1)?;
    let Ok(secret) = Secret::allow_weak_bytes(choices.bytes(length)?) else { return Ok(()) };
    let parameters = parameters(choices)?;
    let counter = choices.arbitrary()?;
    let Ok(uri) = KeyUri::new(secret, choices.arbitrary()?) else { return Ok(()) };
    let uri = uri.with_parameters(parameters).expect("of a day at most").with_counter(counter);
    let named = match choices.int_in_range(0..=2)? {
        0 => Ok(uri),
        1 => uri.with_issuer(choices.arbitrary()?),
        _ => uri.with_issuers(choices.arbitrary()?, choices.arbitrary()?),
    };
    let Ok(uri) = named else { return Ok(()) };
    keeps_bounds(&uri);
    let mut text = written(&uri);
    for _ in 0..EDITS {
        if choices.is_empty() {
            break;
        }
        let Some(next) = edit(&text, choices)? else { continue };
        text = next;
        read(&text);
    }
    Ok(())
}

fn parameters(choices: &mut Unstructured<'_>) -> Result<Parameters> {
    let algorithms = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
    let algorithm = *choices.choose(&algorithms)?;
    let digits = *choices.choose(&[Digits::Six, Digits::Seven, Digits::Eight])?;
    let parameters = match choices.int_in_range(0..=KeyUri::MAX_PERIOD)? {
        0 => Parameters::hotp(),
        period => Parameters::totp().with_period(period).expect("not zero"),
    };
    Ok(parameters.with_algorithm(algorithm).expect("known").with_digits(digits))
}
