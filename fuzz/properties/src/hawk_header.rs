//! The three headers: any bytes.
//!
//! * Nothing panics, and the parser agrees with a slow one on what is accepted and what it says.
//! * What is accepted consists of characters that are allowed in a header at all.
//! * What is accepted, written anew in another order and with other white space, says the same.
//! * A header of 4096 bytes is read, one of 4097 never.
//! * What is accepted is refused with one thing more: an attribute twice, one that is empty or
//!   unknown, a comma too many, a character that is not allowed.

use creance_hawk::{Authorization, Challenge, Error, Incoming, Scheme, ServerAuthorization};

use crate::grammar::{Header, timestamp};

const REQUEST: [&str; 8] = ["id", "ts", "nonce", "hash", "ext", "mac", "app", "dlg"];

/// Checks the properties above for a header of these bytes.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let mut incoming = Incoming::new("GET", "/", Scheme::Https);
    let taken = incoming.header("Authorization", data);
    let Ok(header) = core::str::from_utf8(data) else {
        assert_eq!(taken, Err(Error::NotText("authorization")));
        return;
    };
    assert_eq!((taken, incoming.authorization()), (Ok(()), Some(header)));
    request(header);
    response(header);
    challenge(header);
}

fn request(header: &str) {
    let expected = Header::read(header, &REQUEST);
    let accepted = match Authorization::parse(header) {
        Ok(accepted) => accepted,
        Err(error) => {
            assert!(!is_request(&expected), "{error:?}: {header:?}");
            assert_eq!(error == Error::NoAuthorization, expected == Header::Other, "{header:?}");
            assert_eq!(header.len() > 4096, matches!(error, Error::HeaderTooLong { .. }));
            return;
        }
    };
    assert!(is_request(&expected), "{header:?}");
    same_values(&accepted, &expected);
    assert!(header.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')), "{header:?}");
    written_anew(&expected);
    filled_up(header);
    with_one_thing_more(header);
    with_one_character_more(&expected, header.len() % 9);
}

/// What a request's header has to have besides its grammar.
fn is_request(header: &Header) -> bool {
    ["id", "ts", "nonce", "mac"].iter().all(|name| header.get(name).is_some())
        && header.get("ts").and_then(timestamp).is_some()
        && (header.get("dlg").is_none() || header.get("app").is_some())
}

fn same_values(accepted: &Authorization<'_>, expected: &Header) {
    assert_eq!(Some(accepted.id()), expected.get("id"));
    assert_eq!(Some(accepted.ts().as_secs()), expected.get("ts").and_then(timestamp));
    assert_eq!(Some(accepted.nonce()), expected.get("nonce"));
    assert_eq!(accepted.hash(), expected.get("hash"));
    assert_eq!(accepted.ext(), expected.get("ext"));
    assert_eq!(accepted.app(), expected.get("app"));
    assert_eq!(accepted.dlg(), expected.get("dlg"));
}

fn written_anew(expected: &Header) {
    let Header::Hawk(values) = expected else { return };
    let mut header = String::from("hAwK\t ");
    for (name, value) in values.iter().rev() {
        header.extend([name, "=\"", value, "\" ,\t"]);
    }
    if header.len() <= 4096 {
        let accepted = Authorization::parse(&header).expect("the same in another order");
        same_values(&accepted, expected);
    }
}

fn filled_up(header: &str) {
    let full = format!("{header:<4096}");
    assert!(Authorization::parse(&full).is_ok());
    let too_long = full + " ";
    let error = Authorization::parse(&too_long).expect_err("one byte too many");
    assert_eq!(error, Error::HeaderTooLong { bytes: 4097 });
}

fn with_one_thing_more(header: &str) {
    let header = header.trim_end_matches([' ', '\t', ',']);
    for more in [
        r#", id="x""#,
        r#", mac="x", mac="x""#,
        r#", ext="""#,
        r#", dlg="""#,
        r#", tsm="x""#,
        r#", Ext="x""#,
        r#", exts="x""#,
        ", ext='x'",
        r#", ext ="x""#,
        r#", ext= "x""#,
        r#", ext="x"#,
        r#", ext="x\"""#,
        r#" ext="x""#,
        r#", ="x""#,
        ", ext",
        ",,",
        ", ,",
        ";",
        "\n",
        "\"",
    ] {
        let longer = format!("{header}{more}");
        assert!(Authorization::parse(&longer).is_err(), "{longer:?}");
    }
}

/// A character that is not allowed, at each of the places in a word.
fn with_one_character_more(expected: &Header, place: usize) {
    let Header::Hawk(values) = expected else { return };
    let front = "a".repeat(place);
    for character in ['\0', '\t', '\n', '\r', '\x1f', '"', '\\', '\x7f', '\u{80}', 'é', '€'] {
        let mut others = String::from("Hawk ");
        for (name, value) in values.iter().filter(|(name, _)| *name != "nonce") {
            others.extend([name, "=\"", value, "\", "]);
        }
        for behind in ["", "bbbbbbbb"] {
            let right = format!("{others}nonce=\"{front}c{behind}\"");
            let wrong = format!("{others}nonce=\"{front}{character}{behind}\"");
            assert!(Authorization::parse(&wrong).is_err(), "{wrong:?}");
            assert!(right.len() > 4096 || Authorization::parse(&right).is_ok(), "{right:?}");
        }
    }
}

fn response(header: &str) {
    let expected = Header::read(header, &["mac", "hash", "ext"]);
    match ServerAuthorization::parse(header) {
        Ok(accepted) => {
            assert!(expected.get("mac").is_some(), "{header:?}");
            assert_eq!(accepted.hash(), expected.get("hash"));
            assert_eq!(accepted.ext(), expected.get("ext"));
        }
        Err(error) => {
            assert!(expected.get("mac").is_none(), "{error:?}: {header:?}");
            assert_eq!(error == Error::NoServerAuthorization, expected == Header::Other);
        }
    }
}

fn challenge(header: &str) {
    let expected = Header::read(header, &["ts", "tsm", "error"]);
    let time = (expected.get("ts"), expected.get("tsm"));
    let is_challenge = match (&expected, time) {
        (Header::Bare, _) | (Header::Hawk(_), (None, None)) => true,
        (Header::Hawk(_), (Some(ts), Some(_))) => timestamp(ts).is_some(),
        _ => false,
    };
    match Challenge::parse(header) {
        Ok(accepted) => {
            assert!(is_challenge, "{header:?}");
            assert_eq!(accepted.has_time(), time.0.is_some());
            assert_eq!(accepted.error(), expected.get("error"));
        }
        Err(error) => {
            assert!(!is_challenge, "{error:?}: {header:?}");
            assert_eq!(error == Error::NoAuthorization, expected == Header::Other);
        }
    }
}
