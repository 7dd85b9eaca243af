//! What must not pass as a signed HTTP message, each by the error that it gives.
#![cfg(feature = "http-signature")]

use creance_sigv::content_digest::{ContentDigest, DigestAlgorithm};
use creance_sigv::http_signature::{Component, MAX_COMPONENTS, Message, Policy, Signer};
use creance_sigv::keyring::{KeyEntry, KeyState, Keyring};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::{Algorithm, Encoding, Error, Key, UnixTime, Window};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const URL: &str = "https://example.com/orders?draft=1";
const BODY: &[u8] = b"{\"a\": 1}";

type Headers = Vec<(String, Vec<u8>)>;

fn key(byte: u8) -> Key {
    Key::new(Algorithm::Sha256, &[byte; 32]).unwrap()
}

fn keys() -> Keyring<4> {
    let mut ring = Keyring::new();
    ring.insert(KeyEntry::new("old", key(1)).unwrap()).unwrap();
    ring.insert(KeyEntry::new("other", key(2)).unwrap().with_state(KeyState::VerifyOnly)).unwrap();
    let wide = Key::new(Algorithm::Sha512, &[3; 64]).unwrap();
    let wide = KeyEntry::new("wide", wide).unwrap().with_state(KeyState::VerifyOnly);
    ring.insert(wide).unwrap();
    let decoy = KeyEntry::new("decoy", Key::decoy(Algorithm::Sha256)).unwrap();
    ring.insert(decoy.with_state(KeyState::VerifyOnly)).unwrap();
    ring
}

fn window() -> Window {
    Window::new(300, 5)
}

fn policy() -> Policy {
    Policy::for_requests(window())
}

/// A policy that asks for little, for what is refused before that is looked at.
fn lenient() -> Policy {
    Policy::new(window(), ["@method"]).unwrap().without_body()
}

fn header(name: &str, value: impl AsRef<[u8]>) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_ref().to_vec())
}

/// A signed request as it should be.
fn signed() -> Headers {
    let own = [("Content-Type", "application/json")];
    let message = Message::request("POST", URL, &own, BODY);
    let signed = Signer::for_requests().with_nonce("n-1").sign(&message, &keys(), NOW).unwrap();
    let mut headers = vec![header("Content-Type", "application/json")];
    headers.extend(signed.headers().map(|(name, value)| header(name, value)));
    headers
}

/// Signs a base that was written by hand, as somebody who has the key may do.
fn by_hand(params: &str, base: &str, key: &Key, label: &str) -> Headers {
    let tag = key.sign(format!("{base}\"@signature-params\": {params}").as_bytes());
    let mut text = String::new();
    tag.write(Encoding::Base64, &mut text).unwrap();
    let input = header("Signature-Input", format!("{label}={params}"));
    vec![input, header("Signature", format!("{label}=:{text}:"))]
}

/// A GET whose method alone is covered, with these parameters of the signature.
fn with_params(params: &str) -> Headers {
    by_hand(&format!("(\"@method\"){params}"), "\"@method\": GET\n", &key(1), "s")
}

fn verdict(policy: &Policy, method: &str, headers: &Headers, body: &[u8]) -> Result<(), Error> {
    let received = Received::new(method, URL, headers, body);
    let keys = keys();
    let verified = policy.verify(&received, &keys, NOW);
    verified.map(drop).map_err(|rejection| *rejection.error())
}

fn get(headers: &Headers) -> Result<(), Error> {
    verdict(&lenient(), "GET", headers, b"")
}

fn post(headers: &Headers) -> Result<(), Error> {
    verdict(&policy(), "POST", headers, BODY)
}

/// What the others are changes of.
#[test]
fn what_is_right_passes() {
    assert_eq!(post(&signed()), Ok(()));
    assert_eq!(get(&with_params(";created=1700000000;keyid=\"old\"")), Ok(()));
    let other = by_hand(
        "(\"@method\");created=1700000000;keyid=\"other\"",
        "\"@method\": GET\n",
        &key(2),
        "s",
    );
    assert_eq!(get(&other), Ok(()));
}

