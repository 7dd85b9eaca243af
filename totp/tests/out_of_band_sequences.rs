//! Whatever happens in whatever order, also with tries that are counted now and looked at later, and
//! under every step of the clock: no code is accepted twice, out of its time, or for another request,
//! and no more of them are looked at than were counted.

mod common;

use common::code;
use common::out_of_band::{codes, request};
use creance_totp::{
    Error, OutOfBand, OutOfBandPolicy, OutOfBandReserved, OutOfBandState, Throttle, UnixTime,
};
use proptest::prelude::*;

const REQUESTS: [&str; 3] = ["login", "payment", "change of number"];
/// Few, so that the same ones come again, for other requests too.
const CODES: [&str; 4] = ["000000", "000001", "123456", "00000000"];
const TRIES: u8 = 3;
const STOP: u32 = 7;
const LIFETIME: u64 = 60;

#[derive(Clone, Copy, Debug)]
enum Event {
    Issue {
        request: usize,
        code: usize,
    },
    Reserve {
        request: usize,
        code: usize,
    },
    /// Looks at one of the tries that are counted.
    Look {
        which: usize,
    },
    Clock {
        seconds: i64,
    },
    Revoke,
    Unlock,
}

fn event() -> impl Strategy<Value = Event> {
    let which = (0..REQUESTS.len(), 0..CODES.len());
    let seconds = prop_oneof![
        8 => 0..20_i64,
        2 => -8..0_i64,
        1 => -400..400_i64,
        1 => prop_oneof![Just(i64::MIN), Just(i64::MAX)],
    ];
    prop_oneof![
        4 => which.clone().prop_map(|(request, code)| Event::Issue { request, code }),
        8 => which.prop_map(|(request, code)| Event::Reserve { request, code }),
        7 => (0..8_usize).prop_map(|which| Event::Look { which }),
        6 => seconds.prop_map(|seconds| Event::Clock { seconds }),
        1 => Just(Event::Revoke),
        1 => Just(Event::Unlock),
    ]
}

fn policy() -> OutOfBandPolicy {
    let policy = OutOfBandPolicy::default().with_tries(TRIES).unwrap();
    let policy = policy.with_lifetime(LIFETIME).unwrap().with_sends(5).unwrap();
    let policy = policy.with_interval(10).unwrap().with_sends_per_period(6, 100).unwrap();
    policy.with_throttle(Throttle::new(4, 3, 10, STOP).unwrap())
}

/// What was sent last, as somebody would note it who sees everything.
#[derive(Clone, Copy, Debug)]
struct Noted {
    request: usize,
    code: usize,
    expires: u64,
    /// Accepted, given up, or seen when its time was over.
    is_over: bool,
    was_accepted: bool,
}

#[derive(Default)]
struct World {
    state: OutOfBandState,
    now: u64,
    noted: Option<Noted>,
    /// Tries that are counted and not looked at, with what was typed, and how many messages were sent
    /// by then.
    reserved: Vec<(OutOfBandReserved, usize, usize, u64)>,
    sent: Vec<u64>,
    looks_of_request: u8,
    looks_in_a_row: u32,
}

impl World {
    fn issue(&mut self, codes: &OutOfBand, request_at: usize, code_at: usize) {
        let request = request("alice", REQUESTS[request_at]);
        let now = UnixTime::from_secs(self.now);
        let Ok(issued) = codes.issue(&self.state, &request, &code(CODES[code_at]), now) else {
            return;
        };
        self.state = *issued.state();
        self.sent.push(self.now);
        let is_again = self.noted.is_some_and(|noted| noted.request == request_at);
        assert!(!(is_again && self.noted.is_some_and(|noted| noted.was_accepted)));
        if !is_again {
            self.looks_of_request = 0;
        }
        assert!(issued.sent().expires().as_secs() <= self.now.saturating_add(LIFETIME));
        self.noted = Some(Noted {
            request: request_at,
            code: code_at,
            expires: issued.sent().expires().as_secs(),
            is_over: false,
            was_accepted: false,
        });
    }

