//! The second factor, from the first code to the last.

use axum::http::StatusCode;

use super::world::{PASSWORD, World};

#[tokio::test]
async fn a_code_lets_in_once() {
    let world = World::new();
    let mut client = world.client();
    let (app, _) = client.enrol().await;

    let mut client = world.client();
    assert_eq!(client.sign_in().await.location(), "/account");
    // The enrolment has spent this one.
    let reply = client.code(&app.code(&world)).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.alert().starts_with("This code is not accepted."), "{}", reply.alert());

    world.wait(30);
    let code = app.code(&world);
    assert_eq!(client.code(&code).await.location(), "/account");
    let mut client = world.client();
    client.sign_in().await;
    assert_eq!(client.code(&code).await.status, StatusCode::FORBIDDEN);
    assert_eq!(client.get("/account").await.location(), "/sign-in/code");
}

#[tokio::test]
async fn guesses_slow_down_and_the_right_code_has_to_wait_as_well() {
    let world = World::new();
    let (app, _) = world.client().enrol().await;
    world.wait(30);
    let mut client = world.client();
    client.sign_in().await;
    for _ in 0..5 {
        assert_eq!(client.code(&app.wrong_code(&world)).await.status, StatusCode::FORBIDDEN);
    }
    // From another browser as well.
    let mut other = world.client();
    other.sign_in().await;
    let reply = other.code(&app.code(&world)).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reply.header("retry-after"), "30");
    assert_eq!(reply.alert(), "Too many attempts. The next one is possible in 30 seconds.");
    world.wait(29);
    let reply = other.code(&app.code(&world)).await;
    assert_eq!(reply.header("retry-after"), "1");
    world.wait(1);
    assert_eq!(other.code(&app.code(&world)).await.location(), "/account");
}

