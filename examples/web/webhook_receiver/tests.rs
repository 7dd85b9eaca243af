//! The story is the test; besides, what it does not tell.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::Arc;

use creance_sigv::UnixTime;
use creance_sigv::keyring::KeySet;
use creance_sigv::replay::Restart;
use tokio::net::TcpListener;

use crate::client::send;
use crate::log::Log;
use crate::providers::{PROVIDERS, Provider};
use crate::receiver::{Receiver, router};
use crate::sender;
use crate::settings::Settings;

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_as_told() {
    crate::demo().await.unwrap();
}

#[test]
fn each_provider_has_an_endpoint_of_its_own() {
    let names: BTreeSet<_> = PROVIDERS.iter().map(|provider| provider.name).collect();
    assert_eq!(names.len(), PROVIDERS.len());
}

fn read(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Option<Settings>, String> {
    let environment = |name: &str| {
        let found = environment.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Settings::read(arguments.iter().map(|argument| (*argument).to_owned()), environment)
}

#[test]
fn settings_are_read() {
    assert!(read(&["--help"], &[]).unwrap().is_none());
    let settings = read(&["--serve", "127.0.0.1:0", "--origin", "https://h/"], &[]);
    let settings = settings.unwrap().unwrap();
    assert_eq!(settings.serve.unwrap().port(), 0);
    assert_eq!(settings.origin.as_deref(), Some("https://h"));
    for wrong in [&["--serve"][..], &["--serve", "x"], &["--port", "1"]] {
        assert!(read(wrong, &[]).is_err(), "{wrong:?}");
    }
}

/// Two secrets at once, as while one is replaced; made up ones are never the same.
#[test]
fn secrets_come_from_the_environment() {
    let both = "the old secret of Slack,the new secret of Slack";
    let settings = read(&[], &[("WEBHOOK_SECRET_SLACK", both)]).unwrap().unwrap();
    let (secrets, others) = (settings.secrets(), settings.secrets());
    assert!(!secrets["slack"].is_made_up && secrets["stripe"].is_made_up);
    assert_ne!(secrets["stripe"].text, others["stripe"].text);
    let restart = Restart::DangerousNoBarrier;
    let receiver = Receiver::new("http://h", &secrets, restart, Log::kept()).unwrap();
    let slack = provider("slack");
    let ring = receiver.keys(slack).snapshot();
    assert_eq!(ring.usable(UnixTime::now()).count(), 2);
    assert_eq!(ring.signer(UnixTime::now()).unwrap().key_use().id(), "key-2");

    let settings = read(&[], &[("WEBHOOK_SECRET_SLACK", "short")]).unwrap().unwrap();
    let refused = Receiver::new("http://h", &settings.secrets(), restart, Log::kept());
    let error = refused.map(|_| ()).unwrap_err().to_string();
    assert!(error.starts_with("the secret of slack: the key has 5 bytes"), "{error}");
}

/// A process that has just started does not know what the one before it accepted.
#[tokio::test]
async fn after_a_restart_the_provider_is_asked_to_come_again() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let secrets = Settings::default().secrets();
    let restart = Restart::barrier_now();
    let receiver = Receiver::new(&origin, &secrets, restart, Log::kept()).unwrap();
    let receiver = Arc::new(receiver);
    let serving = router(Arc::clone(&receiver));
    let serving = tokio::spawn(async { axum::serve(listener, serving).await });
    let slack = provider("slack");
    let keys = receiver.keys(slack).snapshot();
    let request = sender::message(slack, &origin, &*keys, 1, UnixTime::now()).unwrap();
    let answer = send(&origin, &request).await.unwrap();
    assert_eq!(answer.status, 503);
    let seconds = answer.head.split("retry-after: ").nth(1).unwrap();
    let seconds: u64 = seconds.split("\r\n").next().unwrap().parse().unwrap();
    assert!((1..=6).contains(&seconds), "{seconds}");
    assert_eq!(answer.body, "authentication is not available now");
    serving.abort();
}

fn provider(name: &str) -> &'static Provider {
    PROVIDERS.iter().find(|provider| provider.name == name).unwrap()
}

#[test]
fn no_secret_is_in_what_a_programmer_sees() {
    let variables =
        [("WEBHOOK_SECRET_SLACK", "the secret of Slack"), ("WEBHOOK_VERIFY_TOKEN", "meatyhamhock")];
    let settings = read(&[], &variables).unwrap().unwrap();
    assert_eq!(settings.questions.verify_token.as_deref(), Some("meatyhamhock"));
    let text = format!("{settings:?}");
    assert!(!text.contains("the secret") && !text.contains("meaty"), "{text}");
}

/// Adyen joins fields by `:` and escapes nothing.
#[test]
fn a_field_of_adyen_cannot_be_shifted_into_the_next() {
    let item = |psp: &str, original: &str, reference: &str| {
        let item = serde_json::json!({
            "pspReference": psp, "originalReference": original, "merchantReference": reference,
        });
        crate::in_body::adyen_fields(&item)
    };
    assert_eq!(item("a", "b", "order:1").unwrap(), "a:b::order:1::::");
    assert_eq!(item("a", "b", r"o\1").unwrap(), r"a:b::o\1::::");
    assert!(item("a:b", "", "1").is_err() && item("", "a:b", "1").is_err());
}
