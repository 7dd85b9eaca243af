//! What goes out.

use axum::http::StatusCode;

use super::world::{PASSWORD, World};

#[tokio::test]
async fn every_answer_says_what_browsers_must_not_do() {
    let world = World::new();
    let mut client = world.client();
    client.enrol().await;
    let mut replies = vec![client.post_alone("/turn-off", &[]).await, client.get("/nothing").await];
    for path in ["/", "/sign-in", "/account", "/replace", "/recovery-codes", "/turn-off"] {
        replies.push(client.get(path).await);
    }
    replies.push(client.post("/replace", &[]).await);
    replies.push(client.post("/recovery-codes", &[]).await);
    for reply in replies {
        assert_eq!(reply.header("cache-control"), "no-store", "{reply:?}");
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "same-origin");
        assert!(!reply.body.contains("<script") && !reply.body.contains(" style="));
    }
}

#[tokio::test]
async fn only_what_is_the_same_for_all_may_be_kept() {
    let world = World::new();
    let mut client = world.client();
    for (path, content_type) in
        [("/style.css", "text/css; charset=utf-8"), ("/icon.svg", "image/svg+xml")]
    {
        let reply = client.get(path).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.header("content-type"), content_type);
        assert_eq!(reply.header("cache-control"), "public, max-age=3600");
        assert_eq!(reply.header("set-cookie"), "");
    }
    let missing = client.get("/missing").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.body.contains("There is no such page"));
}

#[tokio::test]
async fn a_hostile_name_is_text_on_every_page() {
    let world = World::new();
    let name = "\"><script>alert('1')</script>&amp;";
    world.app.users.add(name, PASSWORD).expect("a user");
    let mut client = world.client();
    client.sign_in_as(name, PASSWORD).await;
    let account = client.get("/account").await;
    assert!(account.body.contains("&quot;&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp;"));
    let begin = client.get("/enrol").await;
    let scan = client.post("/enrol", &[("password", PASSWORD)]).await;
    assert_eq!(scan.status, StatusCode::OK);
    let wrong = client.sign_in_as(name, "wrong").await;
    for reply in [account, begin, scan, wrong] {
        assert!(!reply.body.contains("<script") && !reply.body.contains("value=\"\">"));
    }
}

#[tokio::test]
async fn the_file_holds_the_codes_of_the_page_and_nothing_else() {
    let world = World::new();
    let mut client = world.client();
    let (_, codes) = client.enrol().await;
    let reply = client.post("/recovery-codes/file", &[("codes", &codes.join(" "))]).await;
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    let disposition = "attachment; filename=\"recovery-codes.txt\"";
    assert_eq!(reply.header("content-disposition"), disposition);
    let lines: Vec<_> = reply.body.split("\r\n").collect();
    assert_eq!(lines[0], "Creance example: recovery codes of alice@example.com");
    assert_eq!(&lines[3..13], codes.as_slice());

    let reply = client.post("/recovery-codes/file", &[("codes", "call +1-555-0100 now!")]).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(!reply.body.contains("555"));
}

#[tokio::test]
async fn a_secret_is_shown_once() {
    let world = World::new();
    let mut client = world.client();
    client.sign_in().await;
    let scan = client.post("/enrol", &[("password", PASSWORD)]).await;
    assert!(scan.body.contains("otpauth://totp/") && scan.body.contains("<svg "));
    let confirm = client.get("/enrol/confirm").await;
    let wrong = client.post("/enrol/confirm", &[("code", "12345")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    for reply in [confirm, wrong] {
        assert!(!reply.body.contains("otpauth:") && !reply.body.contains("<svg "));
    }
}
