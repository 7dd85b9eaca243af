//! What the operator reads: reasons by their codes, and which key was used where it is not the current
//! one. Nothing of the messages.

use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

/// Where lines go.
pub(crate) struct Log {
    /// For who tells them later; otherwise they are printed.
    kept: Option<Mutex<Vec<String>>>,
}

impl Log {
    pub(crate) const fn printed() -> Self {
        Self { kept: None }
    }

    pub(crate) const fn kept() -> Self {
        Self { kept: Some(Mutex::new(Vec::new())) }
    }

    pub(crate) fn line(&self, line: String) {
        match &self.kept {
            Some(lines) => lines.lock().unwrap_or_else(PoisonError::into_inner).push(line),
            // A closed pipe is no reason to refuse a message.
            None => drop(writeln!(io::stderr(), "webhook_receiver: {line}")),
        }
    }

    /// The lines since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        let lines = self.kept.as_ref().map(|lines| lines.lock());
        let lines = lines.map(|lines| lines.unwrap_or_else(PoisonError::into_inner));
        lines.map(|mut lines| std::mem::take(&mut *lines)).unwrap_or_default()
    }
}
