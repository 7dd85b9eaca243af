//! A second factor on stores that are slow, shared and failing: each code is taken once, nobody is let
//! in without the store's yes, and no event tells what is not so.
#![cfg(all(feature = "std", feature = "seal"))]

mod service;

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use creance_totp::{
    Account, AsyncStateStore, DynStateStore, Error, Passed, Policy, Rejection, Revision,
    StateStore, Stored, Swap, Throttle, Unavailable,
};
use service::{Person, START, Service, Store, builder, code_at, random, seal_keys};

const ALICE: &str = "alice";

/// What comes of `attempt` in so many threads at once.
fn at_once<T: Send>(threads: usize, attempt: impl Fn() -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(&attempt)).collect();
        running.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

fn accepted<T>(results: &[Result<T, Rejection>]) -> usize {
    results.iter().filter(|result| result.is_ok()).count()
}

fn refused<T>(results: &[Result<T, Rejection>], code: &str) -> usize {
    let is_so = |result: &&Result<T, Rejection>| result.as_ref().is_err_and(|r| r.code() == code);
    results.iter().filter(is_so).count()
}

/// No throttle that would hide a race.
fn patient() -> Policy {
    Policy::default().with_throttle(Throttle::new(100, 1, 1, 100).expect("in order"))
}

#[test]
fn of_64_logins_with_one_code_one_is_let_in() {
    let service = Service::of(builder(Store::new(), seal_keys()).policy(patient()));
    let alice = service.enrol(ALICE);
    for _ in 0..10 {
        let code = alice.code(service.now());
        let results = at_once(64, || service.verify(ALICE, &code));
        assert_eq!((accepted(&results), refused(&results, "replayed")), (1, 63));
        let log = service.log.take();
        assert_eq!(log.iter().filter(|line| line.contains("accepted")).count(), 1);
        service.factor.unlock(ALICE, service.now()).expect("stored");
        service.let_pass(30);
    }
}

#[test]
fn of_64_redemptions_of_one_code_one_succeeds() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    for code in &alice.recovery_codes {
        let results = at_once(64, || service.factor.redeem_recovery(ALICE, code, service.now()));
        assert_eq!(accepted(&results), 1);
        assert_eq!(refused(&results, "replayed") + refused(&results, "throttled"), 63);
        service.factor.unlock(ALICE, service.now()).expect("stored");
    }
    let log = service.log.take();
    assert_eq!(log.iter().filter(|line| line.contains("recovery-used")).count(), 10);
}

#[test]
fn of_200_guesses_at_once_as_many_are_verified_as_are_free() {
    let service = Service::new();
    let alice = service.enrol(ALICE);
    let wrong = alice.wrong(service.now());
    let results = at_once(200, || service.verify(ALICE, &wrong));
    assert_eq!((refused(&results, "mismatch"), refused(&results, "throttled")), (5, 195));
    let code = &service.enrol("bob").recovery_codes[0];
    let results = at_once(200, || service.factor.redeem_recovery(ALICE, code, service.now()));
    assert_eq!((refused(&results, "mismatch"), refused(&results, "throttled")), (5, 195));
}

#[test]
fn the_last_failure_of_many_at_once_is_told_once() {
    let throttle = Throttle::new(10, 1, 1, 10).expect("in order");
    let policy = Policy::default().with_throttle(throttle);
    let service = Service::of(builder(Store::new(), seal_keys()).policy(policy));
    let alice = service.enrol(ALICE);
    let wrong = alice.wrong(service.now());
    let results = at_once(64, || service.verify(ALICE, &wrong));
    assert_eq!((refused(&results, "mismatch"), refused(&results, "locked")), (10, 54));
    let log = service.log.take();
    let told = log.iter().filter(|line| line.starts_with("alice: locked")).count();
    assert_eq!(told, 1, "{log:?}");
}

#[test]
fn an_enrolment_is_confirmed_once() {
    let service = Service::of(builder(Store::new(), seal_keys()).policy(patient()));
    for round in 0..10 {
        let user = format!("user {round}");
        let (factor, now) = (&service.factor, service.now());
        let enrolment = factor.begin_enrolment(&user, "x", now, random()).expect("begun");
        let code = code_at(&enrolment.uri().otp().expect("codes"), now);
        // Each with recovery codes of its own.
        let rng = creance_totp::rand::rng;
        let results = at_once(16, || factor.confirm_enrolment(&user, &code, now, rng()));
        assert_eq!(accepted(&results), 1);
        // The codes that were shown are the codes that count.
        let confirmed = results.into_iter().find_map(Result::ok).expect("one");
        for code in confirmed.recovery_codes() {
            assert!(factor.redeem_recovery(&user, code, now).is_ok());
        }
    }
}

