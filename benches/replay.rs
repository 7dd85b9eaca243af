//! Claims of nonces at a million live entries, beside maps and a cache: `cargo bench --bench
//! replay`.
//!
//! An iteration is a second of a simulated clock with all of its messages. Maps are searched for
//! what has expired each ten seconds, which is a part of their cost.

mod support;

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use support::load::Load;
use support::stores::{ALL, Store};

fn claim(c: &mut Criterion) {
    let live = if support::mode::is_test() { 61_000 } else { 1_000_000 };
    let mut group = c.benchmark_group("replay/claim");
    group.sample_size(20).warm_up_time(Duration::from_secs(1));
    group.throughput(Throughput::Elements(Load::new(live).per_second() as u64));
    for (name, make) in ALL {
        let mut filled = None;
        group.bench_function(name, |b| {
            // Only now: filling takes a while, and not every run asks for every store.
            let (load, store) = filled.get_or_insert_with(|| fill(make(live), live));
            b.iter_custom(|seconds| (0..seconds).map(|_| load.second(&**store)).sum());
        });
    }
}

fn fill(store: Box<dyn Store>, live: usize) -> (Load, Box<dyn Store>) {
    let mut load = Load::new(live);
    load.fill(&*store);
    (load, store)
}

criterion_group!(benches, claim);
criterion_main!(benches);
