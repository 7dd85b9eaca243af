//! What happens to the account, step by step.

use std::error::Error;
use std::fmt::Debug;

use creance_totp::{
    Code, DeviceToken, Event, Passed, RecoveryCode, Rejection, UnixTime, Way, rand,
};

use crate::phone::Phone;
use crate::service::Service;

pub(crate) type Step<T = ()> = Result<T, Box<dyn Error>>;

const ALICE: &str = "alice";

/// Seconds of a time step.
const STEP: u64 = 30;

pub(crate) fn enrolment(service: &Service<'_>) -> Step<(Phone, Vec<RecoveryCode>)> {
    service.story.step("Alice gets a second factor")?;
    let (factor, now) = (&service.factor, service.now());
    let enrolment = factor.begin_enrolment(ALICE, "alice@example.com", now, rand::rng())?;
    let phone = Phone::scan(&enrolment)?;
    service.story.note("She has typed her password once more, and scans the QR code.")?;
    let status = factor.status(ALICE, now)?;
    told(!status.is_enrolled(), "nothing is asked of her before a code has come back")?;

    service.let_pass(12);
    let code = phone.shows(service.now())?;
    service.story.note(format_args!("Her app shows {}; she types it.", code.expose()))?;
    let confirmed = factor.confirm_enrolment(ALICE, &code, service.now(), rand::rng())?;
    let codes = confirmed.recovery_codes().to_vec();
    told(codes.len() == 10, "there are ten recovery codes")?;
    logged(service, &[Event::EnrolmentBegun, Event::EnrolmentConfirmed])?;
    service.story.outcome("the factor is in use; ten recovery codes were shown, this once")?;
    Ok((phone, codes))
}

pub(crate) fn login(service: &Service<'_>, phone: &Phone) -> Step {
    service.story.step("A code lets her in")?;
    service.let_pass(8 * 3_600);
    let code = phone.shows(service.now())?;
    // It was typed when it was nearly over, and arrives a little late.
    service.let_pass(STEP);
    let passed = service.factor.verify(ALICE, &code, service.now())?;
    told(
        passed.user() == ALICE && passed.way() == Way::Code,
        "the proof says who passed, and how",
    )?;
    logged(service, &[Event::Accepted { way: Way::Code }])?;
    service.story.outcome(format_args!("{} is taken, one step late", code.expose()))?;
    Ok(())
}

pub(crate) fn replay(service: &Service<'_>, phone: &Phone) -> Step {
    service.story.step("A code that was used is refused")?;
    service.story.note("Somebody has looked over her shoulder and types it again.")?;
    let code = phone.shows(service.now().saturating_sub(STEP))?;
    refused(service, &service.factor.verify(ALICE, &code, service.now()), "replayed")
}

pub(crate) fn stranger(service: &Service<'_>, phone: &Phone) -> Step {
    service.story.step("Who is not known is refused in the same words")?;
    let wrong = wrong_code(phone, service.now())?;
    let known = service.factor.verify(ALICE, &wrong, service.now());
    let unknown = service.factor.verify("nobody", &wrong, service.now());
    let answers = [&known, &unknown].map(|result| match result {
        Ok(_) => "let in".to_owned(),
        Err(rejection) => format!("{}, {rejection}", rejection.status()),
    });
    told(answers[0] == answers[1], "a stranger gets the answer of a wrong code")?;
    service.show_log()?;
    service.story.outcome(format_args!("both times: {}", answers[0]))?;
    Ok(())
}

pub(crate) fn trusted_device(service: &Service<'_>, phone: &Phone) -> Step<DeviceToken> {
    service.story.step("Her laptop is not asked again for a while")?;
    service.let_pass(STEP);
    let (factor, code) = (&service.factor, phone.shows(service.now())?);
    let passed = factor.verify(ALICE, &code, service.now())?;
    let token = factor.trust_device(&passed, "laptop", service.now(), rand::rng())?;
    service.let_pass(7 * 86_400);
    let by_device = factor.verify_device(ALICE, &token, service.now())?;
    service.show_log()?;
    service.story.outcome("a week later its cookie is enough")?;

    let renewal = factor.renew_recovery_codes(&by_device, service.now(), rand::rng());
    refused(service, &renewal, "reauthenticate")?;
    service.story.outcome("but not to change anything: that takes a code")?;
    Ok(token)
}

pub(crate) fn guesses(service: &Service<'_>, phone: &Phone) -> Step {
    service.story.step("Guesses slow down")?;
    for _ in 0..5 {
        guess(service, phone)?;
    }
    told(service.skip_log() == 5, "each guess is in the log")?;
    let right = phone.shows(service.now())?;
    let answer = service.factor.verify(ALICE, &right, service.now());
    refused(service, &answer, "throttled")?;
    let wait = answer.err().and_then(|rejection| rejection.retry_after(service.now()));
    told(wait == Some(30), "the answer says how long to wait")?;
    service.let_pass(30);
    let right = phone.shows(service.now())?;
    let passed = service.factor.verify(ALICE, &right, service.now());
    told(passed.is_ok(), "who waits is let in")?;
    service.show_log()?;
    service.story.outcome("after five failures even the right code has to wait, for 30 s")?;
    Ok(())
}

