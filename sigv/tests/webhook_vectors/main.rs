//! Published vectors of webhooks and house schemes: each is verified, and made by our own signer.
#![cfg(feature = "alloc")]

#[path = "../common/mod.rs"]
mod common;
mod house;

use common::{Fields, to_hex};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::webhook::{
    GITHUB, LINE, META, Outgoing, PADDLE, Parts, SHOPIFY, SLACK, SQUARE, STANDARD, STRIPE, SVIX,
    ShopifyQuery, Template, Twilio, WEBSUB,
};
use creance_sigv::{Algorithm, Encoding, Error, Key, UnixTime};

type Pairs = Vec<(String, String)>;

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Pairs {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// The vector's headers verify, and signing gives the same headers.
fn assert_both(
    template: &Template<'_>,
    key: &Key,
    outgoing: &Outgoing<'_>,
    now: UnixTime,
    headers: &Pairs,
    name: &str,
) {
    let received = Received::new(outgoing.method(), outgoing.url(), headers, outgoing.body());
    let authentic = template.verify(&received, key, now).unwrap_or_else(|rejection| {
        panic!("{name}: {}", rejection.error());
    });
    assert_eq!(authentic.time(), template.signs_time().then_some(now), "{name}");
    assert_eq!(authentic.dangerous_accept_replays().body(), outgoing.body(), "{name}");

    let mut signed = template.sign(outgoing, key, now).expect(name).to_headers();
    let mut expected = headers.clone();
    for headers in [&mut signed, &mut expected] {
        for (name, _) in headers.iter_mut() {
            name.make_ascii_lowercase();
        }
        headers.sort();
    }
    assert_eq!(signed, expected, "{name}");
}

fn at(text: &str) -> UnixTime {
    UnixTime::parse(text).expect("a time")
}

#[test]
fn github_and_meta() {
    let mut file = Fields::parse(include_str!("../vectors/github_websub.json"));
    assert!(file.text("scheme").contains("X-Hub-Signature: <method>"));
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 2);
    for mut case in cases {
        let (name, source) = (case.text("name"), case.text("source"));
        assert!(source.contains("webhooks"), "{name}");
        let (secret, body) = (case.text("secret"), case.text("body"));
        let (header, signature) = (case.text("header"), case.text("signature"));
        case.end();
        let outgoing = Outgoing::new(body.as_bytes());
        let headers = pairs([(&header, &signature)]);
        for template in [&GITHUB, &META] {
            let key = template.allow_weak_key(&secret).unwrap();
            assert_both(template, &key, &outgoing, UnixTime::default(), &headers, &name);
        }
        // WebSub has the same tag under another header, as it has those of the other algorithms.
        let headers = pairs([("X-Hub-Signature", &signature)]);
        let key = WEBSUB.allow_weak_key(&secret).unwrap();
        assert_both(&WEBSUB, &key, &outgoing, UnixTime::default(), &headers, &name);
        for algorithm in Algorithm::ALL {
            let key = WEBSUB.with_algorithm(algorithm).allow_weak_key(&secret).unwrap();
            let tag = to_hex(key.sign(body.as_bytes()).expose());
            let headers = pairs([("X-Hub-Signature", &format!("{algorithm}={tag}"))]);
            assert_both(&WEBSUB, &key, &outgoing, UnixTime::default(), &headers, &name);
        }
    }
    file.end();
}

#[test]
fn line() {
    let mut file = Fields::parse(include_str!("../vectors/line.json"));
    assert!(file.text("scheme").contains("x-line-signature"));
    let source = file.text("source");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 1);
    for mut case in cases {
        let key = LINE.allow_weak_key(&case.text("secret")).unwrap();
        let (body, signature) = (case.text("body"), case.text("signature"));
        case.end();
        let headers = pairs([("x-line-signature", &signature)]);
        let outgoing = Outgoing::new(body.as_bytes());
        assert_both(&LINE, &key, &outgoing, UnixTime::default(), &headers, &source);
    }
    file.end();
}

