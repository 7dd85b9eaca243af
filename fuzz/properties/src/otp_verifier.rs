//! The verifier of one-time passwords: any sequence of codes, resynchronisations, enrolments, steps of
//! the clock and unlockings, against a model that has sets in the place of windows.
//!
//! * Verdict and next state are those of the model, on a state in hand and in a store.
//! * No counter is accepted twice, and none after a later one.
//! * Failures never exceed the throttle's end, and a drift stays within what the policy knows.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use creance_totp::{
    Algorithm, Attempt, Code, Digits, Error, Hotp, Key, MemoryStateStore, Otp, Policy, Purpose,
    Revision, State, StateParts, StateStore, Status, Swap, Throttle, Totp, UnixTime, Verifier,
};

/// Where two of three neighbouring steps of the seed have the same code, and the ends of the range.
const PLACES: [u64; 10] = [
    910_738,
    1_300_576,
    153_568,
    679_859,
    103_425,
    3,
    1 << 32,
    u64::MAX / 30,
    u64::MAX - 3,
    37_037_037,
];

/// Checks the properties above for what these bytes choose.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let _ = chosen(&mut Unstructured::new(data));
}

fn chosen(choices: &mut Unstructured<'_>) -> Result<()> {
    let throttle = throttle(choices)?;
    let policy = policy(choices)?.with_throttle(throttle);
    let place = *choices.choose(&PLACES)?;
    let key = Key::new(Algorithm::Sha1, b"12345678901234567890").expect("long enough");
    let otp: Otp = if choices.ratio(2, 3)? {
        let period = if place > u64::MAX / 30 { 1 } else { 30 };
        Totp::new(key, Digits::Six).with_period(period).expect("not zero").into()
    } else {
        Hotp::new(key, Digits::Six).into()
    };
    let state = if choices.arbitrary()? { stored(place, choices)? } else { State::pending(0) };
    let mut watched = Watched::new(policy, otp, place, state);
    while !choices.is_empty() {
        watched.event(choices)?;
    }
    Ok(())
}

fn throttle(choices: &mut Unstructured<'_>) -> Result<Throttle> {
    if choices.arbitrary()? {
        return Ok(Throttle::default());
    }
    let stop = choices.int_in_range(1..=100)?;
    let free = choices.int_in_range(1..=stop)?;
    let longest = *choices.choose(&[1, 30, 3_600, u64::MAX])?;
    let first = choices.int_in_range(1..=longest.min(60))?;
    Ok(Throttle::new(free, first, longest, stop).expect("in range"))
}

fn policy(choices: &mut Unstructured<'_>) -> Result<Policy> {
    let policy = Policy::default();
    let (past, future) = (choices.int_in_range(0..=3)?, choices.int_in_range(0..=3)?);
    let policy = policy.with_window(past, future).expect("in range");
    let policy = policy.with_look_ahead(choices.int_in_range(0..=5)?).expect("in range");
    let policy = policy.with_resync(*choices.choose(&[0, 1, 3, 10])?).expect("in range");
    let drift = choices.int_in_range(0..=4)?;
    let has_room = drift == 0 || past > 0 && future > 0;
    assert_eq!(policy.with_drift(drift).is_ok(), has_room);
    Ok(policy.with_drift(drift).unwrap_or(policy))
}

/// A state as an earlier version of the program, with other settings, may have left it.
fn stored(place: u64, choices: &mut Unstructured<'_>) -> Result<State> {
    let next = if choices.arbitrary()? { Some(near(place, choices)?) } else { Some(0) };
    let parts = StateParts {
        status: *choices.choose(&[Status::Active, Status::Active, Status::Pending])?,
        next: if choices.ratio(1, 20)? { None } else { next },
        drift: if choices.arbitrary()? { 0 } else { choices.int_in_range(-1_000..=1_000)? },
        failures: *choices.choose(&[0, 0, 0, 4, 20, 99, 100])?,
        locked_until: UnixTime::from_secs(choices.arbitrary()?),
    };
    Ok(State::from_parts(parts).expect("in range"))
}

/// A counter or step near the place.
fn near(place: u64, choices: &mut Unstructured<'_>) -> Result<u64> {
    let distance = choices.int_in_range(-8..=8_i64)?;
    Ok(place.saturating_add_signed(distance))
}

