//! What the reader sees: numbered steps, what goes over the wire, and what came of it.
//!
//! An example takes it in with `#[path = "../support/story.rs"] mod story;`.

#![allow(dead_code, reason = "each example uses its own part")]

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write as _};
use std::{env, fmt};

const BOLD: &str = "1";
const DIM: &str = "2";
const GREEN: &str = "32";

/// The narrator. It writes to standard output, in colour only where that is a terminal and
/// `NO_COLOR` is not set.
#[derive(Debug)]
pub(crate) struct Story {
    colour: bool,
    steps: Cell<u32>,
}

impl Story {
    pub(crate) fn begin() -> Self {
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colour: io::stdout().is_terminal() && !no_color, steps: Cell::new(0) }
    }

    /// A step's title.
    pub(crate) fn step(&self, title: &str) -> io::Result<()> {
        self.steps.set(self.steps.get() + 1);
        self.line("", BOLD, format_args!("\n{}. {title}", self.steps.get()))
    }

    /// Something that happens besides.
    pub(crate) fn note(&self, text: impl fmt::Display) -> io::Result<()> {
        self.line("   ", "", format_args!("{text}"))
    }

    /// A line that goes over the wire: `>` to the server, `<` to the client.
    pub(crate) fn wire(&self, direction: char, line: &str) -> io::Result<()> {
        self.line("   ", DIM, format_args!("{direction} {}", shortened(line)))
    }

    /// A line of the service's own, for its operator.
    pub(crate) fn log(&self, line: impl fmt::Display) -> io::Result<()> {
        self.line("   ", DIM, format_args!("log: {line}"))
    }

    /// What a step showed. Told only after it was checked.
    pub(crate) fn outcome(&self, text: impl fmt::Display) -> io::Result<()> {
        self.line("   ", GREEN, format_args!("= {text}"))
    }

    /// The last line.
    pub(crate) fn end(&self, text: &str) -> io::Result<()> {
        self.line("", BOLD, format_args!("\n{text}"))
    }

    fn line(&self, indent: &str, style: &str, text: fmt::Arguments<'_>) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.colour && !style.is_empty() {
            writeln!(out, "{indent}\x1b[{style}m{text}\x1b[0m")
        } else {
            writeln!(out, "{indent}{text}")
        }
    }
}

/// The longest run of characters that is shown whole: Base64 beyond it tells a reader nothing.
const WHOLE: usize = 24;

/// What is shown of a longer one.
const FRONT: usize = 16;

/// The line with its long runs of characters cut down to their fronts.
fn shortened(line: &str) -> String {
    let mut short = String::new();
    for piece in line.split_inclusive([' ', '"', '&', '?']) {
        let run = piece.trim_end_matches([' ', '"', '&', '?']);
        if run.chars().count() > WHOLE {
            short.extend(run.chars().take(FRONT));
            short.push('…');
        } else {
            short.push_str(run);
        }
        short.push_str(&piece[run.len()..]);
    }
    short
}
