//! A Hawk header verified and signed, by us and by rust-hawk.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use creance_hawk::sigv::replay::{Claim, Entry, MemoryStore, ReplayStore, Restart};
use creance_hawk::sigv::{UnixTime, Window};
use creance_hawk::{Accepted, Authentic, Authorization, Credentials, HeaderBuilder, Request};

use super::pool::{Case, Pool, SIZE};

/// Verifies a request's header, from its text to the proof.
#[inline]
pub fn verify<'a>(pool: &'a Pool, case: &'a Case) -> Authentic<'a> {
    let authorization = Authorization::parse(black_box(case.header)).expect("a header");
    let request = case.request();
    let key = Some(&pool.client(case).key);
    authorization.authenticate(&request, key, Window::default(), pool.now).expect("verified")
}

/// The same, and claims the nonce.
#[inline]
pub fn verify_and_claim<'a>(pool: &'a Pool, case: &'a Case, store: &MemoryStore) -> Accepted<'a> {
    verify(pool, case).claim(store, pool.now).expect("a new nonce")
}

/// A store for one round of the pool, in use since the second before.
pub fn store(pool: &Pool) -> MemoryStore {
    let store = MemoryStore::new(Window::default(), Restart::DangerousNoBarrier).expect("a store");
    let before = pool.now.saturating_sub(1);
    for nonce in 0..2 * SIZE {
        let nonce = nonce.to_le_bytes();
        assert_eq!(store.claim(&Entry::new(b"id", &nonce, before), before), Claim::New);
    }
    store
}

/// Verifies by rust-hawk, which reads the clock on the way.
#[inline]
pub fn verify_rival(pool: &Pool, case: &Case) {
    let header: rust_hawk::Header =
        black_box(case.header)["Hawk ".len()..].parse().expect("a header");
    let request = case.rival_request(case.target).request();
    let key = &pool.client(case).rival.key;
    assert!(request.validate_header(&header, key, Duration::from_secs(3600)));
}

/// Signs a request without payload and writes the header into `out`.
#[inline]
pub fn sign(case: &Case, credentials: &[Credentials<'_>], now: UnixTime, out: &mut Vec<u8>) {
    let request = case.request();
    let builder = builder(case, credentials, &request);
    out.clear();
    builder.sign_into(now, black_box(case.nonce), out).expect("a header");
}

/// The same, and keeps what verifies the response.
#[inline]
pub fn sign_and_keep(
    case: &Case,
    credentials: &[Credentials<'_>],
    now: UnixTime,
    out: &mut String,
) {
    let request = case.request();
    let builder = builder(case, credentials, &request);
    out.clear();
    let signed = builder.sign(now, black_box(case.nonce)).expect("a header");
    signed.write_to(out).expect("a string");
    black_box(&signed);
}

#[inline]
fn builder<'a>(
    case: &Case,
    credentials: &[Credentials<'a>],
    request: &Request<'a>,
) -> HeaderBuilder<'a> {
    let builder = credentials[case.client].header(request);
    match case.ext() {
        Some(ext) => builder.ext(ext),
        None => builder,
    }
}

/// Signs by rust-hawk.
#[inline]
pub fn sign_rival(pool: &Pool, case: &Case, ts: SystemTime) -> String {
    let request = case.rival_request(case.target).ext(case.ext()).request();
    let nonce = black_box(case.nonce);
    let header = request.make_header_full(&pool.client(case).rival, ts, nonce);
    format!("Hawk {}", header.expect("a header"))
}

/// The pool's time as rust-hawk takes it.
pub fn system_time(pool: &Pool) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(pool.now.as_secs())
}

/// Checks that both sides verify the pool, refuse what was tampered with, and sign alike.
///
/// # Panics
/// Where they do not.
pub fn check(pool: &Pool) {
    let credentials = pool.credentials();
    let (mut out, mut kept) = (Vec::new(), String::new());
    for case in &pool.cases {
        let authentic = verify(pool, case);
        assert_eq!(authentic.authorization().id(), pool.client(case).id);
        verify_rival(pool, case);
        check_tampered(pool, case);
        sign(case, &credentials, pool.now, &mut out);
        sign_and_keep(case, &credentials, pool.now, &mut kept);
        assert_eq!(out, kept.as_bytes());
        check_alike(&kept, &sign_rival(pool, case, system_time(pool)));
    }
}

/// Another nonce than the signed one.
fn check_tampered(pool: &Pool, case: &Case) {
    let tampered = case.header.replacen(" nonce=\"", " nonce=\"x", 1);
    let client = pool.client(case);
    let window = Window::default();
    let result = Authorization::parse(&tampered).expect("a header").authenticate(
        &case.request(),
        Some(&client.key),
        window,
        pool.now,
    );
    assert!(result.is_err(), "{tampered}");
    let header: rust_hawk::Header = tampered["Hawk ".len()..].parse().expect("a header");
    let request = case.rival_request(case.target).request();
    assert!(!request.validate_header(&header, &client.rival.key, Duration::from_secs(3600)));
}

/// The same attributes with the same values, whatever their order.
fn check_alike(ours: &str, rivals: &str) {
    let ours_by_rival: rust_hawk::Header = ours["Hawk ".len()..].parse().expect("a header");
    let rivals: rust_hawk::Header = rivals["Hawk ".len()..].parse().expect("a header");
    assert_eq!(ours_by_rival, rivals);
    assert!(ours_by_rival.mac.is_some());
}
