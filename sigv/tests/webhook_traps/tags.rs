//! Tags.

use super::{BODY, accepted, refusal};
use crate::common::to_hex;
use crate::webhook::{BODILESS, HOUSE, ID, NOW, TEMPLATES, key, key as webhook_key, send, tag};
use creance_sigv::Error;
use creance_sigv::scheme::{MAX_TAGS, Part, Received};
use creance_sigv::webhook::{GITHUB, PADDLE, PAGERDUTY, SLACK, STANDARD, STRIPE, SVIX};

#[test]
fn a_sender_does_not_decide_how_many_tags_are_compared() {
    for template in [STANDARD, SVIX, STRIPE, PAGERDUTY, PADDLE, HOUSE, BODILESS] {
        let key = key(&template, 0);
        let sent = send(&template, &key, ID, BODY, NOW);
        let right = tag(&sent.signature);
        let front = sent.signature.strip_suffix(right).unwrap();
        let (begin, prefix, separator) = match template.name() {
            "standard" | "svix" => ("", "v1,", " "),
            "stripe" | "pagerduty" => (front.strip_suffix("v1=").unwrap(), "v1=", ","),
            "paddle" => (front.strip_suffix("h1=").unwrap(), "h1=", ";"),
            "house" => (front.strip_suffix("mac=").unwrap(), "mac=", ";"),
            _ => ("", "v2:", ","),
        };
        // One character, so that 115 of them are no longer than a header may be.
        let with = |wrong: usize| {
            let mut tags = vec![format!("{prefix}x"); wrong];
            tags.push(format!("{prefix}{right}"));
            sent.with_signature(&format!("{begin}{}", tags.join(separator)))
        };
        assert_eq!(accepted(&with(MAX_TAGS - 1), &template, &key).len(), {
            if template.signs_body() { BODY.len() } else { 0 }
        });
        let error = Error::TooMany { part: Part::Signature, maximum: MAX_TAGS };
        for wrong in [MAX_TAGS, 114] {
            assert_eq!(refusal(&with(wrong), &template, &key, NOW), error, "{}", template.name());
        }
    }
}

#[test]
fn a_tag_is_whole_and_has_one_spelling() {
    for template in TEMPLATES {
        let key = key(&template, 0);
        let sent = send(&template, &key, ID, BODY, NOW);
        accepted(&sent, &template, &key);
        let right = tag(&sent.signature);
        let front = sent.signature.strip_suffix(right).unwrap();
        let unpadded = right.trim_end_matches('=');
        let mut others: Vec<String> = (0..right.len()).map(|end| right[..end].into()).collect();
        others.extend([
            right.to_ascii_uppercase(),
            unpadded.into(),
            format!("{right}="),
            format!("{right}00"),
            format!("{right}{right}"),
            format!("\"{right}\""),
            format!("0x{right}"),
            right.replace('+', "-").replace('/', "_"),
            right.replace('-', "+").replace('_', "/"),
        ]);
        others.retain(|other| other != right);
        assert!(others.len() >= right.len() + 6, "{}", template.name());
        for other in others {
            let sent = sent.with_signature(&format!("{front}{other}"));
            let error = refusal(&sent, &template, &key, NOW);
            assert_eq!(error, Error::Mismatch, "{}: {other}", template.name());
        }
    }
}

#[test]
fn every_bit_of_a_tag_counts() {
    let key = key(&GITHUB, 0);
    let tag = key.sign(BODY);
    for bit in 0..256 {
        let mut bytes = tag.expose().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let headers = [("X-Hub-Signature-256", format!("sha256={}", to_hex(&bytes)))];
        let received = Received::webhook(&headers, BODY);
        assert!(GITHUB.verify(&received, &key, NOW).is_err());
    }
}

