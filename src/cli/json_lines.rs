//! Answers as JSON Lines: an object in one line for each photo, as soon as it is answered.

use std::ffi::OsStr;
use std::io::Write;

use menagerie::Network;
use menagerie::photo::Source;
use serde_json::{Map, Value};

use super::output::Failure;
use super::resume::{FILE_BYTES, Resumed};

/// The output of a command in JSON Lines.
pub struct JsonLines<'a> {
    out: &'a mut dyn Write,
    resumed: Option<Resumed>,
    /// What each line says about the network.
    network: Map<String, Value>,
}

impl<'a> JsonLines<'a> {
    /// Answers of `network` for `out`, and for the file of an earlier run, if there is one.
    pub fn new(out: &'a mut dyn Write, network: &Network, resumed: Option<Resumed>) -> Self {
        let about = [
            ("model", network.name().into()),
            ("adapter", network.device().to_string().into()),
        ];
        Self {
            out,
            resumed,
            network: about
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        }
    }

    /// Writes the line of the photo of `source` with these `fields`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write<const N: usize>(
        &mut self,
        source: &Source,
        fields: [(&str, Value); N],
    ) -> Result<(), Failure> {
        let mut line = self.network.clone();
        line.extend(name(source));
        line.extend(fields.map(|(key, value)| (key.to_owned(), value)));
        // One call for the whole line, so that an interruption hardly ever divides it.
        let line = format!("{}\n", Value::Object(line));
        if let Some(resumed) = &mut self.resumed {
            resumed.append(line.as_bytes())?;
            if resumed.is_stdout() {
                return Ok(());
            }
        }
        self.out.write_all(line.as_bytes())?;
        self.out.flush()?;
        Ok(())
    }

    /// Writes the line of the photo of `source` that failed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_error(
        &mut self,
        source: &Source,
        error: &menagerie::Error,
    ) -> Result<(), Failure> {
        self.write(source, [("error", error.to_string().into())])
    }
}

/// The keys that name `source`: `file`, and the bytes of a name that is not UTF-8.
pub fn name(source: &Source) -> impl Iterator<Item = (String, Value)> + use<> {
    let path = match source {
        Source::File(path) => Some(path.as_os_str()),
        _ => None,
    };
    let inexact = path.filter(|path| path.to_str().is_none());
    let bytes = inexact.map(|path| (FILE_BYTES.to_owned(), hexadecimal(path).into()));
    let file = ("file".to_owned(), file(source).into());
    [file].into_iter().chain(bytes)
}

/// The exact name of `source` if it is UTF-8, or the name as text.
pub fn file(source: &Source) -> String {
    match source {
        Source::File(path) => path.to_str().map(str::to_owned),
        _ => None,
    }
    .unwrap_or_else(|| source.to_string())
}

fn hexadecimal(text: &OsStr) -> String {
    let bytes = text.as_encoded_bytes().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
