//! Hawk headers, bewits and payload hashes beside rust-hawk: `cargo bench --bench hawk`.
//!
//! An iteration of `hawk/verify`, `hawk/sign` and `hawk/bewit` is the whole pool, 1,024 requests.

mod support;

use std::hint::black_box;

use creance_hawk::BewitBuffer;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use support::pool::{Pool, SIZE};
use support::{bewit, header, payload};

fn verify(c: &mut Criterion) {
    let pool = &Pool::new();
    header::check(pool);
    let mut group = c.benchmark_group("hawk/verify");
    group.throughput(Throughput::Elements(SIZE as u64));
    group.bench_function("creance", |b| {
        b.iter(|| {
            for case in &pool.cases {
                black_box(&header::verify(pool, case));
            }
        });
    });
    // Every nonce is claimed once, so each round needs a store of its own.
    group.bench_function("creance+claim", |b| {
        let round = |store: &mut _| {
            for case in &pool.cases {
                black_box(&header::verify_and_claim(pool, case, store));
            }
        };
        b.iter_batched_ref(|| header::store(pool), round, BatchSize::PerIteration);
    });
    group.bench_function("rust-hawk", |b| {
        b.iter(|| pool.cases.iter().for_each(|case| header::verify_rival(pool, case)));
    });
}

fn sign(c: &mut Criterion) {
    let pool = &Pool::new();
    let (credentials, ts) = (pool.credentials(), header::system_time(pool));
    let mut group = c.benchmark_group("hawk/sign");
    group.throughput(Throughput::Elements(SIZE as u64));
    group.bench_function("creance", |b| {
        let mut out = Vec::new();
        b.iter(|| {
            for case in &pool.cases {
                header::sign(case, &credentials, pool.now, &mut out);
                black_box(&out);
            }
        });
    });
    group.bench_function("creance-kept", |b| {
        let mut out = String::new();
        b.iter(|| {
            for case in &pool.cases {
                header::sign_and_keep(case, &credentials, pool.now, &mut out);
                black_box(&out);
            }
        });
    });
    group.bench_function("rust-hawk", |b| {
        b.iter(|| {
            for case in &pool.cases {
                black_box(header::sign_rival(pool, case, ts));
            }
        });
    });
}

fn bewits(c: &mut Criterion) {
    let pool = &Pool::new();
    bewit::check(pool);
    let mut group = c.benchmark_group("hawk/bewit");
    group.throughput(Throughput::Elements(SIZE as u64));
    group.bench_function("creance", |b| {
        let servers = bewit::servers();
        let mut buffer = BewitBuffer::new();
        b.iter(|| {
            for case in &pool.cases {
                bewit::verify(pool, case, &servers, &mut buffer);
            }
        });
    });
    group.bench_function("rust-hawk", |b| {
        b.iter(|| pool.cases.iter().for_each(|case| bewit::verify_rival(pool, case)));
    });
}

fn payloads(c: &mut Criterion) {
    let mut group = c.benchmark_group("hawk/payload");
    for len in [1 << 10, 64 << 10] {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
        payload::check(&bytes);
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_with_input(BenchmarkId::new("creance", len), &bytes, |b, bytes| {
            b.iter(|| payload::hash(black_box(bytes)));
        });
        group.bench_with_input(BenchmarkId::new("rust-hawk", len), &bytes, |b, bytes| {
            b.iter(|| payload::hash_rival(black_box(bytes)));
        });
        group.bench_with_input(BenchmarkId::new("sha2", len), &bytes, |b, bytes| {
            b.iter(|| payload::digest(black_box(bytes)));
        });
    }
}

criterion_group!(benches, verify, sign, bewits, payloads);
criterion_main!(benches);
