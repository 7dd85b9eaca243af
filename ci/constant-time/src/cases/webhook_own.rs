//! Webhooks that are no templates: Twilio's, Shopify's signed queries, and what a provider asks before
//! it sends any.

use creance_sigv::keyring::{KeyEntry, KeySet, Keyring};
use creance_sigv::scheme::Received;
use creance_sigv::webhook::{HubChallenge, Outgoing, ShopifyQuery, Twilio, ZOOM, zoom_validation};
use creance_sigv::{Encoding, Error, Key, UnixTime};

use super::keys::secret_text;
use super::shown;
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const SECRET: &str = "hush, sixteen bytes or more";
const OTHER: &str = "hush, sixteen bytes or mor3";
const FORM: &[u8] = b"Digits=1234&To=%2B18005551212&CallSid=CA1234567890ABCDE";
const JSON: &[u8] = b"{\"text\":\"not ASCII: \xc3\xa4\xff\"}";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, twilio, body) in
        [("forms", Twilio::forms(), FORM), ("digests", Twilio::digests(), JSON)]
    {
        cases.extend(cases_of(&format!("twilio/{name}"), move |ours| {
            twilio_verdict(twilio, body, ours)
        }));
    }
    for (name, shopify) in
        [("oauth", ShopifyQuery::oauth()), ("app-proxy", ShopifyQuery::app_proxy())]
    {
        cases.extend(cases_of(&format!("shopify/{name}"), move |ours| {
            shopify_verdict(shopify, ours)
        }));
    }
    cases.push(Case::new("zoom/validation", Expected::Silence, || {
        let answer = |secret: &str| {
            let key = ZOOM.key(secret).unwrap();
            let used = key.signer(NOW).unwrap().key_use();
            zoom_validation("qgg8vlvZRS6UYooatFL8Aw", used, &key, NOW).unwrap()
        };
        let (expected, answer) = (answer(SECRET), answer(&hidden(SECRET)));
        assert_eq!(shown(answer.expose()), expected.expose());
    }));
    cases.push(Case::new("hub-challenge/token", Expected::Verdict, || {
        let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock";
        let challenge = HubChallenge::parse(query).unwrap();
        for (token, is_right) in
            [("meatyhamhock", true), ("meatyhamhocK", false), ("Meatyhamhock", false), ("m", false)]
        {
            let verdict = challenge.answer_to_token(&hidden(token));
            assert_eq!(verdict.is_ok(), is_right);
        }
    }));
    cases
}

/// What is asked of each: `verdict` is that on a message signed with [`SECRET`].
fn cases_of(
    name: &str,
    verdict: impl Fn(&[&str]) -> Result<(), Error> + Copy + 'static,
) -> Vec<Case> {
    let case = |what: &str, ours: &'static [&'static str], expected: Result<(), Error>| {
        Case::new(format!("{name}/{what}"), Expected::Verdict, move || {
            assert_eq!(verdict(ours), expected);
        })
    };
    vec![
        case("right", &[SECRET], Ok(())),
        case("wrong", &[OTHER], Err(Error::Mismatch)),
        case("first-of-two", &[SECRET, OTHER], Ok(())),
        case("second-of-two", &[OTHER, SECRET], Ok(())),
    ]
}

fn hidden(text: &str) -> String {
    secret_text(Encoding::Base64Url, text.to_owned())
}

fn ring(keys: impl Iterator<Item = Key>) -> Keyring<2> {
    let mut ring = Keyring::new();
    for (key, id) in keys.zip(["first", "second"]) {
        ring.insert(KeyEntry::new(id, key).unwrap()).unwrap();
    }
    ring
}

fn twilio_verdict(twilio: Twilio, body: &[u8], ours: &[&str]) -> Result<(), Error> {
    let url = Twilio::url_with_digest("https://example.com/myapp?foo=1", body).unwrap();
    let outgoing = Outgoing::new(body).with_method("POST").with_url(&url);
    let theirs = twilio.key(SECRET).unwrap();
    let headers = twilio.sign(&outgoing, &theirs, NOW).unwrap().to_headers();
    let keys = ring(ours.iter().map(|secret| twilio.key(&hidden(secret)).unwrap()));
    let verdict = twilio.verify(&Received::new("POST", &url, &headers, body), &keys, NOW);
    verdict.map(drop).map_err(|rejection| *rejection.error())
}

fn shopify_verdict(shopify: ShopifyQuery, ours: &[&str]) -> Result<(), Error> {
    let theirs = shopify.key(SECRET).unwrap();
    let url = "https://app.example/callback?code=0907a61c&shop=some-shop.myshopify.com";
    let url = shopify.sign(url, &theirs, NOW).unwrap();
    let keys = ring(ours.iter().map(|secret| shopify.key(&hidden(secret)).unwrap()));
    let no_headers: [(&str, &str); 0] = [];
    let verdict = shopify.verify(&Received::new("GET", &url, &no_headers, b""), &keys, NOW);
    verdict.map(drop).map_err(|rejection| *rejection.error())
}
