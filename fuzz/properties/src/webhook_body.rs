//! The bodies of webhooks: any bytes.
//!
//! * A body in pieces, cut anywhere, is judged as it is in one piece, and claims the same.
//! * A body that is not the signed one never verifies.
//! * The reader of a time in a body agrees with a parser of JSON wherever that parser reads the body,
//!   and finds no number where the name is there twice.
//! * A form is decoded as by a naive decoder; its signature holds for what decodes to the same pairs.
//! * A diagnosis neither panics nor finds something wrong with a right message.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use creance_sigv::replay::{FixedStore, Restart};
use creance_sigv::scheme::{Cause, Received};
use creance_sigv::webhook::{Form, LINEAR, Outgoing, ShopifyQuery, Twilio};
use creance_sigv::{Encoding, Error, Key};

use crate::webhook_messages::{NOW, SCHEMES, Sent, key};

/// Checks the properties above for what these bytes choose.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let _ = pieces(&mut Unstructured::new(data), data);
    time(data);
    twilio(data);
    shopify(data);
}

fn pieces(choices: &mut Unstructured<'_>, body: &[u8]) -> Result<()> {
    let template = choices.choose(&SCHEMES)?;
    let sent = Sent::new(template, "msg_1", body);
    let headers = sent.borrowed();
    let mut received = sent.body.clone();
    if choices.ratio(1, 3)? && !received.is_empty() {
        let at = choices.choose_index(received.len())?;
        received[at] ^= 1 << choices.int_in_range(0..=7)?;
    }
    let whole = Received::new("POST", Sent::URL, &headers, &received);
    let whole = template.verify(&whole, key(template), NOW);
    assert_eq!(whole.is_ok(), received == sent.body, "{}", template.name());
    if received == sent.body && received.len() < 1 << 12 {
        let whole = Received::new("POST", Sent::URL, &headers, &received);
        let diagnosis = template.diagnose(&whole, &Sent::secret(template), NOW);
        assert_eq!(diagnosis.causes(), [Cause::Right]);
    }

    let nothing = Received::new("POST", Sent::URL, &headers, b"");
    let Ok(mut running) = template.begin(&nothing, key(template), 1 << 20, NOW) else {
        assert_eq!(template.name(), LINEAR.name());
        return Ok(());
    };
    let mut rest = &received[..];
    while !rest.is_empty() {
        let end = choices.int_in_range(0..=rest.len().min(300))?.max(1);
        let (piece, behind) = rest.split_at(end);
        running.update(piece).expect("not too long");
        rest = behind;
    }
    match (running.finish(), whole) {
        (Ok(running), Ok(whole)) if template.signs_time() => {
            let restart = Restart::DangerousNoBarrier;
            let mut rng = creance_sigv::rand::rng();
            let store = FixedStore::<4>::new(template.window(), restart, &mut rng);
            let streamed = running.claim(&store, NOW).expect("new");
            assert_eq!(streamed.shown().bytes(), received.len() as u64);
            let error = *whole.claim(&store, NOW).expect_err("a replay").error();
            assert_eq!(error, Error::Replay);
        }
        (running, whole) => assert_eq!(running.is_ok(), whole.is_ok(), "{}", template.name()),
    }
    Ok(())
}

/// The time in the body is read through the one scheme that has it there.
fn time(body: &[u8]) {
    let mut tag = String::new();
    key(&LINEAR).sign(body).write(Encoding::Hex, &mut tag).expect("writing into a string");
    let headers = [("Linear-Signature", &tag)];
    let verdict = LINEAR.verify(&Received::webhook(&headers, body), key(&LINEAR), NOW);
    let found = match verdict {
        Ok(authentic) => authentic.time(),
        Err(rejection) => match rejection.error() {
            Error::TooOld { age } => Some(NOW.saturating_sub(*age)),
            Error::TooNew { lead } => Some(NOW.saturating_add(*lead)),
            _ => None,
        },
    };
    let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) else { return };
    let number = object.get("webhookTimestamp").and_then(serde_json::Value::as_u64);
    if let Some(found) = found {
        assert_eq!(Some(found.as_secs()), number.map(|number| number / 1000), "{body:?}");
    } else if let Some(number) = number {
        // Another spelling of a number, a name with escapes, or the name twice: the parser takes the
        // last one.
        let text = String::from_utf8_lossy(body);
        let plain = text.matches("\"webhookTimestamp\"").count() == 1 && !text.contains('\\');
        assert!(!plain || !text.contains(&number.to_string()), "{text}");
    }
}

