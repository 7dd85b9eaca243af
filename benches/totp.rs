//! Codes by time beside totp-rs: `cargo bench --bench totp`.
//!
//! An iteration is one code for each of 1,024 accounts; `totp/verify` looks at three steps.

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use support::otp::{self, SIZE};

fn generate(c: &mut Criterion) {
    let accounts = otp::accounts();
    otp::check(&accounts);
    let mut group = c.benchmark_group("totp/generate");
    group.throughput(Throughput::Elements(SIZE as u64));
    group.bench_function("creance", |b| {
        b.iter(|| {
            for account in &accounts {
                black_box(&otp::generate(account));
            }
        });
    });
    group.bench_function("totp-rs", |b| {
        b.iter(|| {
            for account in &accounts {
                black_box(&otp::generate_rival(account));
            }
        });
    });
}

/// A wrong code, for which totp-rs looks at every step, too.
fn verify(c: &mut Criterion) {
    let accounts = otp::accounts();
    otp::check(&accounts);
    let mut group = c.benchmark_group("totp/verify");
    group.throughput(Throughput::Elements(SIZE as u64));
    group.bench_function("creance", |b| b.iter(|| otp::refuse_all(&accounts)));
    group.bench_function("totp-rs", |b| b.iter(|| otp::refuse_all_rival(&accounts)));
    group.bench_function("compressions", |b| b.iter(|| otp::compress(&accounts)));
    group.bench_function("compressions-side-by-side", |b| {
        b.iter(|| otp::compress_side_by_side(&accounts));
    });
}

criterion_group!(benches, generate, verify);
criterion_main!(benches);
