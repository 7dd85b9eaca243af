//! Verifications with the secrets marked as undefined memory, to be run under valgrind's memcheck.
//!
//! ```text
//! creance-constant-time suppressed      the suppression is on: no case may be reported
//! creance-constant-time unsuppressed    it is off: each verdict is reported, and nothing else
//! creance-constant-time bad             bad examples: each is reported, or the harness is broken
//! creance-constant-time MODE CASE...    only these cases
//! ```
//!
//! After each case its name and the number of reports are printed, so a report belongs to the name
//! that follows it. `.ci/constant-time` builds and runs all this.

mod cases;
mod memcheck;

use std::process::ExitCode;

/// What memcheck has to find in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Nothing: no secret is decided on.
    Silence,
    /// That the verdict becomes public in the one function made for it, and nothing else.
    Verdict,
    /// A leak: the case is a bad example, which shows that the harness would see one.
    Leak,
}

/// A case. It checks its own results, so that it cannot be silent by doing nothing.
struct Case {
    name: String,
    expected: Expected,
    run: Box<dyn Fn()>,
}

impl Case {
    fn new(name: impl Into<String>, expected: Expected, run: impl Fn() + 'static) -> Self {
        Self { name: name.into(), expected, run: Box::new(run) }
    }
}

/// Which cases are run, and how many reports are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Suppressed,
    Unsuppressed,
    Bad,
}

impl Mode {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "suppressed" => Some(Self::Suppressed),
            "unsuppressed" => Some(Self::Unsuppressed),
            "bad" => Some(Self::Bad),
            _ => None,
        }
    }

    const fn has(self, expected: Expected) -> bool {
        matches!(self, Self::Bad) == matches!(expected, Expected::Leak)
    }

    const fn agrees(self, expected: Expected, reports: usize) -> bool {
        match (self, expected) {
            (Self::Suppressed, _) | (_, Expected::Silence) => reports == 0,
            (_, Expected::Verdict | Expected::Leak) => reports > 0,
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((Some(mode), names)) =
        arguments.split_first().map(|(mode, names)| (Mode::parse(mode), names))
    else {
        eprintln!("usage: creance-constant-time suppressed | unsuppressed | bad [CASE...]");
        return ExitCode::from(2);
    };
    if !memcheck::is_running() {
        eprintln!("not under valgrind: nothing would be watched");
        return ExitCode::from(2);
    }
    if run(mode, names) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs the cases and tells whether memcheck reported what it should.
fn run(mode: Mode, names: &[String]) -> bool {
    let mut cases = cases::all();
    cases.retain(|case| mode.has(case.expected));
    cases.retain(|case| names.is_empty() || names.contains(&case.name));
    let mut agreed = !cases.is_empty();
    for Case { name, expected, run } in &cases {
        let before = memcheck::reports();
        run();
        let reports = memcheck::reports() - before;
        let verdict = if mode.agrees(*expected, reports) { "ok" } else { "WRONG" };
        println!("{verdict:5} {reports:5} reports  {name} (expected: {expected:?})");
        agreed &= verdict == "ok";
    }
    println!("{mode:?}: {} cases, {}", cases.len(), if agreed { "ok" } else { "FAILED" });
    agreed
}