fn naive(body: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let decode = |text: &[u8]| {
        let mut decoded = Vec::new();
        let mut at = 0;
        while at < text.len() {
            decoded.push(match text[at] {
                b'+' => b' ',
                b'%' => {
                    let digits = core::str::from_utf8(text.get(at + 1..at + 3)?).ok()?;
                    at += 2;
                    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                    u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?
                }
                byte => byte,
            });
            at += 1;
        }
        Some(decoded)
    };
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        Some((decode(halves.next()?)?, decode(halves.next().unwrap_or_default())?))
    });
    let pairs: Option<Vec<_>> = split.collect();
    pairs.filter(|pairs| pairs.len() <= Form::MAX_PAIRS)
}

fn twilio(body: &[u8]) {
    let expected = naive(body);
    let form = Form::parse(body).ok();
    let pairs = form.map(|form| {
        form.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect::<Vec<_>>()
    });
    assert_eq!(pairs, expected, "{body:?}");
    let twilio = Twilio::forms();
    let key = twilio.key("an auth token of Twilio's").expect("a key");
    let url = "https://example.com/a?b=c";
    let signed = twilio.sign(&Outgoing::new(body).with_url(url), &key, NOW);
    assert_eq!(signed.is_ok(), expected.is_some());
    let (Ok(signed), Some(pairs)) = (signed, expected) else { return };
    // The tag, naively.
    let sorted: BTreeSet<_> = pairs.iter().collect();
    let joined: Vec<u8> = sorted.into_iter().flat_map(|(n, v)| [&n[..], v].concat()).collect();
    let mut tag = String::new();
    let message = [url.as_bytes(), &joined].concat();
    key.sign(&message).write(Encoding::Base64, &mut tag).expect("writing into a string");
    let headers = signed.to_headers();
    assert_eq!(headers[0].1, tag, "{body:?}");
    // The same pairs in another order and spelling.
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
    };
    let pair = |(name, value): &(Vec<u8>, Vec<u8>)| format!("{}={}", hex(name), hex(value));
    let other = pairs.iter().rev().map(pair).collect::<Vec<_>>().join("&");
    let verdict = |body: &[u8], url: &str| {
        twilio.verify(&Received::new("POST", url, &headers, body), &key, NOW).is_ok()
    };
    assert!(verdict(other.as_bytes(), "https://example.com:443/a?b=c"), "{other}");
    assert!(!verdict(body, "https://example.com/a?b=d"));
}

/// The bytes as a query: what we sign verifies, and not with a parameter more.
fn shopify(data: &[u8]) {
    let Ok(query) = core::str::from_utf8(data) else { return };
    let none: [(&str, &str); 0] = [];
    for scheme in [ShopifyQuery::oauth(), ShopifyQuery::app_proxy()] {
        let key: Key = scheme.key("a secret of Shopify's").expect("a key");
        let verdict = |url: &str| {
            let received = Received::new("GET", url, &none, b"");
            scheme
                .verify(&received, &key, NOW)
                .map(|authentic| authentic.dangerous_accept_replays().into_shown().len())
        };
        let url = format!("https://example.com/?{query}");
        assert!(verdict(&url).is_err(), "{url}");
        let Ok(signed) = scheme.sign(&url, &key, NOW) else { continue };
        let pairs = verdict(&signed).expect("what we signed");
        assert_eq!(Some(pairs), naive(data).map(|pairs| pairs.len() + 1), "{signed}");
        assert!(verdict(&format!("{signed}&more=1")).is_err());
        assert!(verdict(&signed.replace("timestamp=17", "timestamp=18")).is_err());
    }
}
