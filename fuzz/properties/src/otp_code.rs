//! What people type: codes, codes of Steam Guard, suites of OCRA and responses by them.
//!
//! * What is read is shown, and what is shown is read to the same.
//! * A suite keeps its text, its numbers lie in their ranges, and a response to what it asks for is
//!   made, read back, and taken.

use creance_totp::{
    ChallengeFormat, Code, Ocra, OcraInput, OcraPin, OcraResponse, OcraSuite, Secret, SteamCode,
};

/// Checks the properties above for these bytes, taken as text.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    code(&text);
    steam(&text);
    suite(&text);
    response(&text);
}

fn code(text: &str) {
    let Ok(code) = Code::parse(text) else { return };
    let shown = code.expose();
    assert_eq!(shown, without(text, &[' ', '-']));
    assert!((6..=8).contains(&shown.len()) && shown.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(shown.len(), usize::from(code.digits().get()));
    let again = Code::parse(shown).expect("what is shown is read");
    assert_eq!(again.verify(&code), Ok(()));
    assert!(Code::parse(&format!(" {shown} ")).is_ok());
    assert!(Code::parse(&format!("-{shown}")).is_err());
}

fn steam(text: &str) {
    let Ok(code) = SteamCode::parse(text) else { return };
    let shown = code.expose();
    assert_eq!(shown, without(text, &[' ']).to_ascii_uppercase());
    assert_eq!(shown.len(), SteamCode::LEN);
    assert!(shown.chars().all(|character| SteamCode::ALPHABET.contains(character)));
    let again = SteamCode::parse(&shown.to_ascii_lowercase()).expect("what is shown is read");
    assert_eq!(again.verify(&code), Ok(()));
}

fn response(text: &str) {
    let Ok(response) = OcraResponse::parse(text) else { return };
    let shown = response.expose();
    assert_eq!(shown, without(text, &[' ', '-']).to_ascii_lowercase());
    assert!(matches!(shown.len(), 4..=10 | 40 | 64 | 128));
    let again = OcraResponse::parse(shown).expect("what is shown is read");
    assert_eq!(again.verify(&response), Ok(()));
}

fn suite(text: &str) {
    let Ok(suite) = OcraSuite::parse(text) else { return };
    assert_eq!((suite.as_str(), OcraSuite::parse(suite.as_str())), (text, Ok(suite)));
    assert!(matches!(suite.digits(), 0 | 4..=10));
    let (format, max) = suite.challenge();
    assert!((4..=64).contains(&max));
    assert!(suite.session_len().is_none_or(|len| (1..=999).contains(&len)));
    assert!(suite.period().is_none_or(|period| period <= 48 * 3_600));
    responds(suite, format, max);
}

/// Gives the suite what it asks for.
fn responds(suite: OcraSuite, format: ChallengeFormat, max: u8) {
    let secret = Secret::from_bytes(b"12345678901234567890").expect("long enough");
    let ocra = Ocra::new(suite, &secret).expect("a key");
    let question = match format {
        ChallengeFormat::Alphanumeric => "Z",
        ChallengeFormat::Numeric => "9",
        ChallengeFormat::Hexadecimal => "f",
    };
    let question = question.repeat(max.into());
    let pin = suite.pin().map(|algorithm| OcraPin::new(algorithm, b"1234"));
    let session = suite.session_len().map(|len| vec![b's'; len.into()]);
    let mut input = OcraInput::mutual(&question, &question);
    if suite.has_counter() {
        input = input.with_counter(u64::MAX);
    }
    if let Some(pin) = &pin {
        input = input.with_pin(pin);
    }
    if let Some(session) = &session {
        input = input.with_session(session);
    }
    if suite.period().is_some() {
        input = input.with_time_step(u64::MAX);
    }
    let response = ocra.respond(&input).expect("all that the suite asks for");
    let shown = response.expose();
    let expected = match suite.digits() {
        0 => 2 * suite.algorithm().output_len(),
        digits => digits.into(),
    };
    assert_eq!(shown.len(), expected);
    let received = OcraResponse::parse(shown).expect("what is shown is read");
    assert_eq!(ocra.verify(&input, &received), Ok(()));
}

fn without(text: &str, characters: &[char]) -> String {
    text.replace(characters, "")
}
