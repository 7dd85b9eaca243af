//! The story: messages, a replay and a forgery of each provider, handshakes, and a key that is replaced
//! while messages flow. Each step is told after it was checked.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use creance_sigv::UnixTime;
use creance_sigv::keyring::{KeyEntry, KeyState, SharedKeyring};
use serde_json::{Value, json};

use crate::client::{Answer, Request, send};
use crate::providers::{PROVIDERS, Provider, Scheme};
use crate::receiver::{MAX_BODY, Receiver};
use crate::sender;
use crate::settings::{Questions, Secret};
use crate::story::Story;

type Done = Result<(), Box<dyn Error>>;

/// What the providers hold: their own keys.
type Senders = BTreeMap<&'static str, SharedKeyring>;

/// Tells it all.
pub(crate) async fn tell(
    receiver: &Arc<Receiver>,
    secrets: &BTreeMap<&'static str, Secret>,
    story: &Story,
) -> Done {
    let senders = senders(secrets)?;
    messages(receiver, &senders, story).await?;
    replays(receiver, &senders, story).await?;
    forgeries(receiver, &senders, story).await?;
    strangers(receiver, &senders, story).await?;
    handshakes(receiver, &senders, story).await?;
    rotation(receiver, &senders, story).await?;
    story.end("Everything went as told.")?;
    Ok(())
}

/// What Meta and the hub of the story are told.
pub(crate) fn questions() -> Questions {
    Questions {
        verify_token: Some("meatyhamhock".into()),
        topic: Some("https://example.com/feed".into()),
    }
}

fn senders(secrets: &BTreeMap<&'static str, Secret>) -> Result<Senders, Box<dyn Error>> {
    let mut senders = BTreeMap::new();
    for provider in &PROVIDERS {
        let ring = SharedKeyring::default();
        ring.insert(KeyEntry::new("key-1", provider.key(&secrets[provider.name].text)?)?)?;
        senders.insert(provider.name, ring);
    }
    Ok(senders)
}

/// What is not as told ends the program.
fn expect<T: PartialEq + Debug>(what: &str, found: &T, told: &T) -> Done {
    if found == told {
        Ok(())
    } else {
        Err(format!("{what}: {found:?} where {told:?} was told").into())
    }
}

fn signed(
    receiver: &Receiver,
    senders: &Senders,
    provider: &Provider,
    number: u32,
) -> Result<Request, Box<dyn Error>> {
    let keys = senders[provider.name].snapshot();
    let origin = receiver.url("");
    Ok(sender::message(provider, &origin, &*keys, number, UnixTime::now())?)
}

async fn ask(receiver: &Receiver, request: &Request) -> Result<Answer, Box<dyn Error>> {
    send(&receiver.url(""), request).await
}

async fn messages(receiver: &Receiver, senders: &Senders, story: &Story) -> Done {
    story.step("Each provider sends a message")?;
    for provider in &PROVIDERS {
        let request = signed(receiver, senders, provider, 1)?;
        let answer = ask(receiver, &request).await?;
        expect(provider.name, &(answer.status, answer.body.as_str()), &(200, "handled"))?;
        story.wire('>', &format!("{} {}", request.method, request.target))?;
    }
    expect("the log", &receiver.log.take(), &Vec::new())?;
    story.outcome(format!("{} providers, each answered 200", PROVIDERS.len()))?;
    Ok(())
}

async fn replays(receiver: &Receiver, senders: &Senders, story: &Story) -> Done {
    story.step("Somebody sends what they have seen once more")?;
    let mut counts = (0, 0);
    for provider in &PROVIDERS {
        let request = signed(receiver, senders, provider, 2)?;
        let first = ask(receiver, &request).await?;
        expect(provider.name, &first.status, &200)?;
        let again = ask(receiver, &request).await?;
        if provider.signs_time() {
            expect(provider.name, &again.status, &401)?;
            expect(provider.name, &again.body.as_str(), &"the message is not authenticated")?;
            counts.0 += 1;
        } else {
            let answer = (again.status, again.body.as_str());
            expect(provider.name, &answer, &(200, "handled before"))?;
            if provider.name == "twilio" {
                let again = ask(receiver, &sender::rewritten(&request)).await?;
                expect("a form in another order", &again.body.as_str(), &"handled before")?;
            }
            counts.1 += 1;
        }
    }
    let lines = receiver.log.take();
    expect("lines of the log", &lines.len(), &counts.0)?;
    for line in lines {
        let is_replay = line.contains("refused, replay:");
        expect(&line, &is_replay, &true)?;
        story.log(line)?;
    }
    story.outcome(format!("{} schemes sign a time: 401 by the replay store", counts.0))?;
    story.outcome(format!("{} do not: remembered by what is signed, done once", counts.1))?;
    Ok(())
}

