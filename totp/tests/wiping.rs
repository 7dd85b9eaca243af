//! A code that was freed is not readable any more: an allocator that looks at memory when it comes
//! back.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use creance_totp::{Code, KeyUri, Secret};

const MAX: usize = 64;

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
    let freed = freed_last_by(value);
    assert_eq!(freed.len(), size_of::<T>(), "the box was freed last");
    freed
}

/// The memory that was freed last when `value` was dropped.
fn freed_last_by<T>(value: T) -> Vec<u8> {
    WATCHING.set(true);
    drop(value);
    WATCHING.set(false);
    FREED.with_borrow(|(freed, len)| freed[..*len].to_vec())
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
fn the_text_of_a_key_uri_is_wiped_when_dropped() {
    let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("a secret");
    let uri = KeyUri::new(secret, "a").expect("an account");
    let text = uri.to_text().expect("text");
    let length = text.expose().len();
    assert!(freed_last_by(text.expose().to_owned()).windows(4).any(|part| part == b"GEZD"));
    let freed = freed_last_by(text);
    assert_eq!(freed, vec![0; length]);
}
