//! What must not pass as a signed HTTP message, each by the error that it gives: identifiers, values,
//! parameters, and how all of it is written.
#![cfg(feature = "http-signature")]

#[path = "common/http_signature.rs"]
mod messages;

use creance_sigv::content_digest::{ContentDigest, DigestAlgorithm};
use creance_sigv::http_signature::{Component, MAX_COMPONENTS, Message, Policy, Signer};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::{Algorithm, Error};
use messages::*;

/// Every digest of a known algorithm counts, and one of them is there.
#[test]
fn digests_that_do_not_agree_are_refused() {
    let right = ContentDigest::of(DigestAlgorithm::Sha256, BODY).to_string();
    let wrong = ContentDigest::of(DigestAlgorithm::Sha512, b"another").to_string();
    let parse = |lines: &[&str]| {
        let headers: Headers = lines.iter().map(|line| header("content-digest", line)).collect();
        ContentDigest::parse(&headers).and_then(|digest| digest.verify(BODY))
    };
    let malformed = Err(Error::Malformed(Part::Digest));
    assert_eq!(parse(&[&right]), Ok(()));
    assert_eq!(parse(&[&right, &wrong]), Err(Error::BodyMismatch));
    assert_eq!(parse(&[&format!("{wrong}, {right}")]), Err(Error::BodyMismatch));
    assert_eq!(parse(&[&format!("md5=:AAAA:, {right}")]), Ok(()));
    assert_eq!(parse(&["md5=:AAAA:"]), Err(Error::Missing(Part::Digest)));
    assert_eq!(parse(&[]), Err(Error::Missing(Part::Digest)));
    assert_eq!(parse(&[&right, &right]), Err(Error::Duplicate(Part::Digest)));
    assert_eq!(parse(&[&format!("{right}, {right}")]), Err(Error::Duplicate(Part::Digest)));
    assert_eq!(parse(&["sha-256=:AAAA:"]), malformed);
    assert_eq!(parse(&["sha-256=\"AAAA\""]), malformed);
    assert_eq!(parse(&["sha-256"]), malformed);
    assert_eq!(parse(&["sha-256=:"]), malformed);
    assert_eq!(parse(&[&right.to_uppercase()]), malformed);
    let many: Vec<_> = (0..64).map(|at| format!("a{at}")).collect();
    assert_eq!(parse(&[&format!("{}, {right}", many[1..].join(", "))]), Ok(()));
    assert_eq!(parse(&[&format!("{}, {right}", many.join(", "))]), malformed);
    let long = format!("a=:{}:", "A".repeat(4096));
    assert_eq!(parse(&[&long]), Err(Error::TooLong { part: Part::Digest, maximum: 4096 }));
}

#[test]
fn parameters_are_known_and_there_once() {
    let of = |more: &str| get(&with_params(&format!(";created=1700000000;keyid=\"old\"{more}")));
    assert_eq!(of(";nonce=\"a\";tag=\"b\""), Ok(()));
    assert_eq!(of(";nonce=\"a\\\"b\""), Ok(()));
    assert_eq!(of(";more"), Err(Error::Malformed(Part::Parameter)));
    assert_eq!(of(";tag=b"), Err(Error::Malformed(Part::Parameter)));
    assert_eq!(of(";nonce=1"), Err(Error::Malformed(Part::Id)));
    assert_eq!(of(";nonce=\"\""), Err(Error::Malformed(Part::Id)));
    // RFC 9651 takes the last one, others the first.
    for twice in [";created=1700000000", ";keyid=\"other\"", ";created=1"] {
        assert_eq!(of(twice), Err(Error::Duplicate(Part::Coverage)), "{twice}");
    }
    let long = format!(";nonce=\"{}\"", "n".repeat(257));
    assert_eq!(of(&long), Err(Error::TooLong { part: Part::Id, maximum: 256 }));
    // Not visible ASCII.
    assert_eq!(of(";nonce=\"a\tb\""), Err(Error::Malformed(Part::Coverage)));
    assert_eq!(of(";nonce=\"ä\""), Err(Error::Malformed(Part::Coverage)));
}

