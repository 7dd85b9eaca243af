//! Two providers carry the signature in the JSON body. It has to be parsed before anything is
//! authentic, and what is not signed of it stays unauthenticated: only what the proof has is used.

use creance_sigv::Error;
use creance_sigv::scheme::Part;
use serde_json::Value;

/// What is signed of a body, as text.
pub(crate) struct Signed {
    pub(crate) signature: String,
    pub(crate) time: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) fields: String,
}

/// Reads a body of the provider of this name.
pub(crate) fn read(provider: &str, body: &[u8]) -> Result<Signed, Error> {
    let json: Value = serde_json::from_slice(body).map_err(|_| Error::Malformed(Part::Body))?;
    match provider {
        "mailgun" => mailgun(&json),
        _ => adyen(&json),
    }
}

/// Mailgun signs its time and token, and nothing of the event.
fn mailgun(json: &Value) -> Result<Signed, Error> {
    let text = |name: &str, part| {
        let text = json["signature"][name].as_str();
        text.map(str::to_owned).ok_or(Error::Missing(part))
    };
    Ok(Signed {
        signature: text("signature", Part::Signature)?,
        time: Some(text("timestamp", Part::Timestamp)?),
        id: Some(text("token", Part::Id)?),
        fields: String::new(),
    })
}

/// Adyen signs eight fields of an item.
fn adyen(json: &Value) -> Result<Signed, Error> {
    let [item] = json["notificationItems"].as_array().map_or(&[][..], |items| items) else {
        return Err(Error::Malformed(Part::Body));
    };
    let item = &item["NotificationRequestItem"];
    let signature = item["additionalData"]["hmacSignature"].as_str();
    Ok(Signed {
        signature: signature.ok_or(Error::Missing(Part::Signature))?.to_owned(),
        time: None,
        id: None,
        fields: adyen_fields(item)?,
    })
}

/// The fields, joined as they are signed: nothing in them is escaped. The merchant's reference alone,
/// which we have given ourselves, may have the separator; in another field it could have been shifted
/// there from the one beside it.
pub(crate) fn adyen_fields(item: &Value) -> Result<String, Error> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let fields = [
        &item["pspReference"],
        &item["originalReference"],
        &item["merchantAccountCode"],
        &item["merchantReference"],
        &item["amount"]["value"],
        &item["amount"]["currency"],
        &item["eventCode"],
        &item["success"],
    ]
    .map(text);
    let is_shifted = |(index, field): (usize, &String)| index != REFERENCE && field.contains(':');
    if fields.iter().enumerate().any(is_shifted) {
        return Err(Error::Malformed(Part::Body));
    }
    Ok(fields.join(":"))
}

/// Where the merchant's reference is among the fields.
const REFERENCE: usize = 3;
