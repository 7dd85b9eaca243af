//! Responses, made by a server and verified by the client that asked.

use creance_hawk::sigv::{Key, Window};
use creance_hawk::{Authorization, ResponseBuilder, SignedHeader};

use super::header::sign_for_response;
use super::{base64, request};
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(super) fn response(case: &Case) -> Answer {
    let (key, request) = (case.key()?, request(case)?);
    let sent = sign_for_response(case, &key, &request)?;
    let header = sent.to_header();
    let signed = respond(case, &key, &sent, &header)?.sign().map_err(Failure::message)?;
    Ok(object([
        ("header", signed.to_header().into()),
        ("mac", base64(signed.mac())?),
        ("hash", signed.hash().into()),
    ]))
}

/// Receives the request that is answered, and begins the response as the case says.
pub(super) fn respond<'a>(
    case: &'a Case,
    key: &'a Key,
    sent: &SignedHeader<'a>,
    header: &'a str,
) -> Result<ResponseBuilder<'a>, Failure> {
    let received = Authorization::parse(header).map_err(Failure::message)?;
    let mut builder = received
        .authenticate(sent.request(), Some(key), Window::new(0, 0), received.ts())
        .map_err(Failure::message)?
        .dangerous_accept_replays()
        .respond()
        .ext(case.optional_text("ext")?.unwrap_or(""));
    if let Some(payload) = case.bytes("payload")? {
        let content_type = case.optional_text("contentType")?;
        builder = builder.payload(content_type, &payload).map_err(Failure::message)?;
    }
    Ok(builder)
}

pub(super) fn verify_response(case: &Case) -> Answer {
    let (key, request) = (case.key()?, request(case)?);
    let sent = sign_for_response(case, &key, &request)?;
    let refused = |error| Failure::refused_by_client(&error);
    let response = sent.verify_response(case.optional_text("header")?).map_err(refused)?;
    if let Some(payload) = case.bytes("payload")? {
        let content_type = case.optional_text("contentType")?;
        let _proof = response.verify_payload(content_type, payload).map_err(refused)?;
    }
    Ok(object([
        ("ok", true.into()),
        ("ext", response.ext().into()),
        ("hash", response.hash().into()),
    ]))
}