/// The verifier on a state in hand, the same in a store, and the model.
struct Watched {
    verifier: Verifier,
    otp: Otp,
    place: u64,
    now: UnixTime,
    state: State,
    store: MemoryStateStore<State>,
    model: Model,
    accepted: Vec<u64>,
}

impl Watched {
    fn new(policy: Policy, otp: Otp, place: u64, state: State) -> Self {
        let store = MemoryStateStore::new();
        let stored = store.compare_and_set("id", Revision::ABSENT, &state);
        assert!(matches!(stored, Ok(Swap::Done(_))));
        let model = Model::new(policy, &otp, state);
        let verifier = Verifier::new(policy);
        let mut watched = Self {
            verifier,
            otp,
            place,
            now: UnixTime::default(),
            state,
            store,
            model,
            accepted: Vec::new(),
        };
        watched.now = watched.start_of(place);
        watched
    }

    fn start_of(&self, step: u64) -> UnixTime {
        let period = match &self.otp {
            Otp::Totp(totp) => totp.period(),
            _ => 1,
        };
        UnixTime::from_secs(step.saturating_mul(period))
    }

    fn event(&mut self, choices: &mut Unstructured<'_>) -> Result<()> {
        match choices.int_in_range(0..=15)? {
            0..=5 => {
                let code = self.otp.code_at(near(self.place, choices)?);
                self.attempt(&Attempt::login(&code, self.now), &[&code], false);
            }
            6 => {
                let code = self.otp.code_at(near(self.place, choices)?);
                self.attempt(&Attempt::enrolment(&code, self.now), &[&code], false);
            }
            7..=8 => self.resynchronise(choices)?,
            9 => {
                let guess = choices.int_in_range(0..=9_999_999_u32)?;
                let digits = choices.int_in_range(6..=8)?;
                let code = Code::parse(&format!("{:0digits$}", guess % 1_000_000)).expect("digits");
                self.attempt(&Attempt::login(&code, self.now), &[&code], false);
            }
            10..=13 => self.now = self.clock(choices)?,
            14 => self.change(State::unlocked),
            _ if choices.ratio(1, 16)? => self.change(State::revoked),
            _ => {}
        }
        Ok(())
    }

    fn resynchronise(&mut self, choices: &mut Unstructured<'_>) -> Result<()> {
        let last = near(self.place, choices)?;
        let len = *choices.choose(&[2, 2, 2, 3, 3, 0, 1, 4])?;
        let mut codes: Vec<Code> =
            (0..len).rev().map(|back| self.otp.code_at(last.saturating_sub(back))).collect();
        if choices.ratio(1, 6)? {
            codes.reverse();
        }
        let typed: Vec<&Code> = codes.iter().collect();
        self.attempt(&Attempt::resynchronisation(&codes, self.now), &typed, true);
        Ok(())
    }

    /// The clock: mostly a step or two around the place, at times a delay on, at times anywhere.
    fn clock(&self, choices: &mut Unstructured<'_>) -> Result<UnixTime> {
        Ok(match choices.int_in_range(0..=7)? {
            0..=4 => self.start_of(near(self.place, choices)?),
            5 => self.now.saturating_add(choices.arbitrary::<u16>()?.into()),
            6 => self.now.saturating_sub(choices.arbitrary::<u16>()?.into()),
            _ => UnixTime::from_secs(choices.arbitrary()?),
        })
    }

    fn change(&mut self, change: fn(State) -> State) {
        self.state = change(self.state);
        self.model.set(self.state);
        let stored = self.store.load("id").expect("available").expect("there");
        let swap = self.store.compare_and_set("id", stored.revision, &self.state);
        assert!(matches!(swap, Ok(Swap::Done(_))));
    }

    fn attempt(&mut self, attempt: &Attempt<'_>, codes: &[&Code], is_run: bool) {
        let before = self.state;
        let in_store = self.verifier.verify_stored(&self.store, "id", Some(&self.otp), attempt);
        let in_hand = self.verifier.verify(&mut self.state, &self.otp, attempt);
        assert_eq!(in_store, in_hand);
        let stored = self.store.load("id").expect("available").expect("there");
        assert_eq!(stored.record, self.state);

        let verdict = in_hand.map(|accepted| accepted.counter());
        let expected = self.model.attempt(&self.otp, attempt.purpose(), codes, is_run, self.now);
        assert_eq!(verdict, expected, "{before:?} at {}", self.now);
        assert_eq!(self.state, self.model.state(), "after {verdict:?} at {}", self.now);
        self.holds(before, verdict);
    }

