//! What was freed holds no secret: an allocator that looks at memory when it comes back.
//!
//! This shows that dropping overwrites the value where it lies at the end. It says nothing about
//! copies that the compiler made on the stack when the value was moved.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use creance_sigv::keyring::{KeyEntry, KeyState, Keyring, SharedKeyring};
use creance_sigv::scheme::Received;
use creance_sigv::sigv4::{Scope, SecretKey, Service, Timestamp, Verifier};
use creance_sigv::{Algorithm, Hkdf, Key, KeyBytes, Mac, UnixTime};

const MAX: usize = 1 << 15;

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
                // Each at a multiple of the longest word that is looked for.
                let start = len.next_multiple_of(8);
                *len = start + layout.size();
                for (i, byte) in freed[start..*len].iter_mut().enumerate() {
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

/// All memory that this thread frees in `run`, as it was when it was freed.
fn freed_while<T>(run: impl FnOnce() -> T) -> (T, Vec<u8>) {
    FREED.with_borrow_mut(|(_, len)| *len = 0);
    WATCHING.set(true);
    let value = run();
    WATCHING.set(false);
    (value, FREED.with_borrow(|(freed, len)| freed[..*len].to_vec()))
}

/// The memory of a box as it was when the box had been dropped.
fn freed_by<T>(value: Box<T>) -> Vec<u8> {
    let ((), freed) = freed_while(|| drop(value));
    assert_eq!(freed.len(), size_of::<T>(), "the box alone was freed");
    freed
}

/// How many of the words (of 4 or 8 bytes) lie in `memory` at a multiple of their size.
fn found(memory: &[u8], words: &[Vec<u8>]) -> usize {
    words.iter().filter(|word| memory.chunks(word.len()).any(|chunk| chunk == **word)).count()
}

/// The secret is there while the value lives, and gone when it is dropped. Without the first half
/// the second would also pass for a type that holds nothing, or a search that finds nothing.
fn assert_wiped<T: Clone>(value: &T, words: &[Vec<u8>], name: &str) {
    let kept = freed_by(Box::new(ManuallyDrop::new(value.clone())));
    assert_eq!(found(&kept, words), words.len(), "{name}: freed without being dropped");
    let wiped = freed_by(Box::new(value.clone()));
    assert_eq!(found(&wiped, words), 0, "{name}: freed after being dropped");
}

/// The words of the states that follow a key of one block, computed by the crates underneath.
fn states(algorithm: Algorithm, key: &[u8]) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    for pad in [0x36, 0x5c] {
        let mut block = [pad; 128];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        let block = &block[..algorithm.block_len()];
        match algorithm {
            Algorithm::Sha1 => {
                let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
                sha1::block_api::compress(&mut state, block.as_chunks().0);
                words.extend(state.map(|word: u32| word.to_ne_bytes().to_vec()));
            }
            Algorithm::Sha256 => {
                let mut state = [
                    0x6a09_e667,
                    0xbb67_ae85,
                    0x3c6e_f372,
                    0xa54f_f53a,
                    0x510e_527f,
                    0x9b05_688c,
                    0x1f83_d9ab,
                    0x5be0_cd19,
                ];
                sha2::block_api::compress256(&mut state, block.as_chunks().0);
                words.extend(state.map(|word: u32| word.to_ne_bytes().to_vec()));
            }
            Algorithm::Sha384 => words.extend(state_512(SHA384, block)),
            Algorithm::Sha512 => words.extend(state_512(SHA512, block)),
        }
    }
    words
}

fn state_512(mut state: [u64; 8], block: &[u8]) -> [Vec<u8>; 8] {
    sha2::block_api::compress512(&mut state, block.as_chunks().0);
    state.map(|word| word.to_ne_bytes().to_vec())
}

const SHA384: [u64; 8] = [
    0xcbbb_9d5d_c105_9ed8,
    0x629a_292a_367c_d507,
    0x9159_015a_3070_dd17,
    0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31,
    0x8eb4_4a87_6858_1511,
    0xdb0c_2e0d_64f9_8fa7,
    0x47b5_481d_befa_4fa4,
];

const SHA512: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

fn secret() -> [u8; 64] {
    std::array::from_fn(|i| (i * 37 + 101).to_le_bytes()[0])
}

#[test]
fn key_bytes_are_wiped_when_dropped() {
    let bytes = KeyBytes::from_slice(&secret()).expect("fits");
    let words: Vec<_> = secret().chunks(8).map(<[u8]>::to_vec).collect();
    assert_wiped(&bytes, &words, "KeyBytes");
}

#[test]
fn the_states_of_a_key_are_wiped_when_dropped() {
    for algorithm in Algorithm::ALL {
        let key = Key::new(algorithm, &secret()).expect("long enough");
        assert_wiped::<Key>(&key, &states(algorithm, &secret()), algorithm.name());
    }
}

