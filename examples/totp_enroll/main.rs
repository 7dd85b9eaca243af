//! Enrols an authenticator app in a terminal: shows the QR code and the key, and checks a code that
//! the app shows. Nothing is kept when it ends.
//!
//! ```sh
//! cargo run --example totp_enroll
//! cargo run --example totp_enroll -- --issuer 'ACME Co' --account bob@example.com
//! ```
//!
//! `program.rs` is the conversation; what a service would write is its `Enrolling`.

mod arguments;
mod program;

use std::env;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use creance_totp::UnixTime;

use crate::program::{Failure, World};

fn main() -> ExitCode {
    let mut input = io::stdin().lines();
    let mut world = World {
        out: io::stdout(),
        is_terminal: io::stdout().is_terminal(),
        read: || input.next().transpose(),
        now: UnixTime::now,
    };
    match program::run(env::args_os().skip(1), &mut world) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("totp_enroll: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
