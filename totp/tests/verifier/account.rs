//! A credential in the caller's own hand, with the seed of the RFCs.

use creance_totp::{
    Accepted, Algorithm, Attempt, Code, Digits, Error, Hotp, Otp, Policy, State, Totp, UnixTime,
    Verifier,
};

use crate::common::rfc_key;

/// Two neighbouring steps of the RFC's seed with the same code.
pub(crate) const PAIR: [u64; 2] = [910_737, 910_738];

/// Two steps of the RFC's seed with the same code, and one between them.
pub(crate) const SPREAD_PAIR: [u64; 2] = [153_567, 153_569];

pub(crate) fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs)
}

/// The first second of a step of 30 s.
pub(crate) fn start_of(step: u64) -> UnixTime {
    at(step.saturating_mul(30))
}

pub(crate) fn totp() -> Otp {
    Totp::new(rfc_key(Algorithm::Sha1), Digits::Six).into()
}

pub(crate) fn hotp() -> Otp {
    Hotp::new(rfc_key(Algorithm::Sha1), Digits::Six).into()
}

/// A code that none of the steps near `step` has.
pub(crate) fn wrong_code(otp: &Otp, step: u64) -> Code {
    let near: Vec<Code> = (step.saturating_sub(30)..step + 30).map(|s| otp.code_at(s)).collect();
    let mut codes = (0..).map(|n: u32| Code::parse(&format!("{n:06}")).expect("a code"));
    codes.find(|code| near.iter().all(|n| n.verify(code).is_err())).expect("most are wrong")
}

pub(crate) struct Account {
    pub(crate) verifier: Verifier,
    pub(crate) otp: Otp,
    pub(crate) state: State,
}

impl Account {
    /// In use, by time.
    pub(crate) fn by_time(policy: Policy) -> Self {
        Self { verifier: Verifier::new(policy), otp: totp(), state: State::active(0) }
    }

    /// In use, by counter.
    pub(crate) fn by_counter(policy: Policy, next: u64) -> Self {
        Self { verifier: Verifier::new(policy), otp: hotp(), state: State::active(next) }
    }

    pub(crate) fn attempt(&mut self, attempt: &Attempt<'_>) -> Result<u64, Error> {
        let accepted = self.verifier.verify(&mut self.state, &self.otp, attempt);
        accepted.as_ref().map(Accepted::counter).map_err(|error| *error)
    }

    pub(crate) fn login(&mut self, code: &Code, now: UnixTime) -> Result<u64, Error> {
        self.attempt(&Attempt::login(code, now))
    }

    /// The code of a step or counter, typed in the first second of step `present`.
    pub(crate) fn login_with(&mut self, counter: u64, present: u64) -> Result<u64, Error> {
        self.login(&self.otp.code_at(counter), start_of(present))
    }

    /// The codes of consecutive steps or counters, the last one of `last`, typed in step `present`.
    pub(crate) fn resync(&mut self, last: u64, codes: u64, present: u64) -> Result<u64, Error> {
        let codes: Vec<Code> = (0..codes).rev().map(|back| self.otp.code_at(last - back)).collect();
        self.attempt(&Attempt::resynchronisation(&codes, start_of(present)))
    }

    pub(crate) fn fail(&mut self, now: UnixTime) -> Error {
        let wrong = wrong_code(&self.otp, now.as_secs() / 30);
        self.login(&wrong, now).expect_err("wrong")
    }
}