    fn holds(&mut self, before: State, verdict: core::result::Result<u64, Error>) {
        if let Ok(counter) = verdict {
            assert!(self.accepted.iter().all(|earlier| *earlier < counter), "{counter} once more");
            self.accepted.push(counter);
            assert_eq!(self.state.last(), Some(counter));
        } else {
            assert_eq!(self.state.next(), before.next());
            assert_eq!(self.state.drift(), before.drift());
        }
        let policy = self.verifier.policy();
        let failures = self.state.attempts().failures();
        let most = policy.throttle().stop().max(before.attempts().failures());
        assert!(failures <= most);
        let known = u32::from(policy.resync()).max(policy.drift().into());
        let drift = self.state.drift().unsigned_abs();
        assert!(drift <= known.max(before.drift().unsigned_abs()));
        assert!(verdict.is_err() || drift <= known);
    }
}

/// What should happen, said as simply as it can be.
struct Model {
    policy: Policy,
    by_time: bool,
    status: Status,
    /// Everything below is spent.
    unspent: i128,
    drift: i128,
    failures: u32,
    locked_until: UnixTime,
}

impl Model {
    fn new(policy: Policy, otp: &Otp, state: State) -> Self {
        let by_time = matches!(otp, Otp::Totp(_));
        let (status, locked_until) = (Status::Pending, UnixTime::default());
        let mut model =
            Self { policy, by_time, status, unspent: 0, drift: 0, failures: 0, locked_until };
        model.set(state);
        model
    }

    fn set(&mut self, state: State) {
        let StateParts { status, next, drift, failures, locked_until } = state.parts();
        self.status = status;
        self.unspent = next.map_or(1 << 64, i128::from);
        self.drift = drift.into();
        (self.failures, self.locked_until) = (failures, locked_until);
    }

    fn state(&self) -> State {
        State::from_parts(StateParts {
            status: self.status,
            next: u64::try_from(self.unspent).ok(),
            drift: i32::try_from(self.drift).expect("small"),
            failures: self.failures,
            locked_until: self.locked_until,
        })
        .expect("in range")
    }

    fn attempt(
        &mut self,
        otp: &Otp,
        purpose: Purpose,
        codes: &[&Code],
        is_run: bool,
        now: UnixTime,
    ) -> core::result::Result<u64, Error> {
        let present = match otp {
            Otp::Totp(totp) => totp.step_at(now).expect("since 1970"),
            _ => 0,
        };
        let has_window = self.policy.past() + self.policy.future() > 0;
        let may_run = self.policy.resync() > 0 && (has_window || !self.by_time);
        if is_run && !(may_run && [2, 3].contains(&codes.len())) {
            return Err(Error::Resync);
        }
        self.admit(purpose)?;
        self.count(now)?;
        let (taken, seen) = self.reach(present.into(), is_run);
        let counter = self.find(otp, codes, &taken, &seen)?;
        self.learn(counter - i128::from(present), is_run);
        self.status = Status::Active;
        self.unspent = counter + 1;
        (self.failures, self.locked_until) = (0, UnixTime::default());
        Ok(u64::try_from(counter).expect("in range"))
    }

    fn admit(&self, purpose: Purpose) -> core::result::Result<(), Error> {
        match (purpose, self.status) {
            (Purpose::Login, Status::Active) | (Purpose::Enrolment, Status::Pending) => Ok(()),
            (Purpose::Enrolment, Status::Active) => Err(Error::AlreadyActive),
            (Purpose::Login, Status::Pending) => Err(Error::NotConfirmed),
            _ => Err(Error::Revoked),
        }
    }

