//! Codes as people type them, and as nobody should see them.

mod common;

use common::{code, rfc_key, seed};
use creance_totp::{Algorithm, Code, Digits, Error, Fault, Hotp, Totp};

#[test]
fn codes_are_read_as_people_type_them() {
    for (text, expected) in [
        ("755224", "755224"),
        ("1234567", "1234567"),
        ("12345678", "12345678"),
        ("000000", "000000"),
        ("00000001", "00000001"),
        ("755 224", "755224"),
        (" 755224 ", "755224"),
        ("7 5 5 2 2 4", "755224"),
        ("755  224", "755224"),
        ("755-224", "755224"),
        ("755 - 224", "755224"),
        ("7-55224", "755224"),
        ("1234-5678", "12345678"),
    ] {
        let code = Code::parse(text).expect(text);
        assert_eq!(code.expose(), expected, "{text:?}");
        assert_eq!(usize::from(code.digits().get()), expected.len());
    }
}

#[test]
fn other_text_is_refused() {
    let long = "1".repeat(100_000);
    for text in [
        "",
        " ",
        "-",
        "12345",
        "123456789",
        "12345 ",
        "-755224",
        "755224-",
        " -755224",
        "755224- ",
        "7-55-224",
        "755--224",
        "+755224",
        "755.224",
        "755,224",
        "755_224",
        "755224\n",
        "\t755224",
        "755\u{a0}224",
        "755\u{2011}224",
        "75522４",
        "７５５２２４",
        "٧٥٥٢٢٤",
        "0x75522",
        "7e5522",
        "75522O",
        "755224\0",
        "seven5",
        &long,
    ] {
        assert_eq!(Code::parse(text).err(), Some(Error::Code), "{text:?}");
    }
    assert_eq!(
        Error::Code.to_string(),
        "a code is 6 to 8 digits, with spaces and one dash at most between them"
    );
    assert_eq!(Error::Code.fault(), Fault::Peer);
}

/// By a definition of its own: what is left without spaces and one inner dash is 6 to 8 digits.
#[test]
fn every_short_text_of_the_characters_that_matter_is_judged_by_the_definition() {
    fn is_code(text: &str) -> bool {
        let joined = text.replace(' ', "");
        let parts: Vec<_> = joined.split('-').collect();
        let digits = parts.concat();
        parts.len() <= 2
            && parts.iter().all(|part| !part.is_empty())
            && (6..=8).contains(&digits.len())
            && digits.chars().all(|c| c.is_ascii_digit())
    }
    let alphabet = ['0', '7', ' ', '-', 'x'];
    let (mut taken, mut texts) = (0, vec![String::new()]);
    for _ in 0..7 {
        texts = texts
            .iter()
            .flat_map(|text| alphabet.iter().map(move |c| format!("{text}{c}")))
            .collect();
        for text in &texts {
            assert_eq!(Code::parse(text).is_ok(), is_code(text), "{text:?}");
            taken += usize::from(is_code(text));
        }
    }
    // Six digits; six with a space at any of 7 places or a dash at 5; seven.
    assert_eq!(taken, 64 + 64 * (7 + 5) + 128);
}

#[test]
fn what_is_generated_is_read_back() {
    for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
        let hotp = Hotp::new(rfc_key(Algorithm::Sha256), digits);
        for counter in 0..500 {
            let generated = hotp.generate(counter);
            let read = code(generated.expose());
            assert_eq!(read.expose(), generated.expose());
            assert_eq!(generated.verify(&read), Ok(()));
            assert_eq!(read.clone().verify(&generated), Ok(()));
        }
    }
}

#[test]
fn codes_of_different_lengths_are_different() {
    for (one, other) in [("000000", "0000000"), ("0000000", "00000000"), ("123456", "12345600")] {
        assert_eq!(code(one).verify(&code(other)), Err(Error::Mismatch));
        assert_eq!(code(other).verify(&code(one)), Err(Error::Mismatch));
    }
}

#[test]
fn debug_shows_neither_codes_nor_keys() {
    for text in ["755224", "287082"] {
        assert_eq!(format!("{:?}", code(text)), "Code { digits: Six, .. }");
        assert_eq!(format!("{:#?}", code(text)), "Code {\n    digits: Six,\n    ..\n}");
    }
    let hotp = Hotp::new(rfc_key(Algorithm::Sha1), Digits::Eight);
    assert_eq!(format!("{hotp:?}"), "Hotp { key: Key { algorithm: Sha1, .. }, digits: Eight }");
    let totp = Totp::new(rfc_key(Algorithm::Sha1), Digits::Six);
    let shown = format!("{totp:?} {totp:#?} {totp:02x?}");
    assert!(shown.starts_with(
        "Totp { hotp: Hotp { key: Key { algorithm: Sha1, .. }, digits: Six }, period: 30"
    ));
    let seed = seed(20);
    for secret in [format!("{seed:?}"), format!("{seed:02x?}"), "1234".to_owned()] {
        assert!(!shown.contains(secret.trim_matches(['[', ']'])), "{secret} in {shown}");
    }
}

/// Fails to compile where the type has the trait: two impls would then answer to `_`.
macro_rules! assert_lacks {
    ($type:ty: $($trait:path),+ $(,)?) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn name() {}
            }
            struct HasTheTrait;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $trait> Ambiguous<HasTheTrait> for T {}
            let _ = <$type as Ambiguous<_>>::name;
        };
    )+};
}

assert_lacks!(
    Code: Copy, Default, PartialEq, PartialEq<str>, PartialEq<String>, Eq, PartialOrd, Ord,
    std::hash::Hash, std::fmt::Display, AsRef<str>, AsRef<[u8]>, std::ops::Deref, Into<String>,
);
assert_lacks!(Hotp: Copy, Default, PartialEq, std::hash::Hash, std::fmt::Display);
assert_lacks!(Totp: Copy, Default, PartialEq, std::hash::Hash, std::fmt::Display);
