//! Whatever is typed, and whatever the clock does: no code is accepted twice within its life, failures
//! never exceed the cap, no step is reopened, and a drift stays within its bounds.

use std::slice;

use creance_totp::{Attempt, Code, Error, Policy, State, Status, UnixTime};
use proptest::prelude::*;

use crate::account::{Account, PAIR, SPREAD_PAIR, wrong_code};

/// What happens to an account. Places are counted from a step that the case begins with.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The code of a place is typed.
    Verify(u64),
    /// So many codes up to the place.
    Resync(u64, u64),
    /// A wrong code.
    Guess,
    /// The first code again, for an enrolment.
    Enrol(u64),
    /// The clock goes to a second after the beginning.
    Clock(u64),
    /// An operator unlocks.
    Unlock,
    Revoke,
}

/// The places lie around the middle of this many steps.
const PLACES: u64 = 24;

fn events() -> impl Strategy<Value = Vec<Event>> {
    let place = || 0..PLACES;
    let near = || PLACES / 2 - 4..PLACES / 2 + 4;
    let event = prop_oneof![
        8 => near().prop_map(Event::Verify),
        2 => place().prop_map(Event::Verify),
        2 => (near(), 2..=3_u64).prop_map(|(place, codes)| Event::Resync(place, codes)),
        3 => Just(Event::Guess),
        1 => near().prop_map(Event::Enrol),
        6 => (near(), 0..30_u64).prop_map(|(place, second)| Event::Clock(place * 30 + second)),
        1 => (0..PLACES * 30).prop_map(Event::Clock),
        1 => (0..20_000_u64).prop_map(Event::Clock),
        3 => Just(Event::Unlock),
        1 => prop_oneof![20 => Just(Event::Unlock), 1 => Just(Event::Revoke)],
    ];
    prop::collection::vec(event, 1..120)
}

fn policies() -> impl Strategy<Value = Policy> {
    (0..4_u8, 0..3_u8, 0..4_u8, 0..12_u16, 0..5_u8).prop_map(
        |(past, future, drift, resync, ahead)| {
            let policy = Policy::default().with_window(past, future).expect("in range");
            let policy =
                policy.with_resync(resync).and_then(|policy| policy.with_look_ahead(ahead));
            let policy = policy.expect("in range");
            policy.with_drift(drift).unwrap_or(policy)
        },
    )
}

/// Where a case begins: two steps that share a code are in the middle, or it is the range's beginning.
fn beginnings() -> impl Strategy<Value = u64> {
    let middle = PLACES / 2;
    prop_oneof![
        Just(PAIR[0] - middle),
        Just(SPREAD_PAIR[0] - middle),
        Just(103_424 - middle),
        Just(0),
    ]
}

/// What was accepted.
struct Taken {
    text: String,
    counter: u64,
}

struct Watched {
    account: Account,
    base: u64,
    now: UnixTime,
    taken: Vec<Taken>,
    /// Since the last success or unlocking.
    looked_at: u32,
    is_revoked: bool,
    wrong: Code,
}

impl Watched {
    fn new(account: Account, base: u64) -> Self {
        let now = UnixTime::from_secs(base * 30 + PLACES / 2 * 30);
        let wrong = wrong_code(&account.otp, base + PLACES / 2);
        Self { account, base, now, taken: Vec::new(), looked_at: 0, is_revoked: false, wrong }
    }

    fn is_by_time(&self) -> bool {
        matches!(self.account.otp, creance_totp::Otp::Totp(_))
    }

    fn happen(&mut self, event: Event) {
        let (otp, now) = (&self.account.otp, self.now);
        let code = |place: u64| otp.code_at(self.base + place);
        match event {
            Event::Verify(place) => {
                let code = code(place);
                self.type_in(&Attempt::login(&code, now), slice::from_ref(&code));
            }
            Event::Enrol(place) => {
                let code = code(place);
                self.type_in(&Attempt::enrolment(&code, now), slice::from_ref(&code));
            }
            Event::Guess => {
                let wrong = self.wrong.clone();
                self.type_in(&Attempt::login(&wrong, now), slice::from_ref(&wrong));
            }
            Event::Resync(place, codes) => {
                let codes: Vec<Code> = (place + 1 - codes..=place).map(code).collect();
                self.type_in(&Attempt::resynchronisation(&codes, now), &codes);
            }
            Event::Clock(seconds) => self.now = UnixTime::from_secs(self.base * 30 + seconds),
            Event::Unlock => {
                self.account.state = self.account.state.unlocked();
                self.looked_at = 0;
            }
            Event::Revoke => {
                self.account.state = self.account.state.revoked();
                self.is_revoked = true;
            }
        }
        let most = self.most_drift();
        assert!(self.account.state.drift().abs() <= most, "{most}");
        assert!(self.account.state.attempts().failures() <= 100);
    }

