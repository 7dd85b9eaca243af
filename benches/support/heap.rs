//! How many bytes are on the heap.

#![allow(unsafe_code, reason = "an allocator cannot be counted without being one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// The system's allocator, which counts between [`start`] and [`stop`]. Outside of it nothing is
/// counted, so that nobody's time is spoilt who allocates.
pub struct Counted;

static COUNTING: AtomicBool = AtomicBool::new(false);
static BYTES: AtomicUsize = AtomicUsize::new(0);

/// Begins to count, from 0.
pub fn start() {
    BYTES.store(0, Relaxed);
    COUNTING.store(true, Relaxed);
}

/// Ends; returns the bytes that were allocated since the start and not given back.
pub fn stop() -> usize {
    COUNTING.store(false, Relaxed);
    BYTES.load(Relaxed)
}

#[inline]
fn count(allocated: usize, freed: usize) {
    if COUNTING.load(Relaxed) {
        BYTES.fetch_add(allocated.wrapping_sub(freed), Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, new_size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}
