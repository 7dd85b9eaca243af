//! A code that was freed is not readable any more: an allocator that looks at memory when it comes
//! back.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use creance_totp::Code;

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

#[cfg(feature = "alloc")]
#[test]
fn the_token_of_a_device_is_wiped_when_dropped() {
    // 32 bytes of 0x6d.
    let token = creance_totp::DeviceToken::parse(&("bW1t".repeat(10) + "bW0")).expect("a token");
    let holds = |memory: &[u8]| memory.windows(4).any(|part| part == [0x6d; 4]);
    assert!(holds(&freed_by(Box::new(ManuallyDrop::new(token.clone())))), "freed, not dropped");
    assert!(!holds(&freed_by(Box::new(token))));
}
