//! Codes over another channel: what is sent, how often, and in which order with the store.
#![cfg(feature = "std")]

mod common;

use std::cell::RefCell;
use std::convert::Infallible;

use common::code;
use common::out_of_band::{T, at, codes, default, issued, issued_for, login, request, tried};
use creance_totp::rand::{TryCryptoRng, TryRng};
use creance_totp::{
    Attempts, Channel, Code, Delivery, Destination, Digits, Dispatch, Error, Fault,
    MemoryStateStore, Message, OutOfBand, OutOfBandPolicy, OutOfBandRequest, OutOfBandState,
    Revision, StateStore, Stored, Swap, Unavailable, Undelivered, UnixTime, rand,
};

#[test]
fn messages_keep_their_interval() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    assert_eq!(state.next_send(codes.policy()), UnixTime::from_secs(0));
    issued(&codes, &mut state, "123456", 0);
    let until = at(30);
    assert_eq!(state.next_send(codes.policy()), until);
    for other in [login(), request("alice", "payment")] {
        let refused = issued_for(&codes, &mut state, &other, "654321", 29);
        assert_eq!(refused, Some(Error::SendThrottled { until }));
    }
    // A refused message voids nothing.
    assert_eq!(tried(&codes, &mut state, "123456", 29), Ok(()));
    assert_eq!(issued_for(&codes, &mut state, &request("alice", "next"), "111111", 30), None);
}

#[test]
fn a_clock_set_back_sends_nothing_sooner() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    issued(&codes, &mut state, "123456", 1_000);
    for secs in [0, 999, 1_000, 1_029] {
        let refused = issued(&codes, &mut state, "654321", secs);
        assert_eq!(refused, Some(Error::SendThrottled { until: at(1_030) }));
    }
}

/// A clock that was years ahead for a moment.
#[test]
fn messages_from_far_in_the_future_are_forgotten() {
    let codes = default();
    for (ahead, is_forgotten) in [(7_170, false), (7_171, true), (1_000_000_000, true)] {
        let mut state = OutOfBandState::new();
        issued(&codes, &mut state, "123456", ahead);
        let refused = issued(&codes, &mut state, "654321", 0);
        assert_eq!(refused.is_none(), is_forgotten, "{ahead}");
        if is_forgotten {
            assert_eq!(state.next_send(codes.policy()), at(30));
            assert_eq!(tried(&codes, &mut state, "654321", 1), Ok(()));
        }
    }
}

#[test]
fn a_request_has_so_many_messages() {
    let (codes, mut state) = (default(), OutOfBandState::new());
    for (secs, sends_left) in [(0, 2), (30, 1), (60, 0)] {
        let sent = codes.issue(&state, &login(), &code("123456"), at(secs)).unwrap();
        assert_eq!((sent.sent().sends_left(), sent.sent().tries_left()), (sends_left, 3));
        state = *sent.state();
    }
    assert_eq!(issued(&codes, &mut state, "123456", 100_000), Some(Error::SendsSpent));
}

#[test]
fn a_user_has_so_many_messages_in_any_period() {
    let policy = OutOfBandPolicy::default();
    for cap in [1, 2, 5, 10] {
        let codes = codes(policy.with_sends_per_period(cap, 1_000).unwrap());
        let mut state = OutOfBandState::new();
        let ids: Vec<String> = (0..40).map(|n| format!("login {n}")).collect();
        let (mut now, mut sent) = (0, Vec::new());
        for id in &ids {
            let login = request("alice", id);
            if let Some(refused) = issued_for(&codes, &mut state, &login, "123456", now) {
                let Error::SendThrottled { until } = refused else { panic!("{refused}") };
                assert_eq!(until, state.next_send(codes.policy()));
                now = until.as_secs() - T;
                assert_eq!(issued_for(&codes, &mut state, &login, "123456", now), None);
            }
            sent.push(now);
        }
        for run in sent.windows(usize::from(cap) + 1) {
            assert_eq!(run[usize::from(cap)] - run[0], 1_000, "{cap}: {run:?}");
        }
    }
}