/// Fails at one call; with `keeps`, after it did what was asked.
#[derive(Default)]
struct Failing {
    inner: Store,
    calls: AtomicUsize,
    fails_at: AtomicUsize,
    keeps: bool,
}

impl Failing {
    fn arm(&self, call: usize) {
        self.calls.store(0, Ordering::SeqCst);
        self.fails_at.store(call, Ordering::SeqCst);
    }

    fn fails(&self) -> bool {
        self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.fails_at.load(Ordering::SeqCst)
    }
}

impl StateStore for Failing {
    type Record = Account;

    fn load(&self, id: &str) -> Result<Option<Stored<Account>>, Unavailable> {
        if self.fails() { Err(Unavailable) } else { self.inner.load(id) }
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &Account,
    ) -> Result<Swap, Unavailable> {
        let fails = self.fails();
        if !fails || self.keeps {
            let swap = self.inner.compare_and_set(id, expected, next)?;
            return if fails { Err(Unavailable) } else { Ok(swap) };
        }
        Err(Unavailable)
    }
}

type Operation = fn(&Service<Failing>, &Person, &Passed) -> Result<(), Rejection>;

const OPERATIONS: [(&str, Operation); 15] = [
    ("verify", |service, alice, _| {
        let now = service.now();
        service.factor.verify(ALICE, &alice.code(now), now).map(drop)
    }),
    ("resynchronise", |service, alice, _| {
        let now = service.now();
        let codes = [alice.code(now.saturating_sub(30)), alice.code(now)];
        service.factor.resynchronise(ALICE, &codes, now).map(drop)
    }),
    ("redeem_recovery", |service, alice, _| {
        service.factor.redeem_recovery(ALICE, &alice.recovery_codes[0], service.now()).map(drop)
    }),
    ("begin_enrolment", |service, _, _| {
        service.factor.begin_enrolment("bob", "bob", service.now(), random()).map(drop)
    }),
    ("begin_replacement", |service, _, proof| {
        service.factor.begin_replacement(proof, "x", service.now(), random()).map(drop)
    }),
    ("confirm_enrolment", |service, _, _| {
        let now = service.now();
        let app = service.pending.as_ref().expect("begun");
        service.factor.confirm_enrolment("carol", &code_at(app, now), now, random()).map(drop)
    }),
    ("cancel_enrolment", |service, _, _| service.factor.cancel_enrolment("carol", service.now())),
    ("renew_recovery_codes", |service, _, proof| {
        service.factor.renew_recovery_codes(proof, service.now(), random()).map(drop)
    }),
    ("trust_device", |service, _, proof| {
        service.factor.trust_device(proof, "x", service.now(), random()).map(drop)
    }),
    ("verify_device", |service, _, _| {
        let token = service.token.as_ref().expect("trusted");
        service.factor.verify_device(ALICE, token, service.now()).map(drop)
    }),
    ("revoke_devices", |service, _, _| service.factor.revoke_devices(ALICE, service.now())),
    ("disable", |service, _, proof| service.factor.disable(proof, service.now())),
    ("unlock", |service, _, _| service.factor.unlock(ALICE, service.now()).map_err(Into::into)),
    ("reset", |service, _, _| service.factor.reset(ALICE, service.now()).map_err(Into::into)),
    ("status", |service, _, _| {
        service.factor.status(ALICE, service.now()).map(drop).map_err(Into::into)
    }),
];

/// Alice with a device, and Carol with a pending enrolment, on a store that works for now.
fn prepared(keeps: bool) -> (Service<Failing>, Person, Passed) {
    let store = Failing { keeps, ..Failing::default() };
    let mut service = Service::of(builder(store, seal_keys()));
    let (alice, proof) = {
        let (factor, now) = (&service.factor, service.now());
        let enrolment = factor.begin_enrolment(ALICE, ALICE, now, random()).expect("begun");
        let app = enrolment.uri().otp().expect("codes");
        let confirmed = factor.confirm_enrolment(ALICE, &code_at(&app, now), now, random());
        let confirmed = confirmed.expect("confirmed");
        let recovery_codes = confirmed.recovery_codes().to_vec();
        (Person { app, recovery_codes }, confirmed.passed().clone())
    };
    let (factor, now) = (&service.factor, service.now());
    let token = factor.trust_device(&proof, "x", now, random()).expect("trusted");
    let pending = factor.begin_enrolment("carol", "carol", now, random()).expect("begun");
    service.token = Some(token);
    service.pending = Some(pending.uri().otp().expect("codes"));
    service.let_pass(60);
    let _ = service.log.take();
    (service, alice, proof)
}

