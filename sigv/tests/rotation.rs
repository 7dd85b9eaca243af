//! A key is replaced while messages come and go: no valid one is refused at any moment, and none is
//! accepted under a key that is retired.
#![cfg(all(feature = "std", target_has_atomic = "64"))]

#[path = "common/rotation.rs"]
mod stages;

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, yield_now};
use std::time::{Duration, Instant};

use creance_sigv::Error;
use creance_sigv::keyring::{KeyEvent, KeyReport, KeyUse, SharedKeyring};
use creance_sigv::replay::{MemoryStore, Restart};
use creance_sigv::scheme::Received;
use creance_sigv::webhook::STANDARD;
use stages::{BODY, NOW, STAGES, advance, entry, key, name, sign, verify};

/// A message under way.
#[derive(Clone)]
struct Message {
    signer: usize,
    serial: u64,
    id: String,
    key: String,
    headers: Vec<(String, String)>,
    /// Made with a key that is retired everywhere.
    is_stolen: bool,
}

/// Two signers and two verifiers, each with a ring of its own.
struct World {
    rings: [SharedKeyring; 4],
    store: MemoryStore,
    /// How many messages each signer has sent.
    sent: [AtomicU64; 2],
    /// Up to which message of each signer each verifier has come.
    done: [[AtomicU64; 2]; 2],
    /// How many of the keys, from the first, are retired everywhere.
    retired: AtomicUsize,
    is_over: AtomicBool,
    failures: Mutex<Vec<String>>,
    events: [Mutex<HashMap<Event, u64>>; 2],
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Event {
    Old(String),
    Pending(String),
}

const SIGNERS: [usize; 2] = [0, 1];
const VERIFIERS: [usize; 2] = [2, 3];

impl World {
    fn new() -> Self {
        let ring = || {
            let ring = SharedKeyring::default();
            ring.insert(entry(0)).unwrap();
            ring
        };
        let restart = Restart::DangerousNoBarrier;
        Self {
            rings: std::array::from_fn(|_| ring()),
            store: MemoryStore::builder(STANDARD.window(), restart)
                .capacity(1 << 22)
                .quota(1 << 21)
                .build()
                .unwrap(),
            sent: Default::default(),
            done: Default::default(),
            retired: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
            failures: Mutex::default(),
            events: Default::default(),
        }
    }

    fn fail(&self, what: String) {
        self.failures.lock().unwrap().push(what);
        self.is_over.store(true, SeqCst);
    }

    /// Signs until it is over; returns the ids of the messages that have to be accepted.
    fn signer(&self, number: usize, verifiers: &[SyncSender<Message>; 2]) -> Vec<String> {
        let mut ids = Vec::new();
        let mut serial = 0;
        while !self.is_over.load(SeqCst) {
            serial += 1;
            let id = format!("msg-{number}-{serial}");
            let retired = self.retired.load(SeqCst);
            let is_stolen = retired > 0 && serial % 4 == 0;
            let signed = if is_stolen {
                sign(&key(usize::try_from(serial / 4).unwrap() % retired), &id)
            } else {
                sign(&self.rings[number].snapshot(), &id)
            };
            let (key, headers) = match signed {
                Ok(signed) => signed,
                Err(error) => {
                    return {
                        self.fail(format!("signer {number}: {error}"));
                        ids
                    };
                }
            };
            let message = Message { signer: number, serial, id, key, headers, is_stolen };
            for verifier in verifiers {
                verifier.send(message.clone()).expect("verifiers go on to the end");
            }
            if !is_stolen {
                ids.push(message.id);
            }
            self.sent[number].store(serial, SeqCst);
        }
        ids
    }

    /// Verifies until there are no signers; returns the ids of what it has accepted.
    fn verifier(&self, number: usize, messages: &Receiver<Message>) -> Vec<String> {
        let mut accepted = Vec::new();
        for message in messages {
            let keys = self.rings[VERIFIERS[number]].snapshot();
            let received = Received::webhook(&message.headers, BODY);
            let verdict = STANDARD.verify(&received, &keys, NOW).and_then(|authentic| {
                self.note(number, authentic.key());
                authentic.claim(&self.store, NOW)
            });
            match verdict.map(|verified| verified.key().id().to_owned()) {
                Ok(key) if message.is_stolen => {
                    self.fail(format!(
                        "verifier {number} took {} of the retired {key}",
                        message.id
                    ));
                }
                Ok(key) if key != message.key => {
                    self.fail(format!("verifier {number}: {key} for {}", message.key));
                }
                Ok(_) => accepted.push(message.id),
                Err(rejection) => match rejection.error() {
                    Error::Mismatch if message.is_stolen => {}
                    // The other verifier was first.
                    Error::Replay if !message.is_stolen => {}
                    error => {
                        self.fail(format!(
                            "verifier {number}: {} under {}: {error}",
                            message.id, message.key
                        ));
                    }
                },
            }
            self.done[number][message.signer].store(message.serial, SeqCst);
        }
        accepted
    }

    fn note(&self, number: usize, key: KeyUse<'_>) {
        let event = match self.rings[VERIFIERS[number]].note(key, NOW) {
            Some(KeyEvent::OldKeyUsed { id }) => Event::Old(id.to_owned()),
            Some(KeyEvent::PendingKeyUsed { id }) => Event::Pending(id.to_owned()),
            _ => return,
        };
        *self.events[number].lock().unwrap().entry(event).or_default() += 1;
    }

