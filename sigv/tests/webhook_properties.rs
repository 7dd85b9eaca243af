//! What holds for every template and every message.
#![cfg(feature = "std")]

#[path = "common/webhook.rs"]
mod webhook;

use creance_sigv::scheme::{Authentic, Received};
use creance_sigv::webhook::{Form, Outgoing, Parts, ShopifyQuery, Twilio};
use creance_sigv::{Error, UnixTime};
use proptest::collection::vec;
use proptest::prelude::*;
use webhook::{NOW, Sent, TEMPLATES, key, send};

/// Everything of a message that its scheme covers, to be changed one byte at a time.
fn changed(sent: &Sent, which: usize, at: usize, bits: u8) -> Option<Sent> {
    let mut sent = sent.clone();
    let flip = |text: &mut String| {
        let mut bytes = std::mem::take(text).into_bytes();
        let at = at % bytes.len().max(1);
        *bytes.get_mut(at)? ^= bits;
        *text = String::from_utf8(bytes).ok()?;
        Some(())
    };
    match which {
        0 => {
            let at = at % sent.body.len().max(1);
            *sent.body.get_mut(at)? ^= bits;
        }
        1 => flip(&mut sent.method)?,
        2 => flip(&mut sent.url)?,
        3 => flip(&mut sent.id)?,
        4 => flip(&mut sent.time)?,
        5 => flip(&mut sent.signature)?,
        _ => {
            let header = which.checked_sub(6)? % sent.headers.len().max(1);
            flip(&mut sent.headers.get_mut(header)?.1)?;
        }
    }
    Some(sent)
}

