//! Bewits: what they are made of, and how it is spelled.
#![cfg(feature = "std")]

mod support;

use creance_hawk::sigv::{Encoding, UnixTime};
use creance_hawk::{Bewit, BewitBuffer, Credentials, Error, Field, Request};
use support::bewits::{accept, get, link, link_until, of_text, plain, refusal, server};
use support::{ID, NOW, earlier, key, later, text};

#[test]
fn the_bewit_is_unpadded_base64url_of_four_parts() {
    let target = link("/r");
    let bewit = target.strip_prefix("/r?bewit=").unwrap();
    let mut bytes = vec![0; Encoding::Base64Url.decoded_len(bewit).unwrap()];
    Encoding::Base64Url.decode(bewit, &mut bytes).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), plain("1353832534", ""));
}

#[test]
fn another_spelling_of_the_encoding_is_refused() {
    let bewit = link("/r").strip_prefix("/r?bewit=").unwrap().to_owned();
    for other in [
        format!("{bewit}="),
        format!("{bewit}=="),
        format!("{bewit}+"),
        format!("{bewit}/"),
        bewit.replacen('Z', "%5A", 1),
        format!("{bewit}%3D"),
        format!("{bewit} ").trim_end().to_owned() + "%20",
        format!("{}*", &bewit[..bewit.len() - 1]),
        bewit[..1].to_owned(),
    ] {
        let error = refusal(&format!("/r?bewit={other}"));
        assert_eq!((error, error.status()), (Error::BewitEncoding, 400), "{other}");
    }
    let not_utf8 = text(|out| Encoding::Base64Url.encode(b"i\\1\\m\\\xff", out));
    assert_eq!(refusal(&format!("/r?bewit={not_utf8}")), Error::BewitEncoding);
}

#[test]
fn a_bewit_has_exactly_four_parts() {
    for plain in [
        "x",
        "i\\1353832534",
        "i\\1353832534\\m",
        "i\\1353832534\\m\\e\\x",
        "\\1353832534\\m\\",
        "i\\\\m\\",
        "i\\1353832534\\\\",
        "\\\\\\",
        "i\\1353832534\\m\\\\",
    ] {
        let error = refusal(&of_text(plain));
        assert_eq!((error, error.status()), (Error::BewitStructure, 400), "{plain}");
    }
}

#[test]
fn the_expiry_is_a_number() {
    for exp in [
        "never",
        "-1",
        "+1353832534",
        "01353832534",
        "1e99",
        "Infinity",
        "NaN",
        "18446744073709551615",
    ] {
        let error = refusal(&of_text(&plain(exp, "")));
        assert_eq!((error, error.status()), (Error::Timestamp, 400), "{exp}");
    }
    // The last number that there is lives too long, and does not overflow.
    assert_eq!(refusal(&of_text(&plain("9999999999999999999", ""))).code(), "bewit-life");
}

#[test]
fn text_is_utf8() {
    let ext = "gr\u{fc}\u{df}e \u{1f985}\nzwei";
    let link = link_until("/r", later(300), ext);
    let accepted = accept(&server(), &get(&link), NOW).unwrap();
    assert_eq!(accepted, format!("dh37fgj492je|1353832534|{ext}"));
    assert!(accept(&server(), &get(&of_text(&plain("1353832534", ext))), NOW).is_ok());
}

#[test]
fn what_no_receiver_could_read_is_not_signed() {
    let key = key();
    let credentials = Credentials::new(ID, &key).unwrap();
    let request = Request::from_url("GET", "https://example.com/r").unwrap();
    let too_long = "x".repeat(4096);
    let sign = |exp, ext| Bewit::sign(&credentials, &request, exp, ext).map(|_| ());
    assert_eq!(sign(NOW, "a\\b"), Err(Error::Value { field: Field::Ext }));
    assert_eq!(sign(UnixTime::MAX, ""), Err(Error::Timestamp));
    assert_eq!(sign(NOW, &too_long), Err(Error::TooLong));
    assert!(sign(earlier(1), "").is_ok());
}

#[test]
fn the_buffer_may_be_used_again() {
    let mut buffer = BewitBuffer::default();
    for text in ["aVwxXG1c", "x", "aVwyXG1cZXh0"] {
        let _ = Bewit::parse(text, &mut buffer);
    }
    let bewit = Bewit::parse("aVwxXG1cZXh0", &mut buffer).unwrap();
    assert_eq!((bewit.id(), bewit.exp().as_secs(), bewit.ext()), ("i", 1, "ext"));
    let too_long = "A".repeat(4100);
    assert_eq!(
        Bewit::parse(&too_long, &mut buffer).unwrap_err(),
        Error::UrlTooLong { bytes: 4100 }
    );
}