#[test]
fn a_store_that_fails_lets_nobody_in_and_nothing_is_told_that_is_not_so() {
    for keeps in [false, true] {
        for (name, operation) in OPERATIONS {
            let mut failures = 0;
            for call in 1.. {
                let (service, alice, proof) = prepared(keeps);
                service.factor.store().arm(call);
                let result = operation(&service, &alice, &proof);
                if service.factor.store().calls.load(Ordering::SeqCst) < call {
                    assert!(result.is_ok(), "{name}: {result:?}");
                    break;
                }
                failures += 1;
                let rejection = result.expect_err(name);
                assert_eq!(rejection.error(), Error::StoreUnavailable, "{name}, call {call}");
                assert_eq!(
                    (rejection.status(), rejection.retry_after(service.now())),
                    (503, Some(1))
                );
                let log = service.log.take();
                let is_refusal =
                    |line: &String| line.contains(": refused: ") && line.ends_with("unavailable");
                assert!(log.iter().all(is_refusal) && log.len() <= 1, "{name}: {log:?}");
            }
            assert!(failures >= 1, "{name} asks the store");
        }
    }
}

#[test]
fn a_code_whose_reply_was_lost_is_spent() {
    let (service, alice, _) = prepared(true);
    let code = alice.code(service.now());
    // The fourth call keeps that the code is spent.
    service.factor.store().arm(4);
    let lost = service.factor.verify(ALICE, &code, service.now()).expect_err("the reply is lost");
    assert_eq!(lost.status(), 503);
    let again = service.factor.verify(ALICE, &code, service.now()).expect_err("spent");
    assert_eq!(again.error(), Error::Replayed);
}

#[test]
fn a_stranger_asks_the_store_as_often_as_a_wrong_code() {
    let (service, alice, _) = prepared(false);
    let calls = |operation: &dyn Fn() -> Result<Passed, Rejection>| {
        service.factor.store().arm(0);
        assert_eq!(operation().expect_err("refused").status(), 401);
        service.factor.store().calls.load(Ordering::SeqCst)
    };
    let (factor, now) = (&service.factor, service.now());
    let wrong = alice.wrong(now);
    let known = calls(&|| factor.verify(ALICE, &wrong, now));
    assert_eq!(calls(&|| factor.verify("nobody", &wrong, now)), known);
    assert_eq!(calls(&|| factor.verify("carol", &wrong, now)), known, "nothing but pending");
    let code = creance_totp::RecoveryCode::parse("0000-0000-0000").expect("a code");
    let known = calls(&|| factor.redeem_recovery(ALICE, &code, now));
    assert_eq!(calls(&|| factor.redeem_recovery("nobody", &code, now)), known);
}

/// At one call, something else happens first.
struct Interrupted {
    inner: Arc<Store>,
    left: AtomicUsize,
    event: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Interrupted {
    /// A service on a store of another one's, with `event` before the third call: when an attempt is
    /// counted and not looked at.
    fn between(
        service: &Service<Arc<Store>>,
        event: impl FnOnce() + Send + 'static,
    ) -> Service<Self> {
        let inner = Arc::clone(service.factor.store());
        let event: Box<dyn FnOnce() + Send> = Box::new(event);
        let store = Self { inner, left: AtomicUsize::new(3), event: Mutex::new(Some(event)) };
        Service::of(builder(store, seal_keys()))
    }

    fn call(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1
            && let Some(event) = self.event.lock().expect("whole").take()
        {
            event();
        }
    }
}

impl StateStore for Interrupted {
    type Record = Account;

