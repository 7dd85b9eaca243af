//! The ratios of docs/PERFORMANCE.md, each with its target.
//!
//! Usage: `cargo bench --bench ratios [-- --check]`, with which a missed target that is gated
//! fails the run. Gated is what is reached with so much room that a busy machine does not matter.

mod support;

use std::process::ExitCode;
use std::time::Duration;

use creance_hawk::BewitBuffer;
use creance_sigv::webhook::{GITHUB, STANDARD};
use support::load::Load;
use support::pool::{Pool, SIZE};
use support::race::{Contender, run};
use support::scheme::{Forged, Messages, StandardRival};
use support::stores::{self, EXPIRY, Store};
use support::table::{Row, Table};
use support::{aws, bewit, floor, header, heap, mode, otp, scheme};

#[global_allocator]
static ALLOCATOR: heap::Counted = heap::Counted;

fn main() -> ExitCode {
    let size = Size::of_run();
    let pool = Pool::new();
    let blocks: Vec<_> = pool.cases.iter().map(|case| floor::blocks(&pool, case)).collect();
    let compressions = blocks.iter().sum::<usize>() + SIZE;
    println!(
        "{SIZE} requests, mean header {} bytes, mean message {}.{:02} compressions\n",
        pool.header_len(),
        compressions / SIZE,
        compressions % SIZE * 100 / SIZE,
    );

    let mut table = Table(Vec::new());
    table.0.extend(verify(&pool, &blocks, size.rounds));
    table.0.extend(sign(&pool, size.rounds));
    table.0.push(bewits(&pool, size.rounds));
    table.0.extend(codes(size.rounds));
    table.0.extend(webhooks(size.rounds * 2));
    table.0.extend(aws_requests(size.rounds / 2));
    table.0.extend(forged(size.rounds / 2));
    table.0.extend(claims(size.seconds, size.live));
    table.0.extend(figures(size.live));
    println!("{table}");
    moka_replays(size.live);

    if mode::has("--check") && !table.passes() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// How much is measured.
struct Size {
    /// Rounds over the pool.
    rounds: usize,
    /// Rounds of [`EXPIRY`] simulated seconds.
    seconds: usize,
    /// Live entries of a replay store.
    live: usize,
}

impl Size {
    fn of_run() -> Self {
        if mode::is_test() {
            Self { rounds: 2, seconds: 2, live: 61_000 }
        } else {
            Self { rounds: 1_000, seconds: 20, live: 1_000_000 }
        }
    }
}

fn verify(pool: &Pool, blocks: &[usize], rounds: usize) -> [Row; 2] {
    let ours = || {
        for case in &pool.cases {
            std::hint::black_box(&header::verify(pool, case));
        }
    };
    let rival = || pool.cases.iter().for_each(|case| header::verify_rival(pool, case));
    let laps = run(
        rounds,
        vec![
            Contender::timed("floor", || floor::compress(blocks)),
            Contender::timed("creance", ours),
            Contender::timed("rust-hawk", rival),
        ],
    );
    [
        Row::ratio("verify a header / rust-hawk 5", laps.ratio("creance", "rust-hawk"), 0.34),
        Row::ratio("verify a header / its compressions", laps.ratio("creance", "floor"), 2.5),
    ]
}

fn sign(pool: &Pool, rounds: usize) -> [Row; 2] {
    let (credentials, ts) = (pool.credentials(), header::system_time(pool));
    let (mut out, mut text) = (Vec::new(), String::new());
    let ours = || {
        for case in &pool.cases {
            header::sign(case, &credentials, pool.now, &mut out);
            std::hint::black_box(&out);
        }
    };
    let kept = || {
        for case in &pool.cases {
            header::sign_and_keep(case, &credentials, pool.now, &mut text);
            std::hint::black_box(&text);
        }
    };
    let rival = || {
        for case in &pool.cases {
            std::hint::black_box(header::sign_rival(pool, case, ts));
        }
    };
    let laps = run(
        rounds,
        vec![
            Contender::timed("creance", ours),
            Contender::timed("kept", kept),
            Contender::timed("rust-hawk", rival),
        ],
    );
    let row = |measure, name| Row::ratio(measure, laps.ratio(name, "rust-hawk"), 0.30);
    [
        row("sign a header / rust-hawk 5", "creance"),
        row("the same as text, kept for the response / rust-hawk 5", "kept"),
    ]
}

fn bewits(pool: &Pool, rounds: usize) -> Row {
    let servers = bewit::servers();
    let mut buffer = BewitBuffer::new();
    let ours = || {
        for case in &pool.cases {
            bewit::verify(pool, case, &servers, &mut buffer);
        }
    };
    let rival = || pool.cases.iter().for_each(|case| bewit::verify_rival(pool, case));
    let contenders = vec![Contender::timed("creance", ours), Contender::timed("rust-hawk", rival)];
    let ratio = run(rounds, contenders).ratio("creance", "rust-hawk");
    Row::ratio("verify a bewit / rust-hawk 5", ratio, 0.42)
}

/// A wrong code, for which both sides look at three steps; and a code made. The compressions are those
/// of prepared keys.
fn codes(rounds: usize) -> [Row; 3] {
    let accounts = otp::accounts();
    otp::check(&accounts);
    let generate = || {
        for account in &accounts {
            std::hint::black_box(&otp::generate(account));
        }
    };
    let generate_rival = || {
        for account in &accounts {
            std::hint::black_box(&otp::generate_rival(account));
        }
    };
    let laps = run(
        rounds,
        vec![
            Contender::timed("floor", || otp::compress(&accounts)),
            Contender::timed("verify creance", || otp::refuse_all(&accounts)),
            Contender::timed("verify totp-rs", || otp::refuse_all_rival(&accounts)),
            Contender::timed("generate creance", generate),
            Contender::timed("generate totp-rs", generate_rival),
        ],
    );
    let row = |measure, name, rival, target| Row::ratio(measure, laps.ratio(name, rival), target);
    [
        row("verify a code / totp-rs 6", "verify creance", "verify totp-rs", 0.62),
        row("verify a code / its compressions", "verify creance", "floor", 1.4),
        row("generate a code / totp-rs 6", "generate creance", "generate totp-rs", 1.0),
    ]
}

/// Bodies of 1 KiB. By hand there are two compressions more, for the key, and nothing else can be
/// saved: a message has eighteen.
fn webhooks(rounds: usize) -> [Row; 3] {
    scheme::check();
    let (standard, github) = (Messages::new(STANDARD), Messages::new(GITHUB));
    let rival = StandardRival::new();
    let laps = run(
        rounds,
        vec![
            Contender::timed("floor", || scheme::compress(&github)),
            Contender::timed("standard creance", || standard.verify()),
            Contender::timed("standardwebhooks", || rival.verify(&standard)),
            Contender::timed("github creance", || github.verify()),
            Contender::timed("by hand", || scheme::verify_by_hand(&github)),
        ],
    );
    let row = |measure, name, rival, target| Row::ratio(measure, laps.ratio(name, rival), target);
    [
        row("verify a webhook / standardwebhooks", "standard creance", "standardwebhooks", 0.5),
        row("verify a webhook / hmac by hand", "github creance", "by hand", 0.5),
        row("verify a webhook / its compressions", "github creance", "floor", 1.5),
    ]
}

/// Bodies of 1 KiB. The other side derives the key of the day for each; we do so once, and once with a key
/// that is kept.
fn aws_requests(rounds: usize) -> [Row; 2] {
    let requests = aws::Requests::new();
    requests.check();
    let laps = run(
        rounds,
        vec![
            Contender::timed("creance", || requests.sign()),
            Contender::timed("kept key", || requests.sign_with_kept_key()),
            Contender::timed("aws-sigv4", || requests.sign_rival()),
        ],
    );
    let row = |measure, name| Row::ratio(measure, laps.ratio(name, "aws-sigv4"), 0.5);
    [
        row("sign by Signature Version 4 / aws-sigv4", "creance"),
        row("the same with a kept key / aws-sigv4", "kept key"),
    ]
}

/// What a sender can make us do by more tags, before it has shown anything.
fn forged(rounds: usize) -> [Row; 2] {
    let [one, eight, many] = [1, 8, 115].map(Forged::new);
    let laps = run(
        rounds,
        vec![
            Contender::timed("one", || one.refuse()),
            Contender::timed("eight", || eight.refuse()),
            Contender::timed("many", || many.refuse()),
        ],
    );
    let row = |measure, name| Row::ratio(measure, laps.ratio(name, "one"), 1.2).gated();
    [
        row("refuse 8 forged tags / one, 256 KiB", "eight"),
        row("refuse 115 forged tags / one, 256 KiB", "many"),
    ]
}

/// Beside maps with keys of 128 bits. Those with strings are slower still, and would slow the
/// others down here: what they free in small pieces, the common allocator has to put in order.
fn claims(rounds: usize, live: usize) -> [Row; 4] {
    let [ours, unlimited] = ["creance", "creance-without-quota"];
    let [dashmap, hashmap] = ["dashmap-fingerprint", "mutex-hashmap-fingerprint"];
    let names = [ours, unlimited, dashmap, hashmap];
    let laps = run(rounds, names.map(|name| claimant(name, live)).into());
    let row = |measure, name, rival| Row::ratio(measure, laps.ratio(name, rival), 0.25);
    [
        row("claim a nonce / DashMap", ours, dashmap),
        row("claim a nonce / Mutex<HashMap>", ours, hashmap),
        row("claim a nonce, no quota / DashMap", unlimited, dashmap),
        row("claim a nonce, no quota / Mutex<HashMap>", unlimited, hashmap),
    ]
}

/// A store full of live entries; a round lets so many seconds pass that a map expires once.
fn claimant<'a>(name: &'static str, live: usize) -> Contender<'a> {
    let (mut load, store) = filled(name, live);
    Contender::clocked(name, move || (0..EXPIRY).map(|_| load.second(&*store)).sum::<Duration>())
}

