//! Sessions: whose they are, and until when.

use axum::http::StatusCode;

use super::world::{PASSWORD, World};

#[tokio::test]
async fn a_session_gets_another_name_and_token_at_each_step_of_signing_in() {
    let world = World::new();
    let mut client = world.client();
    let (app, _) = client.enrol().await;
    world.wait(30);

    let mut client = world.client();
    client.get("/sign-in").await;
    let (planted, first_token) = (client.cookies.clone(), client.token.clone());
    client.sign_in().await;
    let (halfway, second_token) = (client.cookies.clone(), client.token.clone());
    client.code(&app.code(&world)).await;
    assert_ne!(planted["session"], halfway["session"]);
    assert_ne!(halfway["session"], client.cookies["session"]);
    assert_ne!(first_token, second_token);
    assert_ne!(second_token, client.token);
    assert_eq!(client.get("/account").await.status, StatusCode::OK);

    // Whoever has put the first cookie there, or seen the second, has nothing.
    for cookies in [planted, halfway] {
        let mut thief = world.client();
        thief.cookies = cookies;
        assert_eq!(thief.get("/account").await.location(), "/sign-in");
    }
}

#[tokio::test]
async fn a_name_that_we_did_not_give_is_not_taken() {
    let world = World::new();
    let mut client = world.client();
    let planted = "AAAAAAAAAAAAAAAAAAAAAA";
    client.cookies.insert("session".to_owned(), planted.to_owned());
    client.get("/sign-in").await;
    assert_ne!(client.cookies["session"], planted);
}

#[tokio::test]
async fn a_session_that_was_signed_out_is_over() {
    let world = World::new();
    let mut client = world.client();
    client.sign_in().await;
    let cookies = client.cookies.clone();
    assert_eq!(client.get("/account").await.status, StatusCode::OK);
    assert_eq!(client.post("/sign-out", &[]).await.location(), "/sign-in");
    client.cookies = cookies;
    assert_eq!(client.get("/account").await.location(), "/sign-in");
}

#[tokio::test]
async fn a_second_factor_ends_the_sessions_that_were_begun_without_it() {
    let world = World::new();
    let mut thief = world.client();
    thief.sign_in().await;
    assert_eq!(thief.get("/account").await.status, StatusCode::OK);
    let mut owner = world.client();
    owner.enrol().await;
    assert_eq!(thief.get("/account").await.location(), "/sign-in");
    assert_eq!(owner.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_password_alone_opens_nothing_of_an_account_with_a_second_factor() {
    let world = World::new();
    world.client().enrol().await;
    let mut client = world.client();
    client.sign_in().await;
    for path in ["/account", "/enrol", "/enrol/confirm", "/replace", "/recovery-codes", "/turn-off"]
    {
        let reply = client.get(path).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/sign-in/code"));
    }
    client.get("/sign-in/code").await;
    let fields = [("password", PASSWORD), ("code", "123456"), ("device", "1"), ("codes", "")];
    for path in [
        "/enrol",
        "/enrol/confirm",
        "/enrol/cancel",
        "/replace",
        "/recovery-codes",
        "/recovery-codes/file",
        "/turn-off",
        "/devices/forget",
        "/devices/forget-all",
    ] {
        let reply = client.post(path, &fields).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/sign-in/code"));
    }
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_get_the_same_answer() {
    let world = World::new();
    let mut client = world.client();
    let unknown = client.sign_in_as("nobody@example.com", PASSWORD).await;
    let wrong = client.sign_in_as("alice@example.com", "wrong").await;
    assert_eq!(unknown.status, StatusCode::FORBIDDEN);
    assert_eq!((wrong.status, wrong.alert()), (unknown.status, unknown.alert()));
    assert_eq!(wrong.alert(), "The name or the password is wrong.");
}

#[tokio::test]
async fn over_tls_cookies_are_for_this_host_over_tls_alone() {
    let world = World::at("https://example.com");
    let mut client = world.client();
    let reply = client.get("/sign-in").await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/;"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }
    assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(client.sign_in().await.location(), "/account");
}
