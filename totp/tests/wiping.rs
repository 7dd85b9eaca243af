//! A code or key that was freed is not readable any more: an allocator that looks at memory when it
//! comes back.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use creance_totp::{Code, RecoveryCode};
#[cfg(feature = "alloc")]
use creance_totp::{KeyUri, Secret};

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
use creance_totp::{Code, RecoveryCode};
#[cfg(feature = "alloc")]
use creance_totp::{KeyUri, Secret};
}