fn filled(name: &str, live: usize) -> (Load, Box<dyn Store>) {
    let mut load = Load::new(live);
    let store = stores::make(name, live);
    load.fill(&*store);
    (load, store)
}

/// Memory and the slowest claims of our own store.
fn figures(live: usize) -> [Row; 2] {
    let worst = (6..=10).map(|tenths| bytes_per_entry(live / 10 * tenths)).fold(0.0, f64::max);
    let (mut load, store) = filled("creance", live);
    let mut claims: Vec<_> = (0..EXPIRY).flat_map(|_| load.each_claim(&*store)).collect();
    claims.sort_unstable();
    let slow = claims[claims.len() * 999 / 1000].as_secs_f64() * 1e6;
    [
        Row::figure("bytes for each live entry, at the worst", worst, 32.0).gated(),
        Row::figure("99.9th percentile of a claim, microseconds", slow, 5.0),
    ]
}

/// Tables double when they are full, so it depends on how many entries there are.
#[allow(clippy::cast_precision_loss, reason = "a figure of a few digits")]
fn bytes_per_entry(live: usize) -> f64 {
    let mut load = Load::new(live);
    heap::start();
    let store = stores::make("creance", live);
    load.fill(&*store);
    heap::stop() as f64 / live as f64
}

/// A cache is no replay store: when it is full it gives up what is live.
fn moka_replays(live: usize) {
    let mut load = Load::new(live);
    let store = stores::make("moka", live);
    load.fill(&*store);
    let count = load.per_second().min(1_000);
    let replays = load.replays(&*store, count);
    println!("moka, full, lets {replays} of {count} replays through a second later");
}
