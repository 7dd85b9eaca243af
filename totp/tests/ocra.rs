//! Challenge and response (RFC 6287).

mod common;

use common::{Fields, hex, seed};
use creance_totp::{
    Algorithm, ChallengeFormat, Error, Fault, Key, Ocra, OcraInput, OcraPin, OcraResponse,
    OcraSuite, Secret, UnixTime,
};

fn suite(text: &str) -> OcraSuite {
    OcraSuite::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn ocra(text: &str) -> Ocra {
    let suite = suite(text);
    let secret = Secret::from_bytes(&seed(suite.algorithm().output_len())).expect("long enough");
    Ocra::new(suite, &secret).expect("a key")
}

/// The response, which is also verified, in both ways to write it.
fn respond(ocra: &Ocra, input: &OcraInput<'_>) -> String {
    let response = ocra.respond(input).expect("an input of the suite");
    for text in [response.expose().to_owned(), response.expose().to_uppercase()] {
        let received = OcraResponse::parse(&text).expect("what was written is read");
        assert_eq!(ocra.verify(input, &received), Ok(()));
    }
    response.expose().to_owned()
}

#[test]
fn all_published_responses_are_met() {
    let mut file = Fields::parse(include_str!("vectors/rfc6287_ocra.json"));
    assert!(file.text("source").starts_with("RFC 6287 Appendix C"));
    let cases = file.objects("cases");
    assert_eq!(cases.len(), 70);
    for mut case in cases {
        let (group, suite) = (case.text("group"), suite(&case.text("suite")));
        let secret = Secret::from_bytes(&case.bytes("key_hex")).expect("long enough");
        let question = case.text("question");
        let (first, second) = question.split_at(8);
        let mut input = OcraInput::new(&question);
        if group.starts_with("C.2 mutual") {
            input = OcraInput::mutual(first, second);
        }
        if suite.has_counter() {
            input = input.with_counter(case.number("counter"));
        }
        let pin = suite.pin().map(|algorithm| {
            let pin = OcraPin::new(algorithm, case.text("pin").as_bytes());
            assert_eq!(pin.expose(), case.bytes("pin_sha1_hex"));
            pin
        });
        if let Some(pin) = &pin {
            input = input.with_pin(pin);
        }
        if suite.period().is_some() {
            input = input.with_time_step(case.number("time_steps"));
        }
        let ocra = Ocra::new(suite, &secret).expect("a key");
        assert_eq!(respond(&ocra, &input), case.text("response"), "{group}: {suite}, {question}");
        case.end();
    }
    file.end();
}

#[test]
fn every_format_length_and_hash_agrees_with_a_second_implementation() {
    let mut file = Fields::parse(include_str!("vectors/ocra_computed.json"));
    assert!(file.text("source").starts_with("computed by a second implementation"));
    let mut seeds = file.object("seeds");
    let mut seed_of = |name| Secret::from_bytes(&seeds.bytes(name)).expect("long enough");
    let secrets = ["SHA1", "SHA256", "SHA512"].map(|name| (name, seed_of(name)));
    seeds.end();
    let cases = file.objects("cases");
    assert_eq!(cases.len(), 3 * 8 * 3 + 7);
    for mut case in cases {
        let (text, algorithm) = (case.text("suite"), case.text("algorithm"));
        let (_, secret) = secrets.iter().find(|(name, _)| *name == algorithm).expect("a seed");
        let ocra = Ocra::new(suite(&text), secret).expect("a key");
        let (question, own) = (case.text("question"), case.optional_text("own_question"));
        let mut input = match &own {
            Some(own) => OcraInput::mutual(&question, own),
            None => OcraInput::new(&question),
        };
        if ocra.suite().has_counter() {
            input = input.with_counter(case.number("counter"));
        }
        let pin = ocra.suite().pin().map(|pin| OcraPin::new(pin, case.text("pin").as_bytes()));
        if let Some(pin) = &pin {
            input = input.with_pin(pin);
        }
        let session = ocra.suite().session_len().map(|_| case.text("session"));
        if let Some(session) = &session {
            input = input.with_session(session.as_bytes());
        }
        if ocra.suite().period().is_some() {
            input = input.with_time_step(case.number("time_steps"));
        }
        assert_eq!(respond(&ocra, &input), case.text("response"), "{text}");
        case.end();
    }
    file.end();
}

#[test]
fn a_suite_is_read_in_all_its_parts() {
    let full = suite("OCRA-1:HOTP-SHA512-10:C-QA64-PSHA512-S512-T48H");
    assert_eq!(full.as_str().len(), OcraSuite::MAX_LEN);
    assert_eq!((full.algorithm(), full.digits()), (Algorithm::Sha512, 10));
    assert!(full.has_counter());
    assert_eq!(full.challenge(), (ChallengeFormat::Alphanumeric, 64));
    assert_eq!(full.pin(), Some(Algorithm::Sha512));
    assert_eq!((full.session_len(), full.period()), (Some(512), Some(48 * 3_600)));

    let least = suite("OCRA-1:HOTP-SHA1-0:QH04");
    assert_eq!((least.algorithm(), least.digits()), (Algorithm::Sha1, 0));
    assert!(!least.has_counter());
    assert_eq!(least.challenge(), (ChallengeFormat::Hexadecimal, 4));
    assert_eq!((least.pin(), least.session_len(), least.period()), (None, None, None));
    assert_eq!(least.step_at(UnixTime::from_secs(5)), Ok(None));

    let defaults = suite("OCRA-1:HOTP-SHA256-6:Q-P-S-T");
    assert_eq!(defaults.challenge(), (ChallengeFormat::Numeric, 8));
    assert_eq!(defaults.pin(), Some(Algorithm::Sha1));
    assert_eq!((defaults.session_len(), defaults.period()), (Some(64), Some(60)));
}

#[test]
fn a_suite_is_shown_as_it_was_written() {
    for text in ["OCRA-1:HOTP-SHA1-4:QH8-S512", "OCRA-1:HOTP-SHA1-4:QH08-S512"] {
        assert_eq!(suite(text).as_str(), text);
        assert_eq!(suite(text).to_string(), text);
        assert_eq!(format!("{:?}", suite(text)), format!("OcraSuite({text:?})"));
    }
    assert_ne!(suite("OCRA-1:HOTP-SHA1-4:QH8"), suite("OCRA-1:HOTP-SHA1-4:QH08"));
}

#[test]
fn every_number_of_a_suite_has_its_range() {
    let is_suite = |text: String| OcraSuite::parse(&text).is_ok();
    for number in 0..=1_100 {
        let digits = number == 0 || (4..=10).contains(&number);
        assert_eq!(is_suite(format!("OCRA-1:HOTP-SHA1-{number}:QN08")), digits, "{number}");
        let challenge = (4..=64).contains(&number);
        assert_eq!(is_suite(format!("OCRA-1:HOTP-SHA1-6:QN{number}")), challenge, "{number}");
        assert_eq!(is_suite(format!("OCRA-1:HOTP-SHA1-6:QN{number:02}")), challenge, "{number}");
        let session = (1..=999).contains(&number);
        assert_eq!(is_suite(format!("OCRA-1:HOTP-SHA1-6:QN08-S{number:03}")), session, "{number}");
        for (unit, seconds, range) in [("S", 1, 1..=59), ("M", 60, 1..=59), ("H", 3_600, 0..=48)] {
            let text = format!("OCRA-1:HOTP-SHA1-6:QN08-T{number}{unit}");
            let period = OcraSuite::parse(&text).ok().and_then(|suite| suite.period());
            assert_eq!(period, range.contains(&number).then_some(number * seconds), "{text}");
        }
    }
}

#[test]
fn other_texts_are_no_suites() {
    let long = format!("OCRA-1:HOTP-SHA1-6:QN08{}", "-".repeat(100_000));
    for text in [
        "",
        "OCRA-1",
        "OCRA-1:",
        "OCRA-1:HOTP-SHA1-6",
        "OCRA-1:HOTP-SHA1-6:",
        "OCRA-1:HOTP-SHA1-6:C",
        "OCRA-1:HOTP-SHA1-6:PSHA1",
        "OCRA-2:HOTP-SHA1-6:QN08",
        "ocra-1:HOTP-SHA1-6:QN08",
        "OCRA-1:TOTP-SHA1-6:QN08",
        "OCRA-1:HOTP-SHA1:QN08",
        "OCRA-1:HOTP-SHA384-6:QN08",
        "OCRA-1:HOTP-MD5-6:QN08",
        "OCRA-1:HOTP-SHA-1-6:QN08",
        "OCRA-1:HOTP-SHA1-06:QN08",
        "OCRA-1:HOTP-SHA1-00:QN08",
        "OCRA-1:HOTP-SHA1-+6:QN08",
        "OCRA-1:HOTP-SHA1-:QN08",
        "OCRA-1:HOTP-SHA1-6:QX08",
        "OCRA-1:HOTP-SHA1-6:Q08",
        "OCRA-1:HOTP-SHA1-6:QN",
        "OCRA-1:HOTP-SHA1-6:QN008",
        "OCRA-1:HOTP-SHA1-6:QN+8",
        "OCRA-1:HOTP-SHA1-6:Qn08",
        "OCRA-1:HOTP-SHA1-6:Qé08",
        "OCRA-1:HOTP-SHA1-6:QN08-",
        "OCRA-1:HOTP-SHA1-6:-QN08",
        "OCRA-1:HOTP-SHA1-6:QN08-C",
        "OCRA-1:HOTP-SHA1-6:C-C-QN08",
        "OCRA-1:HOTP-SHA1-6:C1-QN08",
        "OCRA-1:HOTP-SHA1-6:QN08-QN08",
        "OCRA-1:HOTP-SHA1-6:QN08-PMD5",
        "OCRA-1:HOTP-SHA1-6:QN08-PSHA384",
        "OCRA-1:HOTP-SHA1-6:QN08-PSHA1-PSHA1",
        "OCRA-1:HOTP-SHA1-6:QN08-S064-PSHA1",
        "OCRA-1:HOTP-SHA1-6:QN08-T1M-PSHA1",
        "OCRA-1:HOTP-SHA1-6:QN08-T1M-S064",
        "OCRA-1:HOTP-SHA1-6:QN08-S64",
        "OCRA-1:HOTP-SHA1-6:QN08-S0064",
        "OCRA-1:HOTP-SHA1-6:QN08-S000",
        "OCRA-1:HOTP-SHA1-6:QN08-T1",
        "OCRA-1:HOTP-SHA1-6:QN08-TM",
        "OCRA-1:HOTP-SHA1-6:QN08-T01M",
        "OCRA-1:HOTP-SHA1-6:QN08-T00H",
        "OCRA-1:HOTP-SHA1-6:QN08-T1D",
        "OCRA-1:HOTP-SHA1-6:QN08-T1é",
        "OCRA-1:HOTP-SHA1-6:QN08-T1M:",
        "OCRA-1:HOTP-SHA1-6:QN08 ",
        " OCRA-1:HOTP-SHA1-6:QN08",
        "OCRA-1:HOTP-SHA1-6:QN08\n",
        &long,
    ] {
        assert_eq!(OcraSuite::parse(text), Err(Error::OcraSuite), "{text:?}");
    }
    assert_eq!(Error::OcraSuite.to_string(), "the text is not a suite of OCRA");
}

#[test]
fn challenges_have_the_format_of_the_suite() {
    for (text, right, wrong) in [
        ("OCRA-1:HOTP-SHA1-6:QN08", "0 9 12345678", "123456789 1234567a +1 é 1é 1-2"),
        ("OCRA-1:HOTP-SHA1-6:QA04", "a Z9 SIG1", "SIG10 a-b a.b é ß １"),
        ("OCRA-1:HOTP-SHA1-6:QH10", "0 fF 0123456789 aAbBcCdDeE", "g 0x1 01234567890 é"),
    ] {
        let ocra = ocra(text);
        let check = |input: OcraInput<'_>| ocra.respond(&input).err();
        for question in right.split(' ') {
            assert_eq!(check(OcraInput::new(question)), None, "{text}: {question}");
            assert_eq!(check(OcraInput::mutual(question, question)), None);
        }
        for question in wrong.split(' ').chain(["", " ", "\0"]) {
            let one = right.split(' ').next().expect("one");
            for input in [
                OcraInput::new(question),
                OcraInput::mutual(question, one),
                OcraInput::mutual(one, question),
            ] {
                assert_eq!(check(input), Some(Error::OcraChallenge), "{text}: {question:?}");
            }
        }
    }
    let error = Error::OcraChallenge;
    assert_eq!(error.to_string(), "the challenge does not have the format of the suite");
    assert_eq!((error.fault(), error.code()), (Fault::Peer, "ocra-challenge"));
}

#[test]
fn inputs_are_exactly_those_of_the_suite() {
    let pin = OcraPin::new(Algorithm::Sha256, b"1234");
    let other_pin = OcraPin::new(Algorithm::Sha1, b"1234");
    let with = |counter, pin: Option<_>, session: Option<_>, step| {
        let input = OcraInput::new("1");
        let input = if counter { input.with_counter(0) } else { input };
        let input = pin.map_or(input, |pin| input.with_pin(pin));
        let input = session.map_or(input, |session: &'static [u8]| input.with_session(session));
        if step { input.with_time_step(0) } else { input }
    };
    let session: &[u8] = &[7; 64];
    for parts in 0..16 {
        let has = |part| parts >> part & 1 == 1;
        let text = format!(
            "OCRA-1:HOTP-SHA256-8:{}QN08{}{}{}",
            if has(0) { "C-" } else { "" },
            if has(1) { "-PSHA256" } else { "" },
            if has(2) { "-S064" } else { "" },
            if has(3) { "-T1M" } else { "" },
        );
        let ocra = ocra(&text);
        for given in 0..16 {
            let is_given = |part| given >> part & 1 == 1;
            let (pin, session) = (is_given(1).then_some(&pin), is_given(2).then_some(session));
            let response = ocra.respond(&with(is_given(0), pin, session, is_given(3)));
            let expected = if given == parts { None } else { Some(Error::OcraInput) };
            assert_eq!(response.err(), expected, "{text} with {given:04b}");
        }
    }
    let of_pin = ocra("OCRA-1:HOTP-SHA256-8:QN08-PSHA256");
    let wrong_hash = of_pin.respond(&OcraInput::new("1").with_pin(&other_pin));
    assert_eq!(wrong_hash.err(), Some(Error::OcraInput));
    let of_session = ocra("OCRA-1:HOTP-SHA256-8:QN08-S064");
    let too_long = of_session.respond(&OcraInput::new("1").with_session(&[7; 65]));
    assert_eq!(too_long.err(), Some(Error::OcraInput));
    assert_eq!(OcraPin::from_hash(Algorithm::Sha1, &[0; 32]).err(), Some(Error::OcraInput));
    let error = Error::OcraInput;
    assert_eq!(error.to_string(), "the suite asks for other inputs than there are");
    assert_eq!(error.fault(), Fault::Caller);
}

/// By the encoding of RFC 6287: no implementation could tell these apart.
#[test]
fn challenges_of_other_lengths_may_have_one_response() {
    let number = ocra("OCRA-1:HOTP-SHA1-0:QN08");
    let hexadecimal = ocra("OCRA-1:HOTP-SHA1-0:QH08");
    let letters = ocra("OCRA-1:HOTP-SHA1-0:QA08");
    let of = |ocra: &Ocra, question: &str| respond(ocra, &OcraInput::new(question));
    for same in ["01", "00000001", "16", "256", "1048576"] {
        assert_eq!(of(&number, same), of(&number, "1"), "{same}");
    }
    for same in ["A0", "a", "A0000000"] {
        assert_eq!(of(&hexadecimal, same), of(&hexadecimal, "A"), "{same}");
    }
    assert_ne!(of(&hexadecimal, "0A"), of(&hexadecimal, "A"));
    assert_ne!(of(&letters, "A0"), of(&letters, "A"));
    for ocra in [&number, &hexadecimal, &letters] {
        let mutual = |asked, own| respond(ocra, &OcraInput::mutual(asked, own));
        assert_eq!(mutual("1", "23"), mutual("12", "3"));
        assert_ne!(mutual("12", "34"), mutual("34", "12"));
    }
    // Of one length, without zeros in front, they are told apart.
    let all = (10..100).map(|question| of(&number, &question.to_string()));
    let all: std::collections::BTreeSet<String> = all.collect();
    assert_eq!(all.len(), 90);
}

/// Of keys, as of secrets; and keys beyond the 128 bytes of a secret.
#[test]
fn a_key_makes_the_responses_of_its_secret() {
    let suite = suite("OCRA-1:HOTP-SHA1-6:QN08");
    let with_key = |algorithm, bytes: &[u8]| {
        Ocra::with_key(suite, Key::new(algorithm, bytes).expect("long enough"))
    };
    let input = OcraInput::new("1");
    let by_key = with_key(Algorithm::Sha1, &seed(20)).expect("its algorithm");
    assert_eq!(respond(&by_key, &input), respond(&ocra(suite.as_str()), &input));
    let long = [129, 130].map(|len| with_key(Algorithm::Sha1, &vec![7; len]).expect("a key"));
    assert_ne!(respond(&long[0], &input), respond(&long[1], &input));
    let decoy = Ocra::with_key(suite, Key::decoy(Algorithm::Sha1));
    assert_eq!(decoy.unwrap_err(), Error::WrongKey);
    let other = with_key(Algorithm::Sha512, &[7; 64]).unwrap_err();
    assert_eq!((other, other.code(), other.status()), (Error::WrongKey, "wrong-key", 500));
}

#[test]
fn a_session_is_filled_up_in_front() {
    let ocra = ocra("OCRA-1:HOTP-SHA1-8:QN08-S064");
    let respond = |session: &[u8]| respond(&ocra, &OcraInput::new("1").with_session(session));
    let mut filled = [0; 64];
    filled[61..].copy_from_slice(b"abc");
    assert_eq!(respond(b"abc"), respond(&filled));
    assert_ne!(respond(b"abc"), respond(b"abc\0"));
}

#[test]
fn every_input_makes_another_response() {
    let (one, two) = (OcraPin::new(Algorithm::Sha1, b"1"), OcraPin::new(Algorithm::Sha1, b"2"));
    let ocra = ocra("OCRA-1:HOTP-SHA1-0:C-QH08-PSHA1-S064-T1M");
    let base =
        OcraInput::new("1").with_counter(0).with_pin(&one).with_session(b"s").with_time_step(5);
    let responses = [
        base,
        OcraInput::new("2").with_counter(0).with_pin(&one).with_session(b"s").with_time_step(5),
        base.with_counter(1),
        base.with_pin(&two),
        base.with_session(b"t"),
        base.with_time_step(6),
    ]
    .map(|input| respond(&ocra, &input));
    for (index, response) in responses.iter().enumerate() {
        assert_eq!(response.len(), 40);
        assert!(!responses[..index].contains(response));
    }
    // A pin that was stored as its hash is the same pin.
    let stored = OcraPin::from_hash(Algorithm::Sha1, one.expose()).expect("20 bytes");
    assert_eq!(respond(&ocra, &base.with_pin(&stored)), responses[0]);
}

#[test]
fn time_steps_are_counted_in_the_suite_s_unit() {
    let at = UnixTime::from_secs(0x0132_d0b6 * 60 + 59);
    for (unit, step) in
        [("T1M", 0x0132_d0b6), ("T30S", 40_214_893), ("T1H", 335_124), ("T48H", 6_981)]
    {
        let suite = suite(&format!("OCRA-1:HOTP-SHA1-6:QN08-{unit}"));
        assert_eq!(suite.step_at(at), Ok(Some(step)), "{unit}");
        let last = UnixTime::from_secs(u64::MAX);
        assert_eq!(suite.step_at(last), Ok(suite.period().map(|period| u64::MAX / period)));
    }
    let zero = suite("OCRA-1:HOTP-SHA1-6:QN08-T0H");
    assert_eq!(zero.step_at(at), Err(Error::ZeroPeriod));
}

#[test]
fn responses_are_read_as_people_type_them() {
    let mac = "0123456789abcdefABCDEF0123456789abcdef01";
    for (text, expected) in [
        ("1234", "1234"),
        ("0000", "0000"),
        ("12 34-56 78", "12345678"),
        ("0123456789", "0123456789"),
        (mac, "0123456789abcdefabcdef0123456789abcdef01"),
    ] {
        assert_eq!(OcraResponse::parse(text).expect(text).expose(), expected);
    }
    for len in [64, 128] {
        assert_eq!(OcraResponse::parse(&"7".repeat(len)).expect("a MAC").expose().len(), len);
    }
    for text in [
        "",
        "123",
        "12345678901",
        "-1234",
        "1234-",
        "12-34-56",
        "12345x",
        &mac[1..],
        &"f".repeat(96),
    ] {
        assert_eq!(OcraResponse::parse(text).err(), Some(Error::OcraResponse), "{text:?}");
    }
    assert_eq!(
        Error::OcraResponse.to_string(),
        "a response is 4 to 10 digits, or a MAC in hexadecimal"
    );
}

#[test]
fn a_wrong_response_is_refused_at_every_place() {
    for text in
        ["OCRA-1:HOTP-SHA1-4:QN08", "OCRA-1:HOTP-SHA512-10:QN08", "OCRA-1:HOTP-SHA256-0:QN08"]
    {
        let (ocra, input) = (ocra(text), OcraInput::new("12345678"));
        let right = respond(&ocra, &input);
        for place in 0..right.len() {
            let mut wrong = right.clone();
            let other = if right[place..].starts_with('7') { "3" } else { "7" };
            wrong.replace_range(place..=place, other);
            let wrong = OcraResponse::parse(&wrong).expect("a response");
            assert_eq!(ocra.verify(&input, &wrong), Err(Error::Mismatch), "{text}, {place}");
        }
    }
    let [four, six] = ["1234", "001234"].map(|text| OcraResponse::parse(text).expect("a response"));
    assert_eq!(four.verify(&six), Err(Error::Mismatch));
}

#[test]
fn debug_shows_neither_secrets_nor_responses() {
    let ocra = ocra("OCRA-1:HOTP-SHA1-6:QN08-PSHA1-S064");
    let pin = OcraPin::new(Algorithm::Sha1, b"1234");
    let input = OcraInput::new("1").with_pin(&pin).with_session(b"cookie");
    let response = ocra.respond(&input).expect("a response");
    let shown = format!("{ocra:?} {input:?} {response:?} {pin:?}");
    assert_eq!(
        shown,
        "Ocra { key: Key { algorithm: Sha1, .. }, \
         suite: OcraSuite(\"OCRA-1:HOTP-SHA1-6:QN08-PSHA1-S064\") } \
         OcraInput { questions: [\"1\", \"\"], counter: None, \
         pin: Some(OcraPin { algorithm: Sha1, .. }), time_step: None, .. } \
         OcraResponse { characters: 6, .. } OcraPin { algorithm: Sha1, .. }"
    );
    let hash = hex("7110eda4d09e062aa5e4a390b0a572ac0d2c0220");
    assert_eq!(pin.expose(), hash);
}
