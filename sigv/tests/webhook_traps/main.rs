//! What attackers and lenient senders try, each refused for its own reason.
#![cfg(feature = "std")]

#[path = "../common/mod.rs"]
mod common;
mod covered;
mod forms;
mod headers;
mod keys;
mod replays;
mod tags;
mod time;
#[path = "../common/webhook.rs"]
mod webhook;

use common::to_hex;
use creance_sigv::keyring::{KeyEntry, KeySet, Keyring};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::webhook::Template;
use creance_sigv::{Error, Key, UnixTime, Window};
use webhook::{NOW, Sent, key};

const BODY: &[u8] = b"{\"a\":1}";

fn refusal(sent: &Sent, template: &Template<'static>, keys: &impl KeySet, now: UnixTime) -> Error {
    match sent.verify(template, keys, now) {
        Ok(_) => panic!("{}: verified {sent:?}", template.name()),
        Err(rejection) => *rejection.error(),
    }
}

fn accepted(sent: &Sent, template: &Template<'static>, keys: &impl KeySet) -> Vec<u8> {
    match sent.verify(template, keys, NOW) {
        Ok(authentic) => authentic.dangerous_accept_replays().body().to_vec(),
        Err(rejection) => panic!("{}: {} {sent:?}", template.name(), rejection.error()),
    }
}

fn hex_tag(key: &Key, message: &str) -> String {
    to_hex(key.sign(message.as_bytes()).expose())
}

fn store(window: Window) -> MemoryStore {
    MemoryStore::new(window, Restart::DangerousNoBarrier).unwrap()
}

/// A ring with the keys of these numbers, all active: the last signs.
fn ring(template: &Template<'_>, numbers: &[u8]) -> Keyring<4> {
    let mut ring = Keyring::new();
    for number in numbers {
        let entry = KeyEntry::new(&format!("key-{number}"), key(template, *number)).unwrap();
        ring.insert(entry).unwrap();
    }
    ring
}