#[test]
fn identifiers_are_in_one_form() {
    let of = |identifier: &str, headers: &[(&str, &str)]| {
        let params = format!("(\"@method\" {identifier});created=1700000000;keyid=\"old\"");
        let mut all = by_hand(&params, "", &key(1), "s");
        all.extend(headers.iter().map(|(name, value)| header(name, value)));
        get(&all)
    };
    let malformed = Err(Error::Malformed(Part::Component));
    let there = [("a", "1"), ("Date", "now")];
    // Only the tag is wrong, so the identifier was read.
    assert_eq!(of("\"date\"", &there), Err(Error::Mismatch));
    for identifier in [
        "\"Date\"",
        "\"@Method\"",
        "\"@unknown\"",
        "\"@signature-params\"",
        "\"@status\"",
        "\"\"",
        "\"a b\"",
        "\"a:\"",
        "date",
        "1",
        "\"date\";tr",
        "\"date\";tr=?0",
        "\"date\";other",
        "\"date\";sf=?0",
        "\"date\";bs=1",
        "\"date\";key=a",
        "\"date\";key",
        "\"date\";name=\"a\"",
        "\"date\";bs;sf",
        "\"date\";bs;key=\"a\"",
        "\"@path\";sf",
        "\"@path\";bs",
        "\"@path\";key=\"a\"",
        "\"@query-param\"",
        "\"@query-param\";name",
        "\"@query-param\";name=\"a\";sf",
        "\"@path\";req",
        "\"date\";req",
        "\"@status\";req",
    ] {
        assert_eq!(of(identifier, &there), malformed, "{identifier}");
    }
    // A status is never that of a request.
    let refused = Component::parse("\"@status\";req").unwrap_err();
    assert_eq!(refused, Error::Malformed(Part::Component));
    let twice = Err(Error::Duplicate(Part::Component));
    assert_eq!(of("\"@method\"", &there), twice);
    assert_eq!(of("\"a\";key=\"x\";sf \"a\";sf;key=\"x\"", &there), twice);
    assert_eq!(of("\"date\";sf;sf", &there), Err(Error::Duplicate(Part::Coverage)));
    assert_eq!(
        Error::Duplicate(Part::Component).to_string(),
        "the message has more than one signed component"
    );
}

#[test]
fn values_are_lines_of_ascii() {
    let of = |identifier: &str, values: &[&[u8]]| {
        let params = format!("(\"@method\" {identifier});created=1700000000;keyid=\"old\"");
        let mut all = by_hand(&params, "", &key(1), "s");
        all.extend(values.iter().map(|value| header("X", value)));
        get(&all)
    };
    let malformed = Err(Error::Malformed(Part::Header));
    // A value with a line of its own would be a component that nobody covered.
    for value in [
        b"a\n\"@path\": /admin".as_slice(),
        b"a\r\nb",
        b"a\rb",
        b"a\r",
        b"a\r\n",
        b"a\0b",
        b"a\r\n\r\n b",
        b"a\x7fb",
        b"a\x1bb",
        "ä".as_bytes(),
        b"\xff",
    ] {
        assert_eq!(of("\"x\"", &[value]), malformed, "{value:?}");
    }
    // Bytes can be wrapped, lines cannot.
    assert_eq!(of("\"x\";bs", &["ä".as_bytes()]), Err(Error::Mismatch));
    assert_eq!(of("\"x\";bs", &[b"a\nb"]), malformed);
    assert_eq!(of("\"x\"", &[b"a\tb"]), Err(Error::Mismatch));
    assert_eq!(of("\"x\"", &[]), Err(Error::Missing(Part::Header)));
    assert_eq!(of("\"x\"", &[b""]), Err(Error::Mismatch));
    // A folded line is one line, with one space in the place of the fold.
    let params = "(\"@method\" \"x\");created=1700000000;keyid=\"old\"";
    let mut folded = by_hand(params, "\"@method\": GET\n\"x\": a b c\n", &key(1), "s");
    folded.push(header("X", b" a \t\r\n \t b\r\n c "));
    assert_eq!(get(&folded), Ok(()));
    // Structured fields that are none.
    assert_eq!(of("\"x\";sf", &[b"a=("]), malformed);
    assert_eq!(of("\"x\";sf", &[b"a=1, a=2"]), Err(Error::Duplicate(Part::Header)));
    assert_eq!(of("\"x\";key=\"a\"", &[b"a=1", b"a=2"]), Err(Error::Duplicate(Part::Header)));
    assert_eq!(of("\"x\";key=\"b\"", &[b"a=1"]), Err(Error::Missing(Part::Header)));
    let long = [b"a".repeat(4096), b"b".to_vec()];
    let long: Vec<&[u8]> = long.iter().map(Vec::as_slice).collect();
    let refused = of("\"x\"", &long);
    assert_eq!(refused, Err(Error::TooLong { part: Part::Header, maximum: 4096 }));
    assert_eq!(of("\"x\"", &long[..1]), Err(Error::Mismatch));
}

