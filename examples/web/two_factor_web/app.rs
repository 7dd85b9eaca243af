//! What all requests share.

use std::error::Error;
use std::sync::Arc;

use argon2::Params;
use creance_totp::{
    DevicePolicy, DeviceTrust, Event, RecoveryCodes, SealKeys, SecondFactor, UnixTime,
};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::accounts::Accounts;
use crate::answer::Refusal;
use crate::clock::{Clock, instant};
use crate::database::{Database, Failure};
use crate::keys::Keys;
use crate::log;
use crate::origin::Origin;
use crate::passwords::Passwords;
use crate::proofs::{self, Proofs};
use crate::users::{User, Users};

/// The name that authenticators show.
pub(crate) const ISSUER: &str = "Creance example";

/// Seconds for which a browser is trusted.
pub(crate) const DEVICE_LIFE: u64 = 30 * 86_400;

/// Passwords that are hashed at the same time: each takes 19 MiB, and nobody has signed in yet who
/// asks for it.
const PASSWORDS_AT_ONCE: usize = 4;

/// The service.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) factor: SecondFactor<Accounts, SealKeys>,
    pub(crate) users: Users,
    pub(crate) proofs: Proofs,
    pub(crate) clock: Clock,
    pub(crate) origin: Origin,
    passwords: Semaphore,
}

/// The service as handlers get it.
pub(crate) type Shared = Arc<App>;

impl App {
    pub(crate) fn new(
        database: &Arc<Database>,
        keys: &Keys,
        origin: Origin,
        clock: Clock,
        hashing: Params,
    ) -> Result<Self, Box<dyn Error>> {
        let devices = DevicePolicy::default().with_lifetime(DEVICE_LIFE)?;
        let factor = SecondFactor::builder(
            Accounts::new(Arc::clone(database)),
            keys.seal()?,
            RecoveryCodes::new(keys.hash()?),
            DeviceTrust::new(keys.devices()?, devices)?,
        )
        .issuer(ISSUER)
        .proof_life(proofs::LIFE)
        .events(audit)
        .build()?;
        let passwords = Passwords::new(hashing).map_err(|failure| failure.to_string())?;
        Ok(Self {
            factor,
            users: Users::new(Arc::clone(database), passwords),
            proofs: Proofs::default(),
            clock,
            origin,
            passwords: Semaphore::new(PASSWORDS_AT_ONCE),
        })
    }

    /// Does work that waits for the disk or takes long where it holds up no other request.
    pub(crate) async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let app = Arc::clone(self);
        spawn_blocking(move || work(&app)).await.map_err(Refusal::broken)
    }

    /// The user with this name and password.
    pub(crate) async fn verify_password(
        self: &Arc<Self>,
        name: String,
        password: String,
    ) -> Result<Option<User>, Refusal> {
        let _turn = self.passwords.acquire().await.map_err(Refusal::broken)?;
        let found = self.work(move |app| app.users.verify(&name, &password)).await?;
        found.map_err(Refusal::from)
    }

    /// Ends all sessions of a user; the epoch is for the one that goes on.
    pub(crate) async fn end_sessions(self: &Arc<Self>, name: &str) -> Result<u64, Refusal> {
        let name = name.to_owned();
        let ended: Result<_, Failure> = self.work(move |app| app.users.end_sessions(&name)).await?;
        ended.map_err(Refusal::from)
    }
}

/// The audit log. Events hold no codes and no secrets; ids are ours, so nobody writes lines into it.
fn audit(user: &str, time: UnixTime, event: Event) {
    log::line(format_args!("{} {user} {event}", instant(time)));
    if event.notifies_user() {
        // A service sends a message here, over another channel, with a way to object and no code.
        log::line(format_args!("{} {user} is told of {}", instant(time), event.name()));
    }
}
