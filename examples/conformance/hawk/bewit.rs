//! Bewits.

use creance_hawk::sigv::Key;
use creance_hawk::{
    Authority, Bewit, BewitBuffer, Credentials, Request, Scheme, Server, SignedBewit,
};

use super::verify::incoming;
use super::{Known, base64, request_by};
use crate::answer::{Answer, Failure, number, object};
use crate::case::Case;

pub(super) fn bewit(case: &Case) -> Answer {
    let (key, request) = (case.key()?, request_by(case, "GET")?);
    let signed = sign(case, &key, &request)?;
    Ok(object([
        ("bewit", signed.to_string().into()),
        ("exp", number(case.time("exp")?.as_secs())),
        ("mac", base64(signed.mac())?),
    ]))
}

pub(super) fn sign<'a>(
    case: &'a Case,
    key: &'a Key,
    request: &Request<'a>,
) -> Result<SignedBewit<'a>, Failure> {
    let credentials = Credentials::new(case.text("id")?, key).map_err(Failure::message)?;
    let ext = case.optional_text("ext")?.unwrap_or("");
    Bewit::sign(&credentials, request, case.time("exp")?, ext).map_err(Failure::message)
}

pub(super) fn verify_bewit(case: &Case) -> Answer {
    let authority = Authority::new(case.text("host")?, case.port()?).map_err(Failure::refused)?;
    let server = Server::new(authority).with_bewits(u64::MAX);
    let incoming = incoming(case, "authorization", Scheme::Http)?;
    let (known, now) = (Known::by(case)?, case.time("now")?);
    let mut buffer = BewitBuffer::new();
    let bewit = server
        .accept_bewit(&incoming, &mut buffer, |id| known.lookup(id), now)
        .map_err(Failure::refused)?;
    Ok(object([
        ("ok", true.into()),
        ("id", bewit.id().into()),
        ("exp", number(bewit.exp().as_secs())),
        ("ext", bewit.ext().into()),
    ]))
}
