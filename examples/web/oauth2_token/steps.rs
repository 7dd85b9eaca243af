//! The steps, as the client and its user see them.

use std::error::Error;

use oauth2::PkceCodeVerifier;
use oauth2::url::Url;

use crate::client::{Attempt, Client};
use crate::{REDIRECT_URI, http};

type Step<T = ()> = Result<T, Box<dyn Error>>;

const USED: &str = "invalid_grant: the code was used before";

/// What the user's browser does: opens the link, and is sent back.
fn follow(client: &Client<'_>, url: &Url) -> Step<Url> {
    let response = open(client, url)?;
    Ok(Url::parse(response.headers.get("Location").ok_or("no way back")?)?)
}

fn open(client: &Client<'_>, url: &Url) -> Step<http::Response> {
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    Ok(client.wire.exchange(("GET", &target), &[], None)?)
}

/// A user agrees: the attempt and its code.
fn agreed(client: &Client<'_>) -> Step<(Attempt, String)> {
    let attempt = client.begin();
    let back = follow(client, &attempt.url)?;
    client.wire.logged("a code was issued")?;
    let code = attempt.returned(&back)?;
    Ok((attempt, code))
}

pub(crate) fn code_with_pkce(client: &Client<'_>) -> Step {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("The user follows the client's link, agrees, and is sent back with a code")?;
    let (attempt, code) = agreed(client)?;
    story.outcome("the state is the one that this user set out with")?;

    story.step("The client redeems the code, with the verifier that only it knows")?;
    let token = client.redeem(&code, attempt.verifier)?;
    wire.logged("a token was issued for a code")?;
    told(client.opens(&token)?, "the token opens the notes")?;
    wire.logged("notes were read by notebook")?;
    story.outcome("the token opens the notes")?;

    story.step("The code once more is refused, and its token is revoked")?;
    story.note("Somebody has stolen the code: nobody knows who of the two came first.")?;
    let again = client.redeem(&code, some_verifier());
    refused(client, again, "invalid_grant")?;
    wire.logged("invalid_grant: the code was used before: its token is revoked")?;
    told(!client.opens(&token)?, "the token is revoked")?;
    wire.logged("invalid_token: the token is unknown, revoked or expired")?;
    story.outcome("the token does not open the notes any more")?;
    Ok(())
}

pub(crate) fn wrong_state(client: &Client<'_>) -> Step {
    let story = client.wire.story;
    story.step("A user who comes back with somebody else's state is refused by the client")?;
    story.note("The attacker agreed in their own name, and has the user open where that led.")?;
    let attackers = client.begin();
    let back = follow(client, &attackers.url)?;
    client.wire.logged("a code was issued")?;
    let users = client.begin();
    refused(client, users.returned(&back), "the state is another one")?;
    let (stripped, _) = back.as_str().split_once("&state=").ok_or("no state")?;
    story.note("Without any state, too.")?;
    refused(client, users.returned(&Url::parse(stripped)?), "the state is another one")
}

pub(crate) fn wrong_verifier(client: &Client<'_>) -> Step {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("A code without the verifier of its challenge is worth nothing")?;
    let (attempt, code) = agreed(client)?;
    refused(client, client.redeem(&code, some_verifier()), "invalid_grant")?;
    wire.logged("invalid_grant: the verifier is not the one of the challenge")?;
    story.note("There is one attempt: the right one comes too late.")?;
    refused(client, client.redeem(&code, attempt.verifier), "invalid_grant")?;
    wire.logged(USED)
}

pub(crate) fn odd_verifier(client: &Client<'_>) -> Step {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("A verifier is 43 to 128 unreserved characters")?;
    for (verifier, why) in [
        ("v".repeat(42), "the verifier does not have 43 to 128 characters"),
        ("v".repeat(129), "the verifier does not have 43 to 128 characters"),
        ("v!".repeat(22), "the verifier has other characters than unreserved ones"),
        ("\u{e4}".repeat(22), "the verifier has other characters than unreserved ones"),
    ] {
        let (_, code) = agreed(client)?;
        refused(client, client.redeem(&code, PkceCodeVerifier::new(verifier)), "invalid_grant")?;
        wire.logged(&format!("invalid_grant: {why}"))?;
    }
    Ok(())
}

