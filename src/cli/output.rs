//! What reaches the terminal: lines, JSON, warnings, and how a command ends.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use menagerie::Error;
use menagerie::profile::Quartiles;
use serde_json::{Value, json};

use super::advice::advised;

/// Why a command did not succeed.
pub enum Failure {
    /// One line says what is wrong.
    Stopped(Error),
    /// The results could not be written.
    Output(io::Error),
    /// The rest of the work is done, and what failed has been named.
    Reported,
}

impl Failure {
    /// Says what is wrong and gives the exit status. A reader that has seen enough, as `head` does, is
    /// no failure.
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

/// Says on standard error what went wrong. Where even that is closed there is nobody left to tell.
pub fn complain(error: &dyn Display) {
    let _ = writeln!(io::stderr(), "error: {}", one_line(&error.to_string()));
}

/// Says something on standard error that is no failure.
pub fn warn(message: &dyn Display) {
    let _ = writeln!(io::stderr(), "warning: {}", one_line(&message.to_string()));
}

/// The JSON of `ratios`.
pub fn quartiles(ratios: &Quartiles) -> Value {
    json!({ "lower": ratios.lower, "median": ratios.median, "upper": ratios.upper })
}

/// Prints `value` as indented JSON.
pub fn json(out: &mut dyn Write, value: &Value) -> Result<(), Failure> {
    writeln!(out, "{value:#}")?;
    Ok(())
}

/// `text` with its control characters escaped: names of files and tensors come from outside, and
/// must neither break the line nor reach the terminal as commands.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().fold(String::new(), |mut line, character| {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
        line
    });
    Cow::Owned(escaped)
}

/// `1 run`, `2 runs`: `count` of what is called `one`.
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

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(one_line("a\nb\u{1b}[2J"), "a\\nb\\u{1b}[2J");
        assert_eq!(one_line("café.jpg"), "café.jpg");
    }
}
