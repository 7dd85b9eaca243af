//! A service with a second factor, its clock in the test's hands, and a person with an authenticator.
#![allow(dead_code, reason = "each test file is a program of its own and uses a part")]

use std::cell::Cell;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use creance_totp::rand::{TryCryptoRng, TryRng};
use creance_totp::{
    Account, Algorithm, Code, DevicePolicy, DeviceToken, DeviceTrust, Enrolment, Event, HashKeys,
    Key, KeyBytes, MemoryStateStore, Otp, Passed, RecoveryCode, RecoveryCodes, Rejection, SealKeys,
    SecondFactor, SecondFactorBuilder, StateStore, UnixTime,
};

pub(crate) type Store = MemoryStateStore<Account>;

/// When every test begins; a time step begins there too.
pub(crate) const START: u64 = 1_700_000_010;

/// A generator that draws the same in every run of a test: two codes of a random secret are equal now
/// and then, and a test that says otherwise would fail once in a while. Like that of the system, it
/// stays in its thread.
pub(crate) struct Repeatable(PhantomData<*const ()>);

pub(crate) fn random() -> Repeatable {
    Repeatable(PhantomData)
}

thread_local! {
    static DRAWN: Cell<u64> = const { Cell::new(0) };
}

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for part in out.chunks_mut(32) {
            let number = DRAWN.replace(DRAWN.get() + 1);
            let block = hash_key().sign(&number.to_be_bytes());
            part.copy_from_slice(&block.expose()[..part.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

pub(crate) fn bytes(byte: u8) -> KeyBytes {
    KeyBytes::from_slice(&[byte; 32]).expect("short enough")
}

pub(crate) fn hash_key() -> Key {
    Key::new(Algorithm::Sha256, bytes(7).expose()).expect("long enough")
}

pub(crate) fn seal_keys() -> SealKeys {
    SealKeys::new(1, &bytes(1)).expect("a key")
}

pub(crate) fn builder<S>(store: S, sealer: SealKeys) -> SecondFactorBuilder<S, SealKeys> {
    let recovery = RecoveryCodes::new(HashKeys::new(1, hash_key()).expect("a key"));
    let devices = DeviceTrust::new(hash_key(), DevicePolicy::default()).expect("a key");
    SecondFactor::builder(store, sealer, recovery, devices).issuer("Example")
}

/// What was told, one line for each event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn sink(&self) -> impl Fn(&str, UnixTime, Event) + Send + Sync + 'static {
        let lines = Arc::clone(&self.0);
        move |user, _, event| lines.lock().expect("whole").push(format!("{user}: {event}"))
    }

    /// The lines since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("whole"))
    }

    pub(crate) fn told(&self, expected: &[&str]) {
        assert_eq!(self.take(), expected);
    }
}

pub(crate) struct Service<S = Store> {
    pub(crate) factor: SecondFactor<S, SealKeys>,
    pub(crate) log: Log,
    /// What a test wants to have at hand.
    pub(crate) token: Option<DeviceToken>,
    pub(crate) pending: Option<Otp>,
    clock: AtomicU64,
}

impl<S> Service<S> {
    pub(crate) fn of(builder: SecondFactorBuilder<S, SealKeys>) -> Self {
        let log = Log::default();
        let factor = builder.events(log.sink()).build().expect("right settings");
        Self { factor, log, token: None, pending: None, clock: AtomicU64::new(START) }
    }

    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.clock.load(Ordering::SeqCst))
    }

    pub(crate) fn let_pass(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Service {
    pub(crate) fn new() -> Self {
        Self::of(builder(Store::new(), seal_keys()))
    }
}

impl<S: StateStore<Record = Account>> Service<S> {
    /// A user with a factor in use, a minute later.
    pub(crate) fn enrol(&self, user: &str) -> Person {
        let enrolment =
            self.factor.begin_enrolment(user, user, self.now(), random()).expect("begun");
        let person = self.confirm(user, &enrolment);
        let _ = self.log.take();
        person
    }

    pub(crate) fn confirm(&self, user: &str, enrolment: &Enrolment) -> Person {
        let app = enrolment.uri().otp().expect("codes");
        let code = code_at(&app, self.now());
        let confirmed =
            self.factor.confirm_enrolment(user, &code, self.now(), random()).expect("confirmed");
        self.let_pass(60);
        Person { app, recovery_codes: confirmed.recovery_codes().to_vec() }
    }

    pub(crate) fn verify(&self, user: &str, code: &Code) -> Result<Passed, Rejection> {
        self.factor.verify(user, code, self.now())
    }

    /// A proof, 30 seconds later.
    pub(crate) fn pass(&self, user: &str, person: &Person) -> Passed {
        let passed = self.verify(user, &person.code(self.now())).expect("a right code");
        self.let_pass(30);
        passed
    }

    /// So many wrong codes, each when the next attempt is allowed.
    pub(crate) fn fail(&self, user: &str, person: &Person, times: u32) {
        for _ in 0..times {
            let until = self.factor.status(user, self.now()).expect("stored").throttled_until();
            self.let_pass(until.seconds_since(self.now()));
            let rejection = self.verify(user, &person.wrong(self.now())).expect_err("wrong");
            assert_eq!(rejection.code(), "mismatch");
        }
    }
}

/// An authenticator and a list of recovery codes.
pub(crate) struct Person {
    pub(crate) app: Otp,
    pub(crate) recovery_codes: Vec<RecoveryCode>,
}

impl Person {
    pub(crate) fn code(&self, now: UnixTime) -> Code {
        code_at(&self.app, now)
    }

    /// A code that is none of the window's.
    pub(crate) fn wrong(&self, now: UnixTime) -> Code {
        let near = |earlier: u64| code_at(&self.app, now.saturating_sub(30 * earlier));
        let near = [near(0), near(1), near(2)];
        let mut candidates = (0..1_000_000u32).map(|number| format!("{number:06}"));
        let free = candidates.find(|text| near.iter().all(|code| code.expose() != text));
        Code::parse(&free.expect("there are few right ones")).expect("a code")
    }
}

pub(crate) fn code_at(app: &Otp, now: UnixTime) -> Code {
    match app {
        Otp::Totp(totp) => totp.generate(now).expect("after the start"),
        other => panic!("codes by time were expected, not {other:?}"),
    }
}