/// What a client is told that has shown nothing, or something wrong.
pub(crate) fn challenges(client: &Client<'_>) -> Step {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("Who is refused is told by which scheme to come")?;
    let unknown = "invalid_token: the token is unknown, revoked or expired";
    let wrong = "invalid_client: the client's secret is wrong";
    let realm = "Bearer realm=\"notes\"";
    let invalid = format!("{realm}, error=\"invalid_token\"");
    for (target, authorization, challenge, log) in [
        (("GET", "/notes"), "", realm, "no token"),
        (("GET", "/notes"), "Basic YTpi", realm, "no token"),
        (("GET", "/notes"), "Bearer guess", &invalid, unknown),
        (("GET", "/notes"), "Bearer ", &invalid, unknown),
        (("POST", "/token"), "", "Basic realm=\"tokens\"", wrong),
        (("POST", "/token"), "Basic YTpi", "Basic realm=\"tokens\"", wrong),
    ] {
        let headers = [("Authorization", authorization)];
        let headers = if authorization.is_empty() { &[][..] } else { &headers };
        let body = (target.0 == "POST").then_some(b"grant_type=client_credentials".as_slice());
        let response = wire.exchange(target, headers, body)?;
        wire.logged(log)?;
        told(response.status == 401, "the status is 401")?;
        told(response.headers.get("WWW-Authenticate") == Some(challenge), challenge)?;
    }
    story.step("The name of a scheme is in any case")?;
    let token = client.own_token()?;
    wire.logged("a token was issued to the client itself")?;
    for scheme in ["Bearer", "bearer", "BEARER "] {
        let authorization = format!("{scheme} {token}");
        let headers = [("Authorization", authorization.as_str())];
        told(wire.exchange(("GET", "/notes"), &headers, None)?.status == 200, scheme)?;
        wire.logged("notes were read by notebook")?;
    }
    Ok(())
}

pub(crate) fn plain_challenge(client: &Client<'_>) -> Step {
    let story = client.wire.story;
    story.step("A challenge that is the verifier itself is refused")?;
    let attempt = client.begin();
    let said = "code_challenge_method=S256";
    for (other, note) in [
        ("code_challenge_method=plain", "The method is `plain`."),
        ("", "No method is named, which means `plain` as well."),
    ] {
        story.note(note)?;
        let url = Url::parse(&attempt.url.as_str().replace(said, other))?;
        told(url != attempt.url, "the link is another one")?;
        let back = follow(client, &url)?;
        client.wire.logged("the challenge is not made by S256")?;
        refused(client, attempt.returned(&back), "invalid_request")?;
    }
    Ok(())
}

pub(crate) fn other_redirect(client: &Client<'_>) -> Step {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("Codes are sent to the registered place only")?;
    let attempt = client.begin();
    for elsewhere in ["https://evil.example/back", "https://notebook.example/back/../elsewhere"] {
        let mut url = attempt.url.clone();
        let pairs: Vec<_> = attempt.url.query_pairs().into_owned().collect();
        url.query_pairs_mut().clear().extend_pairs(
            pairs.iter().map(|(name, value)| {
                (name, if name == "redirect_uri" { elsewhere } else { value })
            }),
        );
        let response = open(client, &url)?;
        told(response.status == 400, "there is an error")?;
        told(response.headers.get("Location").is_none(), "nobody is sent anywhere")?;
        wire.logged("invalid_request: the redirect_uri is not registered")?;
        story.outcome("refused, and nobody is sent anywhere")?;
    }

    story.step("And redeemed by who was sent there only")?;
    let (attempt, code) = agreed(client)?;
    let elsewhere = format!("{REDIRECT_URI}/");
    let answer = client.redeem_elsewhere(&code, attempt.verifier, &elsewhere);
    refused(client, answer, "invalid_grant")?;
    wire.logged("invalid_grant: the redirect_uri is not the one of the code")
}

pub(crate) fn client_credentials(client: &Client<'_>) -> Step {
    let (wire, story) = (client.wire, client.wire.story);
    story.step("The client gets a token for its own use")?;
    let token = client.own_token()?;
    wire.logged("a token was issued to the client itself")?;
    told(client.opens(&token)?, "the token opens the notes")?;
    wire.logged("notes were read by notebook")?;
    story.outcome("the token opens the notes")?;

    story.step("Not with another secret")?;
    let impostor = Client::new(wire, "somebody else's guess")?;
    refused(client, impostor.own_token(), "invalid_client")?;
    wire.logged("invalid_client: the client's secret is wrong")
}

/// A verifier of the right form, and of no challenge.
fn some_verifier() -> PkceCodeVerifier {
    PkceCodeVerifier::new("v".repeat(43))
}

/// It has to be refused, and with this word.
fn refused(client: &Client<'_>, answer: Step<String>, expected: &str) -> Step {
    match answer {
        Err(error) if error.to_string() == expected => {
            client.wire.story.outcome(format_args!("refused: {expected}"))?;
            Ok(())
        }
        Err(error) => Err(format!("refused as {error}, not {expected}").into()),
        Ok(_) => Err(format!("not refused as {expected}").into()),
    }
}

fn told(is_so: bool, what: &str) -> Step {
    if is_so { Ok(()) } else { Err(format!("it is not so: {what}").into()) }
}
