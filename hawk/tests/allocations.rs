//! A request is verified, and a response signed, without a single allocation: what counts is
//! measured, with an allocator that counts.

#![allow(unsafe_code)]

use core::cell::Cell;
use core::fmt;
use core::hint::black_box;
use std::alloc::{GlobalAlloc, Layout, System};

use creance_hawk::sigv::replay::{FixedStore, Restart};
use creance_hawk::sigv::{Algorithm, Key, UnixTime};
use creance_hawk::{
    Authority, Bewit, BewitBuffer, Challenge, Credentials, Error, Incoming, MessageAuthorization,
    Nonce, Request, Scheme, Server,
};

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

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as promised to this function.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as promised to this function.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as promised to this function.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations made by `work`.
fn allocations<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = COUNT.get();
    let result = black_box(work());
    (COUNT.get() - before, result)
}

/// Runs `work` and asserts that it allocated nothing.
fn without_allocation<T>(work: impl FnOnce() -> T) -> T {
    let (count, result) = allocations(work);
    assert_eq!(count, 0, "allocations");
    result
}

/// A buffer of the caller's, as on a machine without an allocator.
struct Fixed {
    bytes: [u8; 512],
    len: usize,
}

impl Fixed {
    const fn new() -> Self {
        Self { bytes: [0; 512], len: 0 }
    }

    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap()
    }
}

impl fmt::Write for Fixed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

const ID: &str = "dh37fgj492je";
const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);
const TARGET: &str = "/resource/1?b=1&a=2";
const BODY: &[u8] = b"Thank you for flying Hawk";

fn key(algorithm: Algorithm) -> Key {
    Key::new(algorithm, &[b'k'; 64]).unwrap()
}

fn server() -> Server {
    Server::new(Authority::new("example.com", 8000).unwrap()).with_bewits(3600)
}

fn store(server: &Server) -> FixedStore<64> {
    let mut rng = creance_hawk::sigv::rand::rng();
    FixedStore::new(server.window(), Restart::DangerousNoBarrier, &mut rng)
}

fn request() -> Request<'static> {
    Request::new("POST", TARGET, "EXAMPLE.com", 8000).unwrap()
}

/// A header with a payload's hash and application data.
fn header(key: &Key) -> Fixed {
    let mut header = Fixed::new();
    let request = request();
    let builder = Credentials::new(ID, key).unwrap().header(&request).ext("data").app("app");
    let builder = builder.payload(Some("text/plain"), BODY).unwrap();
    builder.sign(NOW, "j4h3g2").unwrap().write_to(&mut header).unwrap();
    header
}

fn incoming(header: &str) -> Incoming<'_> {
    let mut incoming = Incoming::new("POST", TARGET, Scheme::Http);
    incoming.header("Host", b"example.com:8000").unwrap();
    incoming.header("Content-Type", b"text/plain; charset=utf-8").unwrap();
    incoming.header("Authorization", header.as_bytes()).unwrap();
    incoming
}

#[test]
fn the_counter_counts() {
    let (count, boxed) = allocations(|| Box::new(black_box(7)));
    assert_eq!((count, *boxed), (1, 7));
    let (count, text) = allocations(|| String::from(black_box("some text")) + " and more of it");
    assert!(count >= 2, "{text}: {count}");
}

#[test]
fn a_server_accepts_and_answers_without_allocation() {
    for algorithm in Algorithm::ALL {
        let (key, server) = (key(algorithm), server());
        let (header, store) = (header(&key), store(&server));
        let response = without_allocation(|| {
            let incoming = incoming(header.as_str());
            let lookup = |id: &str| (id == ID).then_some(&key);
            let accepted = server.accept(&incoming, lookup, &store, NOW).unwrap();
            let verified = accepted.verify_payload(incoming.content_type(), BODY).unwrap();
            assert_eq!(*verified.payload(), BODY);

            let mut check = accepted.payload_check(incoming.content_type(), 100).unwrap();
            for piece in BODY.chunks(7) {
                check.update(piece).unwrap();
            }
            let _ = check.finish().unwrap();

            let mut response = Fixed::new();
            let builder = accepted.respond().ext("server").payload(None, b"response").unwrap();
            builder.sign().unwrap().write_to(&mut response).unwrap();
            response
        });
        let request = request();
        without_allocation(|| {
            let credentials = Credentials::new(ID, &key).unwrap();
            let builder = credentials.header(&request).ext("data").app("app");
            let signed = builder.sign(NOW, "j4h3g2").unwrap();
            let authentic = signed.verify_response(Some(response.as_str())).unwrap();
            let _ = authentic.verify_payload(None, b"response").unwrap();
        });
    }
}

