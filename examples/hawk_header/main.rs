//! Tests a Hawk-protected API by hand, with any tool: prints a `curl` command line that is ready
//! to run, just the header's value, or a link.
//!
//! ```sh
//! export HAWK_ID=dh37fgj492je HAWK_KEY=werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn
//! cargo run --quiet --example hawk_header -- GET 'http://example.com:8000/resource/1?b=1&a=2'
//! ```

mod arguments;
#[path = "../support/credentials.rs"]
mod credentials;
mod curl;
mod program;
mod signing;

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use creance_hawk::Nonce;
use creance_hawk::sigv::UnixTime;

use crate::program::{Failure, World};

fn main() -> ExitCode {
    let world = World {
        variable: credentials::variable,
        input: io::stdin(),
        now: UnixTime::now(),
        nonce: Nonce::random(),
    };
    let result = program::run(env::args_os().skip(1), world);
    match result.and_then(|output| show(&output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("hawk_header: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn show(output: &program::Output) -> Result<(), Failure> {
    for warning in &output.warnings {
        eprintln!("hawk_header: {warning}");
    }
    writeln!(io::stdout(), "{}", output.text).map_err(|error| Failure::failed("output", &error))
}
