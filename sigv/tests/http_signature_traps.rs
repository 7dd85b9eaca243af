//! What must not pass as a signed HTTP message, each by the error that it gives: coverage, bodies,
//! times, keys and labels.
#![cfg(feature = "http-signature")]

#[path = "common/http_signature.rs"]
mod messages;

use creance_sigv::content_digest::{ContentDigest, DigestAlgorithm};
use creance_sigv::http_signature::{Component, Message, Policy, Signer};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::{Algorithm, Error, Key, UnixTime};
use messages::*;

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
fn a_nonce_may_be_demanded() {
    let strict = lenient().requiring_nonce();
    let headers = with_params(";created=1700000000;keyid=\"old\"");
    assert_eq!(verdict(&strict, "GET", &headers, b""), Err(Error::Missing(Part::Id)));
    let headers = with_params(";created=1700000000;keyid=\"old\";nonce=\"a\"");
    assert_eq!(verdict(&strict, "GET", &headers, b""), Ok(()));
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
