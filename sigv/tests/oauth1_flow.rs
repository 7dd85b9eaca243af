//! OAuth 1.0a, the dance of three: temporary credentials, the user's word, token credentials.

#[path = "common/oauth1.rs"]
mod by_hand;

use by_hand::{CONSUMER_KEY, NOW, client, client_key};
use creance_sigv::oauth1::{
    Authorized, Callback, Credentials, Outgoing, Request, RequestKey, Returned, Server, Temporary,
    TokenResponse, VerificationCode, authorization_url,
};
use creance_sigv::scheme::{Part, Received, Rejection};
use creance_sigv::{Algorithm, Error, UnixTime, rand};

const URL: &str = "https://photos.example.net/token";
const CALLBACK: &str = "https://printer.example.com/ready?job=1";
const EXPIRES: UnixTime = UnixTime::from_secs(1_700_000_600);

/// Signs, sends, verifies, and hands the proof to `then`.
fn accepted<T>(
    outgoing: Outgoing<'_>,
    key: &RequestKey,
    then: impl FnOnce(&creance_sigv::scheme::Verified<'_, Request<'_>>) -> Result<T, Rejection>,
) -> Result<T, Error> {
    let signed = outgoing.with_nonce("1").sign(key, NOW).unwrap();
    let headers = signed.to_headers();
    let received = Received::new("POST", URL, &headers, b"");
    let authentic = Server::new().verify(&received, key, NOW).unwrap();
    then(&authentic.dangerous_accept_replays()).map_err(|rejection| *rejection.error())
}

fn initiate(callback: &str) -> Result<Temporary, Error> {
    let outgoing = Outgoing::new("POST", URL).with_callback(callback);
    accepted(outgoing, &client_key(Algorithm::Sha1), |request| {
        Temporary::issue(request, EXPIRES, &mut rand::rng())
    })
}

fn exchange(
    authorized: Authorized,
    key: &RequestKey,
    verifier: Option<&str>,
    now: UnixTime,
) -> Result<Credentials, Error> {
    let mut outgoing = Outgoing::new("POST", URL);
    if let Some(verifier) = verifier {
        outgoing = outgoing.with_verifier(verifier);
    }
    accepted(outgoing, key, |request| authorized.exchange(request, now, &mut rand::rng()))
}

#[test]
fn the_whole_dance() {
    let temporary = initiate(CALLBACK).unwrap();
    assert_eq!(temporary.consumer_key(), CONSUMER_KEY);
    assert_eq!(temporary.callback().as_str(), CALLBACK);

    // The client.
    let body = temporary.to_response();
    let response = TokenResponse::parse(body.as_bytes()).unwrap();
    let known = response.to_temporary().unwrap();
    let page = authorization_url("https://photos.example.net/authorize?lang=en", &known).unwrap();
    let token = known.identifier();
    let expected = format!("https://photos.example.net/authorize?lang=en&oauth_token={token}");
    assert_eq!(page, expected);

    // The user.
    let authorized = temporary.authorize(NOW, &mut rand::rng()).unwrap();
    let redirect = authorized.redirect().unwrap().expect("a URL");
    assert!(redirect.starts_with("https://printer.example.com/ready?job=1&oauth_token="));
    let query = redirect.split_once('?').unwrap().1;
    let verifier = Returned::parse(query).unwrap().verifier(&known).unwrap();
    assert_eq!(verifier.expose(), authorized.verifier().expose());

    // The client again.
    let key = RequestKey::new(Algorithm::Sha1, &client(), Some(&known)).unwrap();
    let token = exchange(authorized, &key, Some(verifier.expose()), EXPIRES).unwrap();
    let body = token.to_response();
    let response = TokenResponse::parse(body.as_bytes()).unwrap();
    let known = response.to_credentials().unwrap();
    assert_eq!(known.identifier(), token.identifier());
    assert_eq!(known.expose_secret(), token.expose_secret());
    // What is no temporary answer does not pass for one.
    assert_eq!(response.to_temporary().unwrap_err(), Error::NotCovered(Part::Callback));
}

#[test]
fn a_request_for_temporary_credentials_has_a_callback_and_no_token() {
    let no_callback = accepted(Outgoing::new("POST", URL), &client_key(Algorithm::Sha1), |it| {
        Temporary::issue(it, EXPIRES, &mut rand::rng())
    });
    assert_eq!(no_callback.unwrap_err(), Error::Missing(Part::Callback));
    for callback in ["", "OOB", "/ready", "javascript://x/%0aalert(1)", "https://h/#a", "app://x"] {
        let error = initiate(callback).unwrap_err();
        assert_eq!(error, Error::Malformed(Part::Callback), "{callback}");
    }
    let with_token = by_hand::token_key(Algorithm::Sha1);
    let outgoing = Outgoing::new("POST", URL).with_callback("oob");
    let refused = accepted(outgoing, &with_token, |request| {
        Temporary::issue(request, EXPIRES, &mut rand::rng())
    });
    assert_eq!(refused.unwrap_err(), Error::Malformed(Part::Token));
}