#[test]
fn paddle() {
    let mut file = Fields::parse(include_str!("../vectors/paddle.json"));
    assert!(file.text("scheme").contains("Paddle-Signature"));
    let source = file.text("source");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 2);
    for mut case in cases {
        let key = PADDLE.allow_weak_key(&case.text("secret")).unwrap();
        let (time, body) = (case.text("timestamp"), case.text("body"));
        let headers = pairs([("Paddle-Signature", &case.text("header"))]);
        case.end();
        let name = format!("{source}: {body}");
        assert_both(&PADDLE, &key, &Outgoing::new(body.as_bytes()), at(&time), &headers, &name);
    }
    file.end();
}

#[test]
fn slack() {
    let mut file = Fields::parse(include_str!("../vectors/slack.json"));
    assert!(file.text("scheme").contains("X-Slack-Signature"));
    let source = file.text("source");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 1);
    for mut case in cases {
        let key = SLACK.key(&case.text("secret")).unwrap();
        let (time, body) = (case.text("timestamp"), case.text("body"));
        let signature = case.text("signature");
        case.end();
        let headers =
            pairs([("X-Slack-Request-Timestamp", &time), ("X-Slack-Signature", &signature)]);
        assert_both(&SLACK, &key, &Outgoing::new(body.as_bytes()), at(&time), &headers, &source);
    }
    file.end();
}

#[test]
fn square() {
    let mut file = Fields::parse(include_str!("../vectors/square.json"));
    assert!(file.text("scheme").contains("x-square-hmacsha256-signature"));
    assert!(file.text("source").contains("square"));
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 4);
    for mut case in cases {
        let name = case.text("name");
        let key = SQUARE.allow_weak_key(&case.text("key")).unwrap();
        let (url, body, signature) = (case.text("url"), case.text("body"), case.text("signature"));
        case.end();
        let headers = pairs([("x-square-hmacsha256-signature", &signature)]);
        let outgoing = Outgoing::new(body.as_bytes()).with_url(&url);
        assert_both(&SQUARE, &key, &outgoing, UnixTime::default(), &headers, &name);
    }
    file.end();
}

struct StandardCase {
    key: Key,
    id: String,
    time: String,
    body: String,
}

#[test]
fn standard_webhooks() {
    let mut file = Fields::parse(include_str!("../vectors/standard_webhooks.json"));
    assert!(file.text("scheme").contains("whsec_"));
    assert_eq!(
        file.take("headers"),
        serde_json::json!(["webhook-id", "webhook-timestamp", "webhook-signature"])
    );
    let mut cases = Vec::new();
    for mut case in file.objects("vectors") {
        let (name, source) = (case.text("name"), case.text("source"));
        let secret = case.text("secret");
        // The page's key has 18 bytes, six fewer than the standard asks for.
        assert_eq!(STANDARD.key(&secret).is_err(), source.contains("how-manual"), "{name}");
        let key = STANDARD.allow_weak_key(&secret).expect(&source);
        let (id, time, body) = (case.text("id"), case.text("timestamp"), case.text("body"));
        let signature = case.text("signature");
        case.end();
        let outgoing = Outgoing::new(body.as_bytes()).with_id(&id);
        for (template, prefix) in [(&STANDARD, "webhook"), (&SVIX, "svix")] {
            let headers = [("id", &id), ("timestamp", &time), ("signature", &signature)]
                .map(|(name, value)| (format!("{prefix}-{name}"), value.clone()));
            assert_both(template, &key, &outgoing, at(&time), &headers.into(), &name);
        }
        cases.push(StandardCase { key, id, time, body });
    }
    assert_eq!(cases.len(), 3);
    let derived = file.objects("derived");
    assert_eq!(derived.len(), 4);
    for mut case in derived {
        let name = case.text("name");
        if name.starts_with("off-by-one") {
            assert!(case.text("note").contains("changes real tag bits"));
        }
        let of = usize::try_from(case.take("of").as_u64().unwrap()).unwrap();
        let (signature, expected) = (case.text("signature"), case.text("expect"));
        case.end();
        let StandardCase { key, id, time, body } = &cases[of];
        let headers = pairs([
            ("webhook-id", id),
            ("webhook-timestamp", time),
            ("webhook-signature", &signature),
        ]);
        let received = Received::webhook(&headers, body.as_bytes());
        let verdict = STANDARD.verify(&received, key, at(time));
        match expected.as_str() {
            "accept" => drop(verdict.expect(&name)),
            "reject" => assert_eq!(*verdict.expect_err(&name).error(), Error::Mismatch, "{name}"),
            other => panic!("{name}: {other}"),
        }
    }
    // Version 1a is Ed25519: not a shared secret, not ours. Its tag is ignored, so none is left.
    for mut case in file.objects("asymmetric") {
        let name = case.text("name");
        let parts = Parts::new(&STANDARD, &case.text("signature")).map(|_| ());
        assert_eq!(parts.unwrap_err(), Error::Missing(Part::Signature));
        for field in ["source", "seed_b64", "public_key", "id", "timestamp", "body"] {
            assert!(!case.text(field).is_empty(), "{name}");
        }
        case.end();
    }
    file.end();
}

