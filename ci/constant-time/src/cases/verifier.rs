//! A verifier from one state to the next: right and wrong codes, used ones, and runs of codes.

use creance_totp::{
    Algorithm, Attempt, Code, Error, Otp, Parameters, Policy, Secret, State, UnixTime, Verifier,
};

use super::{key_material, secret};
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);
const STEP: u64 = NOW.as_secs() / 30;

pub(super) fn cases() -> Vec<Case> {
    [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512].into_iter().flat_map(of).collect()
}

fn of(algorithm: Algorithm) -> Vec<Case> {
    let by_time = Parameters::totp().with_algorithm(algorithm).unwrap();
    let by_counter = Parameters::hotp().with_algorithm(algorithm).unwrap();
    vec![
        Case::new(format!("verifier/{algorithm}/step"), Expected::Verdict, move || {
            let (public, watched) = pair(by_time);
            for step in STEP - 2..=STEP + 2 {
                let verdict = verify(&watched, State::active(0), &public.code_at(step));
                let taken = (STEP - 1..=STEP + 1).find(|taken| *taken == step);
                assert_eq!(verdict, taken.ok_or(Error::Mismatch));
            }
        }),
        Case::new(format!("verifier/{algorithm}/counter"), Expected::Verdict, move || {
            let (public, watched) = pair(by_counter);
            for counter in 4..=10 {
                let verdict = verify(&watched, State::active(5), &public.code_at(counter));
                let expected = match counter {
                    4 => Err(Error::Replayed),
                    5..=8 => Ok(counter),
                    _ => Err(Error::Mismatch),
                };
                assert_eq!(verdict, expected);
            }
        }),
        Case::new(format!("verifier/{algorithm}/replay"), Expected::Verdict, move || {
            let (public, watched) = pair(by_time);
            for spent in STEP - 1..=STEP + 1 {
                let verdict = verify(&watched, State::active(spent + 1), &public.code_at(spent));
                assert_eq!(verdict, Err(Error::Replayed));
            }
        }),
        Case::new(format!("verifier/{algorithm}/resynchronise"), Expected::Verdict, move || {
            for (parameters, first) in [(by_time, STEP - 7), (by_time, STEP + 5), (by_counter, 9)] {
                let (public, watched) = pair(parameters);
                let codes = [first, first + 1, first + 2].map(|counter| public.code_at(counter));
                let verdict = accept(&watched, &Attempt::resynchronisation(&codes, NOW));
                assert_eq!(verdict, Ok(first + 2));
                let wrong = [codes[1].clone(), codes[0].clone()];
                let verdict = accept(&watched, &Attempt::resynchronisation(&wrong, NOW));
                assert_eq!(verdict, Err(Error::Mismatch));
            }
        }),
    ]
}

/// What makes the codes of the peer, and that of the side that is watched.
fn pair(parameters: Parameters) -> (Otp, Otp) {
    let material = key_material(parameters.algorithm().output_len());
    let otp = |bytes: &[u8]| parameters.otp(&Secret::from_bytes(bytes).unwrap()).unwrap();
    (otp(&material), otp(&secret(&material)))
}

fn policy() -> Policy {
    Policy::default().with_window(1, 1).unwrap().with_resync(20).unwrap()
}

fn verify(watched: &Otp, mut state: State, sent: &Code) -> Result<u64, Error> {
    let typed = Code::parse(sent.expose()).unwrap();
    let attempt = Attempt::login(&typed, NOW);
    let accepted = Verifier::new(policy()).verify(&mut state, watched, &attempt)?;
    Ok(accepted.counter())
}

fn accept(watched: &Otp, attempt: &Attempt<'_>) -> Result<u64, Error> {
    let accepted = Verifier::new(policy()).verify(&mut State::active(0), watched, attempt)?;
    Ok(accepted.counter())
}
