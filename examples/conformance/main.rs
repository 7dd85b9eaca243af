//! The conformance program: it lets any other implementation, in any language, be compared with
//! this one, case by case.
//!
//! One JSON object per line comes in, `{"op": "header", ...}`, and one goes out for each, in
//! order. The program calls the libraries' public interface and knows nothing of the protocols
//! itself. It reads neither clock nor random generator: time and nonce are in the case.
//!
//! | answer | when |
//! |---|---|
//! | the op's fields, or `{"ok":true,…}` | it was done |
//! | `{"ok":false,"error":CODE,"status":…,"www":…}` | a verification refused |
//! | `{"error":MESSAGE}` | nothing could be made, or the case is not one |
//! | `{"unsupported":true}` | unknown op |
//!
//! ```sh
//! echo '{"op":"hello"}' | cargo run --quiet --package creance-examples --example conformance
//! ```

mod answer;
mod case;
mod hawk;
mod migration;
mod provision;
mod scheme;
mod session;
mod sigv;
mod totp;

use std::io::{self, BufRead as _, Write as _};

use serde_json::{Map, Value};

use crate::answer::{Answer, Failure, object};
use crate::case::Case;

/// What an op is done by.
type Op = (&'static str, fn(&Case) -> Answer);

/// Every family's table.
const FAMILIES: [&[Op]; 8] = [
    &[("hello", |_| Ok(hello()))],
    hawk::OPS,
    sigv::OPS,
    scheme::OPS,
    totp::OPS,
    session::OPS,
    provision::OPS,
    migration::OPS,
];

fn main() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        writeln!(output, "{}", answer(&line))?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

fn answer(line: &[u8]) -> Value {
    let done = Case::parse(line).and_then(|case| {
        let name = case.text("op")?;
        let mut ops = FAMILIES.iter().copied().flatten();
        let (_, op) = ops.find(|(known, _)| *known == name).ok_or(Failure::Unsupported)?;
        op(&case)
    });
    done.map_or_else(Failure::into_value, Value::Object)
}

fn hello() -> Map<String, Value> {
    let ops: Vec<&str> = FAMILIES.iter().copied().flatten().map(|(name, _)| *name).collect();
    object([
        ("library", "creance".into()),
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("ops", ops.into()),
    ])
}
