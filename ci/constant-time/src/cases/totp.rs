//! One-time passwords: truncation, comparison and the search for a step.

use creance_sigv::{Algorithm, Key, UnixTime};
use creance_totp::{
    Code, Digits, Error, Hotp, MatchedCounter, MatchedStep, Secret, Steam, SteamCode, Totp,
};

use super::{for_each_algorithm, key_material, secret};
use crate::{Case, Expected};

const DIGITS: [Digits; 3] = [Digits::Six, Digits::Seven, Digits::Eight];
const TIME: UnixTime = UnixTime::from_secs(1_353_832_234);

pub(super) fn cases() -> Vec<Case> {
    let mut cases = for_each_algorithm(of_algorithm);
    cases.push(Case::new("steam", Expected::Verdict, || {
        let material = key_material(20);
        let steam = |bytes: &[u8]| Steam::new(&Secret::from_bytes(bytes).unwrap()).unwrap();
        let (public, watched) = (steam(&material), steam(&secret(&material)));
        let now = watched.step_at(TIME);
        for step in now - 20..=now + 20 {
            let sent = SteamCode::parse(public.generate_step(step).expose()).unwrap();
            assert_eq!(watched.generate_step(step).verify(&sent), Ok(()));
            let wrong = watched.generate_step(step + 1).verify(&sent);
            assert_eq!(wrong, Err(Error::Mismatch));
            let found = watched.verify(&sent, TIME, 1, 1).map(MatchedStep::step);
            let in_time = (now - 1..=now + 1).find(|at| *at == step);
            assert_eq!(found.ok(), in_time);
        }
    }));
    cases
}

fn of_algorithm(algorithm: Algorithm) -> Vec<Case> {
    vec![
        // Many counters, so that the secret offset of the truncation takes many values.
        Case::new(format!("totp/{algorithm}/generate"), Expected::Verdict, move || {
            for digits in DIGITS {
                let (public, watched) = pair(algorithm, digits);
                for counter in 0..50 {
                    let code = sent(&public, counter);
                    assert_eq!(watched.generate(counter).verify(&code), Ok(()));
                    let wrong = watched.generate(counter + 1).verify(&code);
                    assert_eq!(wrong, Err(Error::Mismatch));
                }
            }
        }),
        Case::new(format!("totp/{algorithm}/verify-counter"), Expected::Verdict, move || {
            let (public, watched) = pair(algorithm, Digits::Six);
            for counter in 0..20 {
                let verdict = watched.verify(&sent(&public, counter), 5, 7);
                let found = verdict.map(MatchedCounter::counter);
                assert_eq!(found.ok(), (5..=12).find(|at| *at == counter));
            }
        }),
        Case::new(format!("totp/{algorithm}/verify-step"), Expected::Verdict, move || {
            let (public, _) = pair(algorithm, Digits::Eight);
            let bytes = secret(&key_material(algorithm.output_len()));
            let watched = Totp::new(Key::new(algorithm, &bytes).unwrap(), Digits::Eight);
            let now = watched.step_at(TIME).unwrap();
            for step in now - 3..=now + 3 {
                let verdict = watched.verify(&sent(&public, step), TIME, 1, 1);
                let found = verdict.map(MatchedStep::step);
                let in_time = (now - 1..=now + 1).find(|at| *at == step);
                assert_eq!(found.ok(), in_time);
            }
        }),
    ]
}

/// The generator of the peer, and that of the side that is watched.
fn pair(algorithm: Algorithm, digits: Digits) -> (Hotp, Hotp) {
    let material = key_material(algorithm.output_len());
    let generator = |bytes: &[u8]| Hotp::new(Key::new(algorithm, bytes).unwrap(), digits);
    (generator(&material), generator(&secret(&material)))
}

/// A code as it is typed in.
fn sent(public: &Hotp, counter: u64) -> Code {
    Code::parse(public.generate(counter).expose()).unwrap()
}
