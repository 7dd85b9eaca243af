//! The ops of plain HMAC.

use creance_sigv::{Encoding, Error, ReceivedTag};

use crate::Op;
use crate::answer::{Answer, Failure, object, written};
use crate::case::Case;

pub(crate) const OPS: &[Op] = &[("sign", sign), ("check", check)];

fn sign(case: &Case) -> Answer {
    let tag = case.hex_key("key_hex")?.sign(&case.hex("message_hex")?);
    Ok(object([("tag_hex", written(|out| tag.write(Encoding::Hex, out))?)]))
}

fn check(case: &Case) -> Answer {
    let (key, message) = (case.hex_key("key_hex")?, case.hex("message_hex")?);
    ReceivedTag::decode(key.algorithm(), Encoding::Hex, case.text("tag_hex")?)
        .and_then(|received| key.verify(&message, &received))
        .map_err(|error| Failure::Refused { code: code(&error), status: None, www: None })?;
    Ok(object([("ok", true.into())]))
}

fn code(error: &Error) -> &'static str {
    match error {
        Error::Mismatch => "mismatch",
        Error::TagLength { .. } => "tag-length",
        Error::Encoding { .. } => "encoding",
        _ => "other",
    }
}