    fn most_drift(&self) -> i32 {
        let policy = self.account.verifier.policy();
        i32::from(policy.drift()).max(i32::from(policy.resync()))
    }

    fn type_in(&mut self, attempt: &Attempt<'_>, codes: &[Code]) {
        let before = self.account.state;
        let verdict = self.account.attempt(attempt);
        match verdict {
            Ok(counter) => self.accept(before, codes, counter),
            Err(Error::Mismatch | Error::Replayed) => self.looked_at += 1,
            Err(_) => assert_eq!(self.account.state, before, "not looked at, and changed"),
        }
        assert!(self.looked_at <= 100, "more guesses than the cap");
        assert!(self.account.state.next() >= before.next(), "a spent counter came back");
    }

    fn accept(&mut self, before: State, codes: &[Code], counter: u64) {
        assert!(!self.is_revoked);
        assert!(before.attempts().failures() < 100);
        assert_eq!(self.account.state.status(), Status::Active);
        assert_eq!(self.account.state.last(), Some(counter));
        let first = counter + 1 - codes.len() as u64;
        assert!(before.next().is_some_and(|next| next <= first), "a spent step was reopened");
        if self.is_by_time() {
            self.is_near(counter);
        }
        for (counter, code) in (first..).zip(codes) {
            let text = code.expose().to_owned();
            assert!(self.account.otp.code_at(counter).verify(code).is_ok());
            let twice = self.taken.iter().filter(|taken| taken.text == text);
            for taken in twice {
                assert!(!self.is_alive(taken.counter, before), "{text} was accepted twice");
            }
            self.taken.push(Taken { text, counter });
        }
        self.looked_at = 0;
    }

    /// Nothing is taken from further off than windows, drifts and resynchronisations reach.
    fn is_near(&self, counter: u64) {
        let policy = self.account.verifier.policy();
        let window = i64::from(policy.past().max(policy.future()).max(1));
        let present = (self.now.as_secs() / 30).cast_signed();
        let distance = (counter.cast_signed() - present).abs();
        assert!(distance <= window + i64::from(self.most_drift()), "{distance} steps off");
    }

    /// Whether a code of that counter could be taken now if it were not spent: the last one always
    /// counts as such, for counters have no time.
    fn is_alive(&self, counter: u64, state: State) -> bool {
        let policy = self.account.verifier.policy();
        let learnt = i64::from(policy.drift());
        let drift = i64::from(state.drift());
        let around = if drift.abs() <= learnt { 0 } else { drift };
        let oldest =
            (self.now.as_secs() / 30).cast_signed() + around - learnt - i64::from(policy.past());
        state.last() == Some(counter) || self.is_by_time() && counter.cast_signed() >= oldest
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn codes_by_time_are_accepted_once(
        policy in policies(), base in beginnings(), events in events(), pending: bool,
    ) {
        let mut account = Account::by_time(policy);
        account.state = if pending { State::pending(0) } else { State::active(0) };
        let mut watched = Watched::new(account, base);
        for event in events {
            watched.happen(event);
        }
    }

    #[test]
    fn codes_by_counter_are_accepted_once(
        policy in policies(), base in beginnings(), events in events(), start in 0..PLACES,
    ) {
        let account = Account::by_counter(policy, base + start);
        let mut watched = Watched::new(account, base);
        for event in events {
            watched.happen(event);
        }
    }
}

/// The cases above would say nothing if hardly any code were accepted.
#[test]
fn the_events_accept_and_refuse_enough() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut accepted, mut repeated) = (0, 0);
    for _ in 0..300 {
        let tree = (policies(), events()).new_tree(&mut runner).expect("a case");
        let (policy, events) = tree.current();
        let mut watched = Watched::new(Account::by_time(policy), PAIR[0] - PLACES / 2);
        for event in events {
            watched.happen(event);
        }
        accepted += watched.taken.len();
        repeated += watched.taken.iter().filter(|taken| PAIR.contains(&taken.counter)).count();
    }
    assert!(accepted > 600, "{accepted} accepted");
    assert!(repeated > 50, "{repeated} of the two with one code");
}