async fn forgeries(receiver: &Receiver, senders: &Senders, story: &Story) -> Done {
    story.step("Somebody changes a message on its way")?;
    for provider in &PROVIDERS {
        let request = sender::forged(provider, &signed(receiver, senders, provider, 3)?);
        let answer = ask(receiver, &request).await?;
        expect(provider.name, &answer.status, &401)?;
        let lines = receiver.log.take();
        let code = if provider.name == "twilio-json" { "body-mismatch" } else { "mismatch" };
        let begins = format!("{}: refused, {code}:", provider.name);
        expect(provider.name, &lines.iter().all(|line| line.starts_with(&begins)), &true)?;
        expect("lines of the log", &lines.len(), &1)?;
        // It was not claimed: the message itself still comes through.
        let request = signed(receiver, senders, provider, 3)?;
        expect(provider.name, &ask(receiver, &request).await?.status, &200)?;
    }
    story.outcome("each answered 401, and none of them spent the message it was made of")?;
    Ok(())
}

async fn strangers(receiver: &Receiver, senders: &Senders, story: &Story) -> Done {
    story.step("Others send what is no message at all")?;
    let stripe = provider("stripe")?;
    let right = signed(receiver, senders, stripe, 4)?;
    let mut old = right.clone();
    let now = UnixTime::now().saturating_sub(1000);
    let keys = senders["stripe"].snapshot();
    old.headers = sender::message(stripe, &receiver.url(""), &*keys, 4, now)?.headers;
    let unsigned = Request { headers: Vec::new(), ..right.clone() };
    let mut twice = right.clone();
    twice.headers.extend(right.headers.clone());
    let mut many = right.clone();
    many.headers[0].1 = ["t=1", &",v1=00".repeat(115)].concat();
    let mut long = right.clone();
    long.body = vec![b' '; MAX_BODY + 1];
    for (what, request, status, code) in [
        ("no signature", unsigned, 401, "no-signature"),
        ("the signature's header twice", twice, 400, "duplicate"),
        ("115 tags", many, 400, "too-many"),
        ("a time of a quarter of an hour ago", old, 401, "too-old"),
        ("a body of more than 256 KiB", long, 413, "body-too-long"),
    ] {
        let answer = ask(receiver, &request).await?;
        expect(what, &answer.status, &status)?;
        let lines = receiver.log.take();
        let is_told = lines.iter().any(|line| line.contains(&format!("refused, {code}:")));
        expect(what, &is_told, &true)?;
        story.note(format!("{what}: {status}, and for the operator `{code}`"))?;
    }
    let answer = ask(receiver, &right).await?;
    expect("the message itself", &answer.status, &200)?;
    Ok(())
}