#[test]
fn every_covered_part_counts() {
    let headers = signed();
    let (keys, policy) = (keys(), policy());
    for (method, url) in [
        ("PUT", URL),
        ("post", URL),
        ("POST", "https://example.org/orders?draft=1"),
        ("POST", "https://example.com:8443/orders?draft=1"),
        ("POST", "https://example.com/Orders?draft=1"),
        ("POST", "https://example.com/orders/?draft=1"),
        ("POST", "https://example.com/orders?draft=2"),
        ("POST", "https://example.com/orders"),
    ] {
        let received = Received::new(method, url, &headers, BODY);
        let refused = policy.verify(&received, &keys, NOW).unwrap_err();
        assert_eq!(refused.error(), &Error::Mismatch, "{method} {url}");
    }
    // The host is compared in lower case, and the scheme's own port is left out.
    let received = Received::new("POST", "https://EXAMPLE.com:443/orders?draft=1", &headers, BODY);
    assert!(policy.verify(&received, &keys, NOW).is_ok());
}

#[test]
fn too_little_is_covered() {
    let all = ["@method", "@authority", "@path", "@query"];
    let parts = [Part::Method, Part::Host, Part::Url, Part::Url];
    for (missing, part) in all.iter().zip(parts) {
        let rest = all.into_iter().filter(|component| component != missing);
        let message = Message::request("GET", URL, &[("", ""); 0], b"");
        let signed = Signer::new(rest).unwrap().sign(&message, &keys(), NOW).unwrap();
        let headers = signed.headers().map(|(name, value)| header(name, value)).collect();
        let refused = verdict(&policy(), "GET", &headers, b"");
        assert_eq!(refused, Err(Error::NotCovered(part)), "{missing}");
    }
    // Nothing at all.
    let headers = by_hand("();created=1700000000;keyid=\"old\"", "", &key(1), "s");
    assert_eq!(get(&headers), Err(Error::NotCovered(Part::Method)));
    // No policy asks for nothing.
    let refused = Policy::new(window(), []).unwrap_err();
    assert_eq!(refused, Error::Value(Part::Coverage));
    assert_eq!(refused.to_string(), "the list of what is signed is missing or cannot be written");
}

#[test]
fn a_target_uri_covers_its_parts_and_no_part_the_whole() {
    let message = Message::request("GET", URL, &[("", ""); 0], b"");
    let sign = |components: &[&str]| -> Headers {
        let signer = Signer::new(components.iter().copied()).unwrap();
        let signed = signer.sign(&message, &keys(), NOW).unwrap();
        signed.headers().map(|(name, value)| header(name, value)).collect()
    };
    assert_eq!(verdict(&policy(), "GET", &sign(&["@method", "@target-uri"]), b""), Ok(()));
    let whole = Policy::new(window(), ["@target-uri"]).unwrap();
    let parts = sign(&["@scheme", "@authority", "@path", "@query", "@request-target"]);
    assert_eq!(verdict(&whole, "GET", &parts, b""), Err(Error::NotCovered(Part::Url)));
    // One member of a field is not the field.
    let (field, member) = (Component::parse("a").unwrap(), Component::parse("\"a\";key=\"b\""));
    assert!(!member.as_ref().unwrap().covers(&field) && !field.covers(member.as_ref().unwrap()));
    assert!(Component::parse("\"a\";bs").unwrap().covers(&field));
    // A component of the request is none of the response.
    assert!(!Component::parse("\"a\";req").unwrap().covers(&field));
}