#[test]
fn an_exchange_is_refused_but_for_the_right_code_of_the_right_client_in_time() {
    let authorized = || initiate(CALLBACK).unwrap().authorize(NOW, &mut rand::rng()).unwrap();
    let key_of = |authorized: &Authorized| authorized.key(Algorithm::Sha1, &client()).unwrap();

    let one = authorized();
    let error = exchange(one.clone(), &key_of(&one), Some("wrong"), NOW).unwrap_err();
    assert_eq!(error, Error::Mismatch);
    let error = exchange(one.clone(), &key_of(&one), None, NOW).unwrap_err();
    assert_eq!(error, Error::Missing(Part::Verifier));
    let right = one.verifier().expose().to_owned();
    let late = EXPIRES.saturating_add(1);
    let error = exchange(one.clone(), &key_of(&one), Some(&right), late).unwrap_err();
    assert_eq!(error, Error::Expired { ago: 1 });

    // Another user's temporary credentials, with that user's own code.
    let other = authorized();
    let error = exchange(one.clone(), &key_of(&other), Some(&right), NOW).unwrap_err();
    assert_eq!(error, Error::UnknownKey);
    let no_token = client_key(Algorithm::Sha1);
    let error = exchange(one.clone(), &no_token, Some(&right), NOW).unwrap_err();
    assert_eq!(error, Error::UnknownKey);
    // Another client that has got hold of them.
    let thief = Credentials::new("thief", "a secret of the thief's own").unwrap();
    let thief = one.key(Algorithm::Sha1, &thief).unwrap();
    let error = exchange(one.clone(), &thief, Some(&right), NOW).unwrap_err();
    assert_eq!(error, Error::UnknownKey);

    assert!(exchange(one.clone(), &key_of(&one), Some(&right), NOW).is_ok());
}

/// The user has thought for too long.
#[test]
fn nobody_agrees_to_what_has_expired() {
    let authorize = |now| initiate(CALLBACK).unwrap().authorize(now, &mut rand::rng()).map(drop);
    assert_eq!(authorize(EXPIRES), Ok(()));
    let late = authorize(EXPIRES.saturating_add(7)).unwrap_err();
    assert_eq!(*late.error(), Error::Expired { ago: 7 });
}

/// A scheme is one that the server has named, and never one that a browser runs or reads.
#[test]
fn apps_are_called_back_by_schemes_that_are_known() {
    let known = ["myapp", "com.example.app", "javascript", "Data", "file", "vbscript", "http"];
    let parse = |text: &str| Callback::parse_app(text, &known);
    for text in ["myapp://ready", "MyApp:ready", "com.example.app:/ready?job=1"] {
        assert_eq!(parse(text), Ok(Callback::App(text.into())));
        assert!(Callback::parse(text).is_err(), "{text}");
    }
    assert_eq!(parse("oob"), Ok(Callback::OutOfBand));
    assert_eq!(parse(CALLBACK), Ok(Callback::Url(CALLBACK.into())));
    for text in [
        "other://ready",
        "myapp",
        "myapp:",
        ":ready",
        "my app://ready",
        "myapp://a b",
        "myapp://a#b",
        "myapp://\u{e4}",
        "javascript:alert(1)",
        "JavaScript://x/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "http:x",
        "",
    ] {
        assert_eq!(parse(text), Err(Error::Malformed(Part::Callback)), "{text}");
    }
    assert!(parse(&format!("myapp:{}", "a".repeat(8186))).is_ok());
    assert!(parse(&format!("myapp:{}", "a".repeat(8187))).is_err());

    let key = client_key(Algorithm::Sha1);
    let issue = |callback: &str| {
        accepted(Outgoing::new("POST", URL).with_callback(callback), &key, |request| {
            let text = request.shown().protocol("oauth_callback").unwrap_or_default();
            let callback = Callback::parse_app(text, &["myapp"])?;
            Temporary::issue_for(request, callback, EXPIRES, &mut rand::rng())
        })
    };
    for (callback, separator) in [("myapp://ready", '?'), ("myapp:/ready?job=1", '&')] {
        let authorized = issue(callback).unwrap().authorize(NOW, &mut rand::rng()).unwrap();
        let redirect = authorized.redirect().unwrap().expect("an address");
        assert!(redirect.starts_with(&format!("{callback}{separator}oauth_token=")), "{redirect}");
        assert_eq!(authorized.verifier().expose().len(), 22);
    }
    assert_eq!(issue("otherapp://ready").unwrap_err(), Error::Malformed(Part::Callback));
    // What was put together by hand is looked at once more.
    let temporary = issue("myapp://ready").unwrap();
    let forged = Callback::App("javascript:alert(1)".into());
    let forged = Temporary::new(temporary.credentials().clone(), CONSUMER_KEY, forged, EXPIRES);
    let authorized = forged.authorize(NOW, &mut rand::rng()).unwrap();
    assert_eq!(authorized.redirect(), Err(Error::Value(Part::Url)));
}