#[test]
fn cookies_are_not_joined() {
    let params = "(\"@method\" \"set-cookie\");created=1700000000;keyid=\"old\"";
    let base = "\"@method\": GET\n\"set-cookie\": a=1, b=2\n";
    let mut headers = by_hand(params, base, &key(1), "s");
    headers.push(header("Set-Cookie", "a=1"));
    headers.push(header("Set-Cookie", "b=2"));
    assert_eq!(get(&headers), Err(Error::Duplicate(Part::Header)));
}

#[test]
fn a_parameter_of_the_query_is_there_once() {
    let of = |url: &str, name: &str, value: &str| {
        let params = format!("(\"@query-param\";name=\"{name}\");created=1700000000;keyid=\"old\"");
        let base = format!("\"@query-param\";name=\"{name}\": {value}\n");
        let headers = by_hand(&params, &base, &key(1), "s");
        let received = Received::new("GET", url, &headers, b"");
        let wanted = format!("\"@query-param\";name=\"{name}\"");
        let policy = Policy::new(window(), [wanted.as_str()]).unwrap().without_body();
        let keys = keys();
        let verified = policy.verify(&received, &keys, NOW);
        verified.map(drop).map_err(|rejection| *rejection.error())
    };
    assert_eq!(of("https://h/?a=1&b=2", "a", "1"), Ok(()));
    assert_eq!(of("https://h/?b=2&&a=1&", "a", "1"), Ok(()));
    assert_eq!(of("https://h/?a", "a", ""), Ok(()));
    assert_eq!(of("https://h/?a=1=2", "a", "1%3D2"), Ok(()));
    assert_eq!(of("https://h/?a=~%7E%zz%c3%a4", "a", "%7E%7E%25zz%C3%A4"), Ok(()));
    assert_eq!(of("https://h/?a=%ff", "a", "%FF"), Ok(()));
    let twice = Err(Error::Duplicate(Part::Parameter));
    assert_eq!(of("https://h/?a=1&a=1", "a", "1"), twice);
    assert_eq!(of("https://h/?a=1&%61=2", "a", "1"), twice);
    assert_eq!(of("https://h/?b=1", "a", "1"), Err(Error::Missing(Part::Parameter)));
    assert_eq!(of("https://h/", "a", ""), Err(Error::Missing(Part::Parameter)));
    // Another spelling of the name is another component, of which two could be covered.
    assert_eq!(of("https://h/?%61=1", "a", "1"), Ok(()));
    assert_eq!(of("https://h/?%61=1", "%61", "1"), Err(Error::Missing(Part::Parameter)));
    assert_eq!(of("https://h/?a=1", "%61", "1"), Err(Error::Missing(Part::Parameter)));
}

/// Whoever has no key can list many parameters of a long query: it is read once, not once for each.
#[test]
fn many_parameters_of_a_query_cost_little_more_than_one() {
    let names: Vec<String> = (0..28).map(|at| format!("p{at}")).collect();
    let filler = "%61".repeat(2) + "=1";
    let pairs: Vec<String> = names.iter().map(|name| format!("{name}=1")).collect();
    let query = format!("{}&{}", pairs.join("&"), vec![filler; 400].join("&"));
    let url = format!("https://h/?{query}");
    let cost = |names: &[String]| {
        let list: Vec<String> =
            names.iter().map(|name| format!("\"@query-param\";name=\"{name}\"")).collect();
        let params = format!("({});created=1700000000;keyid=\"old\"", list.join(" "));
        let headers = by_hand(&params, "", &key(1), "s");
        let received = Received::new("GET", &url, &headers, b"");
        let policy = Policy::new(window(), [list[0].as_str()]).unwrap().without_body();
        let keys = keys();
        let run = || {
            let begin = std::time::Instant::now();
            let refused = policy.verify(&received, &keys, NOW).unwrap_err();
            assert_eq!(refused.error(), &Error::Mismatch);
            begin.elapsed()
        };
        (0..3).map(|_| run()).min().unwrap()
    };
    // On a busy machine either may be slow for a while: one quiet moment is enough.
    let costs: Vec<_> = (0..20).map(|_| (cost(&names[..1]), cost(&names))).collect();
    let is_little = costs.iter().any(|(one, many)| *many < 9 * *one);
    assert!(is_little, "for one and for 28: {costs:?}");

    let of = |pairs: usize| {
        let url = format!("https://h/?a=1{}", "&b".repeat(pairs - 1));
        let params = "(\"@query-param\";name=\"a\");created=1700000000;keyid=\"old\"";
        let headers = by_hand(params, "\"@query-param\";name=\"a\": 1\n", &key(1), "s");
        let policy = Policy::new(window(), ["\"@query-param\";name=\"a\""]).unwrap();
        let keys = keys();
        let verified = policy.verify(&Received::new("GET", &url, &headers, b""), &keys, NOW);
        verified.map(drop).map_err(|rejection| *rejection.error())
    };
    assert_eq!(of(512), Ok(()));
    assert_eq!(of(513), Err(Error::TooMany { part: Part::Parameter, maximum: 512 }));
}

