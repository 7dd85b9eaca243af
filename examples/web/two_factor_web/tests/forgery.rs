//! Requests that are not meant.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::world::{NAME, PASSWORD, World};

const SIGN_IN: [(&str, &str); 2] = [("name", NAME), ("password", PASSWORD)];

#[tokio::test]
async fn a_form_without_the_token_of_its_session_is_refused() {
    let world = World::new();
    let (mut mine, mut theirs) = (world.client(), world.client());
    mine.get("/sign-in").await;
    theirs.get("/sign-in").await;

    let reply = mine.post_alone("/sign-in", &SIGN_IN).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.body.contains("This form is not accepted"));

    mine.token = theirs.token.clone();
    assert_eq!(mine.post("/sign-in", &SIGN_IN).await.status, StatusCode::FORBIDDEN);
    mine.token = String::new();
    assert_eq!(mine.post("/sign-in", &SIGN_IN).await.status, StatusCode::FORBIDDEN);
    assert_eq!(mine.get("/account").await.location(), "/sign-in");
}

#[tokio::test]
async fn every_form_takes_the_token() {
    let world = World::new();
    let mut client = world.client();
    client.enrol().await;
    let paths = [
        "/sign-in",
        "/sign-in/code",
        "/sign-in/recovery",
        "/sign-out",
        "/devices/forget",
        "/devices/forget-all",
        "/enrol",
        "/enrol/confirm",
        "/enrol/cancel",
        "/replace",
        "/recovery-codes",
        "/recovery-codes/file",
        "/turn-off",
    ];
    // All fields that any of them has.
    let fields = ["name", "password", "code", "device", "codes"].map(|name| (name, "1"));
    for path in paths {
        let reply = client.post_alone(path, &fields).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        assert!(reply.body.contains("This form is not accepted"), "{path}");
    }
    assert_eq!(client.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_even_with_the_token() {
    let world = World::new();
    for origin in ["http://127.0.0.1:8081", "https://evil.example", "null", ""] {
        let mut client = world.client();
        client.get("/sign-in").await;
        client.origin = origin.to_owned();
        let reply = client.post("/sign-in", &SIGN_IN).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{origin}");
    }
    let mut client = world.client();
    client.get("/sign-in").await;
    assert_eq!(client.post("/sign-in", &SIGN_IN).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_host_is_not_ours() {
    let world = World::new();
    let mut client = world.client();
    for (method, status) in
        [("GET", StatusCode::SEE_OTHER), ("POST", StatusCode::MISDIRECTED_REQUEST)]
    {
        let request =
            Request::builder().method(method).uri("/sign-in").header("host", "evil.example");
        let reply = client.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(reply.status, status);
        assert!(!reply.body.contains("token"));
        if method == "GET" {
            assert_eq!(reply.location(), world.origin);
        }
    }
}

#[tokio::test]
async fn a_form_that_is_too_long_or_not_ours_is_not_read() {
    let world = World::new();
    let mut client = world.client();
    client.get("/sign-in").await;
    let long = "a".repeat(9_000);
    let reply = client.post("/sign-in", &[("name", &long), ("password", "a")]).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    let reply = client.post("/sign-in", &[("name", "alice")]).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}