#[test]
fn the_states_of_a_running_mac_are_wiped_when_dropped() {
    for algorithm in Algorithm::ALL {
        let key = Key::new(algorithm, &secret()).expect("long enough");
        let mut mac = key.begin();
        mac.update(b"message");
        assert_wiped::<Mac>(&mac, &states(algorithm, &secret()), algorithm.name());
    }
}

#[test]
fn the_pseudorandom_key_of_hkdf_is_wiped_when_dropped() {
    for algorithm in Algorithm::ALL {
        let hkdf = Hkdf::from_key(Key::new(algorithm, &secret()).expect("long enough"));
        assert_wiped::<Hkdf>(&hkdf, &states(algorithm, &secret()), algorithm.name());
    }
}

fn entry(algorithm: Algorithm) -> KeyEntry {
    let key = Key::new(algorithm, &secret()).expect("long enough");
    KeyEntry::new("old", key).expect("an id")
}

/// Retired, the key is gone from the ring, and not only with the ring. The ring has one place: the
/// memory of an empty one is whatever lay there before, of which this test says nothing.
#[test]
fn a_retired_key_is_wiped_where_it_lies() {
    for algorithm in Algorithm::ALL {
        let words = states(algorithm, &secret());
        let mut ring = Box::new(Keyring::<1>::new());
        ring.insert(entry(algorithm)).expect("a place");
        assert_wiped(&*ring, &words, "Keyring");

        ring.set_state("old", KeyState::Retired).expect("forward");
        // Not dropped, so what is in the memory now is what retirement has left.
        let memory = freed_by(Box::new(ManuallyDrop::new(*ring)));
        assert_eq!(found(&memory, &words), 0, "{algorithm}");
    }
}

/// Each change makes a copy of the ring. None of the copies leaves a key behind: not the ring before,
/// not one whose change failed, and not the last snapshot.
#[test]
fn the_copies_of_a_shared_ring_are_wiped() {
    for algorithm in Algorithm::ALL {
        let words = states(algorithm, &secret());
        let ring = SharedKeyring::default();
        ring.insert(entry(algorithm)).expect("new");
        let (kept, freed) = freed_while(|| {
            let kept = ring.snapshot();
            ring.set_state("old", KeyState::VerifyOnly).expect("forward");
            ring.set_state("old", KeyState::Pending).expect_err("back");
            ring.set_state("old", KeyState::Retired).expect("forward");
            kept
        });
        assert!(freed.len() > 3 * size_of::<Key>(), "the rings were freed");
        assert_eq!(found(&freed, &words), 0, "{algorithm}");
        // The snapshot from before has the key until it is dropped.
        let ((), freed) = freed_while(|| drop(kept));
        assert!(freed.len() > size_of::<Key>(), "the snapshot was the last of its ring");
        assert_eq!(found(&freed, &words), 0, "{algorithm}");
    }
}

#[test]
fn the_keys_of_a_chain_of_derivations_are_wiped_when_dropped() {
    let text = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let mut key = format!("AWS4{text}").into_bytes();
    let secret = SecretKey::new(text).expect("long enough");
    assert_wiped(&secret, &states(Algorithm::Sha256, &key), "SecretKey");

    let timestamp = Timestamp::parse("20120215T000000Z").expect("a timestamp");
    let scope = Scope::new(&timestamp, "us-east-1", "iam").expect("a scope");
    for step in ["20120215", "us-east-1", "iam", "aws4_request"] {
        let step = Key::new(Algorithm::Sha256, &key).expect("long enough").sign(step.as_bytes());
        key = step.expose().to_vec();
    }
    let derived = secret.signing_key(&scope);
    assert_wiped(&derived, &states(Algorithm::Sha256, &key), "SigningKey");
}

#[test]
fn a_diagnosis_leaves_no_copy_of_the_secret() {
    let text = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let authorization = "AWS4-HMAC-SHA256 Credential=AKID/20150830/r/s/aws4_request, \
        SignedHeaders=host;x-amz-date, Signature=00";
    let headers = [("x-amz-date", "20150830T123600Z"), ("authorization", authorization)];
    let received = Received::new("GET", "https://h/", &headers, b"");
    let verifier = Verifier::new("r", Service::new("s")).expect("a scope");
    let now = UnixTime::from_secs(1_440_938_160);
    let (diagnosis, freed) = freed_while(|| verifier.diagnose(&received, text, now));
    assert!(diagnosis.causes().is_empty(), "{diagnosis}");
    assert!(!freed.is_empty(), "it allocates");
    let words: Vec<Vec<u8>> = text.as_bytes().chunks(8).map(<[u8]>::to_vec).collect();
    assert_eq!(found(&freed, &words), 0);
}