#[test]
fn ids_purposes_and_destinations_have_their_forms() {
    let long = "x".repeat(257);
    for (user, id) in [("", "id"), ("user", ""), (long.as_str(), "id"), ("user", long.as_str())] {
        assert_eq!(OutOfBandRequest::new(user, id).unwrap_err(), Error::RequestId);
    }
    assert!(OutOfBandRequest::new(&long[1..], &long[1..]).is_ok());

    let phone = Destination::sms("+4915112345678").unwrap();
    for purpose in
        ["", "two\nlines", "two\rlines", "\u{7f}", "a\u{2028}b", "a\u{2066}b", &long[..201]]
    {
        let refused = Dispatch::new(login(), phone, purpose).unwrap_err();
        assert_eq!(refused, Error::MessageText, "{purpose:?}");
    }
    assert!(Dispatch::new(login(), phone, &long[..200]).is_ok());
    assert!(Dispatch::new(login(), phone, "Überweisung: 20 € an Bert").is_ok());

    for number in
        ["", "+", "+123456", "+01234567", "1234567", "+1234567a", "+１２３４５６７", "++1234567"]
    {
        assert_eq!(Destination::sms(number).unwrap_err(), Error::Destination, "{number}");
        assert_eq!(Destination::voice(number).unwrap_err(), Error::Destination, "{number}");
    }
    assert!(Destination::sms("+1234567").is_ok());
    assert_eq!(Destination::voice("+123456789012345").unwrap().channel(), Channel::Voice);
    let longest = "x".repeat(4_096);
    assert_eq!(Destination::push(&longest).unwrap().channel(), Channel::Push);
    for device in ["", "a b", "a\n", "é", &format!("{longest}x")] {
        assert_eq!(Destination::push(device).unwrap_err(), Error::Destination);
    }
}

/// Keeps what it was given, and fails when it is told to.
#[derive(Default)]
struct Telephone {
    received: RefCell<Vec<String>>,
    is_out: bool,
}

impl Delivery for Telephone {
    fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
        let (to, code) = (message.destination().expose(), message.code().expose());
        let text = format!("{to} {} {code} {}", message.purpose(), message.expires());
        self.received.borrow_mut().push(text);
        if self.is_out { Err(Undelivered) } else { Ok(()) }
    }
}

fn dispatch() -> Dispatch<'static> {
    let phone = Destination::sms("+4915112345678").expect("a number");
    Dispatch::new(login(), phone, "Log in").expect("a purpose")
}

#[test]
fn what_is_sent_is_stored_first_and_under_the_user() {
    /// Looks into the store while it delivers.
    struct Looking<'a>(&'a MemoryStateStore<OutOfBandState>, OutOfBand);

    impl Delivery for Looking<'_> {
        fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
            let mut state = self.0.load("alice").unwrap().expect("stored by now").record;
            let attempt = self.1.attempt(&login(), message.code());
            let reserved = self.1.reserve(&state, &attempt, at(0)).expect("waiting");
            state = *reserved.state();
            assert!(reserved.verify(&state).is_ok());
            Ok(())
        }
    }

    let (codes, store) = (default(), MemoryStateStore::new());
    let looking = Looking(&store, codes.clone());
    codes.send_stored(&store, &looking, &dispatch(), &mut rand::rng(), at(0)).unwrap();
    assert_eq!(store.len(), 1);
}

#[test]
fn a_message_carries_what_its_reader_needs() {
    let policy = OutOfBandPolicy::default().with_digits(Digits::Eight);
    let (codes, store, telephone) = (codes(policy), MemoryStateStore::new(), Telephone::default());
    let sent = codes.send_stored(&store, &telephone, &dispatch(), &mut rand::rng(), at(0));
    assert_eq!(sent.unwrap().expires(), at(300));
    let received = telephone.received.borrow();
    let [text] = received.as_slice() else { panic!("{received:?}") };
    let [to, log, inn, code, expires] = text.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{text}")
    };
    assert_eq!((to, log, inn), ("+4915112345678", "Log", "in"));
    assert_eq!(expires, at(300).to_string());
    assert_eq!(code.len(), 8);
    assert!(codes.verify_stored(&store, &login(), &common::code(code), at(1)).is_ok());
}

#[test]
fn a_failed_delivery_is_an_outage_that_costs_a_message_and_no_try() {
    let (codes, store) = (default(), MemoryStateStore::new());
    let works = Telephone::default();
    codes.send_stored(&store, &works, &dispatch(), &mut rand::rng(), at(0)).unwrap();
    let first = works.received.borrow()[0].split(' ').nth(3).unwrap().to_owned();

    let fails = Telephone { is_out: true, ..Telephone::default() };
    let sent = codes.send_stored(&store, &fails, &dispatch(), &mut rand::rng(), at(30));
    let refused = sent.unwrap_err();
    assert_eq!((refused, refused.fault()), (Error::Undelivered, Fault::Outage));
    let state = store.load("alice").unwrap().unwrap().record;
    assert_eq!(state.attempts(), Attempts::NONE);
    assert_eq!(state.next_send(codes.policy()), at(60));

    // The first code is void; that which was perhaps delivered is taken.
    let old = codes.verify_stored(&store, &login(), &code(&first), at(31));
    assert_eq!(old.unwrap_err(), Error::Mismatch);
    let perhaps = fails.received.borrow()[0].split(' ').nth(3).unwrap().to_owned();
    assert!(codes.verify_stored(&store, &login(), &code(&perhaps), at(31)).is_ok());
}

/// A store that is out of order, for loading or for storing.
struct Broken {
    stored: Option<OutOfBandState>,
    swap: Result<Swap, Unavailable>,
    written: RefCell<u32>,
}

impl StateStore for Broken {
    type Record = OutOfBandState;