#[test]
fn a_query_that_is_covered_covers_its_parameters() {
    let parse = |identifier: &str| Component::parse(identifier).unwrap();
    let parameter = parse("\"@query-param\";name=\"a\"");
    for whole in ["@query", "@request-target", "@target-uri"] {
        assert!(parse(whole).covers(&parameter), "{whole}");
        assert!(!parameter.covers(&parse(whole)), "{whole}");
        let of_request = parse(&format!("\"{whole}\";req"));
        assert!(!of_request.covers(&parameter), "{whole}");
    }
    for other in ["@path", "@authority", "\"@query-param\";name=\"b\""] {
        assert!(!parse(other).covers(&parameter), "{other}");
    }
}

#[test]
fn what_is_read_is_bounded() {
    let line = |count: usize, text: &str| -> String {
        let members: Vec<_> = (0..count).map(|at| format!("l{at}={text}")).collect();
        members.join(", ")
    };
    let of = |input: String, signature: String| {
        get(&vec![header("Signature-Input", input), header("Signature", signature)])
    };
    let too_many = Err(Error::TooMany { part: Part::Signature, maximum: 8 });
    assert_eq!(of(line(9, "()"), line(9, ":AA==:")), too_many);
    assert_eq!(of(line(8, "()"), line(9, ":AA==:")), too_many);
    let long = |part| Err(Error::TooLong { part, maximum: 4096 });
    assert_eq!(of(format!("a=(){}", " ".repeat(4096)), "a=:AA==:".into()), long(Part::Coverage));
    assert_eq!(of("a=()".into(), format!("a=:{}:", "A".repeat(4096))), long(Part::Signature));
    // Together with its other lines, too.
    let lines: Headers = (0..5)
        .map(|at| header("Signature-Input", format!("a{at}=(\"{}\")", "x".repeat(900))))
        .collect();
    assert_eq!(get(&lines), long(Part::Coverage));
    let list = |count: usize| {
        let names: Vec<_> = (0..count).map(|at| format!("\"a{at}\"")).collect();
        format!("a=({});created=1700000000;keyid=\"old\"", names.join(" "))
    };
    let tag = format!("a=:{}=:", "A".repeat(43));
    let too_many = Err(Error::TooMany { part: Part::Component, maximum: MAX_COMPONENTS });
    assert_eq!(of(list(33), tag.clone()), too_many);
    assert_eq!(of(list(32), tag.clone()), Err(Error::NotCovered(Part::Method)));
    assert_eq!(of(format!("a=(){}", ";a".repeat(70)), tag), Err(Error::Malformed(Part::Coverage)));
}

#[test]
fn a_tag_has_one_spelling_and_one_length() {
    let headers = with_params(";created=1700000000;keyid=\"old\"");
    let value = String::from_utf8(headers[1].1.clone()).unwrap();
    let tag = value.strip_prefix("s=:").unwrap().strip_suffix(":").unwrap().to_owned();
    let of = |signature: String| get(&vec![headers[0].clone(), header("Signature", signature)]);
    assert_eq!(of(format!("s=:{tag}:")), Ok(()));
    assert_eq!(of(format!("\t s=:{tag}:\t")), Ok(()));
    for input in ["s", "s=1", "s=\"@method\"", "s=(", "s=(1)a"] {
        let refused = get(&vec![header("Signature-Input", input), headers[1].clone()]);
        assert_eq!(refused, Err(Error::Malformed(Part::Coverage)), "{input}");
    }
    let malformed = Err(Error::Malformed(Part::Signature));
    // The parser takes it without padding, and with bits left over.
    assert_eq!(of(format!("s=:{}:", tag.trim_end_matches('='))), malformed);
    let mut loose = tag.clone().into_bytes();
    loose[42] += 1;
    assert_eq!(of(format!("s=:{}:", String::from_utf8(loose).unwrap())), malformed);
    for signature in ["s", "s=1", "s=\"a\"", "s=(:AAAA:)", "s=:A:", "s=::;a", "=", "s=:AA\n==:"] {
        assert_eq!(of(signature.to_owned()), malformed, "{signature}");
    }
    assert_eq!(of(format!("s=:{tag}:;a=1")), malformed);
    let length =
        |bytes| Err(Error::TagLength { algorithm: Algorithm::Sha256, bytes, expected: 32 });
    assert_eq!(of("s=::".to_owned()), length(0));
    assert_eq!(of(format!("s=:{}:", &tag[..40])), length(30));
    assert_eq!(of(format!("s=:{}AAA=:", tag.trim_end_matches('='))), length(34));
    for at in 0..43 {
        let mut other = tag.clone().into_bytes();
        other[at] = if other[at] == b'A' { b'E' } else { b'A' };
        let refused = of(format!("s=:{}:", String::from_utf8(other).unwrap()));
        assert!(matches!(refused, Err(Error::Mismatch | Error::Malformed(_))), "{at}");
    }
}

