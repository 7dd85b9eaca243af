//! The steps, as the client sees them.

use std::error::Error;

use creance_hawk::sigv::{Key, UnixTime};
use creance_hawk::{Bewit, Client, Credentials, Request, SignedHeader};

use crate::http::Response;
use crate::service::{Service, Verdict};
use crate::wire::{Answer, Wire};

/// The content type of everything here.
pub(crate) const TEXT: &str = "text/plain";

/// What the client wants to be noted.
pub(crate) const NOTE: &[u8] = b"pay 10 to Ann";

/// How long a link works, in seconds.
const LINK_LIFE: u64 = 300;

type Step<T = ()> = Result<T, Box<dyn Error>>;

pub(crate) fn signed_request(wire: &Wire<'_>, signed: &SignedHeader<'_>) -> Step<Response> {
    wire.story.step("A signed request is accepted")?;
    let answer = wire.post("/notes", &signed.to_header(), NOTE)?;
    accepted(wire, &answer)?;
    Ok(answer.response)
}

pub(crate) fn response(wire: &Wire<'_>, signed: &SignedHeader<'_>, response: &Response) -> Step {
    wire.story.step("The response is the server's, and so is its body")?;
    let authentic = signed.verify_response(response.headers.get("Server-Authorization"))?;
    let content_type = response.headers.get("Content-Type");
    let verified = authentic.verify_payload(content_type, response.body.as_slice())?;
    told(verified.payload() == b"noted: 13 bytes", "the body is the one that was sent")?;
    let altered = authentic.verify_payload(content_type, b"noted: 99 bytes");
    told(altered.is_err(), "an altered body is refused")?;
    wire.story.outcome("it answers this very request; any other body would have been refused")?;
    Ok(())
}

pub(crate) fn replay(wire: &Wire<'_>, signed: &SignedHeader<'_>) -> Step {
    wire.story.step("The same request once more is refused")?;
    wire.story.note("Somebody recorded it and sends it again, unchanged.")?;
    let answer = wire.post("/notes", &signed.to_header(), NOTE)?;
    refused(wire, &answer, "replay")
}

pub(crate) fn tampered_body(wire: &Wire<'_>, client: &Client, request: &Request<'_>) -> Step {
    wire.story.step("A request whose body was changed on the way is refused")?;
    let outgoing = client.request(request);
    let signed = outgoing.sign(|header| header.payload(Some(TEXT), NOTE))?;
    let answer = wire.post("/notes", &signed.to_header(), b"pay 99 to Eve")?;
    refused(wire, &answer, "bad-hash")
}

pub(crate) fn stale_clock(wire: &Wire<'_>, client: &Client, request: &Request<'_>) -> Step {
    wire.story.step("A client whose clock is wrong learns the server's time")?;
    wire.story.note("The client's clock is an hour behind.")?;
    let slow = || UnixTime::now().saturating_sub(3600);
    let answer = post_at(wire, client, request, slow())?;
    refused(wire, &answer, "stale-timestamp")?;

    let challenge = answer.response.headers.get("WWW-Authenticate").unwrap_or_default();
    let time = client.learn_at(request, challenge, slow())?;
    told(time.is_some(), "the challenge proves the server's time")?;
    wire.story.outcome("the time in the challenge is proven by a MAC; the offset is remembered")?;

    let answer = post_at(wire, client, request, slow())?;
    accepted(wire, &answer)
}

/// Signs by the client's own clock, corrected by what it knows of the server's.
fn post_at(wire: &Wire<'_>, client: &Client, request: &Request<'_>, now: UnixTime) -> Step<Answer> {
    let outgoing = client.request_at(request, now);
    let signed = outgoing.sign(|header| header.payload(Some(TEXT), NOTE))?;
    wire.post("/notes", &signed.to_header(), NOTE)
}

pub(crate) fn links(wire: &Wire<'_>, service: &Service, key: &Key, base: &str) -> Step {
    wire.story.step("A link opens one page for a while, without any header")?;
    let url = format!("{base}/report?year=2026");
    let expiry = service.now().saturating_add(LINK_LIFE);
    let link = Bewit::link(&Credentials::new(crate::ID, key)?, &url, expiry, "")?;
    let target = link.strip_prefix(base).ok_or("the link is for another server")?;
    accepted(wire, &wire.open(target)?)?;

    wire.story.step("The link does not open another page")?;
    let forged = target.replace("year=2026", "year=2027");
    refused(wire, &wire.open(&forged)?, "bad-mac")?;

    wire.story.step("Nor does it open its own when its time is over")?;
    service.let_pass(LINK_LIFE);
    wire.story.note(format_args!("{LINK_LIFE} s pass on the server's clock."))?;
    refused(wire, &wire.open(target)?, "bewit-expired")
}

fn accepted(wire: &Wire<'_>, answer: &Answer) -> Step {
    match &answer.verdict {
        Verdict::Accepted { id } => {
            told(id == crate::ID, "the server knows who asks")?;
            told(answer.response.status == 200, "an accepted request is answered with 200")?;
            wire.story.outcome(format_args!("accepted; the server knows that {id} asks"))?;
            Ok(())
        }
        Verdict::Refused { reason, .. } => Err(format!("the request was refused: {reason}").into()),
    }
}

/// The log has the reason; the peer was told the status alone.
fn refused(wire: &Wire<'_>, answer: &Answer, expected: &str) -> Step {
    match &answer.verdict {
        Verdict::Refused { code, reason } => {
            told(*code == expected, "the request is refused for the reason that was told")?;
            told(answer.response.status == 401, "a refused request is answered with 401")?;
            wire.story.outcome(format_args!("refused; the server's log says why: {reason}"))?;
            Ok(())
        }
        Verdict::Accepted { .. } => Err(format!("this was accepted, not {expected}").into()),
    }
}

fn told(is_so: bool, what: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(format!("not as told: {what}")) }
}