    fn count(&mut self, now: UnixTime) -> core::result::Result<(), Error> {
        let throttle = self.policy.throttle();
        if self.failures >= throttle.stop() {
            return Err(Error::Locked { failures: self.failures });
        }
        let longest = i128::from(throttle.longest_delay());
        let waits = i128::from(self.locked_until.as_secs()) - i128::from(now.as_secs());
        if waits > 0 && waits <= (2 * longest).min(u64::MAX.into()) {
            return Err(Error::Throttled { until: self.locked_until });
        }
        self.failures += 1;
        if self.failures >= throttle.free() {
            let mut delay = i128::from(throttle.first_delay());
            for _ in throttle.free()..self.failures {
                delay = (2 * delay).min(longest);
            }
            let delay = u64::try_from(delay).expect("no longer than the longest");
            self.locked_until = now.saturating_add(delay);
        }
        Ok(())
    }

    /// The drift that counts.
    fn known_drift(&self) -> i128 {
        let most = i128::from(self.policy.resync()).max(self.policy.drift().into());
        if self.policy.past() == 0 && self.policy.future() == 0 {
            0
        } else {
            self.drift.clamp(-most, most)
        }
    }

    /// Which counters are taken, and which are in sight.
    fn reach(&self, present: i128, is_run: bool) -> (BTreeSet<i128>, BTreeSet<i128>) {
        let (past, future) = (i128::from(self.policy.past()), i128::from(self.policy.future()));
        let (resync, learnt) = (i128::from(self.policy.resync()), i128::from(self.policy.drift()));
        let drift = self.known_drift();
        if !self.by_time {
            let first = self.unspent.min(u64::MAX.into());
            let ahead = if is_run { resync } else { self.policy.look_ahead().into() };
            return (exist(first, first + ahead), exist(first, first + ahead));
        }
        if is_run {
            let seen = exist(present - resync - learnt - past, present + resync);
            return (exist(present - resync, present + resync), seen);
        }
        let (past, future) = if drift == 0 { (past, future) } else { (past.max(1), future.max(1)) };
        let taken = exist(present + drift - past, present + drift + future);
        let fixed = if drift.abs() <= learnt { present } else { present + drift };
        // The present step never goes below or beyond the range, a drift or not.
        let fixed = fixed.clamp(0, u64::MAX.into());
        let middle = (present + drift).clamp(0, u64::MAX.into());
        let taken =
            if middle == present + drift { taken } else { exist(middle - past, middle + future) };
        (taken, exist(fixed - learnt - past, fixed + learnt + future))
    }

    fn find(
        &self,
        otp: &Otp,
        codes: &[&Code],
        taken: &BTreeSet<i128>,
        seen: &BTreeSet<i128>,
    ) -> core::result::Result<i128, Error> {
        let text_at = |counter: i128| {
            otp.code_at(u64::try_from(counter).expect("in range")).expose().to_owned()
        };
        let typed: Vec<&str> = codes.iter().map(|code| code.expose()).collect();
        let last = self.unspent - 1;
        let spent = seen.iter().copied().chain([last]).filter(|c| (0..self.unspent).contains(c));
        if spent.map(text_at).any(|text| typed.contains(&text.as_str())) {
            return Err(Error::Replayed);
        }
        let distinct: BTreeSet<&&str> = typed.iter().collect();
        let ends = taken.iter().rev().copied();
        let length = i128::try_from(typed.len()).expect("few");
        let is_run = |end: &i128| {
            let run = end + 1 - length..=*end;
            run.clone().all(|counter| taken.contains(&counter) && counter >= self.unspent)
                && run.zip(&typed).all(|(counter, typed)| text_at(counter) == *typed)
        };
        let mut ends = ends.filter(is_run);
        let found = ends.next().filter(|_| distinct.len() == typed.len());
        found.ok_or(Error::Mismatch)
    }

    fn learn(&mut self, distance: i128, is_run: bool) {
        let bound = i128::from(self.policy.drift());
        let drift = self.known_drift();
        self.drift = if !self.by_time {
            0
        } else if is_run {
            distance
        } else if drift.abs() > bound {
            drift
        } else {
            (drift + (distance - drift).signum()).clamp(-bound, bound)
        };
    }
}

/// Those from the first to the last that exist.
fn exist(first: i128, last: i128) -> BTreeSet<i128> {
    (first.max(0)..=last.min(u64::MAX.into())).collect()
}
