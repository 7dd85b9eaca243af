//! What a header may look like, read and written.
#![cfg(feature = "std")]

mod support;

use std::time::{Duration, Instant};

use creance_hawk::{
    Attribute, Authorization, Challenge, Client, Credentials, Error, Field, ServerAuthorization,
};
use support::{ID, NONCE, NOW, authenticate, header, header_with, incoming, key, request, server};

const ATTRIBUTES: [&str; 4] = [r#"id="i""#, r#"ts="1""#, r#"nonce="n""#, r#"mac="m""#];

fn usual() -> String {
    ATTRIBUTES.join(", ")
}

fn refusal(header: &str) -> Error {
    Authorization::parse(header).expect_err(header)
}

#[test]
fn the_scheme_is_hawk_in_any_case_with_white_space_behind_it() {
    for scheme in ["Hawk ", "hawk ", "HAWK ", "hAwK ", "Hawk\t", "Hawk   ", "Hawk \t "] {
        let header = format!("{scheme}{}", usual());
        assert_eq!(Authorization::parse(&header).unwrap().id(), "i", "{header:?}");
    }
}

#[test]
fn leading_space_is_malformed() {
    for space in [" ", "\t", "  "] {
        let header = format!("{space}Hawk {}", usual());
        assert_eq!(refusal(&header), Error::HeaderSyntax { at: 0 });
    }
    assert_eq!(refusal(" ").status(), 400);
}

#[test]
fn another_scheme_or_none_is_not_ours() {
    for scheme in ["Basic dTpw", "Basic", "Bearer a=b", "Hawkish id=\"i\"", "HawkX", ""] {
        let error = refusal(scheme);
        assert_eq!(error, Error::NoAuthorization, "{scheme}");
        let rejection = creance_hawk::Rejection::from(error);
        assert_eq!(rejection.status(), 401);
        assert_eq!(rejection.www_authenticate().unwrap().to_string(), "Hawk");
    }
}

#[test]
fn a_scheme_alone_is_malformed() {
    assert_eq!(refusal("Hawk"), Error::HeaderSyntax { at: 4 });
    assert_eq!(refusal("Hawk "), Error::HeaderSyntax { at: 5 });
    assert_eq!(refusal("Hawk,id=\"i\""), Error::HeaderSyntax { at: 4 });
    assert_eq!(refusal("foo=bar"), Error::HeaderSyntax { at: 3 });
}

#[test]
fn attributes_come_in_any_order() {
    for turn in 0..ATTRIBUTES.len() {
        let mut attributes = ATTRIBUTES;
        attributes.rotate_left(turn);
        for _ in 0..2 {
            let header = format!("Hawk {}", attributes.join(", "));
            let parsed = Authorization::parse(&header).unwrap();
            assert_eq!((parsed.id(), parsed.nonce(), parsed.ts().as_secs()), ("i", "n", 1));
            attributes.reverse();
        }
    }
}

#[test]
fn white_space_is_allowed_around_commas_and_one_comma_at_the_end() {
    for comma in [",", ", ", " ,", " , ", "\t,\t", "   ,   "] {
        for end in ["", " ", ",", ", ", " ,", " , "] {
            let header = format!("Hawk {}{end}", ATTRIBUTES.join(comma));
            assert!(Authorization::parse(&header).is_ok(), "{header:?}");
        }
    }
}

#[test]
fn every_deviation_is_named_with_its_place() {
    let syntax = |at| Error::HeaderSyntax { at };
    for (attributes, error) in [
        (r#", id="i""#, syntax(5)),
        (r#"id="i",, ts="1""#, syntax(12)),
        (r#"id="i", , ts="1""#, syntax(13)),
        (r#"id="i",,"#, syntax(12)),
        (r#"id="i" ts="1""#, syntax(12)),
        (r#"id="i"ts="1""#, syntax(11)),
        (r#"id="i"; ts="1""#, syntax(11)),
        (r#"id ="i""#, syntax(7)),
        (r#"id= "i""#, syntax(7)),
        ("id=i", syntax(7)),
        ("id='i'", syntax(7)),
        ("id", syntax(7)),
        (r#"="i""#, syntax(5)),
        (r#""i""#, syntax(5)),
        (r#"id="i"#, syntax(10)),
        (r#"id="i" x"#, syntax(12)),
        (r#"id="i"j""#, syntax(11)),
        ("id=\"i\",\nts=\"1\"", syntax(12)),
        (r#"foo="x""#, Error::UnknownAttribute { at: 5 }),
        (r#"id="i", tsm="x""#, Error::UnknownAttribute { at: 13 }),
        (r#"id="i", error="x""#, Error::UnknownAttribute { at: 13 }),
        (r#"ID="i""#, Error::UnknownAttribute { at: 5 }),
        (r#"Ts="i""#, Error::UnknownAttribute { at: 5 }),
        (r#"xid="i""#, Error::UnknownAttribute { at: 5 }),
        (r#"id="""#, Error::EmptyAttribute(Attribute::Id)),
        (r#"id="i", ext="""#, Error::EmptyAttribute(Attribute::Ext)),
        (r#"id="i", id="i""#, Error::DuplicateAttribute(Attribute::Id)),
        (r#"id="i", ts="1", id="j""#, Error::DuplicateAttribute(Attribute::Id)),
        (r#"id="i\"""#, Error::ForbiddenCharacter { at: 10 }),
        (r#"id="\i""#, Error::ForbiddenCharacter { at: 9 }),
        ("id=\"\ti\"", Error::ForbiddenCharacter { at: 9 }),
        ("id=\"i\u{7f}\"", Error::ForbiddenCharacter { at: 10 }),
        ("id=\"i\r\nx\"", Error::ForbiddenCharacter { at: 10 }),
        ("id=\"ii\u{e9}\"", Error::ForbiddenCharacter { at: 11 }),
        ("id=\"\0\"", Error::ForbiddenCharacter { at: 9 }),
    ] {
        let header = format!("Hawk {attributes}");
        assert_eq!(refusal(&header), error, "{header:?}");
        assert_eq!(error.status(), 400);
    }
}

#[test]
fn every_attribute_may_stand_once_and_not_be_empty() {
    let all = [
        (Attribute::Id, "i"),
        (Attribute::Ts, "1"),
        (Attribute::Nonce, "n"),
        (Attribute::Mac, "m"),
        (Attribute::Hash, "h"),
        (Attribute::Ext, "e"),
        (Attribute::App, "a"),
        (Attribute::Dlg, "d"),
    ];
    let header: Vec<_> = all.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    let header = format!("Hawk {}", header.join(", "));
    let parsed = Authorization::parse(&header).unwrap();
    let optional = [parsed.hash(), parsed.ext(), parsed.app(), parsed.dlg()];
    assert_eq!(optional, [Some("h"), Some("e"), Some("a"), Some("d")]);
    for (name, value) in all {
        let twice = format!("{header}, {name}=\"{value}\"");
        assert_eq!(refusal(&twice), Error::DuplicateAttribute(name));
        let empty = header.replace(&format!("{name}=\"{value}\""), &format!("{name}=\"\""));
        assert_eq!(refusal(&empty), Error::EmptyAttribute(name));
    }
}

#[test]
fn what_has_to_be_there_is_missed_by_name() {
    let names = [Attribute::Id, Attribute::Ts, Attribute::Nonce, Attribute::Mac];
    for (index, name) in names.into_iter().enumerate() {
        let mut attributes = ATTRIBUTES.to_vec();
        attributes.remove(index);
        let header = format!("Hawk {}", attributes.join(", "));
        assert_eq!(refusal(&header), Error::MissingAttribute(name));
    }
}

#[test]
fn a_value_is_made_of_the_characters_of_the_grammar() {
    let allowed = " !#$%&'()*+,-./:;<=>?@[]^_`{|}~";
    for character in (0..=0x200).filter_map(char::from_u32) {
        let header = format!("Hawk {}, ext=\"a{character}b\"", usual());
        let is_allowed = character.is_ascii_alphanumeric() || allowed.contains(character);
        assert_eq!(Authorization::parse(&header).is_ok(), is_allowed, "{character:?}");
        let written = Credentials::new("i", &key())
            .unwrap()
            .header(&request())
            .ext(&format!("a{character}b"))
            .sign(NOW, NONCE)
            .map(|_| ());
        let refused = Err(Error::Value { field: Field::Ext });
        assert_eq!(written, if is_allowed { Ok(()) } else { refused }, "{character:?}");
    }
}

#[test]
fn a_header_has_at_most_4096_bytes() {
    let rest = format!("Hawk {}, ext=\"\"", usual()).len();
    let of_length = |len: usize| format!("Hawk {}, ext=\"{}\"", usual(), "x".repeat(len - rest));
    assert_eq!(of_length(4096).len(), 4096);
    assert!(Authorization::parse(&of_length(4096)).is_ok());
    assert_eq!(refusal(&of_length(4097)), Error::HeaderTooLong { bytes: 4097 });
    // The length is looked at before anything else, also where the scheme is another one.
    assert_eq!(refusal(&"x".repeat(4097)), Error::HeaderTooLong { bytes: 4097 });
    assert_eq!(refusal(&"B ".repeat(1 << 20)).status(), 400);
}

#[test]
fn a_written_header_has_at_most_4096_bytes() {
    let key = key();
    let credentials = Credentials::new(ID, &key).unwrap();
    let request = request();
    let rest = credentials.header(&request).ext("x").sign(NOW, NONCE).unwrap().len() - 1;
    let (fits, too_long) = ("x".repeat(4096 - rest), "x".repeat(4097 - rest));
    let longest = credentials.header(&request).ext(&fits).sign(NOW, NONCE).unwrap();
    assert_eq!((longest.len(), longest.to_header().len()), (4096, 4096));
    assert!(Authorization::parse(&longest.to_header()).is_ok());
    let refused = credentials.header(&request).ext(&too_long).sign(NOW, NONCE).unwrap_err();
    assert_eq!(refused, Error::TooLong);
}

/// A parser that went over the header again for each attribute, comma or quotation mark would
/// need a thousand times as long.
#[test]
fn reading_takes_time_linear_in_the_length() {
    let start = Instant::now();
    for unit in ["a", "=", "\"", ",", " ", "\\", "x=\"\",", "id=\"", "a=\"b\", ", "Hawk "] {
        for prefix in ["", "Hawk ", "Hawk id=\""] {
            let mut header = prefix.to_owned() + &unit.repeat(4096);
            header.truncate(4096);
            for _ in 0..200 {
                assert!(Authorization::parse(&header).is_err());
            }
        }
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn the_mac_is_compared_as_text() {
    let (key, request) = (key(), request());
    let header = header_with(&key, &request, |header| header.ext("some-app-ext-data"));
    let _ = authenticate(&header, &request, &key).unwrap();
    let right = "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=";
    for other in [
        "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE",
        "6R4rV5iE-NPoym-WwjeHzjAGXUtLNIxmo1vpMofpLAE=",
        "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAF=",
        "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE==",
        " 6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=",
        "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE= ",
        "6r4rv5ie+npoym+wwjehzjagxutlnixmo1vpmofplae=",
        "e91e2b579884f8d3e8ca6f96c23787ce30065d4b4b348c66a35be93287e92c01",
        "x",
    ] {
        let header = header.replace(right, other);
        let rejection = authenticate(&header, &request, &key).unwrap_err();
        assert_eq!((rejection.status(), rejection.code()), (401, "bad-mac"), "{other}");
    }
}

#[test]
fn two_authorization_headers_are_refused() {
    let header = header(&key(), &request());
    let mut incoming = incoming(&header);
    for name in ["Authorization", "authorization", "AUTHORIZATION"] {
        let refused = incoming.clone().header(name, header.as_bytes()).unwrap_err();
        assert_eq!(refused, Error::DuplicateHeader("authorization"));
        assert_eq!(refused.status(), 400);
    }
    assert_eq!(incoming.header("Content-Type", b"text/plain"), Ok(()));
    let refused = incoming.header("content-type", b"text/html").unwrap_err();
    assert_eq!(refused, Error::DuplicateHeader("content-type"));
    assert!(server().authorization(&incoming).is_ok());
}

#[test]
fn a_header_that_is_no_text_is_malformed() {
    let mut incoming = creance_hawk::Incoming::new("GET", "/", creance_hawk::Scheme::Http);
    let refused = incoming.header("Authorization", b"Hawk id=\"\xff\"").unwrap_err();
    assert_eq!((refused, refused.status()), (Error::NotText("authorization"), 400));
    // One that has no meaning here may be anything.
    assert_eq!(incoming.header("X-Anything", b"\xff"), Ok(()));
}

#[test]
fn a_response_header_has_mac_hash_and_ext() {
    let parse = ServerAuthorization::parse;
    let full = parse(r#"Hawk mac="m", hash="h", ext="e""#).unwrap();
    assert_eq!((full.hash(), full.ext()), (Some("h"), Some("e")));
    for (header, error) in [
        ("", Error::NoServerAuthorization),
        ("Basic x", Error::NoServerAuthorization),
        ("Hawk", Error::HeaderSyntax { at: 4 }),
        (r#"Hawk hash="h""#, Error::MissingAttribute(Attribute::Mac)),
        (r#"Hawk mac="m", id="i""#, Error::UnknownAttribute { at: 14 }),
        (r#"Hawk mac="m", ts="1""#, Error::UnknownAttribute { at: 14 }),
        (r#"Hawk mac="m", mac="m""#, Error::DuplicateAttribute(Attribute::Mac)),
        (r#"Hawk mac="m", ext="""#, Error::EmptyAttribute(Attribute::Ext)),
        (r#" Hawk mac="m""#, Error::HeaderSyntax { at: 0 }),
    ] {
        assert_eq!(parse(header).unwrap_err(), error, "{header}");
    }
    let too_long = format!("Hawk mac=\"{}\"", "m".repeat(4096));
    assert_eq!(parse(&too_long).unwrap_err(), Error::HeaderTooLong { bytes: 4107 });
}

#[test]
fn a_challenge_has_ts_tsm_and_error() {
    let parse = Challenge::parse;
    let full = parse(r#"Hawk ts="1", tsm="x", error="Stale timestamp""#).unwrap();
    assert_eq!((full.has_time(), full.error()), (true, Some("Stale timestamp")));
    assert!(!parse("Hawk").unwrap().has_time());
    assert!(!parse(r#"Hawk error="Bad mac""#).unwrap().has_time());
    for (header, error) in [
        ("", Error::NoAuthorization),
        ("Basic realm=\"x\"", Error::NoAuthorization),
        (r#"Hawk ts="1""#, Error::UnprovenTime),
        (r#"Hawk tsm="x""#, Error::MissingAttribute(Attribute::Ts)),
        (r#"Hawk ts="x", tsm="x""#, Error::Timestamp),
        (r#"Hawk mac="m""#, Error::UnknownAttribute { at: 5 }),
        (r#"Hawk ts="1", ts="1", tsm="x""#, Error::DuplicateAttribute(Attribute::Ts)),
        (r#"Hawk error="""#, Error::EmptyAttribute(Attribute::Error)),
    ] {
        assert_eq!(parse(header).unwrap_err(), error, "{header}");
    }
}

/// What would inject an attribute, end the header, or not be readable at the other side.
const UNWRITABLE: [&str; 10] =
    ["", "a\"b", "a\", mac=\"b", "a\\b", "a\rb", "a\nb", "a\tb", "a\u{7f}b", "a\u{e9}b", "a\0b"];

#[test]
fn an_id_that_cannot_be_written_is_refused() {
    let refused = Error::Value { field: Field::Id };
    for value in UNWRITABLE {
        assert_eq!(Credentials::new(value, &key()).unwrap_err(), refused, "{value:?}");
        assert_eq!(Client::new(value, key()).unwrap_err(), refused, "{value:?}");
    }
}

#[test]
fn no_other_value_that_cannot_be_written_is() {
    let (key, request) = (key(), request());
    let credentials = Credentials::new(ID, &key).unwrap();
    let header = || credentials.header(&request);
    for value in UNWRITABLE {
        let refusal = |field| Some(Error::Value { field });
        assert_eq!(header().sign(NOW, value).err(), refusal(Field::Nonce), "{value:?}");
        let hash = header().payload_hash_text(value).sign(NOW, NONCE);
        assert_eq!(hash.err(), refusal(Field::Hash), "{value:?}");
        let app = header().app(value).sign(NOW, NONCE);
        assert_eq!(app.err(), refusal(Field::App), "{value:?}");
        let dlg = header().app("a").dlg(value).sign(NOW, NONCE);
        assert_eq!(dlg.err(), refusal(Field::Dlg), "{value:?}");
        let message = credentials.message("example.com", 8000).unwrap().sign(b"x", NOW, value);
        assert_eq!(message.err(), refusal(Field::Nonce), "{value:?}");
        // An empty ext is none.
        if value.is_empty() {
            continue;
        }
        let ext = header().ext(value).sign(NOW, NONCE);
        assert_eq!(ext.err(), refusal(Field::Ext), "{value:?}");
        let sent = support::header(&key, &request);
        let accepted = authenticate(&sent, &request, &key).unwrap().dangerous_accept_replays();
        assert_eq!(accepted.respond().ext(value).sign().err(), refusal(Field::Ext), "{value:?}");
    }
}

#[test]
fn whatever_is_written_parses_back() {
    let (key, request) = (key(), request());
    let odd = " !#$%&'()*+,-./:;<=>?@[]^_`{|}~";
    let signed = Credentials::new(odd, &key)
        .unwrap()
        .header(&request)
        .payload_hash_text(odd)
        .ext(odd)
        .app(odd)
        .dlg(odd)
        .sign(NOW, odd)
        .unwrap();
    let header = signed.to_header();
    let parsed = authenticate(&header, &request, &key).unwrap();
    let parsed = parsed.authorization();
    assert_eq!((parsed.id(), parsed.nonce(), parsed.ts()), (odd, odd, NOW));
    let optional = [parsed.hash(), parsed.ext(), parsed.app(), parsed.dlg()];
    assert_eq!(optional, [Some(odd); 4]);
    // An empty ext means that there is none, on both sides.
    assert_eq!(
        support::header(&key, &request),
        header_with(&key, &request, |header| header.ext(""))
    );
}
