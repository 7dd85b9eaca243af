//! Replay stores: ours, and what one would build from a map or a cache otherwise.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use creance_sigv::replay::{Claim, Entry, FixedStore, MemoryStore, ReplayStore, Restart};
use creance_sigv::{UnixTime, Window};
use siphasher::sip128::SipHasher13;

use super::load::WINDOW;

/// How often a map is searched for what has expired, in seconds. More often costs more time, less
/// often more memory.
pub const EXPIRY: u64 = 10;

/// Remembers what was claimed for the window.
pub trait Store {
    /// Whether this was not seen before.
    fn claim(&self, client: &[u8], nonce: &[u8], now: u64) -> bool;

    /// Called once a second.
    fn tick(&self, _now: u64) {}
}

/// A name, and how to make one for a number of live entries.
pub type Maker = (&'static str, fn(usize) -> Box<dyn Store>);

/// Every contender.
pub const ALL: [Maker; 8] = [
    ("creance", |live| Box::new(memory(live).build().expect("a store"))),
    ("creance-without-quota", |live| {
        Box::new(memory(live).without_quota().build().expect("a store"))
    }),
    ("creance-fixed", |_| fixed()),
    ("dashmap-fingerprint", |_| Box::new(DashMap::<Fingerprint>::default())),
    ("dashmap-strings", |_| Box::new(DashMap::<Strings>::default())),
    ("mutex-hashmap-fingerprint", |_| Box::new(MutexMap::<Fingerprint>::default())),
    ("mutex-hashmap-strings", |_| Box::new(MutexMap::<Strings>::default())),
    ("moka", |live| Box::new(Moka::new(live))),
];

/// Makes a contender by its name.
pub fn make(name: &str, live: usize) -> Box<dyn Store> {
    let (_, make) = ALL.iter().find(|(other, _)| *other == name).expect("a store's name");
    make(live)
}

impl<S: ReplayStore> Store for S {
    fn claim(&self, client: &[u8], nonce: &[u8], now: u64) -> bool {
        let now = UnixTime::from_secs(now);
        let entry = Entry::new(client, nonce, now);
        ReplayStore::claim(self, &entry, now) == Claim::New
    }
}

const fn window() -> Window {
    Window::new(WINDOW, WINDOW)
}

fn memory(live: usize) -> creance_sigv::replay::MemoryStoreBuilder {
    MemoryStore::builder(window(), Restart::DangerousNoBarrier).capacity(2 * live)
}

/// Places for twice a million entries, all of them inside the store.
fn fixed() -> Box<dyn Store> {
    let make = || -> Box<FixedStore<2_000_000>> {
        let rng = &mut rand::rng();
        Box::new(FixedStore::new(window(), Restart::DangerousNoBarrier, rng))
    };
    // It is made on the stack, which has to be larger than usual for that.
    let thread = std::thread::Builder::new().stack_size(128 << 20).spawn(make);
    thread.expect("a thread").join().expect("a store")
}

/// What a map remembers entries by.
trait Remembered: Eq + Hash {
    /// How such keys are made: the secret of a fingerprint, or nothing.
    type Maker: Default;

    fn new(maker: &Self::Maker, client: &[u8], nonce: &[u8], ts: u64) -> Self;
}

type Strings = (Vec<u8>, Vec<u8>, u64);

impl Remembered for Strings {
    type Maker = ();

    fn new((): &(), client: &[u8], nonce: &[u8], ts: u64) -> Self {
        (client.into(), nonce.into(), ts)
    }
}

type Fingerprint = u128;

struct FingerprintKey(SipHasher13);

impl Default for FingerprintKey {
    fn default() -> Self {
        Self(SipHasher13::new_with_keys(3, 4))
    }
}

/// By the same function of the same parts as in our own stores.
impl Remembered for Fingerprint {
    type Maker = FingerprintKey;

    fn new(key: &FingerprintKey, client: &[u8], nonce: &[u8], ts: u64) -> Self {
        let between = 16 + client.len();
        let end = between + nonce.len();
        let mut bytes = [0; 96];
        bytes[..8].copy_from_slice(&ts.to_le_bytes());
        bytes[8..16].copy_from_slice(&client.len().to_le_bytes());
        bytes[16..between].copy_from_slice(client);
        bytes[between..end].copy_from_slice(nonce);
        key.0.hash(&bytes[..end]).into()
    }
}

/// The last second in which an entry has to be remembered stands beside it.
#[derive(Default)]
struct DashMap<K: Remembered> {
    map: dashmap::DashMap<K, u64>,
    maker: K::Maker,
}

impl<K: Remembered> Store for DashMap<K> {
    fn claim(&self, client: &[u8], nonce: &[u8], now: u64) -> bool {
        self.map.insert(K::new(&self.maker, client, nonce, now), now + WINDOW).is_none()
    }

    fn tick(&self, now: u64) {
        if now.is_multiple_of(EXPIRY) {
            self.map.retain(|_, last| *last >= now);
        }
    }
}

#[derive(Default)]
struct MutexMap<K: Remembered> {
    map: Mutex<HashMap<K, u64>>,
    maker: K::Maker,
}

impl<K: Remembered> Store for MutexMap<K> {
    fn claim(&self, client: &[u8], nonce: &[u8], now: u64) -> bool {
        let key = K::new(&self.maker, client, nonce, now);
        self.map.lock().expect("no poison").insert(key, now + WINDOW).is_none()
    }

    fn tick(&self, now: u64) {
        if now.is_multiple_of(EXPIRY) {
            self.map.lock().expect("no poison").retain(|_, last| *last >= now);
        }
    }
}

/// A cache bounded by entries. It expires by the system's clock, which a simulation cannot move,
/// so here it is full and gives entries up instead.
struct Moka {
    cache: moka::sync::Cache<Fingerprint, ()>,
    maker: FingerprintKey,
}

impl Moka {
    fn new(live: usize) -> Self {
        Self { cache: moka::sync::Cache::new(live as u64), maker: FingerprintKey::default() }
    }
}

impl Store for Moka {
    fn claim(&self, client: &[u8], nonce: &[u8], now: u64) -> bool {
        let key = Fingerprint::new(&self.maker, client, nonce, now);
        self.cache.entry(key).or_insert(()).is_fresh()
    }
}
