//! Requests that come in.

use creance_hawk::{Authority, Authorization, Incoming, Scheme, Server};

use super::{Known, Told, window};
use crate::answer::{Answer, Failure, number, object};
use crate::case::Case;

/// The host and port are the server's own.
pub(super) fn verify(case: &Case) -> Answer {
    let authority = Authority::new(case.text("host")?, case.port()?).map_err(Failure::refused)?;
    let incoming = incoming(case, "header", Scheme::Http)?;
    accept(case, Server::new(authority), &incoming)
}

/// The host and port are what the `Host` header says.
pub(super) fn verify_raw(case: &Case) -> Answer {
    let scheme = if case.flag("tls")? { Scheme::Https } else { Scheme::Http };
    let server = Server::for_any_host();
    let mut incoming = incoming(case, "header", scheme)?;
    if let Some(host) = case.optional_text("hostHeader")? {
        incoming.header("Host", host.as_bytes()).map_err(Failure::refused)?;
    }
    accept(case, server, &incoming)
}

/// The request with the headers that the case gives; `authorization` is the field in which it
/// gives that one.
pub(super) fn incoming<'a>(
    case: &'a Case,
    authorization: &str,
    scheme: Scheme,
) -> Result<Incoming<'a>, Failure> {
    let mut incoming = Incoming::new(case.text("method")?, case.text("resource")?, scheme);
    for (name, field) in [("Authorization", authorization), ("Content-Type", "contentType")] {
        if let Some(value) = case.optional_text(field)? {
            incoming.header(name, value.as_bytes()).map_err(Failure::refused)?;
        }
    }
    Ok(incoming)
}

fn accept(case: &Case, server: Server, incoming: &Incoming<'_>) -> Answer {
    let (known, now, store) = (Known::by(case)?, case.time("now")?, Told::by(case)?);
    let server = server.with_window(window(case)?);
    let lookup = |id: &str| known.lookup(id);
    let accepted = server.accept(incoming, lookup, &store, now).map_err(Failure::refused)?;
    if let Some(payload) = case.bytes("payload")? {
        let content_type = incoming.content_type();
        let verified = accepted.verify_payload(content_type, payload).map_err(Failure::refused)?;
        return Ok(describe(verified.accepted().authorization()));
    }
    Ok(describe(accepted.authorization()))
}

fn describe(header: &Authorization<'_>) -> serde_json::Map<String, serde_json::Value> {
    object([
        ("ok", true.into()),
        ("id", header.id().into()),
        ("ts", number(header.ts().as_secs())),
        ("nonce", header.nonce().into()),
        ("hash", header.hash().into()),
        ("ext", header.ext().into()),
        ("app", header.app().into()),
        ("dlg", header.dlg().into()),
    ])
}