    fn load(&self, id: &str) -> Result<Option<Stored<Account>>, Unavailable> {
        self.call();
        self.inner.load(id)
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &Account,
    ) -> Result<Swap, Unavailable> {
        self.call();
        self.inner.compare_and_set(id, expected, next)
    }
}

fn shared() -> Arc<Service<Arc<Store>>> {
    Arc::new(Service::of(builder(Arc::new(Store::new()), seal_keys())))
}

#[test]
fn a_code_of_a_factor_that_is_being_replaced_lets_nobody_in() {
    let service = shared();
    let alice = service.enrol(ALICE);
    let (proof, now) = (service.pass(ALICE, &alice), service.now());
    let begun = service.factor.begin_replacement(&proof, ALICE, now, random()).expect("begun");
    let app = begun.uri().otp().expect("codes");
    let replace = {
        let service = Arc::clone(&service);
        move || {
            let code = code_at(&app, now);
            let confirmed = service.factor.confirm_enrolment(ALICE, &code, now, random());
            drop(confirmed.expect("right"));
        }
    };
    let interrupted = Interrupted::between(&service, replace);
    let late = interrupted.factor.verify(ALICE, &alice.code(now), now).expect_err("replaced");
    assert_eq!(late.error(), Error::Revoked);

    let reset = {
        let service = Arc::clone(&service);
        move || service.factor.reset(ALICE, now).expect("stored")
    };
    let interrupted = Interrupted::between(&service, reset);
    let code = &alice.recovery_codes[0];
    let late = interrupted.factor.redeem_recovery(ALICE, code, now).expect_err("reset");
    assert_eq!(late.error(), Error::Revoked);
}

#[test]
fn a_code_of_an_enrolment_that_is_begun_anew_confirms_nothing() {
    let service = shared();
    let now = service.now();
    let begun = service.factor.begin_enrolment(ALICE, ALICE, now, random()).expect("begun");
    let begin_anew = {
        let service = Arc::clone(&service);
        move || drop(service.factor.begin_enrolment(ALICE, ALICE, now, random()).expect("begun"))
    };
    let interrupted = Interrupted::between(&service, begin_anew);
    let code = code_at(&begun.uri().otp().expect("codes"), now);
    let late = interrupted.factor.confirm_enrolment(ALICE, &code, now, random());
    assert_eq!(late.expect_err("begun anew").error(), Error::Revoked);
    assert!(!service.factor.status(ALICE, now).expect("stored").is_enrolled());
}

#[test]
fn a_lock_is_told_of_the_failure_that_brought_it() {
    let service = shared();
    let alice = service.enrol(ALICE);
    service.fail(ALICE, &alice, 98);
    let until = service.factor.status(ALICE, service.now()).expect("stored").throttled_until();
    service.let_pass(until.seconds_since(service.now()));
    let (now, wrong) = (service.now(), alice.wrong(service.now()));
    let later = now.saturating_add(3_600);

    // The 99th failure is looked at when there are 100.
    let fail = {
        let (service, wrong) = (Arc::clone(&service), alice.wrong(later));
        move || assert!(service.factor.verify(ALICE, &wrong, later).is_err())
    };
    let _ = service.log.take();
    let interrupted = Interrupted::between(&service, fail);
    assert!(interrupted.factor.verify(ALICE, &wrong, now).is_err());
    interrupted.log.told(&["alice: refused: by code: the code does not match"]);
    service.log.told(&[
        "alice: refused: by code: the code does not match",
        "alice: locked: by code: 100 failures in a row",
    ]);

    // The 100th one is looked at when they are forgiven.
    service.factor.unlock(ALICE, now).expect("stored");
    service.fail(ALICE, &alice, 99);
    let until = service.factor.status(ALICE, service.now()).expect("stored").throttled_until();
    let forgive = {
        let service = Arc::clone(&service);
        move || service.factor.unlock(ALICE, until).expect("stored")
    };
    let interrupted = Interrupted::between(&service, forgive);
    assert!(interrupted.factor.verify(ALICE, &alice.wrong(until), until).is_err());
    interrupted.log.told(&["alice: refused: by code: the code does not match"]);
}

/// Answers at the second look only, as a store across the network does.
struct Remote(Store);

impl AsyncStateStore for Remote {
    type Record = Account;

    async fn load_async(&self, id: &str) -> Result<Option<Stored<Account>>, Unavailable> {
        later().await;
        self.0.load(id)
    }

