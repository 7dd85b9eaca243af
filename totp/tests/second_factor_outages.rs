//! What the service lacks, a key or a password hash, is no failure of the person.
#![cfg(all(feature = "std", feature = "seal"))]

mod service;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use creance_totp::{
    DevicePolicy, DeviceTrust, HashKeys, PasswordHasher, RecoveryCodes, RecoveryPolicy, Revision,
    SealKeys, SecondFactor, SecondFactorBuilder, StateStore, Throttle, Unavailable,
};
use service::{Service, Store, code_at, hash_key, random, seal_keys};

const ALICE: &str = "alice";

/// A password hash that is out of order at times.
#[derive(Clone, Default)]
struct Hasher(Arc<AtomicBool>);

impl Hasher {
    fn fails(&self, fails: bool) {
        self.0.store(fails, Ordering::SeqCst);
    }
}

impl PasswordHasher for Hasher {
    fn id(&self) -> u32 {
        1
    }

    fn hash(&self, code: &[u8], _: &[u8; 16], out: &mut [u8; 32]) -> Result<(), Unavailable> {
        out.iter_mut().zip(code).for_each(|(out, byte)| *out = *byte);
        if self.0.load(Ordering::SeqCst) { Err(Unavailable) } else { Ok(()) }
    }
}

/// Short codes, and a throttle that ends with the first failure.
fn short_codes(key: u32) -> RecoveryCodes {
    RecoveryCodes::new(HashKeys::new(key, hash_key()).expect("a key"))
        .with_policy(RecoveryPolicy::allow_short(5, 8).expect("in range"))
        .with_throttle(Throttle::new(1, 1, 1, 1).expect("one"))
}

fn builder(store: Store, recovery: RecoveryCodes) -> SecondFactorBuilder<Store, SealKeys> {
    let devices = DeviceTrust::new(hash_key(), DevicePolicy::default()).expect("a key");
    SecondFactor::builder(store, seal_keys(), recovery, devices).issuer("Example")
}

#[test]
fn no_attempt_at_a_recovery_code_is_counted() {
    let hasher = Hasher::default();
    let service = Service::of(builder(Store::new(), short_codes(1).with_hasher(hasher.clone())));
    let alice = service.enrol(ALICE);
    let redeem = |service: &Service| {
        service.factor.redeem_recovery(ALICE, &alice.recovery_codes[0], service.now())
    };
    hasher.fails(true);
    for _ in 0..3 {
        assert_eq!(redeem(&service).expect_err("out of order").code(), "hasher-unavailable");
    }
    let told = service.log.take();
    assert!(!told.iter().any(|line| line.contains("locked")), "{told:?}");
    hasher.fails(false);

    let account = service.factor.store().load(ALICE).expect("stored").expect("enrolled").record;
    for (recovery, expected) in [
        (short_codes(1), "no-password-hasher"),
        (short_codes(2).with_hasher(hasher), "unknown-key"),
    ] {
        let store = Store::new();
        let _ = store.compare_and_set(ALICE, Revision::ABSENT, &account).expect("stored");
        let lacking = Service::of(builder(store, recovery));
        let before = lacking.factor.store().load(ALICE).expect("stored").map(|it| it.revision);
        assert_eq!(redeem(&lacking).expect_err("missing").code(), expected);
        let after = lacking.factor.store().load(ALICE).expect("stored").map(|it| it.revision);
        assert_eq!(after, before, "nothing is stored");
    }
    // With a count of one, the code would be refused now.
    assert!(redeem(&service).is_ok());
}

#[test]
fn no_right_code_of_an_enrolment_is_a_failure() {
    let hasher = Hasher::default();
    let service = Service::of(builder(Store::new(), short_codes(1).with_hasher(hasher.clone())));
    let now = service.now();
    let begun = service.factor.begin_enrolment(ALICE, ALICE, now, random()).expect("begun");
    let code = code_at(&begun.uri().otp().expect("codes"), now);
    hasher.fails(true);
    for _ in 0..100 {
        let refused = service.factor.confirm_enrolment(ALICE, &code, now, random());
        assert_eq!(refused.expect_err("out of order").code(), "hasher-unavailable");
    }
    let told = service.log.take();
    assert!(!told.iter().any(|line| line.contains("locked")), "{told:?}");
    hasher.fails(false);
    assert!(service.factor.confirm_enrolment(ALICE, &code, now, random()).is_ok());

    let lacking = Service::of(builder(Store::new(), short_codes(1)));
    let _begun = lacking.factor.begin_enrolment(ALICE, ALICE, now, random()).expect("begun");
    let revision = || lacking.factor.store().load(ALICE).expect("stored").map(|it| it.revision);
    let before = revision();
    let refused = lacking.factor.confirm_enrolment(ALICE, &code, now, random());
    assert_eq!(refused.expect_err("missing").code(), "no-password-hasher");
    assert_eq!(revision(), before, "no attempt is counted");
}