pub(crate) fn lock(service: &Service<'_>, phone: &Phone) -> Step {
    service.story.step("A hundred failures in a row end it")?;
    let began = service.now();
    for _ in 0..100 {
        let until = service.factor.status(ALICE, service.now())?.throttled_until();
        service.let_pass(until.seconds_since(service.now()));
        guess(service, phone)?;
    }
    told(service.skip_log() == 101, "each guess is in the log, and the end")?;
    let hours = service.now().seconds_since(began) / 3_600;
    told(service.factor.status(ALICE, service.now())?.is_locked(), "the factor is locked")?;
    service.let_pass(365 * 86_400);
    let right = phone.shows(service.now())?;
    refused(service, &service.factor.verify(ALICE, &right, service.now()), "locked")?;
    service.story.outcome(format_args!(
        "the guesser took {hours} h; a year later the right code is refused too"
    ))?;
    Ok(())
}

pub(crate) fn recovery(service: &Service<'_>, codes: &[RecoveryCode]) -> Step<Passed> {
    service.story.step("A recovery code lets her in, and unlocks")?;
    let code = codes.first().ok_or("there are recovery codes")?;
    let mut text = String::new();
    code.write(&mut text)?;
    service.story.note(format_args!("She types the first one of her list: {text}"))?;
    let typed = text.to_lowercase();
    let passed = service.factor.verify_typed(ALICE, &typed, service.now())?;
    told(passed.way() == Way::Recovery, "one field takes both kinds of codes")?;
    told(passed.recovery_codes() == 9, "nine are left")?;
    told(!service.factor.status(ALICE, service.now())?.is_locked(), "the lock is gone")?;
    service.show_log()?;
    refused(service, &service.factor.verify_typed(ALICE, &typed, service.now()), "replayed")?;
    service.story.outcome("nine are left, and this one is spent")?;
    Ok(passed)
}

pub(crate) fn new_phone(
    service: &Service<'_>,
    proof: &Passed,
    old: &Phone,
    old_codes: &[RecoveryCode],
    laptop: &DeviceToken,
) -> Step<Phone> {
    service.story.step("A new phone takes the old one's place")?;
    let (factor, now) = (&service.factor, service.now());
    let enrolment = factor.begin_replacement(proof, "alice@example.com", now, rand::rng())?;
    let phone = Phone::scan(&enrolment)?;
    let confirmed = factor.confirm_enrolment(ALICE, &phone.shows(now)?, now, rand::rng())?;
    told(confirmed.recovery_codes().len() == 10, "there are new recovery codes")?;
    service.show_log()?;

    service.let_pass(STEP);
    let (code, now) = (old.shows(service.now())?, service.now());
    refused(service, &factor.verify(ALICE, &code, now), "mismatch")?;
    let old_code = old_codes.get(1).ok_or("there are recovery codes")?;
    refused(service, &factor.redeem_recovery(ALICE, old_code, now), "mismatch")?;
    refused(service, &factor.verify_device(ALICE, laptop, now), "unknown-device")?;
    service
        .story
        .outcome("the old phone, the old list and the laptop's cookie are worth nothing")?;
    Ok(phone)
}

pub(crate) fn new_key<'s>(service: Service<'s>, phone: &Phone) -> Step<Service<'s>> {
    service.story.step("The service gets a new key, and nobody notices")?;
    let service = service.with_new_key()?;
    service.let_pass(STEP);
    let code = phone.shows(service.now())?;
    let _ = service.factor.verify(ALICE, &code, service.now())?;
    logged(&service, &[Event::Accepted { way: Way::Code }, Event::Resealed])?;
    told(!service.factor.reseal(ALICE, service.now())?, "there is nothing left to seal anew")?;
    service.story.outcome("the login has sealed her secret with the new key")?;
    Ok(service)
}

pub(crate) fn reset(service: &Service<'_>, phone: &Phone) -> Step {
    service.story.step("Everything is lost: an operator resets")?;
    service.story.note("The operator has made sure, face to face, who asks for it.")?;
    service.factor.reset(ALICE, service.now())?;
    logged(service, &[Event::Reset])?;
    service.let_pass(STEP);
    let code = phone.shows(service.now())?;
    refused(service, &service.factor.verify(ALICE, &code, service.now()), "not-enrolled")?;
    service.story.outcome("she can begin anew, from step 1")?;
    Ok(())
}

/// A wrong code, refused as one.
fn guess(service: &Service<'_>, phone: &Phone) -> Step {
    let wrong = wrong_code(phone, service.now())?;
    let answer = service.factor.verify(ALICE, &wrong, service.now());
    told(answer.is_err_and(|rejection| rejection.code() == "mismatch"), "a wrong code is refused")?;
    Ok(())
}

/// A code that the phone does not show now, nor did a step before, nor at the last login.
fn wrong_code(phone: &Phone, now: UnixTime) -> Step<Code> {
    let mut near = Vec::new();
    for seconds in [0, STEP, 2 * STEP] {
        near.push(phone.shows(now.saturating_sub(seconds))?);
    }
    for number in 0..10 {
        let code = Code::parse(&format!("00000{number}"))?;
        if near.iter().all(|near| near.verify(&code).is_err()) {
            return Ok(code);
        }
    }
    Err("three codes cannot be ten".into())
}

/// Shows the log, which has these events.
fn logged(service: &Service<'_>, expected: &[Event]) -> Step {
    let events = service.show_log()?;
    told(events == expected, "the log has what happened")?;
    Ok(())
}

/// The log has the reason; whoever tried was told the status in words.
fn refused<T: Debug>(service: &Service<'_>, answer: &Result<T, Rejection>, expected: &str) -> Step {
    let Err(rejection) = answer else { return Err(format!("not refused: {answer:?}").into()) };
    told(rejection.code() == expected, "it is refused for the reason that was told")?;
    service.show_log()?;
    service.story.outcome(format_args!("{}: {rejection}", rejection.status()))?;
    Ok(())
}

fn told(is_so: bool, what: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(format!("not as told: {what}")) }
}
