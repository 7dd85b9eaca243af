//! The other side: a message of each provider, signed by the same schemes.

use creance_sigv::keyring::KeySet;
use creance_sigv::webhook::{Outgoing, Twilio};
use creance_sigv::{Error, UnixTime};
use serde_json::json;

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
    let path = provider.path();
    let url = format!("{origin}{path}");
    // Linear has its time here, in milliseconds; the others do not mind.
    let time = now.as_secs() * 1000;
    let body = json!({ "event": "demo", "number": number, "webhookTimestamp": time }).to_string();
    let post = |target: &str, headers, body: String| Request {
        method: "POST",
        target: target.into(),
        headers,
        body: body.into_bytes(),
    };
    match &provider.scheme {
        Scheme::Headers(template) => {
            let id = format!("msg_{number}");
            let outgoing = Outgoing::new(body.as_bytes()).with_id(&id).with_url(&url);
            let headers = template.sign(&outgoing, keys, now)?.to_headers()?;
            Ok(post(&path, headers, body))
        }
        Scheme::InBody(template) if provider.name == "mailgun" => {
            let token = format!("token{number}");
            let signed = template.sign(&Outgoing::new(b"").with_id(&token), keys, now)?;
            let mut tag = String::new();
            signed.signature().write(&mut tag)?;
            let signature = json!({ "timestamp": signed.time(), "token": token, "signature": tag });
            let body = json!({ "signature": signature, "event-data": { "event": "demo" } });
            Ok(post(&path, Vec::new(), body.to_string()))
        }
        Scheme::InBody(template) => {
            let mut item = json!({
                "pspReference": number.to_string(),
                "merchantAccountCode": "Demo",
                "merchantReference": "order:1",
                "amount": { "value": 1130, "currency": "EUR" },
                "eventCode": "AUTHORISATION",
                "success": "true",
            });
            let mut tag = String::new();
            let fields = adyen_fields(&item);
            let signed = template.sign(&Outgoing::new(fields.as_bytes()), keys, now)?;
            signed.signature().write(&mut tag)?;
            item["additionalData"] = json!({ "hmacSignature": tag });
            let items = json!([{ "NotificationRequestItem": item }]);
            Ok(post(&path, Vec::new(), json!({ "notificationItems": items }).to_string()))
        }
        Scheme::Twilio(twilio) => {
            let is_form = *twilio == Twilio::forms();
            let (url, body) = if is_form {
                (url, format!("Body=hello+world&MessageSid=SM{number}&From=%2B14158675310"))
            } else {
                (Twilio::url_with_digest(&url, body.as_bytes())?, body)
            };
            let outgoing = Outgoing::new(body.as_bytes()).with_url(&url);
            let headers = twilio.sign(&outgoing, keys, now)?.to_headers()?;
            Ok(post(url.strip_prefix(origin).unwrap_or(&path), headers, body))
        }
        Scheme::Shopify(shopify) => {
            let url = format!("{url}?shop=demo.myshopify.com&code={number}&ids[]=1&ids[]=2");
            let url = shopify.sign(&url, keys, now)?;
            let target = url.strip_prefix(origin).unwrap_or_default().to_owned();
            Ok(Request { method: "GET", target, headers: Vec::new(), body: Vec::new() })
        }
    }
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
