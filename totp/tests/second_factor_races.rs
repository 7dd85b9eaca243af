//! A second factor on which much happens at once: each code is taken once, and no guess is free that
//! should not be.
#![cfg(all(feature = "std", feature = "seal"))]

mod service;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use creance_totp::{
    Account, Error, Policy, Rejection, Revision, SealKeys, StateStore, Stored, Swap, Throttle,
    Unavailable,
};
use service::{Service, Store, builder, bytes, code_at, random, seal_keys};

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
        Service::of(builder(Self::before(3, service, event), seal_keys()))
    }

    /// The store of another service, with `event` before this call.
    fn before(
        call: usize,
        service: &Service<Arc<Store>>,
        event: impl FnOnce() + Send + 'static,
    ) -> Self {
        let inner = Arc::clone(service.factor.store());
        let event: Box<dyn FnOnce() + Send> = Box::new(event);
        Self { inner, left: AtomicUsize::new(call), event: Mutex::new(Some(event)) }
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
fn what_is_sealed_anew_meanwhile_is_told_once() {
    let both = || SealKeys::new(2, &bytes(2)).and_then(|keys| keys.with_other(1, &bytes(1)));
    // Before the record is loaded once more, and before it is stored.
    for call in [2, 3] {
        let old = shared();
        let alice = old.enrol(ALICE);
        let now = old.now();
        let rotated = builder(Arc::clone(old.factor.store()), both().expect("two keys"));
        let rotated = Arc::new(Service::of(rotated));
        let login = {
            let rotated = Arc::clone(&rotated);
            move || drop(rotated.factor.verify(ALICE, &alice.code(now), now).expect("right"))
        };
        let store = Interrupted::before(call, &old, login);
        let interrupted = Service::of(builder(store, both().expect("two keys")));
        assert_eq!(interrupted.factor.reseal(ALICE, now), Ok(false), "call {call}");
        interrupted.log.told(&[]);
        rotated.log.told(&["alice: accepted: by code", "alice: resealed"]);
    }
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
