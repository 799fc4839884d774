//! Output: lines, JSON, warnings, errors, and the exit status.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use menagerie::Error;
use menagerie::profile::Quartiles;
pub use menagerie::terminal::one_line;
use serde_json::{Value, json};

use super::advice::advised;

/// Why a command failed.
pub enum Failure {
    /// An error, which is printed as one line.
    Stopped(Error),
    /// The results could not be written.
    Output(io::Error),
    /// Some items failed, and their errors are already printed. The others are done.
    Reported,
}

impl Failure {
    /// Prints the error and returns the exit status. A reader that closes the pipe early, such as `head`, is
    /// not a failure.
    pub fn report(self) -> ExitCode {
        match self {
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Failure::Output(error) => complain(&format_args!("standard output: {error}")),
            Failure::Stopped(error) => complain(&error),
            Failure::Reported => {}
        }
        ExitCode::FAILURE
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Stopped(advised(error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

/// Prints an error on standard error. If that is closed, nothing can be printed.
pub fn complain(error: &dyn Display) {
    let _ = writeln!(io::stderr(), "error: {}", one_line(&error.to_string()));
}

/// Prints a note on standard error: something that is as asked, and that a user may not expect.
pub fn note(message: &dyn Display) {
    let _ = writeln!(io::stderr(), "note: {}", one_line(&message.to_string()));
}

/// Prints a warning on standard error.
pub fn warn(message: &dyn Display) {
    let _ = writeln!(io::stderr(), "warning: {}", one_line(&message.to_string()));
}

/// `ratios` as JSON.
pub fn quartiles(ratios: &Quartiles) -> Value {
    json!({ "lower": ratios.lower, "median": ratios.median, "upper": ratios.upper })
}

/// Prints `value` as indented JSON.
pub fn json(out: &mut dyn Write, value: &Value) -> Result<(), Failure> {
    writeln!(out, "{value:#}")?;
    Ok(())
}

/// A count with its noun: `1 run`, `2 runs`. `one` is the singular.
pub fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let counts = [0, 1, 2].map(|count| counted(count, "run"));
        assert_eq!(counts, ["0 runs", "1 run", "2 runs"]);
    }
}
