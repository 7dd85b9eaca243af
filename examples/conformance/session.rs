//! The ops of a second factor: what becomes of one code after the other.

use creance_totp::{
    Accepted, Attempt, Code, Error, Hotp, Otp, Policy, Purpose, State, Totp, UnixTime, Verifier,
};
use serde_json::{Map, Value};

use crate::Op;
use crate::answer::{Answer, Failure, number, object};
use crate::case::Case;
use crate::totp::digits;

pub(crate) const OPS: &[Op] = &[("session", session), ("hotp_session", hotp_session)];

/// By time. Without `period`, `past` and `future` those of the library count.
fn session(case: &Case) -> Answer {
    let mut totp = Totp::new(case.otp_key()?, digits(case)?);
    if let Some(period) = case.optional_number("period")? {
        totp = totp.with_period(period).map_err(Failure::message)?;
    }
    let policy = Policy::default();
    let past = steps(case, "past", policy.past())?;
    let future = steps(case, "future", policy.future())?;
    let policy = policy.with_window(past, future).map_err(Failure::message)?;
    let (results, _) = play(case, policy, &totp.into(), State::active(0))?;
    Ok(results)
}

/// By counter. Answers also with the counter that is expected next.
fn hotp_session(case: &Case) -> Answer {
    let hotp = Hotp::new(case.otp_key()?, digits(case)?);
    let policy = Policy::default();
    let look_ahead = steps(case, "look_ahead", policy.look_ahead())?;
    let policy = policy.with_look_ahead(look_ahead).map_err(Failure::message)?;
    let state = State::active(case.number("counter")?);
    let (mut results, state) = play(case, policy, &hotp.into(), state)?;
    if let Some(next) = state.next() {
        results.insert("counter".to_owned(), number(next));
    }
    Ok(results)
}

fn steps(case: &Case, name: &str, default: u8) -> Result<u8, Failure> {
    let steps = case.optional_number(name)?.unwrap_or(default.into());
    u8::try_from(steps).map_err(|_| Failure::message(Error::Policy))
}

/// Types one code after the other.
fn play(
    case: &Case,
    policy: Policy,
    otp: &Otp,
    mut state: State,
) -> Result<(Map<String, Value>, State), Failure> {
    let verifier = Verifier::new(policy);
    let mut results = Vec::new();
    for event in case.cases("events")? {
        let now = UnixTime::from_secs(event.number("time")?);
        let verdict = match Code::parse(event.text("code")?) {
            Ok(code) => verifier.verify(&mut state, otp, &Attempt::login(&code, now)),
            // What is no code at all is not counted, but not looked at either while nothing is.
            Err(error) => verifier.reserve(&state, Purpose::Login, now).and(Err(error)),
        };
        results.push(Value::from(name(verdict)?));
    }
    Ok((object([("results", results.into())]), state))
}

