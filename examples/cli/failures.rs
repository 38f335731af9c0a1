//! Problems that do not stop the work: each is told at once, and the exit status remembers that there was one.

use std::fmt::Display;
use std::process::ExitCode;

use super::terminal::printable;

/// Counts the problems that were told on standard error.
#[derive(Default)]
pub(crate) struct Failures {
    program: &'static str,
    count: usize,
}

impl Failures {
    pub(crate) fn of(program: &'static str) -> Self {
        Self { program, count: 0 }
    }

    /// Tells one problem: `classify: letters/7: Permission denied`.
    pub(crate) fn tell(&mut self, what: impl Display, why: impl Display) {
        self.count += 1;
        self.note(what, why);
    }

    /// Tells what is worth knowing and no problem.
    pub(crate) fn note(&self, what: impl Display, why: impl Display) {
        // The name of a file is foreign text too.
        eprintln!("{}: {}: {why}", self.program, printable(what.to_string().as_bytes()));
    }

    /// 0 when there was no problem, 1 otherwise.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(u8::from(self.count > 0))
    }
}
