//! MACs, comparison and Base64 beside what others use for them: `cargo bench --bench sigv`.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use creance_sigv::{Algorithm, Encoding, Key, ct};
use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq as _;

/// As long as the output of SHA-512, and no longer than a block of SHA-1.
const SECRET: &[u8; 64] = b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxnwerxhqb98rpaxn39848xr";

fn hmac(c: &mut Criterion) {
    let mut group = c.benchmark_group("sigv/hmac");
    for len in [100, 200, 1024] {
        let ring = ring::hmac::HMAC_SHA256;
        hmac_of::<Hmac<Sha256>>(&mut group, Algorithm::Sha256, ring, len);
    }
    let ring = ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
    hmac_of::<Hmac<Sha1>>(&mut group, Algorithm::Sha1, ring, 100);
    hmac_of::<Hmac<Sha512>>(&mut group, Algorithm::Sha512, ring::hmac::HMAC_SHA512, 100);
}

/// One algorithm, one length of message.
fn hmac_of<M: Mac + KeyInit + Clone>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    algorithm: Algorithm,
    ring: ring::hmac::Algorithm,
    len: usize,
) {
    let message = &vec![b'm'; len][..];
    let key = Key::new(algorithm, SECRET).expect("a key");
    let prepared = <M as KeyInit>::new_from_slice(SECRET).expect("a key");
    let ring = ring::hmac::Key::new(ring, SECRET);
    let with_rekeying = || <M as KeyInit>::new_from_slice(black_box(SECRET)).expect("a key");

    let expected = key.sign(message);
    assert_eq!(expected.expose(), &tag(prepared.clone(), message)[..]);
    assert_eq!(expected.expose(), &tag(with_rekeying(), message)[..]);
    assert_eq!(expected.expose(), ring::hmac::sign(&ring, message).as_ref());

    let id = |name| BenchmarkId::new(name, format!("{algorithm}-{len}"));
    group.throughput(Throughput::Bytes(len as u64));
    group.bench_function(id("creance"), |b| b.iter(|| key.sign(black_box(message))));
    group.bench_function(id("rustcrypto-clone"), |b| {
        b.iter(|| tag(black_box(&prepared).clone(), black_box(message)));
    });
    group.bench_function(id("rustcrypto-rekey"), |b| {
        b.iter(|| tag(with_rekeying(), black_box(message)));
    });
    group.bench_function(id("ring"), |b| {
        b.iter(|| ring::hmac::sign(&ring, black_box(message)));
    });
}

fn tag<M: Mac>(mut mac: M, message: &[u8]) -> hmac::digest::Output<M> {
    mac.update(message);
    mac.finalize().into_bytes()
}

fn compare(c: &mut Criterion) {
    let (secret, received) = (&[7; 32][..], &[7; 32][..]);
    let other = [&[7; 31][..], &[8]].concat();
    assert!(ct::verify(secret, received).is_ok() && bool::from(secret.ct_eq(received)));
    assert!(ct::verify(secret, &other).is_err() && !bool::from(secret.ct_eq(&other)));

    let mut group = c.benchmark_group("sigv/compare");
    group.bench_function("creance", |b| {
        b.iter(|| ct::verify(black_box(secret), black_box(received)).expect("equal"));
    });
    group.bench_function("subtle", |b| {
        b.iter(|| assert!(bool::from(black_box(secret).ct_eq(black_box(received)))));
    });
}

fn base64(c: &mut Criterion) {
    let bytes: [u8; 32] = *b"a key or a tag, it does not matt";
    let text = STANDARD.encode(bytes);
    let (mut out, mut back) = (String::new(), [0; 32]);
    ours(&text, &mut back, &mut out);
    assert_eq!((back, &out), (bytes, &text));
    rivals(&text, &mut back, &mut out);
    assert_eq!((back, &out), (bytes, &text));

    let mut group = c.benchmark_group("sigv/base64");
    group.bench_function("creance", |b| {
        b.iter(|| ours(black_box(&text), &mut back, &mut out));
    });
    group.bench_function("base64", |b| {
        b.iter(|| rivals(black_box(&text), &mut back, &mut out));
    });
}

/// Decodes, and encodes what was decoded.
fn ours(text: &str, bytes: &mut [u8; 32], out: &mut String) {
    Encoding::Base64.decode(text, bytes).expect("Base64");
    out.clear();
    Encoding::Base64.encode(bytes, out).expect("a string");
    black_box(out);
}

/// The same by `base64`, in a time that depends on the bytes.
fn rivals(text: &str, bytes: &mut [u8; 32], out: &mut String) {
    STANDARD.decode_slice_unchecked(text, bytes).expect("Base64");
    out.clear();
    STANDARD.encode_string(bytes, out);
    black_box(out);
}

criterion_group!(benches, hmac, compare, base64);
criterion_main!(benches);