#[test]
fn tags_of_other_versions_do_not_count() {
    let key = key(&STRIPE, 0);
    let sent = send(&STRIPE, &key, ID, BODY, NOW);
    for version in ["v0=", "v2=", "V1=", "v1a=", "xv1="] {
        let other = sent.with_signature(&sent.signature.replace("v1=", version));
        let error = refusal(&other, &STRIPE, &key, NOW);
        assert_eq!(error, Error::Missing(Part::Signature), "{version}");
        assert_eq!(error.status(), 401);
        // Beside a right one it does no harm.
        let both = format!("{},{version}0000", sent.signature);
        accepted(&sent.with_signature(&both), &STRIPE, &key);
    }
    let key = webhook_key(&STANDARD, 0);
    let sent = send(&STANDARD, &key, ID, BODY, NOW);
    for version in ["v1a,", "v0,", "v2,", "V1,", "v1", "", ","] {
        let other = sent.with_signature(&sent.signature.replace("v1,", version));
        let error = refusal(&other, &STANDARD, &key, NOW);
        assert_eq!(error, Error::Missing(Part::Signature), "{version}");
    }
    for template in [SLACK, GITHUB] {
        let key = webhook_key(&template, 0);
        let sent = send(&template, &key, ID, BODY, NOW);
        for prefix in ["v1=", "sha1=", "SHA256=", "V0=", "", " "] {
            let other = sent.with_signature(&format!("{prefix}{}", tag(&sent.signature)));
            let error = refusal(&other, &template, &key, NOW);
            assert_eq!(error, Error::Malformed(Part::Signature), "{prefix}");
        }
    }
}

#[test]
fn commas_and_white_space_do_not_make_a_second_reading() {
    let key = key(&STRIPE, 0);
    let sent = send(&STRIPE, &key, ID, BODY, NOW);
    let (time, tag) = sent.signature.split_once(',').unwrap();
    let other_time = "t=1700000001";
    for (signature, error) in [
        (format!("{time}, {tag}"), None),
        (format!("{tag},{time}"), None),
        (format!("  {time} ,{tag} "), None),
        (format!("{time},,{tag}"), Some(Error::Malformed(Part::Signature))),
        (format!("{time},{tag},"), Some(Error::Malformed(Part::Signature))),
        (format!("{time} {tag}"), Some(Error::Timestamp)),
        (format!("{time};{tag}"), Some(Error::Timestamp)),
        (format!("{time},\t{tag}"), Some(Error::Malformed(Part::Signature))),
        (format!("{time},\u{a0}{tag}"), Some(Error::Malformed(Part::Signature))),
        (tag.to_owned(), Some(Error::Missing(Part::Timestamp))),
        (time.to_owned(), Some(Error::Missing(Part::Signature))),
        (format!("{time},{time},{tag}"), Some(Error::Duplicate(Part::Timestamp))),
        (format!("{other_time},{time},{tag}"), Some(Error::Duplicate(Part::Timestamp))),
        (format!("{time},{other_time},{tag}"), Some(Error::Duplicate(Part::Timestamp))),
        (time.replace('=', " =") + "," + tag, Some(Error::Missing(Part::Timestamp))),
        (time.replace('=', "= ") + "," + tag, Some(Error::Timestamp)),
        (format!("{time},{}", tag.replace('=', "= ")), Some(Error::Mismatch)),
        (format!("{time},{}", tag.replace('=', "==")), Some(Error::Mismatch)),
    ] {
        let verdict = sent.with_signature(&signature).verify(&STRIPE, &key, NOW).map(|_| ());
        assert_eq!(verdict.err().map(|rejection| *rejection.error()), error, "{signature:?}");
    }
    let key = webhook_key(&PADDLE, 0);
    let sent = send(&PADDLE, &key, ID, BODY, NOW);
    for signature in [
        sent.signature.replace(';', ","),
        sent.signature.replace(';', ";;"),
        format!("{};ts=1700000000", sent.signature),
        format!("ts=1700000001;{}", sent.signature),
        sent.signature.replace("h1", "H1"),
    ] {
        refusal(&sent.with_signature(&signature), &PADDLE, &key, NOW);
    }
    let key = webhook_key(&STANDARD, 0);
    let sent = send(&STANDARD, &key, ID, BODY, NOW);
    let right = &sent.signature;
    for signature in [format!("  {right}  {right} "), format!("v1a,x  {right}")] {
        accepted(&sent.with_signature(&signature), &STANDARD, &key);
    }
    for signature in [
        right.replace(',', ", "),
        right.replace(',', " ,"),
        format!("{right},v1"),
        format!("v1,{right}"),
        format!("x\t{right}"),
        format!("{right}\n{right}"),
    ] {
        refusal(&sent.with_signature(&signature), &STANDARD, &key, NOW);
    }
}
