//! Messages outside HTTP.

use creance_hawk::sigv::Key;
use creance_hawk::{Credentials, MessageAuthorization, SignedMessage};

use super::{Known, Told, base64, window};
use crate::answer::{Answer, Failure, number, object};
use crate::case::Case;

pub(super) fn message(case: &Case) -> Answer {
    let key = case.key()?;
    let signed = sign(case, &key)?;
    Ok(object([
        ("id", signed.id().into()),
        ("ts", number(case.time("ts")?.as_secs())),
        ("nonce", signed.nonce().into()),
        ("hash", signed.hash().into()),
        ("mac", base64(signed.mac())?),
    ]))
}

pub(super) fn sign<'a>(case: &'a Case, key: &'a Key) -> Result<SignedMessage<'a>, Failure> {
    let message = case.bytes("message")?.unwrap_or_default();
    let credentials = Credentials::new(case.text("id")?, key).map_err(Failure::message)?;
    let builder =
        credentials.message(case.text("host")?, case.port()?).map_err(Failure::message)?;
    builder.sign(&message, case.time("ts")?, case.text("nonce")?).map_err(Failure::message)
}

pub(super) fn verify_message(case: &Case) -> Answer {
    let (known, now, store) = (Known::by(case)?, case.time("now")?, Told::by(case)?);
    let (host, port, window) = (case.text("host")?, case.port()?, window(case)?);
    let message = case.bytes("message")?.unwrap_or_default();
    let sent = case.case("authorization")?;
    let ts = if sent.value("ts").is_some() { sent.time_text("ts")? } else { String::new() };
    let text = |name| Ok(sent.optional_text(name)?.unwrap_or(""));

    let received =
        MessageAuthorization::new(text("id")?, &ts, text("nonce")?, text("hash")?, text("mac")?)
            .map_err(Failure::refused)?;
    let key = known.lookup(received.id());
    let verified = received
        .authenticate(host, port, key, window, now)
        .and_then(|authentic| authentic.claim(&store, now))
        .and_then(|accepted| accepted.verify(message))
        .map_err(Failure::refused)?;
    Ok(object([
        ("ok", true.into()),
        ("id", verified.id().into()),
        ("ts", number(verified.ts().as_secs())),
    ]))
}