/// Names of headers are compared in any case, and the signer's own lines are kept as they are.
#[test]
fn the_input_is_signed_as_it_reads() {
    let params = "(\"@method\" \"x\");keyid=\"old\";nonce=\"z\";created=1700000000";
    let base = "\"@method\": GET\n\"x\": 1\n";
    let mut headers = by_hand(params, base, &key(1), "s");
    headers.push(header("X", "1"));
    assert_eq!(get(&headers), Ok(()));
    // Another order, another number, another space inside: another message, or the same spelling.
    for (from, to, verdict) in [
        ("(\"@method\" \"x\")", "(\"x\" \"@method\")", Err(Error::Mismatch)),
        (";keyid=\"old\";nonce=\"z\"", ";nonce=\"z\";keyid=\"old\"", Err(Error::Mismatch)),
        ("nonce=\"z\"", "nonce=\"y\"", Err(Error::Mismatch)),
        ("1700000000", "1700000001", Err(Error::Mismatch)),
        ("(\"@method\"", "(  \"@method\"  ", Ok(())),
    ] {
        let changed = vec![renamed(&headers[0], from, to), headers[1].clone(), headers[2].clone()];
        assert_eq!(get(&changed), verdict, "{from} {to}");
    }
}

#[test]
fn urls_and_methods_are_checked() {
    let headers = with_params(";created=1700000000;keyid=\"old\"");
    let of = |method: &str, url: &str, components: [&str; 1]| {
        let policy = Policy::new(window(), components).unwrap().without_body();
        let received = Received::new(method, url, &headers, b"");
        policy.verify(&received, &keys(), NOW).map(drop).map_err(|error| *error.error())
    };
    assert_eq!(of("GET", URL, ["@method"]), Ok(()));
    for method in ["GE T", "GET\n\"@path\": /", "G\u{e4}T"] {
        let refused = of(method, URL, ["@method"]);
        assert_eq!(refused, Err(Error::Malformed(Part::Method)), "{method}");
    }
    assert_eq!(of("", URL, ["@method"]), Err(Error::Value(Part::Method)));
    let headers =
        by_hand("(\"@path\");created=1700000000;keyid=\"old\"", "\"@path\": /a\n", &key(1), "s");
    for url in ["/a", "https://h/a b", "https://h/\n", "https://h/\u{e4}"] {
        let policy = Policy::new(window(), ["@path"]).unwrap().without_body();
        let received = Received::new("GET", url, &headers, b"");
        let refused = policy.verify(&received, &keys(), NOW).unwrap_err();
        assert_eq!(refused.error(), &Error::Malformed(Part::Url), "{url}");
    }
}

/// An empty path is a slash, but for OPTIONS, where it stands for the server as a whole.
#[test]
fn an_empty_path_is_a_slash() {
    let base = |method: &str, url: &str| {
        let signer = Signer::new(["@target-uri", "@path"]).unwrap();
        let request = Message::request(method, url, &[("", ""); 0], b"");
        let headers = signer.sign(request, &keys(), NOW).unwrap().to_headers();
        let request = Message::request(method, url, &headers, b"");
        let base = lenient().explain(request, &keys(), NOW).unwrap();
        base.lines().take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    let path = "\"@path\": /";
    assert_eq!(base("GET", "https://h"), ["\"@target-uri\": https://h/", path]);
    assert_eq!(base("GET", "https://h?a"), ["\"@target-uri\": https://h/?a", path]);
    assert_eq!(base("OPTIONS", "https://h"), ["\"@target-uri\": https://h", path]);
    assert_eq!(base("OPTIONS", "https://h/"), ["\"@target-uri\": https://h/", path]);
}