async fn handshakes(receiver: &Receiver, senders: &Senders, story: &Story) -> Done {
    story.step("Providers ask whether they are meant")?;
    let get = |target: &str| Request {
        method: "GET",
        target: target.into(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let topic = "https%3A%2F%2Fexample.com%2Ffeed";
    for (target, status, body) in [
        (
            "/hooks/meta?hub.mode=subscribe&hub.challenge=17&hub.verify_token=meatyhamhock",
            200,
            "17",
        ),
        (
            "/hooks/meta?hub.mode=subscribe&hub.challenge=17&hub.verify_token=guessed",
            401,
            "the message is not authenticated",
        ),
        (
            &format!("/hooks/websub?hub.mode=subscribe&hub.challenge=18&hub.topic={topic}"),
            200,
            "18",
        ),
        ("/hooks/dropbox?challenge=19", 200, "19"),
    ] {
        let answer = ask(receiver, &get(target)).await?;
        expect(target, &(answer.status, answer.body.as_str()), &(status, body))?;
        story.wire('>', &format!("GET {target}"))?;
        story.wire('<', &format!("{} {}", answer.status, answer.body))?;
    }
    let zoom = provider("zoom")?;
    let Scheme::Headers(template) = &zoom.scheme else { return Err("Zoom has a template".into()) };
    let payload = json!({ "plainToken": "qgg8vlvZRS6UYooatFL8Aw" });
    let body = json!({ "event": "endpoint.url_validation", "payload": payload }).to_string();
    let outgoing = creance_sigv::webhook::Outgoing::new(body.as_bytes());
    let keys = senders["zoom"].snapshot();
    let headers = template.sign(&outgoing, &*keys, UnixTime::now())?.to_headers();
    let request = Request { method: "POST", target: zoom.path(), headers, body: body.into() };
    let asked = ask(receiver, &request).await?;
    let answer: Value = serde_json::from_str(&asked.body)?;
    expect("Zoom's token", &answer["plainToken"], &json!("qgg8vlvZRS6UYooatFL8Aw"))?;
    let is_json = asked.head.contains("content-type: application/json");
    expect("the kind of Zoom's answer", &is_json, &true)?;
    expect("Zoom's tag", &answer["encryptedToken"].as_str().map(str::len), &Some(64))?;
    receiver.log.take();
    story.outcome("answered to those who know the token, or whose message was verified")?;
    Ok(())
}

/// Messages that flow until told to stop.
#[derive(Default)]
struct Flow {
    accepted: AtomicU32,
    stop: AtomicBool,
}

impl Flow {
    /// Sends one message after the other; the first that is refused ends it.
    async fn run(
        &self,
        receiver: &Receiver,
        provider: &Provider,
        keys: &SharedKeyring,
    ) -> Result<(), String> {
        let origin = receiver.url("");
        for number in 1000.. {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let ring = keys.snapshot();
            let request = sender::message(provider, &origin, &*ring, number, UnixTime::now());
            let request = request.map_err(|error| error.to_string())?;
            let answer = send(&origin, &request).await.map_err(|error| error.to_string())?;
            if answer.status != 200 {
                return Err(format!("message {number} was refused: {}", answer.head));
            }
            self.accepted.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Until some more have been accepted, of which all but one were sent after this was called.
    async fn some_more(&self) -> Done {
        let (before, begun) = (self.accepted.load(Ordering::Relaxed), Instant::now());
        while self.accepted.load(Ordering::Relaxed) < before + 10 {
            expect("waiting", &(begun.elapsed() < Duration::from_secs(20)), &true)?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}

async fn rotation(receiver: &Arc<Receiver>, senders: &Senders, story: &Story) -> Done {
    story.step("A key is replaced while messages flow")?;
    let provider = provider("standard")?;
    let new = provider.made_up_secret();
    let old = (*senders["standard"].snapshot()).clone();
    let (theirs, ours) = (Arc::new(SharedKeyring::new(old.clone())), receiver.keys(provider));
    let flow = Arc::new(Flow::default());
    let flowing = {
        let (flow, receiver) = (Arc::clone(&flow), Arc::clone(receiver));
        let theirs = Arc::clone(&theirs);
        tokio::spawn(async move { flow.run(&receiver, provider, &theirs).await })
    };

    let entry = || KeyEntry::new("key-2", provider.key(&new)?);
    ours.insert(entry()?.with_state(KeyState::Pending))?;
    flow.some_more().await?;
    story.note("we know the new key, and nobody signs with it")?;
    theirs.insert(entry()?)?;
    flow.some_more().await?;
    story.note("the provider signs with it, before it is active here")?;
    let pending = receiver.log.take();
    ours.update(|ring| {
        ring.set_state("key-2", KeyState::Active)?;
        ring.set_state("key-1", KeyState::VerifyOnly)
    })?;
    flow.some_more().await?;
    story.note("it is active here; the old one verifies what is still under way")?;
    receiver.log.take();
    let late = sender::message(provider, &receiver.url(""), &old, 901, UnixTime::now())?;
    expect("a late message", &ask(receiver, &late).await?.status, &200)?;
    let old_used = receiver.log.take();
    for key in ours.report() {
        expect(key.id(), &(key.uses() > 0), &true)?;
        story.log(key.to_string())?;
    }
    ours.set_state("key-1", KeyState::Retired)?;
    flow.some_more().await?;
    flow.stop.store(true, Ordering::Relaxed);
    flowing.await??;
    for (lines, event) in [
        (pending, "the key key-2 was used, which is not active here yet"),
        (old_used, "the old key key-1 was used"),
    ] {
        let line = lines.first().ok_or(format!("no line of {event}"))?;
        expect(line, &line.contains(event), &true)?;
        story.log(format!("{line}, {} times", lines.len()))?;
    }
    story.outcome("of the messages that came meanwhile none was refused")?;

    let last = sender::message(provider, &receiver.url(""), &old, 902, UnixTime::now())?;
    let answer = ask(receiver, &last).await?;
    expect("the old key", &answer.status, &401)?;
    expect("its answer", &answer.head.contains("www-authenticate: webhook"), &true)?;
    story.outcome("the old key is retired: what it signs is answered 401")?;
    Ok(())
}

fn provider(name: &str) -> Result<&'static Provider, String> {
    let found = PROVIDERS.iter().find(|provider| provider.name == name);
    found.ok_or_else(|| format!("no provider {name}"))
}
