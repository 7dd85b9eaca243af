//! The steps, as the client and its user see them.

use std::error::Error;
use std::net::TcpListener;

use creance_sigv::UnixTime;
use creance_sigv::oauth1::{Callback, Credentials, Returned, TokenResponse, authorization_url};

use crate::client::{Body, Client, Sent};
use crate::user;

type Step<T = ()> = Result<T, Box<dyn Error>>;

const NOTES: (&str, &str) = ("POST", "/notes");

/// From nothing but the client's own credentials to a token.
pub(crate) fn dance(
    client: &Client<'_>,
    callback: &Callback,
    listener: &TcpListener,
) -> Step<Credentials> {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("The client asks for temporary credentials")?;
    let temporary = initiate(client, callback.as_str())?;
    story.outcome("the provider has confirmed the callback, and the client has a first secret")?;

    story.step("Its user opens the provider's page, and agrees")?;
    let page = authorization_url(&client.url("/authorize"), &temporary)?;
    let answer = user::agree(wire, &page)?;
    let location = answer.response.headers.get("Location").ok_or("no way back")?;
    let query = user::come_back(location, listener)?;
    let verifier = Returned::parse(&query)?.verifier(&temporary)?;
    story.outcome("the user came back to the client, with the code of this very attempt")?;

    story.step("The client exchanges the code for a token")?;
    let exchange = client.exchange(&temporary, verifier.expose())?;
    let answer = client.send(&exchange)?;
    wire.served(&answer)?;
    let token = TokenResponse::parse(answer.body())?.to_credentials()?;
    story.outcome(format_args!("the token is {}", token.identifier()))?;

    story.step("The code works once")?;
    let again = client.exchange(&temporary, verifier.expose())?;
    wire.refused(&client.send(&again)?, "unknown-key")?;
    Ok(token)
}

fn initiate(client: &Client<'_>, callback: &str) -> Step<Credentials> {
    let answer = client.send(&client.initiate(callback)?)?;
    client.wire.served(&answer)?;
    Ok(TokenResponse::parse(answer.body())?.to_temporary()?)
}

pub(crate) fn other_callback(client: &Client<'_>, callback: &Callback) -> Step {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("Users are sent back to the registered place only")?;
    story.note("Somebody who has the client's secret wants to have the codes as well.")?;
    let longer = format!("{}/elsewhere", callback.as_str());
    for elsewhere in ["https://evil.example/ready", &longer] {
        wire.refused(&client.send(&client.initiate(elsewhere)?)?, "mismatch")?;
    }
    Ok(())
}

pub(crate) fn call(client: &Client<'_>, token: &Credentials) -> Step {
    client.wire.story.step("A request that is signed with the token is accepted")?;
    let sent = note(client, token, UnixTime::now())?;
    let answer = client.send(&sent)?;
    client.wire.served(&answer)?;
    told(answer.body() == b"noted: 10 to Ann & Bob", "the note is the one that was sent")?;
    client.wire.story.outcome("the provider took the text from what the signature covers")?;

    client.wire.story.step("The same request once more is refused")?;
    client.wire.story.note("Somebody recorded it and sends it again, unchanged.")?;
    client.wire.refused(&client.send(&sent)?, "replay")?;
    client.wire.story.note("The same with its nonce spelled in another way: nothing is gained.")?;
    client.wire.refused(&client.send(&respelled(sent))?, "replay")
}

/// The first character of the nonce as an escape, which means the same.
fn respelled(mut sent: Sent) -> Sent {
    for (_, value) in &mut sent.headers {
        if let Some((front, nonce)) = value.split_once("oauth_nonce=\"") {
            let first = nonce.bytes().next().unwrap_or_default();
            let rest = nonce.get(1..).unwrap_or_default();
            *value = format!("{front}oauth_nonce=\"%{first:02X}{rest}");
        }
    }
    sent
}

pub(crate) fn changed_parameter(client: &Client<'_>, token: &Credentials) -> Step {
    client.wire.story.step("A request whose parameter was changed on the way is refused")?;
    let mut sent = note(client, token, UnixTime::now())?;
    sent.body = Some("text=99+to+Eve".to_owned());
    client.wire.refused(&client.send(&sent)?, "mismatch")?;
    client.wire.story.note("So is one with a parameter more.")?;
    let mut sent = note(client, token, UnixTime::now())?;
    sent.target.push_str("?to=eve");
    client.wire.refused(&client.send(&sent)?, "mismatch")
}

