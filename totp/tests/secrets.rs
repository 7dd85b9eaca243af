//! Secrets as bytes and as Base32, beside another implementation.

use creance_totp::{Algorithm, Error, Fault, Secret};
use data_encoding::{BASE32, BASE32_NOPAD};

fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 91 + 7).to_le_bytes()[0]).collect()
}

fn read(text: &str) -> Result<Vec<u8>, Error> {
    Secret::allow_weak_base32(text).map(|secret| secret.expose().to_vec())
}

fn written(secret: &Secret) -> String {
    let mut text = String::new();
    secret.write_base32(&mut text).expect("writing into a string");
    text
}

#[test]
fn every_length_is_judged() {
    for len in 0..=200 {
        let bytes = bytes(len);
        let (short, long) = (Error::ShortSecret { bytes: len }, Error::LongSecret { bytes: len });
        let strict = match len {
            ..16 => Err(short),
            16..=128 => Ok(bytes.clone()),
            _ => Err(long),
        };
        let weak = match len {
            0 => Err(short),
            1..=128 => Ok(bytes.clone()),
            _ => Err(long),
        };
        let exposed = |secret: Result<Secret, _>| secret.map(|secret| secret.expose().to_vec());
        assert_eq!(exposed(Secret::from_bytes(&bytes)), strict, "{len}");
        assert_eq!(exposed(Secret::allow_weak_bytes(&bytes)), weak, "{len}");

        // As text, a length that is too much is told as it was estimated.
        let text = BASE32_NOPAD.encode(&bytes);
        match (exposed(Secret::from_base32(&text)), strict) {
            (Err(Error::LongSecret { .. }), Err(Error::LongSecret { .. })) => {}
            (of_text, of_bytes) => assert_eq!(of_text, of_bytes, "{len}"),
        }
        match (read(&text), weak) {
            (Err(Error::LongSecret { bytes }), Err(_)) => assert!(bytes > 120),
            (of_text, of_bytes) => assert_eq!(of_text, of_bytes, "{len}"),
        }
    }
}

#[test]
fn what_is_written_is_read_and_canonical() {
    for len in 1..=128 {
        for bytes in [bytes(len), vec![0; len], vec![0xff; len]] {
            let secret = Secret::allow_weak_bytes(&bytes).expect("not empty");
            let text = written(&secret);
            assert_eq!(text, BASE32_NOPAD.encode(&bytes));
            assert_eq!(read(&text), Ok(bytes));
        }
    }
}

#[test]
fn every_spelling_in_the_wild_is_read() {
    for len in 1..=128 {
        let bytes = bytes(len);
        let (bare, padded) = (BASE32_NOPAD.encode(&bytes), BASE32.encode(&bytes));
        let grouped = |separator: &str| {
            let groups: Vec<&str> =
                bare.as_bytes().chunks(4).map(|group| str::from_utf8(group).unwrap()).collect();
            groups.join(separator)
        };
        let mixed: String = bare
            .chars()
            .enumerate()
            .map(|(i, c)| if i % 2 == 0 { c } else { c.to_ascii_lowercase() })
            .collect();
        for text in [
            bare.to_lowercase(),
            padded.to_lowercase(),
            mixed,
            grouped(" "),
            grouped("-"),
            grouped(" - "),
            grouped("\u{a0}"),
            grouped("\r\n"),
            grouped("\t"),
            format!(" {padded} \n"),
            format!("--{bare}--"),
            padded.replace('=', " = "),
            bare,
            padded,
        ] {
            assert_eq!(read(&text).as_ref(), Ok(&bytes), "{text:?}");
        }
    }
}

/// Each byte at each place of a group: the alphabet is read as another implementation reads it, and
/// separators are left out.
#[test]
fn every_character_is_judged() {
    let whole = "GEZDGNBVGY3TQOJQ";
    let others = ['\u{2003}', '\u{ff21}', '\u{212a}'];
    for character in (0..=0x2ff).filter_map(char::from_u32).chain(others) {
        let is_separator = matches!(character, ' ' | '-' | '\u{a0}' | '\t'..='\r');
        for place in 0..=8 {
            let mut text = whole.to_owned();
            text.insert(place, character);
            // One more than in whole groups is impossible, and seven more are a group.
            assert_eq!(read(&text).is_ok(), is_separator, "{character:?} at {place}");
            text.push_str("AAAAAA");
            let oracle = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok();
            assert_eq!(
                read(&text).ok().filter(|_| !is_separator),
                oracle,
                "{character:?} at {place}"
            );
        }
    }
}