    async fn compare_and_set_async(
        &self,
        id: &str,
        expected: Revision,
        next: &Account,
    ) -> Result<Swap, Unavailable> {
        later().await;
        self.0.compare_and_set(id, expected, next)
    }
}

async fn later() {
    let mut is_later = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut is_later, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Runs a future that any runtime could move to another thread.
fn run<T>(future: impl Future<Output = T> + Send) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// Every operation once, with a generator that must not be held while the store is waited for.
fn live_a_life<S: AsyncStateStore<Record = Account> + Sync>(service: &Service<S>)
where
    Service<S>: Sync,
{
    let factor = &service.factor;
    let now = || service.now();
    let rng = random;
    let begun = run(factor.begin_enrolment_async(ALICE, ALICE, now(), rng()));
    run(factor.cancel_enrolment_async(ALICE, now())).expect("pending");
    drop(begun.expect("begun"));
    let begun = run(factor.begin_enrolment_async(ALICE, ALICE, now(), rng())).expect("begun");
    let app = begun.uri().otp().expect("codes");
    let code = code_at(&app, now());
    let confirmed = run(factor.confirm_enrolment_async(ALICE, &code, now(), rng()));
    let confirmed = confirmed.expect("confirmed");
    service.let_pass(60);

    let code = code_at(&app, now());
    let proof = run(factor.verify_async(ALICE, &code, now())).expect("right");
    assert!(run(factor.verify_async(ALICE, &code, now())).is_err());
    assert!(run(factor.verify_typed_async(ALICE, code.expose(), now())).is_err());
    let codes = run(factor.renew_recovery_codes_async(&proof, now(), rng())).expect("fresh");
    let old = &confirmed.recovery_codes()[0];
    assert!(run(factor.redeem_recovery_async(ALICE, old, now())).is_err());
    assert!(run(factor.redeem_recovery_async(ALICE, &codes[0], now())).is_ok());
    let token = run(factor.trust_device_async(&proof, "x", now(), rng())).expect("trusted");
    assert!(run(factor.verify_device_async(ALICE, &token, now())).is_ok());
    let device = run(factor.status_async(ALICE, now())).expect("stored").devices()[0].id();
    run(factor.revoke_device_async(ALICE, device, now())).expect("there");
    run(factor.revoke_devices_async(ALICE, now())).expect("stored");
    assert!(run(factor.verify_device_async(ALICE, &token, now())).is_err());

    service.let_pass(90);
    let codes = [code_at(&app, now().saturating_sub(30)), code_at(&app, now())];
    assert!(run(factor.resynchronise_async(ALICE, &codes, now())).is_ok());
    assert_eq!(run(factor.reseal_async(ALICE, now())), Ok(false));
    run(factor.unlock_async(ALICE, now())).expect("stored");
    let begun = run(factor.begin_replacement_async(&proof, ALICE, now(), rng()));
    drop(begun.expect("fresh"));
    run(factor.disable_async(&proof, now())).expect("fresh");
    assert_eq!(run(factor.reset_async(ALICE, now())), Err(Error::NotEnrolled));
    let lines = service.log.take();
    let told: Vec<_> =
        lines.iter().filter(|line| !line.contains("refused")).map(String::as_str).collect();
    assert_eq!(told, LIFE);
}

const LIFE: [&str; 16] = [
    "alice: enrolment-begun",
    "alice: enrolment-cancelled",
    "alice: enrolment-begun",
    "alice: enrolment-confirmed",
    "alice: accepted: by code",
    "alice: recovery-renewed: 10",
    "alice: accepted: by recovery code",
    "alice: recovery-used: 9 left",
    "alice: device-trusted: 0",
    "alice: accepted: by trusted device",
    "alice: device-revoked: 0",
    "alice: devices-revoked: 0",
    "alice: accepted: by resynchronisation",
    "alice: unlocked",
    "alice: enrolment-begun",
    "alice: disabled",
];

#[test]
fn a_store_across_the_network_is_one_like_any_other() {
    live_a_life(&Service::of(builder(Remote(Store::new()), seal_keys())));
    live_a_life(&Service::of(builder(Store::new(), seal_keys())));
}

#[test]
fn a_store_may_be_a_trait_object() {
    let store: Arc<dyn DynStateStore<Record = Account>> = Arc::new(Remote(Store::new()));
    let factor = builder(store, seal_keys()).build().expect("right settings");
    let now = creance_totp::UnixTime::from_secs(START);
    assert!(run(factor.begin_enrolment_async(ALICE, ALICE, now, random())).is_ok());
    assert!(!run(factor.status_async(ALICE, now)).expect("stored").is_enrolled());
}
