//! A code by time made and verified, by us and by totp-rs.
//!
//! totp-rs keeps no prepared key: it sets the HMAC up again for each step. Both sides are made once,
//! before the clock runs.

use std::hint::black_box;

use creance_totp::{Algorithm, Code, Digits, Error, Secret, Totp, UnixTime};

use super::random::Random;

/// Accounts.
pub const SIZE: usize = 1_024;

/// How many steps of the window are looked at: one before and one after the present one.
pub const STEPS: usize = 3;

/// An account: what makes its codes on both sides, and what is typed for it.
pub struct Account {
    pub ours: Totp,
    pub rival: totp_rs::Totp,
    pub time: u64,
    /// The code of the present step.
    pub right: String,
    /// No code of the window.
    pub wrong: String,
}

/// Accounts with SHA-1 and six digits, as every app has them.
pub fn accounts() -> Vec<Account> {
    let mut random = Random::new(6238);
    (0..SIZE).map(|_| account(&mut random)).collect()
}

fn account(random: &mut Random) -> Account {
    let secret: [u8; 20] = std::array::from_fn(|_| random.byte());
    let key = Secret::from_bytes(&secret).and_then(|secret| secret.key(Algorithm::Sha1));
    let ours = Totp::new(key.expect("a key"), Digits::Six);
    let rival = totp_rs::Builder::new().with_secret(secret).build().expect("RFC 6238");
    let time = 1_700_000_000 + random.next() % 100_000_000;
    let right = rival.generate(time).to_string();
    let window = [time - 30, time, time + 30].map(|time| rival.generate(time).to_string());
    let mut codes = (0..1_000_000).map(|code| format!("{code:06}"));
    let wrong = codes.find(|code| !window.contains(code)).expect("more than three codes");
    Account { ours, rival, time, right, wrong }
}

/// The code of the present step.
#[inline]
pub fn generate(account: &Account) -> Code {
    account.ours.generate(UnixTime::from_secs(black_box(account.time))).expect("after 1970")
}

/// The same by totp-rs.
#[inline]
pub fn generate_rival(account: &Account) -> totp_rs::Token {
    account.rival.generate(black_box(account.time))
}

/// Reads what was typed and looks for its step.
#[inline]
pub fn verify(account: &Account, typed: &str) -> Result<u64, Error> {
    let code = Code::parse(black_box(typed))?;
    let time = UnixTime::from_secs(black_box(account.time));
    account.ours.verify(&code, time, 1, 1).map(creance_totp::MatchedStep::step)
}

/// The same by totp-rs, which stops at the first step that matches.
#[inline]
pub fn verify_rival(account: &Account, typed: &str) -> Option<u64> {
    account.rival.check(black_box(typed), black_box(account.time))
}

/// Wrong codes refused by us.
pub fn refuse_all(accounts: &[Account]) {
    for account in accounts {
        assert_eq!(verify(account, &account.wrong), Err(Error::Mismatch));
    }
}

/// Wrong codes refused by totp-rs.
pub fn refuse_all_rival(accounts: &[Account]) {
    for account in accounts {
        assert_eq!(verify_rival(account, &account.wrong), None);
    }
}

/// The compressions of a verification with a prepared key, two for each step, one after the other:
/// their number times the cost of one.
pub fn compress(accounts: &[Account]) {
    let block = [0x5c; 64];
    let mut state = black_box([0_u32; 5]);
    for _ in accounts {
        for _ in 0..2 * STEPS {
            sha1::block_api::compress(&mut state, black_box(std::slice::from_ref(&block)));
        }
    }
    black_box(&state);
}

/// The same where none waits for another, as far as the processor can work on several at once.
pub fn compress_side_by_side(accounts: &[Account]) {
    let block = [0x5c; 64];
    for _ in accounts {
        for _ in 0..2 * STEPS {
            let mut state = black_box([0_u32; 5]);
            sha1::block_api::compress(&mut state, black_box(std::slice::from_ref(&block)));
            black_box(&state);
        }
    }
}

/// Checks that both sides make and take the same codes.
///
/// # Panics
/// Where they do not.
pub fn check(accounts: &[Account]) {
    for account in accounts {
        assert_eq!(generate(account).expose(), account.right);
        assert_eq!(generate_rival(account).to_string(), account.right);
        let step = account.time / 30;
        assert_eq!(verify(account, &account.right), Ok(step));
        assert_eq!(verify_rival(account, &account.right), Some(step));
    }
    refuse_all(accounts);
    refuse_all_rival(accounts);
}
