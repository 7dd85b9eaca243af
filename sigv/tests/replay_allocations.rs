//! Memory: what `MemoryStore` takes by an allocator that counts, and by its own account.
#![cfg(feature = "std")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use creance_sigv::replay::{Claim, Entry, MemoryStore, ReplayStore, Restart};
use creance_sigv::{UnixTime, Window};

const T: u64 = 1_700_000_000;

/// The system's allocator, counting the bytes that a thread has in use.
struct Counting;

thread_local! {
    // By thread: the test harness allocates in its own whenever it likes.
    static IN_USE: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.set(IN_USE.get().wrapping_add(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.set(IN_USE.get().wrapping_sub(layout.size()));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn claim(store: &MemoryStore, nonce: u64, timestamp: u64, now: u64) -> Claim {
    let nonce = nonce.to_le_bytes();
    let entry = Entry::new(b"dh37fgj492je", &nonce, UnixTime::from_secs(timestamp));
    ReplayStore::claim(store, &entry, UnixTime::from_secs(now))
}

/// Bytes in use by the store: as counted, and as it says.
fn bytes(store: &MemoryStore, before: usize, now: u64) -> (usize, usize) {
    let counted = IN_USE.get().wrapping_sub(before) + size_of::<MemoryStore>();
    (counted, store.stats(UnixTime::from_secs(now)).bytes)
}

#[test]
fn memory_is_what_was_promised_from_the_first_entry_through_a_flood_and_after_it() {
    let before = IN_USE.get();
    let store = MemoryStore::builder(Window::new(60, 60), Restart::DangerousNoBarrier)
        .without_quota()
        .build()
        .unwrap();
    let (counted, said) = bytes(&store, before, T);
    assert_eq!(counted, said);
    assert!(said < 16 << 10, "an unused store takes {said} bytes");

    let mut nonces = 0..;
    let mut fresh = |timestamp, now| claim(&store, nonces.next().unwrap(), timestamp, now);

    // A small service: two messages a second.
    for now in T..T + 200 {
        assert_eq!(fresh(now, now), Claim::New);
        assert_eq!(fresh(now, now), Claim::New);
    }
    let (counted, said) = bytes(&store, before, T + 200);
    assert_eq!(counted, said);
    assert!(said < 256 << 10, "a small service takes {said} bytes");

    // A million live, all over the window.
    let now = T + 1_000;
    for n in 0..1_000_000 {
        assert_eq!(fresh(now - 60 + n % 121, now), Claim::New);
    }
    let stats = store.stats(UnixTime::from_secs(now));
    assert_eq!(stats.live, 1_000_000);
    let (counted, said) = bytes(&store, before, now);
    assert_eq!(counted, said);
    assert!(said <= 24 * stats.live, "{said} bytes for {} entries", stats.live);

    // A flood in one second: refused at the capacity, and the memory stays where it was promised.
    let later = now + 121;
    let accepted = (0..1_200_000).filter(|_| fresh(later, later) == Claim::New).count();
    assert_eq!(accepted, store.stats(UnixTime::from_secs(later)).live);
    assert_eq!(accepted, 1 << 20);
    let (counted, said) = bytes(&store, before, later);
    assert_eq!(counted, said);
    assert!(said <= 25 << 20, "{said} bytes in a flood");

    // After it: a second's claims that reach every shard give everything back.
    let after = later + 61;
    for _ in 0..5_000 {
        assert_eq!(fresh(after, after), Claim::New);
    }
    let (counted, said) = bytes(&store, before, after);
    assert_eq!(counted, said);
    assert!(said <= 1 << 20, "{said} bytes after a flood");

    drop(store);
    assert_eq!(IN_USE.get(), before);
}