#[test]
fn impossible_lengths_are_refused() {
    for characters in 1..=205 {
        let text = "A".repeat(characters);
        let is_possible = matches!(characters % 8, 0 | 2 | 4 | 5 | 7);
        let oracle = BASE32_NOPAD.decode(text.as_bytes()).ok();
        assert_eq!(oracle.is_some(), is_possible);
        assert_eq!(read(&text).ok(), oracle, "{characters}");
    }
    for characters in 206..=300 {
        assert!(matches!(read(&"A".repeat(characters)), Err(Error::LongSecret { .. })));
    }
    assert!(matches!(read(&"A".repeat(1_000_000)), Err(Error::LongSecret { .. })));
    // However long it is written, it is the secret that counts.
    assert_eq!(read(&"A A-".repeat(30_000)).unwrap_err(), Error::LongSecret { bytes: 75_000 });
    assert_eq!(read(&format!("{}AA", " ".repeat(100_000))), Ok(vec![0]));
}

#[test]
fn bits_behind_the_last_byte_have_to_be_zero() {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for characters in [2, 4, 5, 7, 8, 10, 12, 13, 15, 26, 205] {
        for last in alphabet.chars() {
            let text = format!("{}{last}", "B".repeat(characters - 1));
            let oracle = BASE32_NOPAD.decode(text.as_bytes()).ok();
            assert_eq!(read(&text).ok(), oracle, "{text}");
        }
    }
}

#[test]
fn padding_is_right_or_missing() {
    for len in 1..=30 {
        let text = BASE32_NOPAD.encode(&bytes(len));
        let right = BASE32.encode(&bytes(len)).len() - text.len();
        for padding in 0..=20 {
            let padded = format!("{text}{}", "=".repeat(padding));
            let is_right = padding == 0 || padding == right;
            assert_eq!(read(&padded).is_ok(), is_right, "{padded}");
        }
    }
    for text in ["=", "========", "AA======A", "AA=AA===", "=AA=====", "AA===== A="] {
        assert_eq!(read(text), Err(Error::SecretText), "{text}");
    }
}

#[test]
fn nothing_is_no_secret() {
    for text in ["", " ", "-", " \u{a0}\n-"] {
        assert_eq!(read(text), Err(Error::ShortSecret { bytes: 0 }), "{text:?}");
    }
}

#[test]
fn refusals_give_their_reason() {
    let error = Secret::from_base32("GEZDGNBVGY3TQOJQ").unwrap_err();
    assert_eq!(error, Error::ShortSecret { bytes: 10 });
    assert_eq!(error.to_string(), "the secret has 10 bytes, at least 16 are required");
    let error = Secret::from_bytes(&[0; 129]).unwrap_err();
    assert_eq!(error.to_string(), "the secret has 129 bytes, at most 128 are taken");
    let error = Secret::from_base32("GEZDGNBVGY3TQOJ1").unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.fault()),
        ("the secret is not Base32", Fault::Peer)
    );
}

#[test]
fn debug_shows_no_secret() {
    let secret = Secret::from_bytes(b"12345678901234567890").expect("long enough");
    assert_eq!(format!("{secret:?}"), "Secret { bytes: 20, .. }");
    assert_eq!(format!("{:?}", secret.clone()), format!("{secret:?}"));
    assert!(!format!("{secret:#?} {secret:02x?}").contains("31"));
}

#[test]
fn generated_secrets_have_the_length_of_the_output() {
    let mut rng = creance_totp::rand::rng();
    for algorithm in Algorithm::ALL {
        let [one, two] = [(); 2].map(|()| Secret::generate(algorithm, &mut rng));
        assert_eq!(one.expose().len(), algorithm.output_len());
        assert_ne!(one.expose(), two.expose());
        assert_eq!(one.key(algorithm).map(|key| key.algorithm()), Ok(algorithm));
    }
}

/// A writer that has no room says so.
#[test]
fn a_writer_s_failure_is_passed_on() {
    struct Full;
    impl core::fmt::Write for Full {
        fn write_str(&mut self, _: &str) -> core::fmt::Result {
            Err(core::fmt::Error)
        }
    }
    let secret = Secret::from_bytes(&[7; 20]).expect("long enough");
    assert_eq!(secret.write_base32(&mut Full), Err(core::fmt::Error));
}
