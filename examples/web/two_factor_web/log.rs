//! What the operator reads.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes a line. Where nobody reads it, the service goes on all the same: a closed pipe is no reason
/// to let nobody in, or to forget halfway what a code was spent for.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(io::stderr(), "two_factor_web: {text}");
}
