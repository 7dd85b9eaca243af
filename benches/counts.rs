//! One kind of work, for counting its instructions under valgrind: see `.ci/bench`.
//!
//! Usage: `counts verify|sign|bewit creance|rust-hawk`, `counts code creance|totp-rs`,
//! `counts standard creance|standardwebhooks`, `counts github creance|by-hand` or
//! `counts sigv4 creance|aws-sigv4`; what is to be counted happens in the function `counted`, 1,024 times.

mod support;

use std::hint::black_box;

use creance_hawk::BewitBuffer;
use creance_sigv::webhook::{GITHUB, STANDARD};
use support::otp::Account;
use support::pool::{Case, Pool};
use support::scheme::{Message, Messages, StandardRival, by_hand};
use support::{aws, bewit, header, otp};

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
            work(&pool, "code", "creance");
            work(&pool, "code", "totp-rs");
            work(&pool, "standard", "creance");
            work(&pool, "standard", "standardwebhooks");
            work(&pool, "github", "creance");
            work(&pool, "github", "by-hand");
            work(&pool, "sigv4", "creance");
            work(&pool, "sigv4", "aws-sigv4");
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
        ("code", "creance") => codes(|account| {
            assert!(black_box(otp::verify(account, &account.wrong)).is_err());
        }),
        ("code", "totp-rs") => codes(|account| {
            assert!(black_box(otp::verify_rival(account, &account.wrong)).is_none());
        }),
        ("standard", "creance") => messages(&Messages::new(STANDARD), Messages::verify_one),
        ("standard", "standardwebhooks") => {
            let rival = StandardRival::new();
            messages(&Messages::new(STANDARD), |_, message| rival.verify_one(message));
        }
        ("github", "creance") => messages(&Messages::new(GITHUB), Messages::verify_one),
        ("sigv4", "creance") => {
            let requests = aws::Requests::new();
            twice(requests.all(), |request| drop(black_box(requests.sign_one(request))));
        }
        ("sigv4", "aws-sigv4") => {
            let requests = aws::Requests::new();
            twice(requests.all(), |request| drop(black_box(requests.sign_one_rival(request))));
        }
        ("github", "by-hand") => messages(&Messages::new(GITHUB), |_, message| by_hand(message)),
        _ => panic!("there is no work of this kind"),
    }
}

fn sign(pool: &Pool) {
    let credentials = pool.credentials();
    let mut out = Vec::new();
    each(pool, |case| {
        header::sign(case, &credentials, pool.now, &mut out);
        black_box(&out);
    });
}

/// A wrong code for each account.
fn codes(work: impl FnMut(&Account)) {
    twice(&otp::accounts(), work);
}

/// Each message once, which has to be right.
fn messages<T>(messages: &Messages, verify: impl Fn(&Messages, &Message) -> Option<T>) {
    twice(&messages.all, |message| {
        assert!(black_box(&verify(messages, message)).is_some());
    });
}

fn each(pool: &Pool, work: impl FnMut(&Case)) {
    twice(&pool.cases, work);
}

/// Works through all of them once to warm up; then 1,024 are counted, some of them again where there are
/// fewer.
fn twice<T>(all: &[T], mut work: impl FnMut(&T)) {
    all.iter().for_each(&mut work);
    counted(all, work);
}

#[inline(never)]
fn counted<T>(all: &[T], work: impl FnMut(&T)) {
    all.iter().cycle().take(1_024).for_each(work);
}
