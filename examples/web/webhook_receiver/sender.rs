//! The other side: a message of each provider, signed by the same schemes.

use creance_sigv::keyring::KeySet;
use creance_sigv::webhook::{Outgoing, Template, Twilio};
use creance_sigv::{Error, UnixTime};
use serde_json::{Value, json};

use crate::client::Request;
use crate::in_body::adyen_fields;
use crate::providers::{Provider, Scheme};

/// The message of this number from a provider, signed with the key of `keys` that signs now.
pub(crate) fn message(
    provider: &Provider,
    origin: &str,
    keys: &impl KeySet,
    number: u32,
    now: UnixTime,
) -> Result<Request, Error> {
    let url = format!("{origin}{}", provider.path());
    match &provider.scheme {
        Scheme::Headers(template) => {
            let (id, body) = (format!("msg_{number}"), event(number, now));
            let outgoing = Outgoing::new(body.as_bytes()).with_id(&id).with_url(&url);
            let headers = template.sign(&outgoing, keys, now)?.to_headers();
            Ok(post(&provider.path(), headers, body))
        }
        Scheme::InBody(template) => {
            let body = match provider.name {
                "mailgun" => mailgun(template, keys, number, now)?,
                _ => adyen(template, keys, number, now)?,
            };
            Ok(post(&provider.path(), Vec::new(), body.to_string()))
        }
        Scheme::Twilio(scheme) => twilio(*scheme, origin, &url, keys, number, now),
        Scheme::Shopify(shopify) => {
            let url = format!("{url}?shop=demo.myshopify.com&code={number}&ids[]=1&ids[]=2");
            let url = shopify.sign(&url, keys, now)?;
            let target = url.strip_prefix(origin).unwrap_or_default().to_owned();
            Ok(Request { method: "GET", target, headers: Vec::new(), body: Vec::new() })
        }
    }
}

fn post(target: &str, headers: Vec<(String, String)>, body: String) -> Request {
    Request { method: "POST", target: target.into(), headers, body: body.into_bytes() }
}

/// Linear has its time here, in milliseconds; the others do not mind.
fn event(number: u32, now: UnixTime) -> String {
    let time = now.as_secs() * 1000;
    json!({ "event": "demo", "number": number, "webhookTimestamp": time }).to_string()
}

fn tag(
    template: &Template<'_>,
    outgoing: &Outgoing<'_>,
    keys: &impl KeySet,
    now: UnixTime,
) -> Result<String, Error> {
    let mut tag = String::new();
    template.sign(outgoing, keys, now)?.signature().write(&mut tag)?;
    Ok(tag)
}

fn mailgun(
    template: &Template<'_>,
    keys: &impl KeySet,
    number: u32,
    now: UnixTime,
) -> Result<Value, Error> {
    let token = format!("token{number}");
    let tag = tag(template, &Outgoing::new(b"").with_id(&token), keys, now)?;
    let signature = json!({ "timestamp": now.to_string(), "token": token, "signature": tag });
    Ok(json!({ "signature": signature, "event-data": { "event": "demo" } }))
}

fn adyen(
    template: &Template<'_>,
    keys: &impl KeySet,
    number: u32,
    now: UnixTime,
) -> Result<Value, Error> {
    let mut item = json!({
        "pspReference": number.to_string(),
        "merchantAccountCode": "Demo",
        "merchantReference": "order:1",
        "amount": { "value": 1130, "currency": "EUR" },
        "eventCode": "AUTHORISATION",
        "success": "true",
    });
    let fields = adyen_fields(&item)?;
    let tag = tag(template, &Outgoing::new(fields.as_bytes()), keys, now)?;
    item["additionalData"] = json!({ "hmacSignature": tag });
    Ok(json!({ "notificationItems": [{ "NotificationRequestItem": item }] }))
}

fn twilio(
    twilio: Twilio,
    origin: &str,
    url: &str,
    keys: &impl KeySet,
    number: u32,
    now: UnixTime,
) -> Result<Request, Error> {
    let (url, body) = if twilio == Twilio::forms() {
        let body = format!("Body=hello+world&MessageSid=SM{number}&From=%2B14158675310");
        (url.to_owned(), body)
    } else {
        let body = event(number, now);
        (Twilio::url_with_digest(url, body.as_bytes())?, body)
    };
    let outgoing = Outgoing::new(body.as_bytes()).with_url(&url);
    let headers = twilio.sign(&outgoing, keys, now)?.to_headers();
    Ok(post(url.strip_prefix(origin).unwrap_or(&url), headers, body))
}

/// The same message with one thing changed that its scheme signs.
pub(crate) fn forged(provider: &Provider, message: &Request) -> Request {
    let mut forged = message.clone();
    let change = |text: &str, from: &str, to: &str| text.replacen(from, to, 1);
    if let Scheme::Shopify(_) = provider.scheme {
        forged.target = change(&forged.target, "code=", "code=9");
        return forged;
    }
    let body = String::from_utf8_lossy(&forged.body).into_owned();
    let body = match provider.name {
        "mailgun" => change(&body, ":\"token", ":\"forged"),
        "adyen" => change(&body, "1130", "9999"),
        "twilio" => change(&body, "hello", "bye"),
        _ => change(&body, "demo", "sale"),
    };
    forged.body = body.into_bytes();
    forged
}

/// A form written in another way, which its signature is right for all the same.
pub(crate) fn rewritten(message: &Request) -> Request {
    let mut rewritten = message.clone();
    let body = String::from_utf8_lossy(&message.body);
    let mut pairs: Vec<_> = body.split('&').collect();
    pairs.reverse();
    rewritten.body = pairs.join("&").replace("hello", "%68ello").into_bytes();
    rewritten
}
