//! A code that was freed is not readable any more: an allocator that looks at memory when it comes
//! back.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use creance_totp::{Algorithm, Code, OcraPin, OcraResponse, Secret, SteamCode};

const MAX: usize = 512;

thread_local! {
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    static FREED: RefCell<([u8; MAX], usize)> = const { RefCell::new(([0; MAX], 0)) };
}

struct Watching;

// SAFETY: all memory comes from, and goes back to, the system's allocator.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if WATCHING.get() {
            FREED.with_borrow_mut(|(freed, len)| {
                *len = layout.size();
                for (i, byte) in freed[..layout.size()].iter_mut().enumerate() {
                    // SAFETY: `memory` is valid for `layout.size()` bytes until it is freed below.
                    *byte = unsafe { memory.add(i).read_volatile() };
                }
            });
        }
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// The memory of a box as it was when the box had been dropped.
fn freed_by<T>(value: Box<T>) -> Vec<u8> {
    WATCHING.set(true);
    drop(value);
    WATCHING.set(false);
    FREED.with_borrow(|(freed, len)| {
        assert_eq!(*len, size_of::<T>(), "the box was freed last");
        freed[..*len].to_vec()
    })
}

#[test]
fn a_code_is_wiped_when_dropped() {
    let code = Code::parse("82918396").expect("a code");
    let holds =
        |memory: &[u8]| memory.windows(4).any(|part| b"82918396".windows(4).any(|c| c == part));
    assert!(holds(&freed_by(Box::new(ManuallyDrop::new(code.clone())))), "freed, not dropped");
    assert!(!holds(&freed_by(Box::new(code))));
}

/// What was freed without being dropped still holds `parts` of the secret, and nothing does after a
/// drop.
fn check<T: Clone>(value: &T, secret: &[u8]) {
    let holds = |memory: &[u8]| memory.windows(4).any(|part| secret.windows(4).any(|c| c == part));
    assert!(holds(&freed_by(Box::new(ManuallyDrop::new(value.clone())))), "freed, not dropped");
    assert!(!holds(&freed_by(Box::new(value.clone()))));
}

#[test]
fn secrets_and_other_codes_are_wiped_when_dropped() {
    let secret = b"1234567890abcdefghij";
    check(&Secret::from_bytes(secret).expect("long enough"), secret);
    check(&SteamCode::parse("PV9M4").expect("a code"), b"PV9M4");
    let mac = "0123456789abcdef0123456789abcdef01234567";
    check(&OcraResponse::parse(mac).expect("a response"), mac.as_bytes());
    check(&OcraResponse::parse("65347737").expect("a response"), b"65347737");
    let pin = OcraPin::new(Algorithm::Sha512, b"1234");
    check(&pin, pin.expose());
}
