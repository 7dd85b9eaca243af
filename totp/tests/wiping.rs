//! A code or key that was freed is not readable any more: an allocator that looks at memory when it
//! comes back.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use creance_totp::{Algorithm, Code, OcraPin, OcraResponse, RecoveryCode, Secret, SteamCode};

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
                for (i, byte) in freed[*len..][..layout.size()].iter_mut().enumerate() {
                    // SAFETY: `memory` is valid for `layout.size()` bytes until it is freed below.
                    *byte = unsafe { memory.add(i).read_volatile() };
                }
                *len += layout.size();
            });
        }
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// All memory that a value had in a box and beyond, as it was when the value had been dropped.
fn freed_by<T>(value: Box<T>) -> Vec<u8> {
    FREED.with_borrow_mut(|(_, len)| *len = 0);
    WATCHING.set(true);
    drop(value);
    WATCHING.set(false);
    FREED.with_borrow(|(freed, len)| {
        assert!(*len >= size_of::<T>(), "the box was freed, too");
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

#[test]
fn a_recovery_code_is_wiped_when_dropped() {
    let code = RecoveryCode::parse("0123456789ABCDEFGHJKMNPQ").expect("a recovery code");
    let holds = |memory: &[u8]| {
        memory.windows(4).any(|part| b"0123456789ABCDEFGHJKMNPQ".windows(4).any(|c| c == part))
    };
    assert!(holds(&freed_by(Box::new(ManuallyDrop::new(code.clone())))), "freed, not dropped");
    assert!(!holds(&freed_by(Box::new(code))));
}

#[cfg(feature = "seal")]
#[test]
fn sealing_keys_are_wiped_when_dropped() {
    use creance_totp::{KeyBytes, SealKeys};

    let key = |byte| KeyBytes::from_slice(&[byte; 32]).expect("short enough");
    let keys = || {
        let keys = SealKeys::new(1, &key(0xa1)).expect("32 bytes");
        // More than a vector has room for at first, so that it grows.
        let others = [0xa2, 0xa3, 0xa4, 0xa5, 0xa6];
        others.iter().fold(keys, |keys, byte| {
            keys.with_other((*byte).into(), &key(*byte)).expect("an id of its own")
        })
    };
    let holds =
        |memory: &[u8]| (0xa1..=0xa6).any(|byte| memory.windows(8).any(|part| part == [byte; 8]));
    assert!(!holds(&freed_by(Box::new(keys()))));
    // Last, for what it leaves behind would be found in the room that a vector has to grow.
    assert!(holds(&freed_by(Box::new(ManuallyDrop::new(keys())))), "freed, not dropped");
}

#[cfg(feature = "alloc")]
#[test]
fn the_token_of_a_device_is_wiped_when_dropped() {
    // 32 bytes of 0x6d.
    let token = creance_totp::DeviceToken::parse(&("bW1t".repeat(10) + "bW0")).expect("a token");
    let holds = |memory: &[u8]| memory.windows(4).any(|part| part == [0x6d; 4]);
    assert!(holds(&freed_by(Box::new(ManuallyDrop::new(token.clone())))), "freed, not dropped");
    assert!(!holds(&freed_by(Box::new(token))));
}

#[cfg(feature = "alloc")]
#[test]
fn the_text_of_a_key_uri_is_wiped_when_dropped() {
    let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("a secret");
    let uri = creance_totp::KeyUri::new(secret, "a").expect("an account");
    let text = uri.to_text().expect("text");
    let holds = |memory: &[u8]| memory.windows(4).any(|part| part == b"GEZD");
    assert!(holds(&freed_by(Box::new(text.expose().to_owned()))));
    assert!(!holds(&freed_by(Box::new(text))));
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
