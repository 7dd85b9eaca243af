//! A second factor on stores that fail and on stores across a network: nobody is let in without the
//! store's yes, and no event tells what is not so.
#![cfg(all(feature = "std", feature = "seal"))]

mod service;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use creance_totp::{
    Account, AsyncStateStore, DeviceId, DynStateStore, Error, Imported, Parameters, Passed,
    Rejection, Revision, SealKeys, Secret, State, StateStore, Stored, Swap, Unavailable,
};
use service::{Person, START, Service, Store, builder, bytes, code_at, random, seal_keys};

const ALICE: &str = "alice";

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

const OPERATIONS: [(&str, Operation); 19] = [
    ("verify", |service, alice, _| {
        let now = service.now();
        service.factor.verify(ALICE, &alice.code(now), now).map(drop)
    }),
    ("verify_typed", |service, alice, _| {
        let now = service.now();
        service.factor.verify_typed(ALICE, alice.code(now).expose(), now).map(drop)
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
    ("revoke_device", |service, _, _| {
        service.factor.revoke_device(ALICE, DeviceId::new(0), service.now())
    }),
    ("revoke_devices", |service, _, _| service.factor.revoke_devices(ALICE, service.now())),
    ("disable", |service, _, proof| service.factor.disable(proof, service.now())),
    ("unlock", |service, _, _| service.factor.unlock(ALICE, service.now()).map_err(Into::into)),
    ("reset", |service, _, _| service.factor.reset(ALICE, service.now()).map_err(Into::into)),
    ("import", |service, _, _| {
        let secret = Secret::from_bytes(&[1; 20]).expect("long enough");
        let (parameters, state) = (Parameters::totp(), State::active(0));
        let imported = Imported { secret: &secret, parameters, state };
        service.factor.import("dave", &imported, service.now(), random()).map_err(Into::into)
    }),
    ("reseal", |service, _, _| {
        let both = SealKeys::new(2, &bytes(2)).and_then(|keys| keys.with_other(1, &bytes(1)));
        let rotated = builder(service.factor.store(), both.expect("two keys"));
        let rotated = rotated.events(service.log.sink()).build().expect("right settings");
        let is_new = rotated.reseal(ALICE, service.now())?;
        assert!(is_new, "sealed with the old key");
        Ok(())
    }),
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

#[test]
fn what_the_program_got_wrong_is_told_for_a_stranger_too() {
    let (service, alice, _) = prepared(false);
    let now = service.now();
    for codes in [&[][..], &[alice.wrong(now)]] {
        for user in [ALICE, "carol", "nobody"] {
            service.factor.store().arm(0);
            let rejection = service.factor.resynchronise(user, codes, now).expect_err("no run");
            assert_eq!((rejection.status(), rejection.error()), (500, Error::Resync), "{user}");
            assert_eq!(service.factor.store().calls.load(Ordering::SeqCst), 0, "{user}");
        }
    }
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
