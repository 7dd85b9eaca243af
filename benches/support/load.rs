//! Messages of many clients with clocks in time, second by second of a simulated clock.

use std::time::{Duration, Instant};

use super::random::Random;
use super::stores::Store;

/// How long a store has to remember, in seconds before and after the present.
pub const WINDOW: u64 = 60;

const CLIENTS: usize = 1_000;
const MAX_NONCE_LEN: usize = 22;

/// The messages of the present second.
pub struct Load {
    random: Random,
    clients: Vec<Vec<u8>>,
    now: u64,
    messages: Vec<Message>,
}

#[derive(Clone)]
struct Message {
    client: usize,
    nonce: [u8; MAX_NONCE_LEN],
    nonce_len: usize,
}

impl Load {
    /// So many messages a second that about `live` of them are within the window.
    pub fn new(live: usize) -> Self {
        let per_second = live / 61;
        let mut random = Random::new(0x10ad);
        let clients = (0..CLIENTS).map(|number| format!("client-{number:05}").into()).collect();
        let messages = (0..per_second).map(|_| Message::new(&mut random)).collect();
        Self { random, clients, now: 1_700_000_000, messages }
    }

    /// Messages in each second.
    pub fn per_second(&self) -> usize {
        self.messages.len()
    }

    /// Lets a second pass, and claims each of its messages; returns how long that took, with
    /// whatever the store does once a second.
    ///
    /// # Panics
    /// Where a message was taken for a replay.
    pub fn second(&mut self, store: &dyn Store) -> Duration {
        self.pass();
        let start = Instant::now();
        store.tick(self.now);
        let new = self.messages.iter().filter(|message| self.claim(store, message)).count();
        let elapsed = start.elapsed();
        assert_eq!(new, self.messages.len());
        elapsed
    }

    /// As long as a store needs to be full of what is live, and of what a rival has not expired
    /// yet.
    pub fn fill(&mut self, store: &dyn Store) {
        for _ in 0..WINDOW + super::stores::EXPIRY {
            self.second(store);
        }
    }

    /// How long each single claim of a second takes.
    pub fn each_claim(&mut self, store: &dyn Store) -> Vec<Duration> {
        self.pass();
        store.tick(self.now);
        let timed = |message| {
            let start = Instant::now();
            assert!(self.claim(store, message));
            start.elapsed()
        };
        self.messages.iter().map(timed).collect()
    }

    /// How many of a second's messages, `count` at most, go through once more in the next one.
    pub fn replays(&mut self, store: &dyn Store, count: usize) -> usize {
        let then = self.now;
        let messages: Vec<_> = self.messages.iter().take(count).cloned().collect();
        self.second(store);
        let goes_through =
            |message: &&Message| store.claim(&self.clients[message.client], message.nonce(), then);
        messages.iter().filter(goes_through).count()
    }

    fn pass(&mut self) {
        self.now += 1;
        for message in &mut self.messages {
            *message = Message::new(&mut self.random);
        }
    }

    fn claim(&self, store: &dyn Store, message: &Message) -> bool {
        store.claim(&self.clients[message.client], message.nonce(), self.now)
    }
}

impl Message {
    /// Nonces of 8 to 22 characters; 6 is what the reference implementation writes.
    fn new(random: &mut Random) -> Self {
        let client = random.below(CLIENTS);
        let nonce_len = 8 + random.below(MAX_NONCE_LEN - 7);
        let nonce = core::array::from_fn(|_| random.character());
        Self { client, nonce, nonce_len }
    }

    fn nonce(&self) -> &[u8] {
        &self.nonce[..self.nonce_len]
    }
}
