//! A code is verified, and the verifier's states are stored, without a single allocation: what counts
//! is measured, with an allocator that counts.

#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use core::cell::Cell;
use core::hint::black_box;
use std::alloc::{GlobalAlloc, Layout, System};

use creance_totp::{
    Algorithm, Attempt, Code, Error, Hotp, MemoryStateStore, Ocra, OcraInput, OcraPin,
    OcraResponse, OcraSuite, Otp, Parameters, Policy, Revision, Secret, State, StateStore, Steam,
    SteamCode, Stored, Swap, Totp, Unavailable, UnixTime, Verifier,
};

/// The system's allocator, and how often this thread asked it.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // While a thread ends its counter is gone, and nobody asks for it.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as promised to this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as promised to this function.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as promised to this function.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as promised to this function.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations made by `work`.
fn allocations<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = COUNT.get();
    let result = black_box(work());
    (COUNT.get() - before, result)
}

/// Runs `work` and asserts that it allocated nothing.
fn without_allocation<T>(work: impl FnOnce() -> T) -> T {
    let (count, result) = allocations(work);
    assert_eq!(count, 0, "allocations");
    result
}

const NOW: UnixTime = UnixTime::from_secs(1_111_111_111);

fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890").expect("long enough")
}

#[test]
fn the_allocator_counts() {
    let (count, text) = allocations(|| String::from("seven"));
    assert_eq!((count, text.len()), (1, 5));
}

#[test]
fn codes_are_read_made_and_compared_in_place() {
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let parameters = Parameters::totp().with_algorithm(algorithm).expect("known");
        without_allocation(|| {
            let otp = parameters.otp(&secret()).expect("a key");
            let Otp::Totp(totp) = &otp else { unreachable!("by time") };
            let code = totp.generate(NOW).expect("a code");
            let typed = Code::parse(code.expose()).expect("a code");
            assert!(totp.verify(&typed, NOW, 1, 1).is_ok());
            assert_eq!(totp.verify(&typed, UnixTime::from_secs(0), 1, 1), Err(Error::Mismatch));
        });
    }
    without_allocation(|| {
        let key = secret().key(Algorithm::Sha1).expect("a key");
        let hotp = Hotp::new(key.clone(), creance_totp::Digits::Six);
        assert!(hotp.verify(&hotp.generate(7), 5, 3).is_ok());
        drop(Totp::new(key, creance_totp::Digits::Eight));
    });
}

#[test]
fn the_verifier_allocates_nothing() {
    let policy = Policy::default().with_window(1, 1).and_then(|policy| policy.with_drift(2));
    without_allocation(|| {
        let verifier = Verifier::new(policy.expect("in range"));
        for parameters in [Parameters::totp(), Parameters::hotp()] {
            let otp = parameters.otp(&secret()).expect("a key");
            let first = 37_037_037;
            let [code, second, third] = [0, 1, 2].map(|n| otp.code_at(first + n));
            let mut state = State::pending(if parameters.period().is_some() { 0 } else { first });
            assert!(verifier.verify(&mut state, &otp, &Attempt::enrolment(&code, NOW)).is_ok());
            let again = verifier.verify(&mut state, &otp, &Attempt::login(&code, NOW));
            assert_eq!(again.unwrap_err(), Error::Replayed);
            let codes = [second, third];
            let run = Attempt::resynchronisation(&codes, NOW);
            assert!(verifier.verify(&mut state, &otp, &run).is_ok());
        }
    });
}

/// A record in a machine without an allocator.
struct Register(Cell<(u64, State)>);

impl StateStore for Register {
    type Record = State;

    fn load(&self, id: &str) -> Result<Option<Stored<State>>, Unavailable> {
        let (revision, record) = self.0.get();
        Ok((id == "alice").then_some(Stored { revision: Revision::new(revision), record }))
    }

    fn compare_and_set(
        &self,
        id: &str,
        expected: Revision,
        next: &State,
    ) -> Result<Swap, Unavailable> {
        let (revision, _) = self.0.get();
        if id != "alice" || expected.get() != revision {
            return Ok(Swap::Conflict);
        }
        self.0.set((revision + 1, *next));
        Ok(Swap::Done(Revision::new(revision + 1)))
    }
}

fn log_in(store: &impl StateStore<Record = State>) {
    let verifier = Verifier::default();
    let otp = Parameters::totp().otp(&secret()).expect("a key");
    let code = otp.code_at(37_037_037);
    let attempt = Attempt::login(&code, NOW);
    assert!(verifier.verify_stored(store, "alice", Some(&otp), &attempt).is_ok());
    let again = verifier.verify_stored(store, "alice", Some(&otp), &attempt);
    assert_eq!(again.unwrap_err(), Error::Replayed);
    let stranger = verifier.verify_stored(store, "bob", None, &attempt);
    assert_eq!(stranger.unwrap_err(), Error::NotEnrolled);
}

#[test]
fn the_verifier_on_a_store_allocates_nothing() {
    let register = Register(Cell::new((1, State::active(0))));
    without_allocation(|| log_in(&register));
    let store = MemoryStateStore::new();
    let _ = store.compare_and_set("alice", Revision::ABSENT, &State::active(0)).expect("available");
    without_allocation(|| log_in(&store));
}

#[test]
fn steam_and_responses_allocate_nothing() {
    without_allocation(|| {
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
}
