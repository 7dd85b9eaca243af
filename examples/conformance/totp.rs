//! The ops of one-time passwords.

use creance_totp::{
    Algorithm, Code, Digits, Hotp, Ocra, OcraInput, OcraPin, OcraSuite, Steam, Totp, UnixTime,
};

use crate::Op;
use crate::answer::{Answer, Failure, object};
use crate::case::Case;

pub(crate) const OPS: &[Op] = &[("hotp", hotp), ("totp", totp), ("steam", steam), ("ocra", ocra)];

fn hotp(case: &Case) -> Answer {
    let hotp = Hotp::new(case.otp_key()?, digits(case)?);
    Ok(answer(&hotp.generate(case.number("counter")?)))
}

/// Without `period` and `t0` those of the library count.
fn totp(case: &Case) -> Answer {
    let mut totp = Totp::new(case.otp_key()?, digits(case)?);
    if let Some(period) = case.optional_number("period")? {
        totp = totp.with_period(period).map_err(Failure::message)?;
    }
    if let Some(t0) = case.optional_number("t0")? {
        totp = totp.with_t0(UnixTime::from_secs(t0));
    }
    let time = UnixTime::from_secs(case.number("time")?);
    Ok(answer(&totp.generate(time).map_err(Failure::message)?))
}

fn steam(case: &Case) -> Answer {
    let key = case.key_of(Algorithm::Sha1, "secret_hex")?;
    let steam = Steam::with_key(key).map_err(Failure::message)?;
    let time = UnixTime::from_secs(case.number("time")?);
    Ok(object([("code", steam.generate(time).expose().into())]))
}

/// What the suite does not ask for is not passed on: a case may state more than it needs.
fn ocra(case: &Case) -> Answer {
    let suite = OcraSuite::parse(case.text("suite")?).map_err(Failure::message)?;
    let key = case.key_of(suite.algorithm(), "key_hex")?;
    let ocra = Ocra::with_key(suite, key).map_err(Failure::message)?;
    let mut input = questions(case.text("question")?, suite);
    if suite.has_counter() {
        input = input.with_counter(case.number("counter")?);
    }
    let pin = match suite.pin() {
        Some(algorithm) => Some(OcraPin::new(algorithm, case.text("pin")?.as_bytes())),
        None => None,
    };
    if let Some(pin) = &pin {
        input = input.with_pin(pin);
    }
    if suite.session_len().is_some() {
        input = input.with_session(case.text("session")?.as_bytes());
    }
    if suite.period().is_some() {
        input = input.with_time_step(case.number("time_steps")?);
    }
    let response = ocra.respond(&input).map_err(Failure::message)?;
    Ok(object([("response", response.expose().into())]))
}

/// Exactly twice as much as one question may have is the two of both parties, one behind the other: as
/// one question it would be refused, so nothing is guessed. Any other text is one question.
fn questions(text: &str, suite: OcraSuite) -> OcraInput<'_> {
    let (_, max) = suite.challenge();
    let max = usize::from(max);
    let halves = text.split_at_checked(max).filter(|_| text.len() == 2 * max);
    halves.map_or(OcraInput::new(text), |(first, second)| OcraInput::mutual(first, second))
}

pub(crate) fn digits(case: &Case) -> Result<Digits, Failure> {
    let digits = u8::try_from(case.number("digits")?).unwrap_or(u8::MAX);
    Digits::new(digits).map_err(Failure::message)
}

fn answer(code: &Code) -> serde_json::Map<String, serde_json::Value> {
    object([("code", code.expose().into())])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn answer(case: &Value) -> Value {
        crate::answer(case.to_string().as_bytes())
    }

    #[test]
    fn all_published_responses_are_answered() {
        let file = include_str!("../../totp/tests/vectors/rfc6287_ocra.json");
        let file: Value = serde_json::from_str(file).expect("JSON");
        let cases = file["cases"].as_array().expect("a list");
        assert_eq!(cases.len(), 70);
        for case in cases {
            let mut asked = case.clone();
            asked["op"] = "ocra".into();
            assert_eq!(answer(&asked), json!({ "response": case["response"] }), "{case}");
        }
    }

    #[test]
    fn a_question_is_cut_in_two_only_where_both_are_whole() {
        let response = |question: &str| {
            let key = "3132333435363738393031323334353637383930313233343536373839303132";
            let suite = "OCRA-1:HOTP-SHA256-8:QA08";
            answer(&json!({ "op": "ocra", "suite": suite, "key_hex": key, "question": question }))
        };
        assert_eq!(response("CLI22220SRV11110"), json!({ "response": "28247970" }));
        for len in [9, 10, 12, 14, 15, 17, 18, 24, 32] {
            let answer = response(&"A".repeat(len));
            assert!(answer["error"].is_string() && answer["response"].is_null(), "{len}: {answer}");
        }
    }

    /// HMAC hashes a key that is longer than its block: the hash is the same key.
    #[test]
    fn keys_of_any_length_but_zero_are_taken() {
        let steam = |key: &str| answer(&json!({ "op": "steam", "secret_hex": key, "time": 59 }));
        let ocra = |key: &str| {
            let suite = "OCRA-1:HOTP-SHA1-6:QN08";
            answer(&json!({ "op": "ocra", "suite": suite, "key_hex": key, "question": "1" }))
        };
        for (ask, name) in [(&steam as &dyn Fn(&str) -> Value, "code"), (&ocra, "response")] {
            for len in [1, 128, 129, 1_000] {
                let answer = ask(&"61".repeat(len));
                assert!(answer[name].is_string(), "{name}, {len}: {answer}");
            }
            assert_ne!(ask(&"61".repeat(129)), ask(&"61".repeat(130)));
            // SHA-1 of 129 times `a`.
            assert_eq!(ask(&"61".repeat(129)), ask("d96debf1bdcbc896e6c134ea76e8141f40d78536"));
            assert!(ask("")["error"].is_string());
        }
    }

    #[test]
    fn algorithms_are_read_in_any_case() {
        for algorithm in ["sha256", "SHA256", "Sha256"] {
            let secret = "3132333435363738393031323334353637383930313233343536373839303132";
            let case = json!({ "op": "totp", "secret_hex": secret, "algorithm": algorithm,
                "digits": 8, "time": 59 });
            assert_eq!(answer(&case), json!({ "code": "46119246" }));
        }
    }
}