/// Whether `which` of [`changed`] is something that the scheme signs, or its tag.
fn is_covered(name: &str, which: usize, sent: &Sent) -> bool {
    let given = ["mailgun", "adyen"].contains(&name);
    match which {
        0 => !["mailgun", "bodiless"].contains(&name),
        1 => ["house", "bodiless"].contains(&name),
        2 => ["house", "square"].contains(&name),
        3 | 4 => name == "mailgun",
        5 => given,
        _ if given => false,
        _ => {
            let (header, _) = &sent.headers[(which - 6) % sent.headers.len()];
            header != "content-type" || name == "house"
        }
    }
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_what_is_changed_does_not(
        content in vec(any::<u8>(), 0..200),
        id in "[a-zA-Z0-9_]{1,40}",
        time in 1_000_u64..1 << 40,
        which in 0_usize..12,
        at in any::<usize>(),
        bits in 1_u8..128,
    ) {
        let time = UnixTime::from_secs(time);
        for template in TEMPLATES {
            let key = key(&template, 0);
            let sent = send(&template, &key, &id, &content, time);
            let verified = sent.verify(&template, &key, time);
            let verified = verified.map(Authentic::dangerous_accept_replays);
            prop_assert!(verified.is_ok(), "{}", template.name());
            if template.signs_body() {
                prop_assert_eq!(verified.unwrap().body(), &sent.body);
            }
            let Some(changed) = changed(&sent, which, at, bits) else { continue };
            if is_covered(template.name(), which, &sent) {
                let verdict = changed.verify(&template, &key, time).map(|_| ());
                // White space around a header's value, and another name for a field that does not
                // count, are the same message.
                let same = changed.headers.iter().zip(&sent.headers).all(|(a, b)| {
                    a.1.trim_matches([' ', '\t']) == b.1.trim_matches([' ', '\t'])
                });
                prop_assert!(
                    verdict.is_err() || same && which >= 6,
                    "{} {}: {:?}", template.name(), which, changed
                );
            }
        }
    }

    #[test]
    fn no_header_panics_or_verifies(
        value in vec(any::<u8>(), 0..100),
        listed in "([vtsh0-2]{1,2}[=,][0-9a-zA-Z+/=]{0,12}[,; ]{0,2}){0,12}",
        body in vec(any::<u8>(), 0..60),
    ) {
        for template in TEMPLATES {
            let key = key(&template, 0);
            let sent = send(&template, &key, "i", b"{}", NOW);
            for value in [&value[..], listed.as_bytes()] {
                for at in 0..sent.headers.len() {
                    let headers = sent.headers.iter().enumerate().map(|(index, (name, own))| {
                        (name.as_str(), if index == at { value } else { own.as_bytes() })
                    });
                    let headers: Vec<(&str, &[u8])> = headers.collect();
                    let received = Received::new("POST", webhook::URL, &headers, &body);
                    let verdict = template.verify(&received, &key, NOW).map(|_| ());
                    let is_house = template.name() == "bodiless" || headers[at].0 == "content-type";
                    prop_assert!(verdict.is_err() || is_house, "{}", template.name());
                }
                if let Ok(text) = std::str::from_utf8(value)
                    && let Ok(parts) = Parts::new(&template, text)
                {
                    prop_assert!(template.verify_parts(parts, &key, NOW).is_err());
                }
            }
        }
    }

    #[test]
    fn a_form_is_bytes_and_its_signature_covers_them(
        pairs in vec((vec(any::<u8>(), 1..8), vec(any::<u8>(), 0..8)), 0..8),
        other in vec((vec(any::<u8>(), 1..8), vec(any::<u8>(), 0..8)), 0..8),
    ) {
        let encode = |pairs: &[(Vec<u8>, Vec<u8>)]| {
            let hex = |bytes: &[u8]| {
                bytes.iter().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"))
            };
            let pair = |(name, value): &(Vec<u8>, Vec<u8>)| format!("{}={}", hex(name), hex(value));
            pairs.iter().map(pair).collect::<Vec<_>>().join("&")
        };
        let body = encode(&pairs);
        let form = Form::parse(body.as_bytes()).unwrap();
        let found: Vec<_> = form.iter().map(|(n, v)| (n.to_vec(), v.to_vec())).collect();
        prop_assert_eq!(&found, &pairs);

        let twilio = Twilio::forms();
        let key = twilio.key("a token of sixteen").unwrap();
        let outgoing = Outgoing::new(body.as_bytes()).with_url("https://h/a");
        let headers = twilio.sign(&outgoing, &key, NOW).unwrap().to_headers();
        let other = encode(&other);
        let verdict = |body: &str| {
            let received = Received::new("POST", "https://h/a", &headers, body.as_bytes());
            twilio.verify(&received, &key, NOW).is_ok()
        };
        let joined = |body: &str| {
            let form = Form::parse(body.as_bytes()).unwrap();
            let mut pairs: Vec<_> = form.iter().collect();
            pairs.sort_unstable();
            pairs.dedup();
            pairs.into_iter().flat_map(|(name, value)| [name, value]).collect::<Vec<_>>().concat()
        };
        prop_assert!(verdict(&body));
        prop_assert_eq!(verdict(&other), joined(&other) == joined(&body));
    }

    #[test]
    fn no_form_and_no_query_panics(bytes in vec(any::<u8>(), 0..80), query in "[ -~]{0,80}") {
        let key = Twilio::forms().key("a token of sixteen").unwrap();
        let headers = [("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")];
        let none: [(&str, &str); 0] = [];
        let url = format!("https://h/?{query}");
        for twilio in [Twilio::forms(), Twilio::digests()] {
            let received = Received::new("POST", &url, &headers, &bytes);
            prop_assert!(twilio.verify(&received, &key, NOW).is_err());
            let _ = twilio.diagnose(&received, "a token of sixteen");
        }
        for scheme in [ShopifyQuery::oauth(), ShopifyQuery::app_proxy()] {
            let received = Received::new("GET", &url, &none, b"");
            let key = scheme.key("a secret of sixteen").unwrap();
            prop_assert!(scheme.verify(&received, &key, NOW).is_err());
            match scheme.sign(&url, &key, NOW) {
                Ok(signed) => {
                    let received = Received::new("GET", &signed, &none, b"");
                    prop_assert!(scheme.verify(&received, &key, NOW).is_ok(), "{}", signed);
                }
                Err(error) => prop_assert!(
                    matches!(error, Error::Value(_) | Error::Malformed(_) | Error::Duplicate(_)),
                    "{}", error
                ),
            }
        }
    }
}
