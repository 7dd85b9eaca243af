//! Codes by counter: RFC 4226, 7.2 and 7.4.

use creance_totp::{Error, Policy, State};

use crate::account::{Account, PAIR, at};

fn look_ahead(counters: u8) -> Policy {
    Policy::default().with_look_ahead(counters).expect("in range")
}

/// RFC 4226, 7.2.
#[test]
fn the_counter_moves_only_by_success_and_to_one_beyond_the_match() {
    let mut account = Account::by_counter(look_ahead(5), 100);
    assert_eq!(account.fail(at(0)), Error::Mismatch);
    assert_eq!((account.state.next(), account.state.last()), (Some(100), Some(99)));
    assert_eq!(account.login_with(103, 0), Ok(103));
    assert_eq!((account.state.next(), account.state.last()), (Some(104), Some(103)));
    assert_eq!(account.state.attempts().failures(), 0);
    for skipped in 100..103 {
        assert_eq!(account.login_with(skipped, 0), Err(Error::Mismatch), "{skipped}");
    }
    assert_eq!(account.login_with(103, 0), Err(Error::Replayed));
    assert_eq!(account.state.next(), Some(104));
    assert_eq!(account.login_with(104, 0), Ok(104));
}

/// RFC 4226, 7.4.
#[test]
fn the_look_ahead_is_bounded() {
    for counters in [0, 3, Policy::MAX_LOOK_AHEAD] {
        let last = 100 + u64::from(counters);
        for (counter, expected) in
            [(100, Ok(100)), (last, Ok(last)), (last + 1, Err(Error::Mismatch))]
        {
            let mut account = Account::by_counter(look_ahead(counters), 100);
            assert_eq!(account.login_with(counter, 0), expected, "{counters} ahead");
        }
    }
    assert_eq!(Policy::default().with_look_ahead(51), Err(Error::Policy));
}

#[test]
fn the_clock_has_no_part_in_it() {
    let mut account = Account::by_counter(look_ahead(0), 7);
    assert_eq!(account.login(&account.otp.code_at(7), at(u64::MAX)), Ok(7));
    assert_eq!(account.login(&account.otp.code_at(8), at(0)), Ok(8));
    assert_eq!(account.state.drift(), 0);
}

#[test]
fn a_code_shared_by_two_neighbouring_counters_is_accepted_once() {
    let [first, second] = PAIR;
    // Both in sight: the newer one is spent.
    let mut account = Account::by_counter(look_ahead(1), first);
    assert_eq!(account.login_with(first, 0), Ok(second));
    assert_eq!(account.login_with(first, 0), Err(Error::Replayed));
    // Only the older one is: the newer one's turn comes, with the same code.
    let mut account = Account::by_counter(look_ahead(0), first);
    assert_eq!(account.login_with(first, 0), Ok(first));
    assert_eq!(account.login_with(second, 0), Err(Error::Replayed));
}

#[test]
fn after_the_last_counter_of_all_nothing_is_accepted() {
    let mut account = Account::by_counter(look_ahead(3), u64::MAX - 1);
    assert_eq!(account.login_with(u64::MAX - 1, 0), Ok(u64::MAX - 1));
    assert_eq!(account.login_with(0, 0), Err(Error::Mismatch));
    assert_eq!(account.login_with(u64::MAX, 0), Ok(u64::MAX));
    assert_eq!((account.state.next(), account.state.last()), (None, Some(u64::MAX)));
    for counter in [u64::MAX, u64::MAX - 1, 0, 1] {
        assert!(account.login_with(counter, 0).is_err(), "{counter}");
        account.state = account.state.unlocked();
    }
    assert_eq!(account.resync(u64::MAX, 2, 0), Err(Error::Replayed));
}

#[test]
fn a_counter_that_comes_from_elsewhere_goes_on_there() {
    let mut account = Account::by_counter(look_ahead(0), 0);
    assert_eq!((account.state.next(), account.state.last()), (Some(0), None));
    account.state = State::active(872_921);
    assert_eq!(account.login_with(872_920, 0), Err(Error::Replayed));
    assert_eq!(account.login_with(872_921, 0), Ok(872_921));
}
