//! Recovery codes as they are typed, and what a store may hold of them.
//!
//! * A text is read exactly if a slow and simple reader takes it, and then as the same code. What is
//!   printed of it is read again.
//! * A stored set is read or refused; what is read is written and read to the same, and no code that
//!   was not issued is redeemed from it, more than once least of all.
//! * Nothing opens that was not sealed.

use creance_totp::{
    Algorithm, Error, HashKeys, Key, KeyBytes, RecoveryCode, RecoveryCodes, RecoverySet,
    SealContext, SealKeys, SealedSecret, SecretSealer, UnixTime,
};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);

/// Checks the properties above for these bytes, taken as text, as JSON and as they are.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    if let Ok(text) = core::str::from_utf8(data) {
        reads(text);
        stores(text);
    }
    opens(data);
}

fn reads(text: &str) {
    let read = RecoveryCode::parse(text);
    let exposed = read.as_ref().map(RecoveryCode::expose);
    assert_eq!(exposed.ok(), naively_read(text).as_deref(), "{text:?}");
    match read {
        Ok(code) => is_read_again(&code),
        Err(error) => assert_eq!(error, Error::RecoveryCode),
    }
}

fn is_read_again(code: &RecoveryCode) {
    assert_eq!(code.characters(), code.expose().len());
    let mut printed = String::new();
    code.write(&mut printed).expect("writing into a string");
    assert_eq!(printed.replace('-', ""), code.expose());
    for typed in [&printed, &printed.to_lowercase(), &printed.replace('0', "O").replace('1', "l")] {
        assert_eq!(RecoveryCode::parse(typed).expect("its own text").expose(), code.expose());
    }
}

/// Character by character out of a list.
fn naively_read(text: &str) -> Option<String> {
    const DASHES: &str = "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}";
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if text.len() > 256 {
        return None;
    }
    let mut read = String::new();
    for character in text.chars() {
        if character.is_whitespace() || DASHES.contains(character) {
            continue;
        }
        read.push(match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            known if ALPHABET.contains(known) => known,
            _ => return None,
        });
    }
    (4..=32).contains(&read.len()).then_some(read)
}

fn stores(json: &str) {
    let Ok(mut set) = serde_json::from_str::<RecoverySet>(json) else { return };
    let written = serde_json::to_string(&set).expect("it is serialised");
    assert_eq!(serde_json::from_str::<RecoverySet>(&written).expect("its own"), set);
    assert_eq!(RecoverySet::from_parts(set.parts().clone()).expect("its own"), set);

    let (before, failures) = (set.remaining(), set.attempts().failures());
    assert!((1..=32).contains(&set.parts().hashes.len()) && before <= set.parts().hashes.len());
    let key = Key::new(Algorithm::Sha256, &[1; 32]).expect("long enough");
    let recovery = RecoveryCodes::new(HashKeys::new(1, key).expect("of SHA-256"));
    let code = RecoveryCode::parse("0000-0000").expect("a recovery code");
    assert!(recovery.redeem(&mut set, "alice", &code, NOW).is_err(), "nobody issued it");
    assert_eq!(set.remaining(), before);
    assert!((failures..=failures + 1).contains(&set.attempts().failures()));
}

fn opens(data: &[u8]) {
    let key = KeyBytes::from_slice(&[1; 32]).expect("short enough");
    let keys = SealKeys::new(1, &key).expect("32 bytes");
    let front = [&[1, 0, 0, 0, 1], data].concat();
    for bytes in [data, &front] {
        let Ok(sealed) = SealedSecret::from_bytes(bytes) else { continue };
        assert_eq!(sealed.to_string().parse(), Ok(sealed.clone()));
        assert!(keys.open(&sealed, SealContext::new("alice", "phone")).is_err());
    }
}
