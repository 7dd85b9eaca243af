//! Requests that are signed.

use creance_hawk::sigv::Key;
use creance_hawk::{Credentials, HeaderBuilder, Request, SignedHeader};

use super::{base64, host, request};
use crate::answer::{Answer, Failure, number, object, written};
use crate::case::Case;

pub(super) fn header(case: &Case) -> Answer {
    let (key, request) = (case.key()?, request(case)?);
    let signed = sign(case, &key, &request)?;
    Ok(object([
        ("header", signed.to_header().into()),
        ("mac", base64(signed.mac())?),
        ("hash", signed.hash().into()),
        ("resource", request.resource().to_string().into()),
        ("host", host(&request)?),
        ("port", number(request.port().into())),
        ("normalized", written(|out| signed.write_canonical(out))?),
    ]))
}

/// The signed header with everything that the case says.
pub(super) fn sign<'a>(
    case: &'a Case,
    key: &'a Key,
    request: &Request<'a>,
) -> Result<SignedHeader<'a>, Failure> {
    let mut builder = begin(case, key, request)?;
    if let Some(payload) = case.bytes("payload")? {
        let content_type = case.optional_text("contentType")?;
        builder = builder.payload(content_type, &payload).map_err(Failure::message)?;
    }
    if let Some(hash) = case.optional_text("hash")? {
        builder = builder.payload_hash_text(hash);
    }
    builder = builder.ext(case.optional_text("ext")?.unwrap_or(""));
    finish(case, &builder)
}

/// The signed header of a request whose payload and ext are of no interest: only the response to
/// it is.
pub(super) fn sign_for_response<'a>(
    case: &'a Case,
    key: &'a Key,
    request: &Request<'a>,
) -> Result<SignedHeader<'a>, Failure> {
    finish(case, &begin(case, key, request)?)
}

fn begin<'a>(
    case: &'a Case,
    key: &'a Key,
    request: &Request<'a>,
) -> Result<HeaderBuilder<'a>, Failure> {
    let id = case.text("id")?;
    let mut builder = Credentials::new(id, key).map_err(Failure::message)?.header(request);
    if let Some(app) = case.optional_text("app")? {
        builder = builder.app(app);
    }
    if let Some(dlg) = case.optional_text("dlg")? {
        builder = builder.dlg(dlg);
    }
    Ok(builder)
}

fn finish<'a>(case: &'a Case, builder: &HeaderBuilder<'a>) -> Result<SignedHeader<'a>, Failure> {
    builder.sign(case.time("ts")?, case.text("nonce")?).map_err(Failure::message)
}
