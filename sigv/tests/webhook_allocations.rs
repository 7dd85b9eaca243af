//! The template schemes allocate nothing, neither where they verify and claim nor where they sign:
//! measured with an allocator that counts.
#![cfg(feature = "std")]

#[path = "common/webhook.rs"]
mod webhook;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt;
use std::hint::black_box;

use creance_sigv::Error;
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::replay::{FixedStore, Restart};
use creance_sigv::webhook::{Outgoing, Template};
use webhook::{ID, NOW, TEMPLATES, URL, body, key, send};

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

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as promised to this function.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs `work` and asserts that it allocated nothing.
fn without_allocation<T>(template: &Template<'_>, work: impl FnOnce() -> T) -> T {
    let before = COUNT.get();
    let result = black_box(work());
    assert_eq!(COUNT.get() - before, 0, "allocations of {}", template.name());
    result
}

/// A buffer of the caller's, as on a machine without an allocator.
struct Fixed {
    bytes: [u8; 1024],
    len: usize,
}

impl fmt::Write for Fixed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

fn ring(template: &Template<'_>) -> Keyring<4> {
    let mut ring = Keyring::new();
    for (id, number) in [("old", 0), ("new", 1)] {
        ring.insert(KeyEntry::new(id, key(template, number)).unwrap()).unwrap();
    }
    ring
}

#[test]
fn the_allocator_counts() {
    let before = COUNT.get();
    drop(black_box(vec![0_u8; 100]));
    assert_eq!(COUNT.get() - before, 1);
}

#[test]
fn every_template_verifies_and_claims_without_allocation() {
    let mut rng = creance_sigv::rand::rng();
    for template in TEMPLATES {
        let ring = ring(&template);
        let store = FixedStore::<16>::new(template.window(), Restart::DangerousNoBarrier, &mut rng);
        for number in [0, 1] {
            let content = [number; 100];
            let id = ["msg_0", "msg_1"][usize::from(number)];
            let sent = send(&template, &key(&template, number), id, &content, NOW);
            let accept = || {
                let authentic = sent.verify(&template, &ring, NOW)?;
                if !template.signs_time() {
                    return Ok(authentic.dangerous_accept_replays().body().len());
                }
                Ok(authentic.claim(&store, NOW)?.body().len())
            };
            let verdict: Result<usize, creance_sigv::scheme::Rejection> =
                without_allocation(&template, accept);
            let expected = if template.signs_body() { sent.body.len() } else { 0 };
            // One of the house's has nothing but the second to tell its messages apart.
            let is_same = template.name() == "bodiless" && number == 1;
            assert_eq!(verdict.is_ok(), !is_same, "{}", template.name());
            assert!(verdict.is_err() || verdict == Ok(expected));

            // What is refused, too.
            let mut forged = sent.clone();
            forged.signature = forged.signature.replace(['a', 'b', 'c'], "d");
            let forged = forged.with_signature(&forged.signature);
            let error =
                without_allocation(&template, || forged.verify(&template, &ring, NOW).err());
            assert!(error.is_none_or(|error| *error.error() == Error::Mismatch));
        }
    }
}

#[test]
fn every_template_verifies_pieces_without_allocation() {
    for template in TEMPLATES {
        let ring = ring(&template);
        let sent = send(&template, &key(&template, 0), ID, &[7; 100], NOW);
        without_allocation(&template, || {
            let Ok(mut running) = template.begin(&sent.received(), &ring, 1000, NOW) else {
                return;
            };
            for piece in sent.body.chunks(30) {
                running.update(piece).unwrap();
            }
            let mut authentic = running.finish().unwrap();
            assert_eq!(authentic.entry().is_ok(), template.signs_time());
        });
    }
}

#[test]
fn every_template_signs_without_allocation() {
    for template in TEMPLATES {
        let ring = ring(&template);
        let body = body(&template, &[7; 100], NOW);
        let headers = [("Content-Type", "application/json")];
        let written = without_allocation(&template, || {
            let mut out = Fixed { bytes: [0; 1024], len: 0 };
            let outgoing = Outgoing::new(&body).with_id(ID).with_method("POST").with_url(URL);
            let outgoing = outgoing.with_headers(&headers);
            let signed = template.sign(&outgoing, &ring, NOW).unwrap();
            for header in signed.headers() {
                header.write(&mut out).unwrap();
            }
            signed.signature().write(&mut out).unwrap();
            out.len
        });
        assert!(written > 27, "{}", template.name());
    }
}