    fn reserve(&mut self, codes: &OutOfBand, request_at: usize, code_at: usize) {
        let attempt = codes.attempt(&request("alice", REQUESTS[request_at]), &code(CODES[code_at]));
        let now = UnixTime::from_secs(self.now);
        match codes.reserve(&self.state, &attempt, now) {
            Ok(reserved) => {
                self.state = *reserved.state();
                self.reserved.push((reserved, request_at, code_at, self.now));
            }
            Err(_) => self.state = self.state.at(now),
        }
        if let Some(noted) = &mut self.noted {
            noted.is_over |= self.now >= noted.expires;
        }
    }

    fn look(&mut self, which: usize) {
        if self.reserved.is_empty() {
            return;
        }
        let (reserved, request, code, tried) = self.reserved.remove(which % self.reserved.len());
        let outcome = reserved.verify(&self.state);
        if matches!(outcome, Ok(_) | Err(Error::Mismatch)) {
            self.looks_of_request += 1;
            self.looks_in_a_row += 1;
            assert!(self.looks_of_request <= TRIES, "more looks than tries");
            assert!(self.looks_in_a_row <= STOP, "more failures in a row than there may be");
        }
        if let Ok(accepted) = outcome {
            self.state = *accepted.state();
            self.looks_in_a_row = 0;
            let noted = self.noted.as_mut().expect("nothing was sent");
            assert!(!noted.was_accepted, "accepted twice");
            assert!(!noted.is_over, "given up, or expired before");
            assert_eq!((request, code), (noted.request, noted.code), "another code or request");
            assert!(tried < noted.expires, "expired");
            (noted.is_over, noted.was_accepted) = (true, true);
        }
    }

    fn happens(&mut self, codes: &OutOfBand, event: Event) {
        match event {
            Event::Issue { request, code } => self.issue(codes, request, code),
            Event::Reserve { request, code } => self.reserve(codes, request, code),
            Event::Look { which } => self.look(which),
            Event::Clock { seconds } => self.now = self.now.saturating_add_signed(seconds),
            Event::Revoke => {
                self.state = self.state.revoked();
                self.noted = self.noted.map(|noted| Noted { is_over: true, ..noted });
            }
            Event::Unlock => {
                self.state = self.state.unlocked();
                self.looks_in_a_row = 0;
                // What was counted before is not counted any more.
                self.reserved.clear();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_is_accepted_that_should_not_be(
        events in prop::collection::vec(event(), 1..200),
    ) {
        let codes = codes(policy());
        let mut world = World { now: 1_700_000_000, ..World::default() };
        for event in events {
            world.happens(&codes, event);
        }
        // Each run of times that no clock far ahead has ended, see the tests of sending.
        for sent in world.sent.chunk_by(|earlier, later| earlier <= later) {
            for pair in sent.windows(2) {
                prop_assert!(pair[1] - pair[0] >= 10 || pair[1] == u64::MAX, "{:?}", sent);
            }
            for run in sent.windows(7) {
                prop_assert!(run[6] - run[0] >= 100 || run[6] == u64::MAX, "{:?}", sent);
            }
        }
        for pair in world.sent.windows(2).filter(|pair| pair[0] > pair[1]) {
            prop_assert!(pair[0] - pair[1] > 100, "{:?}", world.sent);
        }
    }

    #[test]
    fn whoever_types_the_code_in_time_is_let_in(
        failures in 0..3_usize,
        resends in 0..3_u64,
        seconds in 0..60_u64,
        digits in 0..CODES.len(),
    ) {
        let codes = codes(policy());
        let mut world = World { now: 1_700_000_000, ..World::default() };
        for _ in 0..resends {
            world.issue(&codes, 0, (digits + 1) % CODES.len());
            world.now += 10;
        }
        world.issue(&codes, 0, digits);
        for _ in 0..failures.min(2) {
            world.reserve(&codes, 0, (digits + 1) % CODES.len());
            world.look(0);
        }
        world.now += seconds;
        world.reserve(&codes, 0, digits);
        world.look(0);
        prop_assert!(world.noted.expect("sent").was_accepted);
    }
}