    /// Waits until everything that was signed up to now has been verified by both, and a bit more: the
    /// message behind the last one sent may be in the making, with a snapshot from before.
    fn settle(&self) {
        let deadline = Instant::now() + Duration::from_secs(120);
        let wanted = SIGNERS.map(|signer| self.sent[signer].load(SeqCst) + 6);
        let is_done = || {
            self.done.iter().all(|of| of.iter().zip(wanted).all(|(at, to)| at.load(SeqCst) >= to))
        };
        while !is_done() && !self.is_over.load(SeqCst) {
            if Instant::now() > deadline {
                self.fail("the messages do not get through".to_owned());
            }
            yield_now();
        }
    }

    /// How often each verifier has seen a key.
    fn uses(&self, id: &str) -> [u64; 2] {
        VERIFIERS.map(|verifier| {
            let report = self.rings[verifier].report();
            report.iter().find(|key| key.id() == id).map_or(0, KeyReport::uses)
        })
    }

    /// From key `old` to the next, each stage in an order of its own.
    fn rotate(&self, old: usize, orders: &[[usize; 4]]) {
        let kept = sign(&key(old), "kept").expect("it signs").1;
        for (stage, order) in orders.iter().enumerate() {
            if stage == 3 {
                self.kept_is(&kept, true);
            }
            for process in order {
                self.rings[*process].update(|ring| advance(ring, stage, old)).unwrap();
                self.settle();
            }
            if stage == 1 && !self.is_over.load(SeqCst) {
                self.old_is_unused(old, order);
            }
        }
        self.kept_is(&kept, false);
        for ring in &self.rings {
            ring.remove(&name(old)).unwrap();
        }
        self.retired.store(old + 1, SeqCst);
        self.settle();
    }

    /// All sign with the new key now; before that, each verifier has told what it saw.
    fn old_is_unused(&self, old: usize, order: &[usize; 4]) {
        let before = self.uses(&name(old));
        assert!(before.iter().all(|uses| *uses > 0), "{before:?}");
        self.settle();
        assert_eq!(self.uses(&name(old)), before, "the old key goes on");
        let place = |process: usize| order.iter().position(|found| *found == process);
        for (number, verifier) in VERIFIERS.into_iter().enumerate() {
            let events = self.events[number].lock().unwrap();
            // Between its own change and that of a signer, or the other way round.
            let sees_old = SIGNERS.iter().any(|signer| place(verifier) < place(*signer));
            let sees_pending = SIGNERS.iter().any(|signer| place(*signer) < place(verifier));
            assert_eq!(events.contains_key(&Event::Old(name(old))), sees_old, "{order:?}");
            assert_eq!(
                events.contains_key(&Event::Pending(name(old + 1))),
                sees_pending,
                "{order:?}"
            );
        }
    }

    /// A message of the old key that was held back.
    fn kept_is(&self, kept: &[(String, String)], accepted: bool) {
        for verifier in VERIFIERS {
            let verdict = verify(&self.rings[verifier].snapshot(), kept, |_| ());
            let expected = if accepted { Ok(()) } else { Err(Error::Mismatch.into()) };
            if verdict != expected {
                self.fail(format!("a message from before: {verdict:?}, not {expected:?}"));
            }
        }
    }
}

/// Ends the load also where the operator's thread panics: its scope waits for the others.
struct Stop<'w>(&'w AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

fn permutations(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let begun_with = |first: &usize| {
        let rest: Vec<usize> = of.iter().copied().filter(|other| other != first).collect();
        let first = *first;
        permutations(&rest).into_iter().map(move |rest| [&[first][..], &rest].concat())
    };
    of.iter().flat_map(begun_with).collect()
}

#[test]
fn under_load_nothing_valid_is_refused_and_nothing_retired_accepted() {
    const ROTATIONS: usize = 6;
    let orders: Vec<[usize; 4]> =
        permutations(&[0, 1, 2, 3]).into_iter().map(|order| order.try_into().unwrap()).collect();
    assert_eq!(orders.len(), ROTATIONS * STAGES);

    let world = World::new();
    let (sent, accepted) = thread::scope(|scope| {
        let channels = [sync_channel(64), sync_channel(64)];
        let senders = channels.each_ref().map(|(sender, _)| sender.clone());
        let receivers = channels.map(|(_, receiver)| receiver);
        let world = &world;
        let signers = SIGNERS.map(|number| {
            let senders = senders.clone();
            scope.spawn(move || world.signer(number, &senders))
        });
        drop(senders);
        let mut number = 0..;
        let verifiers = receivers.map(|receiver| {
            let number = number.next().unwrap();
            scope.spawn(move || world.verifier(number, &receiver))
        });
        let stop = Stop(&world.is_over);
        world.settle();
        for old in 0..ROTATIONS {
            // Over all rotations each stage comes in six orders, and each order once.
            let of: Vec<_> = (0..STAGES).map(|stage| orders[(old + 6 * stage) % 24]).collect();
            if !world.is_over.load(SeqCst) {
                world.rotate(old, &of);
            }
        }
        drop(stop);
        let all = |lists: [Vec<String>; 2]| lists.concat();
        (
            all(signers.map(|signer| signer.join().unwrap())),
            all(verifiers.map(|verifier| verifier.join().unwrap())),
        )
    });
    let failures = world.failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} failures, the first: {}", failures.len(), failures[0]);
    let once: BTreeSet<&String> = accepted.iter().collect();
    assert_eq!(once.len(), accepted.len(), "a message was accepted twice");
    assert_eq!(once, sent.iter().collect(), "each valid message was accepted");
    assert_eq!(world.retired.into_inner(), ROTATIONS);
    for ring in &world.rings {
        let report = ring.report();
        assert_eq!((report.len(), report[0].id()), (1, name(ROTATIONS).as_str()));
    }
}