pub(crate) fn changed_body(client: &Client<'_>, token: &Credentials) -> Step {
    client.wire.story.step("A body that is no form is signed by its hash")?;
    let key = client.key(Some(token))?;
    let body = Body::Json("{\"pay\": 10}");
    let sent = client.call(NOTES, body, &key, UnixTime::now())?;
    client.wire.served(&client.send(&sent)?)?;
    client.wire.story.outcome("accepted, and the body was had from the proof")?;

    client.wire.story.step("Changed on the way, it is refused")?;
    let mut sent = client.call(NOTES, body, &key, UnixTime::now())?;
    sent.body = Some("{\"pay\": 99}".to_owned());
    client.wire.refused(&client.send(&sent)?, "body-mismatch")
}

pub(crate) fn bare_body(client: &Client<'_>, token: &Credentials) -> Step {
    client.wire.story.step("A body that the signature does not cover is refused")?;
    client.wire.story.note("RFC 5849 does not cover it; this provider demands the extension.")?;
    let key = client.key(Some(token))?;
    let mut sent = client.call(NOTES, Body::None, &key, UnixTime::now())?;
    sent.body = Some("{\"pay\": 99}".to_owned());
    client.wire.refused(&client.send(&sent)?, "not-covered")
}

pub(crate) fn wrong_clock(client: &Client<'_>, token: &Credentials) -> Step {
    client.wire.story.step("A client whose clock is an hour off is refused")?;
    let slow = note(client, token, UnixTime::now().saturating_sub(3600))?;
    client.wire.refused(&client.send(&slow)?, "too-old")?;
    let fast = note(client, token, UnixTime::now().saturating_add(3600))?;
    client.wire.refused(&client.send(&fast)?, "too-new")
}

pub(crate) fn wrong_secret(client: &Client<'_>, token: &Credentials) -> Step {
    client.wire.story.step("A token without its secret is worth nothing")?;
    let guess = Credentials::new(token.identifier(), "somebody else's guess")?;
    let sent = note(client, &guess, UnixTime::now())?;
    let guessed = client.send(&sent)?;
    client.wire.refused(&guessed, "mismatch")?;
    client.wire.story.note("The provider does not even say whether it knows the token.")?;
    let nobody = Credentials::new("no-such-token", "somebody else's guess")?;
    let unknown = client.send(&note(client, &nobody, UnixTime::now())?)?;
    client.wire.refused(&unknown, "unknown-key")?;
    told(guessed.body() == unknown.body(), "both refusals say the same")
}

pub(crate) fn wrong_code(client: &Client<'_>) -> Step {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("Without a way back, the user types the code, and there is one attempt")?;
    let temporary = initiate(client, "oob")?;
    let page = authorization_url(&client.url("/authorize"), &temporary)?;
    let code = String::from_utf8(user::agree(wire, &page)?.response.body)?;
    let wrong = if code == "00000000" { "00000001" } else { "00000000" };
    story.note("A digit is wrong.")?;
    wire.refused(&client.send(&client.exchange(&temporary, wrong)?)?, "mismatch")?;
    story.note("The right one comes too late: whoever guesses gets no second try.")?;
    wire.refused(&client.send(&client.exchange(&temporary, &code)?)?, "unknown-key")?;

    story.step("From the start, and typed with care")?;
    let temporary = initiate(client, "oob")?;
    let page = authorization_url(&client.url("/authorize"), &temporary)?;
    let code = String::from_utf8(user::agree(wire, &page)?.response.body)?;
    let answer = client.send(&client.exchange(&temporary, &code)?)?;
    wire.served(&answer)?;
    let token = TokenResponse::parse(answer.body())?.to_credentials()?;
    let target = ("GET", "/notes?order=newest");
    let sent = client.call(target, Body::None, &client.key(Some(&token))?, UnixTime::now())?;
    let answer = client.send(&sent)?;
    wire.served(&answer)?;
    told(answer.body() == b"2 notes", "what was refused left no note")?;
    story.outcome("a second token, and two notes: nothing of what was refused was done")?;
    Ok(())
}

/// A note, as a form.
fn note(client: &Client<'_>, token: &Credentials, now: UnixTime) -> Step<Sent> {
    let key = client.key(Some(token))?;
    client.call(NOTES, Body::Form("text=10+to+Ann+%26+Bob"), &key, now)
}

fn told(is_so: bool, what: &str) -> Step {
    if is_so { Ok(()) } else { Err(format!("it is not so: {what}").into()) }
}
