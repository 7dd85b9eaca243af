//! The whole life of an account with a second factor, in one run and on a clock of its own: enrolment,
//! logins, a guesser, a lost phone, a new key, a reset.
//!
//! ```sh
//! cargo run --example totp_login
//! ```
//!
//! Every step checks what it tells: the program ends with an error as soon as one of them goes
//! another way. `service.rs` is what a service sets up, `steps.rs` what happens to the account,
//! `phone.rs` an authenticator app.

mod phone;
mod service;
mod steps;
#[path = "../support/story.rs"]
mod story;

use std::process::ExitCode;

use crate::service::Service;
use crate::steps::Step;
use crate::story::Story;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("totp_login: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Step {
    let story = Story::begin();
    story.note("A service keeps Alice's second factor. All its time is made up.")?;
    let service = Service::start(&story)?;

    let (phone, recovery) = steps::enrolment(&service)?;
    steps::login(&service, &phone)?;
    steps::replay(&service, &phone)?;
    steps::stranger(&service, &phone)?;
    let laptop = steps::trusted_device(&service, &phone)?;
    steps::guesses(&service, &phone)?;
    steps::lock(&service, &phone)?;
    let proof = steps::recovery(&service, &recovery)?;
    let new_phone = steps::new_phone(&service, &proof, &phone, &recovery, &laptop)?;
    let service = steps::new_key(service, &new_phone)?;
    steps::reset(&service, &new_phone)?;
    story.end("Everything went as told.")?;
    Ok(())
}