fn name(verdict: Result<Accepted, Error>) -> Result<&'static str, Failure> {
    Ok(match verdict {
        Ok(_) => "accepted",
        Err(Error::Replayed) => "replayed",
        Err(Error::Mismatch | Error::Code) => "wrong",
        Err(Error::Throttled { .. }) => "throttled",
        Err(Error::Locked { .. }) => "locked",
        Err(other) => return Err(Failure::message(other)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn answer(mut case: Value, events: &[(&str, u64)]) -> Value {
        let events = events.iter().map(|(code, time)| json!({ "code": code, "time": time }));
        case["events"] = events.collect();
        case["secret_hex"] = "3132333435363738393031323334353637383930".into();
        case["algorithm"] = "sha1".into();
        case["digits"] = 6.into();
        crate::answer(case.to_string().as_bytes())
    }

    fn session(window: (u64, u64), events: &[(&str, u64)]) -> Value {
        let (past, future) = window;
        answer(json!({ "op": "session", "period": 30, "past": past, "future": future }), events)
    }

    #[test]
    fn each_code_is_answered_for() {
        let events = [
            ("050471", 1_111_111_111),
            ("050 471", 1_111_111_112),
            ("081804", 1_111_111_112),
            ("000000", 1_111_111_113),
            ("x", 1_111_111_113),
        ];
        let expected = json!({ "results": ["accepted", "replayed", "replayed", "wrong", "wrong"] });
        assert_eq!(session((1, 0), &events), expected);
    }

    #[test]
    fn neighbours_with_one_code_are_one() {
        for times in [(27_322_110, 27_322_140), (27_322_140, 27_322_110), (27_322_140, 27_322_170)]
        {
            let events = [("911617", times.0), ("911617", times.1)];
            let expected = json!({ "results": ["accepted", "replayed"] });
            assert_eq!(session((1, 1), &events), expected, "{times:?}");
        }
    }

    #[test]
    fn failures_slow_down_and_end() {
        let mut events = vec![("000000", 1_000); 6];
        events.push(("000000", 1_030));
        events.push(("000000", 1_089));
        let wrong = ["wrong"; 5].into_iter().chain(["throttled", "wrong", "throttled"]);
        let expected = json!({ "results": wrong.collect::<Vec<_>>() });
        assert_eq!(session((1, 0), &events), expected);

        let events: Vec<_> = (0..101).map(|n| ("000000", 1_000 + n * 3_600)).collect();
        let answer = session((1, 0), &events);
        assert_eq!(
            (&answer["results"][99], &answer["results"][100]),
            (&"wrong".into(), &"locked".into())
        );
    }

    #[test]
    fn what_is_no_code_is_not_counted_and_passes_no_lock() {
        let mut events = vec![("000000", 1_000); 4];
        events.extend([("x", 1_000); 3]);
        events.extend([("000000", 1_000), ("x", 1_001), ("x", 1_030), ("000000", 1_030)]);
        events.push(("x", 1_031));
        let expected = ["wrong"; 8].into_iter().chain(["throttled", "wrong", "wrong", "throttled"]);
        assert_eq!(session((1, 0), &events), json!({ "results": expected.collect::<Vec<_>>() }));

        let mut events: Vec<_> = (0..100).map(|n| ("000000", 1_000 + n * 3_600)).collect();
        events.push(("x", 1_000_000_000));
        assert_eq!(session((1, 0), &events)["results"][100], "locked");
        let case = json!({ "op": "hotp_session", "counter": 0, "look_ahead": 3 });
        assert_eq!(answer(case, &events)["results"][100], "locked");
    }

    #[test]
    fn a_counter_moves_by_success_only() {
        let session = |counter: Value, events: &[(&str, u64)]| {
            answer(json!({ "op": "hotp_session", "counter": counter, "look_ahead": 3 }), events)
        };
        let events = [("000000", 0), ("969429", 0), ("969429", 0), ("755224", 0)];
        let expected =
            json!({ "results": ["wrong", "accepted", "replayed", "wrong"], "counter": 4 });
        assert_eq!(session(0.into(), &events), expected);
        let far = json!("18446744073709551614");
        assert_eq!(
            session(far.clone(), &[("000000", 0)]),
            json!({ "results": ["wrong"], "counter": far })
        );
    }

    #[test]
    fn what_is_no_case_is_told() {
        let error =
            |case: Value| answer(case, &[])["error"].as_str().unwrap_or_default().to_owned();
        let past = error(json!({ "op": "session", "past": 11, "future": 0 }));
        assert_eq!(past, "the policy is out of its range");
        assert_eq!(error(json!({ "op": "session", "past": 300 })), past);
        assert_eq!(error(json!({ "op": "hotp_session", "counter": 0, "look_ahead": 51 })), past);
        let period = error(json!({ "op": "session", "period": 0 }));
        assert_eq!(period, "the period of a time step must be at least 1 s");
        let line =
            br#"{"op":"session","secret_hex":"00","algorithm":"sha1","digits":6,"events":[5]}"#;
        let events = crate::answer(line);
        assert_eq!(events["error"], "the field events has to be a list of objects");
    }
}
