//! What is on the disk.

use axum::http::StatusCode;
use redb::ReadableTable;

use super::world::World;
use crate::database::{ACCOUNTS, SESSIONS, USERS};

#[tokio::test]
async fn the_database_holds_no_secret_no_code_and_no_session_that_can_be_used() {
    let world = World::new();
    let mut client = world.client();
    let (app, codes) = client.enrol().await;
    world.wait(30);
    let code = app.code(&world);
    client.post("/sign-out", &[]).await;
    client.sign_in().await;
    client.post("/sign-in/code", &[("code", &code), ("trust", "yes")]).await;

    let stored = everything(&world);
    let bare: Vec<_> = codes.iter().map(|code| code.replace('-', "")).collect();
    let (session, device) = (&client.cookies["session"], &client.cookies["device"]);
    let mut hidden = vec![&app.secret, session, device];
    hidden.extend(codes.iter().chain(&bare));
    for text in hidden {
        assert!(!stored.contains(text.as_str()), "{text}");
    }
    assert!(stored.contains("alice@example.com"), "something was looked at");
    assert!(stored.contains("argon2id"));
}

/// All tables as text, byte for byte.
fn everything(world: &World) -> String {
    let all = world.database.read(|transaction| {
        let mut all = Vec::new();
        for row in transaction.open_table(USERS)?.iter()? {
            let (name, user) = row?;
            all.extend_from_slice(name.value().as_bytes());
            all.extend_from_slice(user.value());
        }
        for row in transaction.open_table(ACCOUNTS)?.iter()? {
            all.extend_from_slice(row?.1.value().1);
        }
        for row in transaction.open_table(SESSIONS)?.iter()? {
            let (name, session) = row?;
            all.extend_from_slice(name.value());
            all.extend_from_slice(session.value().1);
        }
        Ok(all)
    });
    String::from_utf8_lossy(&all.expect("a database")).into_owned()
}

#[tokio::test]
async fn after_a_restart_sessions_go_on_and_spent_codes_stay_spent() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::restarted(folder.path());
    let (app, codes) = world.client().enrol().await;
    let spent = app.code(&world);
    let mut client = world.client();
    client.sign_in().await;
    client.code(&codes[0]).await;
    let cookies = client.cookies.clone();
    drop(world);

    let world = World::restarted(folder.path());
    let mut client = world.client();
    client.cookies = cookies;
    assert_eq!(client.get("/account").await.status, StatusCode::OK);
    let mut client = world.client();
    client.sign_in().await;
    for code in [&spent, &codes[0]] {
        assert!(client.code(code).await.alert().starts_with("This code is not accepted."));
    }
    assert_eq!(client.code(&codes[1]).await.location(), "/account");
}
