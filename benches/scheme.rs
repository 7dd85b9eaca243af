//! Signed messages verified beside what a user would take otherwise: `cargo bench --bench scheme`.
//!
//! An iteration of `scheme/verify/*` is 128 messages with a body of 1 KiB, one of `scheme/sign/*` 256
//! requests with such a body.

mod support;

use creance_sigv::webhook::{GITHUB, STANDARD, STRIPE};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use support::aws;
use support::scheme::{self, Forged, Messages, SIZE, StandardRival};

fn standard(c: &mut Criterion) {
    scheme::check();
    let (messages, rival) = (Messages::new(STANDARD), StandardRival::new());
    let mut group = c.benchmark_group("scheme/verify/standard");
    group.throughput(Throughput::Elements(SIZE as u64));
    group.bench_function("creance", |b| b.iter(|| messages.verify()));
    group.bench_function("standardwebhooks", |b| b.iter(|| rival.verify(&messages)));
}

fn github(c: &mut Criterion) {
    let messages = Messages::new(GITHUB);
    let mut group = c.benchmark_group("scheme/verify/github");
    group.throughput(Throughput::Elements(SIZE as u64));
    group.bench_function("creance", |b| b.iter(|| messages.verify()));
    group.bench_function("hmac-by-hand", |b| b.iter(|| scheme::verify_by_hand(&messages)));
    group.bench_function("floor", |b| b.iter(|| scheme::compress(&messages)));
}

fn stripe(c: &mut Criterion) {
    let messages = Messages::new(STRIPE);
    let mut group = c.benchmark_group("scheme/verify/stripe");
    group.throughput(Throughput::Elements(SIZE as u64));
    group.bench_function("creance", |b| b.iter(|| messages.verify()));
}

/// Tags are looked at up to eight; with more of them the message is refused before its MAC.
fn forged(c: &mut Criterion) {
    let mut group = c.benchmark_group("scheme/forged");
    for count in [1, 8, 115] {
        let forged = Forged::new(count);
        group.bench_function(format!("creance/{count}"), |b| b.iter(|| forged.refuse()));
    }
}

fn sigv4(c: &mut Criterion) {
    let requests = aws::Requests::new();
    requests.check();
    let mut group = c.benchmark_group("scheme/sign/sigv4");
    group.throughput(Throughput::Elements(aws::SIZE as u64));
    group.bench_function("creance", |b| b.iter(|| requests.sign()));
    group.bench_function("creance-kept-key", |b| b.iter(|| requests.sign_with_kept_key()));
    group.bench_function("aws-sigv4", |b| b.iter(|| requests.sign_rival()));
}

criterion_group!(benches, standard, github, stripe, forged, sigv4);
criterion_main!(benches);
