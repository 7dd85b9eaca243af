//! The codes of Steam Guard.

mod common;

use common::{Fields, seed};
use creance_totp::{Algorithm, Error, Fault, Key, MatchedStep, Secret, Steam, SteamCode, UnixTime};

fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs)
}

fn steam() -> Steam {
    Steam::new(&Secret::from_bytes(&seed(20)).expect("long enough")).expect("a key")
}

fn code(text: &str) -> SteamCode {
    SteamCode::parse(text).expect("a code")
}

#[test]
fn computed_codes_are_met() {
    let mut file = Fields::parse(include_str!("vectors/steam_computed.json"));
    assert!(file.text("source").starts_with("algorithm as in Steam Guard"));
    assert_eq!(file.bytes("secret_hex"), seed(20));
    assert_eq!(file.text("alphabet"), SteamCode::ALPHABET);
    let cases = file.objects("cases");
    assert_eq!(cases.len(), 6);
    let steam = steam();
    for mut case in cases {
        let (time, expected) = (at(case.number("time")), case.text("code"));
        case.end();
        assert_eq!(steam.generate(time).expose(), expected);
        let typed = code(&expected.to_lowercase());
        assert_eq!(
            steam.verify(&typed, time, 0, 0).map(MatchedStep::step),
            Ok(steam.step_at(time))
        );
    }
    file.end();
}

#[test]
fn many_codes_agree_with_the_definition() {
    let (steam, key) = (steam(), common::rfc_key(creance_totp::Algorithm::Sha1));
    let alphabet = SteamCode::ALPHABET.as_bytes();
    for step in (0..3_000).chain(u64::MAX - 100..=u64::MAX) {
        let mut value = common::naive_truncation(key.sign(&step.to_be_bytes()).expose());
        let mut expected = String::new();
        for _ in 0..5 {
            expected.push(char::from(alphabet[(value % 26) as usize]));
            value /= 26;
        }
        assert_eq!(steam.generate_step(step).expose(), expected, "{step}");
        assert_eq!(code(&expected).verify(&steam.generate_step(step)), Ok(()));
    }
}

#[test]
fn codes_are_read_in_both_cases_and_nothing_else() {
    for text in ["GG5F5", "gg5f5", "gG5f5", " GG 5F5 "] {
        assert_eq!(code(text).expose(), "GG5F5");
    }
    for byte in 0..=u8::MAX {
        let text = format!("GG5F{}", char::from(byte));
        let is_known = SteamCode::ALPHABET.contains(char::from(byte).to_ascii_uppercase());
        assert_eq!(SteamCode::parse(&text).is_ok(), is_known, "{text:?}");
    }
    for text in ["", "GG5F", "GG5F55", "GG5-F5", "GG5F\u{a0}", "ＧG5F5", "GG5FK\u{212a}"] {
        assert_eq!(SteamCode::parse(text).err(), Some(Error::SteamCode), "{text:?}");
    }
    let error = Error::SteamCode;
    assert_eq!(
        error.to_string(),
        "a code of Steam Guard is 5 of 26 letters and digits, with spaces at most between them"
    );
    assert_eq!((error.fault(), error.code()), (Fault::Peer, "steam-code"));
}

#[test]
fn both_ends_of_the_window_are_included_up_to_the_ends_of_time() {
    let steam = steam();
    let verify = |step, time, past, future| {
        steam.verify(&steam.generate_step(step), at(time), past, future).map(MatchedStep::step)
    };
    for (past, future) in [(0, 0), (1, 0), (0, 1), (2, 5), (255, 255)] {
        let (first, last) = (1000 - u64::from(past), 1000 + u64::from(future));
        for time in [30_000, 30_029] {
            for step in [first, 1000, last] {
                assert_eq!(verify(step, time, past, future), Ok(step));
            }
            for step in [first - 1, last + 1] {
                assert_eq!(verify(step, time, past, future), Err(Error::Mismatch));
            }
        }
    }
    let last = u64::MAX / Steam::PERIOD;
    assert_eq!(verify(last, u64::MAX, 255, 255), Ok(last));
    assert_eq!(verify(0, 0, 255, 255), Ok(0));
}

#[test]
fn every_changed_character_is_noticed() {
    let steam = steam();
    let right = steam.generate(at(59));
    for place in 0..SteamCode::LEN {
        for character in SteamCode::ALPHABET.chars() {
            let mut text = right.expose().to_owned();
            text.replace_range(place..=place, &character.to_string());
            let verdict = steam.verify(&code(&text), at(59), 0, 0);
            assert_eq!(verdict.is_ok(), text == right.expose(), "{text}");
        }
    }
}

#[test]
fn debug_shows_neither_code_nor_key() {
    assert_eq!(format!("{:?}", code("GG5F5")), "SteamCode { .. }");
    assert_eq!(format!("{:?}", steam()), "Steam { key: Key { algorithm: Sha1, .. } }");
}

#[test]
fn a_key_makes_the_codes_of_its_secret() {
    let by_key = Key::new(Algorithm::Sha1, &seed(20)).expect("long enough");
    let by_key = Steam::with_key(by_key).expect("SHA-1");
    let by_secret =
        Steam::new(&Secret::from_bytes(&seed(20)).expect("long enough")).expect("a key");
    assert_eq!(by_key.generate(at(59)).expose(), by_secret.generate(at(59)).expose());
    let other = Key::new(Algorithm::Sha512, &[7; 64]).expect("long enough");
    for key in [other, Key::decoy(Algorithm::Sha1)] {
        assert_eq!(Steam::with_key(key).unwrap_err(), Error::WrongKey);
    }
}