#[test]
fn a_body_without_a_covered_digest_is_refused() {
    let message = Message::request("POST", URL, &[("", ""); 0], b"");
    let signed = Signer::for_requests().sign(&message, &keys(), NOW).unwrap();
    let mut headers: Headers = signed.headers().map(|(name, value)| header(name, value)).collect();
    assert_eq!(post(&headers), Err(Error::NotCovered(Part::Digest)));
    // A digest that is there and not covered is anybody's.
    let digest = ContentDigest::of(DigestAlgorithm::Sha256, BODY).to_string();
    headers.push(header("Content-Digest", digest));
    assert_eq!(post(&headers), Err(Error::NotCovered(Part::Digest)));
    // Without a body nothing is missing, unless the policy says so.
    assert_eq!(verdict(&policy(), "POST", &headers, b""), Ok(()));
    let always = policy().requiring_digest();
    let refused = verdict(&always, "POST", &headers, b"");
    assert_eq!(refused, Err(Error::NotCovered(Part::Digest)));
    // One member of it is not all of it: the other one may be right for another body.
    let params =
        "(\"@method\" \"content-digest\";key=\"sha-256\");created=1700000000;keyid=\"old\"";
    let digest = ContentDigest::of(DigestAlgorithm::Sha256, BODY).to_string();
    let member = digest.strip_prefix("sha-256=").unwrap();
    let base = format!("\"@method\": POST\n\"content-digest\";key=\"sha-256\": {member}\n");
    let mut headers = by_hand(params, &base, &key(1), "s");
    headers.push(header("Content-Digest", &digest));
    let policy = Policy::new(window(), ["@method"]).unwrap();
    let refused = verdict(&policy, "POST", &headers, BODY);
    assert_eq!(refused, Err(Error::NotCovered(Part::Digest)));
}

#[test]
fn another_body_is_refused() {
    let headers = signed();
    for body in [b"".as_slice(), b"{\"a\": 2}", b"{\"a\": 1}\n", b"{\"a\": 1", b"\xff"] {
        let refused = verdict(&policy(), "POST", &headers, body);
        assert_eq!(refused, Err(Error::BodyMismatch), "{body:?}");
    }
    assert_eq!(Error::BodyMismatch.to_string(), "the body has another digest");
}

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
    let long = format!("a=:{}:", "A".repeat(4096));
    assert_eq!(parse(&[&long]), Err(Error::TooLong { part: Part::Digest, maximum: 4096 }));
}

#[test]
fn times_are_bounded() {
    let check = |params: &str| get(&with_params(&format!("{params};keyid=\"old\"")));
    assert_eq!(check(";created=1699999700"), Ok(()));
    assert_eq!(check(";created=1699999699"), Err(Error::TooOld { age: 301 }));
    assert_eq!(check(";created=1700000005"), Ok(()));
    assert_eq!(check(";created=1700000006"), Err(Error::TooNew { lead: 6 }));
    assert_eq!(check(""), Err(Error::Missing(Part::Timestamp)));
    assert_eq!(check(";expires=1700000100"), Err(Error::Missing(Part::Timestamp)));
    assert_eq!(check(";created=1699999990;expires=1700000000"), Ok(()));
    let expired = Err(Error::Expired { ago: 1 });
    assert_eq!(check(";created=1699999990;expires=1699999999"), expired);
    let reversed = Err(Error::Malformed(Part::Timestamp));
    assert_eq!(check(";created=1699999990;expires=1699999989"), reversed);
    // Other spellings of a time.
    for text in ["-1", "1700000000.0", "\"1700000000\"", "a1700000000", "?1", "@1700000000"] {
        assert_eq!(check(&format!(";created={text}")), Err(Error::Timestamp), "{text}");
        let text = format!(";created=1700000000;expires={text}");
        assert_eq!(check(&text), Err(Error::Timestamp), "{text}");
    }
    assert_eq!(check(";created"), Err(Error::Timestamp));
    // The ends of what an integer can be, and beyond.
    let lead = 999_999_999_999_999 - NOW.as_secs();
    assert_eq!(check(";created=999999999999999"), Err(Error::TooNew { lead }));
    assert_eq!(check(";created=-999999999999999"), Err(Error::Timestamp));
    for text in ["1000000000000000", "9223372036854775808", "-9223372036854775808"] {
        let refused = check(&format!(";created={text}"));
        assert_eq!(refused, Err(Error::Malformed(Part::Coverage)), "{text}");
    }
    for now in [UnixTime::default(), UnixTime::MAX] {
        let headers = with_params(";created=1700000000;keyid=\"old\"");
        let received = Received::new("GET", URL, &headers, b"");
        assert!(lenient().verify(&received, &keys(), now).is_err());
    }
}

