//! Making and verifying codes allocates nothing: an allocator that counts.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use creance_totp::{
    Algorithm, Attempt, Code, Digits, Error, Hotp, Ocra, OcraInput, OcraPin, OcraResponse,
    OcraSuite, Parameters, Secret, State, Steam, SteamCode, Totp, UnixTime, Verifier,
};

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    COUNT.set(0);
    work();
    COUNT.get()
}

const NOW: UnixTime = UnixTime::from_secs(1_111_111_111);

fn secret() -> Secret {
    Secret::from_base32("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ").expect("a secret")
}

#[test]
fn the_allocator_counts() {
    assert!(allocations(|| drop(std::hint::black_box(vec![0_u8; 10]))) > 0);
}

#[test]
fn codes_by_time_and_counter_allocate_nothing() {
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let count = allocations(|| {
            let totp = Totp::new(secret().key(algorithm).expect("a key"), Digits::Eight);
            let code = totp.generate(NOW).expect("after 1970");
            let typed = Code::parse(code.expose()).expect("a code");
            assert!(totp.verify(&typed, NOW, 1, 1).is_ok());
            let hotp = Hotp::new(secret().key(algorithm).expect("a key"), Digits::Six);
            assert_eq!(hotp.verify(&typed, 0, 50), Err(Error::Mismatch));
        });
        assert_eq!(count, 0, "{algorithm}");
    }
}

#[test]
fn a_verifier_allocates_nothing() {
    let count = allocations(|| {
        let otp = Parameters::totp().otp(&secret()).expect("a key");
        let (verifier, mut state) = (Verifier::default(), State::active(0));
        let code = Code::parse("050471").expect("a code");
        let attempt = Attempt::login(&code, NOW);
        assert!(verifier.verify(&mut state, &otp, &attempt).is_ok());
        assert_eq!(verifier.verify(&mut state, &otp, &attempt).err(), Some(Error::Replayed));
    });
    assert_eq!(count, 0);
}

#[test]
fn steam_and_responses_allocate_nothing() {
    let count = allocations(|| {
        let steam = Steam::new(&secret()).expect("a key");
        let typed = SteamCode::parse("gg5f5").expect("a code");
        assert!(steam.verify(&typed, UnixTime::from_secs(0), 1, 1).is_ok());

        let suite =
            OcraSuite::parse("OCRA-1:HOTP-SHA512-0:C-QN64-PSHA256-S512-T1M").expect("a suite");
        let (ocra, pin) =
            (Ocra::new(suite, &secret()).expect("a key"), OcraPin::new(Algorithm::Sha256, b"1234"));
        let input = OcraInput::mutual("123", "99").with_counter(7).with_pin(&pin);
        let input = input.with_session(b"session").with_time_step(5);
        let response = ocra.respond(&input).expect("a response");
        let typed = OcraResponse::parse(response.expose()).expect("a response");
        assert_eq!(ocra.verify(&input, &typed), Ok(()));
    });
    assert_eq!(count, 0);
}