#[test]
fn a_server_refuses_without_allocation() {
    for algorithm in Algorithm::ALL {
        let (key, server) = (key(algorithm), server());
        let (header, store) = (header(&key), store(&server));
        let refuse = |header: &str, known: bool, now: UnixTime| {
            without_allocation(|| {
                let lookup = |_: &str| known.then_some(&key);
                let rejection = server.accept(&incoming(header), lookup, &store, now).unwrap_err();
                let mut challenge = Fixed::new();
                let told = rejection.www_authenticate();
                if let Some(told) = told {
                    fmt::write(&mut challenge, format_args!("{told}")).unwrap();
                }
                (*rejection.error(), challenge)
            })
        };
        let (error, _) = refuse(header.as_str(), false, NOW);
        assert_eq!(error, Error::UnknownCredentials);
        let forged = header.as_str().replace("data", "date");
        assert_eq!(refuse(&forged, true, NOW).0, Error::BadMac);
        assert_eq!(refuse("Hawk id=", true, NOW).0.status(), 400);
        assert_eq!(refuse("Basic dTpw", true, NOW).0, Error::NoAuthorization);

        let late = NOW.saturating_add(1000);
        let (error, challenge) = refuse(header.as_str(), true, late);
        assert_eq!(error.code(), "stale-timestamp");
        let time = without_allocation(|| {
            Challenge::parse(challenge.as_str()).unwrap().verify(&key).unwrap().unwrap()
        });
        assert_eq!(time.ts(), late);

        let lookup = |_: &str| Some(&key);
        let _ = server.accept(&incoming(header.as_str()), lookup, &store, NOW).unwrap();
        assert_eq!(refuse(header.as_str(), true, NOW).0, Error::Replay);
    }
}

#[test]
fn a_client_signs_without_allocation() {
    let key = key(Algorithm::Sha256);
    let mut rng = creance_hawk::sigv::rand::rng();
    let nonce = Nonce::generate(&mut rng);
    without_allocation(|| {
        let request = Request::from_url("POST", "https://example.com/a?b=c#d").unwrap();
        let builder = Credentials::new(ID, &key).unwrap().header(&request);
        let builder = builder.payload(Some("text/plain"), BODY).unwrap();
        let mut header = Fixed::new();
        builder.sign(NOW, nonce.as_str()).unwrap().write_to(&mut header).unwrap();
        header
    });
}

#[test]
fn a_bewit_is_signed_and_verified_without_allocation() {
    for algorithm in Algorithm::ALL {
        let (key, server) = (key(algorithm), server());
        let mut buffer = BewitBuffer::new();
        let mut open = |target: &str, known: bool| {
            without_allocation(|| {
                let incoming = Incoming::new("GET", target, Scheme::Http);
                let lookup = |_: &str| known.then_some(&key);
                match server.accept_bewit(&incoming, &mut buffer, lookup, NOW) {
                    Ok(authentic) => Ok(authentic.exp()),
                    Err(rejection) => Err(*rejection.error()),
                }
            })
        };
        let exp = NOW.saturating_add(300);
        let link = without_allocation(|| {
            let request = Request::new("GET", TARGET, "example.com", 8000).unwrap();
            let credentials = Credentials::new(ID, &key).unwrap();
            let mut link = Fixed::new();
            let bewit = Bewit::sign(&credentials, &request, exp, "ext").unwrap();
            bewit.write_url(TARGET, &mut link).unwrap();
            link
        });
        assert_eq!(open(link.as_str(), true), Ok(exp));
        assert_eq!(open(link.as_str(), false), Err(Error::UnknownCredentials));
        let moved = link.as_str().replace("a=2", "a=3");
        assert_eq!(open(&moved, true), Err(Error::BadMac));
    }
}

#[test]
fn a_message_is_signed_and_verified_without_allocation() {
    let (key, server) = (key(Algorithm::Sha256), server());
    let store = store(&server);
    without_allocation(|| {
        let builder = Credentials::new(ID, &key).unwrap().message("example.com", 8000).unwrap();
        let signed = builder.sign(BODY, NOW, "j4h3g2").unwrap();
        let mut mac = Fixed::new();
        signed.write_mac(&mut mac).unwrap();
        let (id, ts, nonce, hash) = (signed.id(), signed.ts(), signed.nonce(), signed.hash());
        let received = MessageAuthorization::new(id, ts, nonce, hash, mac.as_str()).unwrap();
        let authentic =
            received.authenticate("example.com", 8000, Some(&key), server.window(), NOW).unwrap();
        let verified = authentic.claim(&store, NOW).unwrap().verify(BODY).unwrap();
        assert_eq!(verified.into_message(), BODY);
    });
}