#[test]
fn keys_are_those_of_their_ids() {
    let method = "\"@method\": GET\n";
    let of = |id: &str, key: &Key| {
        let params = format!("(\"@method\");created=1700000000{id}");
        get(&by_hand(&params, method, key, "s"))
    };
    assert_eq!(of(";keyid=\"old\"", &key(1)), Ok(()));
    // No other key is tried.
    assert_eq!(of(";keyid=\"old\"", &key(2)), Err(Error::Mismatch));
    assert_eq!(of(";keyid=\"unknown\"", &key(1)), Err(Error::UnknownKey));
    assert_eq!(of(";keyid=\"\"", &key(1)), Err(Error::UnknownKey));
    assert_eq!(of("", &key(1)), Err(Error::Missing(Part::KeyId)));
    // An id of another algorithm's key; a decoy, whose tags anybody can make.
    assert_eq!(of(";keyid=\"wide\"", &key(1)), Err(Error::OtherAlgorithm));
    let decoy = Key::decoy(Algorithm::Sha256);
    assert_eq!(of(";keyid=\"wide\"", &decoy), Err(Error::OtherAlgorithm));
    assert_eq!(of(";keyid=\"unknown\"", &decoy), Err(Error::UnknownKey));
    assert_eq!(of(";keyid=\"decoy\"", &decoy), Err(Error::UnknownKey));
    assert_eq!(of(";keyid=old", &key(1)), Err(Error::Malformed(Part::KeyId)));
}

#[test]
fn a_key_without_an_id_has_to_be_allowed() {
    let headers = with_params(";created=1700000000");
    let open = lenient().allowing_no_key_id();
    assert_eq!(verdict(&open, "GET", &headers, b""), Ok(()));
    // Where an id is there, it is the only one.
    let named = with_params(";created=1700000000;keyid=\"other\"");
    assert_eq!(verdict(&open, "GET", &named, b""), Err(Error::Mismatch));
    // The decoy of the ring is not tried with success.
    let params = "(\"@method\");created=1700000000";
    let decoy = by_hand(params, "\"@method\": GET\n", &Key::decoy(Algorithm::Sha256), "s");
    assert_eq!(verdict(&open, "GET", &decoy, b""), Err(Error::UnknownKey));
}