#[test]
fn a_code_that_is_typed_has_eight_digits_and_no_redirect() {
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let authorized = initiate("oob").unwrap().authorize(NOW, &mut rand::rng()).unwrap();
        let code = authorized.verifier().expose().to_owned();
        assert_eq!(code.len(), 8);
        assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        assert_eq!(authorized.redirect(), Ok(None));
        seen.extend(code.bytes());
    }
    assert_eq!(seen.len(), 10);
}

#[test]
fn a_user_who_comes_back_with_something_else_is_refused() {
    let temporary = Credentials::new("t", "secret").unwrap();
    let verifier = |query| {
        let returned = Returned::parse(query)?;
        returned.verifier(&temporary).map(|verifier| verifier.expose().to_owned())
    };
    assert_eq!(verifier("oauth_verifier=v&oauth_token=t&a=1"), Ok("v".to_owned()));
    assert_eq!(verifier("oauth_verifier=v&oauth_token=other"), Err(Error::Mismatch));
    assert_eq!(verifier("oauth_verifier=v"), Err(Error::Missing(Part::Token)));
    assert_eq!(verifier("oauth_token=t"), Err(Error::Missing(Part::Verifier)));
    assert_eq!(verifier("oauth_token=t&oauth_verifier="), Err(Error::EmptyKey));
    let twice = Err(Error::Duplicate(Part::Parameter));
    assert_eq!(verifier("oauth_token=t&oauth_token=t&oauth_verifier=v"), twice);
    assert_eq!(verifier("oauth_token=%"), Err(Error::Malformed(Part::Parameter)));
    let long = "a".repeat(8193);
    assert_eq!(verifier(&long), Err(Error::TooLong { part: Part::Url, maximum: 8192 }));
}

#[test]
fn answers_are_read_strictly() {
    let temporary = |body: &str| {
        let response = TokenResponse::parse(body.as_bytes())?;
        response.to_temporary().map(|credentials| credentials.identifier().to_owned())
    };
    let right = "oauth_token=a%20b&oauth_token_secret=c&oauth_callback_confirmed=true";
    assert_eq!(temporary(right), Ok("a b".to_owned()));
    let unconfirmed = Err(Error::NotCovered(Part::Callback));
    assert_eq!(temporary(&right.replace("true", "false")), unconfirmed);
    assert_eq!(temporary("oauth_token=a&oauth_token_secret=c"), unconfirmed);
    let part = |name: &str| temporary(&right.replace(name, "x"));
    assert_eq!(part("oauth_token="), Err(Error::Missing(Part::Token)));
    assert_eq!(part("oauth_token_secret="), Err(Error::Missing(Part::Secret)));
    let twice = format!("{right}&oauth_token=a%20b");
    assert_eq!(temporary(&twice), Err(Error::Duplicate(Part::Parameter)));
    for body in [&b"<html>\n"[..], b"\xff", b"a=%zz"] {
        let error = TokenResponse::parse(body).unwrap_err();
        assert_eq!(error, Error::Malformed(Part::Parameter));
    }
    let long = vec![b'a'; 8193];
    let error = TokenResponse::parse(&long).unwrap_err();
    assert_eq!(error, Error::TooLong { part: Part::Body, maximum: 8192 });
}

#[test]
fn what_is_stored_comes_back() {
    let issued = initiate(CALLBACK).unwrap();
    let stored =
        Credentials::new(issued.credentials().identifier(), issued.credentials().expose_secret());
    let callback = Callback::parse(issued.callback().as_str()).unwrap();
    let restored =
        Temporary::new(stored.unwrap(), issued.consumer_key(), callback, issued.expires());
    let authorized = Authorized::new(restored, VerificationCode::new("stored-code").unwrap());
    let key = RequestKey::new(Algorithm::Sha1, &client(), Some(issued.credentials())).unwrap();
    let printed = format!("{authorized:?} {:?}", authorized.verifier());
    assert!(!printed.contains("stored-code"), "{printed}");
    assert!(!printed.contains(issued.credentials().expose_secret()), "{printed}");
    assert!(exchange(authorized, &key, Some("stored-code"), NOW).is_ok());
}
