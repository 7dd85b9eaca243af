//! The parts that everything else is made of: hashes, MACs, and what the MACs are over.

use creance_hawk::PayloadHash;
use creance_hawk::sigv::Tag;
use serde_json::Value;

use super::{base64, bewit, header, message, request, request_by, response};
use crate::answer::{Answer, Failure, object, written};
use crate::case::Case;

pub(super) fn payload_hash(case: &Case) -> Answer {
    let payload = case.bytes("payload")?.unwrap_or_default();
    let hash = PayloadHash::of(case.algorithm()?, case.optional_text("contentType")?, &payload);
    Ok(object([("hash", hash.map_err(Failure::message)?.as_str().into())]))
}

pub(super) fn mac(case: &Case) -> Answer {
    Ok(object([("mac", parts(case)?.mac)]))
}

pub(super) fn normalize(case: &Case) -> Answer {
    Ok(object([("normalized", parts(case)?.normalized)]))
}

/// A MAC and what it is over.
struct Parts {
    mac: Value,
    normalized: Value,
}

impl Parts {
    fn new(mac: &Tag, normalized: Result<Value, Failure>) -> Result<Self, Failure> {
        Ok(Self { mac: base64(mac)?, normalized: normalized? })
    }
}

fn parts(case: &Case) -> Result<Parts, Failure> {
    let key = case.key()?;
    match case.text("type")? {
        "header" => {
            let signed = header::sign(case, &key, &request(case)?)?;
            Parts::new(signed.mac(), written(|out| signed.write_canonical(out)))
        }
        "response" => {
            let sent = header::sign_for_response(case, &key, &request(case)?)?;
            let received = sent.to_header();
            let builder = response::respond(case, &key, &sent, &received)?;
            let signed = builder.sign().map_err(Failure::message)?;
            Parts::new(signed.mac(), written(|out| signed.write_canonical(out)))
        }
        "bewit" => {
            let signed = bewit::sign(case, &key, &request_by(case, "GET")?)?;
            Parts::new(signed.mac(), written(|out| signed.write_canonical(out)))
        }
        "message" => {
            let signed = message::sign(case, &key)?;
            Parts::new(signed.mac(), written(|out| signed.write_canonical(out)))
        }
        _ => Err(Failure::message("type: header, response, bewit or message")),
    }
}