#[test]
fn the_message_does_not_choose_the_algorithm() {
    let of =
        |name: &str| get(&with_params(&format!(";created=1700000000;keyid=\"old\";alg={name}")));
    assert_eq!(of("\"hmac-sha256\""), Ok(()));
    for name in ["\"ed25519\"", "\"hmac-sha512\"", "\"HMAC-SHA256\"", "\"\"", "\"none\""] {
        assert_eq!(of(name), Err(Error::OtherAlgorithm), "{name}");
    }
    assert_eq!(of("hmac-sha256"), Err(Error::Malformed(Part::Coverage)));
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
fn a_nonce_may_be_demanded() {
    let strict = lenient().requiring_nonce();
    let headers = with_params(";created=1700000000;keyid=\"old\"");
    assert_eq!(verdict(&strict, "GET", &headers, b""), Err(Error::Missing(Part::Id)));
    let headers = with_params(";created=1700000000;keyid=\"old\";nonce=\"a\"");
    assert_eq!(verdict(&strict, "GET", &headers, b""), Ok(()));
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
    assert_eq!(of("https://h/?a=1", "%61", "1"), Err(Error::Missing(Part::Parameter)));
}

#[test]
fn labels_are_not_mixed_up() {
    let right = with_params(";created=1700000000;keyid=\"old\"");
    let join = |first: &Headers, second: &Headers| -> Headers {
        first.iter().chain(second).cloned().collect()
    };
    // The input of one label and the tag of another.
    let other = by_hand(
        "(\"@path\");created=1700000000;keyid=\"old\"",
        "\"@path\": /orders\n",
        &key(1),
        "t",
    );
    let both = join(&right, &other);
    assert_eq!(get(&both), Ok(()));
    let swapped = vec![
        both[0].clone(),
        both[2].clone(),
        renamed(&both[1], "s=", "t="),
        renamed(&both[3], "t=", "s="),
    ];
    assert_eq!(get(&swapped), Err(Error::Mismatch));
    // Each label is in both headers, once.
    let malformed = Err(Error::Malformed(Part::Signature));
    assert_eq!(get(&vec![both[0].clone(), both[2].clone(), both[1].clone()]), malformed);
    assert_eq!(get(&vec![both[0].clone(), both[3].clone()]), malformed);
    assert_eq!(get(&join(&right, &right)), Err(Error::Duplicate(Part::Coverage)));
    let twice = vec![both[0].clone(), both[2].clone(), both[1].clone(), both[1].clone()];
    assert_eq!(get(&twice), Err(Error::Duplicate(Part::Signature)));
    assert_eq!(get(&vec![both[0].clone()]), Err(Error::Missing(Part::Signature)));
    assert_eq!(get(&vec![both[1].clone()]), Err(Error::Missing(Part::Signature)));
    assert_eq!(get(&vec![]), Err(Error::Missing(Part::Signature)));
}

fn renamed(line: &(String, Vec<u8>), from: &str, to: &str) -> (String, Vec<u8>) {
    let text = String::from_utf8(line.1.clone()).unwrap();
    header(&line.0, text.replacen(from, to, 1))
}

/// One signature is verified, and a right one beside it does not help.
#[test]
fn the_policy_chooses_the_label() {
    let method = "\"@method\": GET\n";
    let make = |label: &str, more: &str, key: &Key| {
        let params = format!("(\"@method\");created=1700000000{more}");
        by_hand(&params, method, key, label)
    };
    let right = make("a", ";keyid=\"old\";tag=\"app\"", &key(1));
    let wrong = make("b", ";keyid=\"other\";tag=\"app\"", &key(9));
    let foreign = make("c", ";keyid=\"theirs\";alg=\"ed25519\"", &key(9));
    let unknown = make("d", ";keyid=\"proxy\"", &key(9));
    let all = |lists: &[&Headers]| -> Headers {
        lists.iter().flat_map(|list| list.iter().cloned()).collect()
    };
    // What others have signed is passed over; the first whose key is known counts.
    assert_eq!(get(&all(&[&foreign, &unknown, &right])), Ok(()));
    assert_eq!(get(&all(&[&wrong, &right])), Err(Error::Mismatch));
    assert_eq!(get(&all(&[&right, &wrong])), Ok(()));
    assert_eq!(get(&all(&[&foreign])), Err(Error::OtherAlgorithm));
    assert_eq!(get(&all(&[&foreign, &unknown])), Err(Error::UnknownKey));
    // By label and by tag.
    let check = |policy: Policy, headers: &Headers| verdict(&policy, "GET", headers, b"");
    let missing = Err(Error::Missing(Part::Signature));
    assert_eq!(check(lenient().with_label("a"), &all(&[&wrong, &right])), Ok(()));
    assert_eq!(check(lenient().with_label("b"), &all(&[&right, &wrong])), Err(Error::Mismatch));
    assert_eq!(check(lenient().with_label("x"), &right), missing);
    assert_eq!(check(lenient().with_tag("app"), &all(&[&unknown, &right])), Ok(()));
    assert_eq!(check(lenient().with_tag("another"), &right), missing);
    assert_eq!(check(lenient().with_tag("app"), &unknown), missing);
    // A component that is none in somebody else's signature is not ours to judge.
    let odd = vec![
        header("Signature-Input", "o=(\"x\";tr);keyid=\"z\""),
        header("Signature", "o=:AA==:"),
    ];
    assert_eq!(get(&all(&[&odd, &right])), Ok(()));
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
    assert_eq!(of(format!("  s=:{tag}:\t")), Ok(()));
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
