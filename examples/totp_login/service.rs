//! What a service sets up: a store, two keys, and where events go.

use std::cell::Cell;
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use creance_totp::{
    Account, Algorithm, DevicePolicy, DeviceTrust, Event, HashKeys, Key, KeyBytes,
    MemoryStateStore, RecoveryCodes, SealKeys, SecondFactor, UnixTime, rand,
};

use crate::story::Story;

/// 2023-11-14, 22:13:30 UTC.
const START: UnixTime = UnixTime::from_secs(1_700_000_010);

/// In a real service this is a database.
type Store = Arc<MemoryStateStore<Account>>;

/// A service, with the time in the story's hands.
pub(crate) struct Service<'s> {
    pub(crate) story: &'s Story,
    pub(crate) factor: SecondFactor<Store, SealKeys>,
    now: Cell<UnixTime>,
    events: Receiver<(String, Event)>,
    keys: Keys,
}

/// The service's keys, which are kept where the store's backups do not go.
struct Keys {
    hash: Key,
    seal: KeyBytes,
}

impl<'s> Service<'s> {
    pub(crate) fn start(story: &'s Story) -> Result<Self, Box<dyn Error>> {
        let (hash, _) = Key::generate(Algorithm::Sha256, &mut rand::rng());
        let seal = KeyBytes::generate(Algorithm::Sha256, &mut rand::rng());
        let sealer = SealKeys::new(1, &seal)?;
        Self::of(story, Store::default(), sealer, Keys { hash, seal }, START)
    }

    /// The same service, started again with a new key to seal with.
    pub(crate) fn with_new_key(self) -> Result<Self, Box<dyn Error>> {
        let seal = KeyBytes::generate(Algorithm::Sha256, &mut rand::rng());
        let sealer = SealKeys::new(2, &seal)?.with_other(1, &self.keys.seal)?;
        let keys = Keys { hash: self.keys.hash, seal };
        let accounts = Arc::clone(self.factor.store());
        Self::of(self.story, accounts, sealer, keys, self.now.get())
    }

    fn of(
        story: &'s Story,
        accounts: Store,
        sealer: SealKeys,
        keys: Keys,
        now: UnixTime,
    ) -> Result<Self, Box<dyn Error>> {
        let (sender, events) = mpsc::channel();
        let recovery = RecoveryCodes::new(HashKeys::new(1, keys.hash.clone())?);
        let devices = DeviceTrust::new(keys.hash.clone(), DevicePolicy::default())?;
        let factor = SecondFactor::builder(accounts, sealer, recovery, devices)
            .issuer("Example")
            .events(move |user: &str, _, event| {
                // A log that is gone does not keep anybody out.
                let _ = sender.send((user.to_owned(), event));
            })
            .build()?;
        Ok(Self { story, factor, now: Cell::new(now), events, keys })
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.now.get()
    }

    pub(crate) fn let_pass(&self, seconds: u64) {
        self.now.set(self.now.get().saturating_add(seconds));
    }

    /// Shows what the audit log got since the last time, and gives the events.
    pub(crate) fn show_log(&self) -> io::Result<Vec<Event>> {
        let told: Vec<_> = self.events.try_iter().collect();
        for (user, event) in &told {
            let notice = if event.notifies_user() { "  (its owner gets a notice)" } else { "" };
            self.story.log(format_args!("{user}: {event}{notice}"))?;
        }
        Ok(told.into_iter().map(|(_, event)| event).collect())
    }

    /// Empties the log without showing it.
    pub(crate) fn skip_log(&self) -> usize {
        self.events.try_iter().count()
    }
}