    fn load(&self, _: &str) -> Result<Option<Stored<OutOfBandState>>, Unavailable> {
        let revision = Revision::new(1);
        Ok(self.stored.map(|record| Stored { revision, record }))
    }

    fn compare_and_set(
        &self,
        _: &str,
        expected: Revision,
        _: &OutOfBandState,
    ) -> Result<Swap, Unavailable> {
        // What expects this one can change nothing.
        if expected == Revision::NEVER {
            return self.swap.and(Ok(Swap::Conflict));
        }
        *self.written.borrow_mut() += 1;
        self.swap
    }
}

#[test]
fn nothing_is_sent_or_accepted_that_was_not_stored() {
    let (codes, telephone) = (default(), Telephone::default());
    let waiting = codes.issue(&OutOfBandState::new(), &login(), &code("123456"), at(0)).unwrap();
    for (swap, expected) in
        [(Err(Unavailable), Error::StoreUnavailable), (Ok(Swap::Conflict), Error::Contended)]
    {
        let store = Broken { stored: None, swap, written: RefCell::default() };
        let sent = codes.send_stored(&store, &telephone, &dispatch(), &mut rand::rng(), at(0));
        assert_eq!(sent.unwrap_err(), expected);
        let store = Broken { stored: Some(*waiting.state()), ..store };
        let tried = codes.verify_stored(&store, &login(), &code("123456"), at(1));
        assert_eq!(tried.unwrap_err(), expected);
    }
    assert!(telephone.received.borrow().is_empty());
}

#[test]
fn refusals_write_nothing_but_the_end_of_a_code() {
    let codes = default();
    let done = Ok(Swap::Done(Revision::new(2)));
    let mut store = Broken { stored: None, swap: done, written: RefCell::default() };
    let refusal = |store: &Broken, request, secs| {
        codes.verify_stored(store, &request, &code("123456"), at(secs)).unwrap_err()
    };
    assert_eq!(refusal(&store, login(), 1), Error::NotRequested);

    let mut state = OutOfBandState::new();
    issued(&codes, &mut state, "123456", 0);
    store.stored = Some(state);
    assert_eq!(refusal(&store, request("alice", "payment"), 1), Error::NotRequested);
    assert_eq!(*store.written.borrow(), 0);

    assert_eq!(refusal(&store, login(), 300), Error::Expired);
    assert_eq!(*store.written.borrow(), 1);
    store.stored = Some(state.at(at(300)));
    assert_eq!(refusal(&store, login(), 300), Error::Expired);
    assert_eq!(*store.written.borrow(), 1);
}

/// A generator that draws what it is told to. The trait is a promise of unpredictability; this one is
/// a test's.
struct Drawing(Vec<u32>);

impl TryRng for Drawing {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.remove(0))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("four bytes are enough for eight digits")
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        unreachable!("four bytes are enough for eight digits")
    }
}

impl TryCryptoRng for Drawing {}

#[test]
fn what_would_favour_some_codes_is_drawn_again() {
    for (digits, complete) in [
        (Digits::Six, 4_294_000_000),
        (Digits::Seven, 4_290_000_000),
        (Digits::Eight, 4_200_000_000),
    ] {
        let mut drawing = Drawing(vec![u32::MAX, complete, complete - 1, 42]);
        assert_eq!(
            Code::generate(digits, &mut drawing).expose(),
            &"99999999"[..digits.get().into()]
        );
        assert_eq!(
            Code::generate(digits, &mut drawing).expose(),
            &"00000042"[8 - usize::from(digits.get())..]
        );
    }
}

#[test]
fn generated_codes_have_their_digits_and_take_all_values() {
    for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
        let mut seen = [[0u32; 10]; 8];
        for _ in 0..4_000 {
            let code = Code::generate(digits, &mut rand::rng());
            assert_eq!(code.expose().len(), usize::from(digits.get()));
            for (place, digit) in code.expose().bytes().enumerate() {
                seen[place][usize::from(digit - b'0')] += 1;
            }
        }
        // 400 are expected of each, and the deviation is 19: ten of them do not happen.
        for place in &seen[..usize::from(digits.get())] {
            assert!(place.iter().all(|times| (210..590).contains(times)), "{place:?}");
        }
    }
}

#[test]
fn people_and_machines_read_codes_in_their_forms() {
    for (text, grouped, spelled) in [
        ("012345", "012 345", "0, 1, 2, 3, 4, 5"),
        ("0123456", "012 3456", "0, 1, 2, 3, 4, 5, 6"),
        ("00000000", "0000 0000", "0, 0, 0, 0, 0, 0, 0, 0"),
    ] {
        let (mut shown, mut said) = (String::new(), String::new());
        code(text).write_grouped(&mut shown).unwrap();
        code(text).write_spelled(&mut said).unwrap();
        assert_eq!((shown.as_str(), said.as_str()), (grouped, spelled));
        assert_eq!(code(&shown).expose(), text);
    }
}