#[test]
fn stripe() {
    let mut file = Fields::parse(include_str!("../vectors/stripe.json"));
    assert!(file.text("scheme").contains("v0 must be ignored"));
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 3);
    for mut case in cases {
        let name = case.text("name");
        assert_eq!(case.text("kind"), "mac-only", "{name}");
        assert!(case.text("source").contains("stripe-node"), "{name}");
        let key = STRIPE.allow_weak_key(&case.text("secret")).unwrap();
        let message = case.text("message");
        assert_eq!(to_hex(key.sign(message.as_bytes()).expose()), case.text("tag_hex"), "{name}");
        case.end();
    }
    let derived = file.objects("derived");
    assert_eq!(derived.len(), 1);
    for mut case in derived {
        let name = case.text("name");
        let key = STRIPE.key(&case.text("secret")).unwrap();
        let (time, body) = (case.text("timestamp"), case.text("body"));
        let headers = pairs([("Stripe-Signature", &case.text("header"))]);
        case.end();
        assert_both(&STRIPE, &key, &Outgoing::new(body.as_bytes()), at(&time), &headers, &name);
    }
    file.end();
}

/// A query with its signature, the parameters of the signed message in another order.
fn shopify_url(message: &str, separators: &[&str], parameter: &str, tag: &str) -> String {
    let mut message = message.to_owned();
    for separator in separators {
        message = message.replace(separator, &format!("&{}", separator.trim_matches('&')));
    }
    let mut pairs: Vec<&str> = message.split('&').collect();
    pairs.reverse();
    let query = pairs.join("&").replace("extra=1,2", "extra=1&extra=2");
    format!("https://app.example/a?{query}&{parameter}={tag}")
}

