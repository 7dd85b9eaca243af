//! What was freed while accounts were imported and exported holds no secret any more: an allocator that
//! looks at memory when it comes back.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use creance_totp::{
    MigrationBatch, MigrationEntry, MigrationExport, MigrationImport, Parameters, Secret,
};

const SECRET: [u8; 24] = *b"<a secret of 24 bytes!!>";

/// What would show: a part of the secret, and of its Base64 in each of the three positions that a byte
/// has in a group, where no edge is part of it.
const TRACES: [&[u8]; 4] = [b"secret of", b"c2VjcmV0IG9m", b"NlY3JldCBvZi", b"zZWNyZXQgb2Yg"];

thread_local! {
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    static FREED: Cell<usize> = const { Cell::new(0) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

struct Watching;

// SAFETY: all memory comes from, and goes back to, the system's allocator.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`. What nobody writes must not keep what was
        // there before, so it is cleared.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if WATCHING.get() {
            // SAFETY: `memory` is valid for `layout.size()` bytes, all of them initialised by `alloc`,
            // until it is freed below.
            let freed = unsafe { std::slice::from_raw_parts(memory, layout.size()) };
            let holds = |trace: &[u8]| freed.windows(trace.len()).any(|part| part == trace);
            FREED.set(FREED.get() + 1);
            FOUND.set(FOUND.get() + usize::from(TRACES.iter().any(|trace| holds(trace))));
        }
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// How many pieces of memory are freed by `work`, and how many of them hold a secret.
fn freed_by(work: impl FnOnce()) -> (usize, usize) {
    FREED.set(0);
    FOUND.set(0);
    WATCHING.set(true);
    work();
    WATCHING.set(false);
    (FREED.get(), FOUND.get())
}

fn entries(count: usize) -> Vec<MigrationEntry> {
    let entry = |index: usize| {
        let secret = Secret::from_bytes(&SECRET).expect("long enough");
        let entry = MigrationEntry::new(secret, Parameters::totp()).expect("fits");
        entry.with_name("a".repeat(index % 3))
    };
    (0..count).map(entry).collect()
}

#[test]
fn the_traces_are_those_of_the_secret() {
    for lead in 0..3 {
        let mut text = String::new();
        let bytes = [&[b'x'; 3][..lead], &SECRET].concat();
        creance_sigv::Encoding::Base64.encode(&bytes, &mut text).expect("a string");
        let found = TRACES.iter().any(|trace| text.contains(std::str::from_utf8(trace).unwrap()));
        assert!(found, "{text}");
    }
    let (_, found) = freed_by(|| drop(SECRET.to_vec()));
    assert_eq!(found, 1);
}

#[test]
fn nothing_is_left_of_an_export_and_an_import() {
    let (freed, found) = freed_by(|| {
        let mut import = MigrationImport::new();
        for uri in MigrationExport::new(-1).write(&entries(30)).expect("they fit") {
            let batch = MigrationBatch::parse(uri.expose()).expect("read");
            import.add(batch).expect("one export");
        }
        let joined = import.finish().expect("complete");
        assert!(
            joined.iter().all(|entry| entry.as_ref().is_ok_and(|e| e.secret().expose() == SECRET))
        );
        drop(joined);
    });
    assert!(freed > 100, "{freed}");
    assert_eq!(found, 0, "of {freed}");
}