#[tokio::test]
async fn after_a_hundred_failures_only_a_recovery_code_helps() {
    let world = World::new();
    let (app, codes) = world.client().enrol().await;
    let mut client = world.client();
    client.sign_in().await;
    for _ in 0..100 {
        world.wait(3_600);
        assert_eq!(client.code(&app.wrong_code(&world)).await.status, StatusCode::FORBIDDEN);
    }
    world.wait(86_400);
    let reply = client.code(&app.code(&world)).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reply.header("retry-after"), "");
    assert!(reply.alert().contains("No more of these codes are taken."), "{}", reply.alert());

    assert_eq!(client.code(&codes[0]).await.location(), "/account");
    let mut client = world.client();
    client.sign_in().await;
    assert_eq!(client.code(&app.code(&world)).await.location(), "/account");
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_and_ends_other_sessions() {
    let world = World::new();
    let mut finder = world.client();
    let (_, codes) = finder.enrol().await;
    let mut owner = world.client();
    owner.sign_in().await;
    let typed = codes[3].to_lowercase().replace('-', " ");
    assert_eq!(owner.post("/sign-in/recovery", &[("code", &typed)]).await.location(), "/account");
    let page = owner.get("/account").await;
    assert!(page.body.contains("You came in with a recovery code."));
    assert!(page.body.contains(">9</span> left."));
    assert_eq!(finder.get("/account").await.location(), "/sign-in");

    let mut again = world.client();
    again.sign_in().await;
    assert_eq!(again.code(&codes[3]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn another_phone_takes_a_fresh_proof_and_makes_an_end_of_the_old_one() {
    let world = World::new();
    let mut client = world.client();
    let (old, old_codes) = client.enrol().await;
    world.wait(301);
    // The proof of the enrolment is too old: the page asks for a code, and the form takes no less.
    let page = client.get("/replace").await;
    assert!(page.body.contains("name=\"code\""));
    let reply = client.post("/replace", &[]).await;
    assert_eq!((reply.status, reply.alert()), (StatusCode::FORBIDDEN, "Type a code to go on."));
    let reply = client.post("/replace", &[("code", &old.wrong_code(&world))]).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let scan = client.post("/replace", &[("code", &old.code(&world))]).await;
    assert_eq!(scan.status, StatusCode::OK);

    // Until it is confirmed, the old one is in use.
    world.wait(30);
    let mut meanwhile = world.client();
    meanwhile.sign_in().await;
    assert_eq!(meanwhile.code(&old.code(&world)).await.location(), "/account");

    let (new, new_codes) = client.confirm(&scan).await;
    assert_ne!(new.secret, old.secret);
    assert_eq!(meanwhile.get("/account").await.location(), "/sign-in");
    world.wait(30);
    let mut client = world.client();
    client.sign_in().await;
    for code in [&old.code(&world), &old_codes[0]] {
        assert_eq!(client.code(code).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(client.code(&new.code(&world)).await.location(), "/account");
    let mut client = world.client();
    client.sign_in().await;
    assert_eq!(client.code(&new_codes[0]).await.location(), "/account");
}

#[tokio::test]
async fn new_recovery_codes_end_the_old_ones() {
    let world = World::new();
    let mut client = world.client();
    let (_, old) = client.enrol().await;
    let page = client.get("/recovery-codes").await;
    assert!(!page.body.contains("name=\"code\""), "the proof is of a moment ago");
    let new = client.post("/recovery-codes", &[]).await.recovery_codes();
    let mut client = world.client();
    client.sign_in().await;
    assert_eq!(client.code(&old[0]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(client.code(&new[0]).await.location(), "/account");
}

#[tokio::test]
async fn turning_it_off_takes_a_code() {
    let world = World::new();
    let mut client = world.client();
    let (app, _) = client.enrol().await;
    world.wait(301);
    client.get("/turn-off").await;
    assert_eq!(client.post("/turn-off", &[]).await.status, StatusCode::FORBIDDEN);
    let reply = client.post("/turn-off", &[("code", &app.code(&world))]).await;
    assert_eq!(reply.location(), "/account");
    let mut client = world.client();
    assert_eq!(client.sign_in().await.location(), "/account");
    assert_eq!(client.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_trusted_browser_is_asked_for_the_password_alone_until_it_is_forgotten() {
    let world = World::new();
    let (app, _) = world.client().enrol().await;
    world.wait(30);
    let mut client = world.client();
    client.sign_in().await;
    let fields = [("code", &*app.code(&world)), ("trust", "yes")];
    let reply = client.post("/sign-in/code", &fields).await;
    let cookies = reply.headers.get_all("set-cookie").iter();
    let cookie = cookies.filter_map(|it| it.to_str().ok()).find(|it| it.starts_with("device="));
    let cookie = cookie.expect("a cookie");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=2592000"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }

    client.get("/account").await;
    client.post("/sign-out", &[]).await;
    client.sign_in().await;
    assert_eq!(client.get("/account").await.status, StatusCode::OK);
    // It is no proof for a change.
    assert_eq!(client.post("/turn-off", &[]).await.status, StatusCode::FORBIDDEN);

    // Nobody else's.
    world.app.users.add("bob@example.com", PASSWORD).expect("a user");
    let mut bob = world.client();
    bob.sign_in_as("bob@example.com", PASSWORD).await;
    let page = bob.post("/enrol", &[("password", PASSWORD)]).await;
    bob.confirm(&page).await;
    bob.get("/account").await;
    bob.post("/sign-out", &[]).await;
    bob.cookies.insert("device".to_owned(), client.cookies["device"].clone());
    bob.sign_in_as("bob@example.com", PASSWORD).await;
    assert_eq!(bob.get("/account").await.location(), "/sign-in/code");

    client.get("/account").await;
    assert_eq!(client.post("/devices/forget-all", &[]).await.location(), "/account");
    client.get("/account").await;
    client.post("/sign-out", &[]).await;
    client.sign_in().await;
    assert_eq!(client.get("/account").await.location(), "/sign-in/code");
}

#[tokio::test]
async fn an_enrolment_takes_the_password_once_more_and_ends_after_an_hour() {
    let world = World::new();
    let mut client = world.client();
    client.sign_in().await;
    let reply = client.post("/enrol", &[("password", "wrong")]).await;
    assert_eq!((reply.status, reply.alert()), (StatusCode::FORBIDDEN, "The password is wrong."));
    assert!(!reply.body.contains("otpauth:"));
    client.post("/enrol", &[("password", PASSWORD)]).await;
    assert_eq!(client.get("/enrol/confirm").await.status, StatusCode::OK);
    world.wait(3_600);
    let reply = client.post("/enrol/confirm", &[("code", "123456")]).await;
    assert_eq!(reply.alert(), "This took too long, or was begun again elsewhere.");
    client.post("/enrol/cancel", &[]).await;
    assert_eq!(client.get("/enrol/confirm").await.location(), "/account");
}