#[test]
fn shopify() {
    let mut file = Fields::parse(include_str!("../vectors/shopify.json"));
    assert!(file.text("scheme").contains("X-Shopify-Hmac-Sha256"));
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 3);
    let no_headers: Pairs = Vec::new();
    for mut case in cases {
        let (name, secret) = (case.text("name"), case.text("secret"));
        let (message, tag) = (case.text("message"), case.text("hmac_hex"));
        case.end();
        let (scheme, parameter, separators): (_, _, &[&str]) = if name.starts_with("oauth") {
            (ShopifyQuery::oauth(), "hmac", &[])
        } else {
            let names = ["logged_in_customer_id=", "path_prefix=", "shop=", "timestamp="];
            (ShopifyQuery::app_proxy(), "signature", &{ names })
        };
        let url = shopify_url(&message, separators, parameter, &tag);
        let key = scheme.allow_weak_key(&secret).unwrap();
        let (_, time) = message.rsplit_once("timestamp=").expect(&name);
        let received = Received::new("GET", &url, &no_headers, b"");
        let authentic = scheme.verify(&received, &key, at(time)).expect(&name);
        assert_eq!(authentic.time(), Some(at(time)), "{name}");
        let form = authentic.dangerous_accept_replays().into_shown();
        assert_eq!(form.text(parameter), Ok(None), "{name}");
        assert!(form.text("shop").expect(&name).expect(&name).ends_with("myshopify.com"));

        let (unsigned, _) = url.split_once(&format!("&{parameter}=")).unwrap();
        let unsigned = unsigned.replace(&format!("timestamp={time}&"), "");
        let signed = scheme.sign(&unsigned, &key, at(time)).expect(&name);
        assert!(signed.ends_with(&format!("&{parameter}={tag}")), "{name}: {signed}");
    }
    file.end();

    // The webhook has no published tag; it is the same key and MAC, in Base64 and over the body.
    let key = SHOPIFY.allow_weak_key("hush").unwrap();
    let mut tag = String::new();
    key.sign(b"{}").write(Encoding::Base64, &mut tag).unwrap();
    let headers = pairs([("X-Shopify-Hmac-Sha256", &tag)]);
    assert_both(&SHOPIFY, &key, &Outgoing::new(b"{}"), UnixTime::default(), &headers, "webhook");
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

#[test]
fn twilio() {
    let mut file = Fields::parse(include_str!("../vectors/twilio.json"));
    assert!(file.text("scheme").contains("bodySHA256"));
    assert!(file.text("source").contains("twilio"));
    let json = file.text("json_body");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 6);
    for mut case in cases {
        let name = case.text("name");
        let (token, url, signature) =
            (case.text("token"), case.text("url"), case.text("signature"));
        let params = case.take("params");
        let pair = |pair: &serde_json::Value| {
            let text = |at: usize| percent_encoded(pair[at].as_str().expect("text"));
            format!("{}={}", text(0), text(1))
        };
        let form: Vec<String> = params.as_array().unwrap().iter().map(pair).collect();
        let (twilio, body) = if form.is_empty() {
            (Twilio::digests(), json.clone())
        } else {
            (Twilio::forms(), form.join("&"))
        };
        let key = twilio.allow_weak_key(&token).unwrap();
        let tag = {
            let mut tag = String::new();
            key.sign(case.text("signed_string").as_bytes())
                .write(Encoding::Base64, &mut tag)
                .unwrap();
            tag
        };
        case.end();
        assert_eq!(tag, signature, "{name}");

        let headers = pairs([("X-Twilio-Signature", &signature)]);
        let now = UnixTime::default();
        let received = Received::new("POST", &url, &headers, body.as_bytes());
        let verified = twilio.verify(&received, &key, now).expect(&name).dangerous_accept_replays();
        assert_eq!(*verified.shown(), body.as_bytes(), "{name}");
        let outgoing = Outgoing::new(body.as_bytes()).with_url(&url);
        let signed = twilio.sign(&outgoing, &key, now).expect(&name).to_headers();
        assert_eq!(signed, headers, "{name}");

        // The scheme's own port may be there or not, whatever was signed.
        let other = match url.split_once(":80/") {
            Some((host, path)) => format!("{host}/{path}"),
            None => url.replacen(".com/", ".com:443/", 1).replacen(":1234/", "/", 1),
        };
        assert_ne!(other, url, "{name}");
        let received = Received::new("POST", &other, &headers, body.as_bytes());
        let verdict = twilio.verify(&received, &key, now);
        assert_eq!(verdict.is_ok(), !name.contains("1234"), "{name}: {other}");
        if form.is_empty() {
            let (bare, _) = url.split_once("&bodySHA256").unwrap();
            assert_eq!(Twilio::url_with_digest(bare, body.as_bytes()).as_deref(), Ok(&*url));
        }
    }
    file.end();
}
