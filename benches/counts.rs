//! One kind of work, for counting its instructions under valgrind: see `.ci/bench`.
//!
//! Usage: `counts verify|sign|bewit creance|rust-hawk`; what is to be counted happens in the
//! function `counted`. It works once through the pool, so the count is that of 1,024 requests.

mod support;

use std::hint::black_box;

use creance_hawk::BewitBuffer;
use support::pool::{Case, Pool};
use support::{bewit, header};

fn main() {
    let pool = Pool::new();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [what, who] if !what.starts_with('-') => work(&pool, what, who),
        // `cargo bench` calls it with options of its own.
        _ => {
            for what in ["verify", "sign", "bewit"] {
                work(&pool, what, "creance");
                work(&pool, what, "rust-hawk");
            }
        }
    }
}

fn work(pool: &Pool, what: &str, who: &str) {
    match (what, who) {
        ("verify", "creance") => each(pool, |case| {
            black_box(&header::verify(pool, case));
        }),
        ("verify", "rust-hawk") => each(pool, |case| header::verify_rival(pool, case)),
        ("sign", "creance") => sign(pool),
        ("sign", "rust-hawk") => {
            let ts = header::system_time(pool);
            each(pool, |case| {
                black_box(header::sign_rival(pool, case, ts));
            });
        }
        ("bewit", "creance") => {
            let servers = bewit::servers();
            let mut buffer = BewitBuffer::new();
            each(pool, |case| bewit::verify(pool, case, &servers, &mut buffer));
        }
        ("bewit", "rust-hawk") => each(pool, |case| bewit::verify_rival(pool, case)),
        _ => panic!("usage: counts verify|sign|bewit creance|rust-hawk"),
    }
}

fn sign(pool: &Pool) {
    let credentials = pool.credentials();
    let mut out = String::new();
    each(pool, |case| {
        header::sign(case, &credentials, pool.now, &mut out);
        black_box(&out);
    });
}

/// Works through the pool once to warm up, and once to be counted.
fn each(pool: &Pool, mut work: impl FnMut(&Case)) {
    pool.cases.iter().for_each(&mut work);
    counted(&pool.cases, work);
}

#[inline(never)]
fn counted(cases: &[Case], work: impl FnMut(&Case)) {
    cases.iter().for_each(work);
}
